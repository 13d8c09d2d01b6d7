"""Sessions, their turns, the client's state after each turn, what it cost, and where each session stands.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "sessions",
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("persona_id", sa.String(64), nullable=False),
        sa.Column("persona_version", sa.String(32), nullable=False),
        sa.Column("persona_hash", sa.String(64), nullable=False),
        sa.Column("card", sa.JSON(), nullable=True),
        sa.Column("target", sa.Text(), nullable=False),
        sa.Column("prompt_hash", sa.String(64), nullable=False),
        sa.Column("evoke_version", sa.String(32), nullable=False),
        sa.Column("model", sa.String(200), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("counsellor", sa.String(200), nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("started", WHEN, nullable=False),
        sa.Column("ended", WHEN, nullable=True),
        sa.Column("self_rating", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
    )
    op.create_index("ix_sessions_persona_id", "sessions", ["persona_id"])
    op.create_index("ix_sessions_started", "sessions", ["started"])
    op.create_table(
        "turns",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("parent", sa.String(64), nullable=True),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("speaker", sa.String(16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("coded", sa.JSON(), nullable=True),
        sa.Column("move", sa.String(32), nullable=True),
        sa.Column("strand", sa.String(64), nullable=True),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("state", sa.JSON(), nullable=True),
        sa.Column("steps", sa.JSON(), nullable=False),
        sa.Column("guard", sa.JSON(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("status", sa.String(16), nullable=False),
        sa.Column("first_word_ms", sa.Float(), nullable=True),
        sa.Column("reply_ms", sa.Float(), nullable=True),
        sa.Column("created", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("session_id", "id", name="pk_turns"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], ondelete="CASCADE", name="fk_turns_session_id"),
        sa.ForeignKeyConstraint(
            ["session_id", "parent"], ["turns.session_id", "turns.id"], name="fk_turns_session_id_parent"
        ),
        sa.UniqueConstraint("session_id", "ordinal", name="uq_turns_session_id_ordinal"),
    )
    op.create_table(
        "snapshots",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("turn_id", sa.String(64), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", "turn_id", name="pk_snapshots"),
        sa.ForeignKeyConstraint(
            ["session_id", "turn_id"],
            ["turns.session_id", "turns.id"],
            ondelete="CASCADE",
            name="fk_snapshots_session_id_turn_id",
        ),
    )
    op.create_table(
        "usage",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("turn_id", sa.String(64), nullable=False),
        sa.Column("calls", sa.Integer(), nullable=False),
        sa.Column("prompt_tokens", sa.Integer(), nullable=False),
        sa.Column("cached_tokens", sa.Integer(), nullable=False),
        sa.Column("completion_tokens", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Float(), nullable=True),
        sa.PrimaryKeyConstraint("id", name="pk_usage"),
        sa.ForeignKeyConstraint(
            ["session_id", "turn_id"],
            ["turns.session_id", "turns.id"],
            ondelete="CASCADE",
            name="fk_usage_session_id_turn_id",
        ),
    )
    op.create_index("ix_usage_session_id", "usage", ["session_id"])
    op.create_table(
        "heads",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("turn_id", sa.String(64), nullable=True),
        sa.PrimaryKeyConstraint("session_id", name="pk_heads"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], ondelete="CASCADE", name="fk_heads_session_id"),
        sa.ForeignKeyConstraint(
            ["session_id", "turn_id"],
            ["turns.session_id", "turns.id"],
            ondelete="CASCADE",
            name="fk_heads_session_id_turn_id",
        ),
    )


def downgrade() -> None:
    for table in ("heads", "usage", "snapshots", "turns", "sessions"):
        op.drop_table(table)
