"""Charts of a report as inline SVG, each with its story in words for those who do not see it. Knows no page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import get_args

from evoke.coach.balance import Balance
from evoke.coach.evidence import practice
from evoke.coach.words import VARIABLES
from evoke.measures import Measures
from evoke.transcript import Mood, Turn, Variable

WIDTH, HEIGHT, LEFT, TOP = 640, 220, 40, 16
SQUARE, LABELS, LINE = 420, 170, 15
BAR = 0.7  # of the room a turn has
SIDES = {"change": -1, "sustain": 1, "neutral": 0}  # up is negative in SVG


def talk_chart(measures: Measures) -> str:
    """One bar a client turn: up for change talk, down for sustain talk, a dot for neither."""
    points = [point for point in measures.series if point.speaker == "client" and point.talk]
    if not points:
        return ""
    step, middle, tall = (WIDTH - LEFT) / len(points), HEIGHT / 2, HEIGHT / 2 - TOP * 1.5
    bars = "".join(
        _bar(
            LEFT + n * step + step * (1 - BAR) / 2,
            middle,
            step * BAR,
            SIDES[point.talk or "neutral"] * tall,
            str(point.talk),
        )
        for n, point in enumerate(points)
    )
    labels = _text(LEFT, TOP, "change talk") + _text(LEFT, HEIGHT - 6, "sustain talk")
    axis = f'<line class="axis" x1="{LEFT}" x2="{WIDTH}" y1="{middle}" y2="{middle}"/>'
    story = (
        f"{measures.change_talk} change talk and {measures.sustain_talk} sustain talk in {len(points)} client turns."
    )
    return _svg("Change and sustain talk, turn by turn", story, axis + bars + labels, HEIGHT)


def state_chart(turns: Sequence[Turn]) -> str:
    """The client's four hidden values after each learner turn, 0 to 10."""
    moods = [turn.state for turn in turns if turn.speaker == "learner" and turn.state]
    if not moods:
        return ""
    lines = "".join(_state_line(moods, variable) for variable in get_args(Variable)) + _state_labels(moods[-1])
    scale = "".join(_text(8, _level(value) + 4, str(value)) for value in (0, 5, 10))
    story = ", ".join(
        f"{VARIABLES[v].lower()} from {getattr(moods[0], v):.1f} to {getattr(moods[-1], v):.1f}"
        for v in get_args(Variable)
    )
    return _svg("The client's state over time", story.capitalize() + ".", scale + lines, HEIGHT)


def balance_chart(balance: Balance) -> str:
    """The four rooms and the smoothed path through them, from the ring to the largest point."""
    if not balance.places:
        return ""
    points = [_at(place.path_direction, place.path_empathy) for place in balance.places]
    path = f'<polyline class="line path" points="{_points(points)}"/>'
    ends = _ring(*points[0]) + "".join(_dot(x, y, 3) for x, y in points[1:-1]) + _dot(*points[-1], 6)
    story = ", ".join(f"{count} {name}" for name, count in balance.rooms.items() if count)
    axes = _text(SQUARE - 92, SQUARE - 10, "direction →") + _text(12, SQUARE - 10, "empathy ↑")
    return _svg("Empathy and direction", f"Turns by room: {story}.", _rooms() + axes + path + ends, SQUARE, SQUARE)


def _rooms() -> str:
    """Four rectangles that meet where the rooms begin, each with its name in the corner."""
    begins = practice().rooms
    x, y = _at(begins.direction_from, begins.empathy_from)
    corners = ((0.0, 0.0, x, y, "Following"), (x, 0.0, SQUARE, y, "Guiding"),
               (0.0, y, x, SQUARE, "Adrift"), (x, y, SQUARE, SQUARE, "Directing"))  # fmt: skip
    return "".join(
        f'<rect class="room" x="{left + 2:.1f}" y="{top + 2:.1f}" width="{right - left - 4:.1f}" '
        f'height="{low - top - 4:.1f}" rx="8"/>' + _text(left + 12, top + 24, name)
        for left, top, right, low, name in corners
    )


def _at(direction: float, empathy: float) -> tuple[float, float]:
    """A point of the balance in the square: direction to the right, empathy up."""
    half, reach = SQUARE / 2, SQUARE / 2 - 14
    return half + direction * reach, half - empathy * reach


def _state_line(moods: Sequence[Mood], variable: Variable) -> str:
    step = (WIDTH - LEFT - LABELS) / max(len(moods) - 1, 1)
    points = [(LEFT + n * step, _level(getattr(mood, variable))) for n, mood in enumerate(moods)]
    return f'<polyline class="line {variable}" points="{_points(points)}"/>'


def _state_labels(last: Mood) -> str:
    """Names at the ends of the lines, pushed apart where lines end close together."""
    found, floor = "", 0.0
    for variable in sorted(get_args(Variable), key=lambda name: -getattr(last, name)):
        floor = max(_level(getattr(last, variable)) + 4, floor)
        found += _text(WIDTH - LABELS + 10, floor, VARIABLES[variable])
        floor += LINE
    return found


def _level(value: float) -> float:
    return HEIGHT - TOP - value / 10 * (HEIGHT - 2 * TOP)


def _bar(x: float, middle: float, width: float, height: float, kind: str) -> str:
    if not height:
        return f'<circle class="{kind}" cx="{x + width / 2:.1f}" cy="{middle}" r="3"/>'
    top = min(middle, middle + height)
    return f'<rect class="{kind}" x="{x:.1f}" y="{top:.1f}" width="{width:.1f}" height="{abs(height):.1f}"/>'


def _points(points: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{x:.1f},{y:.1f}" for x, y in points)


def _dot(x: float, y: float, radius: int) -> str:
    return f'<circle class="dot" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'


def _ring(x: float, y: float) -> str:
    return f'<circle class="line path" cx="{x:.1f}" cy="{y:.1f}" r="6"/>'


def _text(x: float, y: float, words: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}">{escape(words)}</text>'


def _svg(title: str, story: str, inside: str, height: int, width: int = WIDTH) -> str:
    """A figure: the chart, and the same in words."""
    label = escape(f"{title}. {story}", quote=True)
    size = f'viewBox="0 0 {width} {height}" style="max-width: {width}px"'
    chart = f'<svg {size} role="img" aria-label="{label}">{inside}</svg>'
    return f"<figure>{chart}<figcaption>{escape(story)}</figcaption></figure>"
