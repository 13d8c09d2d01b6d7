"""MI-consistent turns and change talk, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from eval.client import consistent

from evoke.codes import Coded
from tests.evaluation.talking import talk


def test_a_push_makes_a_turn_inconsistent_whatever_else_it_holds() -> None:
    pushing = Coded(speaker="learner", codes=("complex_reflection", "confront"), question="open", reason="by hand")
    assert consistent.kind_of(pushing) == "inconsistent"
    assert consistent.kind_of(Coded(speaker="learner", codes=("affirm",), reason="by hand")) == "consistent"
    closed = Coded(speaker="learner", codes=("question", "give_information"), question="closed", reason="by hand")
    assert consistent.kind_of(closed) is None
    assert consistent.kind_of(None) is None


def test_between_sessions_consistency_goes_with_change_talk_as_far_as_it_varies() -> None:
    talks = (talk("ccnn", asked="oooo"), talk("cs", asked="op"), talk("ss", asked="pp"), talk("nn", asked="pp"))
    found = consistent.found(talks)
    assert found["consistency_r_all"].value == pytest.approx(1)
    assert found["consistency_r_all"].n == 3  # the last has neither change nor sustain talk
    assert np.isnan(consistent.correlation(np.array([[1.0, 0.2], [1.0, 0.8]])))


def test_each_group_of_counsellors_has_its_own_correlation() -> None:
    skilled = (talk("cs", asked="oo"), talk("ss", asked="op"))
    directive = (talk("cc", asked="pp", policy="directive"), talk("ss", asked="op", policy="directive"))
    found = consistent.found((*skilled, *directive))
    assert found["consistency_r_skilled"].value == pytest.approx(1)
    assert found["consistency_r_all"].value < 0.5


def test_within_a_session_both_kinds_of_turn_are_set_side_by_side() -> None:
    both, one_kind = talk("cncs" + "sn", asked="oooo" + "pp"), talk("cc", asked="oo")
    found = consistent.found([both, one_kind])
    assert found["change_within"].value == 2 / 4
    assert found["sustain_within"].value == 1 / 4 - 1 / 2
    assert found["change_within"].n == 1
    assert "change_within" not in consistent.found([one_kind])
