"""The real app as a process of its own, on a free port of this machine."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
START_S = 60


@dataclass
class Served:
    """A running app; `url` is where it answers."""

    process: subprocess.Popen[bytes]
    url: str
    log: Path

    def kill(self) -> None:
        """End it at once, as a crash would: nothing is written any more."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        self.process.wait()


def serve(script: str, settings: dict[str, str], port: int | None = None) -> Served:
    """Start `script` and wait until it answers. Raises TimeoutError with the end of its log."""
    port = port or _free_port()
    log = Path(settings["EVOKE_DATA_DIR"]) / f"server-{port}.log"
    log.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "streamlit", "run", script, f"--server.port={port}"]
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **settings}, stdout=out, stderr=out)
    served = Served(process, f"http://127.0.0.1:{port}", log)
    _wait_for(served)
    return served


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(served: Served) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and served.process.poll() is None:
        try:
            with urllib.request.urlopen(f"{served.url}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.2)
    raise TimeoutError(f"the app did not start:\n{served.log.read_text('utf-8', 'replace')[-2000:]}")
