"""What stood out: two strengths and two things to try, in the learner's own words first. Knows the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from evoke.coach.better import Better, Origin
from evoke.coach.feedback import Item
from evoke.coach.quotes import Quote
from evoke.pages.parts.passage import passage
from evoke.pages.parts.plain import plain, spoken_by
from evoke.pages.parts.said import TryAgain

if TYPE_CHECKING:
    from evoke.coach.report import Report

PAIRS = 2  # a strength and a growth point each; more are not taken in at a time
FROM: dict[Origin, str] = {
    "card": "Written for this client by the author of the card.",
    "handbook": "An example from the handbook, about somebody else.",
    "model": "Written by a language model, so weigh it with care.",
}


def standing_out(report: Report, name: str, try_again: TryAgain | None) -> None:
    """The summary; a strength and a growth point, then a second pair; a third of either on request.

    Without `try_again`, of a talk that was held elsewhere, nothing leads back to the moment.
    """
    for note in (report.summary, *report.notes):
        if note:
            st.markdown(plain(note))
    _some("What went well", report.strengths[:1], name, try_again)
    _some("What to try next", report.growth[:1], name, try_again)
    _some("Also went well", report.strengths[1:PAIRS], name, try_again)
    _some("Also worth trying", report.growth[1:PAIRS], name, try_again)
    others = len(report.strengths[PAIRS:]) + len(report.growth[PAIRS:])
    if others and st.toggle(f"Show {others} more", key="more_points", persist_state="session"):
        _some("Something else that went well", report.strengths[PAIRS:], name, try_again)
        _some("Something else to try", report.growth[PAIRS:], name, try_again)


def _some(heading: str, items: Sequence[Item], name: str, try_again: TryAgain | None) -> None:
    if items:
        st.header(heading, anchor=False)
    for item in items:
        with st.container(border=True):
            _point(item, name)
            if item.again_from:
                _own_line_first(item, item.again_from, try_again)
            elif item.better:
                _show(item.better, "You could go on from there with")


def _point(item: Item, name: str) -> None:
    st.subheader(plain(item.title), anchor=False)
    st.markdown(plain(item.text))
    _said("You said", item.quote)
    if item.then:
        _said(f"{name} then said", item.then)
    if item.after:
        st.markdown(plain(item.after))
    if item.why:
        with st.expander(f"Why it matters: {plain(item.why.title)}", icon=":material/menu_book:"):
            passage(item.why)


def _said(who: str, words: Quote) -> None:
    st.markdown(spoken_by(who, words.text + (" …" if words.cut else "")))


def _own_line_first(item: Item, turn_id: str, try_again: TryAgain | None) -> None:
    """The learner's own better line; only then one of ours, and the way back to the moment."""
    key = f"{item.pattern}_{turn_id}"
    own = st.text_area(
        "How would you say it now? Write your own line first.",
        key=f"own_{key}",
        max_chars=1000,
        persist_state="session",
    )
    shown: set[str] = st.session_state.setdefault("lines_shown", set())
    with st.container(horizontal=True):
        if item.better and st.button("Compare with another line", key=f"show_{key}", disabled=key in shown):
            shown.add(key)
        if try_again and st.button("Try again from here", key=f"again_{key}", icon=":material/replay:", type="primary"):
            try_again(turn_id)
    if item.better and key in shown:
        _compare(str(own or "").strip(), item.better)


def _compare(own: str, better: Better) -> None:
    if own:
        st.markdown(spoken_by("Yours", own))
    _show(better, "Another line")


def _show(better: Better, lead: str) -> None:
    st.markdown(f"{spoken_by(lead, better.text)}  \n:small[{FROM[better.origin]}]")
