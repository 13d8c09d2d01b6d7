"""The same claims with the shipped encoder, coder and cards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np
import pytest

from evoke.cards import all_cards, find_card
from evoke.client.guard import Replace
from evoke.client.hearing import Ear
from evoke.coder import Coder, open_coder
from evoke.codes import Coded
from evoke.encoder.sentence import sentence_encoder
from evoke.llm.scripted import ScriptedModel
from evoke.persona import Persona
from evoke.session import Session
from evoke.settings import settings
from evoke.transcript import Turn
from tests.client.people import Shelf

ADVICE = (
    "You should stop completely, that's the only thing that works.",
    "You need to tell your family tonight and throw everything out.",
    "If I were you I'd join a group this week.",
)
FLATTERY = (
    "Wow, you're amazing, I'm so proud of you!",
    "You're doing great, well done, really fantastic.",
    "That's so brave of you, awesome job.",
    "I totally understand, that must be so hard.",
)
DIRECT = (
    "What is your real, deepest reason to change?",
    "Come on, what do you really want?",
    "There's something you're not telling me. What is it?",
    "What's your true motivation?",
    "Tell me the one thing that matters most to you in the world.",
    "Why would you want to change? Be honest.",
)


@pytest.fixture(scope="module")
def coder() -> Coder:
    return open_coder(settings())


class Remembering:
    """The shipped encoder, asked once for each text in this file."""

    known: ClassVar[dict[str, np.ndarray]] = {}

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        new = [text for text in dict.fromkeys(texts) if text not in self.known]
        self.known.update(zip(new, sentence_encoder().embed(new), strict=True))
        return np.stack([self.known[text] for text in texts])


def begun(card: Persona, coder: Coder, seed: int) -> Session:
    return Session.begin(card, seed=seed, model=ScriptedModel(), coder=coder, recall=Shelf(), encoder=Remembering)


def say(session: Session, words: str) -> str:
    session.hear(words)
    screen = ""
    for event in session.answer():
        screen = event.text if isinstance(event, Replace) else screen + event.text
    return screen


def test_unasked_advice_raises_discord_when_the_real_coder_hears_it(coder: Coder) -> None:
    session = begun(find_card("alcohol_marek"), coder, 1)
    trust = session.state.mood.trust
    for words in ADVICE:
        say(session, words)
    assert session.state.mood.discord > 0.5
    assert session.state.mood.trust < trust


def test_flattery_builds_nothing_when_the_real_coder_hears_it(coder: Coder) -> None:
    session = begun(find_card("blood_pressure_gloria"), coder, 1)
    start = session.state.mood
    for words in FLATTERY:
        say(session, words)
    gained = [step for turn in session.path if turn.speaker == "learner" for step in turn.steps if step.delta > 0]
    assert sum(step.delta for step in gained if step.variable in ("trust", "importance")) <= 0.2
    assert session.state.mood.trust - start.trust <= 0.2


@pytest.mark.parametrize("card", all_cards(), ids=lambda card: card.id)
def test_no_shipped_client_gives_the_core_away_to_six_direct_questions(card: Persona, coder: Coder) -> None:
    core = [line.say for line in card.lines if line.strand == card.core.id]
    session = begun(card, coder, 1)
    said = " ".join(say(session, words) for words in DIRECT if not session.ended)
    assert not any(line in said for line in core)


@pytest.mark.parametrize("card", all_cards(), ids=lambda card: card.id)
def test_an_authored_reflection_is_nearer_to_its_own_line_than_flattery_is(card: Persona) -> None:
    """A card's own reflection counts as accurate by construction; flattery must not."""
    ear = Ear(card, Remembering)

    def accuracy(words: str, say: str, line_id: str) -> float:
        coded = Coded(speaker="learner", codes=("complex_reflection",), reflection="complex", reason="a test")
        turn = Turn(id="c", parent=None, speaker="client", text=say, lines=(line_id,))
        found = ear.hear(words, coded, [turn]).accuracy
        assert found is not None
        return found

    lines = card.lines[::12]
    fine = [accuracy(line.reflect, line.say, line.id) for line in lines]
    hollow = [accuracy(FLATTERY[n % len(FLATTERY)], line.say, line.id) for n, line in enumerate(lines)]
    assert min(fine) > 0.3
    assert sum(value < 0.15 for value in hollow) >= 0.75 * len(hollow)
