"""Whether a learner may be speaking of their own distress, so that the page can step out. Knows patterns only."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from pydantic import Field

from evoke.codes import Frozen
from evoke.datafile import read_yaml

_SENTENCE = re.compile(r"[^.!?\n]+[.!?]*")


class Concern(Frozen):
    """What raised it: the learner's own words."""

    words: str


class _Patterns(Frozen):
    patterns: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()


def concern_in(words: str) -> Concern | None:
    """The sentence in which the learner may speak of their own distress, or None."""
    found, unless = _compiled()
    for sentence in _SENTENCE.findall(words.replace("’", "'")):
        if any(p.search(sentence) for p in found) and not any(p.search(sentence) for p in unless):
            return Concern(words=sentence.strip())
    return None


@cache
def _compiled() -> tuple[list[re.Pattern[str]], list[re.Pattern[str]]]:
    rows = read_yaml(Path(__file__).with_name("concern.yaml"), _Patterns)
    return ([re.compile(p, re.IGNORECASE) for p in rows.patterns], [re.compile(p, re.IGNORECASE) for p in rows.unless])
