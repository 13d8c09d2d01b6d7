"""Do the coach's globals and rooms tell sessions of high from those of low MI quality? Codes and debriefs AnnoMI.

    python -m eval.coach.quality CORPUS.csv

CORPUS.csv is AnnoMI's simple table (transcript_id, mi_quality, topic, interlocutor, utterance_text). The encoder coder
was trained on these sessions, so the figures say how good the rating rules are when the codes are, and no more.
"""

from __future__ import annotations

import csv
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from evoke.coach import debrief
from evoke.coach.report import Report
from evoke.coder import open_coder
from evoke.settings import settings
from evoke.transcript import Transcript, Turn


def sessions(file: Path) -> dict[str, list[Transcript]]:
    """Coded transcripts by quality."""
    rows: dict[str, list[dict[str, str]]] = defaultdict(list)
    with file.open(encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            rows[row["transcript_id"]].append(row)
    found: dict[str, list[Transcript]] = {"high": [], "low": []}
    for session in rows.values():
        found[session[0]["mi_quality"]].append(coded(session))
    return found


def coded(rows: Sequence[dict[str, str]]) -> Transcript:
    """One session, coded."""
    speakers = {"therapist": "learner", "client": "client"}
    turns = [
        Turn(
            id=f"t{n}",
            parent=f"t{n - 1}" if n else None,
            speaker=speakers[row["interlocutor"]],
            text=row["utterance_text"],
        )
        for n, row in enumerate(rows)
    ]
    codes = open_coder(settings()).code_all(turns, target=rows[0]["topic"])
    made = (turn.model_copy(update={"coded": code}) for turn, code in zip(turns, codes, strict=True))
    return Transcript(turns=tuple(made), target=rows[0]["topic"])


def figures(report: Report) -> dict[str, float]:
    """What is compared of one session."""
    if report.globals is None:
        return {}
    rated = {rating.name: rating.value for rating in report.globals.ratings}
    return {**rated, "technical": report.globals.technical, "relational": report.globals.relational}


def auc(high: Sequence[float], low: Sequence[float]) -> float:
    """How often a session of high quality stands above one of low quality; ties count half."""
    above = [(one > other) + (one == other) / 2 for one in high for other in low]
    return float(np.mean(above))


def main(file: Path) -> None:
    """Print one row a figure."""
    reports = {quality: [debrief(one) for one in found] for quality, found in sessions(file).items()}
    values = {quality: [figures(report) for report in found] for quality, found in reports.items()}
    print(f"{len(reports['high'])} sessions of high, {len(reports['low'])} of low quality")
    print("figure        high   low   AUC")
    for name in values["low"][0]:
        high, low = ([one[name] for one in values[quality] if one] for quality in ("high", "low"))
        print(f"{name:12}  {np.mean(high):.2f}  {np.mean(low):.2f}  {auc(high, low):.2f}")
    for quality, found in reports.items():
        print(quality, dict(Counter(report.balance.mainly for report in found)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
