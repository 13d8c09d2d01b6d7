"""Sentences to unit vectors: all-MiniLM-L6-v2 in int8. Knows nothing of what the sentences are for."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np

from evoke.encoder.runtime import HERE, Array, TextModel, in_parallel

WIDTH = 384
REMEMBERED = 64  # texts: what was just said is asked for again, by the ear and by recall
LONGEST = 256  # tokens; what the model was trained on, the rest of a longer text is not read


class SentenceEncoder:
    """Texts to vectors whose dot product is their likeness (-1 to 1). Loads when first used; keeps the last few."""

    def __init__(self) -> None:
        self._model = TextModel(HERE / "minilm-l6-v2.int8.onnx", HERE / "tokenizer.json")
        self._known: dict[str, Array] = {}

    def embed(self, texts: Sequence[str]) -> Array:
        """Unit vectors of `texts`, float32 (len(texts), 384); the same text always gives the same bits."""
        if not texts:
            return np.zeros((0, WIDTH), dtype=np.float32)
        known = self._known
        new = [text for text in dict.fromkeys(texts) if text not in known]
        known = known | dict(zip(new, in_parallel(self._embed_one, new), strict=True))
        self._known = {text: known[text] for text in list(known)[-REMEMBERED:]}
        return np.stack([known[text] for text in texts])

    def _embed_one(self, text: str) -> Array:
        ids = self._model.tokenizer.encode(text).ids
        if len(ids) > LONGEST:
            ids = [*ids[: LONGEST - 1], ids[-1]]
        numbers = np.array(ids, dtype=np.int64)
        return self._model.run(ids=numbers, mask=np.ones_like(numbers))


@cache
def sentence_encoder() -> SentenceEncoder:
    """The encoder of this process."""
    return SentenceEncoder()
