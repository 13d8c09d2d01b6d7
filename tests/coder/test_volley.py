"""MITI 4.2.1, rule by rule, on made-up scores: no model is involved."""

import pytest

from evoke.coder.rules import rules
from evoke.coder.scores import LearnerScores
from evoke.coder.split import Clause
from evoke.coder.volley import decide, resolve
from evoke.codes import ADHERENT, CODES


def clause(text, sentence=0, start=0):
    return Clause(text, start, start + len(text), sentence)


def volley(*said, behaviour="other", leave="none", complex_share=0.3):
    """Each of `said` is (sentence number, text, codes with probabilities)."""
    start, cut = 0, []
    for sentence, text, _ in said:
        cut.append(clause(text, sentence, start))
        start += len(text) + 1
    by_clause = tuple({code: codes.get(code, 0.02) for code in CODES} for *_, codes in said)
    names = ("question", "reflection", "therapist_input", "other")
    scores = LearnerScores(
        behaviour={name: 0.85 if name == behaviour else 0.05 for name in names},
        question={"open": 0.7, "closed": 0.3},
        reflection={"simple": 1 - complex_share, "complex": complex_share},
        codes={code: max(row[code] for row in by_clause) for code in CODES},
        by_clause=by_clause,
    )
    return decide(cut, scores, leave)


def test_two_questions_in_one_volley_count_once():
    made = volley(
        (0, "What do you want?", {"question": 0.9}), (1, "What else?", {"question": 0.9}), behaviour="question"
    )
    assert made.codes == ("question",)
    assert made.question == "open"


def test_one_complex_reflection_makes_the_whole_volley_complex():
    made = volley(
        (0, "You drink at night.", {"simple_reflection": 0.9}),
        (1, "Clinics are open on Mondays.", {"give_information": 0.9}),
        (2, "It is how you bear the quiet.", {"complex_reflection": 0.9}),
        behaviour="reflection",
    )
    assert made.codes == ("complex_reflection", "give_information")
    assert made.reflection == "complex"
    assert [one.code for one in made.labels] == ["complex_reflection", "give_information", "complex_reflection"]


def test_a_volley_without_a_complex_reflection_is_simple():
    made = volley((0, "You drink at night.", {"simple_reflection": 0.9}), behaviour="reflection")
    assert (made.codes, made.reflection, made.question) == (("simple_reflection",), "simple", None)


def test_a_restatement_that_sets_up_a_question_is_only_a_question():
    made = volley(
        (0, "So mostly at lunch,", {"simple_reflection": 0.9}),
        (0, "where do you go?", {"question": 0.9}),
        behaviour="question",
    )
    assert made.codes == ("question",)
    assert [one.clause.text for one in made.labels] == ["So mostly at lunch, where do you go?"]


def test_a_reflection_in_a_sentence_of_its_own_stands_beside_the_question():
    made = volley(
        (0, "It is mostly at lunch.", {"simple_reflection": 0.9}),
        (1, "Is that right?", {"question": 0.9}),
        behaviour="question",
    )
    assert made.codes == ("question", "simple_reflection")


def test_clauses_with_one_code_are_parsed_as_one_utterance():
    made = volley(
        (0, "Nicotine leaves the blood in hours,", {"give_information": 0.9}),
        (0, "and the craving fades in weeks.", {"give_information": 0.8}),
        behaviour="therapist_input",
    )
    assert [(one.clause.text, one.code) for one in made.labels] == [
        ("Nicotine leaves the blood in hours, and the craving fades in weeks.", "give_information")
    ]


def test_autonomy_with_advice_gives_both_and_makes_the_advice_permitted():
    made = volley(
        (0, "It is your choice,", {"emphasize_autonomy": 0.9}),
        (0, "but I would stay in treatment.", {"persuade": 0.9}),
        behaviour="therapist_input",
    )
    assert made.codes == ("emphasize_autonomy", "persuade_with_permission")


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("give_information", "persuade", "give_information"),
        ("give_information", "persuade_with_permission", "give_information"),
        ("persuade", "persuade_with_permission", "persuade_with_permission"),
        ("simple_reflection", "complex_reflection", "simple_reflection"),
        ("affirm", "complex_reflection", "affirm"),
        ("affirm", "simple_reflection", "simple_reflection"),
        ("seek_collaboration", "question", "question"),
        ("emphasize_autonomy", "give_information", "give_information"),
        ("emphasize_autonomy", "seek_collaboration", "seek_collaboration"),
        ("emphasize_autonomy", "affirm", "affirm"),
        ("seek_collaboration", "affirm", "affirm"),
        ("confront", "question", "confront"),
        ("confront", "simple_reflection", None),
        ("confront", "complex_reflection", None),
        ("confront", "persuade", "persuade"),
    ],
)
def test_when_two_codes_of_an_utterance_are_unsure_the_tie_break_order_decides(first, second, kept):
    assert resolve({first: 0.80, second: 0.76}) == kept
    assert resolve({second: 0.80, first: 0.76}) == kept


@pytest.mark.parametrize(
    ("clear", "weak"),
    [
        ("persuade", "give_information"),
        ("complex_reflection", "simple_reflection"),
        ("seek_collaboration", "question"),
        ("confront", "persuade"),
        ("confront", "complex_reflection"),
    ],
)
def test_a_clear_code_needs_no_tie_break(clear, weak):
    assert resolve({clear: 0.95, weak: 0.6}) == clear


def test_a_confrontation_swallows_the_question_it_is_asked_in():
    made = volley(
        (0, "You have no worries at all,", {"confront": 0.9}),
        (0, "do you?", {"question": 0.9}),
        behaviour="question",
    )
    assert made.codes == ("confront",)


