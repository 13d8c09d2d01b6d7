"""Change talk and sustain talk over a talk: what the client said for and against changing. Knows client turns only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import altair as alt
import streamlit as st

from evoke.codes import Coded, Talk, TalkKind
from evoke.pages.parts.ink import ink
from evoke.pages.parts.plain import shortened
from evoke.transcript import Turn

SIDE: dict[Talk, tuple[int, str]] = {
    "change": (1, "For change"),
    "sustain": (-1, "Against change"),
    "neutral": (0, "Neither"),
}
KIND: dict[TalkKind, str] = {
    "desire": "wanting to",
    "ability": "being able to",
    "reason": "a reason",
    "need": "having to",
    "commitment": "meaning to",
    "activation": "getting ready to",
    "taking_steps": "already doing something",
    "other": "leaning that way",
}


def change_talk(name: str, turns: Sequence[Turn]) -> None:
    """One bar a client turn: up for change, down against it."""
    spoken = [turn for turn in turns if turn.speaker == "client" and isinstance(turn.coded, Coded) and turn.coded.talk]
    if not spoken:
        st.markdown("The client’s turns in this talk have not been coded.")
        return
    st.markdown(
        "Each bar is one thing the client said. **Up** is change talk: words that lean towards the change. **Down** is "
        "sustain talk: words for leaving things as they are. Hearing both is what being in two minds sounds like; in "
        "a good talk the balance tends to shift upwards towards the end."
    )
    st.altair_chart(talk_chart(spoken), alt=_in_words(name, spoken), key="talk_chart")


def talk_chart(spoken: Sequence[Turn]) -> alt.LayerChart:
    """Bars above and below a line, and a tick on the line for what was neither, where there are such."""
    points = talk_points(spoken)
    base = alt.Chart(alt.Data(values=points)).encode(
        x=alt.X("turn:O", title="Client’s turn", axis=alt.Axis(labelAngle=0, labelOverlap=True, **_ink())),
        color=alt.Color("side:N", title=None, sort=[label for _, label in SIDE.values()], legend=_legend()),
        tooltip=[
            alt.Tooltip("turn:O", title="Client’s turn"),
            alt.Tooltip("words:N", title="They said"),
            alt.Tooltip("side:N", title="Heard as"),
            alt.Tooltip("kind:N", title="Of the kind"),
        ],
    )
    height = alt.Y("height:Q", title=None, axis=None, scale=alt.Scale(domain=[-1.2, 1.2]))
    layers = []
    if any(point["height"] for point in points):
        layers.append(base.transform_filter(alt.datum.height != 0).mark_bar(cornerRadius=3).encode(y=height))
    if not all(point["height"] for point in points):
        layers.append(base.transform_filter(alt.datum.height == 0).mark_tick(thickness=4).encode(y=height))
    return alt.layer(*layers).properties(height=260)


def _legend() -> alt.Legend:
    return alt.Legend(orient="bottom", direction="horizontal", labelColor=ink())


def _ink() -> dict[str, str]:
    """Writing along an axis as dark as the rest of the page."""
    return {"labelColor": ink(), "titleColor": ink()}


def talk_points(spoken: Sequence[Turn]) -> list[dict[str, Any]]:
    """One row a client turn."""
    return [
        {
            "turn": place,
            "height": SIDE[coded.talk][0],
            "side": SIDE[coded.talk][1],
            "kind": KIND[coded.talk_kind] if coded.talk_kind else "no kind",
            "words": shortened(turn.text),
        }
        for place, turn in enumerate(spoken, start=1)
        if isinstance(coded := turn.coded, Coded) and coded.talk
    ]


def _in_words(name: str, spoken: Sequence[Turn]) -> str:
    """The chart for somebody who cannot see it."""
    sides = [point["side"] for point in talk_points(spoken)]
    counts = ", ".join(f"{sides.count(label)} {label.lower()}" for _, label in SIDE.values())
    return f"What {name} said in {len(sides)} turns: {counts}"
