"""How a card's lines are put in order."""

from __future__ import annotations

import pytest

from evoke.cards import find_card
from evoke.persona import Persona
from evoke.ranking import ASKED, TOLD, answering, as_found, bm25, ranked, told_by
from evoke.settings import settings


@pytest.fixture(scope="module")
def marek() -> Persona:
    return find_card("alcohol_marek", settings())


def test_a_line_is_found_by_the_fact_it_tells_too(marek: Persona) -> None:
    line = next(line for line in marek.lines if line.fact == "shoulder")
    assert "tore his left shoulder" in as_found(marek)[f"{line.id}{TOLD}"]


def test_a_belief_is_no_way_to_the_line_that_softens_it(marek: Persona) -> None:
    voicing = next(line for line in marek.lines if line.belief and not (line.fact or line.plan))
    softening = voicing.model_copy(update={"talk": "change/reason"})
    assert told_by(marek, voicing) and not told_by(marek, softening)


def test_the_nearer_of_both_texts_counts(marek: Persona) -> None:
    told = next(line for line in marek.lines if line.fact)
    plain = next(line for line in marek.lines if not told_by(marek, line))
    near = {told.id: 0.1, f"{told.id}{TOLD}": 0.8, plain.id: 0.5}
    assert ranked([plain, told], as_found(marek), near, "hm")[0] is told


def test_a_rare_word_shared_counts() -> None:
    scores = bm25("And Beata?", ["He and Beata divorced.", "He loads wagons and tells nobody."])
    assert scores[0] > scores[1]


def test_where_a_number_is_asked_for_a_line_with_one_gains(marek: Persona) -> None:
    number = next(line for line in marek.lines if "five, six cans" in line.say)
    without = next(line for line in marek.lines if line.say.startswith("First can"))
    near = dict.fromkeys(as_found(marek), 0.4)
    first = ranked([without, number], as_found(marek), near, "how much")
    assert first[0] is number and ranked([without, number], as_found(marek), near, "zzz")[0] is without


def test_a_question_the_card_names_finds_the_fact_that_answers_it_and_a_vague_one_finds_none(marek: Persona) -> None:
    question = next(fact for fact in marek.facts if fact.id == "shoulder").asked[0]
    near = dict.fromkeys(as_found(marek), 0.5)
    assert {line.fact for line in answering(marek, marek.lines, near | {f"{ASKED}{question}": 1.0}, question)} == {
        "shoulder"
    }
    assert answering(marek, marek.lines, near, "zzz") == []
