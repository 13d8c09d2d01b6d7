"""A moment tried again: which one it is, what was said there before, and the way from path to path."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from evoke.pages.parts.desk import let_go
from evoke.pages.parts.here import go, room
from evoke.pages.parts.plain import plain, quoted
from evoke.pages.parts.tree import leaves, path_names, said_here_before

if TYPE_CHECKING:
    from evoke.session import Session


def try_again(session: Session, turn_id: str) -> None:
    """Go back to just before a learner's turn; the next words make a path beside the old one."""
    session.try_again(turn_id)
    go("practice", session=session.id)


def retrying(session: Session) -> None:
    """Where the learner has spoken here before: their earlier words, to compare with."""
    before = said_here_before(session.turns, session.path[-1].id)
    if not before:
        return
    with st.container(border=True):
        st.markdown(
            f"**You are trying this moment again.** {plain(session.persona.name)} has just said what stands above."
        )
        for turn in before:
            st.markdown(f":gray[:small[You said before:]]\n\n{quoted(turn.text)}")


def paths(session: Session) -> None:
    """A switch between the paths of this talk, where there is more than one."""
    ends = leaves(session.turns)
    here = session.path[-1].id
    ids = [turn.id for turn in ends]
    if here not in ids:
        ids.append(here)
    if len(ids) < 2:
        return
    names = dict(zip(ids, path_names(session.turns, ids), strict=True))
    chosen = st.selectbox("Path", ids, index=ids.index(here), format_func=names.__getitem__, key=f"path_{here}")
    if chosen != here:
        switch(session.id, chosen)


def switch(session_id: str, leaf: str) -> None:
    """Go on from the end of another path."""
    room().archive.head(session_id, leaf)
    let_go(session_id)
    st.rerun()
