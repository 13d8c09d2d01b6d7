"""A learner who hurts a client is not credited with listening."""

from __future__ import annotations

import pytest
from eval.coding.blows import COUNSELLORS, passed_for_listening, sentences

from evoke.coder.encoder import EncoderCoder


@pytest.mark.parametrize("counsellor", COUNSELLORS)
def test_few_pushes_and_blows_pass_for_reflections(counsellor: str) -> None:
    said = sentences(counsellor)
    assert len(said) > 50
    assert len(passed_for_listening(EncoderCoder(), counsellor)) <= len(said) / 5
