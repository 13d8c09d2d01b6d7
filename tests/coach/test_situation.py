"""Conditions on a turn and what stood around it."""

import pytest

from evoke.coach.evidence import path_of, practice, shown
from evoke.coach.situation import When
from evoke.coach.wordings import wordings
from evoke.codes import Uncoded
from tests.coach.talking import C, L, path


def only(*turns):
    (one,) = path_of(path(*turns))
    return one


def test_a_learner_turn_knows_the_clients_turns_on_either_side():
    now = only(C("before", "sustain"), L("words", "question"), C("after", "change"))
    assert (now.before.text, now.after.text) == ("before", "after")
    assert When(before=["sustain"], after=["change"]).holds(now)
    assert not When(before=["change"]).holds(now)


def test_a_turn_fits_when_it_shares_a_telling_word_with_the_client():
    assert only(C("My daughter worries."), L("Your daughter is worried.", "simple_reflection")).fits
    assert not only(C("My daughter worries."), L("You should really know about that.", "simple_reflection")).fits


def test_a_turn_fits_when_the_client_felt_it_did():
    felt = L("You'd rather be spared.", "complex_reflection", steps=[("accurate_reflection", "trust", 0.2)])
    assert only(C("Don't start."), felt).fits


def test_taking_up_is_about_the_very_last_words_only():
    (one,) = path_of(
        path(C("My daughter worries."), C("Rain again."), L("Your daughter worries.", "simple_reflection"))
    )
    assert one.fits
    assert not one.takes_up


def test_in_a_row_holds_from_the_nth_turn_on():
    turns = path(*[turn for n in range(4) for turn in (C("Yes."), L(f"Is it {n}?", "question", ask="closed"))])
    when = When(codes=["question"], in_a_row=3)
    assert [now.place for now in when.holding(path_of(turns))] == [3, 4]


def test_a_reflection_between_ends_the_row():
    asked = L("Is it?", "question", ask="closed")
    turns = path(asked, C("Yes."), asked, C("Yes."), L("You have.", "simple_reflection"), C("Yes."), asked)
    assert When(codes=["question"], in_a_row=3).holding(path_of(turns)) == []


def test_an_uncoded_turn_is_not_a_turn_without_codes():
    odd = L("Okay then.").model_copy(update={"coded": Uncoded(speaker="learner", reason="unclear")})
    assert not When(uncoded=True).holds(only(odd))
    assert When(uncoded=True).holds(only(L("Okay then.")))


def test_how_sure_the_coder_was_is_of_what_the_condition_asks_for():
    now = only(C("No.", "sustain", sure=0.4), L("So it is no.", "simple_reflection", sure=0.7))
    assert now.probability(When(codes=["simple_reflection"])) == 0.7
    assert now.probability(When(codes=["simple_reflection"], before=["sustain"])) == 0.4
    assert now.probability(When(words_from=1)) == 1


def test_every_pattern_that_data_name_exists():
    from evoke.client.hearing import hearing

    known = set(hearing().signals) | set(practice().surroundings.patterns)
    book = wordings()
    whens = [row.when for row in practice().rows]
    whens += [when for p in (*book.strengths.values(), *book.growth.values()) for when in (p.when, p.unless) if when]
    named = {name for when in whens for name in (*when.patterns, *when.without_patterns)}
    assert named <= known


def test_every_row_has_its_own_name_and_counts_for_something():
    rows = practice().rows
    assert len({row.id for row in rows}) == len(rows)
    assert all(row.place or row.globals for row in rows)


@pytest.mark.parametrize(
    ("said", "words", "row"),
    [
        (
            C("I want my girl to trust me.", "change"),
            L("You want her to trust you.", "simple_reflection"),
            "change_returned",
        ),
        (C("I want my girl to trust me.", "change"), L("Do you smoke?", "question", ask="closed"), "change_missed"),
        (C("I can't sleep without.", "sustain"), L("What do you like about it?", "question"), "downsides_asked"),
        (C("I can't sleep without.", "sustain"), L("You must stop.", "persuade"), "argued"),
        (C("Fine."), L("What would be different?", "question"), "evocative"),
        (C("Fine."), L("Let's set a goal for next week.", "question"), "step_too_soon"),
    ],
)
def test_a_turn_shows_what_its_surroundings_make_of_it(said, words, row):
    assert row in {one.row.id for one in shown(path_of(path(said, words)))}
