"""The baseline: logistic regression on frozen MiniLM vectors, measured on the five folds.

    python eval/coding/frozen.py --annomi FOLDER

Features: the turn's sentence vector, that of what the other speaker said last, and a dozen signs in the words.
"""

from __future__ import annotations

import argparse
import json
import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from examples import Example, annomi, folds
from scoring import f1_by_fold
from sklearn.linear_model import LogisticRegression

from evoke.encoder.sentence import sentence_encoder

_SIGNS = (
    r"\?", r"^(?:what|how|why|when|where|who|which|tell me)\b", r"^(?:do|did|are|is|have|has|can|could|would|will)\b",
    r"^(?:so|it sounds|sounds like|you)\b", r"\byou(?:'re|r|rs)?\b", r"\bi\b", r"\bif\b",
    r"\b(?:should|need to|have to|must)\b", r"\b(?:is it ok|okay if|all right if|mind if|can i|could i)\b",
    r"\b(?:up to you|your choice|your decision|you decide)\b", r"\b(?:don't|not|can't|won't|never)\b",
)  # fmt: skip
_PATTERNS = [re.compile(sign, re.IGNORECASE) for sign in _SIGNS]


def features(examples: Sequence[Example]) -> np.ndarray:
    """One row an example: two vectors and the signs."""
    before = [next((s.text for s in reversed(e.context) if s.speaker != e.speaker), "") for e in examples]
    texts = sorted({e.text for e in examples} | set(before))
    vectors = dict(zip(texts, sentence_encoder().embed(texts), strict=True))
    signs = [
        [*(float(bool(p.search(e.text))) for p in _PATTERNS), math.log1p(len(e.text.split())) / 3] for e in examples
    ]
    return np.hstack([[vectors[e.text] for e in examples], [vectors[text] for text in before], signs])


def crossed(examples: Sequence[Example], field: str, parts: Sequence[frozenset[int]]) -> dict[str, float]:
    """Macro-F1 of `field` on each fold by a model trained on the others."""
    known = [e for e in examples if getattr(e, field) is not None]
    rows, gold = features(known), np.array([getattr(e, field) for e in known])
    ours = np.empty_like(gold)
    for part in parts:
        inside = np.array([e.group in part for e in known])
        model = LogisticRegression(C=0.5, max_iter=400, class_weight="balanced").fit(rows[~inside], gold[~inside])
        ours[inside] = model.predict(rows[inside])
    return f1_by_fold(known, gold, ours, parts)


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--annomi", type=Path, required=True)
    given = parser.parse_args()
    examples, parts = annomi(given.annomi), folds(given.annomi)
    for field in ("behaviour", "talk", "question", "reflection"):
        print(field, json.dumps(crossed(examples, field, parts)), flush=True)


if __name__ == "__main__":
    main()
