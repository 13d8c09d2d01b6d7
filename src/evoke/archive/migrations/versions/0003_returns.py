"""Clients who return: which session came before, and what the client brings from it.

Revision 0003, after 0002.
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "returns",
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("earlier", sa.String(64), nullable=True),
        sa.Column("memory", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("session_id", name="pk_returns"),
        sa.ForeignKeyConstraint(["session_id"], ["sessions.id"], ondelete="CASCADE", name="fk_returns_session_id"),
        sa.ForeignKeyConstraint(["earlier"], ["sessions.id"], ondelete="SET NULL", name="fk_returns_earlier"),
    )
    op.create_index("ix_returns_earlier", "returns", ["earlier"])


def downgrade() -> None:
    op.drop_table("returns")
