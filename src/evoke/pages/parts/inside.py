"""The client inside: how trust, discord, importance and confidence moved, and which words moved them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, NamedTuple, get_args

import altair as alt
import streamlit as st

from evoke.pages.parts.plain import plain, shortened
from evoke.persona import Stage
from evoke.transcript import Mood, Step, Turn, Variable

MEANING: dict[Variable, tuple[str, str]] = {
    "trust": ("Trust", "how safe they feel with you"),
    "discord": ("Discord", "how much they push against you"),
    "importance": ("Importance", "how much the change matters to them"),
    "confidence": ("Confidence", "how far they think they could manage it"),
}
STAGE: dict[Stage, str] = {
    "precontemplation": "not considering the change",
    "contemplation": "in two minds",
    "preparation": "getting ready",
}
_NAMES = [name for name, _ in MEANING.values()]


class Felt(NamedTuple):
    """One exchange as the client felt it: the learner's words, every step, and the mood after the client's answer."""

    number: int
    words: str
    steps: tuple[Step, ...]
    mood: Mood


def exchanges(turns: Sequence[Turn]) -> list[Felt]:
    """Each of the learner's turns together with the client's answer to it."""
    found: list[Felt] = []
    for turn, after in pairwise([*turns, None]):
        if turn and turn.speaker == "learner":
            answer = after if after and after.speaker == "client" else None
            mood = answer.state if answer and answer.state else turn.state
            steps = turn.steps + (answer.steps if answer else ())
            if mood:
                found.append(Felt(len(found) + 1, turn.text, steps, mood))
    return found


def client_inside(name: str, turns: Sequence[Turn]) -> None:
    """Four lines over the talk, and every step with its reason in a table below them."""
    felt = exchanges(turns)
    if not felt:
        st.markdown("Nothing to show yet: nothing was said that the client could feel.")
        return
    meaning = "; ".join(f"**{what.lower()}**, {means}" for what, means in MEANING.values())
    st.markdown(
        f"How {plain(name)} felt after each of your turns, from 0 to 10: {meaning}. "
        "The numbers come from a small set of rules, not from a person."
    )
    st.altair_chart(mood_chart(felt), alt=_in_words(name, felt), key="mood_chart")
    st.markdown(f"At the end {plain(name)} was **{STAGE[felt[-1].mood.stage]}**.")
    st.header("What moved them", anchor=False)
    st.table(steps_table(felt), hide_index=True, border="horizontal", alt="What each of your turns moved, and why")


def mood_chart(felt: Sequence[Felt]) -> alt.Chart:
    """Lines for the four variables; each point is one of the learner's turns."""
    return (
        alt.Chart(alt.Data(values=mood_points(felt)))
        .mark_line(point=alt.OverlayMarkDef(size=60), strokeWidth=2.5)
        .encode(
            x=alt.X("turn:Q", title="Your turn", axis=alt.Axis(tickMinStep=1, format="d", grid=False)),
            y=alt.Y("value:Q", title=None, scale=alt.Scale(domain=[0, 10])),
            color=alt.Color("what:N", title=None, sort=_NAMES, legend=_LEGEND),
            strokeDash=alt.StrokeDash("what:N", sort=_NAMES, legend=None),
            tooltip=[
                alt.Tooltip("turn:Q", title="Your turn"),
                alt.Tooltip("words:N", title="You said"),
                alt.Tooltip("what:N", title="What"),
                alt.Tooltip("value:Q", title="Now at", format=".1f"),
                alt.Tooltip("reasons:N", title="Why it moved"),
            ],
        )
        .properties(height=380)
    )


_LEGEND = alt.Legend(orient="top", direction="horizontal", columns=2, symbolType="circle", columnPadding=12)


def mood_points(felt: Sequence[Felt]) -> list[dict[str, Any]]:
    """One row a turn and variable."""
    return [
        {
            "turn": one.number,
            "what": MEANING[variable][0],
            "value": getattr(one.mood, variable),
            "words": shortened(one.words),
            "reasons": _reasons(one.steps, variable) or "it stayed as it was",
        }
        for one in felt
        for variable in get_args(Variable)
    ]


def steps_table(felt: Sequence[Felt]) -> list[dict[str, str]]:
    """One row a turn that moved something: the learner's words, and each step with its reason."""
    return [
        {
            "Your turn": plain(f"{one.number}. {shortened(one.words, 70)}"),
            "What moved, and why": "  \n".join(_step(step) for step in one.steps if step.delta),
        }
        for one in felt
        if any(step.delta for step in one.steps)
    ]


def _step(step: Step) -> str:
    return f"**{MEANING[step.variable][0]} {plain(step.amount)}** {plain(step.reason)}"


def _reasons(steps: Sequence[Step], variable: Variable) -> str:
    return "; ".join(f"{step.amount}: {step.reason}" for step in steps if step.variable == variable and step.delta)


def _in_words(name: str, felt: Sequence[Felt]) -> str:
    """The chart for somebody who cannot see it: where each line began and ended."""
    first, last = felt[0].mood, felt[-1].mood
    moves = (
        f"{MEANING[variable][0].lower()} from {getattr(first, variable):.1f} to {getattr(last, variable):.1f}"
        for variable in get_args(Variable)
    )
    return f"How {name} felt over {len(felt)} of your turns: " + ", ".join(moves)
