"""The technical side of a talk: who spoke, with which versions, what was caught, how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

import streamlit as st

from evoke.pages.parts.plain import plain
from evoke.transcript import Turn, Usage

if TYPE_CHECKING:
    from evoke.coach.report import Caught, Report
    from evoke.keep import SessionRecord

OUTCOME = {"regenerated": "said again", "line": "replaced by the card’s own line", "cut": "ended before it"}


def technical(report: Report, record: SessionRecord) -> None:
    """Facts about how the talk was held, for trainers and for those who run Evoke."""
    st.table(facts(report, record), hide_index=True, hide_header=True, border="horizontal", alt="How the talk was held")
    st.header("Replies that were not let through", anchor=False)
    if not report.technical.caught:
        st.markdown("None.")
    else:
        st.table(
            catches(report.technical.caught), hide_index=True, border="horizontal", alt="Replies caught by the guard"
        )


def facts(report: Report, record: SessionRecord) -> list[dict[str, str]]:
    """Each fact with its value."""
    side = report.technical
    values = {
        "Client’s voice": side.model,
        "Client’s card": f"{record.persona.id} {record.persona.version}, {record.persona.hash}",
        "Seed": side.seed,
        "Prompts": record.prompt_hash,
        "Evoke": record.evoke_version,
        "Session": record.id,
        "Begun": f"{record.started:%d %B %Y, %H:%M} UTC",
        "First word": timing(report.turns, "first_word_ms"),
        "Whole reply": timing(report.turns, "reply_ms"),
        "Tokens": spent(side.usage),
        "Better lines by": side.coach_model or "the card and the handbook",
        "Turns not coded": len(side.uncoded) or "none",
    }
    return [{"What": what, "Value": plain(str(value))} for what, value in values.items() if value is not None]


def timing(turns: Sequence[Turn], what: str) -> str:
    """The median and the longest of a time, in seconds."""
    times = [ms for turn in turns if (ms := getattr(turn, what)) is not None]
    return f"{median(times) / 1000:.1f} s in the middle, {max(times) / 1000:.1f} s at most" if times else "not measured"


def spent(usage: Usage) -> str:
    """Tokens and calls, and money where a price is known."""
    money = f", at a cost of {usage.cost:.4f}" if usage.cost else ""
    cached = f" ({usage.cached_tokens:,} of them cached)" if usage.cached_tokens else ""
    return f"{usage.prompt_tokens:,} read{cached}, {usage.completion_tokens:,} written, {usage.calls} calls{money}"


def catches(caught: Sequence[Caught]) -> list[dict[str, str]]:
    """Each reply that was caught: the rule, the words, and what came of it."""
    return [
        {
            "Rule": plain(one.catch.rule.replace("_", " ")),
            "What the model said": plain(one.catch.said),
            "What came of it": OUTCOME.get(one.catch.outcome, one.catch.outcome),
        }
        for one in caught
    ]
