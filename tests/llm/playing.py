"""A loopback server that plays endpoints, good and bad ones."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from evoke.llm.endpoint import Address, Endpoint

Play = Callable[["Player"], None]


class Player(BaseHTTPRequestHandler):
    """One request, with what a play needs to answer it."""

    server: Stage
    body: dict[str, Any]

    def do_POST(self) -> None:
        self.server.keys.append(self.headers.get("Authorization", ""))
        self.body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.requests.append(self.body)
        self.server.play(self)

    def begin(self, status: int = 200, kind: str = "text/event-stream", **headers: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def error(self, status: int, message: str = "no", **fields: str) -> None:
        self.begin(status, "application/json")
        self.wfile.write(json.dumps({"error": {"message": message, **fields}}).encode())

    def event(self, data: dict[str, Any]) -> None:
        self.wfile.write(f"data: {json.dumps(data)}\n\n".encode())
        self.wfile.flush()

    def piece(self, text: str) -> None:
        self.delta({"content": text})

    def delta(self, delta: dict[str, Any], finish: str | None = None) -> None:
        self.event({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": self.body["model"],
                    "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})  # fmt: skip

    def usage(self, prompt: int = 11, completion: int = 3, cached: int = 7) -> None:
        told = {"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion,
                "prompt_tokens_details": {"cached_tokens": cached}}  # fmt: skip
        self.event({"id": "1", "object": "chat.completion.chunk", "created": 1, "model": self.body["model"],
                    "choices": [], "usage": told})  # fmt: skip

    def done(self) -> None:
        self.wfile.write(b"data: [DONE]\n\n")

    def log_message(self, *args: object) -> None:
        pass


class Stage(ThreadingHTTPServer):
    """The server; `requests` and `keys` are what was sent to it, `left` is set when a client went away."""

    daemon_threads = True

    def __init__(self, play: Play) -> None:
        super().__init__(("127.0.0.1", 0), Player)
        self.play = play
        self.requests: list[dict[str, Any]] = []
        self.keys: list[str] = []
        self.left = threading.Event()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}/v1"

    def endpoint(self, **options: Any) -> Endpoint:
        address = Address(base_url=self.url, model="played", key="secret")
        return Endpoint("endpoint:played", lambda: address, capable=True, **{"timeout_s": 5, "retries": 2, **options})


@contextmanager
def on_stage(*plays: Play) -> Iterator[Stage]:
    """Serve requests by each play in turn, the last one for all that follow."""
    waiting = list(plays)
    stage = Stage(lambda player: (waiting.pop(0) if len(waiting) > 1 else waiting[0])(player))
    thread = threading.Thread(target=stage.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield stage
    finally:
        stage.shutdown()
        stage.server_close()


def says(text: str, *, usage: bool = True) -> Play:
    """Streams a text word by word as a good endpoint does."""

    def play(player: Player) -> None:
        player.begin()
        player.delta({"role": "assistant", "content": ""})
        for word in text.split(" "):
            player.piece(word if word == text.split(" ")[0] else f" {word}")
        player.delta({}, finish="stop")
        if usage:
            player.usage()
        player.done()

    return play


def refuses(status: int, message: str = "no", **fields: str) -> Play:
    """Answers with an error status."""
    return lambda player: player.error(status, message, **fields)


def hangs(player: Player) -> None:
    """Accepts and says nothing."""
    player.server.left.wait(20)


def talks_on(player: Player) -> None:
    """Knows no limit: talks until the client goes away."""
    player.begin()
    try:
        for _ in range(3000):
            player.piece(" and on")
            time.sleep(0.002)
    except OSError:
        player.server.left.set()


def breaks_off(player: Player) -> None:
    """Two words, then the connection is gone."""
    player.begin()
    player.piece("Well, ")
    player.piece("I ")
    player.connection.close()


def gives(content: bytes, kind: str) -> Play:
    """Answers 200 with some content."""

    def play(player: Player) -> None:
        player.begin(200, kind, Content_Length=str(len(content)))
        player.wfile.write(content)

    return play


def streams(data: bytes) -> Play:
    """Streams one event that is not what it should be."""

    def play(player: Player) -> None:
        player.begin()
        player.wfile.write(b"data: " + data + b"\n\n")
        player.done()

    return play
