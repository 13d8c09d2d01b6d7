"""llama.cpp's own server inside this process, on loopback. Knows weights, threads and ports; not what is said.

Any number of threads may ask; the first to ask starts it, the others wait. It stops with the process.
"""

from __future__ import annotations

import atexit
import importlib.util
import os
import secrets
import threading
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from evoke.errors import ModelDown
from evoke.llm import weights
from evoke.llm.endpoint import Address
from evoke.settings import Settings

ELSEWHERE = (
    "Set EVOKE_LLM_BASE_URL and EVOKE_LLM_MODEL to an OpenAI-compatible endpoint, "
    "such as http://localhost:11434/v1 with a model of Ollama"
)
PARALLEL = 2  # a client and, beside it, a second session or the coach; both draw on one context
_servers: dict[Path, EmbeddedServer] = {}
_starting = threading.Lock()


class EmbeddedServer:
    """One running server. `address` is what an endpoint needs to know of it."""

    def __init__(self, file: Path, *, threads: int, context_tokens: int) -> None:
        """Load the weights and listen on a free loopback port; seconds. Raises ModelDown with the cure."""
        key = secrets.token_urlsafe(24)
        self._server: Any = _start(file, threads or os.cpu_count() or 1, context_tokens, key)
        self.address = Address(
            base_url=f"{self._server.listening_address}/v1", model=file.stem, key=SecretStr(key), ours=True
        )

    def stop(self) -> None:
        """Free the port and the memory; harmless when stopped already."""
        self._server = None


def supported() -> bool:
    """Whether the engine has a wheel for this kind of machine."""
    return find_spec("xllamacpp") is not None


def runs_here() -> bool:
    """Whether the engine has a wheel for this machine; where not, `ELSEWHERE` says what to set."""
    return importlib.util.find_spec("xllamacpp") is not None


def serve(settings: Settings) -> EmbeddedServer:
    """The server of these weights, started at the first call. Raises ModelDown where it cannot run."""
    file = weights.find(settings)
    if file is None:
        raise ModelDown(f"The weights of {settings.weights} are not here yet. Run 'evoke models pull' or wait for it.")
    with _starting:
        if file not in _servers:
            _servers[file] = EmbeddedServer(file, threads=settings.threads, context_tokens=settings.context_tokens)
        return _servers[file]


@atexit.register
def stop_all() -> None:
    """Stop every server of this process."""
    while _servers:
        _servers.popitem()[1].stop()


def _start(file: Path, threads: int, context_tokens: int, key: str) -> Any:
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelDown(f"The embedded model does not run on this kind of machine. {ELSEWHERE}.") from error
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.hostnames, params.port, params.api_keys = ["127.0.0.1"], 0, [key]
    params.n_ctx, params.n_parallel, params.kv_unified = context_tokens, PARALLEL, True
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads
    params.cache_prompt, params.cache_ram_mib = True, 0
    params.load_mode = xllamacpp.llama_load_mode.LLAMA_LOAD_MODE_NONE  # mapped, the file counts a second time: +0.6 GB
    params.endpoint_slots, params.ui, params.cors_origins = False, False, ""  # other pages of a browser must not read
    params.verbosity = 0
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelDown(f"The embedded model could not be started from {file} ({error}). {ELSEWHERE}.") from error
