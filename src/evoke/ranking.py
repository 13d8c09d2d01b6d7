"""Orders a card's lines by how they fit a learner's words: by meaning, by rare words shared, by a number asked for.

Knows lines, what they tell, and cosines that others worked out; no store and no encoder.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log

from evoke.persona import Belief, Fact, Line, Persona

TOLD = (
    ":told"  # ends the name of a line's second row: the fact, belief or first step that it tells, in the card's words
)
ASKED = ":asked "  # begins the name of a row that is a question which a fact or belief answers
WORDS_WEIGHT = 0.02  # of BM25 beside a cosine; measured in eval/results/relevance.md
NUMBER_WEIGHT = 0.05  # of a number in a line, where one is asked for
# How near a question comes to a fact or belief: to its text, its lines, its questions; and BM25 of all of them.
SAY_WEIGHT, ASKED_WEIGHT, SHARED_WEIGHT = 0.5, 0.5, 0.03
PLAIN_SCORE, PLAIN_MARGIN = 0.9, 0.1  # from which on it is plainly asked for, and how far the next one must stay behind
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
    return said | told | {f"{ASKED}{question}": question for row in _asked(persona).values() for question in row}


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


def answering(persona: Persona, lines: Sequence[Line], near: Mapping[str, float], question: str) -> list[Line]:
    """Those of `lines` that tell the fact or belief which `question` plainly asks for, nearest first.

    Empty where none is near or the next one is about as near. `near` is as for `ranked`, the questions included.
    """
    asked, told = _asked(persona), dict[str, list[Line]]()
    for line in lines:
        if (text := told_by(persona, line)) in asked:
            told.setdefault(text, []).append(line)
    words = bm25(question, [" ".join((text, *asked[text], *(line.say for line in of))) for text, of in told.items()])
    scores = {
        text: near[f"{of[0].id}{TOLD}"]
        + SAY_WEIGHT * max(near[line.id] for line in of)
        + ASKED_WEIGHT * max(near[f"{ASKED}{one}"] for one in asked[text])
        + SHARED_WEIGHT * shared
        for (text, of), shared in zip(told.items(), words, strict=True)
    }
    best, *others = sorted(scores, key=lambda text: -scores[text]) or [""]
    behind = scores[best] - scores[others[0]] if others else PLAIN_MARGIN
    if scores.get(best, 0.0) < PLAIN_SCORE or behind < PLAIN_MARGIN:
        return []
    return sorted(told[best], key=lambda line: -near[line.id])


def _asked(persona: Persona) -> dict[str, tuple[str, ...]]:
    """The questions that each fact and belief answers, by its text; only those that have any."""
    things: tuple[Fact | Belief, ...] = (*persona.facts, *persona.beliefs)
    return {thing.text: thing.asked for thing in things if thing.asked}


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
