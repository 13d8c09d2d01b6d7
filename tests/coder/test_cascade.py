import csv
import subprocess
import sys
from pathlib import Path

import pytest

from evoke.coder.cascade import CascadeCoder, sureness
from evoke.coder.codes_csv import code_file
from evoke.coder.encoder import EncoderCoder
from evoke.codes import Coded
from evoke.llm import structured
from tests.coder.judging import PATIENT, Asked, coder_for, judges, questions, sensible, talk
from tests.llm.playing import on_stage, says

SCRIPT = Path(__file__).parents[2] / "eval" / "coding" / "cascade.py"
TURNS = talk("I want to stop.", "What would that look like?", "I like it, though.", "You like it and you want out.")


@pytest.fixture(autouse=True)
def no_rung_remembered(monkeypatch):
    monkeypatch.setattr(structured, "_rungs", {})


class Doubting(EncoderCoder):
    """An encoder whose sureness is told: 0.5 for whoever likes something, 0.9 else."""

    def code(self, text, speaker, context, *, target=""):
        p = 0.5 if "like it" in text else 0.9
        if speaker == "client":
            return Coded(speaker=speaker, talk="neutral", reason="", probabilities={"talk.neutral": p})
        return Coded(speaker=speaker, behaviour="other", reason="", probabilities={"behaviour.other": p})

    def code_talks(self, spoken):
        return (self.code(one.turn.text, one.turn.speaker, ()) for one in spoken)


def cascade(stage, folder, below):
    return CascadeCoder(Doubting(), coder_for(stage.endpoint(**PATIENT), folder), below)


def labels(coded):
    return [one.talk or one.behaviour for one in coded]


@pytest.mark.parametrize(
    ("below", "expected"),
    [
        (0.0, ["neutral", "other", "neutral", "other"]),
        (0.7, ["neutral", "other", "sustain", "reflection"]),
        (1.0, ["change", "question", "sustain", "reflection"]),
    ],
)
def test_the_language_model_is_asked_only_where_the_encoder_doubts(tmp_path, below, expected):
    with on_stage(judges(sensible)) as stage:
        made = cascade(stage, tmp_path, below).code_all(TURNS)
    assert labels(made) == expected
    changed = {place + 1 for place, label in enumerate(expected) if label not in ("neutral", "other")}
    assert {number for one in questions(stage) for number in one.turns} == changed
    assert bool(stage.requests) is (below > 0), "even the probe costs something"


def test_the_passage_is_whole_although_few_turns_are_asked_about(tmp_path):
    with on_stage(judges(sensible)) as stage:
        cascade(stage, tmp_path, 0.7).code_all(TURNS)
    assert all(len(one.lines) == 1 + len(TURNS) for one in questions(stage))


def test_the_encoders_codes_stand_where_the_language_model_gives_none(tmp_path):
    with on_stage(says('{"ready": true}'), says("I cannot say.")) as stage:
        made = cascade(stage, tmp_path, 1.0).code_all(TURNS)
    assert labels(made) == ["neutral", "other", "neutral", "other"]


def test_the_estimate_counts_the_doubtful_turns_only(tmp_path):
    from evoke.coder.llm_batch import Batch

    with on_stage(judges(sensible)) as stage:
        coder = cascade(stage, tmp_path, 0.7)
        assert (coder.estimate(Batch((), tuple(TURNS))).turns, stage.requests) == (2, [])


def test_sureness_is_of_the_choice_and_not_of_the_likeliest():
    chosen = Coded(
        speaker="client", talk="sustain", reason="", probabilities={"talk.sustain": 0.3, "talk.neutral": 0.6}
    )
    assert sureness(chosen) == 0.3
    assert sureness(Coded(speaker="learner", behaviour="other", reason="")) == 1.0


def right_where(question: Asked, number: int):
    made = sensible(question, number)
    return None if "left out" in question.text(number) else made


def test_the_curve_is_drawn_from_the_files_of_both_coders(tmp_path):
    gold = tmp_path / "gold.csv"
    rows = [
        ("a", "1", "client", "I want to stop.", "", "change"),
        ("a", "2", "therapist", "You see?", "question", ""),
        ("b", "1", "client", "I like it.", "", "sustain"),
        ("b", "2", "client", "I like it, left out.", "", "neutral"),
    ]
    with gold.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("transcript_id", "utterance_id", "speaker", "text", "behaviour", "talk"), *rows])
    with on_stage(judges(right_where)) as stage:
        code_file(gold, tmp_path / "llm.csv", coder_for(stage.endpoint(**PATIENT), tmp_path / "kept"))
    code_file(gold, tmp_path / "encoder.csv", Doubting())
    command = [sys.executable, str(SCRIPT), *(str(tmp_path / name) for name in ("gold.csv", "encoder.csv", "llm.csv"))]
    said = subprocess.run([*command, "--cost", "0.01"], capture_output=True, text=True, check=True).stdout
    figures = {cells[1].strip(): [cell.strip() for cell in cells[2:]] for cells in map(_cells, said.splitlines()[1:])}
    assert "4 labelled turns, 1 without a code by the language model" in said
    assert [figures["0.00"][place] for place in (0, 1, 2)] == ["0.0%", "0.00", "0.250"]
    assert [figures["0.70"][place] for place in (0, 1, 2)] == ["50.0%", "5.00", "0.500"]
    assert [figures["all"][place] for place in (0, 1, 2, 4, 5)] == ["100.0%", "10.00", "1.000", "1.000", "1.000"]


def _cells(line):
    return line.split("|")
