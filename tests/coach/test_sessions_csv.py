"""`evoke score`: a transcript file in, one row a session out."""

import csv
import json
import tracemalloc

import pytest
from typer.testing import CliRunner

from evoke.cli import app
from evoke.coach.evidence import path_of, shown
from evoke.coach.globals import globals_of
from evoke.coach.sessions_csv import COLUMNS, score_file
from evoke.coder.codes_csv import code_file
from evoke.codes import CODES, Coded
from evoke.consistency import mi_consistency
from evoke.errors import BadInput
from evoke.measures import Measures, measure
from evoke.transcript import Transcript, Turn

TALK = (
    "therapist,What brings you here?",
    "client,My wife sent me.",
    "therapist,She worries about you.",
    "client,She does.",
)
SHOWN_OTHERWISE = {"counts", "change_by_quarter", "bands", "series"}


class KnownCoder:
    """Codes without a model: whoever asks asks, all else is a reflection; counts what it was asked."""

    def __init__(self):
        self.asked = 0

    def code(self, text, speaker, context, *, target=""):
        self.asked += 1
        if speaker == "client":
            return Coded(speaker="client", talk="change", talk_kind="need", reason="Leans.")
        kind, code = ("question", "question") if "?" in text else ("reflection", "simple_reflection")
        return Coded(
            speaker="learner", behaviour=kind, codes=(code,), reason="So.", probabilities={f"behaviour.{kind}": 0.9}
        )

    def code_talks(self, spoken):
        for _, target, turn in spoken:
            yield self.code(turn.text, turn.speaker, (), target=target)


class NoCoder(KnownCoder):
    def code(self, text, speaker, context, *, target=""):
        raise AssertionError("coded already")


def write(folder, *rows, head="transcript_id,utterance_id,speaker,text", name="in.csv"):
    file = folder / name
    file.write_text("\n".join((head, *rows)) + "\n", "utf-8")
    return file


def talk(name, times=1):
    return [f"{name},{n},{row}" for n, row in enumerate(TALK * times)]


