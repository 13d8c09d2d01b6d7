"""How a talk pauses and ends. Knows that it did and why, not how well it went."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import streamlit as st

from evoke.pages.parts.again import again
from evoke.pages.parts.here import go, link
from evoke.pages.parts.plain import plain
from evoke.pages.parts.retry import paths
from evoke.pages.parts.stepping_out import stepped_out
from evoke.pages.parts.talk import turns_said

if TYPE_CHECKING:
    from evoke.session import Session

_HOW_IT_ENDED = {
    "leave": "{name} has left. That happens in real rooms too, and it is worth a look at where it turned. "
    "In the debrief you can go back to any moment and try it another way.",
    "close": "{name} has brought the talk to an end. Take a breath before you read the debrief.",
}
_BY_YOU = "The talk is over. Take a breath before you read the debrief."


def end_now(session: Session) -> NoReturn:
    """End the talk and go to its debrief."""
    session.end()
    go("debrief", session=session.id)


def step_out(session: Session) -> None:
    """Leave the role for a while."""
    st.session_state.stepped_out = session.id


def is_out(session: Session) -> bool:
    """Whether the learner has left the role, or should be asked whether they want to."""
    return st.session_state.get("stepped_out") == session.id or worried(session)


def pause(session: Session) -> None:
    """Out of the role: what this is, where help is, and the two ways on."""
    stepped_out(session.persona.name, concern=worried(session))
    with st.container(horizontal=True):
        st.button("Go back in", key="go_back_in", type="primary", on_click=_back_in, args=(session,))
        st.button("End the talk", key="end_from_pause", on_click=_end)


def worried(session: Session) -> bool:
    """Whether the learner's last words may be about their own distress, and they have not been asked about it yet."""
    return bool(session.concern) and _last_words(session) not in _answered()


def _answered() -> set[str]:
    """Turns after which the learner said that they want to go on."""
    answered: set[str] = st.session_state.setdefault("went_back_in", set())
    return answered


def _back_in(session: Session) -> None:
    st.session_state.pop("stepped_out", None)
    _answered().add(_last_words(session))


def _last_words(session: Session) -> str:
    """The id of the learner's last turn."""
    return next((turn.id for turn in reversed(session.path) if turn.speaker == "learner"), "")


def _end() -> None:
    st.session_state.pop("stepped_out", None)
    st.session_state.ending = True


def after_the_end(session: Session) -> None:
    """The whole talk to read, how it ended, and the way to the debrief."""
    name = session.persona.name
    st.title(f"{plain(name)}, {session.persona.age}", anchor=False)
    paths(session)
    turns_said(name, session.path)
    last = session.path[-1]
    st.info(_HOW_IT_ENDED.get(last.move or "", _BY_YOU).format(name=plain(name)), icon=":material/flag:")
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button("Read the debrief", type="primary", key="to_debrief", icon=":material/insights:"):
            go("debrief", session=session.id)
        again(session.id, name)
        link("clients", "Choose another client", ":material/group:")
