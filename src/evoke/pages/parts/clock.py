"""How long a talk has lasted. Knows moments in time, not what was said in them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

LONGEST_PAUSE = timedelta(minutes=5)  # a longer gap is a break, such as a closed tab, and counts as this much


def time_in_talk(moments: Sequence[datetime], now: datetime) -> timedelta:
    """Time spent in a talk whose turns came at `moments`, oldest first; of a long gap only the beginning counts."""
    gaps = (later - earlier for earlier, later in pairwise([*moments, now]))
    return sum((min(max(gap, timedelta()), LONGEST_PAUSE) for gap in gaps), timedelta())


def of_planned(spent: timedelta, minutes: int) -> str:
    """The time spent against the time planned, in words."""
    return f"{int(spent.total_seconds() // 60)} of about {minutes} min"


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def since(moment: datetime, today: datetime) -> str:
    """A moment as a person would name it: today or yesterday with the time, else the date."""
    days = (today.date() - moment.date()).days
    named = {0: "today", 1: "yesterday"}.get(days)
    return f"{named} at {moment:%H:%M}" if named else f"{moment.day} {moment:%B %Y}"
