"""Prints how real the client is, figure by figure, beside real clients and the best published simulator.

python -m eval.client.realism [--personas ID ...|fitted|reported|all] [--policies NAME ...|all] [--seeds N] [--turns N]
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Mapping
from math import inf, isinf

from eval.client.asked import realism
from eval.client.figures import Figure, measured
from eval.client.runs import hold
from evoke.cards import all_cards
from evoke.counsellor.policy import SHIPPED
from evoke.settings import settings


def table(figures: Mapping[str, Figure]) -> str:
    """The figures as a Markdown table."""
    head = "| figure | real | ConsistentMI | asked for | here (95 % interval) | n | |\n|---|---|---|---|---|---|---|"
    return "\n".join([head, *(_row(figure) for figure in figures.values())])


def _row(figure: Figure) -> str:
    mark = {True: "reached", False: "**not reached**", None: ""}[figure.reached]
    here = "–" if figure.value is None else f"{_said(figure.value)} ({_said(figure.low)}, {_said(figure.high)})"
    others = f"{_said(figure.real)} | {_said(figure.best)} | {_bounds(figure)}"
    return f"| {figure.title} | {others} | {here} | {figure.n} | {mark} |"


def _bounds(figure: Figure) -> str:
    if not figure.bounded:
        return "–"
    if figure.most == inf:
        return f"≥ {_said(figure.least)}"
    return f"≤ {_said(figure.most)}" if figure.least == -inf else f"{_said(figure.least)} to {_said(figure.most)}"


def _said(value: float | None) -> str:
    if value is None:
        return "–"
    if isinf(value):
        return "never"
    return f"{value:.1f}" if abs(value) >= 10 else f"{value:.2f}".removesuffix("0").removesuffix(".0")


def chosen_personas(names: list[str]) -> list[str]:
    """Ids, with `fitted`, `reported` and `all` written out."""
    groups = {
        "fitted": realism().fitted_on,
        "reported": realism().reported_on,
        "all": tuple(card.id for card in all_cards(settings())),
    }
    return list(dict.fromkeys(one for name in names for one in groups.get(name, (name,))))


def main() -> None:
    """Hold the talks and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--personas", nargs="+", default=["reported"])
    parser.add_argument("--policies", nargs="+", default=["all"])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=realism().report_seed)
    parser.add_argument("--turns", type=int, default=40, help="learner turns at most")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--exact", action="store_true", help="code every turn in its whole context")
    asked = parser.parse_args()
    policies = SHIPPED if asked.policies == ["all"] else asked.policies
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    began = time.perf_counter()
    talks = hold(chosen_personas(asked.personas), policies, seeds, asked.turns, asked.workers, exact=asked.exact)
    took = time.perf_counter() - began
    print(table(measured(talks)))
    print(f"\n{len(talks)} talks of {sum(len(talk.turns) for talk in talks)} turns in {took:.0f} s")


if __name__ == "__main__":
    main()
