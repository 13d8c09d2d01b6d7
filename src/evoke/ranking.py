"""Orders a card's lines by how they fit a learner's words: by meaning, by rare words shared, by a number asked for.

Knows lines, what they tell, and cosines that others worked out; no store and no encoder.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from math import exp, log
from typing import NamedTuple

from evoke.persona import Line, Persona

TOLD = (
    ":told"  # ends the name of a line's second row: the fact, belief or first step that it tells, in the card's words
)
ASKED = ":asked "  # begins the name of a row that is something to ask about: its text, or a question that it answers
WORDS_WEIGHT = 0.02  # of BM25 beside a cosine; measured in eval/results/relevance.md
NUMBER_WEIGHT = 0.05  # of a number in a line, where one is asked for
# How near a question comes to a thing that can be asked about: to its text, its nearest line, the nearest question that
# it answers, the nearest few of them; and BM25 of all of these. The sum is a logit: fitted on the cards' own questions,
# each held out in turn (`eval/client/wordings.py`).
TEXT_WEIGHT, SAY_WEIGHT, ASKED_WEIGHT, FEW_WEIGHT, SHARED_WEIGHT = 5.0, 3.5, 4.5, 6.0, 0.55
FEW = 3
PLAIN_SCORE, PLAIN_SHARE = 9.0, 0.35  # from which on it is plainly asked for: near enough, and likelier than the others
K1, B = 1.2, 0.75  # of Okapi BM25
_ASKS_NUMBER = re.compile(r"\bhow (many|much|long|old|often|late|far|fast|high|big)\b|\bwhen\b", re.IGNORECASE)
_NUMBER = re.compile(
    r"\d|\b(one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twenty|thirty|forty|fifty|sixty|"
    r"seventy|eighty|hundred|thousand|midnight|half|every|january|february|march|april|june|july|august|september|"
    r"october|november|december|easter|christmas|\w+day)\b",
    re.IGNORECASE,
)
_ENDING = re.compile(r"(ing|ed|s|ly)$")


def as_found(persona: Persona) -> dict[str, str]:
    """The texts that each line of a persona is found by: its words and what its strand is about; and what it tells.

    So "tell me about your work" finds work, and "how did you get hurt" the line that tells it. Beside them the
    questions that facts and beliefs answer.
    """
    about = {strand.id: strand.about for strand in persona.strands}
    said = {line.id: f"{line.say} ({about[line.strand]})" for line in persona.lines}
    told = {f"{line.id}{TOLD}": text for line in persona.lines if (text := told_by(persona, line))}
    return said | told | {f"{ASKED}{text}": text for thing in things(persona) for text in (thing.text, *thing.asked)}


class Thing(NamedTuple):
    """One thing on a card that can be asked about: what it says, questions that it answers, the lines that tell it.

    `core` where it belongs to the core strand; `words` are all of these together.
    """

    name: str
    text: str
    asked: tuple[str, ...]
    core: bool
    lines: tuple[Line, ...]
    words: str


def things(persona: Persona) -> list[Thing]:
    """The facts, beliefs, first steps and the core motivation of a card that name questions which they answer."""
    core, told = persona.core, dict[str, list[Line]]()
    for line in persona.lines:
        told.setdefault(_told(line, core.id), []).append(line)
    rows = (
        *((f"fact {one.id}", one.text, one.asked, one.strand == core.id) for one in persona.facts),
        *((f"belief {one.id}", one.text, one.asked, False) for one in persona.beliefs),
        *((f"plan {one.id}", one.text, one.asked, False) for one in persona.plans.acceptable),
        *((f"plan {one.id}", one.text, one.asked, False) for one in persona.plans.rejected),
        (f"strand {core.id}", core.about, core.asked, True),
    )
    return [_thing(*row, told.get(row[0], [])) for row in rows if row[2]]


def _thing(name: str, text: str, asked: tuple[str, ...], core: bool, lines: Sequence[Line]) -> Thing:
    return Thing(name, text, asked, core, tuple(lines), " ".join((text, *asked, *(line.say for line in lines))))


def _told(line: Line, core: str) -> str:
    """The thing that a line tells; of the core strand, lines that say what speaks for change."""
    if line.fact:
        return f"fact {line.fact}"
    if line.plan:
        return f"plan {line.plan}"
    if line.belief:
        return f"belief {line.belief}" if line.talk_type != "change" else ""
    return f"strand {line.strand}" if line.strand == core and line.talk_type == "change" else ""


def tells_core(line: Line, persona: Persona) -> bool:
    """Whether a line tells the core motivation itself: what speaks for change in the core strand."""
    return _told(line, persona.core.id) == f"strand {persona.core.id}"


def told_by(persona: Persona, line: Line) -> str:
    """The text of the fact, belief or first step that a line tells; empty for none, and for a belief that softens."""
    belief = line.belief if line.talk_type != "change" else None
    named = (
        *((fact.id == line.fact, fact.text) for fact in persona.facts),
        *((one.id == belief, one.text) for one in persona.beliefs),
        *((plan.id == line.plan, plan.text) for plan in (*persona.plans.acceptable, *persona.plans.rejected)),
    )
    return next((text for holds, text in named if holds), "")


def ranked(lines: Sequence[Line], found: Mapping[str, str], near: Mapping[str, float], query: str) -> list[Line]:
    """`lines`, best first; `found` is `as_found`, `near` the cosine of `query` to each of its texts, by its name."""
    told = [f"{line.id}{TOLD}" for line in lines]
    words = bm25(query, [f"{line.say} {found.get(name, '')}" for line, name in zip(lines, told, strict=True)])
    asks = bool(_ASKS_NUMBER.search(query))
    scores = [
        max(near[line.id], near.get(name, -1.0))
        + WORDS_WEIGHT * shared
        + NUMBER_WEIGHT * (asks and bool(_NUMBER.search(line.say)))
        for line, name, shared in zip(lines, told, words, strict=True)
    ]
    return [lines[n] for n in sorted(range(len(lines)), key=lambda n: -scores[n])]


def answering(known: Sequence[Thing], may: Collection[str], near: Mapping[str, float], question: str) -> list[Line]:
    """The lines with ids in `may` that tell which of `known` a `question` plainly asks for, nearest first; often none.

    Every thing on the card competes, told or not: what may not be said now is not answered with its neighbour. What
    belongs to the core motivation answers for one another. `near` is as for `ranked`, the questions included.
    """
    logits = asked_for(known, near, question)
    order = sorted(range(len(known)), key=lambda n: -logits[n])
    if not order or logits[order[0]] < PLAIN_SCORE:
        return []
    best, odds = order[0], [exp(logit - logits[order[0]]) for logit in logits]
    together = [n for n in order if n == best or (known[n].core and known[best].core)]
    if sum(odds[n] for n in together) < PLAIN_SHARE * sum(odds):
        return []
    found = next((said for n in together if (said := [line for line in known[n].lines if line.id in may])), [])
    return sorted(found, key=lambda line: -near[line.id])


def asked_for(known: Sequence[Thing], near: Mapping[str, float], question: str) -> list[float]:
    """How likely `question` asks for each thing, as logits."""
    shared = bm25(question, [thing.words for thing in known])
    return [_nearness(thing, near) + SHARED_WEIGHT * words for thing, words in zip(known, shared, strict=True)]


def _nearness(thing: Thing, near: Mapping[str, float]) -> float:
    """How near a question comes to one thing by meaning."""
    asked = sorted((near[f"{ASKED}{one}"] for one in thing.asked), reverse=True)[:FEW]
    return (
        TEXT_WEIGHT * near[f"{ASKED}{thing.text}"]
        + SAY_WEIGHT * max((near[line.id] for line in thing.lines), default=0.0)
        + ASKED_WEIGHT * asked[0]
        + FEW_WEIGHT * sum(asked) / len(asked)
    )


def bm25(query: str, texts: Sequence[str]) -> list[float]:
    """Okapi BM25 of each text for the query."""
    bags = [_bag(text) for text in texts]
    lengths = [_length(text) for text in texts]
    mean = sum(lengths) / max(len(bags), 1)
    scores = [0.0] * len(bags)
    for word in _bag(query):
        holding = [n for n, bag in enumerate(bags) if word in bag]
        rare = log(1 + (len(bags) - len(holding) + 0.5) / (len(holding) + 0.5))
        for n in holding:
            often = bags[n][word]
            scores[n] += rare * often * (K1 + 1) / (often + K1 * (1 - B + B * lengths[n] / mean))
    return scores


@lru_cache(maxsize=4096)
def _length(text: str) -> int:
    return _bag(text).total()


@lru_cache(maxsize=4096)
def _bag(text: str) -> Counter[str]:
    words = re.findall(r"[^\W\d_']+|\d+", text.lower())
    return Counter(_ENDING.sub("", word) if len(word) > 4 else word for word in words)