def read(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def scored(file, coder=None, **more):
    out = file.parent / "sessions.csv"
    made = score_file(file, out, coder or KnownCoder(), **more)
    return made, read(out)


def test_every_measure_the_four_globals_and_the_consistency_have_a_column():
    assert set(Measures.model_fields) - SHOWN_OTHERWISE <= set(COLUMNS)
    assert {"cultivating", "softening", "partnership", "empathy", "mi_consistency", *CODES} <= set(COLUMNS)
    assert {"reflections_per_question_band", "complex_share_band", "change_quarter_1", "change_quarter_4"} <= set(
        COLUMNS
    )
    assert len(set(COLUMNS)) == len(COLUMNS)


def test_every_column_is_explained_in_the_help_of_the_command():
    text = CliRunner().invoke(app, ["score", "--help"]).output.replace("\n", " ")
    assert [name for name in COLUMNS[1:] if name not in text] == []


def test_one_row_a_transcript_in_order_with_the_numbers_of_the_measures(tmp_path):
    made, (first, second) = scored(write(tmp_path, *talk("b", 3), *talk("a", 2)))
    assert (made.sessions, made.turns, made.uncoded, made.rejected, made.rejects_file) == (2, 20, 0, 0, None)
    assert (first["transcript_id"], second["transcript_id"]) == ("b", "a")
    turns = [Turn(id=str(n), parent=None, speaker=s, text=t, coded=KnownCoder().code(t, s, []))
             for n, row in enumerate(TALK * 3) for who, t in [row.split(",")]
             for s in ["learner" if who == "therapist" else "client"]]  # fmt: skip
    known, rated = measure(turns), globals_of(path_of(turns), shown(path_of(turns)))
    assert float(first["mi_consistency"]) == pytest.approx(mi_consistency(turns), abs=1e-4)
    assert (int(first["questions"]), float(first["reflections_per_question"])) == (known.questions, 1.0)
    assert float(first["talk_share"]) == pytest.approx(known.talk_share, abs=1e-4)
    assert first["reflections_per_question_band"] == "fair"
    assert {rating.name: rating.band for rating in rated.ratings}.items() <= first.items()


def test_what_is_not_applicable_is_an_empty_cell(tmp_path):
    _, (row,) = scored(write(tmp_path, *talk("a")))
    empty = ("mi_consistency", "empathy", "technical", "open_share", "change_quarter_1")
    assert [row[name] for name in empty] == [""] * len(empty)
    assert row["non_adherent"] == "0"


def test_codes_that_a_file_brings_are_used_and_give_the_same_scores(tmp_path):
    file = write(tmp_path, *talk("a", 3))
    _, fresh = scored(file)
    code_file(file, tmp_path / "codes.csv", KnownCoder())
    _, again = scored(tmp_path / "codes.csv", NoCoder())
    assert again == fresh


def test_codes_by_hand_need_no_probabilities_and_gaps_stay_uncoded(tmp_path):
    head = "transcript_id,utterance_id,speaker,text,behaviour,codes,talk"
    rows = [f"a,{n},counsellor,So it matters to you.,reflection,complex_reflection," for n in range(3)]
    made, (row,) = scored(write(tmp_path, *rows, "a,3,client,Yes.,,,change", "a,4,client,Hm.,,,", head=head), NoCoder())
    assert (row["complex_reflections"], row["change_talk"], row["uncoded_turns"]) == ("1", "1", "1")  # one volley
    assert (float(row["mi_consistency"]) > 0.5, made.uncoded) == (True, 1)


def test_a_transcript_whose_columns_of_codes_are_empty_is_coded(tmp_path):
    head = "transcript_id,utterance_id,speaker,text,behaviour,talk"
    coder = KnownCoder()
    made, _ = scored(write(tmp_path, *(f"{row},," for row in talk("a")), head=head), coder)
    assert (coder.asked, made.uncoded) == (4, 0)


def test_a_code_that_is_no_code_is_rejected_with_its_line_and_cure(tmp_path):
    head = "transcript_id,utterance_id,speaker,text,behaviour"
    made, (row,) = scored(write(tmp_path, "a,0,therapist,Hm?,question", "a,1,therapist,Hm,musing", head=head))
    (reject,) = read(made.rejects_file)
    assert (reject["line"], "behaviour" in reject["what"], "evoke code" in reject["cure"]) == ("3", True, True)
    assert row["learner_turns"] == "1"


def test_rows_of_a_transcript_that_ended_before_are_rejected_and_named(tmp_path):
    made, rows = scored(write(tmp_path, *talk("a"), *talk("b"), "a,9,client,Late."))
    assert [row["transcript_id"] for row in rows] == ["a", "b"]
    assert (made.rejected, read(made.rejects_file)[0]["line"]) == (1, "10")


def test_broken_rows_are_listed_and_the_rest_is_scored(tmp_path):
    made, (row,) = scored(write(tmp_path, *talk("a"), "a,9,ghost,boo"))
    assert (made.rejected, row["learner_turns"], read(made.rejects_file)[0]["line"]) == (1, "2", "6")


def test_a_file_without_a_usable_row_is_an_error_and_writes_nothing(tmp_path):
    with pytest.raises(BadInput, match="no row"):
        scored(write(tmp_path, "a,1,ghost,boo"))
    assert not (tmp_path / "sessions.csv").exists()


def test_progress_tells_every_turn_and_how_many_there_are(tmp_path):
    heard = []
    scored(write(tmp_path, *talk("a"), *talk("b")), progress=lambda done, of: heard.append((done, of)))
    assert heard == [(n, 8) for n in range(1, 9)]


def test_a_coded_session_is_scored_as_its_debrief_sees_it(tmp_path):
    codes = KnownCoder()
    turns = tuple(
        Turn(
            id=f"t{n}",
            parent=f"t{n - 1}" if n else None,
            speaker=speaker,
            text=text,
            coded=codes.code(text, speaker, []),
        )
        for n, (speaker, text) in enumerate([("learner", "You feel torn."), ("client", "Yes.")] * 4)
    )
    file = tmp_path / "held.json"
    file.write_text(json.dumps(Transcript(turns=turns).to_json()), "utf-8")
    made, (row,) = scored(file, NoCoder())
    assert (row["transcript_id"], made.turns, row["reflections"]) == ("held", 8, "4")
    assert float(row["mi_consistency"]) == pytest.approx(mi_consistency(turns), abs=1e-4)


def test_a_session_that_holds_no_codes_is_coded(tmp_path):
    turns = tuple(Turn(id=f"t{n}", parent=None, speaker="learner", text="And?") for n in range(4))
    file = tmp_path / "raw.json"
    file.write_text(json.dumps(Transcript(turns=turns).to_json()), "utf-8")
    assert scored(file)[1][0]["questions"] == "1"  # one volley


def test_memory_does_not_grow_with_the_number_of_transcripts(tmp_path):
    def peak(sessions):
        file = write(tmp_path, *(row for n in range(sessions) for row in talk(f"s{n}", 5)))
        tracemalloc.start()
        score_file(file, tmp_path / "out.csv", KnownCoder())
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(5)
    assert peak(120) < peak(30) * 2  # four times the sessions


@pytest.mark.parametrize("ending", ["txt", "vtt"])
def test_the_command_scores_speech_from_other_forms_and_tells_a_machine(tmp_path, ending):
    said = [
        ("Therapist", "What worries you?"),
        ("Client", "My sleep."),
        ("Therapist", "You lie awake."),
        ("Client", "Yes."),
    ] * 3
    lines = [f"{who}: {words}" for who, words in said]
    if ending == "vtt":
        lines = ["WEBVTT", ""] + [f"00:00:{n:02}.000 --> 00:00:{n:02}.900\n{line}\n" for n, line in enumerate(lines)]
    file = tmp_path / f"talk.{ending}"
    file.write_text("\n".join(lines), "utf-8")
    ran = CliRunner().invoke(app, ["score", str(file), "--out", str(tmp_path / "s.csv"), "--json"])
    assert json.loads(ran.stdout) == {"sessions": 1, "turns": 12, "uncoded": 0, "rejected": 0}
    (row,) = read(tmp_path / "s.csv")
    assert row["transcript_id"] == "talk"
    assert float(row["mi_consistency"]) > 0.5
