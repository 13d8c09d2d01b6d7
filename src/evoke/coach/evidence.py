"""What a learner's turns show: the rows of `practice.yaml` that hold for them. Knows no model and no persona."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from evoke.coach.situation import Situation, Surroundings, When, situations
from evoke.codes import Frozen, Talk
from evoke.datafile import read_yaml
from evoke.transcript import Turn, Variable

Axis = Literal["empathy", "direction"]
GlobalName = Literal["cultivating", "softening", "partnership", "empathy"]
Share = Annotated[float, Field(ge=-1, le=1)]


class Row(Frozen):
    """One thing a turn can show, what it counts for, and why, completing "You …"."""

    id: str
    when: When
    place: dict[Axis, Share] = Field(default_factory=dict)
    globals: dict[GlobalName, Share] = Field(default_factory=dict)
    why: str = Field(min_length=10)


class Rooms(Frozen):
    """Where the rooms of the balance begin, and how strongly the path follows the newest turn."""

    empathy_from: Share
    direction_from: Share
    smoothing: float = Field(gt=0, le=1)


class GlobalRules(Frozen):
    """How evidence becomes a global rating of 1-5."""

    start: float
    reach: float
    gain: float
    prior: float
    fewest_turns: int
    tentative_turns: int
    quiet_softening: float
    capped: float
    evidence: int


class MomentRules(Frozen):
    """What counts as moving the client, and from where on."""

    weights: dict[Variable, float]
    talk: dict[Talk, float]
    talk_weight: float
    talk_weight_alone: float
    smallest: float
    most: int


class Practice(Frozen):
    """The whole of `practice.yaml`."""

    rooms: Rooms
    globals: GlobalRules
    moments: MomentRules
    surroundings: Surroundings
    rows: tuple[Row, ...]


class Shown(Frozen):
    """A row that holds for a turn."""

    turn_id: str
    row: Row


@cache
def practice() -> Practice:
    """The table as shipped, read once. Raises BadInput naming file, line and field."""
    return read_yaml(Path(__file__).with_name("practice.yaml"), Practice)


def path_of(turns: Sequence[Turn]) -> list[Situation]:
    """The learner's turns in their surroundings."""
    return situations(turns, practice().surroundings)


def shown(path: Sequence[Situation]) -> list[Shown]:
    """Everything that the turns of a path show, in the order of the turns."""
    found = [Shown(turn_id=now.turn.id, row=row) for row in practice().rows for now in row.when.holding(path)]
    order = {now.turn.id: now.place for now in path}
    return sorted(found, key=lambda one: order[one.turn_id])
