"""What the coach says, read from `prompts/coach/wordings.yaml`. Knows no session but the name of its client."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from functools import cache
from string import Template
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from evoke.coach.balance import Room
from evoke.coach.situation import When
from evoke.codes import Frozen, Talk
from evoke.datafile import read_yaml
from evoke.persona import Id
from evoke.settings import shipped

Side = Literal["strength", "growth"]
Form = Literal["reflect", "ask", "both"]
Note = Literal["too_short", "too_few_coded", "no_strengths", "no_growth", "tentative"]
BLANKS = {"name", "Name", "needed", "had"}


def _known_blanks(text: str) -> str:
    template = Template(text)
    unknown = set(template.get_identifiers()) - BLANKS
    if unknown or not template.is_valid():
        raise ValueError(f"holds a blank that nothing fills: {', '.join(sorted(unknown)) or '$'}")
    return text


Words = Annotated[str, Field(min_length=5), AfterValidator(_known_blanks)]
Variants = Annotated[tuple[Words, ...], Field(min_length=1)]


class Pattern(Frozen):
    """One thing worth saying of a turn; the fields are explained at the head of the file."""

    when: When
    unless: When | None = None
    family: Id
    worth: float = Field(ge=0, le=5)
    read: tuple[Id, ...] = Field(min_length=1)
    better: Form
    title: Variants
    text: Variants


class Wordings(Frozen):
    """The whole file."""

    strengths: dict[Id, Pattern]
    growth: dict[Id, Pattern]
    next: dict[Side, dict[Talk, Variants]]
    rooms: dict[Room, Variants]
    notes: dict[Note, Variants]


class Forms(Frozen):
    """How a better line is asked of a model."""

    reflect: str
    ask: str
    both: str


@cache
def wordings() -> Wordings:
    """The wordings as shipped, read once. Raises BadInput naming file, line and field."""
    return read_yaml(shipped("prompts") / "coach" / "wordings.yaml", Wordings)


@cache
def forms() -> Forms:
    """The forms as shipped, read once."""
    return read_yaml(shipped("prompts") / "coach" / "forms.yaml", Forms)


class Speech:
    """Draws variants and fills in the client's name; the same seed and key give the same words."""

    def __init__(self, name: str | None, seed: int) -> None:
        self._seed = seed
        self._names = {"name": name or "the client", "Name": name or "The client"}

    def say(self, variants: Sequence[str], key: str, **blanks: object) -> str:
        """One of the variants, filled. `key` is what is spoken of, so that two things may get different words."""
        drawn = hashlib.sha256(f"{self._seed}:{key}".encode()).digest()[0] % len(variants)
        return Template(variants[drawn]).substitute(self._names, **blanks)
