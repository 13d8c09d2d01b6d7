"""How turns become token numbers: target, earlier turns, the turns to be scored, each under its speaker's mark.

Used by the coder when it runs and by its training script, so that both read alike. Knows no model.

    [CLS] target [SEP]  [learner] words [SEP]  [client] words [SEP] …
      turn 0              turn 1                 turn 2

A talk is read in windows of many turns; a token reads its own and earlier turns only, so that one run scores them all.
Where a window begins depends on nothing that is said later: a turn is read with the same words before it when it has
just been said and when the whole talk is coded.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
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
CONTEXT_TOKENS: dict[Speaker, int] = {"learner": 200, "client": 96}  # of earlier turns, in a row of its own
WINDOW = 256  # tokens; what the model was trained on
OVERLAP = 48  # tokens of earlier turns, nearest first, that a window begins with


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
    """The last of `pieces` that a turn of `speaker` is read with where it stands alone, oldest first."""
    return latest(pieces, CONTEXT_TOKENS[speaker])


def latest(pieces: Sequence[Piece], most: int) -> list[Piece]:
    """The last of `pieces` that hold at most `most` tokens, oldest first; the very last is rather shortened."""
    kept: list[Piece] = []
    left = most
    for piece in reversed(pieces):
        if not kept:
            piece = shortened(piece, left)
        if len(piece.ids) > left:
            break
        kept.insert(0, piece)
        left -= len(piece.ids)
    return kept


@dataclass(frozen=True)
class Window:
    """What is read in one go: the target, the turns `before` that are only read, the `turns` that are scored."""

    opening: Piece
    before: tuple[Piece, ...]
    turns: tuple[Piece, ...]


def windows(opening: Piece, talk: Iterable[Piece]) -> Iterator[Window]:
    """The turns of one transcript in windows of about `WINDOW` tokens; a turn too long for one has its own.

    A window begins with the `OVERLAP` tokens before it. Takes no more from `talk` than the next window needs.
    """
    before: list[Piece] = []
    turns: list[Piece] = []
    used = len(opening.ids)
    for piece in talk:
        if turns and (used + len(piece.ids) > WINDOW or max(len(piece.ids), len(turns[-1].ids)) > LONGEST_TURN):
            yield Window(opening, tuple(before), tuple(turns))
            before, turns = latest([*before, *turns], OVERLAP), []
            used = sum(len(one.ids) for one in (opening, *before))
        turns.append(piece)
        used += len(piece.ids)
    if turns:
        yield Window(opening, tuple(before), tuple(turns))
