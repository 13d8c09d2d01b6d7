"""How a card's lines are put in order."""

from __future__ import annotations

import pytest

from evoke.cards import find_card
from evoke.persona import Line, Persona
from evoke.ranking import TOLD, answering, as_found, bm25, ranked, things, told_by
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


def near_to(marek: Persona, *texts: str) -> dict[str, float]:
    """Cosines of a question that comes near these texts of the card and nothing else."""
    return {name: 0.9 if text in texts else 0.2 for name, text in as_found(marek).items()}


def told(lines: list[Line]) -> set[str | None]:
    return {line.fact or line.belief or line.plan or line.strand for line in lines}


def test_a_question_the_card_names_finds_the_fact_that_answers_it_and_a_vague_one_finds_none(marek: Persona) -> None:
    asked, every = next(fact for fact in marek.facts if fact.id == "shoulder").asked, {line.id for line in marek.lines}
    assert told(answering(things(marek), every, near_to(marek, *asked), asked[0])) == {"shoulder"}
    assert answering(things(marek), every, near_to(marek), "zzz") == []


def test_what_may_not_be_said_now_is_not_answered_with_its_neighbour(marek: Persona) -> None:
    asked = next(fact for fact in marek.facts if fact.id == "shoulder").asked
    others = {line.id for line in marek.lines if line.fact != "shoulder"}
    assert answering(things(marek), others, near_to(marek, *asked), asked[0]) == []


def test_what_matters_most_is_answered_out_of_the_core_strand_with_what_speaks_for_change(marek: Persona) -> None:
    asked, every = marek.core.asked, {line.id for line in marek.lines}
    lines = answering(things(marek), every, near_to(marek, *asked), asked[0])
    assert lines and all(line.strand == marek.core.id and line.talk_type == "change" for line in lines)


def test_a_card_that_names_no_questions_answers_none_plainly(marek: Persona) -> None:
    bare = marek.model_copy(update={"facts": tuple(f.model_copy(update={"asked": ()}) for f in marek.facts)})
    assert not any(thing.name.startswith("fact") for thing in things(bare))
    assert answering([], {line.id for line in bare.lines}, {}, "What is wrong with your shoulder?") == []