def test_adherent_codes_have_the_higher_bar():
    others = [bar for code, bar in rules().bars.items() if code not in ADHERENT]
    assert min(rules().bars[code] for code in ADHERENT) > sorted(others)[len(others) // 2]
    assert volley((0, "You did it.", {"affirm": 0.55})).codes == ()
    assert volley((0, "You kept every appointment.", {"affirm": 0.9})).codes == ("affirm",)


@pytest.mark.parametrize("praise", ["Great job!", "Oh, that's really good.", "I'm so proud of you.", "well done mate"])
def test_bare_praise_is_no_affirmation_whatever_the_model_says(praise):
    assert volley((0, praise, {"affirm": 0.99})).codes == ()


def test_praise_with_something_specific_may_be_an_affirmation():
    assert volley((0, "Great, you kept going for nine days.", {"affirm": 0.9})).codes == ("affirm",)


def test_leave_turns_persuasion_into_persuasion_with_permission():
    said = (0, "Set an alarm for the tablets.", {"persuade": 0.9})
    assert volley(said, behaviour="therapist_input").codes == ("persuade",)
    assert volley(said, behaviour="therapist_input", leave="given").codes == ("persuade_with_permission",)


def test_lapsed_leave_turns_it_back():
    said = (0, "Set an alarm for the tablets.", {"persuade_with_permission": 0.9})
    assert volley(said, behaviour="therapist_input", leave="lapsed").codes == ("persuade",)


def test_leave_does_not_turn_information_into_persuasion():
    said = (0, "The tablets last a day.", {"give_information": 0.9})
    assert volley(said, behaviour="therapist_input", leave="given").codes == ("give_information",)


def test_words_that_let_the_client_set_it_aside_count_as_leave():
    said = (0, "This might not suit you, an alarm could help.", {"persuade": 0.9})
    assert volley(said, behaviour="therapist_input").codes == ("persuade_with_permission",)


def test_persuasion_with_permission_outranks_persuasion_elsewhere_in_the_volley():
    made = volley(
        (0, "Since you ask, I would walk daily.", {"persuade_with_permission": 0.9}),
        (1, "Sell the car.", {"persuade": 0.9}),
        behaviour="therapist_input",
    )
    assert made.codes == ("persuade_with_permission",)


@pytest.mark.parametrize(
    ("behaviour", "hint", "code"),
    [
        ("question", "question", "question"),
        ("reflection", "simple_reflection", "simple_reflection"),
        ("therapist_input", "give_information", "give_information"),
    ],
)
def test_a_turn_that_mainly_does_one_thing_has_its_code(behaviour, hint, code):
    made = volley((0, "Mm.", {}), (1, "Words.", {hint: 0.4}), behaviour=behaviour)
    assert made.codes == (code,)
    assert made.labels[1].code == code
    assert made.behaviour == behaviour


def test_a_main_behaviour_that_no_clause_hints_at_gives_way_to_the_code_that_was_earned():
    made = volley((0, "You need to stop.", {"persuade": 0.8}), (1, "Really.", {}), behaviour="reflection")
    assert (made.codes, made.behaviour) == (("persuade",), "therapist_input")
    hinted = volley((0, "You need to stop.", {"persuade": 0.8}), (1, "You are torn.", {"simple_reflection": 0.4}),
                    behaviour="reflection")  # fmt: skip
    assert (hinted.codes, hinted.behaviour) == (("simple_reflection", "persuade"), "reflection")


def test_a_main_behaviour_without_a_hint_gives_way_to_a_code_of_another_kind_that_is_nearly_earned():
    pushed = volley((0, "You should stop.", {"persuade": 0.45, "affirm": 0.5}), behaviour="reflection")
    assert (pushed.codes, pushed.behaviour) == (("persuade",), "therapist_input")
    weak = volley((0, "You should stop.", {"persuade": 0.3}), behaviour="reflection")
    assert (weak.codes, weak.behaviour) == (("simple_reflection",), "reflection")


def test_a_code_that_is_nearly_earned_and_likelier_than_the_main_one_is_given():
    blow = volley((0, "You'll be sorry.", {"confront": 0.55, "complex_reflection": 0.3}), behaviour="reflection")
    assert blow.codes == ("confront",)
    felt = volley((0, "You'd be sorry.", {"confront": 0.42, "complex_reflection": 0.48}), behaviour="reflection")
    assert felt.reflection is not None and "confront" not in felt.codes


def test_a_main_reflection_is_complex_only_when_that_is_clear():
    said = (0, "Words.", {"complex_reflection": 0.4, "simple_reflection": 0.4})
    assert volley(said, behaviour="reflection", complex_share=0.55).reflection == "simple"
    assert volley(said, behaviour="reflection", complex_share=0.9).reflection == "complex"


def test_in_a_turn_that_is_none_of_the_three_their_codes_must_be_sure():
    weak = volley((0, "See you on Monday?", {"question": 0.6}), behaviour="other")
    assert (weak.codes, weak.behaviour) == ((), "other")
    sure = volley((0, "See you on Monday?", {"question": 0.95}), behaviour="other")
    assert (sure.codes, sure.behaviour, sure.question) == (("question",), "question", "open")


def test_nothing_is_coded_where_nothing_reaches_its_bar():
    made = volley((0, "Let us start.", {}), behaviour="other")
    assert (made.behaviour, made.codes, made.labels[0].code) == ("other", (), None)
    assert made.labels[0].probability > 0.9


def test_a_volley_has_at_most_eight_codes_in_the_order_of_the_table():
    said = [(n, f"Sentence {n}.", {code: 0.97}) for n, code in enumerate(CODES)]
    made = volley(*said, behaviour="reflection")
    assert len(made.codes) == 8
    assert list(made.codes) == [code for code in CODES if code in made.codes]
