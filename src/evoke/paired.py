"""Whether two versions differ, by pairs of sessions: mean difference, interval, permutation test. Knows no card.

No verdict is given on fewer than `FEWEST_PAIRS` pairs, and several measures together are judged by Holm's procedure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np

from evoke.codes import Frozen

Verdict = Literal["higher", "lower", "no difference shown", "too few talks"]
FEWEST_PAIRS = 20
DRAWS, SEED = 5_000, 20
SURE = 0.05  # of a false "higher" or "lower" among all measures together


class Difference(Frozen):
    """One measure in the old and the new version: means, new less old with its 95 % interval, p, and what to say."""

    measure: str
    pairs: int
    old: float
    new: float
    change: float
    low: float
    high: float
    p: float
    verdict: Verdict


def differences(old: Mapping[str, Sequence[float]], new: Mapping[str, Sequence[float]]) -> list[Difference]:
    """Each measure's values in the old and the new sessions, pair by pair; NaN where a session has none."""
    found = [_difference(name, np.asarray(old[name], float), np.asarray(new[name], float)) for name in old]
    return [one.model_copy(update={"verdict": verdict}) for one, verdict in zip(found, _judged(found), strict=True)]


def _difference(name: str, old: np.ndarray, new: np.ndarray) -> Difference:
    known = np.isfinite(old) & np.isfinite(new)
    old, new = old[known], new[known]
    if not len(old):
        return Difference(measure=name, pairs=0, old=0, new=0, change=0, low=0, high=0, p=1, verdict="too few talks")
    apart, rng = new - old, np.random.default_rng(SEED)
    drawn = apart[rng.integers(len(apart), size=(DRAWS, len(apart)))].mean(axis=1)
    low, high = np.quantile(drawn, (0.025, 0.975))
    return Difference(
        measure=name, pairs=len(apart), old=old.mean(), new=new.mean(), change=apart.mean(), low=low, high=high,
        p=_permuted(apart, rng), verdict="too few talks",
    )  # fmt: skip


def _permuted(apart: np.ndarray, rng: np.random.Generator) -> float:
    """How often a mean difference this large comes about where old and new are exchanged by chance within each pair."""
    signs = rng.choice((-1.0, 1.0), size=(DRAWS, len(apart)))
    beyond = np.abs(signs @ apart) >= abs(apart.sum()) - 1e-12
    return float((beyond.sum() + 1) / (DRAWS + 1))


def _judged(found: Sequence[Difference]) -> list[Verdict]:
    """Holm: the smallest p is held against the strictest bound, and the first that fails ends it."""
    enough = sorted((one for one in found if one.pairs >= FEWEST_PAIRS), key=lambda one: one.p)
    sure: set[str] = set()
    for place, one in enumerate(enough):
        if one.p > SURE / (len(enough) - place):
            break
        sure.add(one.measure)
    return [
        "too few talks"
        if one.pairs < FEWEST_PAIRS
        else ("higher" if one.change > 0 else "lower")
        if one.measure in sure
        else "no difference shown"
        for one in found
    ]
