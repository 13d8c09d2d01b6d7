"""How well the coder agrees with people, printed and kept in eval/results/coding.md.

    python eval/coding/agreement.py                                      authored batches never trained on
    python eval/coding/agreement.py --annomi FOLDER --folds RUNS         and five-fold figures with the fold models

A fold model `RUNS/f0.int8.onnx` was trained without fold 0 (train.py --fold 0, export_coder.py) and is asked about
that fold alone. Everything goes the way of `evoke code`: clauses, model, volley rules. Nothing here fits anything.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import json
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np
from augment import spoken, typed
from examples import HELD_OUT_BATCHES, Example, annomi, authored, folds
from scoring import counts, expected_error, f1_by_fold, interval, per_class, per_code
from sklearn.metrics import cohen_kappa_score

from evoke.coder.encoder import EncoderCoder
from evoke.coder.llm_batch import Spoken
from evoke.coder.tuned import HEADS, TunedScorer
from evoke.codes import Coded, Uncoded
from evoke.settings import CONTEXT_TURNS
from evoke.transcript import Turn

HERE = Path(__file__).parent
RESULTS = HERE.parent / "results" / "coding.md"
FOLD_FIGURES = HERE / "fold_figures.json"
PUBLISHED = HERE / "published.csv"
Change = Callable[[str], str]
Answer = Coded | Uncoded
Done = list[tuple[Example, Answer]]
CHANGES: dict[str, Change] = {
    "as written": str,
    "as recognised speech": spoken,
    "typed with slips": lambda text: typed(text, random.Random(text)),
}
FIELDS = ("behaviour", "talk", "question", "reflection")
REPEATED = 200  # rows coded twice


def turns_of(example: Example, change: Change) -> list[Turn]:
    """The context of an example as the coder takes it."""
    said = enumerate(example.context[-CONTEXT_TURNS:])
    return [Turn(id=str(n), parent=None, speaker=s.speaker, text=change(s.text)) for n, s in said]


def coded(coder: EncoderCoder, examples: Sequence[Example], change: Change = str) -> Done:
    """The coder's answer for every example in its context."""
    answers = (coder.code(change(e.text), e.speaker, turns_of(e, change), target=e.target) for e in examples)
    return list(zip(examples, answers, strict=True))


def choices(field: str, done: Done) -> tuple[list[Example], np.ndarray, np.ndarray]:
    """Examples with this label, the labels, and the coder's choices; what stayed uncoded is the choice "none"."""
    known = [(e, c) for e, c in done if getattr(e, field) is not None]
    gold = np.array([getattr(e, field) for e, _ in known])
    ours = np.array([(isinstance(c, Coded) and getattr(c, field)) or "none" for _, c in known])
    return [e for e, _ in known], gold, ours


def by_fold_models(folder: Path, runs: Path, change: Change) -> Done:
    """Every session of AnnoMI as the model codes it that never saw its fold; folds without a model are left out."""
    sessions, done = annomi(folder), list[tuple[Example, Answer]]()
    for n, part in enumerate(folds(folder)):
        if (model := runs / f"f{n}.int8.onnx").exists():
            unseen = [e for e in sessions if e.group in part]
            answers = EncoderCoder(TunedScorer(model)).code_talks(_spoken(e, change) for e in unseen)
            done += zip(unseen, answers, strict=True)
    return done


def _spoken(example: Example, change: Change) -> Spoken:
    turn = Turn(id=example.id, parent=None, speaker=example.speaker, text=change(example.text))
    return Spoken(str(example.group), example.target, turn)


def crossed(folder: Path, runs: Path, change: Change) -> dict[str, dict]:
    """Five-fold figures of every AnnoMI label, with intervals by session."""
    done, parts = by_fold_models(folder, runs, change), folds(folder)
    seen = {e.group for e, _ in done}
    made: dict[str, dict] = {"folds": {"used": sum(bool(part & seen) for part in parts), "sessions": len(seen)}}
    for field in FIELDS:
        examples, gold, ours = choices(field, done)
        figures = f1_by_fold(examples, gold, ours, [part for part in parts if part & seen])
        within = interval(counts(examples, gold, ours, HEADS[field]))
        made[field] = {"95 % by session": within} | figures | per_class(gold, ours)
    made["kappa of types, where both see one"] = _type_kappas(done)
    for field in ("behaviour", "talk"):
        examples, gold, ours = choices(field, done)
        for n, row in enumerate(sum(counts(examples, gold, ours, HEADS[field]).values())):
            made[f"{field} {HEADS[field][n]}, coded as"] = dict(
                zip([*HEADS[field], "none"], map(int, row), strict=True)
            )
        made[f"calibration error, {field}"] = {"all": _calibration(field, done)}
    return made


