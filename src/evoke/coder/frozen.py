"""Linear heads on the sentence encoder: the quick scorer. Knows nothing of rules or wording."""

from __future__ import annotations

import math
import re
from functools import cached_property
from pathlib import Path
from typing import Any, cast, get_args

import numpy as np

from evoke.coder.scores import ClientScores, LearnerScores, Volley
from evoke.codes import CODES, Behaviour, Code, QuestionType, ReflectionType, Speaker, Talk, TalkKind
from evoke.encoder.runtime import Array
from evoke.encoder.sentence import sentence_encoder

HEADS: dict[str, tuple[str, ...]] = {
    "behaviour": get_args(Behaviour),
    "question": get_args(QuestionType),
    "reflection": get_args(ReflectionType),
    "talk": get_args(Talk),
    "kind": get_args(TalkKind),
}
_OPENERS = r"^(?:what|how|why|when|where|who|which|tell me)\b", r"^(?:do|did|are|is|have|has|can|could|would|will)\b"
_SIGNS = (
    r"\?", *_OPENERS, r"^(?:so|it sounds|sounds like|you)\b", r"\byou(?:'re|r|rs)?\b", r"\bi\b", r"\bif\b",
    r"\b(?:should|need to|have to|must)\b", r"\b(?:is it ok|okay if|all right if|mind if|can i|could i)\b",
    r"\b(?:up to you|your choice|your decision|you decide)\b", r"\b(?:don't|not|can't|won't|never)\b",
)  # fmt: skip
_PATTERNS = [re.compile(sign, re.IGNORECASE) for sign in _SIGNS]


def features(text: str, vector: Array, before: Array) -> Array:
    """One row: the sentence vector, the vector of what the other said last, and a few signs in the words."""
    signs = [float(bool(pattern.search(text))) for pattern in _PATTERNS]
    length = [math.log1p(len(text.split())) / 3]
    return np.concatenate([vector, before, np.array(signs + length, dtype=np.float32)])


class FrozenScorer:
    """Scores from `heads.npz`: per head a weight matrix and a bias on `features`."""

    @cached_property
    def _heads(self) -> dict[str, Array]:
        with np.load(Path(__file__).parent / "heads.npz") as stored:
            return {name: stored[name].astype(np.float32) for name in stored.files}

    def learner(self, volley: Volley) -> LearnerScores:
        """Probabilities for a learner turn."""
        before = _last_other(volley)
        texts = [volley.text, before, *(clause.text for clause in volley.clauses)]
        vectors = sentence_encoder().embed(texts)
        rows = [features(texts[n], vectors[n], vectors[1]) for n in (0, *range(2, len(texts)))]
        return LearnerScores(
            behaviour=cast("dict[Behaviour, float]", self._shares("behaviour", rows[0])),
            question=cast("dict[QuestionType, float]", self._shares("question", rows[0])),
            reflection=cast("dict[ReflectionType, float]", self._shares("reflection", rows[0])),
            codes=self._codes(rows[0]),
            by_clause=tuple(self._codes(row) for row in rows[1:]),
        )

    def client(self, volley: Volley) -> ClientScores:
        """Probabilities for a client turn."""
        vectors = sentence_encoder().embed([volley.text, _last_other(volley)])
        row = features(volley.text, vectors[0], vectors[1])
        talk = cast("dict[Talk, float]", self._shares("talk", row))
        return ClientScores(talk=talk, kinds=cast("dict[TalkKind, float]", self._shares("kind", row)))

    def _shares(self, head: str, row: Array) -> dict[str, float]:
        logits = row @ self._heads[f"{head}.w"] + self._heads[f"{head}.b"]
        return dict(zip(HEADS[head], _softmax(logits), strict=True))

    def _codes(self, row: Array) -> dict[Code, float]:
        logits = row @ self._heads["codes.w"] + self._heads["codes.b"]
        return {code: 1 / (1 + math.exp(-float(logit))) for code, logit in zip(CODES, logits, strict=True)}


def _softmax(logits: Array) -> list[float]:
    powers = np.exp(logits - logits.max())
    shares: Any = (powers / powers.sum()).tolist()
    return cast("list[float]", shares)


def _last_other(volley: Volley) -> str:
    speaker: Speaker = volley.speaker
    return next((turn.text for turn in reversed(volley.context) if turn.speaker != speaker), "")
