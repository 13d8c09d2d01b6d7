"""A learner's objections to codes.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "disagreements",
        sa.Column("id", sa.Integer(), autoincrement=True, nullable=False),
        sa.Column("session_id", sa.String(64), nullable=False),
        sa.Column("turn_id", sa.String(64), nullable=False),
        sa.Column("said", sa.Text(), nullable=False),
        sa.Column("learner_says", sa.Text(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_disagreements"),
        sa.ForeignKeyConstraint(
            ["session_id", "turn_id"],
            ["turns.session_id", "turns.id"],
            ondelete="CASCADE",
            name="fk_disagreements_session_id_turn_id",
        ),
    )
    op.create_index("ix_disagreements_session_id", "disagreements", ["session_id"])


def downgrade() -> None:
    op.drop_table("disagreements")
