"""The tables of the archive as typed SQLAlchemy models. Knows no session, only what of it is kept.

Types are such that SQLite and PostgreSQL both have them. A change here needs a migration and a new `REVISION`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

REVISION = "0003"  # the schema these models describe; revisions sort by age

Json = JSON(none_as_null=True)


class Utc(TypeDecorator[datetime]):
    """A point in time in UTC; SQLite forgets the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


def now() -> datetime:
    """This moment in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """Root of all tables; constraints have names, so that migrations can change them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(column_0_label)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class SessionRow(Base):
    """One session: the card as it was held, and with what."""

    __tablename__ = "sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    persona_id: Mapped[str] = mapped_column(String(64), index=True)
    persona_version: Mapped[str] = mapped_column(String(32))
    persona_hash: Mapped[str] = mapped_column(String(64))
    card: Mapped[dict[str, Any] | None] = mapped_column(Json)  # whole: a session outlives the edits of its card
    target: Mapped[str] = mapped_column(Text)
    prompt_hash: Mapped[str] = mapped_column(String(64))
    evoke_version: Mapped[str] = mapped_column(String(32))
    model: Mapped[str] = mapped_column(String(200))
    seed: Mapped[int] = mapped_column(BigInteger)
    counsellor: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(16), default="open")
    started: Mapped[datetime] = mapped_column(Utc, default=now, index=True)
    ended: Mapped[datetime | None] = mapped_column(Utc)
    self_rating: Mapped[dict[str, Any] | None] = mapped_column(Json)


class TurnRow(Base):
    """One turn of the tree; `ordinal` is the order in which the turns of a session came."""

    __tablename__ = "turns"
    __table_args__ = (
        ForeignKeyConstraint(["session_id", "parent"], ["turns.session_id", "turns.id"]),
        UniqueConstraint("session_id", "ordinal"),
    )

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(64))
    ordinal: Mapped[int] = mapped_column(Integer)
    speaker: Mapped[str] = mapped_column(String(16))
    text: Mapped[str] = mapped_column(Text)
    coded: Mapped[dict[str, Any] | None] = mapped_column(Json)
    move: Mapped[str | None] = mapped_column(String(32))
    strand: Mapped[str | None] = mapped_column(String(64))
    lines: Mapped[list[str]] = mapped_column(Json, default=list)
    state: Mapped[dict[str, Any] | None] = mapped_column(Json)
    steps: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    guard: Mapped[list[dict[str, Any]]] = mapped_column(Json, default=list)
    note: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    first_word_ms: Mapped[float | None] = mapped_column(Float)
    reply_ms: Mapped[float | None] = mapped_column(Float)
    created: Mapped[datetime] = mapped_column(Utc, default=now)


class SnapshotRow(Base):
    """The client's whole hidden state after a turn, from which a branch starts, as JSON text."""

    __tablename__ = "snapshots"
    __table_args__ = (
        ForeignKeyConstraint(["session_id", "turn_id"], ["turns.session_id", "turns.id"], ondelete="CASCADE"),
    )

    session_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    turn_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    state: Mapped[str] = mapped_column(Text)


class UsageRow(Base):
    """What the model calls for one client turn cost; `cost` is None where no price is known."""

    __tablename__ = "usage"
    __table_args__ = (
        ForeignKeyConstraint(["session_id", "turn_id"], ["turns.session_id", "turns.id"], ondelete="CASCADE"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(String(64), index=True)
    turn_id: Mapped[str] = mapped_column(String(64))
    calls: Mapped[int] = mapped_column(Integer)
    prompt_tokens: Mapped[int] = mapped_column(Integer)
    cached_tokens: Mapped[int] = mapped_column(Integer)
    completion_tokens: Mapped[int] = mapped_column(Integer)
    cost: Mapped[float | None] = mapped_column(Float)


class HeadRow(Base):
    """The turn a session stands at: the leaf of its current path. None before the first turn."""

    __tablename__ = "heads"
    __table_args__ = (
        ForeignKeyConstraint(["session_id", "turn_id"], ["turns.session_id", "turns.id"], ondelete="CASCADE"),
    )

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    turn_id: Mapped[str | None] = mapped_column(String(64))


class ReturnRow(Base):
    """A session to which a client came back: the session before (None once that is forgotten), and what they bring."""

    __tablename__ = "returns"

    session_id: Mapped[str] = mapped_column(ForeignKey("sessions.id", ondelete="CASCADE"), primary_key=True)
    earlier: Mapped[str | None] = mapped_column(ForeignKey("sessions.id", ondelete="SET NULL"), index=True)
    memory: Mapped[dict[str, Any]] = mapped_column(Json)


class DisagreementRow(Base):
    """A learner's objection to a code: what was said of the turn, what they would say, and why."""

    __tablename__ = "disagreements"
    __table_args__ = (
        ForeignKeyConstraint(["session_id", "turn_id"], ["turns.session_id", "turns.id"], ondelete="CASCADE"),
    )

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=True)
    session_id: Mapped[str] = mapped_column(String(64), index=True)
    turn_id: Mapped[str] = mapped_column(String(64))
    said: Mapped[str] = mapped_column(Text)
    learner_says: Mapped[str] = mapped_column(Text)
    comment: Mapped[str] = mapped_column(Text)
    created: Mapped[datetime] = mapped_column(Utc, default=now)
