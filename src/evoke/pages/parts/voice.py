"""The line that says whether the client's voice is ready. Knows the state of the weights, not where they come from."""

from __future__ import annotations

import streamlit as st

from evoke.pages.parts.here import room
from evoke.room import ModelState

_MEGA = 1_000_000


def voice_line() -> None:
    """Say how far the client's voice is; looks again every second while it is still coming."""
    waiting = room().model_state().stage == "fetching"
    st.fragment(_line, run_every=1 if waiting else None)(waiting)


def _line(waited: bool) -> None:
    state = room().model_state()
    if waited and state.stage != "fetching":
        st.rerun()
    if state.stage == "fetching":
        _how_far(state)
    elif state.stage != "ready":
        st.warning(state.advice, title="The clients cannot answer yet", icon=":material/voice_over_off:")


def _how_far(state: ModelState) -> None:
    """A bar, and the promise that nothing has to wait for it but the talk itself."""
    share = state.done / state.total if state.total else 0.0
    size = f"{state.done // _MEGA:,} of {state.total // _MEGA:,} MB" if state.total else "starting"
    st.progress(share, text=f"The clients’ voice is being fetched, once: {size}. You can read every brief meanwhile.")
