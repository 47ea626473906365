"""RAS: totals met, zeros and odds ratios kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from lodestone.baseline.ras import odds_ratio, ras
from lodestone.errors import BalanceError, SolverError

cells = st.lists(st.floats(0.1, 100), min_size=9, max_size=9)


@given(cells, cells)
def test_totals_are_met_and_odds_ratios_are_those_of_the_seed(seed, goal):
    seed, goal = (np.array(values).reshape(3, 3) for values in (seed, goal))
    table = ras(seed, goal.sum(axis=1), goal.sum(axis=0))
    np.testing.assert_allclose(table.sum(axis=1), goal.sum(axis=1), rtol=1e-9)
    np.testing.assert_allclose(table.sum(axis=0), goal.sum(axis=0), rtol=1e-9)
    ratio = odds_ratio(seed, (0, 2), (1, 2))
    assert odds_ratio(table, (0, 2), (1, 2)) == pytest.approx(ratio, rel=1e-9)


def test_zeros_stay_and_the_seed_is_not_touched():
    seed = np.array([[0.0, 1.0], [1.0, 1.0]])
    table = ras(seed, np.array([1.0, 3.0]), np.array([2.0, 2.0]))
    assert table[0, 0] == 0.0
    assert seed.tolist() == [[0.0, 1.0], [1.0, 1.0]]


@pytest.mark.parametrize(
    ("seed", "rows", "columns", "error"),
    [
        ([[1.0, 1.0]], [2.0], [1.0, 2.0], BalanceError),
        ([[1.0, np.nan]], [2.0], [1.0, 1.0], BalanceError),
        ([[1.0, 1.0]], [2.0, 1.0], [1.0, 1.0], BalanceError),
        ([[1.0, 0.0]], [2.0], [1.0, 1.0], BalanceError),
        ([[1.0, 0.0], [0.0, 1.0]], [2.0, 1.0], [1.0, 2.0], SolverError),
    ],
)
def test_what_cannot_be_scaled_is_refused(seed, rows, columns, error):
    with pytest.raises(error):
        ras(np.array(seed), np.array(rows), np.array(columns), most=200)
