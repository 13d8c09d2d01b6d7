"""MITI and MISC codes as closed sets, and what a coder says of one turn. Knows no model.

The prose of each code (name, definition, boundary, feedback wording) stands in `prompts/codes.yaml`.
"""

from __future__ import annotations

from typing import Literal, get_args

from pydantic import BaseModel, ConfigDict, Field

Behaviour = Literal["question", "reflection", "therapist_input", "other"]
Code = Literal[
    "question",
    "simple_reflection",
    "complex_reflection",
    "affirm",
    "seek_collaboration",
    "emphasize_autonomy",
    "give_information",
    "persuade",
    "persuade_with_permission",
    "confront",
]
QuestionType = Literal["open", "closed"]
ReflectionType = Literal["simple", "complex"]
Talk = Literal["change", "sustain", "neutral"]
TalkKind = Literal["desire", "ability", "reason", "need", "commitment", "activation", "taking_steps", "other"]
Speaker = Literal["learner", "client"]

CODES: tuple[Code, ...] = get_args(Code)
ADHERENT: frozenset[Code] = frozenset({"seek_collaboration", "affirm", "emphasize_autonomy"})
NON_ADHERENT: frozenset[Code] = frozenset({"confront", "persuade"})


class Frozen(BaseModel):
    """A value that travels: immutable, no unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class UtteranceCode(Frozen):
    """One thought of a volley and its label; `code` is None where MITI leaves it uncoded."""

    text: str
    code: Code | None
    probability: float = Field(ge=0, le=1)
    reason: str


class Coded(Frozen):
    """What a coder says of one turn. Learner turns carry behaviour and codes, client turns carry talk.

    `codes` holds each MITI code at most once (MITI 4.2.1, volley rule), in the order of `CODES`.
    `probabilities` maps dotted names ("behaviour.question", "talk.change", "code.affirm") to 0-1.
    """

    speaker: Speaker
    behaviour: Behaviour | None = None
    codes: tuple[Code, ...] = ()
    question: QuestionType | None = None
    reflection: ReflectionType | None = None
    talk: Talk | None = None
    talk_kind: TalkKind | None = None
    reason: str
    probabilities: dict[str, float] = Field(default_factory=dict)
    utterances: tuple[UtteranceCode, ...] = ()

    def has(self, *codes: Code) -> bool:
        """Whether any of `codes` was given to this turn."""
        return any(code in self.codes for code in codes)


class Uncoded(Frozen):
    """A turn that could not be coded, and why. Never a default label."""

    speaker: Speaker
    reason: str
