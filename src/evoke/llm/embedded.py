"""llama.cpp's own server inside this process, on loopback. Knows weights, threads and ports; not what is said.

Any number of threads may ask; the first to ask starts it, the others wait. It stops with the process.
"""

from __future__ import annotations

import atexit
import os
import secrets
import sys
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from evoke.errors import ModelDown
from evoke.llm import weights
from evoke.llm.endpoint import Address
from evoke.llm.slots import Slots
from evoke.settings import Settings

PARALLEL = 3  # sessions that each keep their prefix; all draw on one context
MOST_THREADS = 8  # more do not help a model this small
ELSEWHERE = (
    "Set EVOKE_LLM_BASE_URL and EVOKE_LLM_MODEL to an OpenAI-compatible endpoint, "
    "such as http://localhost:11434/v1 and a model of Ollama"
)
_QUOTA = Path("/sys/fs/cgroup/cpu.max")
_servers: dict[Path, EmbeddedServer] = {}
_starting = threading.Lock()


class EmbeddedServer:
    """One running server. `address` is what an endpoint needs to know of it, `slots` who sits where."""

    def __init__(self, file: Path, *, threads: int = 0, context_tokens: int = 8192) -> None:
        """Load the weights and listen on a free loopback port; takes seconds. `threads` 0 leaves the choice here.

        Raises ModelDown with the cure where the engine or the file is of no use.
        """
        key = secrets.token_urlsafe(24)
        self._server: Any = _start(file, threads, context_tokens, key)
        self.slots = Slots(PARALLEL)
        self.address = Address(
            base_url=f"{self._server.listening_address}/v1", model=file.stem, key=SecretStr(key), ours=True
        )

    def stop(self) -> None:
        """Free the port and the memory; harmless when stopped already."""
        self._server = None


def runs_here() -> bool:
    """Whether the engine has a wheel for this kind of machine."""
    return find_spec("xllamacpp") is not None


def serve(settings: Settings) -> EmbeddedServer:
    """The server of the chosen weights, started at the first call. Raises ModelDown where it cannot run."""
    if not runs_here():
        raise ModelDown(f"The embedded model does not run on this kind of machine ({sys.platform}). {ELSEWHERE}.")
    file = weights.find(settings)
    if file is None:
        state = weights.status(settings)
        raise ModelDown(f"The client's voice, {state.name}, is not here yet ({state.text}). "
                        "Wait for it, or run 'evoke models pull'.")  # fmt: skip
    with _starting:
        if file not in _servers:
            _servers[file] = EmbeddedServer(file, threads=settings.threads, context_tokens=settings.context_tokens)
        return _servers[file]


@atexit.register
def stop_all() -> None:
    """Stop every server of this process."""
    while _servers:
        _servers.popitem()[1].stop()


def usable_cores() -> int:
    """Cores this process may use: fewer than the machine has when it is pinned or in a container with a quota."""
    pinned = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1
    quota = _QUOTA.read_text().split() if _QUOTA.is_file() else ["max"]
    return pinned if quota[0] == "max" else max(1, min(pinned, int(quota[0]) // int(quota[1])))


def _start(file: Path, threads: int, context_tokens: int, key: str) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.endpoint_slots, params.ui, params.cors_origins = False, False, ""  # nothing for other pages of a browser
    params.n_ctx, params.n_parallel, params.kv_unified = context_tokens, PARALLEL, True
    params.cache_prompt, params.cache_ram_mib = True, 0
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE  # mapped, the file counts a second time: +0.6 GB
    params.warmup = False  # the first prompt does as much
    params.sse_ping_interval = 1  # seconds; also how long a reply under way can hold up the end
    params.verbosity = 0
    _share_out(params, threads)
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelDown(f"The embedded model does not start from {file}: no sound GGUF, or too little memory. "
                        f"Run 'evoke models check'. {ELSEWHERE}.") from error  # fmt: skip


def _share_out(params: Any, threads: int) -> None:
    """All cores read the prompt; one fewer speaks, because the page that shows the words needs a core meanwhile.

    llama.cpp's threads wait for each other by spinning: one that loses its core stalls all (measured: 0.8 instead of 10
    tokens a second on two busy cores).
    """
    reading = threads or min(usable_cores(), MOST_THREADS)
    params.cpuparams_batch.n_threads = reading
    params.cpuparams.n_threads = threads or max(1, reading - 1)
