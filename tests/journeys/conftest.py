"""A real server on a free port, a real browser, and a folder for pictures."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import QUIET, chromium
from tests.journeys.serving import Served, serve
from tests.journeys.visitor import Visitor

SLOW = "tests/journeys/slow_app.py"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all journeys. Fails where there is none."""
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium(), args=list(QUIET))
        yield running
        running.close()


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Iterator[Callable[..., Served]]:
    """Starts the app with the scripted voice and data of its own; every server that was started is ended."""
    started: list[Served] = []

    def start(script: str = "app.py", data: Path | None = None, **settings: str) -> Served:
        folders = {
            "EVOKE_DATA_DIR": str(data or tmp_path_factory.mktemp("served")),
            "EVOKE_CACHE_DIR": str(cache_folder),
        }
        started.append(serve(script, {"EVOKE_LLM": "scripted", **folders, **settings}))
        return started[-1]

    yield start
    for one in started:
        one.kill()


@pytest.fixture(scope="session")
def app(served: Callable[..., Served]) -> Served:
    """The app as it is, for every journey that does not end it."""
    return served()


@pytest.fixture(scope="session")
def slow_app(served: Callable[..., Served]) -> Served:
    """The app with a client who speaks slowly."""
    return served(SLOW)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Leave a picture of every page of a journey that failed."""
    report = yield
    if report.when == "call" and report.failed:
        for number, page in enumerate(getattr(item, "pages", [])):
            file = item.funcargs["tmp_path"] / f"failed-{number}.png"
            page.screenshot(path=file)
            report.sections.append(("picture", str(file)))
    return report


@pytest.fixture
def visit(browser: Browser, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Visitor]]:
    """Opens a page of its own for a learner."""
    pages: list[Page] = []
    request.node.pages = pages

    def opened(url: str, width: int = 1280, height: int = 900, scheme: str = "light") -> Visitor:
        context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
        page = context.new_page()
        pages.append(page)
        page.goto(url)
        return Visitor(page, tmp_path / "pictures")

    yield opened
    for page in pages:
        page.context.close()
