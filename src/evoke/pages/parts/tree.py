"""Paths through a session's tree of turns. Knows turns and their parents, nothing of what they say."""

from __future__ import annotations

from collections.abc import Sequence

from evoke.pages.parts.plain import shortened
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


def path_names(turns: Sequence[Turn], ends: Sequence[str]) -> list[str]:
    """A name for each path: where it parts from the first one, and the words it parts with."""
    first = path_to(turns, ends[0])
    names = []
    for place, end in enumerate(ends, start=1):
        path = path_to(turns, end)
        own = path[parting(first, path) :] if place > 1 else ()
        words = next((turn.text for turn in own if turn.speaker == "learner"), "")
        at = f", another way at your turn {spoken(path) - spoken(own) + 1}" if place > 1 else ", as it first went"
        names.append(f"Path {place}{at}" + (f": “{shortened(words, 50)}”" if words else ""))
    return names
