"""The balance of empathy and direction: each learner turn placed on two axes, four rooms. Rates nobody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Literal, get_args

from evoke.coach.evidence import Axis, Shown, practice
from evoke.coach.situation import Situation
from evoke.codes import Frozen

Room = Literal["guiding", "following", "directing", "adrift"]


class Place(Frozen):
    """Where one learner turn stands, -1 to 1 on each axis, and where the smoothed path stands after it.

    `why` completes "You …"; `number` is the turn's place among the learner's turns, from 1.
    """

    turn_id: str
    number: int
    empathy: float
    direction: float
    path_empathy: float
    path_direction: float
    room: Room
    why: tuple[str, ...]


class Balance(Frozen):
    """The path of a session. Turns that show nothing, such as "okay", have no place; `mainly` is None without any."""

    places: tuple[Place, ...]
    rooms: dict[Room, int]
    mainly: Room | None


def balance(path: Sequence[Situation], evidence: Sequence[Shown]) -> Balance:
    """Place every learner turn that shows something."""
    places: list[Place] = []
    for now in path:
        mine = [one for one in evidence if one.turn_id == now.turn.id and one.row.place]
        if mine:
            places.append(_place(now, mine, places[-1] if places else None))
    counts = Counter(place.room for place in places)
    return Balance(
        places=tuple(places),
        rooms={room: counts[room] for room in get_args(Room)},
        mainly=_mainly(places),
    )


def room(empathy: float, direction: float) -> Room:
    """The room of a point."""
    rooms = practice().rooms
    if empathy >= rooms.empathy_from:
        return "guiding" if direction >= rooms.direction_from else "following"
    return "directing" if direction >= rooms.direction_from else "adrift"


def _place(now: Situation, mine: Sequence[Shown], last: Place | None) -> Place:
    empathy, direction = _sum(mine, "empathy"), _sum(mine, "direction")
    return Place(
        turn_id=now.turn.id,
        number=now.place,
        empathy=empathy,
        direction=direction,
        path_empathy=_smoothed(empathy, last.path_empathy if last else None),
        path_direction=_smoothed(direction, last.path_direction if last else None),
        room=room(empathy, direction),
        why=tuple(one.row.why for one in mine),
    )


def _sum(mine: Sequence[Shown], axis: Axis) -> float:
    """The rows of one turn together, bounded to the axis."""
    return round(max(-1.0, min(1.0, sum(one.row.place.get(axis, 0.0) for one in mine))), 3)


def _smoothed(value: float, last: float | None) -> float:
    share = practice().rooms.smoothing
    return value if last is None else round(share * value + (1 - share) * last, 3)


def _mainly(places: Sequence[Place]) -> Room | None:
    """The room with most turns; of several, the one the path was in last."""
    counts = Counter(place.room for place in places)
    return max(reversed(places), key=lambda place: counts[place.room]).room if places else None
