"""Earlier talks, to go on with or to look at again. Knows rows of the archive's list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from evoke.keep import ELSEWHERE
from evoke.pages.parts.again import again
from evoke.pages.parts.clock import now, since
from evoke.pages.parts.here import go, room
from evoke.pages.parts.plain import plain

if TYPE_CHECKING:
    from evoke.archive import SessionSummary

SHOWN = 3
LOOKED_AT = 30  # the latest ones, of which those in which nothing was said are passed over


_SPREAD: dict[str, Any] = {"horizontal": True, "horizontal_alignment": "distribute", "vertical_alignment": "center"}


def recent_sessions() -> None:
    """The latest talks in which the learner said something; nothing at all for somebody who is new."""
    rows = [row for row in room().archive.recent(LOOKED_AT) if row.turns]
    if rows:
        st.header("Pick up where you left off", anchor=False)
        _list(rows[:SHOWN])
    if rows[SHOWN:]:
        with st.expander("Earlier talks"):
            _list(rows[SHOWN:])


def _list(rows: Sequence[SessionSummary]) -> None:
    today = now().astimezone()
    for row in rows:
        with st.container(border=True, key=f"row_{row.id}", **_SPREAD):
            when = since(row.started.astimezone(), today)
            st.markdown(f"**{plain(_name(row))}**, {when}  \n:small[{_how_far(row)}]")
            with st.container(horizontal=True, horizontal_alignment="right", width="content"):
                _ways_on(row)


def _name(row: SessionSummary) -> str:
    return "A transcript" if row.persona_id == ELSEWHERE.id else row.persona_name


def _how_far(row: SessionSummary) -> str:
    turns = "1 turn" if row.turns == 1 else f"{row.turns} turns"
    whose = "of the counsellor" if row.persona_id == ELSEWHERE.id else "of yours"
    parts = (plain(row.topic), f"{turns} {whose}", "ended" if row.status == "ended" else "not ended")
    return " · ".join(part for part in parts if part)


def _ways_on(row: SessionSummary) -> None:
    name = plain(_name(row))
    if row.status == "ended" and row.persona_id != ELSEWHERE.id:
        again(row.id, row.persona_name, "Meet again")
    if row.status == "ended":
        label, page, icon = "Read the debrief", "debrief", ":material/insights:"
    else:
        label, page, icon = "Go on", "practice", ":material/forum:"
    if st.button(label, key=f"open_{row.id}", icon=icon, help=f"{label}: the talk with {name}"):
        go(page, session=row.id)
