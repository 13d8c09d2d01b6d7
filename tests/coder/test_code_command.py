import csv
import json

import pytest
from typer.testing import CliRunner

from evoke.cli import app
from evoke.coder.codes_csv import code_file
from evoke.errors import BadInput, BudgetSpent
from evoke.llm import structured
from evoke.settings import settings
from tests.coder.judging import LONG, PATIENT, coder_for, judges, questions, sensible
from tests.llm.playing import on_stage


@pytest.fixture(autouse=True)
def no_rung_remembered(monkeypatch):
    monkeypatch.setattr(structured, "_rungs", {})


@pytest.fixture
def talk_csv(tmp_path):
    file = tmp_path / "talk.csv"
    with file.open("w", encoding="utf-8", newline="") as lines:
        out = csv.writer(lines)
        out.writerow(("transcript_id", "utterance_id", "speaker", "text"))
        for name in ("a", "b"):
            out.writerows((name, n, ("client", "therapist")[n % 2], f"{words} {name}") for n, words in enumerate(LONG))
    return file


@pytest.fixture
def endpoint(tmp_path, monkeypatch):
    with on_stage(judges(sensible)) as stage:
        monkeypatch.setenv("EVOKE_COACH_BASE_URL", stage.url)
        monkeypatch.setenv("EVOKE_COACH_MODEL", "judge")
        monkeypatch.setenv("EVOKE_CACHE_DIR", str(tmp_path / "kept"))
        settings.cache_clear()
        yield stage


def run(*words, **options):
    return CliRunner().invoke(app, [str(word) for word in words], **options)


def rows_of(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_a_file_is_coded_whole_in_order_and_transcript_by_transcript(talk_csv, tmp_path):
    heard = []
    with on_stage(judges(sensible)) as stage:
        coder = coder_for(stage.endpoint(**PATIENT), tmp_path / "kept")
        made = code_file(talk_csv, tmp_path / "out.csv", coder, lambda done, of: heard.append((done, of)))
    rows = rows_of(tmp_path / "out.csv")
    assert [(row["transcript_id"], row["text"]) for row in rows] == [
        (n, f"{words} {n}") for n in "ab" for words in LONG
    ]
    assert {row["behaviour"] for row in rows[1::2]} == {"reflection"}
    assert {row["talk"] for row in rows[::2]} == {"sustain"}
    assert (made.rows, made.uncoded, heard[-1]) == (48, 0, (48, 48))
    assert all(len({line["text"] for line in one.lines[1:]}) == len(one.lines) - 1 for one in questions(stage))


def test_the_command_says_what_it_will_cost_and_what_it_cost(talk_csv, tmp_path, endpoint):
    made = run("code", talk_csv, "--out", tmp_path / "out.csv", "--coder", "llm")
    assert made.exit_code == 0, made.output
    assert "Before it begins: 48 turns in about 16 calls" in made.stderr
    assert "no price is set" in made.stderr
    assert "48 turns, 0 of them uncoded" in made.stdout
    assert "The endpoint was asked 17 times" in made.stdout, "the probe of the line counts, too"


def test_a_second_run_costs_nothing(talk_csv, tmp_path, endpoint):
    for _ in range(2):
        made = run("code", talk_csv, "--out", tmp_path / "out.csv", "--coder", "llm", "--json")
    assert json.loads(made.stdout)["usage"]["calls"] == 0
    assert "no turn has to be asked about (48 more are known already)" in made.stderr


def test_a_large_run_wants_a_yes(talk_csv, tmp_path, endpoint, monkeypatch):
    monkeypatch.setenv("EVOKE_CODING_ASK_TOKENS", "1000")
    monkeypatch.setenv("EVOKE_COACH_PRICE_IN", "2")
    settings.cache_clear()
    refused = run("code", talk_csv, "--out", tmp_path / "out.csv", "--coder", "llm")
    assert isinstance(refused.exception, BadInput)
    assert "this is a large run (48 turns in about 16 calls" in str(refused.exception)
    assert "Add --yes" in str(refused.exception)
    assert " ct" in refused.stderr
    assert endpoint.requests == []
    assert not (tmp_path / "out.csv").exists()
    assert run("code", talk_csv, "--out", tmp_path / "out.csv", "--coder", "llm", "--yes").exit_code == 0


@pytest.mark.parametrize(("answer", "asked"), [("n\n", False), ("y\n", True)])
def test_on_a_terminal_a_large_run_is_asked_about(talk_csv, tmp_path, endpoint, monkeypatch, answer, asked):
    monkeypatch.setenv("EVOKE_CODING_ASK_TOKENS", "1000")
    monkeypatch.setattr("evoke.cli.measure._is_terminal", lambda: True)
    settings.cache_clear()
    made = run("code", talk_csv, "--out", tmp_path / "out.csv", "--coder", "llm", input=answer)
    assert (made.exit_code == 0) is bool(endpoint.requests) is asked
    assert (tmp_path / "out.csv").exists() is asked


def test_a_spent_budget_writes_nothing_half_and_is_said_in_one_line(talk_csv, tmp_path, endpoint, monkeypatch):
    monkeypatch.setenv("EVOKE_CODING_TOKENS", "9000")
    settings.cache_clear()
    made = run("code", talk_csv, "--out", tmp_path / "out.csv", "--coder", "llm")
    assert isinstance(made.exception, BudgetSpent)
    assert [file.name for file in tmp_path.glob("*out*")] == []


def test_the_cascade_takes_its_threshold_from_the_command(talk_csv, tmp_path, endpoint):
    talk_csv.write_text("".join(talk_csv.read_text("utf-8").splitlines(keepends=True)[:5]), "utf-8")
    assert run("code", talk_csv, "--out", tmp_path / "o.csv", "--coder", "cascade", "--below", "0").exit_code == 0
    assert endpoint.requests == []
    made = run("code", talk_csv, "--out", tmp_path / "o.csv", "--coder", "cascade", "--below", "1")
    assert made.exit_code == 0
    assert {number for one in questions(endpoint) for number in one.turns}
    assert {row["talk"] for row in rows_of(tmp_path / "o.csv")[::2]} == {"sustain"}


def test_without_an_endpoint_the_command_says_the_cure(talk_csv, tmp_path):
    made = run("code", talk_csv, "--out", tmp_path / "out.csv", "--coder", "llm")
    assert isinstance(made.exception, BadInput)
    assert "Set EVOKE_COACH_BASE_URL and EVOKE_COACH_MODEL" in str(made.exception)
