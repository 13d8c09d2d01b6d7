"""Agreement of scores with labels: macro-F1, F1 a code, Cohen's kappa. Knows no model."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from examples import HELD_OUT_BATCHES, Example
from sklearn.metrics import cohen_kappa_score, f1_score

from evoke.coder.tuned import HEADS, places
from evoke.codes import CODES, Coded, Uncoded

DRAWS, SEED, BINS = 2000, 7, 10


@dataclass(frozen=True)
class Predicted:
    """One turn's raw scores: of the turn as a whole (all outputs) and the codes of each clause."""

    example: Example
    turn: np.ndarray
    clauses: np.ndarray


def figures(predicted: Sequence[Predicted]) -> dict[str, float]:
    """Macro-F1 and kappa a head on AnnoMI, kinds and talk and F1 a code on authored rows; no volley rules applied."""
    made: dict[str, float] = {}
    for source in ("annomi", "authored"):
        for head in ("behaviour", "question", "reflection", "input", "talk", "kind"):
            rows = [p for p in predicted if p.example.source == source and getattr(p.example, head) is not None]
            if rows:
                made |= _head_figures(f"{source} {head}", head, rows)
    for name, held_out in (("held-out", True), ("fold", False)):
        coded = [p for p in predicted if p.example.codes and p.example.source == "authored"]
        coded = [p for p in coded if (p.example.group in HELD_OUT_BATCHES) is held_out]
        for n, code in enumerate(CODES if coded else ()):
            gold = [p.example.codes[code] for p in coded]
            made[f"authored {name} {code} f1"] = f1_score(gold, [p.clauses[:, n].max() > 0 for p in coded])
    return {name: round(float(value), 3) for name, value in made.items()}


def _head_figures(name: str, head: str, rows: Sequence[Predicted]) -> dict[str, float]:
    gold = [HEADS[head].index(getattr(p.example, head)) for p in rows]
    ours = [int(p.turn[places(head)].argmax()) for p in rows]
    labels = sorted(set(gold))
    made = {f"{name} macro-F1": f1_score(gold, ours, average="macro", labels=labels)}
    made[f"{name} kappa"] = cohen_kappa_score(gold, ours)
    return made


def counts(
    examples: Sequence[Example], gold: np.ndarray, ours: np.ndarray, names: Sequence[str]
) -> dict[int, np.ndarray]:
    """Per session, how often each label met each choice: (labels, labels and "none")."""
    row, column = {name: n for n, name in enumerate(names)}, {name: n for n, name in enumerate([*names, "none"])}
    made: dict[int, np.ndarray] = {}
    for example, label, choice in zip(examples, gold, ours, strict=True):
        table = made.setdefault(example.group, np.zeros((len(names), len(names) + 1)))
        table[row[label], column[choice]] += 1
    return made


def macro_f1(tables: np.ndarray) -> np.ndarray:
    """Macro-F1 of tables of counts (…, labels, labels and "none")."""
    size = tables.shape[-2]
    hits = tables[..., range(size), range(size)]
    return (2 * hits / (tables.sum(-1) + tables[..., :size].sum(-2)).clip(1e-9)).mean(-1)


def interval(tables: dict[int, np.ndarray]) -> str:
    """The 95 % interval of macro-F1 over draws of whole sessions."""
    rng, stacked = np.random.default_rng(SEED), np.stack(list(tables.values()))
    drawn = [macro_f1(stacked[rng.integers(0, len(stacked), len(stacked))].sum(0)) for _ in range(DRAWS)]
    low, top = np.quantile(drawn, (0.025, 0.975))
    return f"{low:.3f}-{top:.3f}"


def expected_error(sure: np.ndarray, right: np.ndarray) -> float:
    """Expected calibration error of the chosen class, ten equal bins."""
    bins = np.minimum((sure * BINS).astype(int), BINS - 1)
    return float(
        sum(abs(sure[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins))
    )


def f1_by_fold(
    examples: Sequence[Example], gold: np.ndarray, ours: np.ndarray, parts: Sequence[frozenset[int]]
) -> dict[str, float]:
    """Macro-F1 and kappa over all folds together, and the lowest and highest macro-F1 of a fold."""
    each = []
    for part in parts:
        inside = np.array([e.group in part for e in examples])
        if inside.any():
            each.append(f1_score(gold[inside], ours[inside], average="macro"))
    made = {
        "macro-F1": f1_score(gold, ours, average="macro"),
        "mean of folds": float(np.mean(each)),
        "lowest fold": min(each),
        "highest fold": max(each),
        "kappa": cohen_kappa_score(gold, ours),
    }
    return {name: round(float(value), 3) for name, value in made.items()}


def per_class(gold: np.ndarray, ours: np.ndarray) -> dict[str, float]:
    """F1 of each class and their mean, over the classes that occur in `gold`."""
    names = sorted(set(gold))
    each = f1_score(gold, ours, average=None, labels=names)
    made = {f"F1 {name}": round(float(value), 3) for name, value in zip(names, each, strict=True)}
    return made | {"mean F1": round(float(np.mean(each)), 3), "turns": len(gold)}


def per_code(rows: Sequence[tuple[Example, Coded | Uncoded]]) -> dict[str, float]:
    """F1 of each MITI code over whole volleys, their mean, and the lowest."""
    made = {}
    for code in CODES:
        gold = [e.codes[code] for e, _ in rows]
        made[code] = round(float(f1_score(gold, [isinstance(c, Coded) and code in c.codes for _, c in rows])), 3)
    return made | {"mean F1": round(float(np.mean(list(made.values()))), 3), "volleys": len(rows)}
