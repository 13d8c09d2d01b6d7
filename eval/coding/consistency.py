"""Fits the weights of mi_consistency and says how well it tells AnnoMI's sessions of high quality from those of low.

    python eval/coding/consistency.py --annomi FOLDER [--folds RUNS] [--baseline] [--keep] [--cache FOLDER]

Three ways of coding the same sessions: people's labels, the coder on the text as written, and the coder on the text as
recognised speech. A session is coded by the fold model that never saw it (`RUNS/f0.int8.onnx` ...) where there is one,
else by the shipped coder, which has seen most of them. `--baseline` adds the codes of frozen sentence vectors, learned
without the session's fold: a weak coder, but a stranger to every session.

One set of weights is fitted to the first three together; every figure is of sessions whose fold the weights were not
fitted on, with an interval from 2,000 draws of sessions. Without `--keep` the weights go into consistency.yaml and the
figures into eval/results/consistency.md. What the coder said is cached by model, without text.
"""

from __future__ import annotations

import argparse
import datetime
import hashlib
import json
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import yaml
from augment import spoken
from examples import Example, Said, annomi, folds
from frozen import features
from scipy.optimize import minimize
from scipy.stats import spearmanr
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from evoke.coder.encoder import EncoderCoder
from evoke.coder.tuned import TunedScorer
from evoke.codes import Code, Coded, Uncoded
from evoke.consistency import AGAINST, SIGNS, signs_of
from evoke.measures import measure
from evoke.transcript import Turn

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "src" / "evoke" / "coder" / "mi-coder.int8.onnx"
AROUND = ("encoder.py", "permission.py", "reading.py", "rules.yaml", "split.py", "tuned.py", "volley.py")
RULE = ROOT / "src" / "evoke" / "consistency.yaml"
RESULTS = ROOT / "eval" / "results" / "consistency.md"
MARKER = "# What follows is written by eval/coding/consistency.py.\n"
CACHE = Path(tempfile.gettempdir()) / "evoke-consistency"
CHANGES: dict[str, Callable[[str], str]] = {"as written": str, "as recognised speech": spoken}
DIRECTION = np.array([-1.0 if sign in AGAINST else 1.0 for sign in SIGNS])
SMALLNESS = 0.001  # how dear large weights are; 21 sessions of low quality do not bear steeper ones
DRAWS, SEED = 2000, 7
GOLD = "people's labels"
Sessions = dict[int, list[Turn]]


@dataclass(frozen=True)
class View:
    """All sessions under one way of coding: the signs of each (None: too few turns)."""

    name: str
    sessions: Sessions
    fitted_on: bool = True

    def signs(self, groups: Sequence[int]) -> np.ndarray:
        """(sessions, signs), each sign with its direction; a session without any speaks neither way."""
        found = [signs_of(self.sessions[group]) for group in groups]
        return np.array([[f[sign] if f else 0.0 for sign in SIGNS] for f in found]) * DIRECTION


def by_session(examples: Sequence[Example]) -> dict[int, list[Example]]:
    """The turns of each session, in order."""
    made: dict[int, list[Example]] = defaultdict(list)
    for example in examples:
        made[example.group].append(example)
    return dict(made)


def turn(example: Example, coded: Coded | Uncoded, change: Callable[[str], str] = str) -> Turn:
    """An example as a coded turn."""
    return Turn(id=example.id, parent=None, speaker=example.speaker, text=change(example.text), coded=coded)


def labelled(example: Example) -> Coded:
    """What people said of a turn. Advice counts as persuasion: AnnoMI does not say whether there was leave."""
    if example.speaker == "client":
        return Coded(speaker="client", talk=example.talk, reason="label")
    reflection: Code | None = f"{example.reflection}_reflection" if example.reflection else None
    codes = ("question" if example.question else None, reflection, "persuade" if advises(example) else None)
    return Coded(
        speaker="learner",
        behaviour=example.behaviour,
        codes=tuple(code for code in codes if code),
        question=example.question,
        reason="label",
    )


def advises(example: Example) -> bool:
    """Whether giving advice is the main thing in a learner's turn."""
    return example.behaviour == "therapist_input" and example.input == "advice"


def coded_view(name: str, sessions: dict[int, list[Example]], models: dict[int, Path], cache: Path) -> View:
    """Every session as the model that is named for it codes it."""
    change, made = CHANGES[name], {}
    for model in sorted(set(models.values())):
        mine = [group for group in sessions if models[group] == model]
        made |= _coded(model, {group: sessions[group] for group in mine}, change, cache / _key(model, name, mine))
    return View(f"the coder, {name}", made)


def _key(model: Path, name: str, groups: Sequence[int]) -> str:
    """A name for what this model says of these sessions, by the code and the rules around it as they stand."""
    whole = hashlib.sha256(f"{name} {groups}".encode() + model.read_bytes())
    for file in AROUND:
        whole.update((SHIPPED.parent / file).read_bytes())
    return f"{whole.hexdigest()[:16]}.jsonl"


