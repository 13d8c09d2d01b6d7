"""What a model says of one turn before any rule is applied: probabilities, calibrated where they can be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from evoke.coder.split import Clause
from evoke.codes import Behaviour, Code, QuestionType, ReflectionType, Speaker, Talk, TalkKind
from evoke.transcript import Turn


@dataclass(frozen=True)
class Volley:
    """One turn as a model reads it: its clauses, the last few turns before it (oldest first) and the target behaviour.

    Without a turn before it, it opens its transcript.
    """

    speaker: Speaker
    text: str
    clauses: tuple[Clause, ...]
    context: Sequence[Turn]
    target: str = ""


@dataclass(frozen=True)
class LearnerScores:
    """A learner turn. `codes` are for the whole volley, `by_clause` for each clause, each 0-1 on its own;
    the types are given that there is a question or a reflection at all; the other two sum to 1."""

    behaviour: Mapping[Behaviour, float]
    question: Mapping[QuestionType, float]
    reflection: Mapping[ReflectionType, float]
    codes: Mapping[Code, float]
    by_clause: tuple[Mapping[Code, float], ...]


@dataclass(frozen=True)
class ClientScores:
    """A client turn: which way it leans, and of which kind it is if it leans; both sum to 1."""

    talk: Mapping[Talk, float]
    kinds: Mapping[TalkKind, float]


Scores = LearnerScores | ClientScores


class Scorer(Protocol):
    """A model that reads volleys in order; one with no turn before it opens a talk of its own."""

    def last(self, talk: Sequence[Volley]) -> Scores:
        """Probabilities for the last volley of a talk, the very same that `each` has for it."""

    def each(self, volleys: Iterable[Volley]) -> Iterator[Scores]:
        """Probabilities for every volley, in order; few volleys are held at a time."""
