"""What lets a thousand talks be held in a minute: scores, vectors and lines that are worked out once. No second mind.

The session, the client's mind, the coder's rules and the encoders are the shipped ones. Three things stand in front of
them: a memory of the coder model's scores, a memory of sentence vectors, and recall by a matrix instead of a store.

The coder model reads the turn and what came before it; the more that is, the less often it meets the same input twice.
So it is handed fewer earlier turns here: one for a counsellor who gives back what was said, none for one who does not
listen; the rules still see all of them. A client's turn is coded only for a counsellor who looks at the code, as the
client does not listen to themselves by code. `python -m eval.client.shortened` says how often that changes a code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter

import numpy as np

from evoke.coder import Coder
from evoke.coder.encoder import EncoderCoder
from evoke.coder.llm_batch import Spoken
from evoke.coder.scores import Scorer, Scores, Volley
from evoke.coder.tuned import TunedScorer
from evoke.codes import Coded, Speaker, Uncoded
from evoke.counsellor.policy import Listens
from evoke.encoder.sentence import SentenceEncoder
from evoke.persona import Line, Persona
from evoke.ranking import ASKED, TOLD, answering, as_found, ranked, things
from evoke.retrieval import last_words
from evoke.transcript import Turn

BEFORE: dict[Listens, int] = {"codes": 1, "words": 1, "nothing": 0}  # earlier turns the coder model is handed
Key = tuple[str, tuple[tuple[str, str], ...]]


class RememberedScores:
    """A scorer that asks `model` once for the same words after the same `before` turns."""

    def __init__(self, model: Scorer | None = None, before: int | None = None) -> None:
        """`before` None: all turns that there are."""
        self._model, self._before = model or TunedScorer(), before
        self._known: dict[Key, Scores] = {}

    def last(self, talk: Sequence[Volley]) -> Scores:
        """See `evoke.coder.scores.Scorer`."""
        shortened = talk if self._before is None else talk[-1 - self._before :]
        key = talk[-1].target, tuple((one.speaker, one.text) for one in shortened)
        if key not in self._known:
            self._known[key] = self._model.last(shortened)
        return self._known[key]

    def each(self, volleys: Iterable[Volley]) -> Iterator[Scores]:
        """See `evoke.coder.scores.Scorer`; every volley by itself."""
        for volley in volleys:
            before = [Volley(turn.speaker, turn.text, (), (), volley.target) for turn in volley.context]
            yield self.last([*before, volley])


class LearnersOnly:
    """A coder that leaves the client's turns uncoded."""

    def __init__(self, coder: Coder) -> None:
        self._coder = coder

    def code(self, text: str, speaker: Speaker, context: Sequence[Turn], *, target: str = "") -> Coded | Uncoded:
        """See `evoke.coder.Coder`."""
        if speaker == "client":
            return Uncoded(speaker="client", reason="The counsellor of this simulation does not look at it.")
        return self._coder.code(text, speaker, context, target=target)

    def code_all(self, turns: Sequence[Turn], *, target: str = "") -> list[Coded | Uncoded]:
        """See `evoke.coder.Coder`."""
        return [self.code(turn.text, turn.speaker, turns[:n], target=target) for n, turn in enumerate(turns)]

    def code_talks(self, spoken: Iterable[Spoken]) -> Iterator[Coded | Uncoded]:
        """See `evoke.coder.Coder`."""
        for _, talk in groupby(spoken, key=attrgetter("transcript")):
            said = list(talk)
            yield from self.code_all([one.turn for one in said], target=said[0].target)


def coders(*, exact: bool) -> dict[Listens, Coder]:
    """The coder for each kind of counsellor; with `exact` the shipped one, which only remembers its answers."""
    model = TunedScorer()
    if exact:
        return dict.fromkeys(BEFORE, EncoderCoder(RememberedScores(model)))
    made = {listens: EncoderCoder(RememberedScores(model, before)) for listens, before in BEFORE.items()}
    return {listens: coder if listens == "codes" else LearnersOnly(coder) for listens, coder in made.items()}


class RememberedVectors:
    """The sentence encoder with nothing forgotten."""

    def __init__(self) -> None:
        self._encoder = SentenceEncoder()
        self._known: dict[str, np.ndarray] = {}

    def embed(self, texts: Sequence[str]) -> np.ndarray:
        """Unit vectors (len(texts), 384), bit for bit those of the shipped encoder."""
        for text in texts:
            if text not in self._known:
                self._known[text] = self._encoder.embed([text])[0]
        return np.stack([self._known[text] for text in texts])


class Shelf:
    """One card's texts as `evoke.retrieval.Recall` would find them, each with its vector and what it belongs to."""

    def __init__(self, persona: Persona, encoder: RememberedVectors) -> None:
        self.persona, self.texts, self.things = persona, as_found(persona), things(persona)
        self.tells = frozenset(line.id for thing in self.things for line in thing.lines)
        self._vectors = encoder.embed([*self.texts.values()])
        named = [(name, n, name.removesuffix(TOLD)) for n, name in enumerate(self.texts)]
        self._questions = [(name, n) for name, n, _ in named if name.startswith(ASKED)]
        self._of_lines = [(name, n, line) for name, n, line in named if not name.startswith(ASKED)]

    def near(self, wanted: Collection[str], query: np.ndarray, *, questions: bool = False) -> dict[str, float]:
        """The likeness to `query` of the texts of `wanted` lines, by name; and of the card's `questions`."""
        rows = [(name, n) for name, n, line in self._of_lines if line in wanted]
        rows += self._questions if questions else []
        near = self._vectors[[n for _, n in rows]] @ query
        return dict(zip([name for name, _ in rows], near.tolist(), strict=True))


class LinesInMemory:
    """Recall for a mind: the same texts, queries and likeness as `evoke.retrieval.Recall`, without a store."""

    def __init__(self, encoder: RememberedVectors) -> None:
        self._encoder = encoder
        self._shelves: dict[int, Shelf] = {}

    def ready(self, persona: Persona) -> Shelf:
        """Embed the persona's lines."""
        if id(persona) not in self._shelves:
            self._shelves[id(persona)] = Shelf(persona, self._encoder)
        return self._shelves[id(persona)]

    def answering(self, persona: Persona, question: str, among: Collection[str]) -> list[Line]:
        """Those with ids in `among` that tell what `question` plainly asks for."""
        shelf, among = self.ready(persona), frozenset(among)
        near = shelf.near(shelf.tells, self._query(question), questions=True)
        return answering(shelf.things, among, near, last_words(question))

    def fitting(self, persona: Persona, query: str, among: Collection[str], k: int) -> list[Line]:
        """The `k` lines with ids in `among` nearest to `query`, best first."""
        shelf, among = self.ready(persona), frozenset(among)
        lines = [line for line in persona.lines if line.id in among]
        if not lines or k < 1:
            return []
        return ranked(lines, shelf.texts, shelf.near(among, self._query(query)), last_words(query))[:k]

    def _query(self, words: str) -> np.ndarray:
        vector: np.ndarray = self._encoder.embed([last_words(words)])[0]
        return vector
