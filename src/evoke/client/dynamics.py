"""The table of what moves the client, as checked data (`dynamics.yaml`). Knows no session; applies nothing.

Every row has an id, a condition, effects of at most 1.0 and the sentence a learner reads about it afterwards.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from evoke.codes import Code, Frozen, QuestionType, ReflectionType, Talk, TalkKind
from evoke.datafile import read_yaml
from evoke.persona import Stage, Temperament
from evoke.transcript import Variable

Accuracy = Literal["accurate", "near", "off"]
Effect = Annotated[float, Field(ge=-1, le=1)]
Dial = Literal["reactance", "openness", "talkativeness"]


class When(Frozen):
    """A condition on what was heard; every field that is set must hold. Lists mean "any of these"."""

    codes: tuple[Code, ...] = ()
    without: tuple[Code, ...] = ()
    question: QuestionType | None = None
    reflection: ReflectionType | None = None
    accuracy: tuple[Accuracy, ...] = ()
    signals: tuple[str, ...] = ()
    without_signals: tuple[str, ...] = ()
    said: tuple[Talk, ...] = ()
    stage: tuple[Stage, ...] = ()
    touched: bool | None = None
    words_from: int | None = Field(default=None, ge=1)
    discord_from: float | None = Field(default=None, ge=0, le=10)
    in_a_row: int = Field(default=1, ge=1)


class Rule(Frozen):
    """One row: when it applies, what it does to whom, and the sentence for the learner."""

    id: str
    when: When
    effects: dict[Variable, Effect] = Field(min_length=1)
    reason: str = Field(min_length=20)


class SelfTalk(Frozen):
    """What hearing oneself say something does.

    `asked` narrows it to an answer to such a question, `core` to talk of the core motivation.
    """

    id: str
    talk: Talk
    kinds: tuple[TalkKind, ...] = ()
    asked: tuple[str, ...] = ()
    core: bool = False
    effects: dict[Variable, Effect] = Field(min_length=1)
    reason: str = Field(min_length=20)


class Scale(Frozen):
    """A number by a dial, often a factor: `at_0` where the dial stands at 0, `at_10` at 10, in a straight line."""

    dial: Dial
    at_0: float = Field(ge=0, le=30)
    at_10: float = Field(ge=0, le=30)

    def by(self, temperament: Temperament) -> float:
        """The number for this temperament."""
        share: float = getattr(temperament, self.dial) / 10
        return self.at_0 + (self.at_10 - self.at_0) * share


class Scaling(Frozen):
    """How a rise and a fall of one variable are scaled."""

    rise: Scale
    fall: Scale


class Stages(Frozen):
    """Where one stage ends and the next begins."""

    contemplation_importance: float
    contemplation_own_change: int = Field(ge=0)
    preparation_importance: float
    preparation_confidence: float
    preparation_discord: float
    preparation_beliefs: float = Field(ge=0, le=1)
    fall_back_margin: float = Field(ge=0)
    fall_back_discord: float

    def at_start(self, importance: float) -> Stage:
        """The stage a client sits down in; nobody is ready before they have voiced what stands in the way."""
        return "contemplation" if importance >= self.contemplation_importance else "precontemplation"


class Day(Frozen):
    """How far one day differs from the card: standard deviations of start values and of the leaning of talk."""

    start: dict[Variable, float]
    leaning: dict[Talk, float]
    at_most: float = Field(gt=0)
    below_core: float = Field(ge=0)


class Dynamics(Frozen):
    """The whole table."""

    largest_step: float = Field(gt=0, le=1)
    room: float = Field(gt=0)  # a rise shrinks once less than this is left to the end of the scale
    tense_from: float = Field(ge=0, le=10)
    scaling: dict[Variable, Scaling]
    day: Day
    stages: Stages
    rules: tuple[Rule, ...]
    self_talk: tuple[SelfTalk, ...]


@cache
def dynamics() -> Dynamics:
    """The table as shipped, read once. Raises BadInput naming file and field."""
    return read_yaml(Path(__file__).with_name("dynamics.yaml"), Dynamics)
