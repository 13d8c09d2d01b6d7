"""What is kept of a session and where it goes: the record, and the seam to an archive. Knows no database.

`MemoryKeep` serves the terminal, simulation and tests; the archive is the other implementation.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from pydantic import Field

from evoke.codes import Frozen
from evoke.errors import NotHere
from evoke.persona import Persona
from evoke.transcript import Memory, PersonaRef, Turn, Usage

ELSEWHERE = PersonaRef(id="elsewhere", version="", hash="")  # instead of a card: a talk that was not held here


class SessionRecord(Frozen):
    """A session as it is stored: the whole tree of turns in the order they were made, and where the head stands.

    `snapshots` maps a turn's id to the client's state after it, as JSON; a branch is restored from there.
    `prompt_hash` covers every prompt and data file that shapes the client. `card` is the client as held, whole: a
    session outlives the edits of its card. `memory` is what a client who returns brought from the talk before.
    """

    id: str
    persona: PersonaRef
    card: Persona | None = None
    seed: int
    model: str
    prompt_hash: str
    evoke_version: str
    target: str = ""
    counsellor: str | None = None
    started: datetime = Field(default_factory=lambda: datetime.now(UTC))
    ended: bool = False
    head: str | None = None
    turns: tuple[Turn, ...] = ()
    snapshots: dict[str, str] = Field(default_factory=dict)
    usage: Usage = Usage()
    memory: Memory | None = None

    @property
    def elsewhere(self) -> bool:
        """Whether the talk was not held here but brought as a transcript."""
        return self.persona == ELSEWHERE


class Keep(Protocol):
    """Where a session goes, turn by turn. Every call may raise StoreError; what returned is safe on disk."""

    def open(self, record: SessionRecord) -> None:
        """A session begins; no turn has been made yet."""

    def turn(self, session_id: str, turn: Turn, snapshot_json: str) -> None:
        """A new turn, and the client's state after it; it is the head now, and a session that had ended goes on."""

    def update_turn(self, session_id: str, turn: Turn, snapshot_json: str) -> None:
        """A turn that is there already has grown or been said again."""

    def head(self, session_id: str, turn_id: str) -> None:
        """The path now ends at that turn."""

    def spent(self, session_id: str, turn_id: str, usage: Usage) -> None:
        """What the model calls for one client turn cost."""

    def end(self, session_id: str) -> None:
        """The session is over."""


class MemoryKeep:
    """Keeps sessions in this process only."""

    def __init__(self) -> None:
        self.records: dict[str, SessionRecord] = {}

    def open(self, record: SessionRecord) -> None:
        """See Keep."""
        self.records[record.id] = record

    def turn(self, session_id: str, turn: Turn, snapshot_json: str) -> None:
        """See Keep."""
        record = self.load(session_id)
        snapshots = {**record.snapshots, turn.id: snapshot_json}
        self._put(record, turns=(*record.turns, turn), snapshots=snapshots, head=turn.id, ended=False)

    def update_turn(self, session_id: str, turn: Turn, snapshot_json: str) -> None:
        """See Keep."""
        record = self.load(session_id)
        turns = tuple(turn if old.id == turn.id else old for old in record.turns)
        self._put(record, turns=turns, snapshots={**record.snapshots, turn.id: snapshot_json})

    def head(self, session_id: str, turn_id: str) -> None:
        """See Keep."""
        self._put(self.load(session_id), head=turn_id)

    def spent(self, session_id: str, turn_id: str, usage: Usage) -> None:
        """See Keep."""
        record = self.load(session_id)
        self._put(record, usage=record.usage + usage)

    def end(self, session_id: str) -> None:
        """See Keep."""
        self._put(self.load(session_id), ended=True)

    def load(self, session_id: str) -> SessionRecord:
        """The record of a session. Raises NotHere."""
        if session_id not in self.records:
            raise NotHere(f"no session '{session_id}' is kept here")
        return self.records[session_id]

    def _put(self, record: SessionRecord, **changes: object) -> None:
        self.records[record.id] = record.model_copy(update=changes)