def _coded(model: Path, sessions: dict[int, list[Example]], change: Callable[[str], str], file: Path) -> Sessions:
    if not file.exists():
        coder = EncoderCoder(TunedScorer(model))
        lines = (line for rows in sessions.values() for line in _lines(coder, rows, change))
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_suffix(".part")
        part.write_text("".join(lines), "utf-8")
        part.replace(file)
    stored = iter(file.read_text("utf-8").splitlines())
    return {group: [turn(e, _read(next(stored)), change) for e in rows] for group, rows in sessions.items()}


def _lines(coder: EncoderCoder, rows: Sequence[Example], change: Callable[[str], str]) -> Iterator[str]:
    """One session's codes as lines of JSON, without its words."""
    turns = [Turn(id=e.id, parent=None, speaker=e.speaker, text=change(e.text)) for e in rows]
    for one in coder.code_all(turns):
        yield one.model_dump_json(exclude={"utterances"}, exclude_defaults=True) + "\n"


def _read(line: str) -> Coded | Uncoded:
    kind = Coded if {"behaviour", "talk"} & json.loads(line).keys() else Uncoded
    return kind.model_validate_json(line)


def baseline_views(sessions: dict[int, list[Example]], parts: Sequence[frozenset[int]]) -> Iterator[View]:
    """Codes by logistic regression on frozen vectors, each session's by a model that saw neither it nor its fold."""
    learner = [e for rows in sessions.values() for e in rows if e.speaker == "learner"]
    gold = np.array(["advice" if advises(e) else str(e.behaviour) for e in learner])
    rows = {name: features([_through(e, change) for e in learner]) for name, change in CHANGES.items()}
    shares: dict[str, dict[str, Coded]] = {name: {} for name in CHANGES}
    for part in parts:
        inside = np.array([e.group in part for e in learner])
        known = np.vstack([of[~inside] for of in rows.values()])
        model = LogisticRegression(C=0.5, max_iter=300).fit(known, np.tile(gold[~inside], len(rows)))
        for name, of in rows.items():
            made = zip(np.flatnonzero(inside), model.predict_proba(of[inside]), strict=True)
            shares[name] |= {learner[n].id: _stranger(dict(zip(model.classes_, p, strict=True))) for n, p in made}
    for name, change in CHANGES.items():
        turns = {g: [turn(e, shares[name].get(e.id) or labelled(e), change) for e in s] for g, s in sessions.items()}
        yield View(f"the baseline, {name}", turns, fitted_on=False)


def _through(example: Example, change: Callable[[str], str]) -> Example:
    context = tuple(Said(said.speaker, change(said.text)) for said in example.context)
    return replace(example, text=change(example.text), context=context)


def _stranger(shares: dict[str, float]) -> Coded:
    advice = shares.pop("advice")
    shares["therapist_input"] += advice
    known = {f"behaviour.{name}": float(share) for name, share in shares.items()}
    likeliest = max(shares, key=shares.__getitem__)
    return Coded.model_validate(
        {"speaker": "learner", "behaviour": likeliest, "reason": "baseline",
         "probabilities": known | {"code.persuade": float(advice)}}
    )  # fmt: skip


def fitted(signs: np.ndarray, high: np.ndarray) -> np.ndarray:
    """Weights, none below zero, with which both qualities, weighed alike, are likeliest."""
    share = np.where(high, 0.5 / high.mean(), 0.5 / (1 - high.mean())) / len(high)

    def cost(weights: np.ndarray) -> tuple[float, np.ndarray]:
        logits = signs @ weights
        slope = share * (1 / (1 + np.exp(-logits)) - high)
        missed = np.logaddexp(0, np.where(high, -logits, logits))
        return float(share @ missed + SMALLNESS * weights @ weights), signs.T @ slope + 2 * SMALLNESS * weights

    start = np.ones(signs.shape[1])
    return minimize(cost, start, jac=True, bounds=[(0, None)] * len(start), method="L-BFGS-B").x


def crossed(
    views: Sequence[View], groups: Sequence[int], high: np.ndarray, parts: Sequence[frozenset[int]]
) -> dict[str, np.ndarray]:
    """Per view, the logit of each session by weights that were fitted without its fold."""
    signs = {view.name: view.signs(groups) for view in views}
    learned = [signs[view.name] for view in views if view.fitted_on]
    logits = {view.name: np.zeros(len(groups)) for view in views}
    for part in parts:
        inside = np.array([group in part for group in groups])
        weights = fitted(np.vstack([of[~inside] for of in learned]), np.tile(high[~inside], len(learned)))
        for name, of in signs.items():
            logits[name][inside] = of[inside] @ weights
    return logits


def area(high: np.ndarray, values: np.ndarray) -> str:
    """The area under the curve and its 95 % interval by session."""
    rng, drawn = np.random.default_rng(SEED), []
    while len(drawn) < DRAWS:
        pick = rng.integers(0, len(high), len(high))
        if 0 < high[pick].sum() < len(high):
            drawn.append(roc_auc_score(high[pick], values[pick]))
    low, top = np.quantile(drawn, (0.025, 0.975))
    return f"{roc_auc_score(high, values):.3f} ({low:.3f}-{top:.3f})"


