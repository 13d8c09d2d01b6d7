"""Fits the scale and shift that make probabilities mean what they say, on turns the fold models never saw.

    python eval/coding/calibrate.py --annomi FOLDER runs/f0.written.npz runs/f1.written.npz …

Writes `calibration.json`, which `export_coder.py` works into the model, and prints the expected calibration error
before and after (after: fitted on the other folds, measured on the one left out) and the weights with which a rarer
class must be favoured for the best macro-F1.
"""

from __future__ import annotations

import argparse
import itertools
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from examples import HELD_OUT_BATCHES, Example, annomi, authored
from scipy.optimize import minimize
from scipy.special import log_softmax, logsumexp
from scoring import expected_error
from sklearn.metrics import f1_score

from evoke.coder.tuned import HEADS, places
from evoke.codes import CODES

OUT = Path(__file__).parent / "calibration.json"
SOURCES = {"behaviour": "annomi", "question": "annomi", "reflection": "annomi", "talk": "annomi", "kind": "authored"}
EVEN = frozenset({"kind"})  # heads whose rows say nothing of how common a class is
FAVOURS = np.arange(0.8, 2.6, 0.1)


def gathered(files: Sequence[Path], folder: Path) -> list[list[tuple[Example, np.ndarray, np.ndarray]]]:
    """Per file, each unseen example with its raw scores; held-out batches are left out, they are for the last test."""
    known = {e.id: e for e in (*annomi(folder), *authored(held_out=False))}
    made = []
    for file in files:
        with np.load(file) as stored:
            rows = zip(stored["ids"], stored["turns"], stored["codes"], strict=True)
            made.append([(known[i], turn, codes) for i, turn, codes in rows if i in known])
    assert all(e.group not in HELD_OUT_BATCHES for part in made for e, _, _ in part if e.source == "authored")
    return made


def fitted(logits: np.ndarray, gold: np.ndarray, shifts: bool = True) -> tuple[float, np.ndarray]:
    """One scale and a shift a class that make the gold classes likeliest; the shifts are kept small, or at nothing."""

    def cost(x: np.ndarray) -> float:
        shares = log_softmax(logits * np.exp(x[0]) + x[1:], axis=1)
        return float(-shares[np.arange(len(gold)), gold].mean() + 0.001 * (x[1:] ** 2).sum())

    bounds = [(None, None), *[(None, None) if shifts else (0, 0)] * logits.shape[1]]
    best = minimize(cost, np.zeros(1 + logits.shape[1]), method="L-BFGS-B", bounds=bounds).x
    return float(np.exp(best[0])), best[1:] - best[1:].mean()


def _error(shares: np.ndarray, gold: np.ndarray) -> float:
    return expected_error(shares.max(1), shares.argmax(1) == gold)


def softmax(logits: np.ndarray) -> np.ndarray:
    """Rows that sum to 1."""
    return np.exp(logits - logsumexp(logits, axis=1, keepdims=True))


def favours(shares: np.ndarray, gold: np.ndarray) -> dict[str, object]:
    """Weights for the classes of a three-way choice (the commonest stays at 1) with the best macro-F1."""
    common = int(np.bincount(gold).argmax())
    others = [n for n in range(shares.shape[1]) if n != common]
    best = (f1_score(gold, shares.argmax(1), average="macro"), np.ones(shares.shape[1]))
    plain = best[0]
    for pair in itertools.product(FAVOURS, repeat=len(others)):
        weight = np.ones(shares.shape[1])
        weight[others] = pair
        value = f1_score(gold, (shares * weight).argmax(1), average="macro")
        best = max(best, (value, weight), key=lambda one: one[0])
    return {"plain macro-F1": round(plain, 3), "macro-F1": round(best[0], 3), "weights": best[1].round(1).tolist()}


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("files", type=Path, nargs="+")
    parser.add_argument("--annomi", type=Path, required=True)
    given = parser.parse_args()
    parts = gathered(given.files, given.annomi)
    made = {head: head_calibration(head, source, parts) for head, source in SOURCES.items()}
    made["codes"] = codes_calibration(parts)
    OUT.write_text(json.dumps(made) + "\n", encoding="utf-8")


def head_calibration(head: str, source: str, parts: list) -> dict[str, list[float]]:
    """Scale and shift of a head that chooses one of several; prints how well they do."""
    each = []
    for part in parts:
        rows = [(e, turn) for e, turn, _ in part if e.source == source and getattr(e, head) is not None]
        gold = np.array([HEADS[head].index(getattr(e, head)) for e, _ in rows])
        each.append((np.array([turn[places(head)] for _, turn in rows]), gold))
    each = [(x, y) for x, y in each if len(y)]
    crossed = []
    for n, (logits, _) in enumerate(each):
        others = [pair for m, pair in enumerate(each) if m != n] or [each[n]]
        known = np.concatenate([x for x, _ in others]), np.concatenate([y for _, y in others])
        scale, shift = fitted(*known, shifts=head not in EVEN)
        crossed.append(softmax(logits * scale + shift))
    logits, gold = np.concatenate([x for x, _ in each]), np.concatenate([y for _, y in each])
    scale, shift = fitted(logits, gold, shifts=head not in EVEN)
    shares = np.concatenate(crossed)
    before, after = _error(softmax(logits), gold), _error(shares, gold)
    print(f"{head}: error {before:.3f} -> {after:.3f}, scale {scale:.2f}")
    print(f"  macro-F1 raw {f1_score(gold, logits.argmax(1), average='macro'):.3f}", end=" ")
    print(favours(shares, gold) if shares.shape[1] == 3 else "")
    return {"scale": [round(scale, 4)], "shift": shift.round(4).tolist()}


def codes_calibration(parts: list) -> dict[str, list[float]]:
    """Scale and shift of each MITI code on the authored batches left out of each fold; prints the F1 at 0.5."""
    rows = [(e, codes) for part in parts for e, _, codes in part if e.source == "authored" and e.codes]
    scales, shifts = [], []
    for n, code in enumerate(CODES):
        logits, gold = np.array([codes[n] for _, codes in rows]), np.array([e.codes[code] for e, _ in rows])

        def cost(x: np.ndarray, logits: np.ndarray = logits, gold: np.ndarray = gold) -> float:
            at = logits * np.exp(x[0]) + x[1]
            return float(np.mean(np.logaddexp(0, at) - gold * at) + 0.001 * (x**2).sum())

        scale, shift = minimize(cost, np.zeros(2), method="L-BFGS-B").x
        bars = {b: f1_score(gold, logits > np.log(b / (1 - b))) for b in (0.3, 0.4, 0.5, 0.6, 0.7)}
        by_bar = " ".join(f"{bar}:{value:.2f}" for bar, value in bars.items())
        print(f"{code}: F1 by bar {by_bar}, scale {np.exp(scale):.2f}, shift {shift:.2f}")
        scales.append(round(float(np.exp(scale)), 4))
        shifts.append(round(float(shift), 4))
    return {"scale": scales, "shift": shifts}


if __name__ == "__main__":
    main()
