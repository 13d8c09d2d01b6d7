"""The balance of empathy and direction, and the globals."""

import pytest

from evoke.coach.balance import balance, room
from evoke.coach.evidence import path_of, practice, shown
from evoke.coach.globals import globals_of
from tests.coach.talking import DIRECTIVE, FLATTERING, SKILLED, C, L, path


def walked(*turns):
    found = path_of(path(*turns))
    return balance(found, shown(found))


def rated(*turns):
    found = path_of(path(*turns))
    return globals_of(found, shown(found))


def value(globals_, name):
    return next(rating.value for rating in globals_.ratings if rating.name == name)


@pytest.mark.parametrize(
    ("empathy", "direction", "name"),
    [(0.5, 0.5, "guiding"), (0.5, -0.5, "following"), (-0.5, 0.5, "directing"), (-0.5, -0.5, "adrift")],
)
def test_four_rooms(empathy, direction, name):
    assert room(empathy, direction) == name


def test_a_skilled_talk_is_mainly_guiding():
    assert walked(*SKILLED).mainly == "guiding"


def test_a_directive_talk_is_mainly_directing():
    assert walked(*DIRECTIVE).mainly == "directing"


def test_listening_without_direction_is_following():
    said = C("The evenings are long with the radio on."), L("Long evenings with the radio.", "simple_reflection")
    assert walked(*said * 4).mainly == "following"


def test_closed_questions_alone_are_adrift():
    assert walked(*(C("Yes."), L("Do you smoke?", "question", ask="closed")) * 4).mainly == "adrift"


def test_a_turn_that_shows_nothing_has_no_place():
    found = walked(C("Well."), L("Okay."), C("So."))
    assert found.places == ()
    assert found.mainly is None


def test_every_place_is_on_the_axes_and_says_why():
    for place in walked(*SKILLED, *DIRECTIVE).places:
        assert -1 <= place.empathy <= 1
        assert -1 <= place.direction <= 1
        assert place.why


def test_the_path_follows_the_turns_slowly():
    found = walked(*SKILLED, *DIRECTIVE)
    turn = next(place for place in found.places if place.empathy <= -0.7)
    before = found.places[found.places.index(turn) - 1]
    assert turn.empathy < turn.path_empathy < before.path_empathy


def test_globals_tell_a_skilled_from_a_directive_talk():
    good, poor = rated(*SKILLED), rated(*DIRECTIVE)
    assert good.relational >= 4 > 2.5 >= poor.relational
    assert good.technical >= 4 > 2.5 >= poor.technical
    assert (good.relational_band, poor.relational_band) == ("good", "below")


def test_no_five_where_there_is_clear_poor_practice():
    spoilt = rated(*SKILLED, *SKILLED, *SKILLED, L("That's an excuse.", "confront"), C("Is it."))
    assert all(rating.value <= practice().globals.capped for rating in spoilt.ratings)


def test_flattery_raises_no_global():
    assert all(rating.value <= 3 for rating in rated(*FLATTERING).ratings if rating.name != "softening")


def test_a_client_without_change_talk_is_no_fault_of_the_learner():
    asked = C("Same as ever.", "sustain"), L("What would be different for you?", "question")
    assert value(rated(*asked * 4), "cultivating") > 3


def test_no_sustain_talk_and_none_called_for_gets_the_benefit_of_the_doubt():
    quiet = C("The radio is on."), L("What is your day like?", "question")
    assert value(rated(*quiet * 4), "softening") == practice().globals.quiet_softening


def test_asking_for_the_case_against_change_lowers_softening():
    asked = C("It helps me sleep.", "sustain"), L("What do you like about it?", "question")
    assert value(rated(*asked * 4), "softening") <= 2


def test_too_few_coded_turns_are_not_rated():
    assert rated(C("Hm."), L("What is it?", "question"), C("Hm."), L("And?", "question")) is None


def test_a_short_talk_is_rated_tentatively():
    assert rated(*DIRECTIVE).tentative
    assert not rated(*SKILLED, *SKILLED).tentative


def test_evidence_is_quoted_from_both_sides_where_there_are_both():
    mixed = rated(*SKILLED, *DIRECTIVE)
    empathy = next(rating for rating in mixed.ratings if rating.name == "empathy")
    assert {one.counts > 0 for one in empathy.evidence} == {True, False}


def test_the_same_talk_is_rated_the_same():
    assert rated(*SKILLED) == rated(*SKILLED)
