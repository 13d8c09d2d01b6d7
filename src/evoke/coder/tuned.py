"""The fine-tuned encoder: all scores of a volley in one run. Knows nothing of rules or wording.

`mi-coder.int8.onnx` is made by `eval/coding/`; its model card stands there. Its numbers are calibrated already.
"""

from __future__ import annotations

import math
import os
from collections.abc import Sequence
from functools import cache
from itertools import islice
from pathlib import Path
from typing import cast, get_args

import numpy as np

from evoke.coder.reading import Piece, nearest, parts, read_target, read_turn
from evoke.coder.scores import ClientScores, LearnerScores, Volley
from evoke.codes import CODES, Behaviour, Code, QuestionType, ReflectionType, Talk, TalkKind
from evoke.encoder.runtime import HERE, Array, TextModel

HEADS: dict[str, tuple[str, ...]] = {
    "behaviour": get_args(Behaviour),
    "question": get_args(QuestionType),
    "reflection": get_args(ReflectionType),
    "input": ("information", "advice", "options", "negotiation"),
    "talk": get_args(Talk),
    "kind": get_args(TalkKind),
    "codes": CODES,
}
OUTPUTS = sum(len(names) for names in HEADS.values())
THREADS = min(2, os.cpu_count() or 1)  # a learner waits for one turn at a time
MOST_PARTS = 8  # of a very long turn; what comes after is not read


def places(head: str) -> slice:
    """Where a head's numbers stand among the outputs."""
    start = 0
    for name, names in HEADS.items():
        if name == head:
            return slice(start, start + len(names))
        start += len(names)
    raise KeyError(head)


class TunedScorer:
    """Scores from the shipped model; loads when first used. `threads` work on each turn."""

    def __init__(self, model: Path | None = None, threads: int = THREADS) -> None:
        self._model = TextModel(
            model or Path(__file__).parent / "mi-coder.int8.onnx", HERE / "tokenizer.json", threads=threads
        )

    def learner(self, volley: Volley) -> LearnerScores:
        """Probabilities for a learner turn."""
        whole, clauses = self._read(volley)
        by_clause = tuple(_codes(row) for row in clauses)
        return LearnerScores(
            behaviour=cast("dict[Behaviour, float]", _shares("behaviour", whole)),
            question=cast("dict[QuestionType, float]", _shares("question", whole)),
            reflection=cast("dict[ReflectionType, float]", _shares("reflection", whole)),
            codes={code: max(row[code] for row in by_clause) for code in CODES},
            by_clause=by_clause,
        )

    def client(self, volley: Volley) -> ClientScores:
        """Probabilities for a client turn."""
        whole, _ = self._read(volley)
        talk = cast("dict[Talk, float]", _shares("talk", whole))
        return ClientScores(talk=talk, kinds=cast("dict[TalkKind, float]", _shares("kind", whole)))

    def _read(self, volley: Volley) -> tuple[Array, Array]:
        """Outputs for the turn as a whole and for each of its clauses; clauses beyond the last part read as nothing."""
        tokenizer = self._model.tokenizer
        before = [
            read_target(tokenizer, volley.target),
            *nearest([read_turn(tokenizer, turn) for turn in volley.context], volley.speaker),
        ]
        read = list(islice(parts(read_turn(tokenizer, volley, volley.clauses)), MOST_PARTS))
        outputs = [self._model.run(**inputs(before, part)) for part in read]
        lengths = [len(part.ids) for part in read]
        whole = np.average([output[0] for output in outputs], axis=0, weights=lengths)
        clauses = np.full((len(volley.clauses), OUTPUTS), -np.inf, dtype=np.float32)
        known = np.concatenate([output[1:] for output in outputs])
        clauses[: len(known)] = known
        return whole, clauses


def inputs(before: Sequence[Piece], piece: Piece) -> dict[str, Array]:
    """What the model is fed: token ids, the turn each belongs to, and which tokens make up the turn and each clause."""
    pieces = [*before, piece]
    ids = np.array([number for one in pieces for number in one.ids], dtype=np.int64)
    turns = np.array([n for n, one in enumerate(pieces) for _ in one.ids], dtype=np.int64)
    start = len(ids) - len(piece.ids)
    spans = np.zeros((1 + len(piece.clauses), len(ids)), dtype=np.float32)
    for row, (begin, end) in enumerate(((0, len(piece.ids)), *piece.clauses)):
        spans[row, start + begin : start + end] = 1 / (end - begin)
    return {"ids": ids, "turns": turns, "spans": spans}


@cache
def tuned_scorer() -> TunedScorer:
    """The scorer of this process."""
    return TunedScorer()


def _shares(head: str, outputs: Array) -> dict[str, float]:
    logits = outputs[places(head)]
    powers = np.exp(logits - logits.max())
    return dict(zip(HEADS[head], (powers / powers.sum()).tolist(), strict=True))


def _codes(outputs: Array) -> dict[Code, float]:
    return {
        code: 1 / (1 + math.exp(-min(60.0, max(-60.0, x))))
        for code, x in zip(CODES, outputs[places("codes")], strict=True)
    }
