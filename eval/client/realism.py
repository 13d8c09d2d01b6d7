"""Prints how real the client is, figure by figure, beside real clients and the best published simulator.

    python -m eval.client.realism [--personas ID ...|fitted|reported|all] [--policies NAME ...|all]
                                  [--seeds N] [--turns N] [--exact] [--voice embedded] [--out FOLDER]

With `--out` the whole report is written there as `client.md` with its pictures: `make eval-client`.
"""

from __future__ import annotations

import argparse
import shlex
import sys
import time
from pathlib import Path

from eval.client.asked import chosen_personas, realism
from eval.client.figures import measured
from eval.client.report import table, write
from eval.client.runs import as_authored, hold, hold_voiced
from evoke.counsellor.policy import SHIPPED


def main() -> None:
    """Hold the talks, print the table, write the report."""
    asked = _arguments()
    policies = list(SHIPPED) if asked.policies == ["all"] else asked.policies
    personas = chosen_personas(asked.personas)
    seeds = range(asked.first_seed, asked.first_seed + asked.seeds)
    began = time.perf_counter()
    if asked.voice == "scripted":
        talks = hold(personas, policies, seeds, asked.turns, asked.workers, exact=asked.exact)
    else:
        talks = [as_authored(talk) for talk in hold_voiced(personas, policies, seeds, asked.turns, asked.voice)]
    took = time.perf_counter() - began
    print(table({"here": measured(talks)}))
    print(f"\n{len(talks)} talks of {sum(len(talk.turns) for talk in talks)} turns in {took:.0f} s")
    if asked.out:
        print(f"{write(talks, asked.out, asked.workers, shlex.join(sys.argv[1:]))} written")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--personas", nargs="+", default=["reported"])
    parser.add_argument("--policies", nargs="+", default=["all"])
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--first-seed", type=int, default=realism().report_seed)
    parser.add_argument("--turns", type=int, default=40, help="learner turns at most")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--exact", action="store_true", help="code every turn in its whole context")
    parser.add_argument("--voice", choices=("scripted", "embedded", "endpoint"), default="scripted")
    parser.add_argument("--out", type=Path, help="folder for client.md")
    return parser.parse_args()


if __name__ == "__main__":
    main()
