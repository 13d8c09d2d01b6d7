"""The client inside: how trust, discord, importance and confidence moved, and which words moved them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, get_args

import altair as alt
import streamlit as st

from evoke.pages.parts.plain import plain, shortened
from evoke.persona import Stage
from evoke.transcript import Step, Turn, Variable

MEANING: dict[Variable, str] = {
    "trust": "Trust in you",
    "discord": "Discord between you",
    "importance": "How much the change matters",
    "confidence": "Confidence to manage it",
}
STAGE: dict[Stage, str] = {
    "precontemplation": "not considering the change",
    "contemplation": "in two minds",
    "preparation": "getting ready",
}


def client_inside(name: str, turns: Sequence[Turn]) -> None:
    """Four lines over the talk, and every step with its reason in a table beside them."""
    felt = [turn for turn in turns if turn.speaker == "learner" and turn.state]
    if not felt:
        st.markdown("Nothing to show yet: the talk ended before you said anything.")
        return
    st.markdown(
        "What the client felt after each of your turns, from 0 to 10. These numbers come from a small set of rules, "
        "not from a person. The table says which of your words moved what, and why."
    )
    st.altair_chart(mood_chart(felt), alt=_in_words(name, felt), key="mood_chart")
    last = felt[-1].state
    assert last
    st.markdown(f"At the end {plain(name)} was **{STAGE[last.stage]}**.")
    st.subheader("What moved them", anchor=False)
    st.table(
        steps_table(felt), hide_index=True, alt="Each change of the client’s state, with your words and the reason"
    )


def mood_chart(felt: Sequence[Turn]) -> alt.Chart:
    """Lines for the four variables; each point is one of the learner's turns."""
    return (
        alt.Chart(alt.Data(values=mood_points(felt)))
        .mark_line(point=alt.OverlayMarkDef(size=60))
        .encode(
            x=alt.X("turn:Q", title="Your turn", axis=alt.Axis(tickMinStep=1, format="d", grid=False)),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, 10])),
            color=alt.Color("what:N", title=None, sort=list(MEANING.values()), legend=_LEGEND),
            strokeDash=alt.StrokeDash("what:N", sort=list(MEANING.values()), legend=None),
            tooltip=[
                alt.Tooltip("turn:Q", title="Your turn"),
                alt.Tooltip("words:N", title="You said"),
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("value:Q", title="Now at", format=".1f"),
                alt.Tooltip("reasons:N", title="Why it moved"),
            ],
        )
        .properties(height=320)
    )


_LEGEND = alt.Legend(orient="bottom", direction="horizontal", columns=2, labelLimit=240)


def mood_points(felt: Sequence[Turn]) -> list[dict[str, Any]]:
    """One row a turn and variable."""
    return [
        {
            "turn": place,
            "what": meaning,
            "value": getattr(turn.state, variable),
            "words": shortened(turn.text),
            "reasons": _reasons(turn.steps, variable) or "it stayed as it was",
        }
        for place, turn in enumerate(felt, start=1)
        for variable, meaning in MEANING.items()
    ]


def steps_table(felt: Sequence[Turn]) -> list[dict[str, str]]:
    """One row a step: the learner's words, what moved, which way, and why."""
    return [
        {
            "Your turn": plain(f"{place}. {shortened(turn.text, 60)}"),
            "What moved": plain(f"{MEANING[step.variable]} {step.delta:+.1f}"),
            "Why": plain(step.reason),
        }
        for place, turn in enumerate(felt, start=1)
        for step in turn.steps
        if step.delta
    ]


def _reasons(steps: Sequence[Step], variable: Variable) -> str:
    return "; ".join(f"{step.delta:+.1f}: {step.reason}" for step in steps if step.variable == variable and step.delta)


def _in_words(name: str, felt: Sequence[Turn]) -> str:
    """The chart for somebody who cannot see it: where each line began and ended."""
    first, last = felt[0].state, felt[-1].state
    moves = (
        f"{MEANING[variable].lower()} from {getattr(first, variable):.1f} to {getattr(last, variable):.1f}"
        for variable in get_args(Variable)
    )
    return f"How {name} felt over {len(felt)} of your turns: " + ", ".join(moves)
