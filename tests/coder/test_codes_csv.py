import csv
import tracemalloc

import pytest

from evoke.coder.codes_csv import COLUMNS, code_file
from evoke.codes import Coded, Uncoded
from evoke.errors import BadInput, StoreError

DESIGNED = "transcript_id,utterance_id,speaker,text,behaviour,codes,question,reflection,talk,talk_kind,reason"


class KnownCoder:
    """Answers without a model and remembers what it was asked."""

    def __init__(self):
        self.heard = []

    def code(self, text, speaker, context, *, target=""):
        if not text:
            return Uncoded(speaker=speaker, reason="Nothing was said.")
        if speaker == "client":
            return Coded(
                speaker="client", talk="change", talk_kind="need", reason="Leans.", probabilities={"talk.change": 0.7}
            )
        codes = ("question", "affirm")
        return Coded(speaker="learner", behaviour="question", codes=codes, question="open", reason="Asks.")

    def code_talks(self, spoken):
        for transcript, target, turn in spoken:
            self.heard.append((transcript, target, turn.text))
            yield self.code(turn.text, turn.speaker, (), target=target)


def write(folder, *rows, name="in.csv"):
    file = folder / name
    file.write_text("transcript_id,utterance_id,speaker,text\n" + "".join(f"{row}\n" for row in rows), "utf-8")
    return file


def read(file):
    with file.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))


def test_the_columns_are_those_of_the_contract():
    assert ",".join(COLUMNS[:11]) == DESIGNED
    assert all(name.startswith("p_") for name in COLUMNS[11:])
    assert {"p_behaviour_question", "p_talk_change", "p_code_affirm"} <= set(COLUMNS)


def test_each_row_comes_out_once_in_order_with_its_codes(tmp_path):
    file = write(tmp_path, "a,1,therapist,What helped?", 'a,2,client,"I must, really."', "a,3,client,")
    made = code_file(file, tmp_path / "out.csv", KnownCoder())
    asked, answered, empty = read(tmp_path / "out.csv")
    assert (asked["speaker"], asked["behaviour"], asked["codes"], asked["question"]) == (
        "therapist", "question", "question affirm", "open",
    )  # fmt: skip
    assert (answered["text"], answered["talk"], answered["talk_kind"]) == ("I must, really.", "change", "need")
    assert (answered["p_talk_change"], answered["p_code_affirm"]) == ("0.7000", "")
    assert (empty["talk"], empty["reason"]) == ("", "Nothing was said.")
    assert (made.rows, made.uncoded, made.rejected, made.rejects_file) == (3, 1, 0, None)


def test_the_coder_hears_of_every_turn_to_which_transcript_it_belongs(tmp_path):
    coder = KnownCoder()
    code_file(write(tmp_path, "a,1,client,one", "b,1,client,two"), tmp_path / "out.csv", coder)
    assert coder.heard == [("a", "", "one"), ("b", "", "two")]


def test_broken_rows_are_listed_beside_the_output(tmp_path):
    file = write(tmp_path, "a,1,client,one", "a,2,ghost,boo")
    made = code_file(file, tmp_path / "out.csv", KnownCoder())
    assert (made.rows, made.rejected) == (1, 1)
    assert made.rejects_file == tmp_path / "out.csv.rejects.csv"
    (listed,) = read(made.rejects_file)
    assert (listed["line"], listed["row"]) == ("3", "a,2,ghost,boo")
    assert "ghost" in listed["what"] and "therapist" in listed["cure"]


def test_an_older_list_of_broken_rows_goes_when_none_is_broken(tmp_path):
    old = tmp_path / "out.csv.rejects.csv"
    old.write_text("old", "utf-8")
    code_file(write(tmp_path, "a,1,client,one"), tmp_path / "out.csv", KnownCoder())
    assert not old.exists()


@pytest.mark.parametrize("stop", [KeyboardInterrupt(), OSError(28, "No space left on device")])
def test_an_interruption_or_a_full_disk_leaves_nothing_half_written(tmp_path, stop):
    class Stopped(KnownCoder):
        def code(self, text, speaker, context, *, target=""):
            if text == "three":
                raise stop
            return Uncoded(speaker=speaker, reason="")

    file = write(tmp_path, "a,1,client,one", "a,2,ghost,two", "a,3,client,three")
    with pytest.raises((KeyboardInterrupt, StoreError)):
        code_file(file, tmp_path / "out.csv", Stopped())
    assert [one.name for one in tmp_path.iterdir()] == ["in.csv"]


def test_progress_tells_every_row_and_how_many_there_are(tmp_path):
    heard = []
    file = write(tmp_path, *(f"a,{n},client,word {n}" for n in range(5)))
    code_file(file, tmp_path / "out.csv", KnownCoder(), lambda done, of: heard.append((done, of)))
    assert heard == [(n, 5) for n in range(1, 6)]


def test_a_failure_leaves_the_old_file_and_nothing_half_written(tmp_path):
    class Failing(KnownCoder):
        def code(self, text, speaker, context, *, target=""):
            raise RuntimeError("stopped")

    out = tmp_path / "out.csv"
    out.write_text("old", "utf-8")
    with pytest.raises(RuntimeError):
        code_file(write(tmp_path, "a,1,client,one"), out, Failing())
    assert out.read_text("utf-8") == "old"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["in.csv", "out.csv"]


def test_a_file_without_a_usable_row_is_an_error_and_writes_nothing(tmp_path):
    with pytest.raises(BadInput, match="no row"):
        code_file(write(tmp_path, "a,1,ghost,boo"), tmp_path / "out.csv", KnownCoder())
    assert not (tmp_path / "out.csv").exists()


def test_a_folder_that_is_not_there_is_named(tmp_path):
    with pytest.raises(StoreError, match="nowhere"):
        code_file(write(tmp_path, "a,1,client,one"), tmp_path / "nowhere" / "out.csv", KnownCoder())


def test_memory_does_not_grow_with_the_file(tmp_path):
    def peak(rows):
        class Forgetful(KnownCoder):
            def code_talks(self, spoken):
                return (Uncoded(speaker=one.turn.speaker, reason="") for one in spoken)

        file = write(tmp_path, *(f"a,{n},client,{'some words ' * 20}{n}" for n in range(rows)))
        tracemalloc.start()
        code_file(file, tmp_path / "out.csv", Forgetful())
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return most

    peak(100)
    assert peak(6000) < peak(1500) * 1.5
