"""What counsellors ordinarily say, as far as this repository holds it, to see what is wrongly taken for something else.

Knows no client and no model.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import yaml

from evoke.cards import all_cards
from evoke.settings import settings, shipped

HERE = Path(__file__).parent
SHORTEST = 3  # words of a sentence of a policy


def ordinary(annomi: Path | None = None) -> dict[str, list[str]]:
    """Learner turns by where they come from; `annomi` is AnnoMI's csv, whose therapist turns are read too."""
    authored = [json.loads(row) for file in _authored() for row in file.read_text("utf-8").splitlines()]
    found = {
        "authored rows without confrontation": [r["text"] for r in authored if _of_learner(r) and not _confronts(r)],
        "authored rows with confrontation": [r["text"] for r in authored if _of_learner(r) and _confronts(r)],
        "the cards' questions and reflections": [
            words
            for card in all_cards(settings())
            for line in card.lines
            for words in (line.ask, line.reflect)
            if words
        ],
        "the policies' sentences": _policies(hostile=False),
        "the hostile policy's sentences": _policies(hostile=True),
        "labelled turns (relevance.yaml)": [
            row["learner"] for rows in _yaml(HERE / "relevance.yaml")["turns"].values() for row in rows
        ],
        "fixed learners": [
            s for f in (HERE / "learners").glob("*.txt") for s in f.read_text("utf-8").splitlines() if s
        ],
    }
    if annomi:
        with annomi.open(encoding="utf-8") as rows:
            said = [row["utterance_text"] for row in csv.DictReader(rows) if row["interlocutor"] == "therapist"]
        found["real sessions (AnnoMI)"] = list(dict.fromkeys(said))
    return found


def _authored() -> list[Path]:
    return sorted((HERE.parent / "coding" / "authored").glob("*.jsonl"))


def _of_learner(row: dict[str, Any]) -> bool:
    return row["speaker"] == "therapist"


def _confronts(row: dict[str, Any]) -> bool:
    return "confront" in (row["codes"] or ())


def said_by(counsellor: str, shortest: int = SHORTEST) -> list[str]:
    """Everything of at least `shortest` words in a shipped counsellor's file, blanks and patterns as they stand."""
    said = _strings(_yaml(shipped("prompts") / "counsellor" / f"{counsellor}.yaml"))
    return [words for words in said if len(words.split()) >= shortest]


def _policies(*, hostile: bool) -> list[str]:
    names = sorted(file.stem for file in (shipped("prompts") / "counsellor").glob("*.yaml"))
    return [words for name in names if (name == "hostile") is hostile for words in said_by(name)]


def _strings(data: Any) -> Iterator[str]:
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict | list):
        for part in data.values() if isinstance(data, dict) else data:
            yield from _strings(part)


def _yaml(file: Path) -> Any:
    return yaml.safe_load(file.read_text("utf-8"))
