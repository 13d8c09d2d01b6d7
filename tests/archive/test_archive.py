"""The archive gives back what it was given, whole, and keeps branches apart."""

import pytest

from evoke.archive import Archive
from evoke.codes import Uncoded
from evoke.errors import BadInput, NotHere, StoreError
from evoke.keep import ELSEWHERE, MemoryKeep
from evoke.transcript import Memory, Turn, Usage
from tests.archive.conftest import MOOD

STATE = '{"mood": {"trust": 4.5}, "used": ["0a0b0c0d"]}'


@pytest.fixture
def kept(archive, record, opening, asked, answered):
    archive.open(record)
    for turn in (opening, asked, answered):
        archive.turn("s1", turn, STATE)
    return archive


def test_a_session_comes_back_as_it_was_kept(kept, record, opening, asked, answered):
    loaded = kept.load("s1")
    assert loaded.turns == (opening, asked, answered)
    assert (loaded.persona, loaded.card) == (record.persona, record.card)
    assert loaded.snapshots["t1"] == STATE
    assert (loaded.head, loaded.seed, loaded.started) == ("t2", record.seed, record.started)


def test_an_uncoded_turn_comes_back_uncoded(kept):
    assert isinstance(kept.load("s1").turns[2].coded, Uncoded)


def test_a_branch_is_a_second_child_and_both_paths_stay(kept, asked):
    kept.head("s1", "t0")
    again = asked.model_copy(update={"id": "t3", "text": "How was your morning?"})
    kept.turn("s1", again, STATE)
    loaded = kept.load("s1")
    assert [turn.id for turn in loaded.turns] == ["t0", "t1", "t2", "t3"]
    assert [turn.id for turn in kept.export("s1").turns] == ["t0", "t3"]
    assert [turn.id for turn in kept.export("s1", "t2").turns] == ["t0", "t1", "t2"]


def test_an_export_names_the_client_and_the_target(kept, record):
    exported = kept.export("s1")
    assert exported.persona == record.persona
    assert exported.target == record.card.target_behaviour


def test_a_session_without_its_card_is_kept_too(archive, record):
    archive.open(record.model_copy(update={"card": None}))
    assert archive.load("s1").card is None
    assert archive.recent()[0].persona_name == record.persona.id


def test_a_transcript_from_elsewhere_is_kept_whole_and_names_no_client(archive, record, opening, asked):
    brought = {"card": None, "persona": ELSEWHERE, "target": "walking", "head": "t1", "turns": (opening, asked)}
    archive.keep(record.model_copy(update=brought))
    loaded, exported, (row,) = archive.load("s1"), archive.export("s1"), archive.recent()
    assert (loaded.elsewhere, loaded.ended, loaded.turns) == (True, True, (opening, asked))
    assert (exported.persona, exported.target, exported.turns) == (None, "walking", (opening, asked))
    assert (row.persona_id, row.topic, row.turns) == ("elsewhere", "walking", 1)
    archive.disagree("s1", "t1", "a question", "an affirmation")
    archive.delete("s1")
    assert archive.recent() == []


def test_a_transcript_that_cannot_be_kept_whole_is_not_kept_at_all(archive, record, asked):
    with pytest.raises(StoreError):
        archive.keep(record.model_copy(update={"head": "t1", "turns": (asked, asked)}))
    assert archive.recent() == []


def test_an_interrupted_reply_can_be_finished(kept, answered):
    kept.update_turn("s1", answered.model_copy(update={"text": "The breath", "status": "interrupted"}), "{}")
    assert kept.load("s1").turns[2].status == "interrupted"
    kept.update_turn("s1", answered, '{"mood": {}}')
    loaded = kept.load("s1")
    assert loaded.turns[2] == answered
    assert loaded.snapshots["t2"] == '{"mood": {}}'


def test_usage_rating_and_end_are_kept(kept):
    assert kept.self_rating("s1") is None
    kept.spent("s1", "t0", Usage(calls=2, prompt_tokens=90, completion_tokens=30))
    kept.spent("s1", "t2", Usage(calls=1, prompt_tokens=10, completion_tokens=5, cost=0.25))
    kept.rate("s1", {"empathy": 4})
    kept.end("s1")
    first = kept.recent()[0].ended
    kept.end("s1")
    assert (kept.recent()[0].status, kept.recent()[0].ended) == ("ended", first)
    assert kept.load("s1").ended
    assert kept.load("s1").usage == Usage(calls=3, prompt_tokens=100, completion_tokens=35, cost=0.25)
    assert kept.self_rating("s1") == {"empathy": 4}


