"""What a newcomer waits for: clone, install, start, fetch, and the page; then a later start.

    python -m eval.speed.fresh [--out FILE.json]

A clone of this checkout is set up in an empty folder with an empty home and empty caches, by `make run` alone. A real
Chromium waits for the button that leads to a client. Needs the network that `make run` needs.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright
from tests.browser import QUIET, chromium

HERE = Path(__file__).parents[2]
LONGEST_S = 1800


def measure(keep: bool) -> dict[str, Any]:
    """Seconds of each part of the first and of a later start."""
    folder, executable = Path(tempfile.mkdtemp(prefix="evoke-fresh-")), chromium()
    try:
        with sync_playwright() as play:
            browser = play.chromium.launch(executable_path=str(executable), args=list(QUIET))
            page = browser.new_page()
            subprocess.run(["git", "clone", "-q", str(HERE), str(folder / "clone")], check=True)
            first = _first(folder, page)
            later = _later(folder, page)
            browser.close()
        return {"first": first, "later_page_s": later}
    finally:
        if not keep:
            shutil.rmtree(folder, ignore_errors=True)


def _first(folder: Path, page: Page) -> dict[str, float]:
    """`make run` from nothing: when the environment stood, the page answered, and the client's voice was here."""
    start = time.perf_counter()
    with _running(folder) as port:
        _until(lambda: (folder / "clone" / ".venv" / "ready").exists())
        installed = time.perf_counter()
        _open(page, port)
        usable = time.perf_counter()
        models = folder / "home" / ".cache" / "evoke" / "models"
        _until(lambda: any(models.glob("*.gguf")))
        fetched = time.perf_counter()
    return {"install_s": installed - start, "page_s": usable - installed, "voice_here_s": fetched - installed,
            "all_s": fetched - start}  # fmt: skip


def _later(folder: Path, page: Page) -> list[float]:
    """Three more starts, each to a usable page."""
    times = []
    for _ in range(3):
        start = time.perf_counter()
        with _running(folder) as port:
            _open(page, port)
            times.append(time.perf_counter() - start)
    return times


@contextmanager
def _running(folder: Path) -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = folder / "home"
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("EVOKE_", "XDG_", "VIRTUAL_ENV"))}
    run = subprocess.Popen(
        ["make", "run", f"PORT={port}"], cwd=folder / "clone", env={**kept, "HOME": str(home)}, start_new_session=True
    )
    try:
        yield port
    finally:
        os.killpg(run.pid, signal.SIGTERM)
        run.wait(30)


def _open(page: Page, port: int) -> None:
    """Wait for the page, as a person sees it: a client can be chosen."""
    _until(lambda: _answers(port))
    page.goto(f"http://127.0.0.1:{port}")
    page.get_by_role("button", name="Meet").first.wait_for(timeout=60_000)


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _until(holds: Any) -> None:
    end = time.monotonic() + LONGEST_S
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError("waited half an hour")
        time.sleep(0.05)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", action="store_true", help="leave the clone where it is")
    parser.add_argument("--out", type=Path)
    chosen = parser.parse_args()
    result = json.dumps(measure(chosen.keep), indent=1)
    print(result)
    if chosen.out:
        chosen.out.write_text(result, "utf-8")


if __name__ == "__main__":
    main()
