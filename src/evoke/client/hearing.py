"""How the client takes in a learner's turn: what it touches, how near a reflection comes, what signals it carries.

Patterns and thresholds are data (`hearing.yaml`); nearness is the cosine of the sentence encoder. Moves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property, lru_cache
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from evoke.client.move import Heard
from evoke.client.odd import Pattern, odd_remark
from evoke.codes import Coded, Frozen, Uncoded
from evoke.datafile import read_yaml
from evoke.persona import Persona
from evoke.transcript import Turn

Vectors = NDArray[np.float32]
Vector = NDArray[np.float32]
CONTEXT_WEIGHT = 0.9  # of words read together with what the client said before them
ASKS_FROM = 4  # words of a question that can stand for the whole turn
_POINTS_BACK = re.compile(r"\b(that|this|it|those|these|them)( now| for you| to you)?\s*\?$", re.IGNORECASE)
_QUESTION = re.compile(r"[^.!?…]+\?")
NEAREST_LINES = 3  # of a strand that say how near the strand is


class Encoder(Protocol):
    """Sentences to unit vectors (n, 384)."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""


Patterns = dict[str, tuple[Pattern, ...]]


class Bands(Frozen):
    """From which accuracy on a reflection is accurate, or near."""

    accurate: float
    near: float


class Touch(Frozen):
    """From which nearness on words touch a strand, or a plan; and how many strands they touch at most.

    Words that propose something come near a plan from `proposed` on; `asked` is the weight of the wordings on the card
    beside the plan's own text.
    """

    strand: float
    plan: float
    proposed: float
    asked: float = Field(ge=0, le=1)
    at_most: int = Field(ge=1)


class Means(Frozen):
    """What a question of the trade means in a client's words."""

    pattern: Pattern
    query: str = Field(min_length=10)


class Hearing(Frozen):
    """The whole of `hearing.yaml`."""

    accuracy: Bands
    touch: Touch
    remembered_turns: int = Field(ge=1)
    signals: Patterns
    means: tuple[Means, ...]
    ruler_answers: tuple[Pattern, ...]
    said_over: Pattern


@cache
def hearing() -> Hearing:
    """Patterns and thresholds as shipped, read once. Raises BadInput naming file and field."""
    return read_yaml(Path(__file__).with_name("hearing.yaml"), Hearing)


class Ear:
    """One client's ear. What it listens for on the card is embedded once, when first needed."""

    def __init__(self, persona: Persona, encoder: Callable[[], Encoder]) -> None:
        self._persona, self._open = persona, encoder

    def ready(self) -> None:
        """Embed what it listens for now rather than at the first turn."""
        _ = self._abouts, self._lines, self._plans

    def hear(self, words: str, coded: Coded | Uncoded, said: Sequence[Turn]) -> Heard:
        """Take in the learner's `words`; `said` are the client's last turns, oldest first."""
        odd = odd_remark(words)
        if odd:
            return Heard(words=words, coded=coded, signals=(*signals(words), odd))
        returned = given_back(words, coded)
        own, echo, *texts = self._encoder.embed([words, returned or words, *(turn.text for turn in said)])
        both = own + texts[-1] if said else own
        in_context = both / (np.linalg.norm(both) or 1.0)
        near = np.maximum(self._strand_scores(own), CONTEXT_WEIGHT * self._strand_scores(in_context))
        return Heard(
            words=words,
            coded=coded,
            accuracy=self._accuracy(echo, texts, said) if returned and said else None,
            touched=_touched(near, [strand.id for strand in self._persona.strands]),
            plans=self._brought_up(words),
            signals=signals(words),
        )

    def _accuracy(self, returned: Vector, texts: Sequence[Vector], said: Sequence[Turn]) -> float:
        """How much nearer the words are to what the client just said than to anything else they might say.

        Both the client's words and the card's own reflection of them count: a deep reflection shares few words.
        """
        near, places = self._lines @ returned, self._places
        just_said = [near[places[name]] for turn in said for name in turn.lines if name in places]
        return float(max([*just_said, *(text @ returned for text in texts)]) - near.mean())

    def _strand_scores(self, vector: Vector) -> Vector:
        """How near a vector is to each strand: to what it is about and to its nearest lines, half and half."""
        near = self._lines @ vector
        nearest = [sum(np.sort(near[of_one])[-NEAREST_LINES:]) / NEAREST_LINES for of_one in self._by_strand]
        return np.asarray((self._abouts @ vector + np.asarray(nearest)) / 2, dtype=np.float32)

    @cached_property
    def _encoder(self) -> Encoder:
        return self._open()

    @cached_property
    def _abouts(self) -> Vectors:
        return self._encoder.embed([strand.about for strand in self._persona.strands])

    @cached_property
    def _lines(self) -> _Nearer:
        lines = self._persona.lines
        both = (
            self._encoder.embed([line.say for line in lines]),
            self._encoder.embed([line.reflect for line in lines]),
        )
        return _Nearer(*both)

    @cached_property
    def _places(self) -> dict[str, int]:
        """Where each line stands on the card."""
        return {line.id: n for n, line in enumerate(self._persona.lines)}

    @cached_property
    def _by_strand(self) -> list[list[int]]:
        """Where the lines of each strand stand on the card."""
        lines = self._persona.lines
        return [[n for n, line in enumerate(lines) if line.strand == one.id] for one in self._persona.strands]

    def _brought_up(self, words: str) -> tuple[str, ...]:
        """The first steps that the words, or the question in them, come near, nearest first."""
        touch, asks = hearing().touch, "?" in words
        least = touch.proposed if asks and "proposes" in signals(words) else touch.plan
        own = self._encoder.embed([words, heart_of(words)] if asks else [words])
        near = [
            float(((1 - touch.asked) * (own @ text) + touch.asked * (own @ asked.T).max(axis=1)).max())
            for text, asked in self._plans
        ]
        return _above(np.asarray(near, dtype=np.float32), self._plan_ids, least)

    @cached_property
    def _plans(self) -> list[tuple[Vector, Vectors]]:
        """Each first step's text and the wordings in which it may be brought up; its text where there are none."""
        plans = self._persona.plans
        return [
            (self._encoder.embed([plan.text])[0], self._encoder.embed(list(plan.asked or (plan.text,))))
            for plan in (*plans.acceptable, *plans.rejected)
        ]

    @property
    def _plan_ids(self) -> list[str]:
        plans = self._persona.plans
        return [plan.id for plan in (*plans.acceptable, *plans.rejected)]


