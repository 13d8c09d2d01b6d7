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
from evoke.client.hearing import Ear, Encoder, as_query, hearing, heart_of
from evoke.client.material import material
from evoke.client.move import Heard, Move
from evoke.client.state import ClientState, spoken
from evoke.codes import Frozen
from evoke.persona import Line, Persona
from evoke.ranking import tells_core
from evoke.transcript import Turn

RANK_SMOOTHING = 3.0  # of the fusion; the larger, the less a first place is worth


class Lines(Protocol):
    """Where fitting lines come from; `evoke.retrieval.Recall` is one."""

    def fitting(self, persona: Persona, query: str, among: Collection[str], k: int) -> list[Line]:
        """Best first."""

    def answering(self, persona: Persona, question: str, among: Collection[str]) -> list[Line]:
        """Those that tell what is plainly asked for; often none."""

    def ready(self, persona: Persona) -> object:
        """Build what is needed for this persona now rather than at the first turn."""


class Decided(Frozen):
    """What the client is about to do: the move, its stage note, and how the client stands once it is done."""

    move: Move
    note: str
    felt: Felt

    def turn(self, turn_id: str, parent: str | None) -> Turn:
        """The client's turn with nothing said yet."""
        return Turn(
            id=turn_id,
            parent=parent,
            speaker="client",
            text="",
            move=self.move.kind,
            strand=self.move.strand,
            lines=tuple(line.id for line in self.move.lines),
            state=self.felt.state.mood,
            steps=self.felt.steps,
            note=self.note,
            status="interrupted",
        )


class Mind:
    """One client's mind."""

    def __init__(self, persona: Persona, lines: Lines, encoder: Callable[[], Encoder], seed: int) -> None:
        self._persona, self._lines, self._seed = persona, lines, seed
        self._ear = Ear(persona, encoder)

    def stream(self, depth: int, use: str = "move") -> random.Random:
        """The random stream of the turn that stands `depth` turns deep in its path."""
        return random.Random(f"{self._seed}:{depth}:{use}")

    def ready(self) -> None:
        """Prepare, best while the learner reads the brief."""
        self._ear.ready()
        self._lines.ready(self._persona)

    def opening(self) -> Move:
        """What the client says on sitting down."""
        return director.opening(self._persona, self.stream(0))

    def take_in(self, path: Sequence[Turn]) -> Heard:
        """The last turn of `path`, a learner's, as the client hears it."""
        turn = path[-1]
        assert turn.coded is not None
        said = [turn for turn in path if turn.speaker == "client"][-hearing().remembered_turns :]
        return self._ear.hear(turn.text, turn.coded, said)

    def feel(self, state: ClientState, heard: Heard) -> Felt:
        """What it does to the client."""
        return feel.after(state, heard, self._persona)

    def choose(self, state: ClientState, heard: Heard, path: Sequence[Turn]) -> Move:
        """What the client does about it."""
        ids = [line.id for line in material(self._persona, state, heard)]
        ranked = self._ranked(path, heard, ids) if ids else []
        turn = sum(one.speaker == "learner" for one in path)
        answers = self._answers(path[-1].text, heard, state, ids, ranked)
        return director.choose(state, heard, self._persona, ranked, self.stream(len(path)), turn, answers)

    def say(self, state: ClientState, move: Move, heard: Heard | None) -> Felt:
        """The state once the move is made, what hearing it did to the client included."""
        return feel.hearing_oneself(spoken(state, move), move, heard, self._persona)

    def _answers(
        self, words: str, heard: Heard, state: ClientState, ids: Collection[str], ranked: Sequence[Line]
    ) -> Sequence[Line]:
        """The lines with `ids` that answer a question, best first; often none.

        They answer a first step brought up (one that was turned down with nothing else), else tell what is plainly
        asked for; asked for reasons of their own, a client whose core strand is open speaks of that.
        """
        if not (heard.question or "?" in words) or "ruler" in heard.signals:
            return ()
        step = [line for line in ranked if line.plan in heard.plans[:1]]
        again = "proposes" in heard.signals and set(heard.plans[:1]) & set(state.rejected)
        if step or again:
            return step
        plainly = self._lines.answering(self._persona, heart_of(words), ids)
        if plainly or "own_reasons" not in heard.signals:
            return plainly
        return [line for line in ranked if tells_core(line, self._persona)]

    def _ranked(self, path: Sequence[Turn], heard: Heard, ids: Collection[str]) -> list[Line]:
        """Lines by how they fit the learner's words; a few words are also read after the client's own (rank fusion).

        Lines of the kind that the question asks for gain on the others.
        """
        words, table, places = path[-1].text, choices(), dict[str, float]()
        queries = [(as_query(words), 1.0)]
        if len(path) > 1 and len(words.split()) <= table.short_words:
            queries.append((f"{path[-2].text} {words}", table.context_weight))
        for query, weight in queries:
            for rank, line in enumerate(self._lines.fitting(self._persona, query, ids, table.ranked_lines)):
                places[line.id] = places.get(line.id, 0.0) + weight / (RANK_SMOOTHING + rank)
        lines = {line.id: line for line in self._persona.lines}
        asked = heard.question and "ruler" not in heard.signals
        wanted = [row for row in table.answers if asked and row.signal in heard.signals]
        for name in places:
            places[name] += table.answer_weight * any(row.fit(lines[name]) for row in wanted)
        return [lines[name] for name in sorted(places, key=lambda name: -places[name])]
