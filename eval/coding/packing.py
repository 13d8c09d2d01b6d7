"""Labelled turns packed into windows of tokens, several turns and rows to a window, for fast training on a CPU.

A window holds one or more groups; tokens see their own group only, and in it their own and earlier turns only. So one
pass over a window labels all its turns, each as if it had been read alone with the turns before it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from examples import Example, Said
from tokenizers import Tokenizer

from evoke.coder.reading import Piece, nearest, read_target, read_turn, shortened
from evoke.coder.split import clauses

WINDOW = 256  # tokens
CONTEXT_ONLY = 2  # turns at the start of a window that is not a transcript's start; they have too little before them


@dataclass
class Labelled:
    """A turn of a group with what is known of it; None for context. `parts` says which clauses earned which codes."""

    piece: Piece
    example: Example | None
    parts: list[tuple[list[int], dict[str, float]]] = field(default_factory=list)


@dataclass
class Group:
    """Turns that see each other: a stretch of a transcript, or one authored row with its context."""

    opening: Piece
    turns: list[Labelled]

    @property
    def tokens(self) -> int:
        """Length in tokens."""
        return len(self.opening.ids) + sum(len(turn.piece.ids) for turn in self.turns)


def labelled(tokenizer: Tokenizer, example: Example) -> Labelled:
    """The turn to be judged, cut into clauses."""
    cut = clauses(example.text)
    piece = shortened(read_turn(tokenizer, example, cut))
    parts = [(list(range(len(piece.clauses))), dict(example.codes))] if piece.clauses and example.codes else []
    return Labelled(piece, example, parts)


def together(tokenizer: Tokenizer, one: Example, other: Example) -> Labelled | None:
    """Two volleys read as one, each half with its own codes; None where no clause ends between them."""
    text = f"{one.text} {other.text}"
    cut = clauses(text)
    middle = len(one.text) + 1
    halves = [n for n, c in enumerate(cut) if c.end < middle], [n for n, c in enumerate(cut) if c.start >= middle]
    if not all(halves) or len(halves[0]) + len(halves[1]) < len(cut):
        return None
    piece = shortened(read_turn(tokenizer, Said("learner", text), cut))
    joined = replace(one, id="", text=text, codes={}, behaviour=None, question=None, reflection=None)
    return Labelled(piece, joined, [(halves[0], one.codes), (halves[1], other.codes)] if piece.clauses else [])


def row_group(tokenizer: Tokenizer, example: Example, target: str) -> Group:
    """One example with its own context."""
    return group_of(tokenizer, example, labelled(tokenizer, example), target)


def group_of(tokenizer: Tokenizer, example: Example, last: Labelled, target: str) -> Group:
    """A turn that is already read, after the context of `example`."""
    before = nearest([read_turn(tokenizer, said) for said in example.context], example.speaker)
    return Group(read_target(tokenizer, target), [*(Labelled(piece, None) for piece in before), last])


def transcript_groups(
    tokenizer: Tokenizer, turns: Sequence[Example], target: str, offset: int = 0, window: int = WINDOW
) -> Iterator[Group]:
    """A transcript in stretches of at most `window` tokens; the first stretch is `offset` tokens shorter."""
    opening = read_target(tokenizer, target)
    made = [labelled(tokenizer, turn) for turn in turns]
    start, room = 0, window - offset
    while start < len(made):
        used, end = len(opening.ids), start
        first = max(0, start - CONTEXT_ONLY)
        stretch = [replace(one, example=None, parts=[]) for one in made[first:start]]
        while sum(len(one.piece.ids) for one in stretch) > window // 5:
            stretch.pop(0)
        used += sum(len(one.piece.ids) for one in stretch)
        while end < len(made) and (end == start or used + len(made[end].piece.ids) <= room):
            used += len(made[end].piece.ids)
            end += 1
        yield Group(opening, [*stretch, *made[start:end]])
        start, room = end, window


def said_as(example: Example, text: str, context: Iterable[Said]) -> Example:
    """The example in other words, such as the slips of a typed chat."""
    return replace(example, text=text, context=tuple(context))


@dataclass
class Batch:
    """Arrays of one training step: rows are spans to pool, each turn's own first, then its clauses."""

    ids: np.ndarray
    positions: np.ndarray
    sees: np.ndarray
    spans: np.ndarray
    turn_rows: list[tuple[int, int, Example]]
    parts: list[tuple[int, list[int], dict[str, float]]]


def windows(groups: Sequence[Group], size: int = WINDOW) -> list[list[Group]]:
    """Groups packed into windows, first fit by decreasing length."""
    bins: list[list[Group]] = []
    room: list[int] = []
    for group in sorted(groups, key=lambda one: -one.tokens):
        place = next((n for n, left in enumerate(room) if left >= group.tokens), None)
        if place is None:
            bins.append([group])
            room.append(size - group.tokens)
        else:
            bins[place].append(group)
            room[place] -= group.tokens
    return bins


def batch(packed: Sequence[Sequence[Group]]) -> Batch:
    """Windows as arrays, padded to the longest."""
    length = max(sum(group.tokens for group in window) for window in packed)
    most = max(sum(2 + len(t.piece.clauses) for g in window for t in g.turns) for window in packed)
    shape = (len(packed), length)
    made = Batch(
        np.zeros(shape, np.int64), np.zeros(shape, np.int64), np.zeros((*shape, length), bool),
        np.zeros((len(packed), most, length), np.float32), [], [],
    )  # fmt: skip
    for n, window in enumerate(packed):
        _fill(made, n, window)
    made.sees[:, range(length), range(length)] = True  # padding sees itself, so that no row is empty
    return made


def _fill(made: Batch, n: int, window: Sequence[Group]) -> None:
    at = row = 0
    for group in window:
        begun = at
        for piece, turn in [(group.opening, None), *((turn.piece, turn) for turn in group.turns)]:
            end = at + len(piece.ids)
            made.ids[n, at:end] = piece.ids
            made.positions[n, at:end] = range(at - begun, end - begun)
            made.sees[n, at:end, begun:end] = True
            if turn and turn.example:
                row = _fill_turn(made, n, row, at, turn)
            at = end


def _fill_turn(made: Batch, n: int, row: int, at: int, turn: Labelled) -> int:
    """Rows for a turn and its clauses; returns the next free row."""
    assert turn.example
    most = made.spans.shape[1]
    length = len(turn.piece.ids)
    made.spans[n, row, at : at + length] = 1 / length
    made.turn_rows.append((n, row, turn.example))
    for k, (start, end) in enumerate(turn.piece.clauses):
        made.spans[n, row + 1 + k, at + start : at + end] = 1 / max(1, end - start)
    made.parts += [(n * most, [row + 1 + k for k in part], codes) for part, codes in turn.parts]
    return row + 1 + len(turn.piece.clauses)


def shuffled(packed: list[list[Group]], size: int, rng: random.Random) -> Iterator[Batch]:
    """All windows once, in batches of `size` windows of like length, in random order."""
    order = sorted(packed, key=lambda window: sum(group.tokens for group in window) + rng.random() * 32)
    cut = [order[n : n + size] for n in range(0, len(order), size)]
    rng.shuffle(cut)
    return (batch(part) for part in cut)
