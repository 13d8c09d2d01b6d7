"""How a talk begins: the brief first, while the client's voice warms up. Knows no words of the talk."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from evoke.pages.parts.again import before
from evoke.pages.parts.brief import brief
from evoke.pages.parts.cards import badges
from evoke.pages.parts.desk import keep_open
from evoke.pages.parts.here import go, link, room
from evoke.pages.parts.plain import plain
from evoke.pages.parts.stepping_out import BANNER
from evoke.pages.parts.tree import spoken
from evoke.pages.parts.voice import voice_line

if TYPE_CHECKING:
    from evoke.session import Session


def nobody() -> None:
    """The page was opened without a client or a session."""
    st.title("Practice", anchor=False)
    st.markdown("No client is chosen yet.")
    link("clients", "Choose a client", ":material/group:")


def begin(client: str) -> NoReturn:
    """Sit down with a client: from now on the address names the session."""
    with st.spinner("The client is coming in"):
        session = keep_open(room().begin(client))
    go("practice", session=session.id)


def brief_first(session: Session) -> bool:
    """The brief and a button, until the learner begins; whether it was shown."""
    begun = st.session_state.setdefault("begun", set())
    if session.id in begun or spoken(session.turns):
        return False
    room().warm(session)
    card = session.persona
    st.title(f"{plain(card.name)}, {card.age}", anchor=False)
    badges(card)
    before(card, session.record.memory)
    brief(card)
    voice_line()
    if st.button(f"Begin the talk with {plain(card.name)}", type="primary", key="begin", icon=":material/forum:"):
        begun.add(session.id)
        st.rerun()
    st.markdown(f":small[**{BANNER}** {plain(card.name)} speaks first. You can open this brief again at any time.]")
    return True
