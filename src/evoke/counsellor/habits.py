"""Counsellors of one habit, whatever the client says: the lecturer, the flatterer, the rusher, the silent, the hostile.

Each is a file in `prompts/counsellor/`. Know how many turns have passed; do not know what was said in them.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from evoke.codes import Frozen
from evoke.counsellor.policy import Draw, Listens, lines_of
from evoke.counsellor.scripts import Lines, begin_turn
from evoke.transcript import Transcript


class _Kind(Frozen):
    """Lines of one kind, how often they come, and the learner turn from which they may."""

    weight: float = Field(gt=0)
    from_turn: int = 2
    lines: Lines = Field(min_length=1)


class _Before(Frozen):
    """A word or two that now and then go before a line."""

    chance: float = Field(ge=0, le=1)
    lines: Lines = Field(min_length=1)


class _HabitLines(Frozen):
    last_turn: int
    greeting: Lines = Field(min_length=1)
    before: _Before
    kinds: tuple[_Kind, ...] = Field(min_length=1)
    close: Lines = Field(min_length=1)


class Habit:
    """Does one thing, and does it to everybody."""

    listens: Listens = "nothing"

    def __init__(self, file: Path) -> None:
        self.name = file.stem
        self._lines: _HabitLines = lines_of(file, _HabitLines)
        self._used: set[str] = set()

    def say(self, transcript: Transcript) -> str:
        """See Policy."""
        turn, draw = begin_turn(transcript, self.name, self._used)
        lines = self._lines
        if turn == 1:
            return draw.line(lines.greeting)
        if turn >= lines.last_turn:
            return draw.line(lines.close)
        return " ".join([*self._word_before(draw), draw.line(self._kind(turn, draw).lines)])

    def _kind(self, turn: int, draw: Draw) -> _Kind:
        """One of the kinds, as likely as its weight; kinds that still have something new go first."""
        kinds = [kind for kind in self._lines.kinds if turn >= kind.from_turn] or list(self._lines.kinds)
        kinds = [kind for kind in kinds if any(map(draw.is_new, kind.lines))] or kinds
        return draw.rng.choices(kinds, [kind.weight for kind in kinds])[0]

    def _word_before(self, draw: Draw) -> list[str]:
        before = self._lines.before
        return [draw.rng.choice(before.lines)] if draw.chance(before.chance) else []
