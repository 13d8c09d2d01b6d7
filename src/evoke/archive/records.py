"""What the archive hands out besides whole sessions: a row of the list, an objection. Knows no database."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from evoke.codes import Frozen

SessionStatus = Literal["open", "ended"]


class SessionSummary(Frozen):
    """One row of the list of sessions; `turns` counts the learner's own, all branches together."""

    id: str
    persona_id: str
    persona_name: str
    topic: str
    model: str
    status: SessionStatus
    started: datetime
    ended: datetime | None
    turns: int


class Disagreement(Frozen):
    """A learner's objection to a code of one turn."""

    turn_id: str
    said: str
    learner_says: str
    comment: str
    created: datetime
