"""The authored words are complete, varied, and say nothing that no turn shows."""

import pytest
from pydantic import ValidationError

from evoke import guidance
from evoke.coach.wordings import Pattern, Speech, forms, wordings
from evoke.codes import NON_ADHERENT

PATTERNS = {**wordings().strengths, **wordings().growth}


def test_every_pattern_has_at_least_two_ways_to_be_said():
    assert {name for name, pattern in PATTERNS.items() if min(len(pattern.text), len(pattern.title)) < 2} == set()


def test_every_passage_to_read_is_in_the_handbook():
    known = {passage.id for passage in guidance.load()}
    assert {name: set(p.read) - known for name, p in PATTERNS.items() if set(p.read) - known} == {}


def test_no_strength_is_named_in_a_turn_that_persuades_or_confronts():
    lenient = {name for name, p in wordings().strengths.items() if not set(p.when.without) >= NON_ADHERENT}
    assert lenient == set()


def test_every_strength_asks_for_something_that_the_turn_shows():
    idle = {name for name, p in wordings().strengths.items() if not (p.when.codes or p.when.patterns)}
    assert idle == set()


@pytest.mark.parametrize("word", ["should", "Great job", "well done", "!"])
def test_the_coach_neither_commands_nor_cheers(word):
    assert {name for name, p in PATTERNS.items() if any(word in text for text in (*p.text, *p.title))} == set()


def test_a_blank_that_nothing_fills_is_refused():
    data = PATTERNS["insult"].model_dump()
    with pytest.raises(ValidationError, match="nothing fills: nmae"):
        Pattern.model_validate({**data, "text": ["You and $nmae."]})


def test_the_same_seed_says_the_same_and_another_may_not():
    variants = tuple(f"variant {n}" for n in range(8))
    assert Speech("Ana", 3).say(variants, "k") == Speech("Ana", 3).say(variants, "k")
    assert len({Speech("Ana", seed).say(variants, "k") for seed in range(30)}) > 1


def test_a_client_without_a_name_is_the_client():
    assert Speech(None, 1).say(["$Name heard $name."], "k") == "The client heard the client."


def test_every_form_of_a_better_line_is_described():
    assert all((forms().reflect, forms().ask, forms().both))