def controls(view: View, groups: Sequence[int], high: np.ndarray, logits: np.ndarray) -> Iterator[tuple[str, str]]:
    """What must not carry the score, by people's labels: shares that tell nothing, and the length of a session."""
    found = [measure(view.sessions[group]) for group in groups]
    for name, of in (("complex reflections", "complex_share"), ("open questions", "open_share")):
        values = np.array([getattr(one, of) for one in found], dtype=float)
        known = ~np.isnan(values)
        yield f"AUC, share of {name} alone, {known.sum()} sessions that have any", area(high[known], values[known])
    turns = np.array([one.learner_turns for one in found])
    yield "AUC, number of learner turns alone", area(high, turns)
    for name, of in (("high", high), ("low", ~high)):
        rank = spearmanr(logits[of], turns[of])[0]
        yield f"rank correlation of mi_consistency and learner turns, {name} quality", f"{rank:.2f}"


def report(rows: Sequence[tuple[str, str]], fit: dict[str, object], weights: dict[str, float]) -> str:
    """The figures as Markdown."""
    lines = ["# mi_consistency: sessions of high against sessions of low MI quality", ""]
    lines += [f"{name}: {value}  " for name, value in fit.items() if name != "auc"]
    lines += ["weights: " + ", ".join(f"{name} {value}" for name, value in weights.items()), "", "| | |", "|---|---|"]
    return "\n".join([*lines, *(f"| {name} | {value} |" for name, value in rows), ""])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--annomi", type=Path, required=True)
    parser.add_argument("--folds", type=Path, help="folder of fold models")
    parser.add_argument("--baseline", action="store_true", help="add the codes of frozen vectors")
    parser.add_argument("--keep", action="store_true", help="print only; change no file")
    parser.add_argument("--cache", type=Path, default=CACHE)
    given = parser.parse_args()
    sessions, parts = by_session(annomi(given.annomi)), folds(given.annomi)
    groups = sorted(sessions)
    high = np.array([sessions[group][0].high_quality for group in groups])
    models = _models(groups, parts, given.folds)
    views = [View(GOLD, {group: [turn(e, labelled(e)) for e in rows] for group, rows in sessions.items()})]
    views += [coded_view(name, sessions, models, given.cache) for name in CHANGES]
    views += baseline_views(sessions, parts) if given.baseline else []
    logits = crossed(views, groups, high, parts)
    unseen = np.array([models[group] != SHIPPED for group in groups])
    rows = list(_rows(views, logits, high, unseen))
    rows += controls(views[0], groups, high, logits[GOLD])
    learned = [view.signs(groups) for view in views if view.fitted_on]
    best = fitted(np.vstack(learned), np.tile(high, len(learned)))
    weights = {sign: round(float(value), 2) for sign, value in zip(SIGNS, best, strict=True)}
    fit = _fit(high, unseen, dict(rows[: len(views)]))
    text = report(rows, fit, weights)
    print(text)
    if not given.keep:
        made = yaml.safe_dump({"weights": weights, "fit": fit}, sort_keys=False, width=110)
        RULE.write_text(RULE.read_text("utf-8").split(MARKER)[0] + MARKER + made, "utf-8")
        RESULTS.write_text(text, "utf-8")


def _models(groups: Sequence[int], parts: Sequence[frozenset[int]], runs: Path | None) -> dict[int, Path]:
    """The model that codes each session: one that never saw it, where there is one."""
    made = {}
    for group in groups:
        fold = next(n for n, part in enumerate(parts) if group in part)
        model = runs / f"f{fold}.int8.onnx" if runs else SHIPPED
        made[group] = model if model.exists() else SHIPPED
    return made


def _rows(
    views: Sequence[View], logits: dict[str, np.ndarray], high: np.ndarray, unseen: np.ndarray
) -> Iterator[tuple[str, str]]:
    """AUC of every view, then of the sessions that the coder never saw."""
    for view in views:
        yield f"AUC, {view.name}", area(high, logits[view.name])
    some = 0 < unseen.sum() < len(unseen) and 0 < high[unseen].sum() < unseen.sum()
    for view in views[1:] if some else ():
        name = f"AUC, {view.name}, only the {unseen.sum()} sessions a fold model never saw"
        yield name, area(high[unseen], logits[view.name][unseen])


def _fit(high: np.ndarray, unseen: np.ndarray, areas: dict[str, str]) -> dict[str, object]:
    """Where the weights come from."""
    return {
        "command": "python eval/coding/consistency.py --annomi FOLDER --folds RUNS",
        "date": datetime.date.today().isoformat(),
        "coder": hashlib.sha256(SHIPPED.read_bytes()).hexdigest()[:12],
        "sessions": f"AnnoMI training part, {high.sum()} of high and {(~high).sum()} of low quality, "
        f"{unseen.sum()} of them coded by a fold model that never saw them",
        "auc": areas,
    }


if __name__ == "__main__":
    main()
