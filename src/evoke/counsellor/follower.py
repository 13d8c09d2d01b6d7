"""A counsellor who is warm and goes wherever the client goes. Knows the client's last words, and no direction."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from evoke.codes import Frozen
from evoke.counsellor.policy import Draw, Listens, lines_of
from evoke.counsellor.scripts import Lines, begin_turn
from evoke.counsellor.skilled_lines import filled
from evoke.counsellor.turning import clauses
from evoke.transcript import Transcript


class _Chances(Frozen):
    give_back: float
    stay: float


class _FollowerLines(Frozen):
    last_turn: int
    chance: _Chances
    greeting: Lines = Field(min_length=1)
    give_back: Lines = Field(min_length=1)
    stay: Lines = Field(min_length=1)
    go_on: Lines = Field(min_length=1)
    close: Lines = Field(min_length=1)


class Follower:
    """Gives back, keeps company, never leads."""

    name = "follower"
    listens: Listens = "words"

    def __init__(self, file: Path) -> None:
        self._lines: _FollowerLines = lines_of(file, _FollowerLines)
        self._used: set[str] = set()

    def say(self, transcript: Transcript) -> str:
        """See Policy."""
        turn, draw = begin_turn(transcript, self.name, self._used)
        lines = self._lines
        if turn == 1:
            return draw.line(lines.greeting)
        if turn >= lines.last_turn:
            return draw.line(lines.close)
        given = self._given_back(transcript.turns[-1].text, draw)
        if given is None:
            return draw.line(lines.go_on)
        return f"{given} {draw.line(lines.stay)}" if draw.chance(lines.chance.stay) else given

    def _given_back(self, words: str, draw: Draw) -> str | None:
        """The client's last clause about themselves, given back as it was; None where there is none this time."""
        own = clauses(words)
        if not own or not draw.chance(self._lines.chance.give_back):
            return None
        return filled(draw.rng.choice(self._lines.give_back), said=own[-1])
