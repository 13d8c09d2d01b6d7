"""Pages are tested as the app runs them: the real room, coder and archive, with the scripted voice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest
import streamlit as st
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest

from evoke import cards
from evoke import room as rooms
from evoke.room import Room
from evoke.settings import Settings, settings

ROOT = Path(__file__).parents[2]
PAGES = ROOT / "src/evoke/pages"
Begun = Callable[..., str]


@pytest.fixture(autouse=True)
def scripted_voice(monkeypatch: pytest.MonkeyPatch, shipped_cards: Callable[..., object]) -> Iterator[None]:
    """The scripted client, and no room left over from another test."""
    monkeypatch.setenv("EVOKE_LLM", "scripted")
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", list)  # reads every installed package, each time
    monkeypatch.setattr(rooms, "all_cards", shipped_cards)
    st.cache_resource.clear()
    yield
    st.cache_resource.clear()


@pytest.fixture(scope="session")
def shipped_cards() -> Callable[..., object]:
    """The cards, read once for the whole run."""
    return cache(lambda _: cards.all_cards())


class Stock:
    """Talks that were held once and are handed to every test that wants one like it, in an archive of its own."""

    def __init__(self, folder: Path, cache_folder: Path) -> None:
        self._folder = folder
        self._room = Room(Settings(_env_file=None, data_dir=folder, cache_dir=cache_folder, llm="scripted"))
        self._held: dict[tuple[str, int, tuple[str, ...]], str] = {}

    def held(self, words: tuple[str, ...], client: str, seed: int) -> str:
        """The id of a talk in which the learner said `words`."""
        key = (client, seed, words)
        if key not in self._held:
            self._held[key] = self._hold(words, client, seed)
        return self._held[key]

    def copy_to(self, folder: Path) -> None:
        """Put the archive with all its talks into `folder`."""
        self._room.archive.close()
        shutil.copytree(self._folder, folder, dirs_exist_ok=True)

    def _hold(self, words: tuple[str, ...], client: str, seed: int) -> str:
        session = self._room.begin(client, seed=seed)
        for one in words:
            session.hear(one)
            list(session.answer())
        return session.id


@pytest.fixture(scope="session")
def stock(tmp_path_factory: pytest.TempPathFactory, cache_folder: Path) -> Stock:
    """The talks of this run."""
    return Stock(tmp_path_factory.mktemp("stock"), cache_folder)


@pytest.fixture
def begun(stock: Stock) -> Begun:
    """Call it, before anything else, with what the learner said: the id of such a talk in this test's archive."""

    def talk(*words: str, client: str = "alcohol_marek", seed: int = 1) -> str:
        session = stock.held(words, client, seed)
        stock.copy_to(settings().data_dir)
        st.cache_resource.clear()
        return session

    return talk


@pytest.fixture
def app() -> AppTest:
    """The app, opened at its first page."""
    return AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()


def at(page: str, **address: str) -> AppTest:
    """The app, opened at another page."""
    opened = AppTest.from_file(str(ROOT / "app.py"), default_timeout=60).run()
    for name, value in address.items():
        opened.query_params[name] = value
    return opened.switch_page(str(PAGES / f"{page}.py")).run()


def text_of(opened: AppTest) -> str:
    """All that a reader would see, in order."""
    kinds = ("title", "header", "subheader", "markdown", "caption", "text", "info", "warning", "error")
    return "\n".join(str(element.value) for kind in kinds for element in opened.get(kind))
