"""Recall finds what fits the words just said, builds once, and survives damage and a second process."""

import logging
import subprocess
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
import yaml

from evoke.guidance import Passage
from evoke.persona import Persona
from evoke.ranking import things, told_by
from evoke.retrieval import Recall
from evoke.settings import shipped


class BagOfWords:
    """A deterministic encoder that counts words, and how many texts it was given."""

    def __init__(self, salt: int = 0) -> None:
        self.texts = 0
        self.salt = salt

    def embed(self, texts):
        self.texts += len(texts)
        rows = np.full((len(texts), 384), 1e-3, dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.lower().replace("?", "").replace(".", "").replace(",", "").split():
                row[(zlib.crc32(word.encode()) + self.salt) % 384] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


BOOK = (
    Passage(id="rolling", title="Rolling", about=("discord",), sources=("s",), body="Step back.", try_line="Go on."),
    Passage(id="asking", title="Asking", about=("open_question",), sources=("s",), body="Ask wide.", try_line="What?"),
)


@pytest.fixture(scope="module")
def marek() -> Persona:
    return Persona.model_validate(yaml.safe_load((shipped("personas") / "alcohol_marek.yaml").read_text("utf-8")))


@pytest.fixture
def encoder() -> BagOfWords:
    return BagOfWords()


@pytest.fixture
def recall(tmp_path, encoder) -> Recall:
    return Recall(tmp_path / "recall", encoder, BOOK)


def ids(persona: Persona) -> list[str]:
    return [line.id for line in persona.lines]


def rows_of(persona: Persona, lines: int) -> int:
    """How many rows that many first lines make: one each, and one more for each that tells a fact, belief or step.

    What can be asked about has rows, too: its text, and the questions that it answers.
    """
    asked = {text for thing in things(persona) for text in (thing.text, *thing.asked)}
    return lines + sum(bool(told_by(persona, line)) for line in persona.lines[:lines]) + len(asked)


def another(persona: Persona, **changes) -> Persona:
    return persona.model_copy(update=changes)


def test_the_line_with_the_words_just_said_comes_first(recall, marek):
    for line in marek.lines[:5]:
        assert recall.fitting(marek, line.say, ids(marek), 3)[0] == line


def test_only_lines_that_were_allowed_are_found(recall, marek):
    among = ids(marek)[10:13]
    found = recall.fitting(marek, marek.lines[0].say, among, 8)
    assert sorted(line.id for line in found) == sorted(among)


def test_what_is_found_depends_on_the_query(recall, marek):
    assert recall.fitting(marek, marek.lines[3].say, ids(marek), 1) != recall.fitting(
        marek, marek.lines[7].say, ids(marek), 1
    )


def test_nothing_allowed_finds_nothing(recall, marek):
    assert recall.fitting(marek, "anything", [], 3) == []


def test_a_very_long_volley_is_searched_by_its_end(recall, marek):
    query = "rota " * 3000 + (marek.lines[4].say + " ") * 8
    assert recall.fitting(marek, query, ids(marek), 1) == [marek.lines[4]]
    assert recall.fitting(marek, "word " * 3000, ids(marek), 1) == recall.fitting(marek, "word " * 60, ids(marek), 1)


def test_guidance_keeps_to_the_topics_asked_for(recall):
    assert [p.id for p in recall.guidance("ask wide", ("discord",))] == ["rolling"]
    assert [p.id for p in recall.guidance("ask wide", ())] == ["asking"]


def test_a_passage_can_be_asked_for_by_its_id(recall):
    assert [p.id for p in recall.guidance("ask wide", among=("rolling",), k=5)] == ["rolling"]


def test_guidance_on_an_unknown_topic_searches_the_whole_handbook(recall):
    assert [p.id for p in recall.guidance("ask wide", ("nonsense",))] == ["asking"]


def test_lines_are_embedded_once(tmp_path, encoder, marek):
    Recall(tmp_path, encoder).ready(marek)
    before = encoder.texts
    Recall(tmp_path, encoder).ready(marek)
    assert encoder.texts - before == 1  # the fingerprint word alone


def test_adding_a_persona_does_not_rebuild_the_others(recall, encoder, marek):
    recall.ready(marek)
    before = encoder.texts
    recall.ready(another(marek, id="alcohol_other", lines=marek.lines[:9]))
    assert encoder.texts - before == rows_of(marek, 9) + 1
    assert recall.fitting(marek, marek.lines[0].say, ids(marek), 1) == [marek.lines[0]]


def test_a_changed_card_is_built_again_and_its_old_lines_go(tmp_path, encoder, marek):
    Recall(tmp_path, encoder).ready(marek)
    edited = another(marek, lines=marek.lines[:9])
    later = Recall(tmp_path, encoder)
    later.ready(edited)
    rows = later._rows("lines").get(where={"persona": marek.id})
    assert len(rows["ids"]) == rows_of(marek, 9)


def test_two_versions_in_use_at_once_both_stand(recall, encoder, marek):
    edited = another(marek, lines=marek.lines[:9])
    recall.ready(marek)
    recall.ready(edited)
    before = encoder.texts
    recall.fitting(marek, "work", ids(marek), 1)
    recall.fitting(edited, "work", ids(edited), 1)
    assert encoder.texts - before == 2  # the two queries alone


def test_another_encoder_means_building_again(tmp_path, marek):
    first, second = Recall(tmp_path, BagOfWords()), Recall(tmp_path, BagOfWords(salt=7))
    assert first.ready(marek) != second.ready(marek)


def test_a_garbled_store_is_built_again_with_one_log_line(tmp_path, encoder, marek, caplog):
    store = tmp_path / "store-0001"
    store.mkdir()
    (store / "chroma.sqlite3").write_bytes(b"no database at all" * 500)
    with caplog.at_level(logging.WARNING, "evoke.retrieval"):
        assert Recall(tmp_path, encoder).fitting(marek, marek.lines[0].say, ids(marek), 1) == [marek.lines[0]]
    assert len(caplog.records) == 1
    assert not store.exists()
    assert len(list(tmp_path.glob("store-*"))) == 1


def test_rows_deleted_under_our_feet_are_built_again(recall, marek):
    recall.ready(marek)
    rows = recall._rows("lines")
    rows.delete(ids=rows.get(include=[])["ids"])
    assert recall.fitting(marek, marek.lines[2].say, ids(marek), 1) == [marek.lines[2]]


def test_a_store_that_fails_while_open_is_left_for_memory(recall, marek, monkeypatch, caplog):
    from chromadb.api.models.Collection import Collection
    from chromadb.errors import InternalError

    recall.ready(marek)
    whole, calls = Collection.query, []

    def broken(self, *args, **kwargs):
        calls.append(1)
        if len(calls) < 3:
            raise InternalError("Error finding id")
        return whole(self, *args, **kwargs)

    monkeypatch.setattr(Collection, "query", broken)
    assert recall.fitting(marek, marek.lines[2].say, ids(marek), 1) == [marek.lines[2]]
    assert "is damaged" in caplog.text


def test_a_folder_that_cannot_be_written_is_no_hindrance(tmp_path, encoder, marek):
    blocked = tmp_path / "a_file"
    blocked.write_text("in the way")
    assert Recall(blocked / "recall", encoder).fitting(marek, marek.lines[1].say, ids(marek), 1) == [marek.lines[1]]


def test_a_second_process_works_in_memory_and_a_killed_owner_frees_the_folder(tmp_path, encoder, marek):
    hold = (
        "import sqlite3, sys, time; c = sqlite3.connect(sys.argv[1], isolation_level=None);"
        "c.execute('BEGIN EXCLUSIVE'); print('held', flush=True); time.sleep(60)"
    )
    owner = subprocess.Popen([sys.executable, "-c", hold, str(tmp_path / "owner.lock")], stdout=subprocess.PIPE)
    try:
        assert owner.stdout and owner.stdout.readline() == b"held\n"
        assert Recall(tmp_path, encoder).fitting(marek, marek.lines[0].say, ids(marek), 1) == [marek.lines[0]]
        assert not list(tmp_path.glob("store-*"))
    finally:
        owner.kill()
        owner.wait()
        if owner.stdout:
            owner.stdout.close()
    script = Path(tmp_path / "after.py")
    script.write_text(
        "import sys; from pathlib import Path; from evoke import retrieval; print(retrieval._own(Path(sys.argv[1])))"
    )
    after = subprocess.run([sys.executable, script, tmp_path], capture_output=True, text=True, check=True)
    assert after.stdout.strip() == "True"


def test_telemetry_is_off_and_our_own_embedding_function_is_used(recall, marek):
    from evoke.retrieval import LEARNT_BY, _client

    recall.ready(marek)
    assert _client(recall._folder).get_settings().anonymized_telemetry is False
    assert recall._rows("lines")._embedding_function.name() == LEARNT_BY
