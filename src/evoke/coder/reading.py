"""How a volley becomes token numbers: target, earlier turns, the turn itself, each under its speaker's mark.

Used by the coder when it runs and by its training script, so that both read alike. Knows no model.

    [CLS] target [SEP]  [learner] words [SEP]  [client] words [SEP] …
      turn 0              turn 1                 turn 2
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TYPE_CHECKING, Protocol

from evoke.coder.split import Clause
from evoke.codes import Speaker

if TYPE_CHECKING:
    from tokenizers import Tokenizer

CLS, SEP = 101, 102
MARKS: dict[Speaker, int] = {"learner": 1, "client": 2}  # word pieces the published vocabulary leaves unused
LONGEST_TARGET = 16  # tokens
LONGEST_TURN = 160  # tokens; of an earlier turn the end is kept, a longer turn itself is read in parts
CONTEXT_TOKENS: dict[Speaker, int] = {"learner": 200, "client": 96}  # of earlier turns, nearest first


class Spoken(Protocol):
    """Anything with a speaker and words."""

    @property
    def speaker(self) -> Speaker:
        """Who spoke."""

    @property
    def text(self) -> str:
        """What was said."""


@dataclass(frozen=True)
class Piece:
    """The tokens of one turn, its mark and final [SEP] included; `clauses` are token spans [start, end) in it."""

    ids: tuple[int, ...]
    clauses: tuple[tuple[int, int], ...] = ()


def read_target(tokenizer: Tokenizer, target: str) -> Piece:
    """The opening of every reading; an unknown target leaves it empty."""
    ids = tokenizer.encode(target, add_special_tokens=False).ids[:LONGEST_TARGET] if target else []
    return Piece((CLS, *ids, SEP))


def read_turn(tokenizer: Tokenizer, turn: Spoken, clauses: Sequence[Clause] = ()) -> Piece:
    """One turn, uncut, with the token span of each of `clauses` (never empty: a clause of no token gets the mark)."""
    encoded = tokenizer.encode(turn.text, add_special_tokens=False)
    offsets = encoded.offsets  # made anew whenever it is asked for
    spans = tuple(_tokens_of(clause, offsets) for clause in clauses)
    return Piece((MARKS[turn.speaker], *encoded.ids, SEP), spans)


def _tokens_of(clause: Clause, offsets: Sequence[tuple[int, int]]) -> tuple[int, int]:
    first = bisect_left(offsets, clause.start, key=itemgetter(0))
    end = bisect_right(offsets, clause.end, key=itemgetter(1))
    return (first + 1, end + 1) if end > first else (0, 1)


def shortened(piece: Piece, most: int = LONGEST_TURN) -> Piece:
    """The piece with only the end of its words, where it is too long for an earlier turn."""
    if len(piece.ids) <= most:
        return piece
    return Piece((piece.ids[0], *piece.ids[-(most - 1) :]))


def parts(piece: Piece, most: int = LONGEST_TURN) -> list[Piece]:
    """A long turn in parts of whole clauses, each at most `most` tokens (a longer clause loses its end)."""
    if len(piece.ids) <= most:
        return [piece]
    made: list[list[tuple[int, int]]] = [[]]
    for span in piece.clauses:
        if made[-1] and span[1] - made[-1][0][0] > most - 2:
            made.append([])
        made[-1].append(span)
    return [_part(piece, spans, most) for spans in made]


def _part(piece: Piece, spans: Sequence[tuple[int, int]], most: int) -> Piece:
    """The tokens from the first to the last of `spans`, under the turn's own mark."""
    begun = spans[0][0] if spans else 1
    ids = piece.ids[begun : (spans[-1][1] if spans else None)][: most - 2]
    moved = tuple((max(1, start - begun + 1), min(end - begun + 1, most - 1)) for start, end in spans)
    return Piece((piece.ids[0], *ids, SEP), moved)


def nearest(pieces: Sequence[Piece], speaker: Speaker) -> list[Piece]:
    """The last of `pieces` that a turn of `speaker` is read with, oldest first; the very last is rather shortened."""
    kept: list[Piece] = []
    left = CONTEXT_TOKENS[speaker]
    for piece in reversed(pieces):
        if not kept:
            piece = shortened(piece, left)
        if len(piece.ids) > left:
            break
        kept.insert(0, piece)
        left -= len(piece.ids)
    return kept
