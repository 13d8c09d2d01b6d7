"""Practice: the brief, the talk with the client, and the ways out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from evoke.errors import EvokeError, NotHere
from evoke.pages.parts.beginning import begin, brief_first, nobody
from evoke.pages.parts.desk import is_speaking, session
from evoke.pages.parts.ending import after_the_end, end_now, pause, worried
from evoke.pages.parts.here import asked, say
from evoke.pages.parts.retry import paths, retrying
from evoke.pages.parts.standing import foot
from evoke.pages.parts.talk import hear, left_open, speak, turns_said

if TYPE_CHECKING:
    from evoke.session import Session


def talk(opened: Session) -> None:
    """The talk as it stands, and the next words on either side."""
    last = opened.path[-1]
    answered = last.speaker == "client"
    words = foot(opened, may_speak=answered and not is_speaking(opened.id))
    st.subheader(f"{opened.persona.name}, {opened.persona.age}", anchor=False)
    paths(opened)
    turns_said(opened.persona.name, opened.path)
    retrying(opened)
    if words:
        hear(opened, words)
        if worried(opened):
            st.rerun()
        speak(opened, opened.answer)
    left_open(opened)


def page() -> None:
    """Which of the faces of a talk to show."""
    if not asked("session"):
        begin(asked("client")) if asked("client") else nobody()
        return
    opened = session(asked("session"))
    if st.session_state.pop("ending", False):
        end_now(opened)
    if st.session_state.get("stepped_out") or worried(opened):
        pause(opened)
    elif opened.ended:
        after_the_end(opened)
    elif not brief_first(opened):
        talk(opened)


try:
    page()
except NotHere as error:
    say(error)
    nobody()
except EvokeError as error:
    say(error)
    st.button("Try again", key="page_again")
