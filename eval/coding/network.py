"""The coder's network: MiniLM read turn by turn, and one linear layer on the mean of a turn's or a clause's vectors.

Knows tokens and labels, not where they come from.
"""

from __future__ import annotations

from pathlib import Path

import torch
from minilm import WIDTH, MiniLM, load_minilm
from packing import Batch
from torch import Tensor, nn
from torch.nn import functional

from evoke.coder.tuned import HEADS, OUTPUTS, places

TURN_WEIGHTS = {"behaviour": 1.0, "talk": 1.0, "kind": 0.6, "question": 0.4, "reflection": 0.4, "input": 0.3}
CODES_WEIGHT = 2.0
SMOOTHING = {"annomi": 0.15, "authored": 0.03, "persona": 0.03}
TALK_SHARE = {"annomi": 1.0, "authored": 0.3, "persona": 0.2}  # our own clients speak more plainly than people do
FIELDS = {"behaviour": "behaviour", "talk": "talk", "kind": "kind", "question": "question", "reflection": "reflection",
          "input": "input"}  # fmt: skip


class CoderNetwork(nn.Module):
    """Windows of tokens to scores for every span: (batch, spans, OUTPUTS)."""

    def __init__(self, source: Path, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder: MiniLM = load_minilm(source, dropout)
        self.dropout = nn.Dropout(dropout)
        self.heads = nn.Linear(WIDTH, OUTPUTS)

    def forward(self, ids: Tensor, positions: Tensor, sees: Tensor, spans: Tensor) -> Tensor:
        """`sees` (batch, tokens, tokens): which token reads which; `spans` weighs tokens, its rows sum to 1."""
        hidden = self.encoder.read(ids, positions, sees)
        return self.heads(self.dropout(spans.to(hidden.dtype) @ hidden))


def loss_of(logits: Tensor, batch: Batch, weights: dict[str, Tensor]) -> Tensor:
    """The masked sum of all heads' losses: what is unknown of a turn costs nothing."""
    total = logits.new_zeros(())
    for head, scale in TURN_WEIGHTS.items():
        rows = [(n, r, e) for n, r, e in batch.turn_rows if getattr(e, FIELDS[head]) is not None]
        if rows:
            total = total + scale * _head_loss(logits, rows, head, weights)
    return total + CODES_WEIGHT * _codes_loss(logits, batch)


def _head_loss(logits: Tensor, rows: list, head: str, weights: dict[str, Tensor]) -> Tensor:
    at = logits[[n for n, _, _ in rows], [r for _, r, _ in rows]][:, places(head)]
    gold = torch.tensor([HEADS[head].index(getattr(e, FIELDS[head])) for _, _, e in rows])
    smooth = torch.tensor([SMOOTHING[e.source] for _, _, e in rows])[:, None]
    soft = functional.one_hot(gold, len(HEADS[head])) * (1 - smooth) + smooth / len(HEADS[head])
    each = -(soft * functional.log_softmax(at, -1)).sum(-1)
    weight = weights[head][gold]
    if head == "talk":
        weight = weight * torch.tensor([TALK_SHARE[e.source] for _, _, e in rows])
    return (each * weight).sum() / weight.sum()


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
