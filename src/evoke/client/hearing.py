"""How the client takes in a learner's turn: what it touches, how near a reflection comes, what signals it carries.

Patterns and thresholds are data (`hearing.yaml`); nearness is the cosine of the sentence encoder. Moves nothing.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Protocol

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Field

from evoke.client.move import Heard
from evoke.codes import Coded, Frozen, Uncoded
from evoke.datafile import read_yaml
from evoke.persona import Persona

Vectors = NDArray[np.float32]


class Encoder(Protocol):
    """Sentences to unit vectors (n, 384)."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One row a text."""


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
Patterns = dict[str, tuple[Pattern, ...]]


class Bands(Frozen):
    """From which cosine on a reflection is accurate, or near."""

    accurate: float
    near: float


class Touch(Frozen):
    """From which cosine on words touch a strand, or a plan."""

    strand: float
    plan: float


class Odd(Frozen):
    """Remarks no client can take up as meant, by kind, in order."""

    machine: tuple[Pattern, ...]
    instructions: tuple[Pattern, ...]
    language: tuple[Pattern, ...]
    noise: tuple[Pattern, ...]
    flood_words: int = Field(ge=100)


class Hearing(Frozen):
    """The whole of `hearing.yaml`."""

    accuracy: Bands
    touch: Touch
    remembered_turns: int = Field(ge=1)
    signals: Patterns
    odd: Odd


@cache
def hearing() -> Hearing:
    """Patterns and thresholds as shipped, read once. Raises BadInput naming file and field."""
    return read_yaml(Path(__file__).with_name("hearing.yaml"), Hearing)


class Ear:
    """One client's ear. Its strands and plans are embedded once, when first needed."""

    def __init__(self, persona: Persona, encoder: Callable[[], Encoder]) -> None:
        self._persona, self._open = persona, encoder

    def hear(self, words: str, coded: Coded | Uncoded, said: Sequence[str]) -> Heard:
        """Take in the learner's `words`. `said` is what the client said lately, and the lines it was made of."""
        odd = odd_remark(words)
        if odd:
            return Heard(words=words, coded=coded, signals=(*signals(words), odd))
        returned = given_back(words, coded)
        vectors = self._encoder.embed([words, *([returned] if returned else []), *said])
        first_said = 2 if returned else 1
        accuracy = _nearest(vectors[1], vectors[first_said:]) if returned and said else None
        return Heard(
            words=words,
            coded=coded,
            accuracy=accuracy,
            touched=_above(vectors[0], self._strands, [s.id for s in self._persona.strands], hearing().touch.strand),
            plans=_above(vectors[0], self._plans, self._plan_ids, hearing().touch.plan),
            signals=signals(words),
        )

    @cached_property
    def _encoder(self) -> Encoder:
        return self._open()

    @cached_property
    def _strands(self) -> Vectors:
        return self._encoder.embed([strand.about for strand in self._persona.strands])

    @cached_property
    def _plans(self) -> Vectors:
        plans = self._persona.plans
        return self._encoder.embed([plan.text for plan in (*plans.acceptable, *plans.rejected)])

    @property
    def _plan_ids(self) -> list[str]:
        plans = self._persona.plans
        return [plan.id for plan in (*plans.acceptable, *plans.rejected)]


def signals(words: str) -> tuple[str, ...]:
    """Names of the signals in the learner's words, in the order of the table."""
    return tuple(name for name, compiled in _compiled().items() if any(p.search(words) for p in compiled))


def odd_remark(words: str) -> str | None:
    """`odd_<kind>` of a remark that no client can take up as meant, else None."""
    if len(words.split()) >= hearing().odd.flood_words:
        return "odd_flood"
    return next((f"odd_{kind}" for kind, compiled in _odd().items() if any(p.search(words) for p in compiled)), None)


def given_back(words: str, coded: Coded | Uncoded) -> str:
    """The part of the words that reflects or affirms; empty where there is none."""
    if not isinstance(coded, Coded) or not coded.has("simple_reflection", "complex_reflection", "affirm"):
        return ""
    parts = [u.text for u in coded.utterances if u.code in ("simple_reflection", "complex_reflection", "affirm")]
    return " ".join(parts) or words


@cache
def _compiled() -> dict[str, list[re.Pattern[str]]]:
    return {name: _all(patterns) for name, patterns in hearing().signals.items()}


@cache
def _odd() -> dict[str, list[re.Pattern[str]]]:
    kinds: dict[str, Any] = hearing().odd.model_dump(exclude={"flood_words"})
    return {kind: _all(patterns) for kind, patterns in kinds.items()}


def _all(patterns: Sequence[str]) -> list[re.Pattern[str]]:
    return [re.compile(pattern, re.IGNORECASE | re.MULTILINE) for pattern in patterns]


def _nearest(vector: Vectors, others: Vectors) -> float:
    """The best cosine of one vector to several; all are of length 1."""
    return float(np.max(others @ vector))


def _above(vector: Vectors, others: Vectors, names: list[str], threshold: float) -> tuple[str, ...]:
    """Names whose cosine reaches the threshold, nearest first."""
    near = others @ vector
    return tuple(names[i] for i in np.argsort(-near, kind="stable") if near[i] >= threshold)
