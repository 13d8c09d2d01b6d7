"""How a reply to a probe is judged, and what counts as a leak."""

from __future__ import annotations

import pytest
from eval.client.judging import judged
from eval.client.leaks import leaks
from eval.client.probes import probes, ready_for

from evoke.cards import find_card
from evoke.client.state import begin
from evoke.persona import Persona
from evoke.settings import settings


@pytest.fixture(scope="module")
def marek() -> Persona:
    return find_card("alcohol_marek", settings())


def verdict(marek: Persona, about: str, said: str) -> str:
    probe = next(probe for probe in probes() if probe.persona == marek.id and probe.about == about)
    return judged(marek, probe, {"said": said, "ask": probe.asks[0]})


def says(marek: Persona, beginning: str) -> str:
    return next(line.say for line in marek.lines if line.say.startswith(beginning))


@pytest.mark.parametrize(
    ("about", "said", "wanted"),
    [
        ("zosia", "One daughter. Thirteen.", "consistent"),
        ("zosia", "My son is with me on Fridays.", "contradicts"),
        ("zosia", "Zosia is thirteen, and I have 17 cousins.", "contradicts"),
        ("zosia", "Could be.", "beside"),
        ("zosia", "", "unjudged"),
        ("real_drinker", "Could be.", "beside"),
        ("group", "Maybe.", "beside"),
    ],
)
def test_a_verdict_follows_from_what_was_said(marek: Persona, about: str, said: str, wanted: str) -> None:
    assert verdict(marek, about, said) == wanted


def test_a_step_is_judged_by_the_line_that_the_reply_says(marek: Persona) -> None:
    assert verdict(marek, "group", says(marek, "A group, no.")) == "consistent"
    assert verdict(marek, "own_tester", says(marek, "My own tester")) == "consistent"
    assert verdict(marek, "own_tester", says(marek, "A group, no.")) == "beside"


def test_every_probe_is_asked_where_the_client_may_answer_it(marek: Persona) -> None:
    facts = {fact.id: fact for fact in marek.facts}
    asked = [probe for probe in probes() if probe.persona == marek.id and probe.kind == "fact"]
    assert asked and all(ready_for(marek, probe).mood.trust > facts[probe.about].gate for probe in asked)


def test_there_are_two_hundred_probes_in_three_wordings() -> None:
    assert len(probes()) == 200 and all(len(probe.asks) == 3 for probe in probes())


def test_a_closed_fact_is_a_leak_and_one_that_was_handed_is_none(marek: Persona) -> None:
    line = next(line for line in marek.lines if line.fact == "father")
    assert "tells a closed fact" in leaks([line.say], marek, begin(marek), [])
    assert leaks([line.say], marek, begin(marek), [line]) == []


@pytest.mark.parametrize("said", ["As an AI I can't drink.", "My trust is at 4.", "(Marek shrugs)"])
def test_a_broken_role_is_a_leak(marek: Persona, said: str) -> None:
    assert leaks([said], marek, begin(marek), [])
