"""Meeting a client again: the way to it, and what the learner reads about the talk before. Knows no archive rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from evoke.client.returning import apart, last_time
from evoke.pages.parts.desk import keep_open
from evoke.pages.parts.here import go, link, room
from evoke.pages.parts.plain import plain

if TYPE_CHECKING:
    from evoke.keep import SessionRecord
    from evoke.persona import Persona
    from evoke.transcript import Memory

_HELP = "Some weeks later. They remember this talk, and something has happened since."


def again(session_id: str, name: str, label: str = "") -> None:
    """A button that begins a talk with the client of an ended one, who remembers it."""
    words = label or f"Meet {plain(name)} again"
    if st.button(words, key=f"again_{session_id}", icon=":material/history:", help=_HELP):
        with st.spinner("The client is coming in"):
            session = keep_open(room().meet_again(session_id))
        go("practice", session=session.id)


def before(card: Persona, memory: Memory | None) -> None:
    """What was said last time and what has happened since; nothing at a first meeting."""
    if memory is None:
        return
    with st.container(border=True):
        st.markdown("**Last time, and since**")
        for words in last_time(card, memory):
            st.markdown(plain(words))
    st.caption("What follows is the brief of your first talk.")


def which_talk(record: SessionRecord) -> None:
    """Above a debrief: which talk with this client it was, and the way to the one before."""
    memory = record.memory
    if memory is None or record.card is None:
        return
    st.caption(f"Talk {memory.meeting} with {plain(record.card.name)}, {apart(memory)} after the one before.")
    if memory.earlier:
        link("debrief", "Debrief of the talk before", ":material/history:", session=memory.earlier)
