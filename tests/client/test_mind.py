"""What the client's mind makes of a question."""

from __future__ import annotations

from collections.abc import Collection

from evoke.client.mind import Mind
from evoke.client.move import Heard, Move
from evoke.client.state import ClientState
from evoke.client.wording import deflections
from evoke.persona import Line, Persona
from evoke.transcript import Turn
from tests.client.people import Shelf, Words, heard


class Knowing(Shelf):
    """Recall that takes every question for one about the soup."""

    def answering(self, persona: Persona, question: str, among: Collection[str]) -> list[Line]:
        return [line for line in persona.lines if line.id in among and line.fact == "soup"]


def answer(card: Persona, state: ClientState, words: Heard, recall: Shelf, seed: int = 1) -> Move:
    mind = Mind(card, recall, Words, seed)
    return mind.choose(state, words, [Turn(id="1", parent=None, speaker="learner", text=words.words)])


def at_ease(start: ClientState, **changes) -> ClientState:
    mood = start.mood.model_copy(update={"trust": 7.0, "stage": "preparation"})
    return start.model_copy(update={"mood": mood, **changes})


def test_asked_for_reasons_of_their_own_an_open_client_speaks_of_the_core(ines: Persona, start: ClientState) -> None:
    words = heard("Why would you want to stop?", signals=("own_reasons",))
    contemplating = at_ease(start, core_touched=True)
    mood = contemplating.mood.model_copy(update={"stage": "contemplation"})
    move = answer(ines, contemplating.model_copy(update={"mood": mood}), words, Shelf())
    assert move.strand == "core" and move.talk == "change"


def test_asked_for_reasons_of_their_own_a_closed_client_keeps_the_core(ines: Persona, start: ClientState) -> None:
    words = heard("Why would you want to stop?", signals=("own_reasons",))
    assert all(answer(ines, at_ease(start), words, Shelf(), seed).strand != "core" for seed in range(20))


def test_what_is_plainly_asked_for_comes_before_reasons(ines: Persona, start: ClientState) -> None:
    words = heard("What matters to you at lunch?", signals=("own_reasons",))
    move = answer(ines, at_ease(start, core_touched=True), words, Knowing())
    assert move.main is not None and move.main.fact == "soup"


def test_a_step_turned_down_is_not_answered_with_something_else(ines: Persona, start: ClientState) -> None:
    turned_down = at_ease(start, rejected=("group",), used=tuple(one.id for one in ines.lines if one.plan == "group"))
    move = answer(ines, turned_down, heard("What about a group?", plans=("group",), signals=("proposes",)), Knowing())
    assert move.words in deflections().refused
