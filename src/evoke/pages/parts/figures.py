"""The measures of a talk in plain words, with the bands that have them. Knows arithmetic already done."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from evoke.coder.table import table
from evoke.measures import THRESHOLDS, Band, Banded, Measures
from evoke.pages.parts.plain import plain

NOT_APPLICABLE = "not applicable"
BAND: dict[Band, str] = {"below": "below fair", "fair": "fair", "good": "good"}
HOW_FAR_TO_TRUST = (
    "**How far to trust these.** Human coders agree well on what is a question and what is a reflection. They agree "
    "poorly on simple against complex reflections and on open against closed questions, and so does this program: read "
    "the two figures marked with * as hints. The bands are the MITI authors’ own opinion of what is fair and what is "
    "good; there are no norms."
)


def figures(found: Measures) -> None:
    """The banded measures as tiles, the rest as a table."""
    with st.grid(2):
        _tile("Reflections for each question", ratio(found.reflections_per_question), "reflections_per_question", found)
        _tile("Complex among reflections *", share(found.complex_share), "complex_share", found)
    st.table(rows(found), hide_index=True, border="horizontal", alt="All measures of this talk")
    st.markdown(HOW_FAR_TO_TRUST)
    st.header("How often you did what", anchor=False)
    st.table(code_rows(found), hide_index=True, border="horizontal", alt="How often each code was given")


def _tile(label: str, value: str, name: Banded, found: Measures) -> None:
    threshold, band = THRESHOLDS[name], found.bands.get(name)
    with st.container(border=True):
        st.metric(label, value)
        form = share if name == "complex_share" else ratio
        st.caption(f"{_band(band)} Fair from {form(threshold.fair)}, good from {form(threshold.good)}.")


def _band(band: Band | None) -> str:
    return f"This is {BAND[band]}." if band else "There was nothing to divide by."


def rows(found: Measures) -> list[dict[str, str]]:
    """Every other measure: what it is, its value, and what to make of it."""
    table_of = [
        (
            "Open among questions *",
            share(found.open_share),
            "Open questions invite a story; closed ones a fact.",
        ),
        ("Your share of the words", share(found.talk_share), "In good talks the client usually has at least half."),
        ("With the client", str(found.adherent), "Affirming, sharing the lead, leaving the choice with them."),
        ("Against the client", str(found.non_adherent), "Persuading unasked and confronting. None is the aim."),
        ("Change talk", str(found.change_talk), "Turns in which the client leaned towards the change."),
        ("Sustain talk", str(found.sustain_talk), "Turns in which the client leaned towards leaving it."),
        ("Change talk out of both", share(found.change_share), "More than half by the end is a good sign."),
        ("The same, quarter by quarter", quarters(found.change_by_quarter), "It often starts low and rises."),
        ("Turns not coded", str(found.uncoded_turns), "They are in none of the figures."),
    ]
    return [{"Measure": plain(name), "Value": value, "What it says": plain(says)} for name, value, says in table_of]


def code_rows(found: Measures) -> list[dict[str, str]]:
    """Each code with its count and what it is."""
    return [
        {"What": plain(entry.name), "Turns": str(found.counts.get(code, 0)), "What it is": plain(entry.definition)}
        for code, entry in table().codes.items()
    ]


def ratio(value: float | None) -> str:
    """A ratio to one decimal, or that it does not apply."""
    return NOT_APPLICABLE if value is None else f"{value:.1f}"


def share(value: float | None) -> str:
    """A share as a percentage, or that it does not apply."""
    return NOT_APPLICABLE if value is None else f"{value:.0%}"


def quarters(values: Sequence[float | None]) -> str:
    """Four shares in a row; a dash where there was nothing to share."""
    return ", ".join("–" if value is None else f"{value:.0%}" for value in values)
