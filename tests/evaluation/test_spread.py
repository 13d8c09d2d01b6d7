"""Medians, effects and divergences, worked out by hand."""

from __future__ import annotations

from math import inf, log

import numpy as np
import pytest
from eval.client import spread
from eval.client.asked import realism
from eval.client.figures import measured
from eval.client.intervals import cohens_d, median, ratio, statistic

from tests.evaluation.talking import mood, talk


def test_a_median_is_infinite_where_most_never_get_there() -> None:
    assert median(np.array([3.0, 7.0, inf])) == 7
    assert median(np.array([3.0, inf, inf])) == inf
    assert median(np.array([4.0, 6.0])) == 5


def test_readiness_is_the_mean_of_importance_and_confidence() -> None:
    gained = talk("nn", moods=(mood(importance=4, confidence=4), mood(importance=6, confidence=5)))
    assert spread.readiness_gained(gained) == 1.5


def test_cohens_d_is_the_difference_over_the_pooled_deviation() -> None:
    effect = cohens_d([2, 4], [1, 3])
    assert effect
    assert effect.value == pytest.approx(1 / 2**0.5)
    assert cohens_d([1], [2, 3]) is None


def test_the_first_change_talk_is_numbered_with_the_opening() -> None:
    assert spread.first_change_at(talk("nnc")) == 4
    assert spread.first_change_at(talk("nns")) == inf


def test_rank_correlation_shares_ranks_between_ties() -> None:
    assert spread.rank_correlation(np.array([[1, 10], [2, 20], [3, 15]], float)) == pytest.approx(0.5)
    assert spread.rank_correlation(np.array([[1, 1], [1, 2], [2, 3], [2, 4]], float)) == pytest.approx(0.8944, abs=1e-4)


def test_divergence_is_nothing_where_actions_are_those_of_real_clients() -> None:
    real = [0.2, 0.2, 0.2, 0.2, 0.2]
    rows = [[*(float(n == k) for n in range(5)), *real] for k in range(5)]
    assert spread.divergence(np.array(rows)) == pytest.approx(0)
    one_sided = np.array([[1.0, 0, 0, 0, 0, *real]] * 2)  # 2.5 and four times 0.5 out of 4.5
    expected = 0.2 * log(0.2 / (2.5 / 4.5)) + 0.8 * log(0.2 / (0.5 / 4.5))
    assert spread.divergence(one_sided) == pytest.approx(expected)


def test_only_actions_of_precontemplation_count_for_the_divergence() -> None:
    assert "action_kl" not in spread.found([talk("nn", moves=("deny", "inform"), moods=(mood("contemplation"),))])
    assert "action_kl" in spread.found([talk("nn", moves=("deny", "inform"), moods=(mood("precontemplation"),))])


def test_words_are_counted_a_reply() -> None:
    found = spread.found([talk("nnn", words=("One.", "One two three.", "One two three four five."))])
    assert [found[f"words_{name}"].value for name in ("q1", "median", "q3")] == [2, 3, 4]


def test_an_interval_holds_its_value_and_is_the_same_every_time() -> None:
    one, two = (ratio([1, 0, 3, 2], [2, 2, 4, 5]) for _ in range(2))
    assert one == two
    assert one
    assert one.low <= one.value == 6 / 13 <= one.high
    assert one.n == 13


def test_sessions_are_drawn_whole() -> None:
    alike = statistic([np.array([1.0, 9.0])] * 6, lambda values: float(values.mean()))
    assert alike
    assert (alike.low, alike.value, alike.high) == (5, 5, 5)


def test_every_figure_asked_for_is_measured_or_empty_and_marked() -> None:
    figures = measured([talk("cnnns" * 4)])
    assert list(figures) == list(realism().figures)
    assert figures["talk_neutral"].reached is True
    assert figures["talk_change"].reached is False
    assert figures["slope_directive"].value is None
    assert figures["slope_directive"].reached is None


def test_no_client_is_both_fitted_on_and_reported_on() -> None:
    assert not set(realism().fitted_on) & set(realism().reported_on)
