"""How well the shipped coder agrees with people, printed and kept in eval/results/coding.md.

    python eval/coding/agreement.py                                      authored batches never trained on, and speed
    python eval/coding/agreement.py --annomi FOLDER --folds RUNS         and five-fold figures with the fold models

A fold model `RUNS/f0.int8.onnx` was trained without fold 0 (train.py --fold 0, export_coder.py) and is asked about
that fold alone. Everything goes the way of `evoke code`: clauses, model, volley rules. Nothing here fits anything.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from augment import spoken
from examples import Example, annomi, authored, folds
from scoring import f1_by_fold, per_class, per_code
from sklearn.metrics import cohen_kappa_score

from evoke.coder.encoder import EncoderCoder
from evoke.coder.tuned import TunedScorer
from evoke.codes import Coded, Uncoded
from evoke.settings import CONTEXT_TURNS
from evoke.transcript import Turn

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results" / "coding.md"
FOLD_FIGURES = HERE / "fold_figures.json"
PUBLISHED = HERE / "published.csv"
Change = Callable[[str], str]
CHANGES: dict[str, Change] = {"as written": str, "as recognised speech": spoken}


def turns_of(example: Example, change: Change) -> list[Turn]:
    """The context of an example as the coder takes it."""
    said = enumerate(example.context[-CONTEXT_TURNS:])
    return [Turn(id=str(n), parent=None, speaker=s.speaker, text=change(s.text)) for n, s in said]


def coded(coder: EncoderCoder, examples: Sequence[Example], change: Change = str) -> list[Coded | Uncoded]:
    """The coder's answer for every example in its context."""
    return [coder.code(change(e.text), e.speaker, turns_of(e, change), target=e.target) for e in examples]


def answers(field: str, examples: Sequence[Example], made: Sequence[Coded | Uncoded]) -> tuple[np.ndarray, np.ndarray]:
    """Labels and the coder's choices; what stayed uncoded counts as the choice "none"."""
    gold = np.array([getattr(e, field) for e in examples])
    return gold, np.array([(isinstance(c, Coded) and getattr(c, field)) or "none" for c in made])


def crossed(folder: Path, runs: Path, change: Change = str) -> dict[str, dict]:
    """Five-fold figures of every AnnoMI label, by the fold models that are there."""
    sessions, parts = annomi(folder), folds(folder)
    done: list[tuple[Example, Coded | Uncoded]] = []
    used = []
    for n, part in enumerate(parts):
        if (model := runs / f"f{n}.int8.onnx").exists():
            unseen = [e for e in sessions if e.group in part]
            done += zip(unseen, coded(EncoderCoder(TunedScorer(model)), unseen, change), strict=True)
            used.append(n)
    made: dict[str, dict] = {"folds": {"used": len(used)}}
    for field in ("behaviour", "talk", "question", "reflection"):
        known = [(e, c) for e, c in done if getattr(e, field) is not None]
        gold, ours = answers(field, [e for e, _ in known], [c for _, c in known])
        made[field] = f1_by_fold([e for e, _ in known], gold, ours, [parts[n] for n in used]) | per_class(gold, ours)
    made["types"] = _type_kappas(done)
    return made


def _type_kappas(done: Sequence[tuple[Example, Coded | Uncoded]]) -> dict[str, float]:
    """Kappa of open v closed and simple v complex where both sides see a question, or a reflection, at all."""
    made = {}
    for field in ("question", "reflection"):
        both = [(getattr(e, field), getattr(c, field)) for e, c in done if isinstance(c, Coded) and getattr(c, field)]
        both = [(gold, ours) for gold, ours in both if gold]
        made[f"{field} kappa"] = round(float(cohen_kappa_score(*zip(*both, strict=True))), 3)
    return made


def held_out(coder: EncoderCoder, change: Change = str) -> dict[str, dict]:
    """F1 a code, talk and kind on the authored batches that were never trained on."""
    rows = authored(held_out=True)
    made = coded(coder, rows, change)
    learner = [(e, c) for e, c in zip(rows, made, strict=True) if e.speaker == "learner"]
    client = [(e, c) for e, c in zip(rows, made, strict=True) if e.speaker == "client"]
    found: dict[str, dict] = {"codes": per_code(learner)}
    for field, ours in (("talk", "talk"), ("kind", "talk_kind")):
        known = [(e, c) for e, c in client if getattr(e, field) is not None]
        gold = np.array([getattr(e, field) for e, _ in known])
        said = np.array([(isinstance(c, Coded) and getattr(c, ours)) or "none" for _, c in known])
        found[field] = per_class(gold, said)
    return found


def speed(coder: EncoderCoder) -> dict[str, float]:
    """Turns a second on authored rows with their context, and the time of one turn in a conversation (median, p95)."""
    rows = authored(held_out=False)[:400]
    coded(coder, rows[:20])
    begun = time.perf_counter()
    times = []
    for row in rows:
        start = time.perf_counter()
        coder.code(row.text, row.speaker, turns_of(row, str), target=row.target)
        times.append(time.perf_counter() - start)
    whole = time.perf_counter() - begun
    return {
        "turns a second, one by one": round(len(rows) / whole, 1),
        "one turn, median ms": round(float(np.median(times)) * 1000, 1),
        "one turn, p95 ms": round(float(np.percentile(times, 95)) * 1000, 1),
    }


def report(found: dict[str, dict]) -> str:
    """The figures as Markdown."""
    lines = [f"## {datetime.date.today().isoformat()}", ""]
    for title, part in found.items():
        lines += [f"### {title}", "", "| | |", "|---|---|"]
        lines += [f"| {name} | {_cell(value)} |" for name, value in part.items()] + [""]
    return "\n".join(lines)


def _cell(value: object) -> str:
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)


def published() -> str:
    """The table of figures to compare with."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    return "\n".join("| " + " | ".join(row) + " |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:])) + "\n"


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--annomi", type=Path)
    parser.add_argument("--folds", type=Path, help="folder of fold models")
    parser.add_argument("--model", type=Path, help="another model than the shipped one")
    given = parser.parse_args()
    coder = EncoderCoder(TunedScorer(given.model) if given.model else None)
    found: dict[str, dict] = {}
    if given.annomi and given.folds:
        made: dict = {"date": datetime.date.today().isoformat()}
        made |= {name: crossed(given.annomi, given.folds, change) for name, change in CHANGES.items()}
        FOLD_FIGURES.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    if FOLD_FIGURES.exists():
        stored = json.loads(FOLD_FIGURES.read_text("utf-8"))
        for name in CHANGES:
            found[f"AnnoMI, sessions a fold model never saw, {name} (measured {stored['date']})"] = stored[name]
    for name, change in CHANGES.items():
        found[f"Authored batches never trained on, {name}"] = held_out(coder, change)
    found["Speed, one process"] = speed(coder)
    text = report(found)
    print(text)
    print(published())
    head = "" if RESULTS.exists() else f"# Agreement of the coder with people\n\n{published()}\n"
    with RESULTS.open("a", encoding="utf-8") as file:
        file.write(f"{head}\n{text}")


if __name__ == "__main__":
    main()
