"""Finds the ten numbers of `calibration.yaml` again: real clients' figures against rehearsals of the shipped client.

    python -m eval.client.fit [--seeds 6] [--steps 150] [--write]

Rehearsals (`rehearsal.py`) of the shipped mind with the skilled counsellor. Only personas `fitted_on` and seeds below
`report_seed` of `realism.yaml` are used; every trial holds the same talks with the same random streams, so that two
trials differ by their numbers alone. Nelder-Mead from the values that stand in the file, within their ranges. A
rehearsal is no whole talk (its counsellor hears the authors' labels, not the coder), so what is found is a start: set
the last of it on whole talks of the same clients (`eval.client.realism --personas fitted --first-seed 0`). What
came of it is reported by `eval.client.realism` on other personas and seeds.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from math import exp, isfinite, log
from unittest.mock import patch

import numpy as np
from scipy.optimize import minimize

from eval.client import intervals
from eval.client.asked import Asked, realism
from eval.client.figures import measured
from eval.client.rehearsal import Rehearsal
from evoke.client import calibration
from evoke.client.calibration import FILE, KnobName
from evoke.transcript import Transcript

Values = dict[KnobName, float]
# What is fitted, each with its weight; a figure counts by how many half-widths of its bounds it lies off its aim.
FITTED: Mapping[str, float] = {
    "talk_change": 2, "talk_sustain": 2, "change_after_change": 1, "sustain_after_sustain": 1,
    "change_after_sustain": 1, "quarter_1": 1, "quarter_2": 0.5, "quarter_3": 0.5, "quarter_4": 1,
    "motivated_in_20": 1.5, "turns_to_motivated": 1, "first_change": 0.5, "action_kl": 1, "receptivity": 0.5,
    "words_q1": 1, "words_median": 1, "open_over_closed": 1,
}  # fmt: skip
FAR = 4.0  # half-widths; further off counts no more, so that one hopeless figure does not rule the rest


def held_with(values: Mapping[KnobName, float], rehearsal: Rehearsal) -> list[Transcript]:
    """The rehearsal's talks with other values."""
    trial = with_values(values)
    with patch.object(calibration, "calibration", lambda: trial):
        return rehearsal.held()


@cache
def shipped() -> calibration.Calibration:
    """The file as it stands."""
    return calibration.calibration()


def with_values(values: Mapping[KnobName, float]) -> calibration.Calibration:
    """The calibration with other values."""
    knobs = {name: knob.model_copy(update={"value": values.get(name, knob.value)})
             for name, knob in shipped().knobs.items()}  # fmt: skip
    return shipped().model_copy(update={"knobs": knobs})


def missed(talks: Sequence[Transcript]) -> dict[str, float]:
    """By how many half-widths of its bounds each fitted figure lies off its aim."""
    with patch.object(intervals, "DRAWS", 1):
        figures = measured(talks)
    return {name: _off(figures[name].value, realism().figures[name]) for name in FITTED}


def _off(value: float | None, asked: Asked) -> float:
    """Signed; a bound on one side only is aimed at with half its value to spare."""
    if value is None or not isfinite(value):
        return FAR
    if isfinite(asked.least) and isfinite(asked.most):
        aim, half = (asked.least + asked.most) / 2, (asked.most - asked.least) / 2
    else:
        bound = asked.most if isfinite(asked.most) else asked.least
        aim, half = (bound / 2, bound / 2) if isfinite(asked.most) else (bound * 1.2, bound * 0.2)
        if (value < aim) is isfinite(asked.most):
            return 0.0
    return float(np.clip((value - aim) / half, -FAR, FAR))


def loss(off: Mapping[str, float]) -> float:
    """The weighted mean square of what was missed."""
    return sum(FITTED[name] * miss**2 for name, miss in off.items()) / sum(FITTED.values())


def fitted(rehearsal: Rehearsal, steps: int, tell: Callable[[str], None]) -> Values:
    """The best values found in `steps` trials."""
    names = list(shipped().knobs)
    ranges = [(shipped().knobs[name].low, shipped().knobs[name].high) for name in names]
    best: list[tuple[float, Values]] = []

    def tried(where: np.ndarray) -> float:
        values: Values = {n: low + (high - low) / (1 + exp(-x))
                          for n, x, (low, high) in zip(names, where, ranges, strict=True)}  # fmt: skip
        off = missed(held_with(values, rehearsal))
        cost = loss(off)
        if not best or cost < best[-1][0]:
            best.append((cost, values))
            tell(f"{cost:.3f}  " + " ".join(f"{n} {v:.2f}" for n, v in values.items()))
        return cost

    start = np.array([_unbounded(shipped().knobs[n].value, *r) for n, r in zip(names, ranges, strict=True)])
    simplex = np.vstack([start, *(start + 0.7 * np.eye(len(names))[n] for n in range(len(names)))])
    minimize(tried, start, method="Nelder-Mead", options={"maxfev": steps, "initial_simplex": simplex})
    return best[-1][1]


def _unbounded(value: float, low: float, high: float) -> float:
    """The logit of where a value lies in its range."""
    share = min(0.98, max(0.02, (value - low) / (high - low)))
    return log(share / (1 - share))


def write(values: Mapping[KnobName, float], command: str) -> None:
    """Values, date and command into `calibration.yaml`; ranges and reasons stay."""
    text = FILE.read_text("utf-8")
    for name, value in values.items():
        text = re.sub(rf"(  {name}:\n    {{value: )[-\d.]+", rf"\g<1>{value:.3f}", text)
    text = re.sub(r"^fitted_on: .*$", f'fitted_on: "{datetime.now(UTC):%Y-%m-%d}"', text, flags=re.MULTILINE)
    FILE.write_text(re.sub(r"^command: .*$", f'command: "{command}"', text, flags=re.MULTILINE), "utf-8")


def main() -> None:
    """Fit, print and, if asked, write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seeds", type=int, default=6)
    parser.add_argument("--turns", type=int, default=40)
    parser.add_argument("--steps", type=int, default=150)
    parser.add_argument("--write", action="store_true")
    asked = parser.parse_args()
    if asked.seeds > realism().report_seed:
        parser.error("seeds from report_seed on are for the report")
    rehearsal = Rehearsal(realism().fitted_on, ["skilled"], range(asked.seeds), asked.turns)
    began = time.perf_counter()
    values = fitted(rehearsal, asked.steps, lambda line: print(line, flush=True))
    for name, miss in missed(held_with(values, rehearsal)).items():
        print(f"{name:24} {miss:+.2f} half-widths off")
    print(f"{asked.steps} trials in {time.perf_counter() - began:.0f} s")
    if asked.write:
        write(values, "python -m eval.client.fit " + " ".join(sys.argv[1:]))


if __name__ == "__main__":
    main()
