"""Counsellors who hardly listen: one who knows best, one with a form, and a file read line by line."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from evoke.codes import Coded, Frozen, Talk
from evoke.counsellor.policy import Draw, Listens, lines_of
from evoke.errors import BadInput
from evoke.transcript import Transcript, Turn

Lines = tuple[str, ...]


class _DirectiveLines(Frozen):
    greeting: Lines = Field(min_length=1)
    after_change: Lines = Field(min_length=1)
    after_sustain: Lines = Field(min_length=1)
    advise: Lines = Field(min_length=1)
    warn: Lines = Field(min_length=1)
    inform: Lines = Field(min_length=1)
    check: Lines = Field(min_length=1)
    close: Lines = Field(min_length=1)


class Directive:
    """Advises, warns, argues and presses."""

    name = "directive"
    listens: Listens = "codes"
    last_turn = 42

    def __init__(self, file: Path) -> None:
        self._lines: _DirectiveLines = lines_of(file, _DirectiveLines)
        self._used: set[str] = set()

    def say(self, transcript: Transcript) -> str:
        """See Policy."""
        turn, draw = begin_turn(transcript, self.name, self._used)
        if turn == 1:
            return draw.line(self._lines.greeting)
        if turn >= self.last_turn:
            return draw.line(self._lines.close)
        talk = talk_of(transcript.turns[-1])
        answers = {"change": self._lines.after_change, "sustain": self._lines.after_sustain}.get(talk, ())
        said = [draw.line(answers)] if answers and draw.chance(0.7) else []
        kinds = {self._lines.advise: 4, self._lines.warn: 2, self._lines.inform: 1, (): 1}
        new = {lines: weight for lines, weight in kinds.items() if not lines or any(map(draw.is_new, lines))}
        kind = draw.rng.choices(list(new), list(new.values()))[0]
        if kind and (not said or draw.chance(0.4)):
            said.append(draw.line(kind))
        if not said or draw.chance(0.35):
            said.append(draw.line(self._lines.check))
        return " ".join(said)


class _ClosedLines(Frozen):
    greeting: Lines = Field(min_length=1)
    ask: Lines = Field(min_length=1)
    acknowledge: Lines = Field(min_length=1)
    close: Lines = Field(min_length=1)


class Closed:
    """Goes through a form."""

    name = "closed"
    listens: Listens = "nothing"

    def __init__(self, file: Path) -> None:
        self._lines: _ClosedLines = lines_of(file, _ClosedLines)
        self._used: set[str] = set()

    def say(self, transcript: Transcript) -> str:
        """See Policy."""
        turn, draw = begin_turn(transcript, self.name, self._used)
        if turn == 1:
            return draw.line(self._lines.greeting)
        if turn > len(self._lines.ask):
            return draw.line(self._lines.close)
        asked = draw.line(self._lines.ask)
        return f"{draw.rng.choice(self._lines.acknowledge)} {asked}" if draw.chance(0.5) else asked


class FromFile:
    """Says a file line by line; blank lines and lines that begin with # are passed over."""

    listens: Listens = "nothing"

    def __init__(self, file: Path) -> None:
        try:
            lines = file.read_text("utf-8").splitlines()
        except (OSError, UnicodeDecodeError) as error:
            raise BadInput("cannot be read as text", file=file, cure="Save it as UTF-8, one turn a line") from error
        self.name = file.stem
        self._lines = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
        if not self._lines:
            raise BadInput("holds no words", file=file, cure="Write one learner turn a line")

    def say(self, transcript: Transcript) -> str | None:
        """See Policy."""
        turn = _number(transcript)
        return self._lines[turn - 1] if turn <= len(self._lines) else None


def begin_turn(transcript: Transcript, name: str, used: set[str]) -> tuple[int, Draw]:
    """Which learner turn this is, and what to draw from; a new transcript forgets what was said in another."""
    turn = _number(transcript)
    if turn == 1:
        used.clear()
    return turn, Draw(name, transcript, used)


def _number(transcript: Transcript) -> int:
    """The number of the learner turn that comes now, from 1."""
    return 1 + sum(turn.speaker == "learner" for turn in transcript.turns)


def talk_of(turn: Turn) -> Talk:
    """How the client's turn was coded; neutral where it was not."""
    return (turn.coded.talk if isinstance(turn.coded, Coded) else None) or "neutral"
