"""Turns that moved the client."""

from evoke.coach.evidence import path_of
from evoke.coach.moments import moments
from tests.coach.talking import C, L, path


def found(*turns):
    return moments(path_of(path(*turns)))


def test_a_step_down_in_trust_is_a_moment_away():
    (one,) = found(C("Hm."), L("Stop it.", "confront", steps=[("confrontation", "trust", -0.6)]), C("Fine."))
    assert one.weight < 0
    assert [(shift.variable, shift.delta) for shift in one.shifts] == [("trust", -0.6)]
    assert one.reasons == ("confrontation.",)


def test_discord_counts_the_other_way():
    (one,) = found(C("Hm."), L("Your choice.", "emphasize_autonomy", steps=[("their_choice", "discord", -0.5)]))
    assert one.weight > 0


def test_what_the_clients_own_answer_did_belongs_to_the_turn_that_drew_it():
    answer = C("I could do it.", "change")
    step = L("x", steps=[("own_ability", "confidence", 0.5)]).steps
    (one,) = found(
        L("How sure are you?", "question", steps=[("asked", "trust", 0.1)]), answer.model_copy(update={"steps": step})
    )
    assert {shift.variable for shift in one.shifts} == {"trust", "confidence"}


def test_without_a_state_a_turn_from_sustain_to_change_is_a_moment():
    (one,) = found(C("No.", "sustain"), L("And what would help?", "question"), C("Maybe less.", "change"))
    assert one.weight > 0
    assert (one.before, one.after) == ("sustain", "change")


def test_a_turn_that_moved_nothing_is_no_moment():
    assert found(C("Hm."), L("What is it?", "question"), C("Nothing.")) == ()


def test_moments_stand_in_the_order_they_came_and_are_few():
    turns = [t for n in range(9) for t in (L("x", steps=[("r", "trust", 0.5 + n / 20)]), C("y"))]
    strongest = found(*turns)
    assert [one.number for one in strongest] == [4, 5, 6, 7, 8, 9]
