"""The archive of sessions: SQLAlchemy models, Alembic migrations, and `Archive`, which keeps and gives back."""

from evoke.archive.records import Disagreement, SessionSummary
from evoke.archive.store import Archive

__all__ = ["Archive", "Disagreement", "SessionSummary"]
