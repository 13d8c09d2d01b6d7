"""Practice: the brief, the talk with the client, and the ways out of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from evoke.errors import EvokeError, NotHere
from evoke.pages.parts.beginning import begin, brief_first, nobody
from evoke.pages.parts.desk import is_speaking, session
from evoke.pages.parts.ending import after_the_end, end_now, is_out, pause, worried
from evoke.pages.parts.here import asked, room, say
from evoke.pages.parts.plain import plain
from evoke.pages.parts.retry import paths, retrying
from evoke.pages.parts.sent import sent
from evoke.pages.parts.standing import foot
from evoke.pages.parts.talk import hear, left_open, speak, turns_said
from evoke.pages.parts.voice import voice_line

if TYPE_CHECKING:
    from evoke.session import Session


def talk(opened: Session) -> None:
    """The talk as it stands, and the next words on either side."""
    last = opened.path[-1]
    has_voice = room().model_state().stage == "ready"
    foot(opened, may_speak=last.speaker == "client" and has_voice and not is_speaking(opened.id))
    st.title(f"{plain(opened.persona.name)}, {opened.persona.age}", anchor=False)
    voice_line()
    paths(opened)
    turns_said(opened.persona.name, opened.path)
    retrying(opened)
    if sent(opened.id):
        hear(opened)
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
    if is_out(opened):
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
