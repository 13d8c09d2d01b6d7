"""The coder that asks a capable language model: two tiers, temperature 0, closed sets. Knows no endpoint by name.

First what a learner mainly does, or which way a client leans; then MITI codes utterance by utterance, or the kind of
talk. A turn whose answer cannot be used stays uncoded and says why; it never gets a default.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

from evoke.coder import llm_prompt, llm_reading
from evoke.coder.encoder import without_model
from evoke.coder.llm_batch import Batch, Spoken, batches
from evoke.coder.llm_cache import AnswerCache, key_of
from evoke.coder.llm_cost import Estimate
from evoke.coder.llm_prompt import BEHAVIOUR, CODES, KINDS, TALK, Tier
from evoke.coder.llm_shape import Behaved, Cut, Item, Leaned
from evoke.codes import Coded, Speaker, Uncoded
from evoke.encoder.runtime import in_parallel
from evoke.errors import ModelNonsense
from evoke.llm import structured, tokens
from evoke.llm.budget import Budget, Metered
from evoke.llm.chat import ChatModel
from evoke.llm.faults import Refused
from evoke.settings import CODED_A_CALL, CONTEXT_TURNS
from evoke.transcript import Turn, Usage

_SLACK = 200  # tokens an answer may take beyond twice what is expected


@dataclass
class Answers(Generic[Item]):
    """What a tier found, by the turn's place in its batch, and why nothing was found of the others."""

    found: dict[int, Item] = field(default_factory=dict)
    faults: dict[int, str] = field(default_factory=dict)

    def add(self, other: Answers[Item]) -> None:
        """Take over another's answers; what was found outdoes a fault."""
        self.found |= other.found
        self.faults = {place: why for place, why in (self.faults | other.faults).items() if place not in self.found}


