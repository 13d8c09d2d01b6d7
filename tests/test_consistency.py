"""mi_consistency orders sessions by what experts value, and by nothing that only looks like it."""

from itertools import pairwise

import pytest

from evoke.codes import Coded, Uncoded
from evoke.consistency import SIGNS, mi_consistency, rule, signs_of
from evoke.transcript import Turn

TEN_WORDS = "one two three four five six seven eight nine ten"
BEHAVIOURS = {"question": "question", "simple_reflection": "reflection", "complex_reflection": "reflection",
              "give_information": "therapist_input", "persuade": "therapist_input",
              "persuade_with_permission": "therapist_input"}  # fmt: skip
MIXED = ("question", "simple_reflection", "question", "give_information", "complex_reflection", "affirm")


def learner(code=None, text=TEN_WORDS, **more):
    codes = (code,) if code else ()
    coded = {"behaviour": BEHAVIOURS.get(code, "other"), "codes": codes, "reason": "r"} | more
    return Turn(id="l", parent=None, speaker="learner", text=text, coded=Coded(speaker="learner", **coded))


def client(text="I do not know"):
    coded = Coded(speaker="client", talk="sustain", reason="r")
    return Turn(id="c", parent=None, speaker="client", text=text, coded=coded)


def session(*codes):
    return [turn for code in codes for turn in (learner(code), client())]


def score(*codes):
    return mi_consistency(session(*codes))


def test_more_reflecting_scores_higher():
    scores = [score(*("simple_reflection",) * n, *("question",) * (10 - n)) for n in range(11)]
    assert all(less < more for less, more in pairwise(scores))


@pytest.mark.parametrize("code", ["give_information", "persuade", "confront"])
def test_more_telling_scores_lower(code):
    scores = [score(*(code,) * n, *("simple_reflection",) * (10 - n)) for n in range(11)]
    assert all(less > more for less, more in pairwise(scores))


def test_advice_without_leave_scores_lower_than_with_it_and_confronting_lower_than_asking():
    rest = ("simple_reflection", "question") * 3
    assert score("persuade", *rest) < score("persuade_with_permission", *rest)
    assert score("confront", *rest) < score("question", *rest)


@pytest.mark.parametrize("code", ["affirm", "seek_collaboration", "emphasize_autonomy"])
def test_sharing_the_lead_scores_higher(code):
    rest = ("give_information", "question") * 3
    assert score(code, *rest) > score("question", *rest)


def test_reflecting_more_for_each_question_scores_higher():
    assert score(*("complex_reflection",) * 4, *("question",) * 2) > score(
        *("complex_reflection",) * 3, *("question",) * 3
    )


def test_simple_and_complex_reflections_count_alike():
    simple = [code.replace("complex", "simple") for code in MIXED]
    assert score(*simple) == score(*(code.replace("simple", "complex") for code in MIXED))


def test_open_and_closed_questions_count_alike():
    rest = session("simple_reflection", "persuade")
    asked = [[learner("question", question=kind)] * 4 + rest for kind in ("open", "closed")]
    assert mi_consistency(asked[0]) == mi_consistency(asked[1])


@pytest.mark.parametrize(("turns", "most"), [(3, 0.09), (10, 0.04), (40, 0.015)])
def test_a_session_twice_as_long_moves_the_score_a_little_and_away_from_the_middle(turns, most):
    for codes in (("simple_reflection", "question"), ("give_information", "question"), MIXED, ("persuade",)):
        once = (codes * turns)[:turns]
        short, long = score(*once), score(*once, *once)
        assert abs(long - 0.5) > abs(short - 0.5)
        assert abs(long - short) <= most


def test_small_talk_listening_and_the_clients_words_move_nothing():
    plain = session(*MIXED)
    talked = [*plain, *[learner(None, "mm-hm"), client("well " * 40)] * 20]
    assert mi_consistency(talked) == mi_consistency(plain)


def test_one_long_speech_does_not_outweigh_a_whole_session():
    reflecting = session(*("simple_reflection",) * 10)
    assert mi_consistency([*reflecting, learner("give_information", "word " * 400)]) > 0.5


def test_a_few_turns_stay_nearer_the_middle_than_many():
    scores = [score(*("persuade",) * n) for n in (3, 6, 12, 24)]
    assert all(0.5 > few > many > 0 for few, many in pairwise(scores))


def test_too_few_coded_learner_turns_give_no_score():
    uncoded = Turn(id="u", parent=None, speaker="learner", text="?", coded=Uncoded(speaker="learner", reason="none"))
    enough = rule().fewest_turns
    assert score(*("question",) * (enough - 1)) is None
    assert mi_consistency([*session(*("question",) * (enough - 1)), uncoded]) is None
    assert score(*("question",) * enough) is not None


def test_questions_alone_and_small_talk_alone_speak_neither_way():
    assert score(*("question",) * 8) == score(None, None, None) == 0.5


def test_probabilities_count_where_the_coder_gave_them():
    def sure(share):
        known = {"behaviour.reflection": share, "behaviour.therapist_input": 1 - share}
        return mi_consistency([learner("simple_reflection", probabilities=known)] * 4)

    assert sure(0.55) < sure(0.75) < sure(0.95)


def test_a_blow_in_the_form_of_a_reflection_does_not_count_as_one():
    def told(*codes):
        return signs_of([learner(None, behaviour="reflection", codes=codes)] * 4)

    assert told("complex_reflection")["reflecting"] > 0
    assert told("complex_reflection", "confront")["reflecting"] == 0


def test_codes_of_people_without_a_main_behaviour_are_enough():
    def coded(*codes):
        return [learner(None, behaviour=None, codes=codes)] * 4

    assert signs_of(coded("complex_reflection")) == signs_of(session(*("complex_reflection",) * 4))
    both = signs_of(coded("question", "simple_reflection"))["reflecting"]
    assert both == pytest.approx(signs_of(coded("simple_reflection"))["reflecting"] / 2)


def test_every_sign_has_a_weight_and_none_counts_the_wrong_way_round():
    assert set(rule().weights) == set(SIGNS)
    assert all(weight >= 0 for weight in rule().weights.values())
    assert rule().weights["reflecting"] > 0
    assert rule().weights["informing"] > 0
