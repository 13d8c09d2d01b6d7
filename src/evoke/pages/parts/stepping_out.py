"""The way out of the role: what this is and is not, and where help is. Knows no session."""

from __future__ import annotations

import streamlit as st

from evoke.pages.parts.plain import plain

BANNER = "Practice with a simulated client. Not care."

_CONCERN = """
Something you wrote sounded as if it might be about you rather than about the exercise. If it was only part of the
practice, go back in whenever you like. If it was not, the rest can wait.
"""
_WHAT_THIS_IS = """
{name} is a simulated client, played by a computer. {name} cannot be harmed, and cannot help. Nothing in this room is
care or advice for you or for anybody you look after. Your words are kept, and the talk waits where you left it.
"""
_HELP = """
- **If this touched something of your own:** you do not owe the exercise an ending. Talk to somebody real: a colleague,
  a supervisor, a friend, your own doctor.
- **If you or somebody near you may be in danger now:** ring your local emergency number, or go to the nearest
  emergency department.
- **If you need to talk to somebody today:** most countries have free crisis lines, many of them open day and
  night. A health service, or a search for “crisis line” and your country, will give you the number.
- **If you are worried about a real person in your care:** leave the practice room and follow your local
  safeguarding procedure, with a colleague.
"""


def stepped_out(name: str, *, concern: bool) -> None:
    """The pause itself, in words; the page adds the buttons."""
    st.title("You have stepped out", anchor=False)
    if concern:
        st.info(_CONCERN, icon=":material/front_hand:")
    st.markdown(_WHAT_THIS_IS.format(name=plain(name)))
    st.header("If you need help", anchor=False)
    st.markdown(_HELP)
