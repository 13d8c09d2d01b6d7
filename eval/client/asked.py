"""What is asked of the client and what real clients show: `realism.yaml` as checked data. Measures nothing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from math import inf
from pathlib import Path
from typing import Literal

from pydantic import Field

from evoke.codes import Frozen
from evoke.datafile import read_yaml
from evoke.persona import MoveKind

TurnKind = Literal[
    "any", "open question", "closed question", "reflection", "giving information", "advice", "negotiating a plan"
]


def chosen_personas(names: Sequence[str]) -> list[str]:
    """Ids, with `fitted`, `reported` and `all` written out."""
    table = realism()
    groups = {"fitted": table.fitted_on, "reported": table.reported_on, "all": (*table.fitted_on, *table.reported_on)}
    return list(dict.fromkeys(one for name in names for one in groups.get(name, (name,))))


class Asked(Frozen):
    """One row of `realism.yaml`."""

    title: str
    real: float | None = None
    best: float | None = None
    least: float = -inf
    most: float = inf
    source: str = ""


class Row(Frozen):
    """Shares of actions below a receptivity."""

    below: float
    shares: dict[MoveKind, float]


class Published(Frozen):
    """A figure of ConsistentMI: of a profile in the prompt, of its own simulator, of real sessions.

    Ours is a `figure` of the table, or stands `where` it is measured.
    """

    title: str
    prompt: float
    best: float
    real: float | None = None
    figure: str = ""
    where: str = ""


class NextTurn(Frozen):
    """What real clients say straight after one kind of learner's turn: % change, sustain, neutral, by MI quality."""

    high: tuple[int, int, int]
    low: tuple[int, int, int]


class Realism(Frozen):
    """The whole of `realism.yaml`."""

    figures: dict[str, Asked]
    published: tuple[Published, ...]
    next_turn: dict[TurnKind, NextTurn]
    change_curve: tuple[float, ...]
    precontemplation: tuple[Row, ...]
    resisting: frozenset[MoveKind]
    fitted_on: tuple[str, ...] = Field(min_length=1)
    reported_on: tuple[str, ...] = Field(min_length=1)
    report_seed: int


@cache
def realism() -> Realism:
    """The table as it stands, read once."""
    return read_yaml(Path(__file__).with_name("realism.yaml"), Realism)
