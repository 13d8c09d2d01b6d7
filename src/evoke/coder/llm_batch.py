"""Neighbouring turns of one transcript that a language model codes together. Knows sizes, not codes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import NamedTuple

from evoke.settings import CODED_TOGETHER, CODED_WORDS, CONTEXT_TURNS
from evoke.transcript import Turn


class Spoken(NamedTuple):
    """A turn, the transcript it belongs to, and the target behaviour where it is known."""

    transcript: str
    target: str
    turn: Turn


@dataclass(frozen=True)
class Batch:
    """One passage: the turns to code and those `before` them, oldest first. A place counts from 0 in `turns`."""

    before: tuple[Turn, ...]
    turns: tuple[Turn, ...]
    target: str = ""

    def context(self, place: int) -> tuple[Turn, ...]:
        """What a turn is judged by: the turns before it, as many as every coder sees."""
        return (*self.before, *self.turns[:place])[-CONTEXT_TURNS:]

    def number(self, place: int) -> int:
        """The turn's number in the passage, from 1."""
        return len(self.before) + place + 1


def batches(spoken: Iterable[Spoken]) -> Iterator[Batch]:
    """All turns in order, in passages that never cross from one transcript into another; few are held at a time."""
    for _, transcript in groupby(spoken, key=lambda one: one.transcript):
        before: tuple[Turn, ...] = ()
        for passage in _passages(transcript):
            turns = tuple(one.turn for one in passage)
            yield Batch(before, turns, passage[0].target)
            before = (*before, *turns)[-CONTEXT_TURNS:]


def _passages(transcript: Iterable[Spoken]) -> Iterator[list[Spoken]]:
    held: list[Spoken] = []
    for one in transcript:
        if held and _is_full(held, one):
            yield held
            held = []
        held.append(one)
    if held:
        yield held


def _is_full(held: list[Spoken], one: Spoken) -> bool:
    words = sum(len(spoken.turn.text.split()) for spoken in (*held, one))
    return len(held) >= CODED_TOGETHER or words > CODED_WORDS or one.target != held[0].target
