"""The debrief itself, in sections of which only the open one is drawn. Knows the report, judges nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import streamlit as st

from evoke.pages.parts.again import again, which_talk
from evoke.pages.parts.beside import beside
from evoke.pages.parts.change_talk import change_talk
from evoke.pages.parts.desk import session
from evoke.pages.parts.figures import figures
from evoke.pages.parts.globals import overall
from evoke.pages.parts.guess import compared
from evoke.pages.parts.here import link, room
from evoke.pages.parts.inside import client_inside
from evoke.pages.parts.retry import try_again
from evoke.pages.parts.rooms import rooms
from evoke.pages.parts.said import as_coded, transcript
from evoke.pages.parts.sections import Sections, download, in_tabs
from evoke.pages.parts.standing_out import standing_out
from evoke.pages.parts.technical import technical
from evoke.pages.parts.tree import leaves, path_names
from evoke.transcript import Turn

if TYPE_CHECKING:
    from evoke.coach.report import Report
    from evoke.keep import SessionRecord


def debriefed(record: SessionRecord, name: str, rating: dict[str, Any]) -> None:
    """The chosen path's debrief, and the file to take away."""
    which_talk(record)
    ends = [turn.id for turn in leaves(record.turns)]
    names = path_names(record.turns, ends)
    leaf = _chosen(ends, names, record.head)
    report = _report(record.id, leaf, _mark(record))
    sections = _sections(record, report, name, rating)
    if len(ends) > 1:
        sections["Paths"] = lambda: beside(record.turns, ends, names)
    in_tabs(sections, key="section")
    _take_away(record, report)


def _chosen(ends: list[str], names: list[str], head: str | None) -> str:
    """The path to look at, where there are several."""
    if len(ends) == 1:
        return ends[0]
    named = dict(zip(ends, names, strict=True))
    at = ends.index(head) if head in ends else len(ends) - 1
    return str(st.selectbox("Path", ends, index=at, format_func=named.__getitem__, key="debrief_path"))


@st.cache_resource(max_entries=40, show_spinner="Reading the talk again")
def _report(session_id: str, leaf: str, mark: str) -> Report:
    """The report of a path; `mark` changes whenever the session has."""
    return room().report(session_id, leaf)


def _mark(record: SessionRecord) -> str:
    return f"{len(record.turns)}:{sum(len(turn.text) for turn in record.turns)}"


def _sections(record: SessionRecord, report: Report, name: str, rating: dict[str, Any]) -> Sections:
    def again(turn_id: str) -> None:
        try_again(session(record.id), turn_id)

    def disagree(turn: Turn, instead: str, why: str) -> None:
        room().archive.disagree(record.id, turn.id, as_coded(turn), instead, why)

    def inside() -> None:
        client_inside(name, report.turns)
        if record.card:
            last = next((turn.state for turn in reversed(report.turns) if turn.state), None)
            compared(rating, record.card, last.stage if last else None)

    def measures() -> None:
        figures(report.measures)
        overall(report.globals)

    return {
        "What stood out": lambda: standing_out(report, name, again),
        "Transcript": lambda: transcript(name, report.turns, disagree, again),
        "Measures": measures,
        "The client inside": inside,
        "Change talk": lambda: change_talk(name, report.turns),
        "Balance": lambda: rooms(report.balance, report.turns),
        "Technical": lambda: technical(report, record),
    }


def _take_away(record: SessionRecord, report: Report) -> None:
    from evoke.coach.report import to_html

    def as_json() -> str:
        return json.dumps(report.to_json(), ensure_ascii=False, indent=1)

    stem = f"evoke-{record.persona.id}-{record.started:%Y-%m-%d}"
    st.header("Take it with you", anchor=False)
    with st.container(horizontal=True):
        download("Debrief as a page (HTML)", lambda: to_html(report), f"{stem}.html", "text/html")
        download("Debrief as data (JSON)", as_json, f"{stem}.json", "application/json")
    with st.container(horizontal=True, vertical_alignment="center"):
        if record.card:
            again(record.id, record.card.name)
        link("practice", "Back to the talk", ":material/forum:", session=record.id)
        link("clients", "Choose another client", ":material/group:")
