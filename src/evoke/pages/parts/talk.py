"""The talk itself: what was said so far, the client's reply as it comes, and what to do when it breaks off."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import closing
from typing import TYPE_CHECKING, Any

import streamlit as st

from evoke.errors import EvokeError
from evoke.pages.parts.desk import is_speaking, speaking
from evoke.pages.parts.plain import plain
from evoke.pages.parts.said import avatar
from evoke.pages.parts.sent import give_back, heard, sent
from evoke.transcript import Turn

if TYPE_CHECKING:
    from evoke.session import Session

Reply = Callable[[], Generator[Any]]  # begins a reply; its pieces carry `text`, and a Replace stands for all before it


def turns_said(name: str, turns: Sequence[Turn]) -> None:
    """Every turn so far, as it was written."""
    for turn in turns:
        with st.chat_message("user" if turn.speaker == "learner" else name, avatar=avatar(turn.speaker)):
            st.text(turn.text)


def hear(session: Session) -> None:
    """Keep the words that were sent and show them; words that cannot be kept go back into the box.

    So do words that another tab sends while the client speaks: that tab learns here that it has to wait.
    """
    _faults().pop(session.id, None)
    with speaking(session.id) as free:
        try:
            if free:
                session.hear(sent(session.id))
        except EvokeError as error:
            _faults()[session.id] = str(error)
            free = False
    if not free:
        give_back(session.id)
        st.rerun()
    heard(session.id)
    turns_said(session.persona.name, session.path[-1:])


def speak(session: Session, reply: Reply, so_far: str = "") -> None:
    """Write the client's reply as it comes, then draw the page anew; a fault is shown there, with a way on.

    A stop, another click or a closed tab ends the script at the next piece: the reply is closed on the way out, and
    the session keeps what was said.
    """
    slot = st.chat_message(session.persona.name).empty()
    slot.markdown(f":shimmer[{plain(session.persona.name)} is about to answer]")
    with speaking(session.id) as free:
        if free:
            _faults().pop(session.id, None)
            try:
                with closing(reply()) as pieces:
                    _write(slot, pieces, so_far)
            except EvokeError as error:
                _faults()[session.id] = str(error)
    st.rerun()


def _write(slot: Any, pieces: Iterator[Any], so_far: str) -> None:
    from evoke.client.guard import Replace

    for piece in pieces:
        so_far = piece.text if isinstance(piece, Replace) else so_far + piece.text
        slot.text(so_far)


def _faults() -> dict[str, str]:
    """What went wrong last in each session, until it goes well again."""
    faults: dict[str, str] = st.session_state.setdefault("faults", {})
    return faults


def left_open(session: Session) -> None:
    """What to do when the last turn is unanswered or broke off; nothing when it stands."""
    if is_speaking(session.id):
        _wait(session)
        return
    if fault := _faults().get(session.id):
        st.error(plain(fault), icon=":material/error:")
    last = session.path[-1]
    if last.speaker == "learner":
        _unanswered(session)
    elif last.status == "interrupted":
        _broken_off(session, last)


def _unanswered(session: Session) -> None:
    name = plain(session.persona.name)
    with st.empty().container():
        st.markdown(f":small[Your words are kept. {name} has not answered yet.]")
        again = st.button("Try again" if session.id in _faults() else f"Let {name} answer", key="answer")
    if again:
        speak(session, session.answer)


def _broken_off(session: Session, last: Turn) -> None:
    st.markdown(":small[The reply broke off here.]")
    with st.container(horizontal=True):
        on = st.button("Continue", key="continue", icon=":material/play_arrow:")
        anew = st.button("Say it again", key="anew", icon=":material/refresh:")
    if on:
        speak(session, session.continue_reply, last.text)
    if anew:
        speak(session, session.regenerate)


def _wait(session: Session) -> None:
    """Another tab is waiting for the same reply: look again until it is there."""

    @st.fragment(run_every=1)
    def watch() -> None:
        if is_speaking(session.id):
            st.markdown(f":shimmer[{plain(session.persona.name)} is answering]")
        else:
            st.rerun()

    watch()
