"""Change talk over a session, real v simulated, as an SVG that needs nothing else. Knows numbers, holds no talk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 380, 56, 170, 28, 48
INKS = ("#1b1b1b", "#1f6f8b", "#b5532a", "#6b7f2a", "#7b4b94", "#888888", "#c28e0e", "#2e8b57", "#a03060", "#4a5fc1")
Curve = Sequence[float | None]


def drawn(curves: Mapping[str, Curve], title: str) -> str:
    """One line a curve over equal parts of the session, shares 0-1; the first is drawn dashed and heavier."""
    lines = [_line(n, name, curve, _height_of_name(curves, name)) for n, (name, curve) in enumerate(curves.items())]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12" role="img"><title>{title}</title>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        f'<text x="{LEFT}" y="16" font-size="14">{title}</text>',
        *_grid(),
        *lines,
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _grid() -> list[str]:
    made = []
    for share in (0, 0.25, 0.5, 0.75, 1):
        y = _y(share)
        made.append(f'<line x1="{LEFT}" x2="{WIDTH - RIGHT}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dddddd"/>')
        made.append(f'<text x="{LEFT - 8}" y="{y + 4:.1f}" text-anchor="end">{share:.0%}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    made.append(f'<text x="{middle}" y="{HEIGHT - 12}" text-anchor="middle">the session, from beginning to end</text>')
    return made


def _line(n: int, name: str, curve: Curve, label: float) -> str:
    points = [(_x(place, len(curve)), _y(share)) for place, share in enumerate(curve) if share is not None]
    ink, style = INKS[n % len(INKS)], 'stroke-width="3" stroke-dasharray="6 4"' if n == 0 else 'stroke-width="2"'
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return (
        f'<polyline points="{path}" fill="none" stroke="{ink}" {style}/>'
        f'<text x="{WIDTH - RIGHT + 12}" y="{label:.1f}" fill="{ink}">{name}</text>'
    )


def _height_of_name(curves: Mapping[str, Curve], name: str) -> float:
    """Where a curve's name stands: in the order of the curves' ends, a line apart."""
    ends = {one: next((share for share in reversed(curve) if share is not None), 0.0) for one, curve in curves.items()}
    ordered = sorted(curves, key=lambda one: -ends[one])
    return TOP + 12 + 18 * ordered.index(name)


def _x(place: int, parts: int) -> float:
    return LEFT + (WIDTH - RIGHT - LEFT) * (place + 0.5) / parts


def _y(share: float) -> float:
    return TOP + (HEIGHT - BOTTOM - TOP) * (1 - share)