class _Nearer:
    """Two rows a line, its words and its reflection; a product gives the cosine of the nearer one."""

    def __init__(self, said: Vectors, reflected: Vectors) -> None:
        self._said, self._reflected = said, reflected

    def __matmul__(self, vector: Vector) -> Vector:
        nearer: Vector = np.maximum(self._said @ vector, self._reflected @ vector)
        return nearer


@lru_cache(maxsize=2048)
def signals(words: str) -> tuple[str, ...]:
    """Names of the signals in the learner's words, in the order of the table."""
    return tuple(name for name, compiled in _compiled().items() if any(p.search(words) for p in compiled))


@lru_cache(maxsize=2048)
def heart_of(words: str) -> str:
    """The last question of a turn, where it says what it is about, else all the words."""
    asked = [sentence.strip() for sentence in _QUESTION.findall(words) if len(sentence.split()) >= ASKS_FROM]
    whole = not asked or _POINTS_BACK.search(asked[-1]) or "ruler" in signals(words)
    return words if whole else asked[-1]


@lru_cache(maxsize=2048)
def as_query(words: str) -> str:
    """What lines are looked up by: the last question, where it says what it is about, else all the words.

    What such a question means to a client is added.
    """
    heart = heart_of(words)
    meant = next((row.query for row in hearing().means if re.search(row.pattern, heart, re.IGNORECASE)), "")
    return f"{heart} {meant}".strip()


@cache
def answers_ruler(say: str) -> bool:
    """Whether a line is an answer to a ruler question and to nothing else."""
    return any(re.search(pattern, say, re.IGNORECASE) for pattern in hearing().ruler_answers)


@cache
def says_over(say: str) -> bool:
    """Whether a line begins by saying a question over, so that it makes no sense where none was asked."""
    return re.search(hearing().said_over, say, re.IGNORECASE) is not None


def given_back(words: str, coded: Coded | Uncoded) -> str:
    """The part of the words that reflects or affirms; empty where there is none."""
    if not isinstance(coded, Coded) or not coded.has("simple_reflection", "complex_reflection", "affirm"):
        return ""
    parts = [u.text for u in coded.utterances if u.code in ("simple_reflection", "complex_reflection", "affirm")]
    return " ".join(parts) or words


@cache
def _compiled() -> dict[str, list[re.Pattern[str]]]:
    return {name: _all(patterns) for name, patterns in hearing().signals.items()}


def _all(patterns: Sequence[str]) -> list[re.Pattern[str]]:
    return [re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in patterns]


def _touched(near: Vector, names: list[str]) -> tuple[str, ...]:
    """The strands among the nearest few that are near enough, nearest first."""
    first = np.argsort(-near, kind="stable")[: hearing().touch.at_most]
    return tuple(names[n] for n in first if near[n] >= hearing().touch.strand)


def _above(near: Vector, names: list[str], threshold: float) -> tuple[str, ...]:
    """Names whose cosine reaches the threshold, nearest first."""
    return tuple(names[n] for n in np.argsort(-near, kind="stable") if near[n] >= threshold)
