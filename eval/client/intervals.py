"""Figures over sessions with a bootstrap interval: sessions are drawn whole, as turns of one session hang together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import inf, isfinite, sqrt

import numpy as np
from numpy.typing import NDArray

from evoke.codes import Frozen

DRAWS, SEED = 500, 20
Floats = NDArray[np.float64]


class Interval(Frozen):
    """A value, its 95 % percentile interval, and the number of things it rests on."""

    value: float
    low: float
    high: float
    n: int


def ratio(parts: Sequence[float], wholes: Sequence[float]) -> Interval | None:
    """Sum of `parts` over sum of `wholes`, one number of each a session; None where the whole is nothing."""
    part, whole = np.asarray(parts, float), np.asarray(wholes, float)
    if not whole.sum():
        return None
    return _interval(part.sum() / whole.sum(), _shares(part, whole, _draws(len(part))), int(whole.sum()))


def ratio_of_ratios(
    parts: Sequence[float], wholes: Sequence[float], other_parts: Sequence[float], other_wholes: Sequence[float]
) -> Interval | None:
    """One ratio of sums divided by another; None where a whole or the second part is nothing.

    `n` is the smaller of the two wholes.
    """
    a, b, c, d = (np.asarray(one, float) for one in (parts, wholes, other_parts, other_wholes))
    if not (b.sum() and c.sum()):
        return None
    weights = _draws(len(a))
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = _shares(a, b, weights) / _shares(c, d, weights)
    value = (a.sum() / b.sum()) / (c.sum() / d.sum())
    return _interval(value, drawn, int(min(b.sum(), d.sum())))


def statistic(samples: Sequence[Floats], of: Callable[[Floats], float]) -> Interval | None:
    """`of` all samples together, a row of samples a session; for medians, quantiles, correlations, divergences.

    A sample may be a number or a vector: `samples[i]` has shape (n_i,) or (n_i, k).
    """
    rows = [row for row in samples if len(row)]
    if not rows:
        return None
    rng = np.random.default_rng(SEED)
    drawn = [of(np.concatenate([rows[n] for n in rng.integers(len(rows), size=len(rows))])) for _ in range(DRAWS)]
    return _interval(of(np.concatenate(rows)), np.asarray(drawn), sum(map(len, rows)))


def cohens_d(better: Sequence[float], worse: Sequence[float]) -> Interval | None:
    """Difference of means over the pooled standard deviation; None for fewer than two of either."""
    a, b = np.asarray(better, float), np.asarray(worse, float)
    if min(len(a), len(b)) < 2:
        return None
    rng = np.random.default_rng(SEED)
    drawn = [_d(rng.choice(a, len(a)), rng.choice(b, len(b))) for _ in range(DRAWS)]
    return _interval(_d(a, b), np.asarray(drawn), len(a) + len(b))


def median(values: Floats) -> float:
    """The middle value; infinite where more than half are."""
    ordered = np.sort(values)
    low, high = ordered[(len(ordered) - 1) // 2], ordered[len(ordered) // 2]
    return float(low if low == high else (low + high) / 2)


def _d(a: Floats, b: Floats) -> float:
    spread = sqrt(((len(a) - 1) * a.var(ddof=1) + (len(b) - 1) * b.var(ddof=1)) / (len(a) + len(b) - 2))
    return float((a.mean() - b.mean()) / spread) if spread else inf * float(np.sign(a.mean() - b.mean()) or 0)


def _draws(sessions: int) -> Floats:
    """How often each session is drawn, a row a draw."""
    rng = np.random.default_rng(SEED)
    return rng.multinomial(sessions, [1 / sessions] * sessions, size=DRAWS).astype(float)


def _shares(part: Floats, whole: Floats, weights: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        shares: Floats = (weights @ part) / (weights @ whole)
    return shares


def _interval(value: float, drawn: Floats, n: int) -> Interval:
    """Draws that came to nothing are left out; a bound may be infinite."""
    known = np.sort(drawn[~np.isnan(drawn)])
    low, high = (known[round(share * (len(known) - 1))] for share in (0.025, 0.975)) if len(known) else (value, value)
    return Interval(value=float(value), low=float(low), high=float(high), n=n)


def finite(value: float | None) -> float | None:
    """The value, None where it is missing or infinite."""
    return value if value is not None and isfinite(value) else None
