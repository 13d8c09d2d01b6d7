"""What every test stands on: no network but loopback, no settings of the developer's, a real but tiny model."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from evoke.llm import embedded, open_model, weights
from evoke.llm.chat import ChatModel
from evoke.settings import Settings, read_settings, settings

USER_CACHE = read_settings().cache_dir  # the tiny model is fetched there once, not for every run
LOOPBACK = ("127.", "::1", "localhost", "0.0.0.0")


@pytest.fixture(scope="session")
def cache_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One cache for the whole run, so that token tables and indexes are made once."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, cache_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Data in a folder of the test's own; nothing from the developer's environment or `.env`."""
    for name in [name for name in os.environ if name.startswith("EVOKE_")]:
        monkeypatch.delenv(name)
    monkeypatch.setitem(Settings.model_config, "env_file", None)
    monkeypatch.setenv("EVOKE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("EVOKE_CACHE_DIR", str(cache_folder))
    monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(cache_folder / "tiktoken"))
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture(autouse=True)
def only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """A test that reaches for the network fails by name. Set-up of the session may fetch the tiny model."""
    connect, connect_ex, look_up = socket.socket.connect, socket.socket.connect_ex, socket.getaddrinfo

    def checked(host: object) -> None:
        if isinstance(host, str) and host and not host.startswith(LOOPBACK):
            pytest.fail(f"a test reached for the network: {host}", pytrace=True)

    def guarded(call):
        def connecting(self, address):
            checked(address[0] if isinstance(address, tuple) else "")
            return call(self, address)

        return connecting

    def looking_up(host, *args, **kwargs):
        checked(host)
        return look_up(host, *args, **kwargs)

    monkeypatch.setattr(socket.socket, "connect", guarded(connect))
    monkeypatch.setattr(socket.socket, "connect_ex", guarded(connect_ex))
    monkeypatch.setattr(socket, "getaddrinfo", looking_up)


@pytest.fixture(scope="session")
def tiny_weights() -> Path:
    """SmolLM2-135M in the user's cache, fetched once (98 MB). Fails where it cannot be had: it is never skipped."""
    return weights.pull(Settings(_env_file=None, cache_dir=USER_CACHE, weights="smollm2-135m", weights_file=None))


@pytest.fixture(scope="session")
def tiny_model(tiny_weights: Path) -> Iterator[ChatModel]:
    """The embedded server with the tiny model: real in everything but sense."""
    yield open_model(
        Settings(_env_file=None, llm="embedded", weights_file=tiny_weights, context_tokens=2048, threads=1)
    )
    embedded.stop_all()
