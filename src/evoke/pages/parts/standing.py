"""What stays at the foot of a talk: the words to say, the brief, the way out, the time, and what this is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from evoke.pages.parts.again import before
from evoke.pages.parts.brief import brief
from evoke.pages.parts.clock import now, of_planned, time_in_talk
from evoke.pages.parts.ending import step_out
from evoke.pages.parts.here import room
from evoke.pages.parts.plain import plain
from evoke.pages.parts.sent import BOX, fill_box, send
from evoke.pages.parts.stepping_out import BANNER

if TYPE_CHECKING:
    from evoke.session import Session

MOST_LETTERS = 12_000  # about two thousand words; more is a paste gone wrong
LOOK_AT_CLOCK_S = 20


def foot(session: Session, *, may_speak: bool) -> None:
    """The foot of the page; what the learner sends is found in `sent`."""
    if may_speak:
        fill_box(session.id)
    name = session.persona.name
    st.chat_input(  # outside of `st.bottom`, so that the page stays at the newest words
        f"Say something to {name}" if may_speak else f"{name} has the word",
        key=BOX,
        max_chars=MOST_LETTERS,
        submit_mode="stop",
        disabled=not may_speak,
        on_submit=send,
        args=(session.id,),
    )
    with st.bottom:
        with st.container(horizontal=True, gap="xsmall"):
            _ways(session)
        _small_print(session)


def _ways(session: Session) -> None:
    """The brief, the pause and the end, each one click away."""
    with st.popover("Brief", icon=":material/description:", key="brief"):
        before(session.persona, session.record.memory)
        brief(session.persona)
    st.button("Step out", icon=":material/pause:", key="step_out", on_click=step_out, args=(session,), help=_OUT)
    end = f"End the talk with {plain(session.persona.name)}"
    st.button("End and debrief", icon=":material/flag:", key="end", on_click=_end, help=end)


_OUT = "Leave the role for a moment. Nothing is lost."


def _end() -> None:
    st.session_state.ending = True


def _small_print(session: Session) -> None:
    """What this is, how long it has lasted, what it has cost; the time moves on by itself."""

    @st.fragment(run_every=LOOK_AT_CLOCK_S)
    def line() -> None:
        spent = time_in_talk(room().archive.moments(session.id), now())
        parts = (f"**{BANNER}**", of_planned(spent, session.persona.brief.minutes), cost(session))
        st.markdown(f":small[{' · '.join(part for part in parts if part)}]")

    line()


def cost(session: Session) -> str:
    """Tokens so far, and money where a price is known."""
    used = session.usage
    if not used.tokens:
        return ""
    return f"{used.tokens:,} tokens" + (f", {used.cost:.3f} in money" if used.cost else "")
