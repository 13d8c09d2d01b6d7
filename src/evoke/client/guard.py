"""What the client's voice must not say, as patterns (`guard.yaml`) compiled for one client. Knows no model."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import regex
from pydantic import Field

from evoke.codes import Frozen
from evoke.datafile import read_yaml
from evoke.persona import Persona

FLAGS = regex.IGNORECASE | regex.VERSION0
Patterns = tuple[tuple[str, "regex.Pattern[str]"], ...]


class Word(Frozen):
    """More of the reply, to be added to what stands on the screen."""

    text: str


class Replace(Frozen):
    """The reply so far is taken back; this stands in its place, and more may follow."""

    text: str


Said = Word | Replace


class Fault(Frozen):
    """A reply that cannot stand as it is: the rule it broke, and all that the model said."""

    rule: str
    said: str


class Row(Frozen):
    """Patterns under one name; `reason` says what the voice did, in the past tense."""

    name: str
    reason: str = ""
    patterns: tuple[str, ...] = Field(min_length=1)


class Whole(Frozen):
    """Limits of the checks on a whole reply; `evoke.client.checks` says what each is for."""

    repeat_words: int = Field(ge=1)
    repeat_share: float = Field(gt=0, le=1)
    echo_share: float = Field(gt=0, le=1)
    disclosed_words: int = Field(ge=1)
    disclosed_share: float = Field(gt=0, le=1)
    persons: tuple[tuple[str, ...], ...]
    plain_words: frozenset[str]


class Rows(Frozen):
    """The whole of `guard.yaml`."""

    breaks: tuple[Row, ...] = Field(alias="break")
    cut: tuple[Row, ...]
    drop: tuple[Row, ...]
    whole: Whole


class Guard:
    """The patterns for one client: what breaks a reply, what ends it, what is taken out of it in passing."""

    def __init__(self, persona: Persona) -> None:
        rows, name = guard_rows(), persona.name
        self.breaks = _compiled((*rows.breaks, *_never_says(persona)), name)
        self.cuts = _compiled(rows.cut, name)
        self.drops = _compiled(rows.drop, name)
        every = (*self.breaks, *self.cuts, *self.drops)
        self.beginning = regex.compile("|".join(f"(?:{pattern.pattern})" for _, pattern in every), FLAGS)

    def broken(self, text: str) -> str | None:
        """The first rule that a whole text breaks, such as an authored line; None where it may be said."""
        return next((name for name, pattern in (*self.breaks, *self.cuts) if pattern.search(text)), None)


@cache
def guard_rows() -> Rows:
    """The patterns as shipped, read once. Raises BadInput naming file and field."""
    return read_yaml(Path(__file__).with_name("guard.yaml"), Rows)


def _never_says(persona: Persona) -> list[Row]:
    """The card's own forbidden words as one row."""
    words = persona.voice.never_says
    return [Row(name="never_says", patterns=tuple(rf"\b{regex.escape(word)}\b" for word in words))] if words else []


def _compiled(rows: tuple[Row, ...], name: str) -> Patterns:
    return tuple(
        (row.name, regex.compile(pattern.replace("$name", regex.escape(name)), FLAGS))
        for row in rows
        for pattern in row.patterns
    )
