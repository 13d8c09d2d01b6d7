"""How the next move is drawn, as checked data (`director.yaml`). Knows no session; draws nothing."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from evoke.client.dynamics import Dial, Scale, When
from evoke.codes import Frozen, Talk, TalkKind
from evoke.datafile import read_yaml
from evoke.persona import Line, MoveKind, Stage
from evoke.transcript import Variable

Chance = Annotated[float, Field(ge=0, le=1)]
Weight = Annotated[float, Field(ge=0)]
Why = Annotated[str, Field(min_length=20)]


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


class TalkLift(Frozen):
    """What multiplies each talk while a condition holds."""

    when: When
    lift: dict[Talk, Weight]
    why: Why


class MoveLift(Frozen):
    """What multiplies some moves while a condition holds."""

    when: When
    lift: dict[MoveKind, Weight]
    why: Why


class MoodLift(Frozen):
    """Talk is multiplied by exp(weight * (value of `variable` - `since`))."""

    variable: Variable
    since: float = Field(alias="from")
    weights: dict[Talk, float]
    why: Why


class TemperLift(Frozen):
    """Talk is multiplied by exp(weight * (the card's `dial` - `since`))."""

    dial: Dial
    since: float = Field(alias="from")
    weights: dict[Talk, float]
    why: Why


class Shares(Frozen):
    """Shares of moves while receptivity is `below` a value."""

    below: float
    shares: dict[MoveKind, Chance]


class Receptivity(Frozen):
    """Weights of trust and calm."""

    trust: float
    calm: float


class Pull(Frozen):
    """How strongly the rank of a line counts after a question, and after anything else."""

    asked: Weight
    other: Weight = Field(alias="else")

    def after(self, question: bool) -> float:
        """The pull after this kind of turn."""
        return self.asked if question else self.other


class Pulls(Frozen):
    """The pulls on talk (after anything but a question; after one it is fitted), move and line."""

    talk: Weight
    move: Pull
    line: Pull


class Unanswered(Frozen):
    """What multiplies neutral talk where no neutral line is near, so that a word or two would have to do."""

    opened: Weight = Field(alias="open")
    closed: Weight
    other: Weight = Field(alias="else")

    def after(self, question: str | None) -> float:
        """The factor after this kind of turn."""
        return {"open": self.opened, "closed": self.closed}.get(question or "", self.other)


class Reach(Frozen):
    """How many of the nearest lines a reply may be built on while a condition holds."""

    when: When
    lines: int = Field(ge=1)


class Answers(Frozen):
    """What a question of this `signal` asks for: lines of this talk and these kinds answer it."""

    signal: str
    talk: Talk
    kinds: frozenset[TalkKind]

    def fit(self, line: Line) -> bool:
        """Whether a line is such an answer."""
        return line.talk_type == self.talk and line.talk_kind in self.kinds


class Brief(Frozen):
    """The chance of a brief answer while a condition holds."""

    when: When
    chance: Chance


class Endings(Frozen):
    """When the client leaves, and when a talk comes to its natural end."""

    leave_after_tense: int = Field(ge=1)
    goodbye_from_turn: int = Field(ge=1)
    winding_up_chance: Chance
    settled_from_turn: int = Field(ge=1)
    settled_chance: Chance
    long_from_turn: int = Field(ge=1)
    long_chance: Chance
    asked_from_turn: int = Field(ge=1)
    asked_chance: Chance


class Choices(Frozen):
    """The whole of `director.yaml`."""

    talk_after: dict[Talk, dict[Talk, Chance]]
    talk_lifts: tuple[TalkLift, ...]
    temper_lifts: tuple[TemperLift, ...]
    mood_lifts: tuple[MoodLift, ...]
    unvoiced_lift: dict[Talk, Weight]
    last_doubt_lift: dict[Talk, Weight]
    refused_lift: dict[Talk, Weight]
    moves: dict[Stage, tuple[Shares, ...]]
    receptivity: Receptivity
    move_lifts: tuple[MoveLift, ...]
    ranked_lines: int = Field(ge=5)
    context_weight: Weight
    short_words: int = Field(ge=1)
    answers: tuple[Answers, ...]
    answer_weight: Weight
    reach: Annotated[tuple[Reach, ...], Field(min_length=1)]
    answered: Chance
    pull: Pulls
    unanswered: Unanswered
    belief_bonus: Weight
    belief_reach: int = Field(ge=1)
    brief: tuple[Brief, ...]
    brief_scale: Scale
    brief_from_turn: int
    brief_again: Chance
    brief_at_most: Chance
    unsure: Chance
    contrary: Annotated[str, AfterValidator(_compiles)]
    second_line: Scale
    third_line: Scale
    long_line: Scale
    endings: Endings
    assent: Chance
    assent_below_discord: float
    deflect_insult: Chance
    deflect_silence: Chance


@cache
def choices() -> Choices:
    """The numbers as shipped, read once. Raises BadInput naming file and field."""
    return read_yaml(Path(__file__).with_name("director.yaml"), Choices)
