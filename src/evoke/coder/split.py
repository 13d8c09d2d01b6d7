"""Cuts a volley into clauses, the pieces that utterances are made of. Knows spelling, not meaning.

MITI says "unsure whether to split: parse less", so the volley rules join neighbouring clauses again unless they earn
different codes; here a cut only has to be possible. Text from speech recognition has no stops: there a clause begins
at a word that often begins one, and every clause counts as a sentence.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

SHORTEST = 3  # words; a shorter clause stays with its neighbour
ABBREVIATED = 16  # characters before a stop that are looked at for an abbreviation
UNPUNCTUATED = 12  # words without any stop, from which a text counts as speech-recognised

# A run of stops or spaces is only looked at from its beginning, so that time grows with the text and not its square.
_STOP = re.compile(r"(?<![.!?…])[.!?…]+[\"')\]]*(?=\s)|\n+")
_ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|Prof|St|vs|etc|e\.g|i\.e|approx|no|a\.m|p\.m|[A-Z])\.$", re.IGNORECASE)
_INNER = re.compile(
    r"\s*[;—–]\s*|\s-{1,2}\s|--|:\s+(?=\w+\s)|,\s+(?=(?:but|so|and|or|because|although|though|what|how|would|could|do|is)\b)",
    re.IGNORECASE,
)
_SPOKEN = re.compile(
    r"(?<!\s)\s+(?=(?:but|so|because|okay|alright|and then|and so|and what|and how|what|how|would|could you)\b)"
)


class Clause(NamedTuple):
    """A piece of a volley: `start` and `end` are its place in the volley, `sentence` counts from 0."""

    text: str
    start: int
    end: int
    sentence: int


def clauses(text: str) -> tuple[Clause, ...]:
    """The clauses of `text` in order; none where it holds no letter or digit."""
    spans = _sentences(text)
    if len(spans) == 1 and not _STOP.search(text.strip() + " ") and len(text.split()) >= UNPUNCTUATED:
        pieces = [(n, span) for n, span in enumerate(_cut(text, *spans[0], _SPOKEN))]
    else:
        pieces = [(n, inner) for n, span in enumerate(spans) for inner in _cut(text, *span, _INNER)]
    return tuple(Clause(text[start:end], start, end, n) for n, (start, end) in pieces)


def _sentences(text: str) -> list[tuple[int, int]]:
    stops = (match.end() for match in _STOP.finditer(text))
    ends = [end for end in stops if not _ABBREVIATION.search(text[max(0, end - ABBREVIATED) : end])]
    edges = [0, *ends, len(text)]
    spans = [_trimmed(text, start, end) for start, end in pairwise(edges)]
    return [(start, end) for start, end in spans if re.search(r"\w", text[start:end])]


def _cut(text: str, start: int, end: int, at: re.Pattern[str]) -> list[tuple[int, int]]:
    """Cut text[start:end] wherever `at` matches and both sides keep enough words."""
    matches = list(at.finditer(text, start, end))
    edges = [start, *(match.end() for match in matches), end]
    words = [len(text[one:other].split()) for one, other in pairwise(edges)]
    spans, begun, held, left = [], start, 0, sum(words)
    for match, more in zip(matches, words, strict=False):
        held, left = held + more, left - more
        if held - _stops_alone(match) >= SHORTEST and left >= SHORTEST:
            spans.append(_trimmed(text, begun, match.end()))
            begun, held = match.end(), 0
    return [*spans, _trimmed(text, begun, end)]


def _stops_alone(match: re.Match[str]) -> bool:
    """Whether what was cut at stands between spaces, so that it counted as a word."""
    return match[0] != match[0].strip() and bool(match[0].strip()) and match[0][0].isspace()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))
