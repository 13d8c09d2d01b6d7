"""The four overall impressions as bands, each with the words it rests on. Knows ratings, makes none."""

from __future__ import annotations

import streamlit as st

from evoke.coach.evidence import GlobalName
from evoke.coach.globals import Global, Globals
from evoke.pages.parts.figures import BAND
from evoke.pages.parts.plain import plain

NAMES: dict[GlobalName, tuple[str, str]] = {
    "cultivating": ("Cultivating change talk", "how far you invited and deepened the client’s own reasons for change"),
    "softening": ("Softening sustain talk", "how far you kept from dwelling on the reasons against it"),
    "partnership": ("Partnership", "how far the power to decide was shared"),
    "empathy": ("Empathy", "how far you grasped what it is like to be them, and showed it"),
}


def overall(found: Globals | None) -> None:
    """Four bands with their evidence; a sentence where the talk is too short for any."""
    st.header("Overall impressions", anchor=False)
    if found is None:
        st.markdown("This talk is too short for an overall impression.")
        return
    st.markdown(
        "Bands after the MITI scheme, reached by rules from your coded turns, not by a trained rater: take them as a "
        "place to look, and the words below them as the reason." + (" The talk was short." if found.tentative else "")
    )
    for rating in found.ratings:
        _rating(rating)


def _rating(rating: Global) -> None:
    name, means = NAMES[rating.name]
    with st.expander(f"**{name}**: {BAND[rating.band]}"):
        st.markdown(f"This is {means}.")
        for one in rating.evidence:
            st.markdown(f"- “{plain(one.quote.text)}” You {plain(one.why)}.")
        if not rating.evidence:
            st.markdown("No single turn speaks for or against it.")
