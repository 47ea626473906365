"""Public and pooled stocks: the tables of the methods through general code, and what must hold for any parameters."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from lodestone.coordinate.core import blocking_coalitions, core
from lodestone.coordinate.game import make_game
from lodestone.coordinate.pooled_stock import covariance_allocation, drawn_needs, normal_needs, pooled_stock
from lodestone.coordinate.public_stock import by_size, held_under, largest_stable, membership, public_stock
from lodestone.errors import GameError

SEVEN = [f"m{i}" for i in range(7)]


def alike(count, rho):
    return np.full((count, count), rho) + (1 - rho) * np.eye(count)


def test_only_three_of_seven_hold_without_transfers():
    found = membership(public_stock(SEVEN, [1] * 7, [1] * 7))
    rows = by_size(found)
    assert [row["internally_stable"] for row in rows] == [None, True, True, False, False, False, False]
    assert [row["member_payoff"] for row in rows] == pytest.approx([6.5, 7, 8.5, 11, 14.5, 19, 24.5])
    assert [row["total_welfare"] for row in rows] == pytest.approx([45.5, 56.5, 75.5, 99.5, 125.5, 150.5, 171.5])
    assert {len(club) for club in largest_stable(found)} == {3}


def test_stability_does_not_depend_on_the_units():
    plain = by_size(membership(public_stock(SEVEN, [1] * 7, [1] * 7)))
    other = by_size(membership(public_stock(SEVEN, [3e3] * 7, [0.02] * 7)))
    unit = 3e3**2 / 0.02
    for a, b in zip(plain, other, strict=True):
        assert b["member_payoff"] == pytest.approx(unit * a["member_payoff"])
        assert a["internally_stable"] == b["internally_stable"]


def test_excludable_access_or_a_minimum_of_members_holds_all_seven():
    full = (1 << 7) - 1
    assert membership(public_stock(SEVEN, [1] * 7, [1] * 7, excludable=1.0)).internally_stable[full]
    assert membership(public_stock(SEVEN, [1] * 7, [1] * 7), minimum_participation=7).internally_stable[full]
    assert not membership(public_stock(SEVEN, [1] * 7, [1] * 7), minimum_participation=6).internally_stable[full]


@pytest.mark.parametrize("seed", range(6))
def test_no_coalition_does_better_by_another_stock(seed):
    rng = np.random.default_rng(seed)
    n = 4
    case = public_stock(
        "ABCD", rng.uniform(1, 3, n), rng.uniform(0.5, 2, n), rng.uniform(0, 0.3, n), excludable=rng.uniform()
    )
    partition = [0b0011, 0b0100, 0b1000]
    held = held_under(case, partition)
    for mask in partition:
        inside = np.array([mask >> i & 1 for i in range(n)], dtype=bool)
        best = held.payoff[inside].sum()
        for i in np.flatnonzero(inside):
            for change in (-0.05, -1e-3, 1e-3, 0.05):
                stock = held.stock.copy()
                stock[i] = max(0.0, stock[i] + change)
                assert payoff_at(case, partition, stock)[inside].sum() <= best + 1e-12


def payoff_at(case, partition, stock):
    """The payoffs of stocks that nobody chose, written out once more."""
    n = len(stock)
    club = [next(mask for mask in partition if mask >> i & 1) for i in range(n)]
    payoff = np.empty(n)
    for i in range(n):
        reached = sum(stock[j] * (1 if club[i] == club[j] else 1 - case.excludable) for j in range(n))
        payoff[i] = case.benefit[i] * reached - case.satiation[i] / 2 * reached**2 - case.cost[i] / 2 * stock[i] ** 2
    return payoff


def test_members_that_differ_have_no_table_by_size_but_clubs():
    found = membership(public_stock("ABC", [1, 2, 4], [1, 1, 1]))
    with pytest.raises(GameError, match="not alike"):
        by_size(found)
    assert found.payoff.shape == (8, 3)
    for mask in range(8):
        for i in range(3):
            assert found.elsewhere[mask, i] == found.payoff[mask ^ 1 << i, i]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"members": "AB", "benefit": [1, 1], "cost": [1, 0]}, "cost above 0"),
        ({"members": "AB", "benefit": [1], "cost": [1, 1]}, "one benefit"),
        ({"members": "AB", "benefit": [1, 1], "cost": [1, 1], "excludable": 1.5}, "0 to 1"),
    ],
)
def test_a_public_stock_with_wrong_numbers_is_refused(words, told):
    with pytest.raises(GameError, match=told):
        public_stock(**words)


def test_a_partition_that_is_none_and_too_many_members_are_refused():
    case = public_stock("ABC", [1] * 3, [1] * 3)
    with pytest.raises(GameError, match="no partition"):
        held_under(case, [0b011])
    with pytest.raises(GameError, match="13 members"):
        membership(public_stock([str(i) for i in range(13)], [1] * 13, [1] * 13))


@pytest.mark.parametrize(
    ("rho", "cost", "share"), [(0, 65.6655, 0.3764), (0.5, 87.7492, 0.1667), (0.9, 102.0308, 0.031)]
)
def test_the_pooling_table(rho, cost, share):
    found = pooled_stock(normal_needs("ABC", [0] * 3, [10, 20, 30], alike(3, rho)), 1.0, 9.0)
    assert found.cost[-1] == pytest.approx(cost, abs=6e-5)
    assert found.savings.value[-1] / found.cost[[1, 2, 4]].sum() == pytest.approx(share, abs=6e-5)


def test_a_common_embargo_makes_pooling_worth_nothing_under_any_law_of_its_length():
    length = np.random.default_rng(1).exponential(1.0, 500) * (np.random.default_rng(2).random(500) < 0.3)
    found = pooled_stock(drawn_needs("ABC", length[:, None] * np.array([10.0, 20, 30])), 1.0, 9.0)
    np.testing.assert_allclose(found.savings.value, 0.0, atol=1e-9)
    normal = pooled_stock(normal_needs("ABC", [5] * 3, [10, 20, 30], alike(3, 1.0)), 1.0, 9.0)
    np.testing.assert_allclose(normal.savings.value, 0.0, atol=1e-9)
    turns = np.random.default_rng(3).permuted(length[:, None] * np.eye(3)[0], axis=1)
    assert pooled_stock(drawn_needs("ABC", turns), 1.0, 9.0).savings.value[-1] > 1e-3


@pytest.mark.parametrize("seed", range(5))
def test_the_stock_of_draws_is_the_cheapest_there_is(seed):
    rng = np.random.default_rng(seed)
    needs = drawn_needs("ABC", rng.gamma(2.0, 5.0, (40, 3)), rng.dirichlet(np.ones(40)))
    found = pooled_stock(needs, 2.0, 7.0)
    for mask in range(1, 8):
        total = needs.need[:, [i for i in range(3) if mask >> i & 1]].sum(axis=1)

        def cost(stock, total=total):
            return needs.probability @ (2 * np.maximum(stock - total, 0) + 7 * np.maximum(total - stock, 0))

        best = min(cost(stock) for stock in total)
        assert found.cost[mask] == pytest.approx(best)
        assert found.cost[mask] <= minimize_scalar(cost, bounds=(0, total.max()), method="bounded").fun + 1e-9
    assert not core(found.savings).empty  # the core of an expected-cost newsvendor game is never empty


def test_draws_of_a_normal_give_what_the_normal_gives():
    cover = alike(3, 0.5)
    needs = normal_needs("ABC", [100.0] * 3, [10, 20, 30], cover)
    draws = np.random.default_rng(4).multivariate_normal(needs.mean, needs.covariance, 200_000)
    exact, drawn = (pooled_stock(x, 1.0, 9.0) for x in (needs, drawn_needs("ABC", draws)))
    np.testing.assert_allclose(drawn.cost[1:], exact.cost[1:], rtol=0.01)
    np.testing.assert_allclose(drawn.stock[1:], exact.stock[1:], rtol=0.01)


def test_the_covariance_allocation_lies_in_the_core():
    needs = normal_needs("ABCD", [0] * 4, [10, 20, 30, 5], alike(4, 0.3))
    found = pooled_stock(needs, 1.0, 9.0)
    paid = covariance_allocation(needs, found)
    alone = found.cost[1 << np.arange(4)]
    assert blocking_coalitions(found.savings, alone - paid)[1] == 0
    dear = make_game("ABCD", found.savings.value)
    assert blocking_coalitions(dear, np.array([dear.value[-1], 0, 0, 0]))[1] > 0


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda: normal_needs("AB", [0, 0], [1, 1], np.array([[1, 2], [2, 1]])), "no joint distribution"),
        (lambda: normal_needs("AB", [0, 0], [1, -1], alike(2, 0.0)), "standard deviations of 0 or more"),
        (lambda: drawn_needs("AB", np.ones((3, 3))), "draws by 2 members"),
        (lambda: drawn_needs("AB", np.ones((2, 2)), np.array([0.5, 0.4])), "sum to 1"),
        (lambda: pooled_stock(drawn_needs("AB", np.ones((2, 2))), 0.0, 1.0), "must be above 0"),
    ],
)
def test_needs_that_are_none_are_refused(make, told):
    with pytest.raises(GameError, match=told):
        make()
