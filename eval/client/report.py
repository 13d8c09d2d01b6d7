"""The realism report as Markdown: figures for all clients and for those nothing was fitted on, curves, checks.

Knows held talks; `eval.client.realism` is its command.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isinf
from pathlib import Path

from eval.client import next_turn, shortened
from eval.client.asked import realism
from eval.client.core import asked_for
from eval.client.counts import by_policy
from eval.client.curves import Curve, drawn
from eval.client.figures import Figure, measured
from eval.client.real import change_curve
from eval.client.runs import hold
from evoke.transcript import Transcript

CURVES = ("skilled", "follower", "closed", "directive")
CORE_SEEDS, AGAIN, SHORT_SEEDS = 5, 6, 1  # seeds of the checks, and talks held a second time
Columns = Mapping[str, Mapping[str, Figure]]


def table(columns: Columns) -> str:
    """The figures as a Markdown table, a column of values and one of marks for each group of talks."""
    heads = "".join(f" {name} (95 % interval) | n | |" for name in columns)
    head = f"| figure | real | ConsistentMI | asked for |{heads}\n|---|---|---|---|{'---|---|---|' * len(columns)}"
    first = next(iter(columns.values()))
    rows = [_row(figure, [column[name] for column in columns.values()]) for name, figure in first.items()]
    return "\n".join([head, *rows])


def write(talks: Sequence[Transcript], folder: Path, workers: int, arguments: str) -> Path:
    """`client.md` and its picture in `folder`; the file's path. `arguments` are those of the command."""
    folder.mkdir(parents=True, exist_ok=True)
    curves: dict[str, Curve] = {"real clients": realism().change_curve}
    curves.update({name: change_curve(found) for name in CURVES if (found := by_policy(talks, name))})
    (folder / "client_change_talk.svg").write_text(drawn(curves, "Change talk out of change and sustain talk"), "utf-8")
    file = folder / "client.md"
    file.write_text(_report(talks, workers, arguments), "utf-8")
    return file


def _report(talks: Sequence[Transcript], workers: int, arguments: str) -> str:
    held_out = [talk for talk in talks if talk.persona and talk.persona.id in realism().reported_on]
    personas = sorted({talk.persona.id for talk in talks if talk.persona})
    columns = {"all clients": measured(talks), "clients not fitted on": measured(held_out)}
    told, made = asked_for(personas, range(CORE_SEEDS))
    turns = max(sum(turn.speaker == "learner" for turn in talk.turns) for talk in talks)
    return "\n".join([
        "# How real the client is",
        "",
        f"`python -m eval.client.realism {arguments}`",
        "",
        f"{len(talks)} talks of at most {turns} learner turns, {len(personas)} clients, authored lines as voice. What "
        "each figure is stands in `eval/client/counts.py`, `spread.py` and `consistent.py`, what is asked for and "
        "whence the real value comes in `eval/client/realism.yaml`. The talk of a client turn is what the author of "
        "its line says it is. Unless a title says otherwise a figure is of the skilled counsellor.",
        "",
        table(columns),
        "",
        "![Change talk over a session](client_change_talk.svg)",
        "",
        "## What follows what",
        "",
        "The client's answer straight after a learner's turn, % change / sustain / neutral. A turn may be of several "
        "kinds. A real one is what its annotator says; a simulated one is what the coder says, and negotiates a plan "
        "where words of planning are found. What real clients show rests on few turns in sessions of low quality.",
        "",
        next_turn.table(talks, held_out),
        "",
        "## Beside what was published",
        "",
        published(columns),
        "",
        "## Checks",
        "",
        f"- The core motivation, asked for straight out at low trust: given {told} times after {made} requests "
        "(`python -m eval.client.core`).",
        f"- {_again(talks, workers)}",
        "",
        "## What quick talks cost in truth",
        "",
        shortened.held(personas, range(SHORT_SEEDS), turns, workers) + " (`python -m eval.client.shortened`)",
        "",
    ])  # fmt: skip


def published(columns: Columns) -> str:
    """Every figure that ConsistentMI published, for its simulator and for a profile in the prompt, beside ours."""
    heads = ("figure", "a profile in the prompt", "ConsistentMI", "real", *columns)
    rows = [f"| {' | '.join(heads)} |", "|---" * len(heads) + "|"]
    for one in realism().published:
        here = [_said(of[one.figure].value) for of in columns.values()] if one.figure else [one.where] * len(columns)
        cells = (one.title, _said(one.prompt), _said(one.best), _said(one.real), *here)
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _again(talks: Sequence[Transcript], workers: int) -> str:
    """Some talks held a second time."""
    step = max(1, len(talks) // AGAIN)
    chosen = [talk for talk in talks[::step] if talk.persona and talk.seed is not None and talk.counsellor]
    same = 0
    for talk in chosen:
        turns = sum(turn.speaker == "learner" for turn in talk.turns)
        again = hold([talk.persona.id], [talk.counsellor], [talk.seed], turns, 1)[0]  # type: ignore[union-attr, list-item]
        same += [(t.move, t.text) for t in again.turns] == [(t.move, t.text) for t in talk.turns]
    return f"The same seed gives the same talk, move by move and word by word: {same} of {len(chosen)} held again."


def _row(figure: Figure, group: Sequence[Figure]) -> str:
    others = f"{figure.title} | {_said(figure.real)} | {_said(figure.best)} | {_bounds(figure)}"
    return f"| {others} | {' | '.join(_cells(one) for one in group)} |"


def _cells(figure: Figure) -> str:
    mark = {True: "reached", False: "**not reached**", None: ""}[figure.reached]
    here = "–" if figure.value is None else f"{_said(figure.value)} ({_said(figure.low)}, {_said(figure.high)})"
    return f"{here} | {figure.n} | {mark}"


def _bounds(figure: Figure) -> str:
    if not figure.bounded:
        return "–"
    if figure.most == inf:
        return f"≥ {_said(figure.least)}"
    return f"≤ {_said(figure.most)}" if figure.least == -inf else f"{_said(figure.least)} to {_said(figure.most)}"


def _said(value: float | None) -> str:
    """Two places; a figure that most talks never reach is "never"."""
    if value is None:
        return "–"
    if isinf(value):
        return "never"
    return f"{value:.2f}".rstrip("0").rstrip(".")
