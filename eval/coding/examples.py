"""Labelled turns to train and measure the coder on: AnnoMI's sessions and our authored batches, in one form.

AnnoMI (Wu et al., ICASSP 2022; Future Internet 2023, 15(3):110) is read from a folder of your own: its files
`annomi-train-full.csv` and `folds.json`. None of its sentences is kept in this repository.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from evoke.codes import CODES, Code, Speaker

AUTHORED = Path(__file__).parent / "authored"
PERSONAS = Path(__file__).parents[2] / "personas"
HELD_OUT_BATCHES = frozenset({5, 9, 23, 24, 25, 26})  # by author's voice, never trained on
CONTEXT_TURNS = 6
SPEAKERS: dict[str, Speaker] = {"therapist": "learner", "client": "client"}
INPUTS = ("information", "advice", "options", "negotiation")
BEHAVIOUR_OF = {"question": "question", "simple_reflection": "reflection", "complex_reflection": "reflection",
                "give_information": "therapist_input", "persuade": "therapist_input",
                "persuade_with_permission": "therapist_input", "confront": "other"}  # fmt: skip
BY_INPUT: tuple[Code, ...] = ("give_information", "persuade", "persuade_with_permission")


@dataclass(frozen=True)
class Said:
    """One earlier turn."""

    speaker: Speaker
    text: str


@dataclass(frozen=True)
class Example:
    """One turn and what is known of it. `codes` says yes (1.0) or no (0.0); a code that is missing is unknown."""

    source: str
    group: int
    id: str
    speaker: Speaker
    text: str
    context: tuple[Said, ...]
    target: str
    behaviour: str | None = None
    question: str | None = None
    reflection: str | None = None
    input: str | None = None
    talk: str | None = None
    kind: str | None = None
    codes: dict[Code, float] = field(default_factory=dict)
    high_quality: bool = True


def annomi(folder: Path) -> list[Example]:
    """The training part of AnnoMI, each turn with the turns before it; `group` is the transcript id."""
    with (folder / "annomi-train-full.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    made: list[Example] = []
    context: list[Said] = []
    for row in rows:
        if made and made[-1].group != int(row["transcript_id"]):
            context = []
        made.append(_annomi_example(row, tuple(context[-CONTEXT_TURNS:])))
        context.append(Said(made[-1].speaker, made[-1].text))
    return made


def _annomi_example(row: dict[str, str], context: tuple[Said, ...]) -> Example:
    given = {key: None if value in ("n/a", "") else value for key, value in row.items()}
    learner = row["interlocutor"] == "therapist"
    return Example(
        source="annomi",
        group=int(row["transcript_id"]),
        id=f"{row['transcript_id']}-{row['utterance_id']}",
        speaker=SPEAKERS[row["interlocutor"]],
        text=row["utterance_text"],
        context=context,
        target=row["topic"],
        behaviour=given["main_therapist_behaviour"],
        question=given["question_subtype"],
        reflection=given["reflection_subtype"],
        input=given["therapist_input_subtype"],
        talk=given["client_talk_type"],
        codes=_codes_known(row) if learner else {},
        high_quality=row["mi_quality"] == "high",
    )


def _codes_known(row: dict[str, str]) -> dict[Code, float]:
    """What AnnoMI's labels say about MITI codes. A question there may be seeking collaboration: then unknown."""
    known: dict[Code, float] = {}
    subtype = row["reflection_subtype"]
    known["simple_reflection"] = float(subtype == "simple")
    known["complex_reflection"] = float(subtype == "complex")
    if row["question_exists"] != "True":
        known["question"] = 0.0
    if row["therapist_input_exists"] != "True":
        known |= dict.fromkeys(BY_INPUT, 0.0)
    elif row["therapist_input_subtype"] == "information":
        known["give_information"] = 1.0
    elif row["therapist_input_subtype"] == "advice":
        known["give_information"] = 0.0
    return known


def folds(folder: Path) -> list[frozenset[int]]:
    """Transcript ids of the five folds; no source video is shared between two of them."""
    stored: dict[str, Any] = json.loads((folder / "folds.json").read_text("utf-8"))
    return [frozenset(fold) for fold in stored["folds"]]


def authored(*, held_out: bool) -> list[Example]:
    """Our own rows: those of the held-out batches, or all the others; `group` is the batch."""
    return [row for row in _authored_rows() if (row.group in HELD_OUT_BATCHES) is held_out]


def from_personas() -> list[Example]:
    """The authored lines of our persona cards: client talk, and the model answers, a reflection and a question."""
    made: list[Example] = []
    for n, file in enumerate(sorted(PERSONAS.glob("*_*.yaml"))):
        card = yaml.safe_load(file.read_text("utf-8"))
        for k, line in enumerate(card["lines"]):
            made += _persona_examples(line, f"{card['id']}-{k}", 100 + n, card["target_behaviour"])
    return made


def _persona_examples(line: dict[str, Any], key: str, group: int, target: str) -> Iterator[Example]:
    said = (Said("client", line["say"]),)
    talk, _, kind = line["talk"].partition("/")
    yield Example("persona", group, key, "client", line["say"], (), target, talk=talk, kind=kind or None)
    no_advice: dict[Code, float] = dict.fromkeys((*BY_INPUT, "confront"), 0.0)
    if "reflect" in line:
        codes = no_advice | {"complex_reflection": 1.0, "simple_reflection": 0.0, "question": 0.0}
        yield Example(
            "persona", group, f"{key}-reflect", "learner", line["reflect"], said, target,
            behaviour="reflection", reflection="complex", codes=codes,
        )  # fmt: skip
    if "ask" in line:
        codes = no_advice | {"complex_reflection": 0.0, "simple_reflection": 0.0, "affirm": 0.0}
        yield Example(
            "persona", group, f"{key}-ask", "learner", line["ask"], said, target,
            behaviour="question", question="open", codes=codes,
        )  # fmt: skip


def _main_behaviour(codes: list[str]) -> str | None:
    """What AnnoMI would call a volley with these codes, where that is plain; None where it is not."""
    if len(codes) > 1:
        return None
    return BEHAVIOUR_OF.get(codes[0]) if codes else "other"


def _authored_rows() -> Iterator[Example]:
    for file in sorted(AUTHORED.glob("batch_*.jsonl")):
        for line in file.read_text("utf-8").splitlines():
            row = json.loads(line)
            speaker = SPEAKERS[row["speaker"]]
            yield Example(
                source="authored",
                group=row["batch"],
                id=row["id"],
                speaker=speaker,
                text=row["text"],
                context=tuple(Said(SPEAKERS[turn["speaker"]], turn["text"]) for turn in row["context"]),
                target=row["target"],
                talk=row["talk"],
                kind=row["talk_kind"],
                behaviour=_main_behaviour(row["codes"]) if speaker == "learner" else None,
                codes={code: float(code in row["codes"]) for code in CODES} if speaker == "learner" else {},
            )