def _calibration(field: str, done: Done) -> float:
    """Expected calibration error of the shown probability of the likeliest label."""
    known = [(getattr(e, field), _likeliest(field, c)) for e, c in done if getattr(e, field) and isinstance(c, Coded)]
    sure = np.array([share for _, (_, share) in known])
    return round(expected_error(sure, np.array([gold == name for gold, (name, _) in known])), 3)


def _likeliest(field: str, coded: Coded) -> tuple[str, float]:
    shares = {n.partition(".")[2]: p for n, p in coded.probabilities.items() if n.startswith(f"{field}.")}
    return max(shares.items(), key=lambda one: one[1])


def _type_kappas(done: Done) -> dict[str, float]:
    """Kappa of open v closed and simple v complex where both sides see a question, or a reflection, at all."""
    made = {}
    for field in ("question", "reflection"):
        both = [(getattr(e, field), getattr(c, field)) for e, c in done if isinstance(c, Coded) and getattr(c, field)]
        both = [(gold, ours) for gold, ours in both if gold]
        made[field] = round(float(cohen_kappa_score(*zip(*both, strict=True))), 3)
    return made


def held_out(coder: EncoderCoder, change: Change = str) -> dict[str, dict]:
    """F1 a code, talk and kind on the authored batches that were never trained on, and the codes batch by batch."""
    done = coded(coder, authored(held_out=True), change)
    learner = [(e, c) for e, c in done if e.speaker == "learner"]
    found: dict[str, dict] = {"codes": per_code(learner)}
    for batch in sorted(HELD_OUT_BATCHES):
        found[f"codes, batch {batch}"] = per_code([(e, c) for e, c in learner if e.group == batch])
    for field, ours in (("talk", "talk"), ("kind", "talk_kind")):
        known = [(e, c) for e, c in done if e.speaker == "client" and getattr(e, field) is not None]
        gold = np.array([getattr(e, field) for e, _ in known])
        said = np.array([(isinstance(c, Coded) and getattr(c, ours)) or "none" for _, c in known])
        found[field] = per_class(gold, said)
    return found


def repeatability() -> dict[str, float]:
    """The share of rows that get the same codes from two coders opened one after the other."""
    rows = authored(held_out=False)[:REPEATED]
    pair = [[c.model_dump() for _, c in coded(EncoderCoder(), rows)] for _ in range(2)]
    return {"same codes when coded twice": float(np.mean([a == b for a, b in zip(*pair, strict=True)]))}


def report(found: dict[str, dict]) -> Iterator[str]:
    """The figures as Markdown, line by line."""
    yield from ("# Agreement of the coder with people", "", *published(), "")
    yield from (f"Made on {datetime.date.today().isoformat()} by `make eval-coding`, which replaces this file.", "")
    for title, part in found.items():
        yield from (f"## {title}", "", "| | |", "|---|---|")
        yield from (f"| {name} | {_cell(value)} |" for name, value in part.items())
        yield ""


def _cell(value: object) -> str:
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)


def published() -> list[str]:
    """The table of figures to compare with, our own five-fold figures last."""
    with PUBLISHED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    if FOLD_FIGURES.exists():
        ours = json.loads(FOLD_FIGURES.read_text("utf-8"))["as written"]
        cells = (f"**{ours[field]['macro-F1']}** ({ours[field]['95 % by session']})" for field in ("talk", "behaviour"))
        rows.append([f"**Evoke, offline, {ours['folds']['used']} leak-free folds, one annotator**", *cells])
    return ["| " + " | ".join(row) + " |" for row in (rows[0], ["---"] * len(rows[0]), *rows[1:])]


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--annomi", type=Path)
    parser.add_argument("--folds", type=Path, help="folder of fold models")
    parser.add_argument("--model", type=Path, help="another model than the shipped one")
    given = parser.parse_args()
    coder = EncoderCoder(TunedScorer(given.model) if given.model else None)
    if given.annomi and given.folds:
        made: dict = {"date": datetime.date.today().isoformat()}
        made |= {name: crossed(given.annomi, given.folds, change) for name, change in CHANGES.items()}
        FOLD_FIGURES.write_text(json.dumps(made, indent=1) + "\n", "utf-8")
    found: dict[str, dict] = {}
    if FOLD_FIGURES.exists():
        stored = json.loads(FOLD_FIGURES.read_text("utf-8"))
        for name in CHANGES:
            found[f"AnnoMI, sessions a fold model never saw, {name} (measured {stored['date']})"] = stored[name]
    for name, change in CHANGES.items():
        found[f"Authored batches never trained on, {name}"] = held_out(coder, change)
    found["Repeatability"] = repeatability()
    text = "\n".join(report(found))
    print(text)
    RESULTS.write_text(text, "utf-8")


if __name__ == "__main__":
    main()
