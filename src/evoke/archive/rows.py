"""Between the values that travel and the rows that are kept. Knows no connection."""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import ValidationError

from evoke.archive.models import DisagreementRow, ReturnRow, SessionRow, SnapshotRow, TurnRow, UsageRow
from evoke.archive.records import Disagreement, SessionSummary
from evoke.errors import StoreError
from evoke.keep import SessionRecord
from evoke.transcript import Memory, Turn, Usage


def session_row(record: SessionRecord) -> SessionRow:
    """A new session without its turns."""
    return SessionRow(
        id=record.id,
        persona_id=record.persona.id,
        persona_version=record.persona.version,
        persona_hash=record.persona.hash,
        card=record.card.model_dump(mode="json") if record.card else None,
        target=record.target,
        prompt_hash=record.prompt_hash,
        evoke_version=record.evoke_version,
        model=record.model,
        seed=record.seed,
        counsellor=record.counsellor,
        started=record.started,
    )


def return_row(session_id: str, memory: Memory) -> ReturnRow:
    """What a client who returns brings, and the session it is from."""
    return ReturnRow(session_id=session_id, earlier=memory.earlier, memory=memory.model_dump(mode="json"))


def turn_row(session_id: str, turn: Turn, ordinal: int) -> TurnRow:
    """A turn at its place in the order of arrival."""
    return fill(TurnRow(session_id=session_id, ordinal=ordinal), turn)


def fill(row: TurnRow, turn: Turn) -> TurnRow:
    """Write every field of `turn` into `row`."""
    values = turn.model_dump(mode="json")
    for name, value in values.items():
        setattr(row, name, value)
    return row


def turn_of(row: TurnRow) -> Turn:
    """The turn that a row keeps."""
    return Turn.model_validate({name: getattr(row, name) for name in Turn.model_fields})


def record_of(
    row: SessionRow,
    turns: Iterable[TurnRow],
    snapshots: Iterable[SnapshotRow],
    spent: Iterable[UsageRow],
    head: str | None,
    came_back: ReturnRow | None = None,
) -> SessionRecord:
    """A session whole. Raises StoreError where a card or turn has a form that this version cannot read."""
    same = ("id", "card", "seed", "model", "prompt_hash", "evoke_version", "target", "counsellor", "started")
    try:
        return SessionRecord.model_validate(
            {name: getattr(row, name) for name in same}
            | {
                "persona": {"id": row.persona_id, "version": row.persona_version, "hash": row.persona_hash},
                "ended": row.ended is not None,
                "head": head,
                "turns": tuple(turn_of(turn) for turn in turns),
                "snapshots": {snapshot.turn_id: snapshot.state for snapshot in snapshots},
                "usage": sum((usage_of(call) for call in spent), Usage()),
                "memory": {**came_back.memory, "earlier": came_back.earlier} if came_back else None,
            }
        )
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise StoreError(f"Session {row.id} was kept in a form this version cannot read ({place}).") from error


def usage_row(session_id: str, turn_id: str, usage: Usage) -> UsageRow:
    """What one client turn cost."""
    return UsageRow(session_id=session_id, turn_id=turn_id, **usage.model_dump())


def usage_of(row: UsageRow) -> Usage:
    """The usage that a row keeps."""
    return Usage.model_validate({name: getattr(row, name) for name in Usage.model_fields})


def summary_of(row: SessionRow, turns: int) -> SessionSummary:
    """One row of the list; a session kept without its card goes by the card's id and by the target."""
    card = row.card or {}
    return SessionSummary(
        id=row.id,
        persona_id=row.persona_id,
        persona_name=card.get("name", row.persona_id),
        topic=card.get("topic", row.target),
        model=row.model,
        status="ended" if row.ended else "open",
        started=row.started,
        ended=row.ended,
        turns=turns,
    )


def snapshot_row(session_id: str, turn_id: str, state: str) -> SnapshotRow:
    """The client's state after a turn, given as JSON text."""
    return SnapshotRow(session_id=session_id, turn_id=turn_id, state=state)


def disagreement_of(row: DisagreementRow) -> Disagreement:
    """The objection that a row keeps."""
    return Disagreement.model_validate({name: getattr(row, name) for name in Disagreement.model_fields})
