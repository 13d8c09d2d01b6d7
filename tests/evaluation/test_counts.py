"""Shares of turns, worked out by hand."""

from __future__ import annotations

import pytest
from eval.client import counts

from tests.evaluation.talking import mood, talk


def value(name: str, *talks: object) -> float:
    return counts.found(list(talks))[name].value


def test_the_opening_is_no_reply() -> None:
    assert value("talk_neutral", talk("cs")) == 0
    assert value("talk_change", talk("csn"), talk("n")) == 1 / 4


def test_persistence_is_counted_between_neighbouring_replies_of_one_session() -> None:
    talks = (talk("ccsc"), talk("sscn"))  # c: c s n, s: c s c
    assert value("change_after_change", *talks) == 1 / 3
    assert value("sustain_after_sustain", *talks) == 1 / 3
    assert value("change_after_sustain", *talks) == 2 / 3


def test_quarters_leave_neutral_talk_out_and_add_sessions_up() -> None:
    talks = (talk("snnncncc"), talk("cnnnsnsc"))
    shares = [counts.found(list(talks)).get(f"quarter_{n}") for n in (1, 2, 3, 4)]
    assert [share.value if share else None for share in shares] == [1 / 2, None, 1 / 2, 3 / 4]


def test_open_is_set_against_closed_questions_and_pushing_ones_are_left_out() -> None:
    assert value("open_over_closed", talk("ccnncnnn", asked="oooo" + "kkkk")) == (2 / 4) / (1 / 4)
    pushed = talk("c", asked="o")
    coded = pushed.turns[1].coded.model_copy(update={"codes": ("question", "confront")})  # type: ignore[union-attr]
    turns = (pushed.turns[0], pushed.turns[1].model_copy(update={"coded": coded}), pushed.turns[2])
    assert value("open_over_closed", talk("nccn", asked="ookk"), pushed.model_copy(update={"turns": turns})) == 1


def test_unasked_advice_is_set_against_advice_with_leave_whoever_gives_it() -> None:
    talks = (talk("ssn", asked="ppp", policy="directive"), talk("snn", asked="www"))
    assert value("unasked_over_asked", *talks) == pytest.approx(2)


def test_motivated_counts_the_turn_by_whose_answer_preparation_is_reached() -> None:
    before, after = mood("contemplation"), mood("preparation")
    assert counts.motivated_at(talk("nnn", moods=(before, before, after))) == 2
    assert counts.motivated_at(talk("nnn", moods=(before,))) == float("inf")
    late = talk("n" * 25, moods=(*[before] * 21, after))
    assert counts.motivated_at(late) == 21
    assert value("motivated_in_20", late, talk("n", moods=(before, after))) == 1 / 2


def test_a_reply_is_repeated_whatever_its_case_and_points() -> None:
    said = talk("nnnn", words=("I load wagons every day.", "Mm.", "i load wagons, every day", "Mm!"))
    assert value("repeated", said) == 1 / 2
    assert value("repeated_brief", said) == 1 / 3  # the opening is brief, too


def test_two_seeds_are_alike_only_if_every_move_and_word_is() -> None:
    one, two = talk("nn"), talk("nn", words=("Another.", "Word."))
    assert value("seeds_alike", one, one) == 1
    assert value("seeds_alike", one, one, two) == 1 / 3
    assert "seeds_alike" not in counts.found([one, talk("nn", policy="closed")])


def test_who_ended_a_session_is_told_by_its_last_move() -> None:
    gone, closed = talk("ss", moves=("deny", "leave")), talk("cc", moves=("plan", "close"))
    assert value("left", gone, closed) == 1 / 2
    assert value("closed_by_client", gone, closed, talk("n")) == 1 / 3


def test_figures_of_the_skilled_counsellor_leave_the_others_out() -> None:
    assert value("talk_change", talk("cc"), talk("ss", policy="directive")) == 1


def test_talks_of_real_people_have_no_states_and_no_endings() -> None:
    found = counts.found([talk("cs", persona=None)])
    assert found["talk_change"].value == 1 / 2
    assert not {"motivated_in_20", "left", "seeds_alike"} & set(found)