class LlmCoder:
    """Codes turns with a language model, several of one transcript in a call. Safe to call from several threads.

    Every method that codes may raise ModelDown, BudgetSpent and StoreError; answers that had come are kept.
    """

    def __init__(self, model: ChatModel, cache: AnswerCache, budget: Budget) -> None:
        self._model, self._cache, self._budget = Metered(model, budget), cache, budget
        self._probing = threading.Lock()

    @property
    def used(self) -> Usage:
        """What was paid so far."""
        return self._budget.used

    def code(self, text: str, speaker: Speaker, context: Sequence[Turn], *, target: str = "") -> Coded | Uncoded:
        """Code one volley in the context of the turns before it; Uncoded where the model gave no usable answer."""
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
        coded = self.code_places(batch, range(len(batch.turns)))
        return [coded[place] for place in range(len(batch.turns))]

    def code_places(self, batch: Batch, places: Sequence[int]) -> dict[int, Coded | Uncoded]:
        """Code the turns at `places` of a passage and no others."""
        made = {place: plain for place in places if (plain := _plain(batch, place)) is not None}
        return (
            made
            | self._learner(batch, _open(batch, places, "learner"))
            | self._client(batch, _open(batch, places, "client"))
        )

    def estimate(self, batch: Batch) -> Estimate:
        """What coding a passage would take, about."""
        return self.estimate_places(batch, range(len(batch.turns)))

    def estimate_places(self, batch: Batch, places: Sequence[int]) -> Estimate:
        """What coding the turns at `places` would take, about."""
        learner, client = _open(batch, places, "learner"), _open(batch, places, "client")
        main = self._known(BEHAVIOUR, batch, learner, {})
        leaned = self._known(TALK, batch, client, {})
        leaning = [place for place in client if place not in leaned or leaned[place].talk != "neutral"]
        cut = self._known(CODES, batch, list(main), _behaviours(main))
        named = self._known(KINDS, batch, [place for place in leaning if place in leaned], _talks(leaned))
        asked = [
            self._estimated(BEHAVIOUR, batch, [place for place in learner if place not in main]),
            self._estimated(CODES, batch, [place for place in learner if place not in cut]),
            self._estimated(TALK, batch, [place for place in client if place not in leaned]),
            self._estimated(KINDS, batch, [place for place in leaning if place not in named]),
        ]
        unknown = sum(place not in cut for place in learner) + sum(place not in named for place in leaning)
        return sum(asked, Estimate(turns=unknown, kept=len(learner) + len(client) - unknown))

    def _learner(self, batch: Batch, places: Sequence[int]) -> dict[int, Coded | Uncoded]:
        main = self._asked(BEHAVIOUR, batch, places, {})
        cut = self._asked(CODES, batch, list(main.found), _behaviours(main.found))

        def read(place: int) -> Coded:
            return llm_reading.learner(batch.turns[place], batch.context(place), main.found[place], cut.found[place])

        return {place: self._read(batch, place, read, main.faults | cut.faults) for place in places}

    def _client(self, batch: Batch, places: Sequence[int]) -> dict[int, Coded | Uncoded]:
        leaned = self._asked(TALK, batch, places, {})
        leaning = [place for place, one in leaned.found.items() if one.talk != "neutral"]
        named = self._asked(KINDS, batch, leaning, _talks(leaned.found))

        def read(place: int) -> Coded:
            return llm_reading.client(leaned.found[place], named.found.get(place))

        return {place: self._read(batch, place, read, leaned.faults | named.faults) for place in places}

    def _read(
        self, batch: Batch, place: int, read: Callable[[int], Coded], faults: Mapping[int, str]
    ) -> Coded | Uncoded:
        if place in faults:
            reason = f"No code that can be used came from {self._model.name}: {faults[place]}."
            return Uncoded(speaker=batch.turns[place].speaker, reason=reason)
        return read(place)

    def _asked(self, tier: Tier[Item], batch: Batch, places: Sequence[int], first: Mapping[int, str]) -> Answers[Item]:
        """One tier's answers about `places`: those kept, then the model's. What fails is asked again in halves, once.

        A turn asked about alone is not asked again: at temperature 0 the answer would be the same.
        """
        answers = Answers(found=self._known(tier, batch, places, first))
        for group in _groups([place for place in places if place not in answers.found], CODED_A_CALL):
            answers.add(self._call(tier, batch, group, first))
            left = [place for place in group if place in answers.faults]
            for half in _groups(left, max(1, len(group) // 2)) if len(group) > 1 else ():
                answers.add(self._call(tier, batch, half, first))
        return answers

    def _call(self, tier: Tier[Item], batch: Batch, places: Sequence[int], first: Mapping[int, str]) -> Answers[Item]:
        asked = llm_prompt.messages(tier, batch, places, first)
        longest = 2 * tier.answer_tokens([batch.turns[place] for place in places]) + _SLACK
        try:
            with self._probing:  # an endpoint is probed once, not by every thread
                structured.rung_of(self._model)
            answer = structured.ask(self._model, asked, tier.shape, max_tokens=longest)
        except (ModelNonsense, Refused) as error:
            return Answers(faults=dict.fromkeys(places, str(error).rstrip(".")))
        answers = _usable(batch, places, answer.value.turns)
        for place, one in answers.found.items():
            self._cache.put(self._key(tier, batch, place, first), one.model_dump_json())
        return answers

    def _known(
        self, tier: Tier[Item], batch: Batch, places: Sequence[int], first: Mapping[int, str]
    ) -> dict[int, Item]:
        """The answers that are kept."""
        kept = {place: self._cache.get(self._key(tier, batch, place, first)) for place in places}
        return {place: one for place, text in kept.items() if text and (one := _reread(tier, text)) is not None}

    def _key(self, tier: Tier[Item], batch: Batch, place: int, first: Mapping[int, str]) -> str:
        """What an answer depends on: model, prompts, tier, target, the turn, those before it, the first tier's finding.

        Not which other turns were asked about in the same call.
        """
        said = [(turn.speaker, turn.text) for turn in (*batch.context(place), batch.turns[place])]
        asked = (self._model.name, llm_prompt.digest(), tier.prompt, batch.target, said, first.get(place))
        return key_of(*asked)

    def _estimated(self, tier: Tier[Item], batch: Batch, places: Sequence[int]) -> Estimate:
        calls = -(-len(places) // CODED_A_CALL)
        if not calls:
            return Estimate()
        prompt = tokens.estimate(llm_prompt.messages(tier, batch, places[:CODED_A_CALL], {}))
        answer = tier.answer_tokens([batch.turns[place] for place in places])
        cost = self._budget.priced(Usage(prompt_tokens=calls * prompt, completion_tokens=answer)).cost
        return Estimate(calls=calls, prompt_tokens=calls * prompt, answer_tokens=answer, cost=cost)


def _plain(batch: Batch, place: int) -> Coded | Uncoded | None:
    return without_model(batch.turns[place].text, batch.turns[place].speaker)


def _open(batch: Batch, places: Sequence[int], speaker: Speaker) -> list[int]:
    """The places where that speaker said something that needs a model."""
    return [place for place in places if batch.turns[place].speaker == speaker and _plain(batch, place) is None]


def _behaviours(main: Mapping[int, Behaved]) -> dict[int, str]:
    return {place: one.behaviour for place, one in main.items()}


def _talks(leaned: Mapping[int, Leaned]) -> dict[int, str]:
    return {place: one.talk for place, one in leaned.items()}


def _groups(places: Sequence[int], most: int) -> Iterator[Sequence[int]]:
    return (places[n : n + most] for n in range(0, len(places), most))


def _usable(batch: Batch, places: Sequence[int], given: Sequence[Item]) -> Answers[Item]:
    """The entries for turns that were asked about, each answered once and with quotes that stand in its turn."""
    answers: Answers[Item] = Answers()
    for place in places:
        about = [one for one in given if one.turn == batch.number(place)]
        fault = _fault(about, batch.turns[place])
        if fault is None:
            answers.found[place] = about[0]
        else:
            answers.faults[place] = fault
    return answers


def _fault(about: Sequence[Item], turn: Turn) -> str | None:
    if not about:
        return "it left this turn out or did not keep to the codes"
    if len(about) > 1:
        return "it judged this turn more than once"
    return llm_reading.fault_of(about[0], turn) if isinstance(about[0], Cut) else None


def _reread(tier: Tier[Item], text: str) -> Item | None:
    try:
        return tier.item.model_validate_json(text)
    except ValueError:
        return None
