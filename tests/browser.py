"""Finds a Chromium for the browser journeys; `python -m tests.browser` installs one where there is none.

It never falls back to skipping: without a browser the journeys fail, and this file says how to get one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
PLACES = (
    Path("/usr/bin/chromium"),
    Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"),
    Path("/Applications/Chromium.app/Contents/MacOS/Chromium"),
    Path(os.environ.get("PROGRAMFILES", "C:/Program Files")) / "Google/Chrome/Application/chrome.exe",
)
QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
CURE = (
    "No Chromium was found. Run 'python -m tests.browser', "
    "or install Chromium or Chrome and set EVOKE_TEST_BROWSER to its executable."
)


def candidates() -> Iterator[Path]:
    """Every place a Chromium may stand, best first."""
    if chosen := os.environ.get("EVOKE_TEST_BROWSER"):
        yield Path(chosen)
    yield from (Path(found) for name in NAMES if (found := shutil.which(name)))
    yield from PLACES
    with sync_playwright() as play:
        yield Path(play.chromium.executable_path)


def chromium() -> Path:
    """The browser's executable. Raises FileNotFoundError with the cure."""
    for path in candidates():
        if path.is_file():
            return path
    raise FileNotFoundError(CURE)


def _from_playwright() -> bool:
    return subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False).returncode == 0


def _from_debian() -> bool:
    if not shutil.which("apt-get") or os.geteuid() != 0:
        return False
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    steps = (["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium"])
    return all(subprocess.run(step, check=False, env=quiet).returncode == 0 for step in steps)


def install() -> Path:
    """A Chromium, installed if need be. Raises FileNotFoundError with the cure where that fails."""
    try:
        return chromium()
    except FileNotFoundError:
        _ = _from_debian() or _from_playwright()
        return chromium()


if __name__ == "__main__":
    try:
        sys.stdout.write(f"Browser for the journeys: {install()}\n")
    except FileNotFoundError as error:
        sys.exit(str(error))
