"""Scores against closed forms and hand cases; a perfect forecast scores nothing, a shifted one its shift."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from lodestone.errors import LabelError
from lodestone.evidence.scores import LEAST_BLOCKS, block_bootstrap, coverage, crps_ensemble, interval_score


@pytest.mark.parametrize("seen", [-1.5, 0.0, 2.0])
def test_crps_of_a_normal_sample_is_the_closed_form(seen):
    sample = norm.ppf((np.arange(20_000) + 0.5) / 20_000)[None]
    exact = seen * (2 * norm.cdf(seen) - 1) + 2 * norm.pdf(seen) - 1 / math.sqrt(math.pi)
    assert crps_ensemble(sample, np.array([seen]))[0] == pytest.approx(exact, abs=1e-3)


def test_crps_by_hand_and_by_its_double_sum():
    x, y = np.random.default_rng(3).gamma(2.0, 5.0, (4, 7)), np.array([1.0, 5.0, 9.0, 30.0])
    by_pairs = np.abs(x - y[:, None]).mean(axis=1) - np.abs(x[:, :, None] - x[:, None, :]).mean(axis=(1, 2)) / 2
    assert crps_ensemble(x, y) == pytest.approx(by_pairs)
    assert crps_ensemble(np.array([[7.0]]), np.array([4.0])).tolist() == [3.0]


def test_the_interval_score_pays_twenty_times_what_lies_outside_nine_in_ten():
    low, high, seen = np.array([1.0, 1.0, 1.0]), np.array([3.0, 3.0, 3.0]), np.array([2.0, 0.5, 3.1])
    assert interval_score(low, high, seen) == pytest.approx([2.0, 12.0, 4.0])


def test_coverage_gives_the_exact_interval_and_refuses_no_cell():
    share, low, high = coverage(np.array([True] * 20))
    assert (share, high) == (1.0, 1.0) and low == pytest.approx(0.025 ** (1 / 20))
    with pytest.raises(LabelError, match="no cell is scored"):
        coverage(np.zeros(0, dtype=bool))


def test_cells_of_one_month_are_not_counted_as_many():
    rng = np.random.default_rng(1)
    by_month = np.repeat(rng.normal(-0.2, 1.0, 24), 20)  # twenty destinations that say the same
    clustered = block_bootstrap(by_month, np.repeat(np.arange(24), 20))
    alone = block_bootstrap(by_month, rng.permutation(480))
    assert clustered.high - clustered.low > 2 * (alone.high - alone.low)
    assert clustered.verdict == "no skill claimed" and clustered.cells == 480


def test_skill_needs_an_interval_without_zero_and_enough_blocks():
    better = block_bootstrap(np.full(18, -1.0), np.arange(18))
    few = block_bootstrap(np.full(6, -1.0), np.arange(6))
    assert better.verdict == "skill" and better.blocks >= LEAST_BLOCKS
    assert few.verdict == "too few months to claim anything" and few.high < 0
    assert block_bootstrap(np.full(18, 1.0), np.arange(18)).verdict == "worse"
