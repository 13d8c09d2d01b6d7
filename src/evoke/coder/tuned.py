"""The fine-tuned encoder: the scores of many turns in one run. Knows nothing of rules or wording.

`mi-coder.int8.onnx` is made by `eval/coding/`; its model card stands there. Its numbers are calibrated already.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from itertools import chain, groupby
from operator import itemgetter
from pathlib import Path
from typing import cast, get_args

import numpy as np

from evoke.coder.reading import LONGEST_TURN, MARKS, Piece, Window, parts, read_target, read_turn, windows
from evoke.coder.scores import ClientScores, LearnerScores, Scores, Volley
from evoke.codes import CODES, Behaviour, Code, QuestionType, ReflectionType, Speaker, Talk, TalkKind
from evoke.encoder.runtime import HERE, Array, TextModel, in_parallel

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
MOST_PARTS = 8  # of a very long turn; what comes after is not read
REMEMBERED = 256  # turns of running talks whose tokens are kept
SPEAKERS: dict[int, Speaker] = {mark: speaker for speaker, mark in MARKS.items()}


def places(head: str) -> slice:
    """Where a head's numbers stand among the outputs."""
    start = 0
    for name, names in HEADS.items():
        if name == head:
            return slice(start, start + len(names))
        start += len(names)
    raise KeyError(head)


PLACES = {head: places(head) for head in HEADS}


class TunedScorer:
    """Scores from the shipped model; loads when first used. Safe to call from several threads."""

    def __init__(self, model: Path | None = None) -> None:
        self._model = TextModel(model or Path(__file__).parent / "mi-coder.int8.onnx", HERE / "tokenizer.json")
        self._known = lru_cache(REMEMBERED)(self._unclaused)

    def last(self, talk: Sequence[Volley]) -> Scores:
        """Probabilities for the last volley of a talk."""
        *before, volley = talk
        opening = read_target(self._model.tokenizer, volley.target)
        pieces = (self._known(one.speaker, one.text) for one in before)
        *_, window = windows(opening, chain(pieces, [self._read(volley)]))
        *heard, last = window.turns
        return self._scores(Window(opening, (*window.before, *heard), (last,)))[0]

    def each(self, volleys: Iterable[Volley]) -> Iterator[Scores]:
        """Probabilities for every volley, in order, several windows at work at once."""
        for scores in in_parallel(self._scores, self._windows(volleys)):
            yield from scores

    def _windows(self, volleys: Iterable[Volley]) -> Iterator[Window]:
        for _, numbered in groupby(_numbered(volleys), key=itemgetter(0)):
            talk = map(itemgetter(1), numbered)
            first = next(talk)
            pieces = map(self._read, chain([first], talk))
            yield from windows(read_target(self._model.tokenizer, first.target), pieces)

    def _read(self, volley: Volley) -> Piece:
        return read_turn(self._model.tokenizer, volley, volley.clauses)

    def _unclaused(self, speaker: Speaker, text: str) -> Piece:
        return self._read(Volley(speaker, text, (), ()))

    def _scores(self, window: Window) -> list[Scores]:
        """Scores of each of a window's turns."""
        before = (window.opening, *window.before)
        if len(window.turns[0].ids) > LONGEST_TURN:
            return [_scores_of(window.turns[0], *self._in_parts(before, window.turns[0]))]
        rows = self._model.run(**inputs(before, window.turns))
        ends = np.cumsum([1 + len(turn.clauses) for turn in window.turns])
        return [
            _scores_of(turn, of_turn[0], of_turn[1:])
            for turn, of_turn in zip(window.turns, np.split(rows, ends[:-1]), strict=True)
        ]

    def _in_parts(self, before: Sequence[Piece], turn: Piece) -> tuple[Array, Array]:
        """Outputs for a long turn as a whole and for its clauses; clauses beyond the last part read as nothing."""
        read = parts(turn)[:MOST_PARTS]
        outputs = [self._model.run(**inputs(before, [part])) for part in read]
        whole = np.average([rows[0] for rows in outputs], axis=0, weights=[len(part.ids) for part in read])
        clauses = np.full((len(turn.clauses), OUTPUTS), -np.inf, dtype=np.float32)
        known = np.concatenate([rows[1:] for rows in outputs])
        clauses[: len(known)] = known
        return whole, clauses


def inputs(before: Sequence[Piece], turns: Sequence[Piece]) -> dict[str, Array]:
    """What the model is fed: token ids, the turn each belongs to, and the tokens of what is scored, a row each.

    The rows are each of `turns` as a whole, and after it its clauses.
    """
    pieces = [*before, *turns]
    ids = np.array([number for one in pieces for number in one.ids], dtype=np.int64)
    numbers = np.repeat(np.arange(len(pieces)), [len(one.ids) for one in pieces])
    spans = np.zeros((sum(1 + len(turn.clauses) for turn in turns), len(ids)), dtype=np.float32)
    row, start = 0, sum(len(one.ids) for one in before)
    for turn in turns:
        for begin, end in ((0, len(turn.ids)), *turn.clauses):
            spans[row, start + begin : start + end] = 1 / (end - begin)
            row += 1
        start += len(turn.ids)
    return {"ids": ids, "turns": numbers, "spans": spans}


@cache
def tuned_scorer() -> TunedScorer:
    """The scorer of this process."""
    return TunedScorer()


def _numbered(volleys: Iterable[Volley]) -> Iterator[tuple[int, Volley]]:
    """Each volley with the number of its talk."""
    talk = 0
    for volley in volleys:
        talk += not volley.context
        yield talk, volley


def _scores_of(turn: Piece, whole: Array, clauses: Array) -> Scores:
    if SPEAKERS[turn.ids[0]] == "client":
        talk = cast("dict[Talk, float]", _shares("talk", whole))
        return ClientScores(talk=talk, kinds=cast("dict[TalkKind, float]", _shares("kind", whole)))
    by_clause = tuple(_codes(row) for row in clauses)
    return LearnerScores(
        behaviour=cast("dict[Behaviour, float]", _shares("behaviour", whole)),
        question=cast("dict[QuestionType, float]", _shares("question", whole)),
        reflection=cast("dict[ReflectionType, float]", _shares("reflection", whole)),
        codes={code: max((row[code] for row in by_clause), default=0.0) for code in CODES},
        by_clause=by_clause,
    )


def _shares(head: str, outputs: Array) -> dict[str, float]:
    logits = outputs[PLACES[head]]
    powers = np.exp(logits - logits.max())
    return dict(zip(HEADS[head], (powers / powers.sum()).tolist(), strict=True))


def _codes(outputs: Array) -> dict[Code, float]:
    return {
        code: 1 / (1 + math.exp(-min(60.0, max(-60.0, x))))
        for code, x in zip(CODES, outputs[PLACES["codes"]].tolist(), strict=True)
    }
