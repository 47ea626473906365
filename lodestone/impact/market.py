"""The market view of a cut: price and quantity after it, and what they cost one economy in five parts.

A reconstruction, ours: the published studies behind it (USGS OFR 2024-1057, 2025-1047) were read without
their equations. One year, no stocks, no lags, one price; beside the weekly simulation, not in place of it.
With elasticities that do not change, a deep cut gives absurd prices, and any loss built on them is an
artefact: give a choke price, beyond which what is missing is rationed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from lodestone.errors import ScenarioError

MOST_LOG_PRICE = 700.0  # beyond it a price has no number
WHOLE = 1.0 - 1e-12  # of base supply: no less than all of it, to rounding


@dataclass(frozen=True)
class MarketBalance:
    """Price, quantity bought, and what is wanted at that price but not there, over those of the base year."""

    price: float
    quantity: float
    rationed: float


@dataclass(frozen=True)
class UsingIndustry:
    """An industry that uses the commodity: use [t a year], value added resting on it [money a year].

    ``thrift`` is the share of its use it can do without at no loss. [fraction]
    """

    use: float
    value_added: float
    thrift: float = 0.0


@dataclass(frozen=True)
class MarketLoss:
    """Loss of one economy in a year by its five parts; a gain is below zero. [money]

    ``using_industries``: value added not made for want of the commodity; ``downstream``: what that costs
    further down; ``prices_paid``: more paid for what is bought; ``producers_expand``: what domestic
    producers sell beyond the base year; ``producers_earn``: more earned on what they sold before.
    """

    using_industries: float
    downstream: float
    prices_paid: float
    producers_expand: float
    producers_earn: float

    @property
    def total(self) -> float:
        """Sum of the five."""
        return self.using_industries + self.downstream + self.prices_paid + self.producers_expand + self.producers_earn


def market_balance(
    left: Sequence[float],
    spare: Sequence[float],
    supply_elasticity: float,
    demand_elasticity: float,
    choke_price: float = np.inf,
) -> MarketBalance:
    """Where what is left of supply meets demand, each supplier up to its capacity.

    Solves ``sum_j min(S_j p^es, S_j (1 + x_j)) = p^ed`` for the price ratio p. Past the choke price the price
    stops there and what is missing is rationed.

    Parameters
    ----------
    left : sequence (supplier)
        Base supply of those not restricted, over all base supply; sums to 1 or less. [fraction]
    spare : sequence (supplier)
        How much more than in the base year each can make; inf for no limit. [fraction of its base supply]
    supply_elasticity, demand_elasticity : float
        At least 0, and below 0.
    choke_price : float
        Highest price over the base price, above 1; inf for none.

    Raises
    ------
    ScenarioError
        If an argument is out of its range, all at once, or there is no price at which the market clears.

    Examples
    --------
    Half of supply is gone; with capacity for a fifth more, the price goes up fivefold:

    >>> found = market_balance([0.5], [0.2], 0.3, -0.3)
    >>> round(found.price, 4), round(found.quantity, 4), found.rationed
    (5.489, 0.6, 0.0)
    """
    base, room = np.asarray(left, dtype=float), np.asarray(spare, dtype=float)
    _check(base, room, supply_elasticity, demand_elasticity, choke_price)

    def supply(log_price: float) -> float:
        grown = np.exp(min(supply_elasticity * log_price, MOST_LOG_PRICE))
        return float((base * np.minimum(grown, 1.0 + room)).sum())

    def demand(log_price: float) -> float:
        return float(np.exp(demand_elasticity * log_price))

    choke = float(np.log(choke_price))
    if np.isfinite(choke) and supply(choke) < demand(choke):
        return MarketBalance(choke_price, supply(choke), demand(choke) - supply(choke))
    whole = float(base.sum())
    if whole >= WHOLE:
        return MarketBalance(1.0, 1.0, 0.0)
    highest = np.log(whole) / demand_elasticity if whole > 0.0 else np.inf
    if highest > MOST_LOG_PRICE:
        raise ScenarioError(f"with {whole:g} of supply left no price clears the market. Give a choke price.")
    beyond = highest + 1e-6  # where all are at capacity the root is the bound itself, to rounding
    at = float(brentq(lambda at: supply(at) - demand(at), 0.0, beyond, xtol=1e-14, rtol=1e-14))
    at = min(at, choke)
    return MarketBalance(float(np.exp(at)), demand(at), 0.0)


def value_lost_to_shortage(industries: Sequence[UsingIndustry], available: float) -> float:
    """Least value added lost when this much of the commodity is there: those that earn least per tonne stop first.

    The optimum of ``max sum_i VA_i y_i`` subject to ``sum_i use_i (1 - thrift_i) y_i <= available``, 0 <= y_i <= 1;
    with one constraint it is found by rank. Thrift is used by all before anyone stops.

    Parameters
    ----------
    available : float
        [t a year]

    Returns
    -------
    float
        [money a year]

    Examples
    --------
    >>> value_lost_to_shortage([UsingIndustry(10.0, 100.0), UsingIndustry(10.0, 20.0)], 15.0)
    10.0
    """
    need = np.array([one.use * (1.0 - one.thrift) for one in industries])
    value = np.array([one.value_added for one in industries])
    lost, missing = 0.0, max(float(need.sum()) - max(available, 0.0), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        order = np.argsort(np.where(need > 0.0, value / need, np.inf), kind="stable")
    for one in order:
        taken = min(missing, float(need[one]))
        lost += float(value[one]) * taken / float(need[one]) if taken > 0.0 else 0.0
        missing -= taken
    return lost


def market_loss(
    balance: MarketBalance,
    industries: Sequence[UsingIndustry],
    base_price: float,
    domestic: float,
    domestic_spare: float,
    supply_elasticity: float,
    knock_on: float,
) -> MarketLoss:
    """What a new price and quantity cost an economy whose use falls as the world's does.

    Parameters
    ----------
    base_price : float
        [money per t]
    domestic, domestic_spare : float
        Base production of the economy [t a year], and how much more it can make. [fraction]
    knock_on : float
        Value added lost further downstream per value added lost in the using industries. [ratio]

    Examples
    --------
    Nothing cut, nothing lost:

    >>> calm = market_balance([1.0], [0.2], 0.3, -0.3)
    >>> market_loss(calm, [UsingIndustry(10.0, 100.0)], 2.0, 4.0, 0.2, 0.3, 0.5).total
    0.0
    """
    use = sum(one.use for one in industries)
    bought = use * balance.quantity
    lost = value_lost_to_shortage(industries, bought)
    more = domestic * (min(balance.price**supply_elasticity, 1.0 + domestic_spare) - 1.0)
    rise = (balance.price - 1.0) * base_price
    return MarketLoss(lost, knock_on * lost, rise * bought, -balance.price * base_price * more, -rise * domestic)


def _check(base: np.ndarray, room: np.ndarray, supply: float, demand: float, choke: float) -> None:
    rules = (
        (base.shape == room.shape and base.ndim == 1, "give one spare capacity for each supplier"),
        (
            bool((base >= 0.0).all()) and base.sum() <= 1.0 + 1e-9,
            f"supply left is {base.sum():g}; it is 0 to 1 of the base",
        ),
        (bool((room >= 0.0).all()), "a spare capacity is below 0 or no number"),
        (supply >= 0.0, f"the supply elasticity is {supply:g}; it is not below 0"),
        (demand < 0.0, f"the demand elasticity is {demand:g}; it is below 0"),
        (choke > 1.0, f"the choke price is {choke:g}; it is above 1"),
    )
    if faults := [text for holds, text in rules if not holds]:
        raise ScenarioError("the market cannot be cleared: " + "; ".join(faults) + ".")
