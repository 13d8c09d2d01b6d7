"""The real column: the same figures, by the same code, from AnnoMI's human labels. Commits no sentence of it.

    python -m eval.client.real --annomi FOLDER     the folder with annomi-train-full.csv

Sessions of high MI quality stand for the skilled counsellor. Labels are those of one annotator a turn. What a figure
needs and AnnoMI does not have (states, moves) stays empty.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import cast

from eval.client.asked import realism
from eval.client.figures import measured
from evoke.codes import Code, Coded, QuestionType, Talk
from evoke.counsellor.scripts import talk_of
from evoke.transcript import Transcript, Turn

FILE = "annomi-train-full.csv"
QUALITY = {"high": "skilled", "low": "low"}
Row = dict[str, str]


def real_talks(folder: Path) -> list[Transcript]:
    """Every session as a transcript, a turn a labelled row."""
    with (folder / FILE).open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return [_talk(list(session)) for _, session in groupby(rows, key=lambda row: row["transcript_id"])]


def change_curve(talks: Sequence[Transcript], parts: int = 10) -> list[float | None]:
    """Change talk out of change and sustain talk in each part of the client's turns, all sessions added up."""
    leaning: list[list[Talk]] = [[] for _ in range(parts)]
    for talk in talks:
        said = [talk_of(turn) for turn in talk.turns if turn.speaker == "client"]
        for n, one in enumerate(said):
            if one != "neutral":
                leaning[n * parts // len(said)].append(one)
    return [round(part.count("change") / len(part), 3) if part else None for part in leaning]


def _talk(rows: list[Row]) -> Transcript:
    turns = tuple(_turn(n, row) for n, row in enumerate(rows))
    return Transcript(counsellor=QUALITY[rows[0]["mi_quality"]], turns=turns)


def _turn(n: int, row: Row) -> Turn:
    if row["interlocutor"] == "client":
        coded = Coded(speaker="client", talk=cast(Talk, row["client_talk_type"]), reason="annotated")
        return Turn(id=str(n), parent=None, speaker="client", text=row["utterance_text"], coded=coded)
    kind = row["question_subtype"]
    coded = Coded(
        speaker="learner", codes=_codes(row), reason="annotated",
        question=cast(QuestionType, kind) if kind in ("open", "closed") else None,
    )  # fmt: skip
    return Turn(id=str(n), parent=None, speaker="learner", text=row["utterance_text"], coded=coded)


def _codes(row: Row) -> tuple[Code, ...]:
    """MITI's nearest code; AnnoMI does not say whether advice had been asked for."""
    codes: list[Code] = ["question"] if row["question_exists"] == "True" else []
    if row["reflection_exists"] == "True":
        codes.append("complex_reflection" if row["reflection_subtype"] == "complex" else "simple_reflection")
    if row["therapist_input_exists"] == "True":
        codes.append("persuade" if row["therapist_input_subtype"] == "advice" else "give_information")
    return tuple(codes)


def main() -> None:
    """Print the figures that AnnoMI has, and the real column of `realism.yaml` beside them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--annomi", type=Path, required=True)
    talks = real_talks(parser.parse_args().annomi)
    print("| figure | here (95 % interval) | n | in realism.yaml |\n|---|---|---|---|")
    for name, figure in measured(talks).items():
        if figure.value is not None:
            interval = f"{figure.value:.3f} ({figure.low:.3f}, {figure.high:.3f})"
            print(f"| {name} | {interval} | {figure.n} | {realism().figures[name].real} |")
    skilled = [talk for talk in talks if talk.counsellor == "skilled"]
    print(f"\nchange share by tenth: {change_curve(skilled)}")


if __name__ == "__main__":
    main()
