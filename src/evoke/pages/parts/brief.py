"""What the learner reads before the talk, and may open again at any time. Knows the card's brief, never its secrets."""

from __future__ import annotations

import streamlit as st

from evoke.pages.parts.plain import plain
from evoke.persona import Persona


def brief(card: Persona) -> None:
    """Setting, referral, what is known, goals, and a note on what may come up."""
    about = card.brief
    _part("Where you are", about.setting)
    _part("Why you meet", about.referral)
    _part("What you know", about.known)
    st.markdown("**What to practise**\n" + "\n".join(f"- {plain(goal)}" for goal in about.goals))
    st.markdown(f"**The change this talk is about**  \n{plain(card.target_behaviour)}")
    st.caption(f":material/info: {plain(card.safety.content_note)}")


def _part(heading: str, words: str) -> None:
    st.markdown(f"**{heading}**  \n{plain(words)}")
