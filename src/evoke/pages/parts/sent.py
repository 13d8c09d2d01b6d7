"""Words on their way from the box to the session. They stay here until the session has them, whatever ends the script.

A tab that is not up to date, such as a second one on the same talk, may send words while the client speaks: they wait
here, and go back into the box once it is the learner's turn.
"""

from __future__ import annotations

import streamlit as st

BOX = "words"  # key of the box


def send(session_id: str) -> None:
    """Take what the box holds; called when the learner sends it."""
    if words := str(st.session_state[BOX] or "").strip():
        _under_way()[session_id] = words


def sent(session_id: str) -> str:
    """What was sent and is not kept yet; empty for nothing."""
    return _under_way().get(session_id, "")


def heard(session_id: str) -> None:
    """The session has the words."""
    _under_way().pop(session_id, None)


def give_back(session_id: str) -> None:
    """The words could not be said; they stand in the box the next time it is filled."""
    if words := _under_way().pop(session_id, None):
        _to_return()[session_id] = words


def fill_box(session_id: str) -> None:
    """Put words that were given back into the box; call before the box is made."""
    if words := _to_return().pop(session_id, None):
        st.session_state[BOX] = words


def _under_way() -> dict[str, str]:
    words: dict[str, str] = st.session_state.setdefault("words_sent", {})
    return words


def _to_return() -> dict[str, str]:
    words: dict[str, str] = st.session_state.setdefault("words_given_back", {})
    return words
