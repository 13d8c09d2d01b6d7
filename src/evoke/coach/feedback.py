"""What a learner reads first: two or three strengths and growth points, each bound to their own words. Rates nothing.

Which turns are spoken of follows from their codes and from what they did to the client; the words are authored
(`wordings.yaml`). A strength is only ever named where a turn shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from evoke import guidance
from evoke.coach import better
from evoke.coach.authored import spoken_line
from evoke.coach.better import Better
from evoke.coach.moments import weight
from evoke.coach.quotes import Quote, quote
from evoke.coach.situation import Situation, talk_of
from evoke.coach.wordings import Pattern, Side, Speech, wordings
from evoke.codes import Frozen
from evoke.guidance import Passage
from evoke.llm.chat import ChatModel
from evoke.persona import Persona
from evoke.retrieval import Recall
from evoke.transcript import Usage

MOST, FEWEST = 3, 2
THIRD_FROM = 2.0  # a third item is only given where it scores this much
SURE_FROM = 0.6  # a code given with less is not built upon
CARD_BONUS = 0.5  # a moment with an authored better line teaches more
HARMFUL = -0.3  # a turn that weighed less on the client is no strength


class Item(Frozen):
    """One strength or growth point.

    `quote` are the learner's words, `then` what the client said next and `after` one sentence on it. `why` is a passage
    of the handbook. `better` is a line to try: for growth in place of the quote, for a strength to go on from there.
    `again_from` is the learner turn to try again, None for a strength.
    """

    pattern: str
    title: str
    text: str
    quote: Quote
    then: Quote | None
    after: str | None
    why: Passage | None
    better: Better | None
    again_from: str | None


class Feedback(Frozen):
    """Both lists, the most telling first, and what a model's better lines cost."""

    strengths: tuple[Item, ...]
    growth: tuple[Item, ...]
    usage: Usage


@dataclass(frozen=True)
class Chosen:
    """A pattern and the turn that shows it best."""

    name: str
    pattern: Pattern
    now: Situation
    score: float


class Writer:
    """Writes the items of one session."""

    def __init__(
        self, speech: Speech, *, target: str, persona: Persona | None, recall: Recall | None, model: ChatModel | None,
        seed: int,
    ) -> None:  # fmt: skip
        self._speech, self._target, self._seed = speech, target, seed
        self._persona, self._recall = persona, recall
        self._model = model if model and model.capable else None
        self._cited: set[str] = set()
        self._offered: set[str] = set()  # better lines
        self.usage = Usage()

    def write(self, side: Side, chosen: Chosen) -> Item | None:
        """One item; None for a turn without words."""
        now, pattern = chosen.now, chosen.pattern
        words = quote(now.turn, *pattern.when.codes)
        if words is None:
            return None
        then = quote(now.after) if now.after else None
        key = f"{now.turn.id}:{chosen.name}"
        text = self._speech.say(pattern.text, key + ":text")
        why = self._passage(pattern.read, f"{text} {words.text}")
        line = self._onward(now, pattern) if side == "strength" else self._instead(now, pattern, text, why)
        self._offered |= {line.text} if line else set()
        return Item(
            pattern=chosen.name,
            title=self._speech.say(pattern.title, key + ":title"),
            text=text,
            quote=words,
            then=then,
            after=self._after(side, now, key),
            why=why,
            better=line,
            again_from=now.turn.id if side == "growth" else None,
        )

    def _after(self, side: Side, now: Situation, key: str) -> str | None:
        talk = talk_of(now.after)
        return self._speech.say(wordings().next[side][talk], key + ":next") if talk else None

    def _instead(self, now: Situation, pattern: Pattern, aim: str, why: Passage | None) -> Better | None:
        """A line in place of the learner's: a capable model's, else the card's, else the handbook's."""
        if self._model:
            line, usage = better.from_model(
                now, pattern.better, aim=aim, target=self._target, model=self._model, seed=self._seed
            )
            self.usage += usage
            if line:
                return line
        authored = better.from_card(now.before, self._persona, pattern.better)
        return authored or (better.from_handbook(why) if why else None)

    def _onward(self, now: Situation, pattern: Pattern) -> Better | None:
        """A line to go on with after a strength: the card's answer to the client's next words, unless given already."""
        line = better.from_card(now.after, self._persona, pattern.better)
        return line if line and line.text not in self._offered else None

    def _passage(self, read: Sequence[str], said: str) -> Passage | None:
        """Of these passages the one that is nearest to what is said and not cited yet."""
        found = self._recall.guidance(said, among=read, k=len(read)) if self._recall else _by_id(read)
        fresh = next((passage for passage in found if passage.id not in self._cited), None)
        self._cited |= {fresh.id} if fresh else set()
        return fresh


def feedback(path: Sequence[Situation], writer: Writer, persona: Persona | None) -> Feedback:
    """The items of a path. A turn is spoken of once; a better line is offered once, first where it is needed most."""
    strengths = choose("strength", path, persona, taken=frozenset())
    growth = choose("growth", path, persona, taken=frozenset(one.now.turn.id for one in strengths))
    to_try = tuple(item for one in growth if (item := writer.write("growth", one)))
    went_well = tuple(item for one in strengths if (item := writer.write("strength", one)))
    return Feedback(strengths=went_well, growth=to_try, usage=writer.usage)


def choose(side: Side, path: Sequence[Situation], persona: Persona | None, taken: frozenset[str]) -> list[Chosen]:
    """The best two or three, one a family and one a turn, best first."""
    ranked = sorted(_candidates(side, path, persona), key=lambda one: -one.score)
    chosen: list[Chosen] = []
    for one in ranked:
        families, turns = {c.pattern.family for c in chosen}, {c.now.turn.id for c in chosen} | taken
        if one.pattern.family in families or one.now.turn.id in turns:
            continue
        if len(chosen) < FEWEST or (len(chosen) < MOST and one.score >= THIRD_FROM):
            chosen.append(one)
    return chosen


def _candidates(side: Side, path: Sequence[Situation], persona: Persona | None) -> list[Chosen]:
    """Every turn that shows a pattern, with codes the coder was sure of; what drove the client away is no strength."""
    patterns = wordings().strengths if side == "strength" else wordings().growth
    return [
        Chosen(name=name, pattern=pattern, now=now, score=_score(side, pattern, now, persona))
        for name, pattern in patterns.items()
        if not (pattern.unless and pattern.unless.holding(path))
        for now in pattern.when.holding(path)
        if now.probability(pattern.when) >= SURE_FROM and not (side == "strength" and weight(now) < HARMFUL)
    ]


def _score(side: Side, pattern: Pattern, now: Situation, persona: Persona | None) -> float:
    """What it is worth saying, what the turn did to the client, and for growth that the card has a better line."""
    if side == "strength":
        return pattern.worth + weight(now)
    return pattern.worth - weight(now) + (CARD_BONUS if spoken_line(now.before, persona) else 0)


def _by_id(read: Sequence[str]) -> list[Passage]:
    """Without recall: the passages in the order in which they are listed."""
    book = {passage.id: passage for passage in guidance.load()}
    return [book[name] for name in read if name in book]
