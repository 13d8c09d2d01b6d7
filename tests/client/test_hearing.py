"""What is noticed in the learner's words."""

from __future__ import annotations

import pytest

from evoke.client.concern import concern_in
from evoke.client.hearing import Ear, as_query, signals
from evoke.persona import Persona
from evoke.transcript import Turn
from tests.client.people import Words, coded


def client_turn(persona: Persona, say: str) -> Turn:
    line = next(line for line in persona.lines if line.say == say)
    return Turn(id="c", parent=None, speaker="client", text=say, lines=(line.id,))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("So what's your plan?", "planning"),
        ("When could you start?", "planning"),
        ("What do you like about smoking?", "downsides"),
        ("What's stopping you?", "downsides"),
        ("Why might you want to stop?", "own_reasons"),
        ("What worries you about it?", "own_reasons"),
        ("How did you manage to stop before?", "own_strengths"),
        ("I'm sorry, I was pushing you there.", "repair"),
        ("You're pathetic.", "insult"),
        ("Look, you are just lazy.", "insult"),
        ("You're a silly, stubborn old woman.", "insult"),
        ("Shame on you.", "insult"),
        ("Honestly, people like you clog up this clinic.", "insult"),
        ("We're nearly out of time.", "winding_up"),
        ("Thank you for coming in today.", "winding_up"),
        ("Let's leave it here for today.", "goodbye"),
        ("Would it be okay if I shared something?", "permission"),
        ("I've got a thought about that. Would you like to hear it, or shall we leave it?", "permission"),
        (
            "Would it be all right if I told you what other people who come here have found useful? You decide.",
            "permission",
        ),
        ("Are you open to hearing what the studies say?", "permission"),
        ("I wonder if I could say something about that.", "permission"),
        ("Would it help if I went through what the tablets do?", "permission"),
        ("Mm-hm.", "murmur"),
        ("You were up at five. What does your daughter do?", "asks_what"),
        ("...", "silence"),
    ],
)
def test_signals_are_heard(words: str, name: str) -> None:
    assert name in signals(words)


@pytest.mark.parametrize(
    "words", ["Thanks.", "Thank you for telling me that, what happened then?", "Take care of the kids?"]
)
def test_a_thank_you_is_no_goodbye(words: str) -> None:
    assert "goodbye" not in signals(words) and "winding_up" not in signals(words)


@pytest.mark.parametrize(
    "words",
    [
        "Part of you thinks you're weak.",
        "You feel you're useless at it.",
        "You're not lazy.",
        "You're stubborn, and it got you here.",
    ],
)
def test_giving_back_a_hard_word_is_no_insult(words: str) -> None:
    assert "insult" not in signals(words)


def test_a_reflection_of_what_was_just_said_is_nearer_than_one_that_fits_anything(ines: Persona) -> None:
    ear = Ear(ines, Words)
    said = [client_turn(ines, "I want to climb those stairs without stopping.")]
    near = ear.hear("So you want those stairs without stopping.", coded("So you want it"), said).accuracy
    hollow = ear.hear("So you have a lot going on.", coded("So you have"), said).accuracy
    assert near is not None and hollow is not None
    assert near > 0.3 > hollow


def test_words_touch_the_strand_they_are_about(ines: Persona) -> None:
    ear = Ear(ines, Words)
    assert "core" in ear.hear("How is your granddaughter, will there be a wedding?", coded("?"), []).touched
    assert ear.hear("What is your real, deepest reason?", coded("?"), []).touched == ()


def test_a_plan_that_is_brought_up_is_recognised(ines: Persona) -> None:
    assert Ear(ines, Words).hear("Have you thought of nicotine patches?", coded("?"), []).plans == ("patches",)


def test_a_plan_is_recognised_by_a_wording_that_its_card_names(ines: Persona) -> None:
    named = ines.model_copy(
        update={
            "plans": ines.plans.model_copy(
                update={
                    "rejected": tuple(
                        plan.model_copy(update={"asked": ("Could patches help your hands?",)})
                        if plan.id == "patches"
                        else plan
                        for plan in ines.plans.rejected
                    )
                }
            )
        }
    )
    words = "What if patches could help your hands?"
    assert Ear(ines, Words).hear(words, coded("?"), []).plans == ()
    assert Ear(named, Words).hear(words, coded("?"), []).plans == ("patches",)


def test_nothing_was_reflected_where_nothing_was_coded_so(ines: Persona) -> None:
    assert Ear(ines, Words).hear("Where do you live?", coded("Where?"), []).accuracy is None


def test_lines_are_looked_up_by_the_question_at_the_heart_of_a_turn() -> None:
    assert (
        as_query("Nothing here is written down. Where did you grow up as a child?")
        == "Where did you grow up as a child?"
    )
    assert as_query("Tar stays in the lungs. What do you make of that?").startswith("Tar stays")


def test_a_ruler_question_is_looked_up_in_the_clients_words() -> None:
    assert "how much does it matter" in as_query("On a scale of 0 to 10, how important is this to you?")


@pytest.mark.parametrize(
    "words",
    [
        "Honestly I want to kill myself.",
        "I can't go on like this anymore",
        "Sometimes I think everyone would be better off without me.",
        "I'm thinking about hurting myself tonight",
    ],
)
def test_the_learners_own_distress_is_noticed(words: str) -> None:
    assert concern_in(words) is not None


@pytest.mark.parametrize(
    "words",
    [
        "Have you ever thought about killing yourself?",
        "You feel like you can't go on.",
        'So you\'re saying, "I want to die" some nights.',
        "Smoking kills, and you don't want to die young.",
        "I want to understand what it does to you.",
        "I don't want to kill the mood.",
    ],
)
def test_the_clients_topic_is_not_taken_for_the_learners_distress(words: str) -> None:
    assert concern_in(words) is None


@pytest.mark.parametrize(
    "words", ["What about a walk to the bakery?", "Do you know what it costs?", "What a week. Was it long?"]
)
def test_what_a_nod_can_answer_does_not_ask_what(words: str) -> None:
    assert "asks_what" not in signals(words)
