"""The shapes of a language model's judgements: closed sets, the reason always before the label. Knows no prompt.

Each tier is asked for in one call over several turns. An entry that does not fit is left out, so that it spoils no
other turn; only where none fits is the whole answer at fault, and `structured.ask` sends it back.
"""

from __future__ import annotations

from typing import Any, Generic, Literal, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from evoke.codes import Behaviour, Code, QuestionType, Talk, TalkKind

Leaning = Literal["change", "sustain"]


class Judged(BaseModel):
    """What is said of one turn; `turn` is its number in the passage."""

    model_config = ConfigDict(frozen=True)

    turn: int


class Behaved(Judged):
    """What the counsellor mainly does in a turn."""

    reason: str
    behaviour: Behaviour


class Uttered(BaseModel):
    """One utterance, its words copied from the turn; `rival` is the code that fits nearly as well."""

    model_config = ConfigDict(frozen=True)

    words: str
    reason: str
    code: Literal[Code, "uncoded"]
    rival: Literal[Code, "uncoded", "none"]
    question: Literal[QuestionType, "none"]


class Cut(Judged):
    """A counsellor's turn cut into utterances, each with its code."""

    utterances: list[Uttered]


class Leaned(Judged):
    """Which way the client leans in a turn."""

    reason: str
    talk: Talk


class Named(Judged):
    """By which kind of talk the client leans."""

    reason: str
    kind: TalkKind


Item = TypeVar("Item", bound=Judged)


class Judgements(BaseModel, Generic[Item]):
    """One entry for each turn that was asked about."""

    turns: list[Item]

    @field_validator("turns", mode="before")
    @classmethod
    def _usable(cls, given: Any) -> Any:
        (item,) = get_args(cls.model_fields["turns"].annotation)
        kept = [one for one in given if _fits(item, one)] if isinstance(given, list) else []
        return kept or given


class Behaviours(Judgements[Behaved]):
    """What the counsellor mainly does, turn by turn."""


class Cuts(Judgements[Cut]):
    """Utterances and codes, turn by turn."""


class Leanings(Judgements[Leaned]):
    """Which way the client leans, turn by turn."""


class Kinds(Judgements[Named]):
    """Kinds of talk, turn by turn."""


def _fits(item: type[BaseModel], one: Any) -> bool:
    try:
        item.model_validate(one)
    except ValidationError:
        return False
    return True
