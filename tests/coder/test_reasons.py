import pytest

from evoke.coder import reasons
from evoke.coder.split import Clause
from evoke.coder.volley import Decision, Label


def label(text, code):
    return Label(Clause(text, 0, len(text), 0), code, 0.9)


def decision(*labels, question=None, behaviour="other"):
    codes = tuple(one.code for one in labels if one.code)
    return Decision(behaviour=behaviour, codes=codes, question=question, reflection=None, labels=labels)


def test_a_question_is_told_by_its_form_and_its_words():
    told = reasons.of_utterance(label("What would help you?", "question"), "open")
    assert told == 'Asks in a form that a yes or no would not answer ("What would help …").'


def test_codes_are_told_in_the_order_they_were_said():
    made = decision(label("You are torn.", "complex_reflection"), label("Do you smoke?", "question"), question="closed")
    assert reasons.of_volley(made) == (
        "Gives back what the client may mean or feel, beyond the words, then asks for a yes, a no or one fact "
        '("Do you smoke").'
    )


def test_a_turn_without_codes_is_told_by_its_behaviour():
    assert reasons.of_volley(decision(label("Hello there.", None))) == (
        "Keeps the talk going, greets or arranges, and carries no code."
    )


@pytest.mark.parametrize(
    ("talk", "kind", "told"),
    [
        ("change", "ability", "Leans toward the change: could do it."),
        ("sustain", "need", "Leans toward staying as it is: says it does not have to be."),
        ("neutral", None, "Leans neither toward the change nor away from it."),
    ],
)
def test_client_talk_is_told_by_its_leaning_and_kind(talk, kind, told):
    assert reasons.of_talk(talk, kind) == told


def test_codes_read_as_names():
    assert reasons.names(("affirm", "question")) == "Affirmation, Question"
    assert reasons.names(()) == "no code"
