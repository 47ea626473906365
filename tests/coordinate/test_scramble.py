"""The scramble: a closed form, and what must hold on any market."""

from dataclasses import dataclass, replace

import numpy as np
import pytest

from lodestone.coordinate.scramble import (
    each_alone,
    loss_of,
    make_buyers,
    make_supply,
    price_takers,
    together,
)
from lodestone.errors import GameError

GAMES = (each_alone, price_takers, together)


@dataclass(frozen=True)
class Straight:
    """A supply curve that is a straight line: price = 1 + steep x tonnes."""

    steep: float
    choke_price: np.ndarray

    def tonnes(self, price):
        return (price - 1.0) / self.steep

    def slope(self, price):
        return np.full_like(price, 1.0 / self.steep)


def alike(count, gap=40.0, need=100.0, worth=500.0, price=2.0):
    shape = (1, count, 1)
    return make_buyers(
        [f"m{i}" for i in range(count)], np.full((1, count), gap), np.full(count, need), np.full(shape, worth),
        np.ones((count, 1)), np.zeros(shape), np.array([2.0]), np.array([price]),
    )  # fmt: skip


def market(seed, count=4, draws=3):
    rng = np.random.default_rng(seed)
    need = rng.uniform(50, 200, count)
    buyers = make_buyers(
        [f"m{i}" for i in range(count)], rng.uniform(0.05, 0.6, (draws, count)) * need, need,
        rng.uniform(1, 400, (draws, count, 3)), rng.uniform(0, 1, (count, 3)), rng.uniform(0, 0.1, (draws, count, 3)),
        rng.uniform(1, 3, draws), np.full(draws, 0.1),
    )  # fmt: skip
    supply = make_supply(
        rng.uniform(100, 500, draws), rng.uniform(0.05, 0.3, draws), rng.uniform(0.05, 0.4, draws), rng.uniform(0, 30, draws),
        rng.uniform(0.05, 0.5, draws), rng.uniform(0.1, 0.6, draws), rng.uniform(4, 40, draws),
    )  # fmt: skip
    return buyers, supply


@pytest.mark.parametrize("count", [1, 2, 5])
def test_alike_members_on_a_straight_line_have_a_closed_form(count):
    """Worth of the next tonne a - b q, price c + d Q: q = (a - c) / (b + (n + 1) d), (b + n d), (b + 2 n d)."""
    buyers, steep = alike(count), 0.4
    a, b = 2.0 + 2 * 500 * 40 / 100**2, 2 * 500 / 100**2
    c, d = 2.0, 2.0 * steep
    supply = Straight(steep, np.array([1e6]))
    for game, below in zip(GAMES, (b + (count + 1) * d, b + count * d, b + 2 * count * d), strict=True):
        found = game(buyers, supply)
        assert found.tonnes[0] == pytest.approx([(a - c) / below] * count, rel=1e-9)
        assert found.price[0] == pytest.approx(1 + steep * count * (a - c) / below, rel=1e-9)
        lack = 40 - (a - c) / below
        assert found.loss[0] == pytest.approx([500 * (lack / 100) ** 2] * count, rel=1e-9)
        assert found.premium[0, 0] == pytest.approx((found.price[0] - 1) * 2 * (a - c) / below, rel=1e-9)


def test_two_members_with_plain_numbers():
    """a - c = 4, b = 0.1, d = 0.8."""
    buyers, supply = alike(2), Straight(0.4, np.array([1e6]))
    assert [game(buyers, supply).tonnes[0, 0] for game in GAMES] == pytest.approx([4 / 2.5, 4 / 1.7, 4 / 3.3])


@pytest.mark.parametrize("seed", range(4))
def test_one_member_alone_is_one_buyer(seed):
    buyers, supply = market(seed, count=1)
    alone, joint = each_alone(buyers, supply), together(buyers, supply)
    assert alone.price == pytest.approx(joint.price, rel=1e-9)
    assert alone.tonnes == pytest.approx(joint.tonnes, rel=1e-9, abs=1e-9)


@pytest.mark.parametrize("seed", range(4))
def test_the_order_of_members_changes_nothing(seed):
    buyers, supply = market(seed)
    order = np.random.default_rng(seed).permutation(4)
    other = replace(
        buyers, members=tuple(buyers.members[i] for i in order), gap=buyers.gap[:, order], need=buyers.need[order],
        worth=buyers.worth[:, order], exposed=buyers.exposed[order], saved=buyers.saved[:, order],
    )  # fmt: skip
    for game in GAMES:
        one, two = game(buyers, supply), game(other, supply)
        assert two.price == pytest.approx(one.price, rel=1e-9)
        assert two.tonnes == pytest.approx(one.tonnes[:, order], rel=1e-7, abs=1e-7)


