"""The balance of empathy and direction: a path through four rooms. Knows places on two axes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import altair as alt
import streamlit as st

from evoke.coach.balance import Balance, Place, Room
from evoke.coach.evidence import practice
from evoke.pages.parts.ink import ink
from evoke.pages.parts.plain import plain, shortened
from evoke.transcript import Turn

ROOMS: dict[Room, tuple[str, str]] = {
    "guiding": ("Guiding", "close to the client, and going somewhere with them"),
    "following": ("Following", "close to the client, without a direction yet"),
    "directing": ("Directing", "going somewhere, more by your push than by their wish"),
    "adrift": ("Adrift", "neither close nor going anywhere"),
}


def rooms(walked: Balance, turns: Sequence[Turn]) -> None:
    """The path on a plan of the rooms, and the same in a table."""
    if not walked.places:
        st.markdown("None of your turns shows enough to be placed.")
        return
    st.markdown(
        "Each point is one of your turns: higher is more **empathy**, further right is more **direction** towards the "
        "change. The line is the path of the talk, smoothed. All four rooms have their use; most of the work is done "
        "in the upper right one."
    )
    words = {turn.id: shortened(turn.text) for turn in turns}
    st.altair_chart(plan(walked.places, words), alt=_in_words(walked), key="rooms_chart")
    for room, (label, means) in ROOMS.items():
        st.markdown(f"**{label}**, {_turns(walked.rooms[room])}: {means}.")
    st.header("Turn by turn", anchor=False)
    st.table(rows(walked.places, words), hide_index=True, border="horizontal", alt="The room of each of your turns")


def plan(places: Sequence[Place], words: Mapping[str, str]) -> alt.LayerChart:
    """Four rooms as fields, the turns as points, the smoothed path as a line."""
    data = alt.Data(values=points(places, words))
    path = alt.Chart(data).encode(
        x=alt.X("path_direction:Q", title="Direction", scale=_SCALE, axis=_AXIS),
        y=alt.Y("path_empathy:Q", title="Empathy", scale=_SCALE, axis=_AXIS),
        order="turn:Q",
    )
    turns = alt.Chart(data).encode(
        x="direction:Q",
        y="empathy:Q",
        tooltip=[
            alt.Tooltip("turn:O", title="Your turn"),
            alt.Tooltip("words:N", title="You said"),
            alt.Tooltip("room:N", title="Room"),
            alt.Tooltip("why:N", title="Why"),
        ],
    )
    numbers = turns.mark_text(dy=-13, fontSize=12, color=ink()).encode(text="turn:O")
    line = path.mark_line(strokeWidth=2, opacity=0.55, interpolate="linear")
    return alt.layer(*_walls(), line, turns.mark_circle(size=110), numbers).properties(height=420)


_SCALE = alt.Scale(domain=[-1.15, 1.15], nice=False)
_AXIS = alt.Axis(labels=False, ticks=False, grid=False, domain=False)


def _walls() -> list[alt.Chart]:
    """The borders between the rooms, and their names in the corners."""
    edge = practice().rooms
    rule = {"strokeDash": [4, 4], "color": ink(), "opacity": 0.5}
    down = alt.Chart(alt.Data(values=[{"x": edge.direction_from}])).mark_rule(**rule).encode(x="x:Q")
    across = alt.Chart(alt.Data(values=[{"y": edge.empathy_from}])).mark_rule(**rule).encode(y="y:Q")
    return [down, across, *(_name(room) for room in ROOMS)]


def _name(room: Room) -> alt.Chart:
    """The name of a room in its corner of the plan."""
    right, upper = room in ("guiding", "directing"), room in ("guiding", "following")
    place = {"x": 1.1 if right else -1.1, "y": 1.08 if upper else -1.08, "name": ROOMS[room][0]}
    mark = {"align": "right" if right else "left", "fontSize": 13, "fontWeight": 600, "color": ink()}
    return alt.Chart(alt.Data(values=[place])).mark_text(**mark).encode(x="x:Q", y="y:Q", text="name:N")


def points(places: Sequence[Place], words: Mapping[str, str]) -> list[dict[str, Any]]:
    """One row a turn."""
    return [
        {
            **place.model_dump(include={"direction", "empathy", "path_direction", "path_empathy"}),
            "turn": place.number,
            "words": words.get(place.turn_id, ""),
            "room": ROOMS[place.room][0],
            "why": "; ".join(place.why),
        }
        for place in places
    ]


def rows(places: Sequence[Place], words: Mapping[str, str]) -> list[dict[str, str]]:
    """The same for reading: turn, room and why."""
    return [
        {
            "Your turn": plain(f"{place.number}. {shortened(words.get(place.turn_id, ''), 60)}"),
            "Room": ROOMS[place.room][0],
            "Why": plain("You " + "; you ".join(place.why)),
        }
        for place in places
    ]


def _turns(count: int) -> str:
    return "1 turn" if count == 1 else f"{count} turns"


def _in_words(walked: Balance) -> str:
    counts = ", ".join(f"{_turns(walked.rooms[room])} {label.lower()}" for room, (label, _) in ROOMS.items())
    return f"The path of the talk through four rooms: {counts}"
