"""What moves the client, and what does not."""

from __future__ import annotations

import random

import pytest

from evoke.client.dynamics import dynamics
from evoke.client.feel import after, hearing_oneself
from evoke.client.move import Move
from evoke.client.state import ClientState, begin, spoken
from evoke.persona import Persona
from evoke.transcript import Mood
from tests.client.people import heard, persona


def moved(state: ClientState, **changes) -> ClientState:
    return state.model_copy(update={"mood": state.mood.model_copy(update=changes)})


def test_unasked_advice_raises_discord_and_costs_trust(ines: Persona, start: ClientState) -> None:
    felt = after(start, heard("You should stop today."), ines)
    assert felt.state.mood.discord > start.mood.discord
    assert felt.state.mood.trust < start.mood.trust
    assert "advice before asking" in felt.steps[0].reason


def test_flattery_moves_nothing(ines: Persona, start: ClientState) -> None:
    for words in ("You're amazing, well done, I'm so proud.", "I hear you, that must be so hard.", "Great job!"):
        felt = after(start, heard(words, accuracy=-0.05), ines)
        assert felt.steps == ()
        assert felt.state.mood == start.mood


def test_an_affirmation_counts_only_where_it_fits_what_was_said(ines: Persona, start: ClientState) -> None:
    words = "That was strong of you, up at four for thirty years."
    assert after(start, heard(words, accuracy=0.3), ines).state.mood.confidence > start.mood.confidence
    assert after(start, heard(words, accuracy=0.0), ines).steps == ()


def test_an_accurate_reflection_builds_trust_and_a_wrong_one_does_not(ines: Persona, start: ClientState) -> None:
    words = "So you never get a break at the depot."
    assert after(start, heard(words, accuracy=0.4), ines).state.mood.trust > start.mood.trust
    assert after(start, heard(words, accuracy=0.0), ines).steps == ()


def test_discord_from_advice_can_be_repaired_by_leaving_the_choice(ines: Persona, start: ClientState) -> None:
    tense = after(start, heard("You should stop today."), ines).state
    eased = after(tense, heard("It's your choice, of course."), ines).state
    assert eased.mood.discord < tense.mood.discord


def test_planning_in_precontemplation_is_rushing(ines: Persona, start: ClientState) -> None:
    felt = after(start, heard("What's your first step?", signals=("planning",)), ines)
    assert {step.rule for step in felt.steps} == {"plan_without_a_reason"}
    assert felt.state.mood.discord > 0


def test_only_the_third_question_in_a_row_annoys(ines: Persona, start: ClientState) -> None:
    state, seen = start, []
    for _ in range(4):
        felt = after(state, heard("What time do you get up?"), ines)
        state = felt.state
        seen.append("question_after_question" in {step.rule for step in felt.steps})
    assert seen == [False, False, True, True]


def test_a_reflection_between_questions_keeps_them_from_adding_up(ines: Persona, start: ClientState) -> None:
    state = start
    for words in ("What else?", "What then?", "So you stand a lot.", "What else?", "And what now?"):
        felt = after(state, heard(words, accuracy=0.0), ines)
        state = felt.state
    assert state.mood.discord == 0


def test_reflecting_change_talk_raises_importance_and_reflecting_anything_else_does_not(
    ines: Persona, start: ClientState
) -> None:
    words = heard("So you want to climb those stairs.", accuracy=0.4)
    after_change = start.model_copy(update={"talks": ("change",)})
    after_neutral = start.model_copy(update={"talks": ("neutral",)})
    assert after(after_change, words, ines).state.mood.importance > start.mood.importance
    assert after(after_neutral, words, ines).state.mood.importance == start.mood.importance


def test_a_touchier_client_takes_advice_harder() -> None:
    def discord(reactance: float) -> float:
        dials = {"trust": 4, "importance": 3, "confidence": 4, "talkativeness": 5, "openness": 5}
        card = persona(temperament={**dials, "reactance": reactance})
        return after(begin(card), heard("You should stop."), card).state.mood.discord

    assert discord(9) > 1.5 * discord(1)


def test_no_variable_moves_more_than_one_point_a_turn(ines: Persona, start: ClientState) -> None:
    everything = heard(
        "You should stop, you're wrong about it, studies say so. " + "And so on. " * 40, signals=("insult", "planning")
    )
    felt = after(start, everything, ines)
    sums: dict[str, float] = {}
    for step in felt.steps:
        sums[step.variable] = sums.get(step.variable, 0) + step.delta
    assert sums and all(abs(total) <= 1.001 for total in sums.values())
    assert sums["discord"] == pytest.approx(1.0, abs=0.01)


def test_no_variable_leaves_the_scale(ines: Persona, start: ClientState) -> None:
    state = moved(start, trust=0.2, discord=9.9, importance=0.1)
    for _ in range(3):
        state = after(state, heard("You're wrong about that and you should stop.", signals=("insult",)), ines).state
    assert state.mood.trust >= 0 and state.mood.discord <= 10


