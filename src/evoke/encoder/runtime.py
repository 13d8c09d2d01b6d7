"""Runs a small int8 ONNX model over texts on a bounded number of threads. Knows no model by name.

Every text is run alone. An int8 model scales its numbers by all that stands in a batch, so company would change a
text's result; alone, a text gives the same bits today, tomorrow, in a file of one row or of a hundred thousand.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

import numpy as np

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Array = np.ndarray[Any, np.dtype[Any]]
Given = TypeVar("Given")
Made = TypeVar("Made")

HERE = Path(__file__).parent
SLOWER = {"SkipLayerNormFusion"}  # makes one operation of two that are faster, measured with onnxruntime 1.32
MOST_THREADS = 4  # the language model needs the other cores
AT_ONCE = 16  # pieces of work in flight; bounds memory on long files


class TextModel:
    """An ONNX model and its tokenizer, loaded when first used. Safe to call from several threads.

    `threads` work on each run.
    """

    def __init__(self, model: Path, tokenizer: Path, threads: int = 1) -> None:
        self._model, self._tokenizer, self._threads = model, tokenizer, threads

    @cached_property
    def tokenizer(self) -> Tokenizer:
        """The tokenizer of the model; neither pads nor cuts."""
        from tokenizers import Tokenizer

        return Tokenizer.from_file(str(self._tokenizer))

    @cached_property
    def session(self) -> InferenceSession:
        """The model."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = self._threads, 1
        options.log_severity_level = 3
        return onnxruntime.InferenceSession(
            str(self._model), options, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER
        )

    def run(self, **inputs: Array) -> Array:
        """One text's inputs to the model's first output, both without the batch axis."""
        outputs: list[Array] = self.session.run(None, {name: values[None] for name, values in inputs.items()})
        return cast("Array", outputs[0][0])


def in_parallel(work: Callable[[Given], Made], items: Iterable[Given]) -> Iterator[Made]:
    """`work` on each item in order of the items, several at once; keeps few in memory however many there are."""
    items = iter(items)
    first = list(islice(items, 2))
    if len(first) < 2:
        yield from map(work, first)
        return
    pool = ThreadPoolExecutor(min(MOST_THREADS, os.cpu_count() or 1))
    try:
        begun = deque(pool.submit(work, item) for item in first)
        for item in items:
            begun.append(pool.submit(work, item))
            if len(begun) >= AT_ONCE:
                yield begun.popleft().result()
        while begun:
            yield begun.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)
