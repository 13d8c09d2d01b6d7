"""Remarks that no client can take up as meant: orders to a machine, the chairs exchanged, noise (`odd.yaml`).

Knows the learner's words alone: no card, no state, and not what is answered.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from evoke.client.concern import concern_in
from evoke.codes import Frozen
from evoke.datafile import read_yaml


def _compiles(pattern: str) -> str:
    re.compile(pattern)
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class Odd(Frozen):
    """The whole of `odd.yaml`: patterns by kind, in order, and what tells another language or a flood of words."""

    kinds: dict[str, tuple[Pattern, ...]]
    flood_words: int = Field(ge=100)
    foreign_from: int = Field(ge=1)
    foreign_words: frozenset[str]
    english_words: frozenset[str]
    marked_share: float = Field(gt=0, le=1)


@lru_cache(maxsize=2048)
def odd_remark(words: str) -> str | None:
    """`odd_<kind>` of a remark that no client can take up as meant, else None."""
    if len(words.split()) >= odd().flood_words:
        return "odd_flood"
    if concern_in(words):
        return "odd_distress"
    plain = in_plain_letters(words)
    if _foreign(plain):
        return "odd_language"
    return next(
        (f"odd_{kind}" for kind, compiled in _compiled().items() if any(p.search(plain) for p in compiled)), None
    )


def in_plain_letters(words: str) -> str:
    """The words with compatibility forms, invisible letters, curly quotes and s p a c e d words undone."""
    plain = _INVISIBLE.sub(" ", unicodedata.normalize("NFKC", words)).replace("’", "'")
    joined = _SPACED.sub(lambda found: re.sub(r"(?<=\w)[ .*_-](?=\w\b)", "", found[0]), plain)
    return re.sub(r"[^\S\n]+", " ", joined)


def _foreign(words: str) -> bool:
    """Whether the words are mostly of another language written in Latin letters."""
    table, found = odd(), re.findall(r"[^\W\d_]+", words.lower())
    foreign = sum(word in table.foreign_words for word in found)
    marked = sum(not word.isascii() for word in found)
    english = sum(word in table.english_words for word in found)
    enough = foreign >= table.foreign_from or (
        marked >= table.foreign_from and marked >= table.marked_share * len(found)
    )
    return enough and foreign + marked > english


@cache
def odd() -> Odd:
    """The patterns as shipped, read once. Raises BadInput naming file and field."""
    return read_yaml(Path(__file__).with_name("odd.yaml"), Odd)


@cache
def _compiled() -> Mapping[str, list[re.Pattern[str]]]:
    kinds = odd().kinds
    return {kind: [re.compile(p, re.IGNORECASE | re.MULTILINE) for p in patterns] for kind, patterns in kinds.items()}


_INVISIBLE = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060\ufeff]+")
_SPACED = re.compile(r"\b\w([ .*_-])\w\b(?:\1\w\b)+")
