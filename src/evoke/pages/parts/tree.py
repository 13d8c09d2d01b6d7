"""Paths through a session's tree of turns. Knows turns and their parents, nothing of what they say."""

from __future__ import annotations

from collections.abc import Sequence

from evoke.transcript import Turn


def leaves(turns: Sequence[Turn]) -> list[Turn]:
    """The turns that nothing follows, in the order in which their paths were begun."""
    parents = {turn.parent for turn in turns}
    return [turn for turn in turns if turn.id not in parents]


def path_to(turns: Sequence[Turn], leaf: str | None) -> tuple[Turn, ...]:
    """The turns from the first one to `leaf`; empty for None."""
    by_id = {turn.id: turn for turn in turns}
    found: list[Turn] = []
    at = leaf
    while at is not None:
        found.append(by_id[at])
        at = found[-1].parent
    return tuple(reversed(found))


def said_here_before(turns: Sequence[Turn], head: str | None) -> list[Turn]:
    """What the learner has already tried as an answer to the turn `head`, oldest first."""
    return [turn for turn in turns if turn.parent == head and turn.speaker == "learner"]


def parting(one: Sequence[Turn], other: Sequence[Turn]) -> int:
    """How many turns two paths share from their beginning."""
    shared = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine.id != theirs.id:
            break
        shared += 1
    return shared


def spoken(path: Sequence[Turn]) -> int:
    """How many of a path's turns are the learner's."""
    return sum(turn.speaker == "learner" for turn in path)
