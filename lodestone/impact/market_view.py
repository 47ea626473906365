"""The market view of a cut, draw by draw: what is left outside an issuer, at what price, and what one economy loses.

Each element has a market of its own, and one price for all buyers outside the issuer, so an economy that a ban
singles out shares the cut with its neighbours: goods change hands until everybody outside pays the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog

from lodestone.impact.market import (
    MarketBalance,
    MarketLoss,
    UsingIndustry,
    market_balance,
    market_loss,
    value_lost_to_shortage,
)

PARTS = ("using_industries", "downstream", "prices_paid", "producers_expand", "producers_earn")
CALM = MarketBalance(1.0, 1.0, 0.0)
SLICES = 10  # of an industry, from the least to the most valuable tonne


@dataclass(frozen=True)
class MarketDraw:
    """One draw of the markets outside an issuer and of one economy in them. Amounts are money a year at base prices.

    ``made``, ``room`` (element, supplier): what is made outside, and how much more could be [fraction]; ``issuer``
    (element): what the issuer sells net to all outside, ``stopped`` (element) the share of it that stops. ``use``
    (industry, element), ``value_added``, ``thrift`` (industry): see `lodestone.impact.market.UsingIndustry`.
    ``domestic``, ``domestic_room`` (element): the economy's own making. ``knock_on``: value added lost further
    downstream per value added lost. [ratio]
    """

    made: np.ndarray
    room: np.ndarray
    issuer: np.ndarray
    stopped: np.ndarray
    supply_elasticity: float
    demand_elasticity: float
    choke_price: float
    use: np.ndarray
    value_added: np.ndarray
    thrift: np.ndarray
    domestic: np.ndarray
    domestic_room: np.ndarray
    knock_on: float


@dataclass(frozen=True)
class MarketView:
    """Every draw of a market view; arrays (draw,) unless said.

    ``issuer_share``: the issuer's net sales over all supply outside; ``stopped``: the share of them that stops;
    ``cut``: their product, all by value. [fraction] ``price``, ``quantity``, ``rationed``: over those of the base
    year, by value of what the economy uses (of supply, where it uses nothing); ``dearest``: the price of the element that rises most; ``prices``
    (draw, element). ``use``, ``domestic``: what the economy's valued industries use and its producers make, at base
    prices; ``losses``: the five of ``PARTS`` and their ``total``, a gain below zero. [money a year] ``knock_on``: as
    drawn. [ratio]
    """

    issuer_share: np.ndarray
    stopped: np.ndarray
    cut: np.ndarray
    price: np.ndarray
    dearest: np.ndarray
    prices: np.ndarray
    quantity: np.ndarray
    rationed: np.ndarray
    use: np.ndarray
    domestic: np.ndarray
    knock_on: np.ndarray
    losses: dict[str, np.ndarray]
    total: np.ndarray


def market_view(draws: Sequence[MarketDraw]) -> MarketView:
    """Clear the markets in each draw and value what the economy loses.

    Parameters
    ----------
    draws : sequence of MarketDraw
        The issuer sells no more than it lets through, at any price; others answer the price up to their room.

    Raises
    ------
    ScenarioError
        As of `lodestone.impact.market.market_balance`.

    Examples
    --------
    Half of supply stops and nobody can make more; at a demand elasticity of -1 the price doubles:

    >>> one = np.array([1.0])
    >>> half = MarketDraw(2 * one[:, None], 0 * one[:, None], 2 * one, one, 0.2, -1.0, 9.0, one[:, None], 50 * one,
    ...                   0 * one, 0 * one, 0 * one, 0.5)
    >>> view = market_view([half])
    >>> [round(float(one[0]), 6) for one in (view.price, view.losses["using_industries"], view.total)]
    [2.0, 25.0, 38.0]
    """
    balances = [_balances(draw) for draw in draws]
    losses = [_loss(draw, of) for draw, of in zip(draws, balances, strict=True)]
    prices = np.array([[one.price for one in of] for of in balances])
    use = np.array([draw.use.sum(axis=0) for draw in draws])
    issuer = np.array([draw.issuer for draw in draws])
    gone = issuer * np.array([draw.stopped for draw in draws])
    whole = issuer + np.array([draw.made.sum(axis=1) for draw in draws])

    weight = np.where(use.sum(axis=1, keepdims=True) > 0.0, use, whole)

    def by_use(word: str) -> np.ndarray:
        values = np.array([[getattr(one, word) for one in of] for of in balances])
        return _over((values * weight).sum(axis=1), weight.sum(axis=1))

    return MarketView(
        issuer_share=_over(issuer.sum(axis=1), whole.sum(axis=1)),
        stopped=_over(gone.sum(axis=1), issuer.sum(axis=1)),
        cut=_over(gone.sum(axis=1), whole.sum(axis=1)),
        price=by_use("price"),
        dearest=np.where(weight > 0.0, prices, 1.0).max(axis=1),
        prices=prices,
        quantity=by_use("quantity"),
        rationed=by_use("rationed"),
        use=use.sum(axis=1),
        domestic=np.array([draw.domestic.sum() for draw in draws]),
        knock_on=np.array([draw.knock_on for draw in draws]),
        losses={part: np.array([getattr(loss, part) for loss in losses]) for part in PARTS},
        total=np.array([loss.total for loss in losses]),
    )


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return part / np.where(whole > 0.0, whole, 1.0)


def _balances(draw: MarketDraw) -> list[MarketBalance]:
    """Each element's market, cleared by itself; one that nobody supplies outside is no market and stays as it was."""
    whole = draw.made.sum(axis=1) + draw.issuer
    passing = (1.0 - draw.stopped) * draw.issuer
    return [
        market_balance(
            (np.append(draw.made[e], passing[e]) / whole[e]).tolist(), [*draw.room[e], 0.0],
            draw.supply_elasticity, draw.demand_elasticity, draw.choke_price,
        )
        if whole[e] > 0.0
        else CALM
        for e in range(len(whole))
    ]  # fmt: skip