def test_hearing_oneself_say_change_talk_raises_importance_and_sustain_talk_lowers_it(
    ines: Persona, start: ClientState
) -> None:
    for talk, up in (("change", True), ("sustain", False)):
        move = Move(kind="engage", talk=talk, talk_kind="reason")
        felt = hearing_oneself(spoken(start, move), move, heard("Why?"), ines)
        assert (felt.state.mood.importance > start.mood.importance) is up


def test_contemplation_needs_the_clients_own_change_talk(ines: Persona, start: ClientState) -> None:
    willing = moved(start, importance=6)
    assert after(willing, heard("Well."), ines).state.mood.stage == "precontemplation"
    spoke = willing.model_copy(update={"talks": ("change",)})
    assert after(spoke, heard("Well."), ines).state.mood.stage == "contemplation"


def test_preparation_needs_the_weightiest_obstacles_said_aloud(ines: Persona, start: ClientState) -> None:
    ready = moved(start, importance=8, confidence=7, stage="contemplation")
    one = ready.model_copy(update={"voiced": ("light",)})
    assert after(ready, heard("Well."), ines).state.mood.stage == "contemplation"
    assert after(one, heard("Well."), ines).state.mood.stage == "preparation"


def test_nobody_gets_ready_in_the_middle_of_a_quarrel(ines: Persona, start: ClientState) -> None:
    said = moved(start, importance=8, confidence=7, stage="contemplation").model_copy(update={"voiced": ("light",)})
    assert after(moved(said, discord=4), heard("Well."), ines).state.mood.stage == "contemplation"
    assert after(moved(said, discord=2), heard("Well."), ines).state.mood.stage == "preparation"


def test_a_client_in_discord_falls_back_from_preparation(ines: Persona, start: ClientState) -> None:
    ready = moved(start, importance=8, confidence=7, stage="preparation", discord=6.8)
    felt = after(ready, heard("You're wrong about that."), ines)
    assert felt.state.mood.stage == "contemplation"


def test_the_core_strand_is_touched_only_at_enough_trust(ines: Persona, start: ClientState) -> None:
    words = heard("How is your granddaughter?", touched=("core",))
    assert not after(start, words, ines).state.core_touched
    assert after(moved(start, trust=5.5), words, ines).state.core_touched


def test_a_state_is_its_own_snapshot(ines: Persona, start: ClientState) -> None:
    state = after(start, heard("You should stop."), ines).state
    assert ClientState.model_validate_json(state.model_dump_json()) == state
    assert isinstance(state.mood, Mood)


def test_every_rule_says_why_in_a_sentence_of_its_own() -> None:
    reasons = [rule.reason for rule in (*dynamics().rules, *dynamics().self_talk)]
    assert len(set(reasons)) == len(reasons)
    assert all(reason.endswith(".") for reason in reasons)


def test_every_signal_a_rule_waits_for_can_be_heard() -> None:
    from evoke.client.choices import choices
    from evoke.client.hearing import hearing
    from evoke.client.odd import odd

    known = {*hearing().signals, *(f"odd_{kind}" for kind in odd().kinds)}
    rows = [*dynamics().rules, *choices().talk_lifts, *choices().move_lifts, *choices().brief]
    waited = {name for row in rows for name in (*row.when.signals, *row.when.without_signals)}
    waited |= {name for row in dynamics().self_talk for name in row.asked}
    assert waited <= known


def test_no_client_sits_down_ready() -> None:
    dials = {"trust": 8, "importance": 9, "confidence": 9, "reactance": 2, "talkativeness": 5, "openness": 8}
    assert begin(persona(temperament=dials)).mood.stage == "contemplation"


def test_one_day_differs_from_the_next_and_the_same_day_does_not(ines: Persona) -> None:
    days = [begin(ines, random.Random(seed)) for seed in (1, 1, 2)]
    assert days[0] == days[1] != days[2]
    assert days[0].mood != begin(ines).mood and begin(ines).leaning == {}


def test_no_day_opens_the_core_by_itself(ines: Persona) -> None:
    days = [begin(ines, random.Random(seed)) for seed in range(200)]
    assert all(day.mood.trust < ines.core.gate for day in days)
    assert all(abs(day.mood.importance - ines.temperament.importance) <= dynamics().day.at_most for day in days)


def test_discord_that_has_led_near_to_leaving_can_be_repaired(ines: Persona, start: ClientState) -> None:
    state = moved(start, discord=7.5).model_copy(update={"tense": 2})
    for words in ("I'm sorry, I pushed you there.", "It's your choice, of course.", "So you never get a break."):
        state = after(state, heard(words, accuracy=0.4, signals=("repair",)), ines).state
    assert state.tense == 0 and state.mood.discord < dynamics().tense_from


def test_the_core_reason_said_aloud_weighs_more_than_any_other(ines: Persona, start: ClientState) -> None:
    def gained(strand: str) -> float:
        move = Move(kind="acknowledge", talk="change", talk_kind="reason", strand=strand)
        return hearing_oneself(spoken(start, move), move, heard("Why?"), ines).state.mood.importance

    assert gained("core") > gained("work")
