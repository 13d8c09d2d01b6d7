"""Differences between two versions are called ones only where chance does not explain them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from evoke.paired import FEWEST_PAIRS, differences


def noise(seed: int, n: int = 40) -> list[float]:
    return list(np.random.default_rng(seed).normal(size=n))


def test_a_plain_difference_is_called_one_with_its_direction() -> None:
    old = noise(1)
    found = differences({"up": old, "down": old}, {"up": [x + 1 for x in old], "down": [x - 1 for x in old]})
    assert [one.verdict for one in found] == ["higher", "lower"]
    assert found[0].change == pytest.approx(1) and found[0].low == pytest.approx(1) and found[0].p < 0.01


def test_two_versions_alike_show_no_difference() -> None:
    same = differences({"a": noise(1)}, {"a": noise(1)})[0]
    apart = differences({"a": noise(1)}, {"a": noise(2)})[0]
    assert (same.verdict, same.p) == ("no difference shown", 1.0)
    assert apart.verdict == "no difference shown" and apart.low < 0 < apart.high


def test_too_few_pairs_get_no_verdict() -> None:
    old = noise(1, FEWEST_PAIRS - 1)
    assert differences({"a": old}, {"a": [x + 5 for x in old]})[0].verdict == "too few talks"
    with_gaps = [*noise(1, FEWEST_PAIRS - 1), math.nan]
    assert differences({"a": with_gaps}, {"a": [x + 5 for x in with_gaps]})[0].pairs == FEWEST_PAIRS - 1


def test_many_measures_are_judged_together() -> None:
    chance = [any(one.verdict != "no difference shown" for one in differences(
        {str(n): noise(100 * trial + n) for n in range(6)}, {str(n): noise(100 * trial + 50 + n) for n in range(6)}
    )) for trial in range(20)]  # fmt: skip
    assert sum(chance) <= 3


def test_a_permutation_test_is_right_about_as_often_as_it_says() -> None:
    ps = [differences({"a": noise(n)}, {"a": noise(n + 500)})[0].p for n in range(60)]
    assert 0.35 < float(np.mean(ps)) < 0.65
