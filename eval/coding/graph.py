"""The coder's network as the ONNX graph that ships: int8 weights and int8 activations of fixed ranges.

Ranges are fixed, not taken from what is being read, so that a turn's numbers do not depend on what is read beside it:
a turn just said and the same turn in a whole talk get the same codes. Weights have a scale a column. Before the two
linear layers that read a layer norm, whose few large channels would coarsen all others, scale moves from the
activations to the weights (SmoothQuant, Xiao et al. 2023). Knows shapes and ranges, no text and no training.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from minilm import HEADS, LAYERS, WIDTH
from onnx import TensorProto, helper, numpy_helper

OPSET, MICROSOFT = 20, "com.microsoft"
SMOOTHED = ("joint", "inner")  # linear layers that read a layer norm; `joint` is query, key and value in one
SMOOTHING = 0.7  # the activations' share in how far scale moves
UNSEEN = -1e4  # added to the score of a token that is not to be read

Array = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True)
class Range:
    """The least and the greatest value of each channel that a linear layer reads."""

    low: Array
    high: Array


@dataclass
class Graph:
    """A graph under construction: operations by their outputs' names, constants by name."""

    nodes: list[onnx.NodeProto] = field(default_factory=list)
    constants: list[onnx.TensorProto] = field(default_factory=list)

    def keep(self, name: str, values: Array) -> str:
        """A constant; its name."""
        self.constants.append(numpy_helper.from_array(np.ascontiguousarray(values), name))
        return name

    def do(self, kind: str, *inputs: str, outputs: int = 1, domain: str = "", **given: Any) -> Any:
        """An operation; the name of its output, or their names where there are several."""
        names = [f"{kind}.{len(self.nodes)}.{n}" for n in range(outputs)]
        self.nodes.append(helper.make_node(kind, inputs, names, names[0], domain=domain, **given))
        return names[0] if outputs == 1 else names


def coder_graph(weights: dict[str, Array], ranges: dict[str, Range]) -> onnx.ModelProto:
    """The model: ids and turns (batch, tokens), spans (batch, spans, tokens) to scores (batch, spans, outputs).

    `weights` are those of `CoderNetwork` by name, `ranges` by the name of the linear layer, such as "layers.0.inner".
    """
    graph = Graph()
    graph.keep("to heads", np.array([0, 0, HEADS, -1]))
    graph.keep("from heads", np.array([0, 0, -1]))
    graph.keep("thirds", np.array([WIDTH] * 3))
    hidden, unseen = _embedded(graph, weights), _mask(graph)
    for n in range(LAYERS):
        layer = f"layers.{n}"
        mixed = _attended(graph, weights, ranges, layer, hidden, unseen)
        hidden = _norm(graph, weights, f"{layer}.attended_norm", graph.do("Add", hidden, mixed))
        inner = graph.do("Gelu", _linear(graph, ranges, f"{layer}.inner", hidden, *_of(weights, f"{layer}.inner")))
        output = _linear(graph, ranges, f"{layer}.output", inner, *_of(weights, f"{layer}.output"))
        hidden = _norm(graph, weights, f"{layer}.output_norm", graph.do("Add", hidden, output))
    pooled = graph.do("MatMul", "spans", hidden)
    scored = graph.do("MatMul", pooled, graph.keep("heads.weight", weights["heads.weight"].T))
    bias = graph.keep("heads.bias", weights["heads.bias"])
    graph.nodes.append(helper.make_node("Add", [scored, bias], ["scores"], "scores"))
    return _model(graph, len(weights["heads.bias"]))


def _model(graph: Graph, outputs: int) -> onnx.ModelProto:
    whole, of = TensorProto.INT64, helper.make_tensor_value_info
    inputs = [of("ids", whole, ["batch", "tokens"]), of("turns", whole, ["batch", "tokens"]),
              of("spans", TensorProto.FLOAT, ["batch", "spans", "tokens"])]  # fmt: skip
    scores = [of("scores", TensorProto.FLOAT, ["batch", "spans", outputs])]
    made = helper.make_graph(graph.nodes, "coder", inputs, scores, graph.constants)
    versions = [helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)]
    return helper.make_model(made, opset_imports=versions, ir_version=10)


def _embedded(graph: Graph, weights: dict[str, Array]) -> str:
    """Word vectors, int8 with a scale a word, and positions."""
    words, scale = _rounded(weights["encoder.words.weight"], axis=1)
    number = graph.do("Gather", graph.keep("words", words), "ids")
    vector = graph.do("Mul", graph.do("Cast", number, to=TensorProto.FLOAT),
                      graph.do("Gather", graph.keep("words.scale", scale), "ids"))  # fmt: skip
    places = graph.keep("positions", weights["encoder.positions.weight"] + weights["encoder.types.weight"][0])
    zero = graph.keep("zero", np.array([0]))
    here = graph.do("Slice", places, zero, graph.do("Shape", "ids", start=1, end=2), zero)
    return _norm(graph, weights, "norm", graph.do("Add", vector, here))


