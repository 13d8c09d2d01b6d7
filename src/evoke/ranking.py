"""Orders a card's lines by how they fit a learner's words: by meaning, by rare words shared, by a number asked for.

Knows lines, what they tell, and cosines that others worked out; no store and no encoder.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from math import log

from evoke.persona import Line, Persona

TOLD = (
    ":told"  # ends the name of a line's second row: the fact, belief or first step that it tells, in the card's words
)
WORDS_WEIGHT = 0.02  # of BM25 beside a cosine; measured in eval/results/relevance.md
NUMBER_WEIGHT = 0.05  # of a number in a line, where one is asked for
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

    So "tell me about your work" finds work, and "how did you get hurt" the line that tells it.
    """
    about = {strand.id: strand.about for strand in persona.strands}
    said = {line.id: f"{line.say} ({about[line.strand]})" for line in persona.lines}
    return said | {f"{line.id}{TOLD}": text for line in persona.lines if (text := told_by(persona, line))}


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
    words = bm25(query, [f"{line.say} {found.get(f'{line.id}{TOLD}', '')}" for line in lines])
    asks = bool(_ASKS_NUMBER.search(query))
    scores = [
        max(near[line.id], near.get(f"{line.id}{TOLD}", -1.0))
        + WORDS_WEIGHT * shared
        + NUMBER_WEIGHT * (asks and bool(_NUMBER.search(line.say)))
        for line, shared in zip(lines, words, strict=True)
    ]
    return [lines[n] for n in sorted(range(len(lines)), key=lambda n: -scores[n])]


def bm25(query: str, texts: Sequence[str]) -> list[float]:
    """Okapi BM25 of each text for the query."""
    bags = [_bag(text) for text in texts]
    lengths = [_length(text) for text in texts]
    mean = sum(lengths) / max(len(bags), 1)
    scores = [0.0] * len(bags)
    for word in _bag(query):
        held = sum(word in bag for bag in bags)
        rare = log(1 + (len(bags) - held + 0.5) / (held + 0.5))
        for n, bag in enumerate(bags):
            if word in bag:
                scores[n] += rare * bag[word] * (K1 + 1) / (bag[word] + K1 * (1 - B + B * lengths[n] / mean))
    return scores


@lru_cache(maxsize=4096)
def _length(text: str) -> int:
    return _bag(text).total()


@lru_cache(maxsize=4096)
def _bag(text: str) -> Counter[str]:
    words = re.findall(r"[^\W\d_']+|\d+", text.lower())
    return Counter(_ENDING.sub("", word) if len(word) > 4 else word for word in words)
