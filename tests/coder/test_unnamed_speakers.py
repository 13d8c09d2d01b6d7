import csv
import json

import pytest
from typer.testing import CliRunner

from evoke.cli import app
from evoke.errors import BadInput

TALK = """Anna: What brings you here today?
Ben: My wife sent me, I think.
Anna: You would rather be in bed.
Ben: I would.
"""


@pytest.fixture
def talk(tmp_path):
    file = tmp_path / "talk.txt"
    file.write_text(TALK, "utf-8")
    return file


def coded(talk, *options):
    out = talk.with_name("codes.csv")
    ran = CliRunner().invoke(app, ["code", str(talk), "--out", str(out), *options])
    if ran.exception:
        raise ran.exception
    with out.open(encoding="utf-8", newline="") as lines:
        return ran, [row["speaker"] for row in csv.DictReader(lines)]


def test_unnamed_speakers_are_guessed_and_the_guess_is_said_in_one_line(talk):
    ran, speakers = coded(talk)
    assert speakers == ["therapist", "client"] * 2
    said = ran.stderr.strip().splitlines()
    assert said[0].startswith("Guessed who is who: Anna is the counsellor")
    assert said[0].endswith("say --counsellor NAME")


def test_whoever_is_said_to_be_the_counsellor_is(talk):
    ran, speakers = coded(talk, "--counsellor", "ben")
    assert speakers == ["client", "therapist"] * 2
    assert "Guessed" not in ran.stderr


def test_the_guess_does_not_stand_in_the_way_of_a_machine(talk):
    ran, _ = coded(talk, "--json")
    assert json.loads(ran.stdout)["rows"] == 4


def test_named_speakers_need_no_guess(talk):
    talk.write_text(TALK.replace("Anna", "Nurse").replace("Ben", "Patient"), "utf-8")
    assert "Guessed" not in coded(talk)[0].stderr


def test_a_counsellor_who_does_not_speak_is_an_error_with_the_names_there_are(talk):
    with pytest.raises(BadInput, match="There are: Anna, Ben"):
        coded(talk, "--counsellor", "Zoe")
    assert not talk.with_name("codes.csv").exists()