def _mask(graph: Graph) -> str:
    """What is added to the scores of attention, (batch, 1, tokens, tokens): a token reads its own and earlier turns."""
    one, two = graph.keep("one", np.array([1])), graph.keep("two", np.array([2]))
    sees = graph.do("LessOrEqual", graph.do("Unsqueeze", "turns", one), graph.do("Unsqueeze", "turns", two))
    none, far = graph.keep("seen", np.float32(0)), graph.keep("unseen", np.float32(UNSEEN))
    return graph.do("Unsqueeze", graph.do("Where", sees, none, far), one)


def _norm(graph: Graph, weights: dict[str, Array], name: str, values: str) -> str:
    scale, shift = (graph.keep(f"{name}.{kind}", weights[f"encoder.{name}.{kind}"]) for kind in ("weight", "bias"))
    return graph.do("LayerNormalization", values, scale, shift, epsilon=1e-12)


def _of(weights: dict[str, Array], name: str) -> tuple[Array, Array]:
    """The matrix (in, out) and the bias of a linear layer."""
    return weights[f"encoder.{name}.weight"].T, weights[f"encoder.{name}.bias"]


def _attended(
    graph: Graph, weights: dict[str, Array], ranges: dict[str, Range], layer: str, hidden: str, unseen: str
) -> str:
    """Attention: query, key and value by one matrix; the usual division by the root of a head's width is in it."""
    (query, at), key, value = (_of(weights, f"{layer}.{part}") for part in ("query", "key", "value"))
    root = np.sqrt(WIDTH // HEADS).astype(np.float32)
    matrix = np.concatenate([query / root, key[0], value[0]], axis=1)
    joint = _linear(graph, ranges, f"{layer}.joint", hidden, matrix, np.concatenate([at / root, key[1], value[1]]))
    each = graph.do("Split", joint, "thirds", outputs=3, axis=-1)
    orders = ([0, 2, 1, 3], [0, 2, 3, 1], [0, 2, 1, 3])
    asked, keys, values = (
        graph.do("Transpose", graph.do("Reshape", one, "to heads"), perm=order)
        for one, order in zip(each, orders, strict=True)
    )
    shares = graph.do("Softmax", graph.do("Add", graph.do("MatMul", asked, keys), unseen), axis=-1)
    mixed = graph.do("Transpose", graph.do("MatMul", shares, values), perm=[0, 2, 1, 3])
    together = graph.do("Reshape", mixed, "from heads")
    return _linear(graph, ranges, f"{layer}.attended", together, *_of(weights, f"{layer}.attended"))


def _linear(graph: Graph, ranges: dict[str, Range], name: str, values: str, matrix: Array, bias: Array) -> str:
    """A linear layer in int8, with its result in float."""
    read = ranges[name]
    if name.endswith(SMOOTHED):
        moved = _moved(read, matrix)
        values = graph.do("Mul", values, graph.keep(f"{name}.moved", 1 / moved))
        matrix, read = matrix * moved[:, None], Range(read.low / moved, read.high / moved)
    low, high = min(0.0, float(read.low.min())), max(0.0, float(read.high.max()))
    step = graph.keep(f"{name}.step", np.float32((high - low) / 255))
    zero = graph.keep(f"{name}.zero", np.uint8(round(-low / (high - low) * 255)))
    numbers, scale = _rounded(matrix, axis=0)
    return graph.do(
        "MatMulIntegerToFloat", graph.do("QuantizeLinear", values, step, zero), graph.keep(f"{name}.weight", numbers),
        step, graph.keep(f"{name}.scale", scale.squeeze(0)), zero, "", graph.keep(f"{name}.bias", bias),
        domain=MICROSOFT,
    )  # fmt: skip


def _moved(read: Range, matrix: Array) -> Array:
    """By how much each channel is divided and its weights multiplied; the geometric mean is 1."""
    greatest = np.maximum(np.maximum(-read.low, read.high), 1e-5)
    heaviest = np.maximum(np.abs(matrix).max(1), 1e-5)
    wanted = greatest**SMOOTHING / heaviest ** (1 - SMOOTHING)
    return (wanted / np.exp(np.log(wanted).mean())).astype(np.float32)


def _rounded(matrix: Array, axis: int) -> tuple[Array, Array]:
    """A matrix as int8 and the scales along `axis`."""
    scale = np.maximum(np.abs(matrix).max(axis, keepdims=True), 1e-8) / 127
    return np.round(matrix / scale).astype(np.int8), scale.astype(np.float32)
