"""What the realism report says of figures: marks, bounds, curves, and who may be asked what."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from eval.client.asked import chosen_personas, realism
from eval.client.core import Asker, requests
from eval.client.curves import drawn
from eval.client.figures import measured
from eval.client.real import change_curve
from eval.client.report import published, table
from eval.client.shortened import report

from evoke.cards import find_card
from evoke.persona import Persona
from evoke.settings import settings
from evoke.transcript import Transcript
from tests.evaluation.talking import talk


@pytest.fixture
def card() -> Persona:
    return find_card("smoking_halil", settings())


def test_every_figure_has_a_row_with_what_is_asked_for_and_a_mark() -> None:
    rows = table({"here": measured([talk("cnnns" * 4)])}).splitlines()
    assert len(rows) == 2 + len(realism().figures)
    neutral = next(row for row in rows if row.startswith("| client turns that are neutral"))
    assert neutral.split(" | ")[1:5] == ["0.64", "–", "0.6 to 0.68", "0.6 (0.6, 0.6)"]
    assert neutral.endswith("| reached |")
    assert "**not reached**" in next(row for row in rows if row.startswith("| client turns that are sustain"))


def test_groups_of_talks_stand_side_by_side() -> None:
    one, two = measured([talk("cc")]), measured([talk("nn")])
    row = next(row for row in table({"a": one, "b": two}).splitlines() if "that are change talk" in row)
    assert ("1 (1, 1)" in row) and ("0 (0, 0)" in row)


def test_everything_that_consistentmi_published_stands_beside_ours_or_says_where_ours_is() -> None:
    columns = {"here": measured([talk("cnnns" * 4)])}
    rows = published(columns).splitlines()
    assert len(rows) == 2 + len(realism().published)
    assert all(bool(one.figure) != bool(one.where) for one in realism().published)
    by_name = realism().figures
    for one in realism().published:
        if one.figure:
            assert (by_name[one.figure].best, by_name[one.figure].real) == (one.best, one.real)
    assert "| 0.96 | 0.69 | 0.48 | 0 |" in next(row for row in rows if row.startswith("| motivated within"))


def test_a_curve_is_drawn_for_each_counsellor_and_leaves_gaps_out() -> None:
    picture = drawn({"real clients": [0.5, 0.7], "skilled": [None, 1.0]}, "Change talk")
    lines = ElementTree.fromstring(picture).findall("{http://www.w3.org/2000/svg}polyline")
    assert [len(line.attrib["points"].split()) for line in lines] == [2, 1]


def test_a_change_curve_leaves_neutral_talk_out() -> None:
    assert change_curve([talk("nsc" + "ncc", persona=None)], parts=2) == [0.5, 1]


def test_six_straight_requests_follow_a_greeting_and_two_name_the_thing(card: Persona) -> None:
    said: list[str] = []
    asker, transcript = Asker(card, 3), talk("")
    while words := asker.say(transcript):
        said.append(words)
        transcript = talk("n" * len(said))
    assert said[0] == requests().greeting
    assert len(set(said[1:])) == requests().times == 6
    assert sum(card.core.about in words for words in said) == requests().naming


def test_groups_of_clients_have_names() -> None:
    everybody = chosen_personas(["all"])
    assert chosen_personas(["reported", "fitted"]) != everybody
    assert set(chosen_personas(["reported", "fitted"])) == set(everybody)
    assert chosen_personas(["alcohol_marek", "alcohol_marek"]) == ["alcohol_marek"]


def test_quick_codes_are_set_against_those_of_the_whole_context() -> None:
    held = talk("nn", asked="mm", words=("Mm.", "Mm."))
    words = ("Mm-hm.", "What worries you about it?")  # the first as it was coded by hand, the second not
    turns = [
        turn.model_copy(update={"text": words[n // 2]}) if turn.speaker == "learner" else turn
        for n, turn in enumerate(held.turns)
    ]
    plain = Transcript(persona=held.persona, counsellor="skilled", turns=tuple(turns))
    lineless = plain.model_copy(update={"turns": tuple(turn.model_copy(update={"lines": ()}) for turn in turns)})
    said = report([lineless], [lineless])
    assert "Of 2 learner turns 50 % have another set of codes" in said
    assert "Of 3 client turns the shipped coder calls 100 %" in said
