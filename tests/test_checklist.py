"""The points of personas/CHECKLIST.md that a machine can see to, for every shipped client."""

from __future__ import annotations

import re

import pytest

from evoke.cards import card_files, load_card
from evoke.persona import Persona
from evoke.settings import shipped

CLINICAL = re.compile(
    r"\b(addict|dependenc|craving|relaps|withdrawal|coping|trauma|diagnos|motivat|symptom|medication|complian|adheren|"
    r"lifestyle|wellness|wellbeing|self-care|boundar|mental health|intervention|hypertension|glucose|ambivalen)",
    re.IGNORECASE,
)
CLOSED = re.compile(r"(Do|Does|Did|Is|Are|Was|Were|Have|Has|Can|Could|Would|Will|Should)\b")
MOVES = ("deny", "downplay", "blame", "hesitate", "doubt", "acknowledge", "accept", "reject", "plan")
CLIENTS = [file.stem for file in card_files() if file.parent == shipped("personas")]


@pytest.fixture(scope="module", params=CLIENTS)
def card(request: pytest.FixtureRequest) -> Persona:
    return load_card(shipped("personas") / f"{request.param}.yaml")


def spoken(card: Persona) -> list[str]:
    """Everything the client may say."""
    said = [line.say for line in card.lines] + [event.opening for event in card.between]
    return [
        *said,
        *card.opening,
        *card.voice.backchannels,
        *card.voice.unsure,
        *(example.reply for example in card.voice.examples),
    ]


def test_the_client_uses_no_clinical_word_and_none_they_never_say(card: Persona) -> None:
    never = re.compile("|".join(rf"\b{re.escape(words)}\b" for words in card.voice.never_says), re.IGNORECASE)
    assert [words for words in spoken(card) if CLINICAL.search(words) or never.search(words)] == []


def test_no_two_lines_tell_the_same_in_nearly_the_same_words(card: Persona) -> None:
    bags = [frozenset(re.findall(r"[a-z']{4,}", line.say.lower())) for line in card.lines]
    pairs = [(a, b) for n, a in enumerate(bags) for b in bags[:n] if a and len(a & b) > 0.6 * len(a | b)]
    assert pairs == []


def test_every_move_has_lines_at_the_trust_the_client_begins_with(card: Persona) -> None:
    gates = {strand.id: strand.gate for strand in card.strands if not strand.core}
    trust = card.temperament.trust
    open_now = [one for one in card.lines if one.event is None and max(one.gate, gates.get(one.strand, 99)) <= trust]
    counts = {move: sum(line.move == move for line in open_now) for move in MOVES}
    assert min(counts.values()) >= 3, counts


def test_strengths_are_there_to_be_found(card: Persona) -> None:
    lines = [
        line for line in card.lines if line.event is None and line.talk in ("change/ability", "change/taking_steps")
    ]
    assert len(lines) >= 6 and sum(line.gate <= card.temperament.trust for line in lines) >= 2


def test_model_answers_reflect_without_asking_and_ask_openly(card: Persona) -> None:
    assert [line.reflect for line in card.lines if "?" in line.reflect] == []
    assert [line.ask for line in card.lines if CLOSED.match(line.ask) or not line.ask.endswith("?")] == []
