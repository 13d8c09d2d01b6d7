"""The debrief of a talk from elsewhere: the sections of a practice session, without the client's inside."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Mapping, Sequence
from io import StringIO
from typing import TYPE_CHECKING

import streamlit as st

from evoke.coder.codes_csv import CodedRow, codes_table
from evoke.codes import Uncoded
from evoke.pages.parts.change_talk import change_talk
from evoke.pages.parts.coding import CodedTalk, Objection
from evoke.pages.parts.figures import figures
from evoke.pages.parts.globals import overall
from evoke.pages.parts.here import go, link, room
from evoke.pages.parts.plain import plain
from evoke.pages.parts.rooms import rooms
from evoke.pages.parts.said import Disagree, as_coded, transcript
from evoke.pages.parts.sections import Sections, download, in_tabs
from evoke.pages.parts.standing_out import standing_out
from evoke.pages.parts.upload import left_out
from evoke.readers import Row
from evoke.transcript import Turn

if TYPE_CHECKING:
    from evoke.coach.report import Report
    from evoke.keep import SessionRecord

TITLE = "Debrief of a transcript"
YOURS = "The counsellor’s turns are shown as yours."


def debriefed_here(talk: CodedTalk) -> None:
    """A talk that was just coded: what it shows, files to take away, and the choice to keep it."""

    def disagree(turn: Turn, instead: str, why: str) -> None:
        talk.objections.append(Objection(turn.id, as_coded(turn), instead, why))
        if talk.kept:
            room().archive.disagree(talk.kept, turn.id, as_coded(turn), instead, why)

    in_tabs(_sections(talk.report, talk.facts, disagree), key="section_here")
    left_out(talk.rejects)
    _take_away(talk.report, lambda: codes_table(talk.rows), talk.stem)
    if talk.objections:
        download("Your objections (CSV)", lambda: _objections(talk), f"{talk.stem}-objections.csv", "text/csv")
    _keep_or_not(talk)


def debriefed_kept(record: SessionRecord) -> None:
    """A talk from elsewhere that stands in the archive."""

    def disagree(turn: Turn, instead: str, why: str) -> None:
        room().archive.disagree(record.id, turn.id, as_coded(turn), instead, why)

    st.title(TITLE, anchor=False)
    st.caption(YOURS)
    facts = {
        "Kept": f"{record.started:%d %B %Y, %H:%M} UTC",
        "The change": record.target or "not said",
        "Evoke": record.evoke_version,
        "Session": record.id,
    }
    report = _report(record.id, len(record.turns))
    in_tabs(_sections(report, facts, disagree), key="section_kept")
    _take_away(report, lambda: codes_table(_rows(record.turns)), f"evoke-transcript-{record.started:%Y-%m-%d}")
    with st.container(horizontal=True, vertical_alignment="center"):
        link("clients", "Back to the clients", ":material/group:")
        if _removed(record.id):
            go("clients")


@st.cache_resource(max_entries=10, show_spinner="Reading the talk again")
def _report(session_id: str, turns: int) -> Report:
    return room().report(session_id)


def _rows(turns: Sequence[Turn]) -> list[CodedRow]:
    """Kept turns as the rows that they were."""
    return [
        (Row("1", turn.id, turn.speaker, turn.text, n), turn.coded or Uncoded(speaker=turn.speaker, reason=""))
        for n, turn in enumerate(turns, start=1)
    ]


def _sections(report: Report, facts: Mapping[str, str], disagree: Disagree) -> Sections:
    def measures() -> None:
        figures(report.measures)
        overall(report.globals)

    return {
        "What stood out": lambda: standing_out(report, "The client", None),
        "Transcript": lambda: transcript("Client", report.turns, disagree, None),
        "Measures": measures,
        "Change talk": lambda: change_talk("the client", report.turns),
        "Balance": lambda: rooms(report.balance, report.turns),
        "Technical": lambda: _technical(report, facts),
    }


def _technical(report: Report, facts: Mapping[str, str]) -> None:
    uncoded = len(report.technical.uncoded)
    known = {**facts, "Turns not coded": str(uncoded or "none"), "Coder": "the encoder, on this machine",
             "Better lines by": "the handbook; no language model was asked"}  # fmt: skip
    rows = [{"What": what, "Value": plain(value)} for what, value in known.items()]
    st.table(rows, hide_index=True, hide_header=True, border="horizontal", alt="How the transcript was coded")


def _take_away(report: Report, codes: Callable[[], str], stem: str) -> None:
    from evoke.coach.report import to_html

    def as_json() -> str:
        return json.dumps(report.to_json(), ensure_ascii=False, indent=1)

    st.header("Take it with you", anchor=False)
    with st.container(horizontal=True):
        download("Codes (CSV)", codes, f"{stem}-codes.csv", "text/csv")
        download("Debrief as a page (HTML)", lambda: to_html(report), f"{stem}.html", "text/html")
        download("Debrief as data (JSON)", as_json, f"{stem}.json", "application/json")


def _objections(talk: CodedTalk) -> str:
    """Where the reader disagreed, as a table."""
    ids = {str(n): row.utterance_id for n, (row, _) in enumerate(talk.rows, start=1)}
    text = StringIO(newline="")
    csv.writer(text).writerows(
        (
            ("utterance_id", "said", "instead", "why"),
            *((ids[one.turn_id], one.said, one.instead, one.why) for one in talk.objections),
        )
    )
    return text.getvalue()


def _keep_or_not(talk: CodedTalk) -> None:
    """Nothing is kept unless somebody says so, and what was kept can be removed."""
    st.header("Keep it?", anchor=False)
    if talk.kept:
        st.markdown("Kept. It stands among your talks on the page Clients.")
        if _removed(talk.kept):
            talk.kept = ""
            st.rerun()
        return
    st.markdown("The transcript is only in this tab: when you close or reload it, it is gone.")
    if st.button("Keep it on this machine", key="keep_talk", icon=":material/inventory_2:"):
        talk.kept = room().keep_elsewhere(talk.transcript)
        for one in talk.objections:
            room().archive.disagree(talk.kept, one.turn_id, one.said, one.instead, one.why)
        st.rerun()


def _removed(session_id: str) -> bool:
    """A way to remove a kept transcript, asked twice; whether it was taken."""
    with st.popover("Remove it", key=f"remove_{session_id}", icon=":material/delete:"):
        st.markdown(
            "The transcript, its codes and your objections are deleted from this machine. There is no way back."
        )
        gone = st.button("Remove it for good", key=f"removed_{session_id}", type="primary")
    if gone:
        room().archive.delete(session_id)
    return gone
