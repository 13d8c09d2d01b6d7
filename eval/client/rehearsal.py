"""Talks of the shipped mind without a session around it: a move's first line is said as it stands. For fitting only.

Everything that does not depend on the numbers being fitted is remembered: vectors, and the learner's codes (of the
words alone; a session codes them in context). The client's talk is what the author of the line says it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache, cached_property

from eval.client.labels import AuthorsCoder
from eval.client.quick import LinesInMemory, RememberedVectors
from evoke.cards import find_card
from evoke.client.hearing import hearing
from evoke.client.mind import Mind
from evoke.client.move import Heard, Move
from evoke.client.state import ClientState, begin
from evoke.codes import Speaker
from evoke.counsellor import open_policy
from evoke.counsellor.policy import Policy
from evoke.persona import Persona
from evoke.settings import settings
from evoke.transcript import PersonaRef, Transcript, Turn


class Rehearsal:
    """The same talks again and again."""

    def __init__(self, personas: Sequence[str], policies: Sequence[str], seeds: Sequence[int], turns: int) -> None:
        self._personas, self._policies, self._seeds, self._turns = personas, policies, seeds, turns
        self._vectors, self._coder = RememberedVectors(), AuthorsCoder()
        self._lines = LinesInMemory(self._vectors)
        self._ears: dict[tuple[str, ...], Heard] = {}

    def held(self) -> list[Transcript]:
        """One talk for each persona, policy and seed, in that order."""
        return [self._talk(card, policy, seed)
                for card in self._cards for policy in self._policies for seed in self._seeds]  # fmt: skip

    @cached_property
    def _cards(self) -> list[Persona]:
        cards = [find_card(name, settings()) for name in self._personas]
        for card in cards:
            self._coder.knows(card)
        return cards

    def _talk(self, card: Persona, name: str, seed: int) -> Transcript:
        mind, policy = Mind(card, self._lines, lambda: self._vectors, seed), _policy(name)
        move = mind.opening()
        state = mind.say(begin(card, mind.stream(0, f"day:{card.id}")), move, None).state
        talk = Transcript(
            persona=PersonaRef(id=card.id, version=card.version, hash=""), seed=seed, counsellor=name,
            turns=(self._said((), move, state),),
        )  # fmt: skip
        for _ in range(self._turns):
            words = policy.say(talk)
            if words is None or state.ended:
                break
            turn = self._turn(talk.turns, "learner", words)
            heard = self._heard(mind, card, (*talk.turns, turn))
            felt = mind.feel(state, heard).state
            path = (*talk.turns, turn.model_copy(update={"state": felt.mood}))
            move = mind.choose(felt, heard, path)
            state = mind.say(felt, move, heard).state
            talk = talk.model_copy(update={"turns": (*path, self._said(path, move, state))})
        return talk

    def _heard(self, mind: Mind, card: Persona, path: Sequence[Turn]) -> Heard:
        """What is heard depends on the words and on what the client said last."""
        said = [turn.text for turn in path if turn.speaker == "client"][-hearing().remembered_turns :]
        key = (card.id, path[-1].text, *said)
        if key not in self._ears:
            self._ears[key] = mind.take_in(path)
        return self._ears[key]

    def _said(self, path: Sequence[Turn], move: Move, state: ClientState) -> Turn:
        turn = self._turn(path, "client", move.words or move.lines[0].say)
        lines = tuple(line.id for line in move.lines)
        return turn.model_copy(update={"move": move.kind, "strand": move.strand, "lines": lines, "state": state.mood})

    def _turn(self, path: Sequence[Turn], speaker: Speaker, words: str) -> Turn:
        parent = path[-1].id if path else None
        return Turn(
            id=str(len(path)), parent=parent, speaker=speaker, text=words, coded=self._coder.code(words, speaker, ())
        )


@cache
def _policy(name: str) -> Policy:
    """Read once; a policy forgets one talk when it begins another."""
    return open_policy(name)
