"""Talks held in haste are the talks of the shipped client."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest
from eval.client import runs
from eval.client.quick import RememberedScores
from eval.client.runs import Company, as_authored, hold, slimmed

from evoke.cards import find_card
from evoke.coder.encoder import EncoderCoder
from evoke.counsellor import open_policy, simulate
from evoke.encoder.sentence import sentence_encoder
from evoke.errors import BadInput
from evoke.llm.scripted import ScriptedModel
from evoke.persona import Persona
from evoke.retrieval import Recall
from evoke.session import Session
from evoke.settings import settings
from evoke.transcript import Transcript

TURNS = 4


@pytest.fixture(scope="module")
def company() -> Company:
    return runs.company(exact=False)


@pytest.fixture
def card() -> Persona:
    return find_card("diabetes_efua", settings())


def moves(transcript: Transcript) -> list[tuple[object, ...]]:
    return [(turn.text, turn.move, turn.lines, turn.state) for turn in transcript.turns]


def test_an_exact_talk_is_the_one_that_a_learner_would_have(card: Persona, tmp_path: Path) -> None:
    company = runs.company(exact=True)
    recall = Recall(tmp_path, company.vectors)
    session = Session.begin(
        card, seed=5, model=ScriptedModel(), coder=EncoderCoder(), recall=recall, encoder=sentence_encoder
    )
    shipped = simulate(session, open_policy("skilled"), turns=TURNS)
    quick = company.talk(card, "skilled", 5, TURNS)
    assert moves(quick) == moves(shipped)
    assert [turn.coded for turn in quick.turns] == [turn.coded for turn in shipped.turns]
    ids, query = [line.id for line in card.lines], "What is an ordinary day like?"
    found = [company.lines.fitting(card, query, ids, 10), recall.fitting(card, query, ids, 10)]
    assert found[0] == found[1]


def test_the_same_seed_gives_the_same_moves_and_another_seed_others() -> None:
    first, again = (hold(["diabetes_efua"], ["closed"], [1, 2], TURNS, workers=1) for _ in range(2))
    assert [moves(talk) for talk in first] == [moves(talk) for talk in again]
    assert moves(first[0]) != moves(first[1])


def test_talks_come_in_the_order_asked_for() -> None:
    talks = hold(["diabetes_efua"], ["silent", "closed"], [7, 8], 1, workers=1)
    named = [(talk.counsellor, talk.seed) for talk in talks]
    assert named == [("silent", 7), ("silent", 8), ("closed", 7), ("closed", 8)]


def test_a_client_turn_has_the_talk_of_its_line(card: Persona, company: Company) -> None:
    transcript = company.talk(card, "silent", 3, TURNS)
    authored = as_authored(slimmed(transcript))
    lines = {line.id: line.talk_type for line in card.lines}
    said = [turn for turn in authored.turns if turn.speaker == "client"]
    assert [turn.coded.talk for turn in said] == [lines[t.lines[0]] if t.lines else "neutral" for t in said]  # type: ignore[union-attr]


def test_tables_under_test_are_prepared_before_the_talks() -> None:
    called: list[int] = []
    hold(["diabetes_efua"], ["silent"], [1], 1, workers=1, prepare=lambda: called.append(1))
    assert called == [1]


def test_a_short_context_meets_the_same_input_more_often(card: Persona, company: Company) -> None:
    transcript = company.talk(card, "closed", 4, TURNS)
    remembered = RememberedScores(before=0)
    coder = EncoderCoder(remembered)
    first, again = ([coder.code(turn.text, "learner", transcript.turns[:n]) for n, turn in enumerate(transcript.turns)
                     if turn.speaker == "learner"] for _ in range(2))  # fmt: skip
    assert first == again
    assert len(remembered._known) <= len({turn.text for turn in transcript.turns})


def test_a_fault_in_a_worker_comes_back_with_its_place_and_cure() -> None:
    fault = BadInput("the number is too large", cure="Make it smaller.", file="a.yaml", line=3, field="knobs")
    back = pickle.loads(pickle.dumps(fault))
    assert (str(back), back.what, back.cure, back.line) == (str(fault), fault.what, fault.cure, 3)
