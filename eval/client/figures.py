"""The realism figures of held talks, each with an interval and a mark: `measured(talks)`. Holds no talk.

A client turn counts from the first reply on: the opening, which no learner's turn came before, is left out except where
turns of the client are numbered (`first_change`). Talk and questions are what the coder gave to the words. Intervals
are 95 % percentile bootstrap over sessions (a session is drawn whole). "Skilled" figures take talks with the skilled
counsellor; titles, real values and bounds stand in `realism.yaml`.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

from eval.client import consistent, counts, spread
from eval.client.asked import Asked, realism
from eval.client.intervals import Interval
from evoke.codes import Frozen
from evoke.transcript import Transcript


class Figure(Frozen):
    """One figure. `value`, `low` and `high` are None where no talk says anything about it; `n` is what it rests on.

    A median that more than half of the sessions never reach is `inf`.
    """

    name: str
    title: str
    value: float | None
    low: float | None
    high: float | None
    n: int
    real: float | None
    best: float | None
    least: float
    most: float

    @property
    def bounded(self) -> bool:
        """Whether issue 4 asks for it."""
        return self.least > -inf or self.most < inf

    @property
    def reached(self) -> bool | None:
        """Whether the value lies within the bounds; None where there is no value or no bound."""
        return None if self.value is None or not self.bounded else self.least <= self.value <= self.most


def measured(talks: Sequence[Transcript]) -> dict[str, Figure]:
    """Every figure of `realism.yaml`, by name, in its order."""
    found: dict[str, Interval] = {**counts.found(talks), **spread.found(talks), **consistent.found(talks)}
    return {name: _figure(name, asked, found.get(name)) for name, asked in realism().figures.items()}


def _figure(name: str, asked: Asked, interval: Interval | None) -> Figure:
    value, low, high, n = (
        (interval.value, interval.low, interval.high, interval.n) if interval else (None, None, None, 0)
    )
    return Figure(
        name=name, title=asked.title, value=value, low=low, high=high, n=n, real=asked.real, best=asked.best,
        least=asked.least, most=asked.most,
    )  # fmt: skip
