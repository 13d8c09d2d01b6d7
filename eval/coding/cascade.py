"""What a cascade would be worth: accuracy and cost over thresholds, from the codes that both coders gave.

    evoke code GOLD.csv --out encoder.csv
    evoke code GOLD.csv --out llm.csv --coder llm                      says at its end what it cost
    python eval/coding/cascade.py GOLD.csv encoder.csv llm.csv --cost 0.0004

GOLD.csv is any labelled transcript that `evoke code` reads, with the columns transcript_id, utterance_id and behaviour
or talk (AnnoMI's own names are understood; a cell may be empty). `--cost` is what the language model took for one turn.
A turn goes to the language model where the encoder's probability of its choice is under the threshold; where the
language model left it uncoded the encoder's codes stand, as in `evoke code --coder cascade`. Asks no model.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LABELS = {"behaviour": ("behaviour", "main_therapist_behaviour"), "talk": ("talk", "client_talk_type")}
NONE = {"", "n/a"}
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.99, float("inf"))
DRAWS = 1000


@dataclass(frozen=True)
class Choice:
    """One labelled turn: how sure the encoder was of its choice, and whether it and the language model are right.

    `llm_right` is None where the language model gave no code.
    """

    transcript: str
    field: str
    sureness: float
    encoder_right: bool
    llm_right: bool | None

    def asked(self, below: float) -> bool:
        """Whether the language model is asked at this threshold."""
        return self.sureness < below

    def right(self, below: float) -> bool:
        """Whether the cascade is right at this threshold."""
        return self.llm_right if self.asked(below) and self.llm_right is not None else self.encoder_right


def choices(gold: Path, encoder: Path, llm: Path) -> list[Choice]:
    """The labelled turns that the encoder coded, in the order of the gold file."""
    ours, theirs = _by_turn(encoder), _by_turn(llm)
    made = []
    for turn, row in _by_turn(gold).items():
        for field, names in LABELS.items():
            label = next((row[name] for name in names if row.get(name) and row[name] not in NONE), None)
            chosen = ours.get(turn, {}).get(field)
            if label and chosen:
                sureness = float(ours[turn][f"p_{field}_{chosen}"] or 1)
                second = theirs.get(turn, {}).get(field)
                made.append(Choice(turn[0], field, sureness, chosen == label, second == label if second else None))
    return made


def _by_turn(file: Path) -> dict[tuple[str, str], dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return {(row["transcript_id"], row["utterance_id"]): row for row in csv.DictReader(lines)}


def table(made: Sequence[Choice], cost: float) -> str:
    """One row a threshold, as Markdown; the interval is of transcripts drawn again."""
    head = (
        "| below | asked | cost of 1,000 turns | right | 95 % by transcript | learner | client |\n" + "|---" * 7 + "|"
    )
    return "\n".join([head, *(_row(made, below, cost) for below in THRESHOLDS)])


def _row(made: Sequence[Choice], below: float, cost: float) -> str:
    asked = sum(one.asked(below) for one in made) / len(made)
    low, high = interval(made, below)
    parts = [accuracy([one for one in made if one.field == field], below) for field in LABELS]
    name = "all" if below == float("inf") else f"{below:.2f}"
    figures = [f"{asked:.1%}", f"{asked * cost * 1000:.2f}", accuracy(made, below), f"{low:.3f}–{high:.3f}", *parts]
    return f"| {name} | " + " | ".join(figures) + " |"


def accuracy(made: Sequence[Choice], below: float) -> str:
    """The share that is right, three digits; a dash where nothing is labelled."""
    return f"{sum(one.right(below) for one in made) / len(made):.3f}" if made else "–"


def interval(made: Sequence[Choice], below: float) -> tuple[float, float]:
    """Where the accuracy lies in 95 of 100 drawings of whole transcripts."""
    names = sorted({one.transcript for one in made})
    right = np.array([sum(one.right(below) for one in made if one.transcript == name) for name in names])
    turns = np.array([sum(one.transcript == name for one in made) for name in names])
    drawn = np.random.default_rng(0).integers(0, len(names), (DRAWS, len(names)))
    low, high = np.quantile(right[drawn].sum(1) / turns[drawn].sum(1), (0.025, 0.975))
    return float(low), float(high)


def main() -> None:
    """Print the table."""
    reader = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("gold", "encoder", "llm"):
        reader.add_argument(name, type=Path)
    reader.add_argument("--cost", type=float, default=0.0, help="of one turn by the language model")
    given = reader.parse_args()
    made = choices(given.gold, given.encoder, given.llm)
    if not made:
        raise SystemExit(f"{given.gold}: no row is labelled and coded. Name the columns behaviour or talk")
    print(
        f"{len(made)} labelled turns, {sum(one.llm_right is None for one in made)} without a code by the language model"
    )
    print(table(made, given.cost))


if __name__ == "__main__":
    main()