def test_disagreements_are_kept_with_the_turn(kept):
    kept.disagree("s1", "t1", "question", "complex_reflection", "I did not ask.")
    (only,) = kept.disagreements("s1")
    assert (only.turn_id, only.said, only.learner_says) == ("t1", "question", "complex_reflection")


def test_the_list_shows_newest_first_and_counts_the_learners_turns(kept, record):
    kept.open(record.model_copy(update={"id": "s2", "started": record.started.replace(year=2000)}))
    assert [(row.id, row.turns) for row in kept.recent()] == [("s1", 1), ("s2", 0)]
    assert kept.recent()[0].persona_name == "Marek"
    assert len(kept.recent(1)) == 1


def test_a_deleted_session_leaves_nothing(kept):
    kept.disagree("s1", "t1", "question", "affirm")
    kept.spent("s1", "t2", Usage(calls=1))
    kept.delete("s1")
    assert kept.recent() == []
    assert kept.disagreements("s1") == []
    with pytest.raises(NotHere, match="none yet"):
        kept.load("s1")


def test_what_is_not_there_is_said_with_what_there_is(kept, answered):
    with pytest.raises(NotHere, match="the latest are: s1"):
        kept.end("nobody")
    with pytest.raises(NotHere, match="no turn 'x'"):
        kept.head("s1", "x")
    with pytest.raises(NotHere, match="no turn 'x'"):
        kept.export("s1", "x")
    with pytest.raises(NotHere):
        kept.update_turn("s1", answered.model_copy(update={"id": "x"}), "{}")


def test_a_turn_under_an_unknown_parent_is_refused_whole(kept):
    with pytest.raises(StoreError):
        kept.turn("s1", Turn(id="t9", parent="nowhere", speaker="client", text="x"), STATE)
    loaded = kept.load("s1")
    assert len(loaded.turns) == 3
    assert loaded.head == "t2"


def test_the_same_turn_twice_is_refused(kept, answered):
    with pytest.raises(StoreError):
        kept.turn("s1", answered, STATE)


@pytest.mark.parametrize("address", ["no address", "nosuch://host/db", "postgresql+nodriver://host/db"])
def test_a_wrong_address_is_refused_with_its_setting(address):
    with pytest.raises(BadInput, match="EVOKE_DATABASE_URL"):
        Archive(address)


def test_the_archive_keeps_what_memory_keeps(archive, record, opening, asked, answered):
    memory = MemoryKeep()
    for keep in (memory, archive):
        keep.open(record)
        for turn in (opening, asked, answered):
            keep.turn("s1", turn, STATE)
            keep.head("s1", turn.id)
        keep.update_turn("s1", answered, '{"mood": {}}')
        keep.spent("s1", "t2", Usage(calls=1, prompt_tokens=7))
        keep.head("s1", "t0")
        keep.end("s1")
    assert archive.load("s1") == memory.load("s1")


def test_where_a_session_stands_is_known_without_reading_it_whole(kept):
    assert kept.head_of("s1") == kept.load("s1").head
    kept.head("s1", "t0")
    assert kept.head_of("s1") == "t0"
    with pytest.raises(NotHere):
        kept.head_of("nobody")


def test_the_moments_of_a_session_come_in_order(kept):
    moments = kept.moments("s1")
    assert len(moments) == 3
    assert moments == sorted(moments)
    assert all(moment.tzinfo for moment in moments)


def test_a_client_who_returns_is_linked_to_the_talk_before(archive, record, opening):
    memory = Memory(earlier="s1", meeting=2, mood=MOOD, ended="plan", told=("gang",), event="quiet_friday", weeks=2)
    archive.open(record)
    archive.open(record.model_copy(update={"id": "s2", "memory": memory}))
    archive.turn("s2", opening, "{}")
    assert archive.load("s2").memory == memory and archive.load("s1").memory is None
    assert archive.export("s2").to_json()["memory"]["earlier"] == "s1"


def test_forgetting_the_talk_before_leaves_what_was_remembered(archive, record, opening):
    memory = Memory(earlier="s1", meeting=2, mood=MOOD, ended="open", told=("gang",), weeks=2)
    archive.open(record)
    archive.open(record.model_copy(update={"id": "s2", "memory": memory}))
    archive.delete("s1")
    assert archive.load("s2").memory == memory.model_copy(update={"earlier": None})
    archive.delete("s2")
    assert archive.recent() == []
