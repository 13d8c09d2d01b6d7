"""Remarks that no client can take up as meant: orders to a machine, another language, noise (`odd.yaml`).

Knows the learner's words alone: no card, no state, and not what is answered.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from evoke.codes import Frozen
from evoke.datafile import read_yaml


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class Odd(Frozen):
    """The whole of `odd.yaml`: patterns by kind, in order, and what tells another language or a flood of words."""

    machine: tuple[Pattern, ...]
    instructions: tuple[Pattern, ...]
    language: tuple[Pattern, ...]
    noise: tuple[Pattern, ...]
    flood_words: int = Field(ge=100)
    foreign_from: int = Field(ge=1)
    foreign_words: frozenset[str]
    english_words: frozenset[str]


def odd_remark(words: str) -> str | None:
    """`odd_<kind>` of a remark that no client can take up as meant, else None."""
    if len(words.split()) >= _odd().flood_words:
        return "odd_flood"
    if _foreign(words):
        return "odd_language"
    return next(
        (f"odd_{kind}" for kind, compiled in _compiled().items() if any(p.search(words) for p in compiled)), None
    )


def _foreign(words: str) -> bool:
    """Whether the words are mostly of another language written in Latin letters."""
    odd, found = _odd(), re.findall(r"[^\W\d_]+", words.lower())
    foreign = sum(word in odd.foreign_words for word in found)
    return foreign >= odd.foreign_from and foreign > sum(word in odd.english_words for word in found)


@cache
def _odd() -> Odd:
    return read_yaml(Path(__file__).with_name("odd.yaml"), Odd)


@cache
def _compiled() -> Mapping[str, list[re.Pattern[str]]]:
    odd = _odd()
    kinds = {"machine": odd.machine, "instructions": odd.instructions, "language": odd.language, "noise": odd.noise}
    return {kind: [re.compile(p, re.IGNORECASE | re.MULTILINE) for p in patterns] for kind, patterns in kinds.items()}
