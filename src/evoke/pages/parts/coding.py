"""Coding a transcript from elsewhere while somebody waits, and what came of it. Keeps it in this tab only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import streamlit as st

from evoke.coach.report import Report
from evoke.coder.codes_csv import CodedRow
from evoke.pages.parts.here import room
from evoke.readers import Reject, Row
from evoke.transcript import Transcript, Turn

STEPS = 50  # of the bar, at most
_CODED = "coded_talk"


@dataclass(frozen=True)
class Objection:
    """A code that the reader sees differently: the turn, what the coder said, what they would say, and why."""

    turn_id: str
    said: str
    instead: str
    why: str


@dataclass
class CodedTalk:
    """A transcript from elsewhere with its codes and its debrief; `kept` is its id in the archive."""

    file: str
    rows: tuple[CodedRow, ...]
    transcript: Transcript
    report: Report
    rejects: tuple[Reject, ...] = ()
    facts: dict[str, str] = field(default_factory=dict)
    objections: list[Objection] = field(default_factory=list)
    kept: str = ""

    @property
    def stem(self) -> str:
        """How files made of it are called: by the file it came in, in plain letters."""
        name = "".join(letter if letter.isalnum() else "-" for letter in Path(self.file).stem)[:40].strip("-")
        return f"evoke-{name or 'transcript'}"


def code(file: str, rows: Sequence[Row], target: str) -> CodedTalk:
    """Code every row in sight of a progress bar, and read what they show."""
    bar = st.progress(0.0, text="Coding")
    step = max(1, len(rows) // STEPS)
    coded: list[CodedRow] = []
    for one in room().code([replace(row, target=target) for row in rows]):
        coded.append(one)
        if len(coded) % step == 0:
            bar.progress(len(coded) / len(rows), text=f"Coded {len(coded):,} of {len(rows):,} turns")
    bar.progress(1.0, text="Reading what the talk shows")
    transcript = Transcript(target=target, turns=_turns(coded))
    return CodedTalk(file, tuple(coded), transcript, room().report_of(transcript, private=True))


def _turns(coded: Sequence[CodedRow]) -> tuple[Turn, ...]:
    """The turns as one path; they are counted, since ids of a file need not be unique."""
    return tuple(
        Turn(id=str(n), parent=str(n - 1) if n > 1 else None, speaker=row.speaker, text=row.text, coded=one)
        for n, (row, one) in enumerate(coded, start=1)
    )


def coded_talk() -> CodedTalk | None:
    """The transcript that was coded in this tab."""
    found: CodedTalk | None = st.session_state.get(_CODED)
    return found


def hold(talk: CodedTalk | None) -> None:
    """Hold on to a coded transcript for as long as the tab is open, or let go of it."""
    st.session_state[_CODED] = talk