def _loss(draw: MarketDraw, balances: list[MarketBalance]) -> MarketLoss:
    use = draw.use.sum(axis=0)
    lost = value_lost(draw.use, draw.value_added, draw.thrift, np.array([one.quantity for one in balances]))
    sales = [
        market_loss(
            balance, [UsingIndustry(float(use[e]), 0.0)], 1.0, float(draw.domestic[e]), float(draw.domestic_room[e]),
            draw.supply_elasticity, 0.0,
        )
        for e, balance in enumerate(balances)
    ]  # fmt: skip
    paid, expand, earn = (sum(getattr(one, part) for one in sales) for part in PARTS[2:])
    return MarketLoss(lost, draw.knock_on * lost, paid, expand, earn)


def value_lost(use: np.ndarray, value_added: np.ndarray, thrift: np.ndarray, quantity: np.ndarray) -> float:
    """Least value added lost by industries that need every element they use, each to be had in part.

    The optimum of ``max sum_i VA_i y_i`` subject to ``sum_i use_ie (1 - thrift_i) y_i <= quantity_e sum_i use_ie`` for
    each element e and 0 <= y_i <= 1. Where one element is short it is found by rank.

    Parameters
    ----------
    use : array (industry, element)
    value_added, thrift : array (industry,)
    quantity : array (element,)
        What can be had over what all of them used. [fraction]

    Returns
    -------
    float
        In the unit of ``value_added``.

    Examples
    --------
    The second industry needs both elements, and of each the half is there:

    >>> use = np.array([[10.0, 0.0], [10.0, 10.0]])
    >>> value_lost(use, np.array([100.0, 40.0]), np.zeros(2), np.array([0.5, 0.5]))
    40.0
    """
    whole = use.sum(axis=0)
    need = use * (1.0 - thrift)[:, None] / np.where(whole > 0.0, whole, 1.0)
    short = np.flatnonzero(need.sum(axis=0) > quantity + 1e-12)
    if not len(short):
        return 0.0
    if len(short) == 1:
        industries = [UsingIndustry(float(n), float(v)) for n, v in zip(need[:, short[0]], value_added, strict=True)]
        return value_lost_to_shortage(industries, float(quantity[short[0]]))
    kept = linprog(-value_added, A_ub=need[:, short].T, b_ub=quantity[short], bounds=(0.0, 1.0), method="highs")
    return float(value_added.sum() + kept.fun)


def by_value(value_added: float, exponent: float) -> np.ndarray:
    """The value added of equal slices of an industry's use, the least valuable first.

    The Lorenz curve ``u ** exponent`` of `lodestone.impact.direct`: what is missing is missed where it earns least.

    Parameters
    ----------
    exponent : float
        At least 1; 1 where every tonne earns alike.

    Returns
    -------
    array (slice,)
        ``SLICES`` of them; sums to ``value_added``.

    Examples
    --------
    >>> slices = by_value(100.0, 2.0)
    >>> round(float(slices.sum()), 6), round(float(slices[0]), 6)
    (100.0, 1.0)
    """
    return value_added * np.diff(np.linspace(0.0, 1.0, SLICES + 1) ** exponent)
