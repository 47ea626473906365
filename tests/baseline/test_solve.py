"""Least squares under balances on a system small enough for pencil and paper."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.baseline.solve import solve

BALANCE = sp.csr_matrix([[1.0, -1.0, -1.0]])  # a splits into b and c


def answer(centre, sd, rows, value, value_sd):
    return solve(
        BALANCE, np.array(centre), sp.diags(np.array(sd), format="csr"), sp.csr_matrix(rows), np.array(value),
        np.array(value_sd),
    )  # fmt: skip


def test_the_worked_example_of_equal_variances():
    # prior 10 = 4 + 3 is off by 3: each cell moves by a third of it
    done = answer([10.0, 4.0, 3.0], [1.0, 1.0, 1.0], [[0.0, 0.0, 0.0]], [0.0], [1.0])
    assert done.x == pytest.approx([9.0, 5.0, 4.0])


def test_a_gap_is_shared_by_variances():
    done = answer([10.0, 4.0, 3.0], [1.0, 2.0, 0.0001], [[0.0, 0.0, 0.0]], [0.0], [1.0])
    assert done.x == pytest.approx([10.0 - 0.6, 4.0 + 2.4, 3.0], abs=1e-6)


def test_two_facts_do_as_their_weighted_mean_does():
    row = [0.0, 1.0, 0.0]
    two = answer([10.0, 4.0, 3.0], [1.0, 1.0, 1.0], [row, row], [5.0, 8.0], [0.5, 1.0])
    weight = np.array([1 / 0.25, 1.0])
    mean, sd = float(weight @ [5.0, 8.0] / weight.sum()), weight.sum() ** -0.5
    one = answer([10.0, 4.0, 3.0], [1.0, 1.0, 1.0], [row], [mean], [sd])
    assert two.x == pytest.approx(one.x, abs=1e-9)


def test_a_cell_pulled_below_zero_is_held_at_zero_and_the_rest_balances():
    done = answer([10.0, 9.0, 0.5], [0.1, 1.0, 1.0], [[0.0, 1.0, 0.0]], [12.0], [0.1])
    assert done.x[2] == 0.0
    assert done.held.tolist() == [False, False, True]
    assert done.x[0] == pytest.approx(done.x[1], rel=1e-12)


@settings(max_examples=40)
@given(st.lists(st.floats(0.1, 100.0), min_size=3, max_size=3), st.floats(0.0, 200.0))
def test_any_prior_and_fact_give_a_balance_and_no_negative_cell(centre, seen):
    done = answer(centre, centre, [[1.0, 0.0, 0.0]], [seen], [0.05 * max(seen, 1.0)])
    assert abs(BALANCE @ done.x)[0] <= 1e-12 * max(*centre, seen)
    assert done.x.min() >= 0
