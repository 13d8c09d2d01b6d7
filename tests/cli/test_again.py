"""A second talk from the command line and from the archive."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from evoke.cli import app
from evoke.errors import BadInput, NotHere
from evoke.room import open_room

run = CliRunner()


def simulated(out: Path, *more: str, persona: str = "alcohol_marek") -> dict:
    command = ["simulate", "--persona", persona, "--counsellor", "skilled", "--turns", "5", "--seed", "1"]
    made = run.invoke(app, [*command, "--out", str(out), *more])
    assert made.exit_code == 0, made.output
    return json.loads(out.read_text("utf-8"))


def test_a_simulated_client_remembers_an_earlier_session_file(tmp_path: Path) -> None:
    first = simulated(tmp_path / "first.json")
    second = simulated(tmp_path / "second.json", "--again", str(tmp_path / "first.json"))
    assert first["memory"] is None and second["memory"]["meeting"] == 2
    assert second["persona"] == first["persona"]
    assert set(second["memory"]["said"]) <= {turn["text"] for turn in first["turns"]}
    assert second["turns"][0]["text"] != first["turns"][0]["text"]


def test_a_talk_with_somebody_else_is_not_remembered(tmp_path: Path) -> None:
    simulated(tmp_path / "first.json")
    command = ["simulate", "--persona", "smoking_halil", "--counsellor", "skilled", "--out", str(tmp_path / "x.json")]
    made = run.invoke(app, [*command, "--again", str(tmp_path / "first.json")])
    assert isinstance(made.exception, BadInput) and "alcohol_marek" in str(made.exception)
    assert not (tmp_path / "x.json").exists()


def test_a_kept_session_is_met_again_and_linked() -> None:
    room = open_room(llm="scripted")
    first = room.begin("alcohol_marek", seed=1)
    first.hear("What brings you here?")
    list(first.answer())
    first.end()
    second = room.meet_again(first.id, seed=2)
    assert room.archive.load(second.id).memory.earlier == first.id
    resumed = room.resume(second.id)
    assert resumed.record.memory == second.record.memory and resumed.path == second.path
    assert room.archive.load(first.id).turns == first.turns


def test_nobody_is_met_again_who_was_never_met() -> None:
    with pytest.raises(NotHere):
        open_room(llm="scripted").meet_again("nowhere")
