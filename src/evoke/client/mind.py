"""The client's mind in one piece: take a turn in, feel it, choose a move with the lines that fit. Knows no model.

Everything here is a function of the card, the turns so far, and a random stream made from seed and depth; so the same
seed and words give the same moves, and a branch finds its stream again.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Collection, Sequence
from typing import Protocol

from evoke.client import director, feel
from evoke.client.choices import choices
from evoke.client.feel import Felt
from evoke.client.hearing import Ear, Encoder, hearing
from evoke.client.material import material
from evoke.client.move import Heard, Move
from evoke.client.state import ClientState, spoken
from evoke.persona import Line, Persona
from evoke.transcript import Turn


class Lines(Protocol):
    """Where fitting lines come from; `evoke.retrieval.Recall` is one."""

    def fitting(self, persona: Persona, query: str, among: Collection[str], k: int) -> list[Line]:
        """Best first."""


class Mind:
    """One client's mind."""

    def __init__(self, persona: Persona, lines: Lines, encoder: Callable[[], Encoder], seed: int) -> None:
        self._persona, self._lines, self._seed = persona, lines, seed
        self._ear = Ear(persona, encoder)
        self._said = {line.id: line.say for line in persona.lines}

    def stream(self, depth: int, use: str = "move") -> random.Random:
        """The random stream of the turn that stands `depth` turns deep in its path."""
        return random.Random(f"{self._seed}:{depth}:{use}")

    def opening(self) -> Move:
        """What the client says on sitting down."""
        return director.opening(self._persona, self.stream(0))

    def take_in(self, path: Sequence[Turn]) -> Heard:
        """The last turn of `path`, a learner's, as the client hears it."""
        turn = path[-1]
        assert turn.coded is not None
        return self._ear.hear(turn.text, turn.coded, self._lately(path))

    def feel(self, state: ClientState, heard: Heard) -> Felt:
        """What it does to the client."""
        return feel.after(state, heard, self._persona)

    def choose(self, state: ClientState, heard: Heard, path: Sequence[Turn]) -> Move:
        """What the client does about it."""
        ids = [line.id for line in material(self._persona, state, heard)]
        ranked = self._lines.fitting(self._persona, self._query(path), ids, choices().ranked_lines) if ids else []
        turn = sum(one.speaker == "learner" for one in path)
        return director.choose(state, heard, self._persona, ranked, self.stream(len(path)), turn)

    def say(self, state: ClientState, move: Move, heard: Heard | None) -> Felt:
        """The state once the move is made, what hearing it did to the client included."""
        return feel.hearing_oneself(spoken(state, move), move, heard, self._persona)

    def _lately(self, path: Sequence[Turn]) -> list[str]:
        """What the client said in the last turns, and the lines that it was made of."""
        turns = [turn for turn in path if turn.speaker == "client"][-hearing().remembered_turns :]
        return [words for turn in turns for words in (turn.text, *(self._said.get(n, "") for n in turn.lines)) if words]

    def _query(self, path: Sequence[Turn]) -> str:
        """What the next line should fit: the client's last words, then the learner's."""
        return " ".join(turn.text for turn in path[-2:])
