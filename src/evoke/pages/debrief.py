"""Debrief: what the talk shows, turn by turn, and the ways back to any moment of it."""

from __future__ import annotations

import streamlit as st

from evoke.errors import EvokeError, NotHere
from evoke.pages.parts.beginning import nobody
from evoke.pages.parts.elsewhere import debriefed_kept
from evoke.pages.parts.guess import guess
from evoke.pages.parts.here import asked, room, say
from evoke.pages.parts.plain import plain
from evoke.pages.parts.shown import debriefed


def page() -> None:
    """The learner's own view first, then the debrief."""
    session_id = asked("session")
    if not session_id:
        nobody()
        return
    record = room().archive.load(session_id)
    if record.elsewhere:
        debriefed_kept(record)
        return
    name = record.card.name if record.card else "the client"
    st.title(f"Debrief: {plain(name)}", anchor=False)
    rating = room().archive.self_rating(session_id)
    if rating is None:
        given = guess(name)
        if given is None:
            return
        room().archive.rate(session_id, given)
        st.rerun()
    debriefed(record, name, rating)


try:
    page()
except NotHere as error:
    say(error)
    nobody()
except EvokeError as error:
    say(error)
    st.button("Try again", key="page_again")
