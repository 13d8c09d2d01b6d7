"""Measures are arithmetic, and what has no denominator is not applicable."""

import pytest

from evoke.codes import Coded, Uncoded
from evoke.measures import THRESHOLDS, bands, measure
from evoke.transcript import Turn


def learner(n: int, *codes: str, text: str = "one two three four", behaviour: str = "other", question=None) -> Turn:
    coded = Coded(speaker="learner", behaviour=behaviour, codes=codes, question=question, reason="r")
    return Turn(id=f"l{n}", parent=None, speaker="learner", text=text, coded=coded)


def client(n: int, talk: str = "neutral", text: str = "one two") -> Turn:
    return Turn(
        id=f"c{n}", parent=None, speaker="client", text=text, coded=Coded(speaker="client", talk=talk, reason="r")
    )


def alternate(*codes: tuple[str, ...]) -> list[Turn]:
    return [turn for n, these in enumerate(codes) for turn in (learner(n, *these), client(n))]


def test_ratio_without_questions_is_not_applicable():
    found = measure(alternate(("simple_reflection",), ("complex_reflection",)))
    assert found.reflections_per_question is None
    assert "reflections_per_question" not in found.bands
    assert found.complex_share == 0.5


def test_complex_share_without_reflections_is_not_applicable():
    found = measure(alternate(("question",)))
    assert found.complex_share is None
    assert found.reflections_per_question == 0


def test_an_empty_session_has_no_ratio_and_no_error():
    found = measure([])
    ratios = (found.reflections_per_question, found.complex_share, found.open_share, found.talk_share)
    assert ratios == (None, None, None, None)
    assert found.change_by_quarter == (None, None, None, None)
    assert found.mi_consistency is None


def test_a_code_counts_once_a_volley_even_over_two_turns():
    turns = [learner(0, "question", "simple_reflection"), learner(1, "question", "complex_reflection"), client(0)]
    found = measure(turns)
    assert (found.questions, found.reflections, found.complex_reflections) == (1, 1, 1)
    assert found.counts["simple_reflection"] == 0


def test_adherent_and_non_adherent_are_sums_of_miti_codes():
    found = measure(alternate(("affirm", "persuade"), ("seek_collaboration",), ("emphasize_autonomy", "confront")))
    assert (found.adherent, found.non_adherent) == (3, 2)


def test_open_share_is_of_questions_with_a_known_type():
    turns = [learner(0, "question", question="open"), client(0), learner(1, "question", question="closed"), client(1)]
    assert measure(turns).open_share == 0.5
    assert measure(alternate(("question",))).open_share is None


def test_talk_share_counts_words():
    assert measure([learner(0, text="a b c"), client(0, text="a b c d e f g h i")]).talk_share == 0.25


def test_uncoded_turns_are_counted_and_belong_to_no_ratio():
    odd = Turn(id="u", parent=None, speaker="learner", text="?", coded=Uncoded(speaker="learner", reason="no words"))
    found = measure([odd, client(0), learner(1, "question")])
    assert (found.uncoded_turns, found.questions, found.learner_turns) == (1, 1, 2)


def test_change_talk_by_quarter_is_out_of_change_and_sustain():
    talks = ["sustain", "neutral", "sustain", "change", "neutral", "neutral", "change", "change"]
    found = measure([turn for n, talk in enumerate(talks) for turn in (learner(n), client(n, talk))])
    assert found.change_by_quarter == (0.0, 0.5, None, 1.0)
    assert found.change_share == 0.6


def test_quarters_of_a_two_turn_session_do_not_fail():
    assert measure([client(0, "change"), client(1, "sustain")]).change_share == 0.5


@pytest.mark.parametrize(
    ("ratio", "band"), [(0.99, "below"), (1.0, "fair"), (1.99, "fair"), (2.0, "good"), (None, None)]
)
def test_bands_begin_at_the_miti_thresholds(ratio, band):
    assert bands(reflections_per_question=ratio).get("reflections_per_question") == band


def test_thresholds_are_those_of_miti_4():
    table = {name: (t.fair, t.good) for name, t in THRESHOLDS.items()}
    assert table == {
        "reflections_per_question": (1, 2),
        "complex_share": (0.4, 0.5),
        "relational": (3.5, 4),
        "technical": (3, 4),
    }


def test_the_series_counts_change_and_sustain_so_far():
    found = measure([client(0, "sustain"), learner(0), client(1, "change"), learner(1), client(2, "change")])
    assert [(p.place, p.change_so_far, p.sustain_so_far) for p in found.series if p.speaker == "client"] == [
        (1, 0, 1),
        (2, 1, 1),
        (3, 2, 1),
    ]
