"""The archive: keeps every session as it happens and gives it back whole. Knows no client, coder or page.

Every method is one transaction: it is kept whole or not at all, and a refusal is one sentence of a StoreError.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session as Work

from evoke.archive import schema
from evoke.archive.models import DisagreementRow, HeadRow, ReturnRow, SessionRow, SnapshotRow, TurnRow, UsageRow, now
from evoke.archive.records import Disagreement, SessionSummary
from evoke.archive.rows import (
    disagreement_of,
    fill,
    record_of,
    return_row,
    session_row,
    snapshot_row,
    summary_of,
    turn_row,
    usage_row,
)
from evoke.errors import NotHere, StoreError
from evoke.keep import SessionRecord
from evoke.transcript import Transcript, Turn, Usage


class Archive:
    """Sessions in SQLite or PostgreSQL by `url`; opening makes the folder and brings the schema up to date.

    Safe for several threads and processes. Raises BadInput for an address that cannot be used, else StoreError.
    """

    def __init__(self, url: str) -> None:
        self._engine = schema.connect(url)
        self._reader = self._engine.execution_options(**{schema.READING: True})

    def revision(self) -> str:
        """The schema's revision, such as "0003"."""
        return schema.revision(self._engine)

    def close(self) -> None:
        """Let go of every connection."""
        self._engine.dispose()

    def open(self, record: SessionRecord) -> None:
        """Begin to keep a session; turns follow one by one."""
        with self._writing() as work:
            work.add(session_row(record))
            work.flush()
            work.add(HeadRow(session_id=record.id, turn_id=None))
            if record.memory:
                work.add(return_row(record.id, record.memory))

    def keep(self, record: SessionRecord) -> None:
        """Keep a session that is over already, whole, all in one; it has no snapshots."""
        with self._writing() as work:
            row = session_row(record)
            row.status, row.ended = "ended", now()
            work.add(row)
            work.flush()
            work.add_all(turn_row(record.id, turn, ordinal) for ordinal, turn in enumerate(record.turns))
            work.flush()
            work.add(HeadRow(session_id=record.id, turn_id=record.head))

    def turn(self, session_id: str, turn: Turn, snapshot_json: str) -> None:
        """Keep a new turn and the client's state after it (JSON), and make it the head; an ended session goes on."""
        with self._writing() as work:
            self._reopen(work, session_id)
            last = work.scalar(select(func.max(TurnRow.ordinal)).where(TurnRow.session_id == session_id))
            work.add(turn_row(session_id, turn, 0 if last is None else last + 1))
            work.flush()
            work.add(snapshot_row(session_id, turn.id, snapshot_json))
            self._head(work, session_id).turn_id = turn.id

    def update_turn(self, session_id: str, turn: Turn, snapshot_json: str) -> None:
        """Replace what is kept of a turn and of the state after it, as when a reply is finished."""
        with self._writing() as work:
            fill(self._turn(work, session_id, turn.id), turn)
            work.merge(snapshot_row(session_id, turn.id, snapshot_json))

    def head(self, session_id: str, turn_id: str | None) -> None:
        """Move to another turn of the tree, from which a branch may start; None is before the first turn."""
        with self._writing() as work:
            if turn_id is not None:
                self._turn(work, session_id, turn_id)
            self._head(work, session_id).turn_id = turn_id

    def end(self, session_id: str) -> None:
        """The session is over; ending it twice keeps the first time."""
        with self._writing() as work:
            row = self._session(work, session_id)
            row.status, row.ended = "ended", row.ended or now()

    def spent(self, session_id: str, turn_id: str, usage: Usage) -> None:
        """Keep what the model calls for one client turn cost; the session's usage is their sum."""
        with self._writing() as work:
            work.add(usage_row(session_id, turn_id, usage))

    def rate(self, session_id: str, self_rating: dict[str, Any]) -> None:
        """Keep how the learner rated themselves before the debrief."""
        with self._writing() as work:
            self._session(work, session_id).self_rating = self_rating

    def self_rating(self, session_id: str) -> dict[str, Any] | None:
        """How the learner rated themselves; None where they have not."""
        with self._reading() as work:
            return self._session(work, session_id).self_rating

    def disagree(self, session_id: str, turn_id: str, said: str, learner_says: str, comment: str = "") -> None:
        """Keep a learner's objection: what the coder said of the turn, what they say, and why."""
        with self._writing() as work:
            self._turn(work, session_id, turn_id)
            row = DisagreementRow(session_id=session_id, turn_id=turn_id, said=said)
            row.learner_says, row.comment = learner_says, comment
            work.add(row)

    def disagreements(self, session_id: str) -> list[Disagreement]:
        """The learner's objections, oldest first."""
        found = select(DisagreementRow).where(DisagreementRow.session_id == session_id).order_by(DisagreementRow.id)
        with self._reading() as work:
            return [disagreement_of(row) for row in work.scalars(found)]

    def load(self, session_id: str) -> SessionRecord:
        """A session with its whole tree. Raises NotHere."""
        with self._reading() as work:
            row = self._session(work, session_id)
            turns = work.scalars(select(TurnRow).where(TurnRow.session_id == session_id).order_by(TurnRow.ordinal))
            states = work.scalars(select(SnapshotRow).where(SnapshotRow.session_id == session_id))
            spent = work.scalars(select(UsageRow).where(UsageRow.session_id == session_id))
            came_back = work.get(ReturnRow, session_id)
            return record_of(row, turns, states, spent, self._head(work, session_id).turn_id, came_back)

    def head_of(self, session_id: str) -> str | None:
        """The turn a session stands at, without reading the rest. Raises NotHere."""
        with self._reading() as work:
            return self._head(work, session_id).turn_id

    def moments(self, session_id: str) -> list[datetime]:
        """When each turn of a session was kept, all branches together, oldest first."""
        when = select(TurnRow.created).where(TurnRow.session_id == session_id).order_by(TurnRow.ordinal)
        with self._reading() as work:
            return list(work.scalars(when))

    def export(self, session_id: str, leaf: str | None = None) -> Transcript:
        """One path of a session as a transcript: to the head, or to another turn. Raises NotHere."""
        record = self.load(session_id)
        by_id = {turn.id: turn for turn in record.turns}
        if leaf is not None and leaf not in by_id:
            raise NotHere(f"Session {session_id} has no turn '{leaf}'.")
        path, at = [], leaf or record.head
        while at is not None:
            path.append(by_id[at])
            at = by_id[at].parent
        return Transcript(
            persona=None if record.elsewhere else record.persona,
            target=record.target,
            seed=record.seed,
            model=record.model,
            counsellor=record.counsellor,
            turns=tuple(reversed(path)),
            usage=record.usage,
            memory=record.memory,
        )

    def recent(self, limit: int = 50) -> list[SessionSummary]:
        """The latest sessions, newest first."""
        said = (
            select(TurnRow.session_id, func.count().label("turns"))
            .where(TurnRow.speaker == "learner")
            .group_by(TurnRow.session_id)
            .subquery()
        )
        rows = (
            select(SessionRow, func.coalesce(said.c.turns, 0))
            .outerjoin(said, said.c.session_id == SessionRow.id)
            .order_by(SessionRow.started.desc(), SessionRow.id)
            .limit(limit)
        )
        with self._reading() as work:
            return [summary_of(row, turns) for row, turns in work.execute(rows)]

    def delete(self, session_id: str) -> None:
        """Forget a session with all that belongs to it. Raises NotHere."""
        with self._writing() as work:
            self._session(work, session_id)
            work.execute(update(ReturnRow).where(ReturnRow.earlier == session_id).values(earlier=None))
            for rows in (HeadRow, ReturnRow, DisagreementRow, UsageRow, SnapshotRow, TurnRow):
                work.execute(delete(rows).where(rows.session_id == session_id))
            work.execute(delete(SessionRow).where(SessionRow.id == session_id))

    @contextmanager
    def _writing(self) -> Iterator[Work]:
        with schema.refusals(self._engine):
            try:
                with Work(self._engine) as work, work.begin():
                    yield work
            except IntegrityError as error:
                raise StoreError(f"The archive kept what it had: {error.orig}.") from error

    @contextmanager
    def _reading(self) -> Iterator[Work]:
        with schema.refusals(self._engine), Work(self._reader) as work:
            yield work

    def _reopen(self, work: Work, session_id: str) -> None:
        """An ended session is open again; the card, which is large, is not read for it."""
        opened = update(SessionRow).where(SessionRow.id == session_id).values(status="open", ended=None)
        if not work.connection().execute(opened).rowcount:
            self._session(work, session_id)

    @staticmethod
    def _session(work: Work, session_id: str) -> SessionRow:
        row = work.get(SessionRow, session_id)
        if row is None:
            latest = work.scalars(select(SessionRow.id).order_by(SessionRow.started.desc()).limit(5))
            raise NotHere(f"No session '{session_id}' is kept; the latest are: {', '.join(latest) or 'none yet'}.")
        return row

    @staticmethod
    def _turn(work: Work, session_id: str, turn_id: str) -> TurnRow:
        row = work.get(TurnRow, (session_id, turn_id))
        if row is None:
            raise NotHere(f"Session {session_id} has no turn '{turn_id}'.")
        return row

    @staticmethod
    def _head(work: Work, session_id: str) -> HeadRow:
        row = work.get(HeadRow, session_id)
        if row is None:
            raise NotHere(f"No session '{session_id}' is kept.")
        return row
