"""Moments: the learner's turns that moved the client, by state and by what was said next. Judges no skill."""

from __future__ import annotations

from collections.abc import Sequence

from evoke.coach.evidence import practice
from evoke.coach.quotes import Quote, quote
from evoke.coach.situation import Situation, talk_of
from evoke.codes import Frozen, Talk
from evoke.transcript import Step, Variable

SHOWN = 0.05  # a smaller shift reads as 0.0


class Shift(Frozen):
    """How far one part of the client's state moved through a turn and the client's own answer to it."""

    variable: Variable
    delta: float


class Moment(Frozen):
    """One turn that moved the client. `weight` is above 0 toward trust and change, below 0 away from them.

    `before` and `after` are the client's talk on either side, None where it is unknown.
    """

    turn_id: str
    number: int
    weight: float
    quote: Quote
    then: Quote | None
    before: Talk | None
    after: Talk | None
    shifts: tuple[Shift, ...]
    reasons: tuple[str, ...]


def moments(path: Sequence[Situation]) -> tuple[Moment, ...]:
    """The turns that moved the client most, in the order they came."""
    rules = practice().moments
    found = [moment for now in path if (moment := _moment(now)) and abs(moment.weight) >= rules.smallest]
    strongest = sorted(found, key=lambda moment: -abs(moment.weight))[: rules.most]
    return tuple(sorted(strongest, key=lambda moment: moment.number))


def weight(now: Situation) -> float:
    """How far a turn moved the client, weighed together; 0 where nothing is known."""
    rules = practice().moments
    felt = sum(rules.weights[step.variable] * step.delta for step in _steps(now))
    before, after = talk_of(now.before), talk_of(now.after)
    turned = rules.talk[after] - rules.talk[before or "neutral"] if after else 0.0
    return round(felt + (rules.talk_weight if now.turn.state else rules.talk_weight_alone) * turned, 3)


def _moment(now: Situation) -> Moment | None:
    words = quote(now.turn)
    if words is None:
        return None
    return Moment(
        turn_id=now.turn.id,
        number=now.place,
        weight=weight(now),
        quote=words,
        then=quote(now.after) if now.after else None,
        before=talk_of(now.before),
        after=talk_of(now.after),
        shifts=_shifts(_steps(now)),
        reasons=tuple(dict.fromkeys(step.reason for step in _steps(now) if step.delta)),
    )


def _steps(now: Situation) -> tuple[Step, ...]:
    """What the turn did, and what the client's own answer to it did."""
    return now.turn.steps + (now.after.steps if now.after else ())


def _shifts(steps: Sequence[Step]) -> tuple[Shift, ...]:
    sums: dict[Variable, float] = {}
    for step in steps:
        sums[step.variable] = sums.get(step.variable, 0.0) + step.delta
    return tuple(Shift(variable=name, delta=round(delta, 2)) for name, delta in sums.items() if abs(delta) >= SHOWN)