@pytest.mark.parametrize("seed", range(5))
def test_together_costs_least_and_more_rivals_raise_the_price(seed):
    buyers, supply = market(seed)
    alone, takers, joint = (game(buyers, supply) for game in GAMES)
    for other in (alone, takers):
        assert (joint.cost <= other.cost * (1 + 1e-9)).all()
    assert (joint.price <= alone.price * (1 + 1e-9)).all()
    assert (alone.price <= takers.price * (1 + 1e-9)).all()


@pytest.mark.parametrize("seed", range(5))
def test_more_supply_never_raises_the_price(seed):
    buyers, supply = market(seed)
    for more in (replace(supply, offered=supply.offered * 1.3), replace(supply, others=supply.others * 0.5)):
        for game in GAMES:
            assert (game(buyers, more).price <= game(buyers, supply).price * (1 + 1e-9)).all()


@pytest.mark.parametrize("seed", range(5))
def test_no_member_gains_by_other_tonnes_and_what_is_bought_is_for_sale(seed):
    buyers, supply = market(seed)
    found = each_alone(buyers, supply)
    for game in GAMES:
        one = game(buyers, supply)
        most = np.maximum(supply.tonnes(one.price), 0.0)
        assert one.tonnes.sum(axis=1) == pytest.approx(most, rel=1e-6, abs=1e-6)
        assert (one.tonnes >= 0).all() and (one.tonnes <= buyers.gap + 1e-9).all()
    for member in range(4):
        for step in (-2.0, -0.1, 0.1, 2.0):
            tonnes = found.tonnes.copy()
            tonnes[:, member] = np.clip(tonnes[:, member] + step, 0.0, buyers.gap[:, member])
            price = inverse(supply, tonnes.sum(axis=1))
            cost = loss_of(buyers, buyers.gap - tonnes) + ((price - 1) * buyers.base_price)[:, None] * tonnes
            free = ~found.rationed & (price < supply.choke_price)
            assert (cost[free, member] >= (found.loss + found.premium)[free, member] - 1e-9).all()


def inverse(supply, tonnes):
    low, high = np.full_like(tonnes, 1e-6), np.full_like(tonnes, 1e6)
    for _ in range(200):
        middle = np.sqrt(low * high)
        over = supply.tonnes(middle) > tonnes
        low, high = np.where(over, low, middle), np.where(over, middle, high)
    return high


@pytest.mark.parametrize("game", GAMES)
def test_makers_without_spare_capacity_are_the_limit_of_those_with_little(game):
    two = make_buyers(
        "AB", [[4.0, 3.0]], [10.0, 10.0], [[[10.0], [8.0]]], [[1.0], [1.0]], [[[0.0], [0.0]]], [2.0], [0.1]
    )
    none, little = (
        game(two, make_supply([40.0], [0.1], [spare], [5.0], [0.2], [0.3], [12.0])) for spare in (0.0, 1e-9)
    )
    assert not none.rationed[0] and 1.0 < none.price[0] < 12.0
    assert none.price == pytest.approx(little.price) and none.cost == pytest.approx(little.cost)


def test_at_the_choke_price_firms_share_pro_rata_and_one_buyer_by_loss():
    buyers = make_buyers(
        ["dear", "cheap"],
        [[10.0, 10.0]],
        [20, 20],
        [[[1e6], [1e3]]],
        np.ones((2, 1)),
        np.zeros((1, 2, 1)),
        [1.0],
        [0.1],
    )
    supply = make_supply([40], [0.2], [0.1], [1.0], [0.2], [0.3], [4])
    takers, joint = price_takers(buyers, supply), together(buyers, supply)
    assert takers.rationed[0] and joint.rationed[0]
    assert takers.price[0] == pytest.approx(4.0)
    assert takers.tonnes[0] == pytest.approx(supply.tonnes(np.array([4.0])).repeat(2) / 2)
    assert joint.tonnes[0, 0] > 1.9 * takers.tonnes[0, 0] or joint.tonnes[0, 0] == pytest.approx(10.0)
    assert joint.loss.sum() < takers.loss.sum()


def test_faults_are_told_together():
    with pytest.raises(GameError, match=r"spread must be 1 or more.*base prices must be above 0"):
        make_buyers("A", [[4]], [10], [[[100]]], [[1]], [[[0]]], [0.5], [0.0])
    with pytest.raises(GameError, match=r"open share.*choke price.*nothing answers"):
        make_supply([20], [1.1], [0.0], [0.0], [0.2], [0.3], [1.0])
