"""The encoder first, a language model only where it doubts its choice. Knows neither's inside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from evoke.coder.encoder import EncoderCoder
from evoke.coder.llm import LlmCoder
from evoke.coder.llm_batch import Batch, Spoken, batches
from evoke.coder.llm_cost import Estimate
from evoke.codes import Coded, Speaker, Uncoded
from evoke.encoder.runtime import in_parallel
from evoke.settings import CONTEXT_TURNS
from evoke.transcript import Turn, Usage


class CascadeCoder:
    """Codes turns with `encoder`, and with `llm` where the encoder's probability of its choice is under `below`.

    Where the language model gives no usable answer the encoder's codes stand.
    """

    def __init__(self, encoder: EncoderCoder, llm: LlmCoder, below: float) -> None:
        self._encoder, self._llm, self._below = encoder, llm, below

    @property
    def used(self) -> Usage:
        """What was paid so far."""
        return self._llm.used

    def code(self, text: str, speaker: Speaker, context: Sequence[Turn], *, target: str = "") -> Coded | Uncoded:
        """Code one volley in the context of the turns before it."""
        turn = Turn(id="asked", parent=None, speaker=speaker, text=text)
        return self.code_batch(Batch(tuple(context[-CONTEXT_TURNS:]), (turn,), target))[0]

    def code_all(self, turns: Sequence[Turn], *, target: str = "") -> list[Coded | Uncoded]:
        """Code every turn of one transcript."""
        return list(self.code_talks(Spoken("", target, turn) for turn in turns))

    def code_talks(self, spoken: Iterable[Spoken]) -> Iterator[Coded | Uncoded]:
        """Code the turns of one transcript after the other, several passages at work at once."""
        for coded in in_parallel(self.code_batch, batches(spoken)):
            yield from coded

    def code_batch(self, batch: Batch) -> list[Coded | Uncoded]:
        """Code every turn of a passage."""
        coded = self._first(batch)
        second = self._llm.code_places(batch, self._doubtful(coded))
        return [_better(one, second.get(place)) for place, one in enumerate(coded)]

    def estimate(self, batch: Batch) -> Estimate:
        """What coding a passage would take, about; the encoder reads it for that."""
        return self._llm.estimate_places(batch, self._doubtful(self._first(batch)))

    def _first(self, batch: Batch) -> list[Coded | Uncoded]:
        return [
            self._encoder.code(turn.text, turn.speaker, batch.context(place), target=batch.target)
            for place, turn in enumerate(batch.turns)
        ]

    def _doubtful(self, coded: Sequence[Coded | Uncoded]) -> list[int]:
        return [place for place, one in enumerate(coded) if isinstance(one, Coded) and sureness(one) < self._below]


def sureness(coded: Coded) -> float:
    """The coder's probability of its own choice, 0-1: of the behaviour in a learner turn, of the talk in a client's."""
    chosen = f"behaviour.{coded.behaviour}" if coded.speaker == "learner" else f"talk.{coded.talk}"
    return coded.probabilities.get(chosen, 1.0)


def _better(first: Coded | Uncoded, second: Coded | Uncoded | None) -> Coded | Uncoded:
    return second if isinstance(second, Coded) else first
