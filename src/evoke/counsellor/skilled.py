"""A counsellor who listens: gives back what was said, deepens it, asks openly, leaves the choice with the client.

Follows the four processes (engage, focus, evoke, plan) by what the client has said so far; reads neither card nor
state.
"""

from __future__ import annotations

import re
from pathlib import Path
from string import Template
from typing import Literal

from pydantic import Field

from evoke.codes import Frozen
from evoke.counsellor.policy import Draw
from evoke.counsellor.scripts import begin_turn, talk_of
from evoke.counsellor.turning import clauses, thing
from evoke.datafile import read_yaml
from evoke.transcript import Transcript, Turn

Phase = Literal["engage", "focus", "evoke", "plan"]
Lines = tuple[str, ...]
ON_EDGE = re.compile(
    r"\b(don't get to|not going to sit|leave me|had enough|waste of|who are you to|lecture|safety video|you people|"
    r"telling me|get off my)\b",
    re.IGNORECASE,
)
RECENT = 6  # client turns


class _Chances(Frozen):
    reflect: float
    ask_after_reflecting: float
    deep: float
    autonomy: float
    affirm: float
    summary: float


class _SkilledLines(Frozen):
    phases: dict[Phase, int]
    plan_needs_change: int
    close_after: int
    chance: _Chances
    greeting: Lines = Field(min_length=1)
    give_back: Lines = Field(min_length=1)
    deepen_change: Lines = Field(min_length=1)
    deepen_sustain: Lines = Field(min_length=1)
    deepen_neutral: Lines = Field(min_length=1)
    heard: Lines = Field(min_length=1)
    autonomy: Lines = Field(min_length=1)
    affirm: Lines = Field(min_length=1)
    repair: Lines = Field(min_length=1)
    summary: Lines = Field(min_length=1)
    ask: dict[Phase, Lines]
    close: Lines = Field(min_length=1)
    plain_words: frozenset[str]


class Skilled:
    """Reflects more than they ask."""

    name = "skilled"

    def __init__(self, file: Path) -> None:
        self._lines = read_yaml(file, _SkilledLines)
        self._used: set[str] = set()

    def say(self, transcript: Transcript) -> str:
        """See Policy."""
        turn, draw = begin_turn(transcript, self.name, self._used)
        client = [one for one in transcript.turns if one.speaker == "client"]
        if turn == 1:
            return draw.line(self._lines.greeting)
        if turn > self._lines.close_after:
            return draw.line(self._lines.close)
        if ON_EDGE.search(client[-1].text) and draw.chance(0.6):
            return draw.line(self._lines.repair)
        return self._answer(client, self._phase(turn, client), draw)

    def _phase(self, turn: int, client: list[Turn]) -> Phase:
        """Where the talk has come to; to planning only when the client's own talk leads there."""
        change = sum(talk_of(one) == "change" for one in client[-RECENT:])
        reached: Phase = "engage"
        for phase, since in self._lines.phases.items():
            if turn >= since and (phase != "plan" or change >= self._lines.plan_needs_change):
                reached = phase
        return reached

    def _answer(self, client: list[Turn], phase: Phase, draw: Draw) -> str:
        """A summary now and then; else something given back, something asked, or both."""
        chance, summary = self._lines.chance, self._summary(client, draw)
        if phase in ("evoke", "plan") and summary and draw.chance(chance.summary):
            return summary
        given = self._given_back(client[-1], draw) if draw.chance(chance.reflect) else None
        more = self._more(client[-1], draw)
        asks = given is None or draw.chance(chance.ask_after_reflecting)
        parts = [given, more, self._question(client[-1], phase, draw) if asks else None]
        return " ".join(part for part in parts if part)

    def _given_back(self, turn: Turn, draw: Draw) -> str | None:
        """A reflection of the client's last words; None where they cannot be turned round."""
        own = clauses(turn.text)
        if not own:
            return draw.line(self._lines.heard) if len(turn.text.split()) <= 3 else None
        deeper = {"change": self._lines.deepen_change, "sustain": self._lines.deepen_sustain}
        deep = draw.chance(self._lines.chance.deep)
        frames = deeper.get(talk_of(turn), self._lines.deepen_neutral) if deep else self._lines.give_back
        return _filled(draw.line(frames), said=own[-1])

    def _more(self, turn: Turn, draw: Draw) -> str | None:
        """The choice left with the client, or a strength named."""
        if talk_of(turn) == "sustain" and draw.chance(2 * self._lines.chance.autonomy):
            return draw.line(self._lines.autonomy)
        named = thing(turn.text, self._lines.plain_words)
        if named and talk_of(turn) == "change" and draw.chance(self._lines.chance.affirm):
            return _filled(draw.line(self._lines.affirm), thing=named)
        return None

    def _question(self, turn: Turn, phase: Phase, draw: Draw) -> str:
        named = thing(turn.text, self._lines.plain_words)
        open_lines = [line for line in self._lines.ask[phase] if named or "$thing" not in line]
        return _filled(draw.line(open_lines), thing=named or "")

    def _summary(self, client: list[Turn], draw: Draw) -> str | None:
        """One thing said against change and one said for it, the second last."""
        against = [c for turn in client if talk_of(turn) == "sustain" for c in clauses(turn.text)]
        change = [c for turn in client if talk_of(turn) == "change" for c in clauses(turn.text)]
        if not (against and change):
            return None
        return _filled(draw.line(self._lines.summary), first=against[-1], second=change[-1])


def _filled(line: str, **blanks: str) -> str:
    """The line with its blanks filled; a capital name (`$Said`) begins with a capital letter."""
    capital = {name.capitalize(): words[:1].upper() + words[1:] for name, words in blanks.items()}
    return Template(line).substitute({**blanks, **capital})
