"""What a card must hold, and what it still lacks."""

from __future__ import annotations

import pickle

import pytest
from pydantic import ValidationError

from evoke.persona import LEGAL_MOVES, STAGES
from evoke.shortcomings import shortcomings
from tests.client.people import LINES, line, persona


def test_a_small_card_is_valid_but_not_finished() -> None:
    lacks = shortcomings(persona())
    assert any("write at least 70" in lack for lack in lacks)
    assert any("'inform'" in lack for lack in lacks)


@pytest.mark.parametrize("cores", [0, 2])
def test_exactly_one_strand_is_the_core(cores: int) -> None:
    strands = [{"id": name, "about": name, "core": n < cores} for n, name in enumerate(("work", "home", "core"))]
    with pytest.raises(ValidationError, match="core"):
        persona(strands=strands)


@pytest.mark.parametrize("kind", ["strand", "fact", "belief", "plan"])
def test_a_line_may_only_name_what_the_card_has(kind: str) -> None:
    say = line("Something new.", "engage", "neutral") | {kind: "nowhere"}
    with pytest.raises(ValidationError, match="nowhere"):
        persona(lines=(*LINES, say))


def test_talk_must_be_of_a_known_kind() -> None:
    with pytest.raises(ValidationError):
        persona(lines=(*LINES, line("Well.", "engage", "change/wish")))


def test_the_id_of_a_line_follows_its_words_not_its_place() -> None:
    card, turned = persona(), persona(lines=tuple(reversed(LINES)))
    assert {one.id for one in card.lines} == {one.id for one in turned.lines}
    assert len({one.id for one in card.lines}) == len(LINES)


def test_a_line_fits_where_its_move_is_legal_unless_it_says_otherwise() -> None:
    card = persona(lines=(*LINES, line("Later.", "engage", "neutral", stages=("preparation",))))
    for one in card.lines[:-1]:
        assert [stage for stage in STAGES if one.fits(stage)] == [s for s in STAGES if one.move in LEGAL_MOVES[s]]
    assert [stage for stage in STAGES if card.lines[-1].fits(stage)] == ["preparation"]


def test_a_line_that_runs_long_or_stands_twice_is_a_shortcoming() -> None:
    long = line("word " * 31, "engage", "neutral")
    lacks = shortcomings(persona(lines=(*LINES, long, LINES[0])))
    assert any("31 words" in lack for lack in lacks)
    assert any("say it once" in lack for lack in lacks)


def test_a_fact_that_no_line_carries_is_a_shortcoming() -> None:
    without = tuple(one for one in LINES if one.get("fact") != "soup")
    assert "lines: none carries the fact 'soup'" in shortcomings(persona(lines=without))


def test_an_event_may_only_name_what_the_card_has() -> None:
    event = {"id": "rain", "after": "open", "weeks": 2, "what": "It rained.", "opening": "Wet out.", "strand": "work"}
    assert persona(between=(event,)).between[0].talk_type == "neutral"
    for wrong in ({"strand": "sport"}, {"plan": "patches"}):
        with pytest.raises(ValidationError, match="rain"):
            persona(between=(event | wrong,))


def test_a_client_who_may_return_needs_an_event_for_every_way_a_talk_can_end() -> None:
    event = {"id": "rain", "after": "open", "weeks": 2, "what": "It rained.", "opening": "Wet out.", "strand": "work"}
    lacks = [lack for lack in shortcomings(persona(between=(event,))) if lack.startswith("between")]
    assert len(lacks) == 2 and "'plan'" in lacks[0] and "'discord'" in lacks[1]
    assert not any(lack.startswith("between") for lack in shortcomings(persona()))


def test_the_hash_is_of_the_content() -> None:
    assert persona().hash == persona().hash != persona(age=59).hash


def test_what_names_too_few_questions_to_be_recognised_is_a_shortcoming() -> None:
    found = [one for one in shortcomings(persona()) if "`asked`" in one]
    assert {one.split(":")[0] for one in found} == {"facts", "beliefs", "plans", "strands"}


def test_a_hash_once_asked_for_changes_nothing_and_does_not_pass_to_another_card() -> None:
    asked, fresh = persona(), persona()
    known = asked.hash
    assert asked == fresh
    assert asked.model_dump() == fresh.model_dump()
    assert asked.model_copy(update={"age": 59}).hash == persona(age=59).hash != known
    assert pickle.loads(pickle.dumps(asked)).hash == known
