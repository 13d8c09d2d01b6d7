"""The same turn as other hands would have written it: recognised speech, typed chat with slips, two volleys as one."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from examples import Example, Said

SPOKEN, TYPED = 0.25, 0.12  # share of turns turned into recognised speech and into sloppy typing
_SHORT = {"you": "u", "are": "r", "your": "ur", "because": "cos", "going to": "gonna", "want to": "wanna",
          "okay": "ok", "though": "tho", "really": "rly", "please": "pls", "don't": "dont", "can't": "cant",
          "i'm": "im", "it's": "its", "you're": "ur", "that's": "thats"}  # fmt: skip


def spoken(text: str) -> str:
    """As a speech recogniser writes it: lower case, no punctuation but apostrophes."""
    return " ".join(re.sub(r"[^\w\s']", " ", text.lower().replace("’", "'")).split())


def typed(text: str, rng: random.Random) -> str:
    """As a hurried typist writes it: lower case, short forms, a slip now and then, few stops."""
    text = text.lower()
    for long, short in _SHORT.items():
        if rng.random() < 0.4:
            text = re.sub(rf"\b{re.escape(long)}\b", short, text)
    words = [_slipped(word, rng) if rng.random() < 0.06 else word for word in text.split()]
    text = " ".join(words)
    return text.rstrip(".") if rng.random() < 0.6 else text


def _slipped(word: str, rng: random.Random) -> str:
    """One letter doubled, dropped or swapped with the next."""
    if len(word) < 4:
        return word
    n = rng.randrange(1, len(word) - 2)
    return rng.choice(
        (word[:n] + word[n] + word[n:], word[:n] + word[n + 1 :], word[:n] + word[n + 1] + word[n] + word[n + 2 :])
    )


def rewritten(example: Example, rng: random.Random) -> Example:
    """The example as it is, as recognised speech, or as typed chat, context and all."""
    draw = rng.random()
    if draw < SPOKEN:
        return _through(example, spoken)
    if draw < SPOKEN + TYPED:
        return _through(example, lambda text: typed(text, rng))
    return example


def _through(example: Example, change) -> Example:  # noqa: ANN001
    context = tuple(Said(said.speaker, change(said.text)) for said in example.context)
    return replace(example, text=change(example.text), context=context)


def pairs(rows: Sequence[Example], count: int, rng: random.Random) -> list[tuple[Example, Example]]:
    """Learner rows of one batch, the second without context of its own, to be read as one volley."""
    learner = [row for row in rows if row.speaker == "learner" and row.codes]
    alone = [row for row in learner if not row.context]
    made = []
    while alone and len(made) < count:
        one, other = rng.choice(learner), rng.choice(alone)
        if one.group == other.group and one.id != other.id:
            made.append((one, other))
    return made
