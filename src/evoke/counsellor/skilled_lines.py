"""What the skilled counsellor is made of: `prompts/counsellor/skilled.yaml` as checked data. Says nothing itself."""

from __future__ import annotations

from string import Template
from typing import Literal

from pydantic import Field

from evoke.codes import Frozen, Talk

Phase = Literal["engage", "focus", "evoke", "plan"]
Lines = tuple[str, ...]


class Chances(Frozen):
    """How often a turn has what, each 0-1."""

    reflect: float
    ask_after_reflecting: float
    deep: float
    closed: float
    autonomy: float
    affirm: float
    summary: float
    ask_leave: float
    ruler: float


class Cue(Frozen):
    """Words of the client's, and what may stand behind them."""

    find: str
    say: Lines = Field(min_length=3)


class SkilledLines(Frozen):
    """The whole of the file; its comments say what each part is for."""

    phases: dict[Phase, int]
    plan_needs_change: int
    plan_bears_sustain: int
    close_after: int
    close_planned: int
    enough_planning: int
    leaves_asked: int
    chance: Chances
    greeting: Lines = Field(min_length=1)
    give_back: Lines = Field(min_length=1)
    deepen_change: Lines = Field(min_length=1)
    deepen_sustain: Lines = Field(min_length=1)
    deepen_neutral: Lines = Field(min_length=1)
    plain: dict[Talk, Lines]
    cues: tuple[Cue, ...]
    heard: Lines = Field(min_length=1)
    autonomy: Lines = Field(min_length=1)
    affirm: Lines = Field(min_length=1)
    repair: Lines = Field(min_length=1)
    answer_back: Lines = Field(min_length=1)
    summary: Lines = Field(min_length=1)
    ask_leave: Lines = Field(min_length=1)
    agreed: str
    refused: str
    asks: str
    offer: Lines = Field(min_length=1)
    leave_it: Lines = Field(min_length=1)
    rulers: Lines = Field(min_length=1)
    ruler_follows: Lines = Field(min_length=1)
    ask: dict[Phase, Lines]
    ask_closed: dict[Phase, Lines]
    close: Lines = Field(min_length=1)
    plain_words: frozenset[str]


def filled(line: str, **blanks: str) -> str:
    """The line with its blanks filled; a capital name (`$Said`) begins with a capital letter."""
    capital = {name.capitalize(): words[:1].upper() + words[1:] for name, words in blanks.items()}
    return Template(line).substitute({**blanks, **capital})
