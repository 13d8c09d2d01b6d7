"""What a newcomer waits for: clone, install, start, fetch, and the page; then a later start; and the app's memory.

    python -m eval.speed.fresh [--out FILE.json]

A clone of this checkout is set up in an empty folder with an empty home and empty caches, by `make run` alone. A real
Chromium waits for the button that leads to a client, and at the last start talks with one. Needs the network that
`make run` needs.
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

import psutil
from playwright.sync_api import Page, sync_playwright
from tests.browser import QUIET, chromium
from tests.journeys.visitor import Visitor

HERE = Path(__file__).parents[2]
LONGEST_S = 1800
WORDS = (
    "Good morning, Gloria. What would be good to talk about today?",
    "You have been wondering what the tablets do for you. What made you stop?",
    "It is your body and your decision. What matters most to you about your health?",
)


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
            talked = _talked(folder, page)
            browser.close()
        return {"first": first, "later_page_s": later, "talk": talked}
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


def _talked(folder: Path, page: Page) -> dict[str, Any]:
    """A short talk with the embedded model: seconds a reply, and what the app holds in memory afterwards."""
    with _running(folder) as port:
        _open(page, port)
        learner = Visitor(page, folder / "pictures")
        learner.meet("Gloria")
        replies = []
        for words in WORDS:
            start = time.perf_counter()
            learner.talk(words)
            replies.append(time.perf_counter() - start)
        held = [p.memory_info().rss / 1e9 for p in psutil.process_iter(["cmdline"]) if _of_app(p, port)]
        return {"reply_s": replies, "rss_gb": sum(held), "processes": len(held)}


def _of_app(process: psutil.Process, port: int) -> bool:
    """Whether a process is `evoke app` at that port or the server it began."""
    command = process.info["cmdline"] or [""]
    return "python" in command[0] and any(str(port) in part for part in command[1:])


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
