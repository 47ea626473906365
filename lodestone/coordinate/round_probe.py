"""The nearest price at which a loser would have won, by solving again with that price moved.

In a small market all is solved again, lots and price steps included: `again`. In a large one they stay as awarded: `Probe`. At
any better price a clearing that awards the loser then has more surplus than the awarded one, which is the most without it, so
the price is enough (within the gap, and with what the rules keep for others as it was); a slightly worse one may do too, where
other lots or steps would be taken: it is a bound.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from lodestone.coordinate.round_nouns import BUYER, UNIFORM, Rules
from lodestone.coordinate.round_programme import EXACT, Programme, fix, loaded, solved, write
from lodestone.coordinate.round_rows import Market, pairs_of, rule_rows, small_buyers
from lodestone.respond.highs import run

MOST_STEPS = 30
SOME = 1e-7  # tonnes above which something is awarded
PRIMAL = 4  # a price that moves leaves the last solution feasible; HiGHS's dual simplex would start over
TIE = 1e-9
STEP = 1e-6  # below a price met, of it
SURE = 1e-5  # past a price found, of it: there the loser must win


@dataclass(frozen=True)
class Met:
    """What one bid or offer gets at a price: tonnes, the surplus of the market, and the prices of the others it meets."""

    tonnes: float
    surplus: float
    dearest: float
    cheapest: float


def lowest_winning(at: Callable[[float], Met | None], surplus: float, highest: float) -> float | None:
    """The price above which a bid wins, from a price at which it must: Newton's steps down.

    Each solution says at which price it would be worth as much as what was awarded, or at which it no longer agrees with a
    price that it meets.
    """
    price, best = highest, None
    for _ in range(MOST_STEPS):
        if (met := at(price)) is None:
            break
        worth = (surplus - (met.surplus - price * met.tonnes)) / met.tonnes
        if worth > price + TIE * max(1.0, price):
            break
        best = max(worth, met.dearest)
        lower = worth if worth >= met.dearest else met.dearest - STEP * max(1.0, met.dearest)
        if lower >= price - TIE * max(1.0, price):
            break
        price = lower
    return best


def highest_winning(at: Callable[[float], Met | None], surplus: float) -> float | None:
    """The price below which an offer wins, from nothing upwards; None if it does not even then."""
    price, best = 0.0, None
    for _ in range(MOST_STEPS):
        if (met := at(price)) is None:
            break
        worth = (met.surplus + price * met.tonnes - surplus) / met.tonnes
        if worth < price - TIE * max(1.0, price):
            break
        best = min(worth, met.cheapest)
        higher = worth if worth <= met.cheapest else met.cheapest + STEP * max(1.0, met.cheapest)
        if higher <= price + TIE * max(1.0, price):
            break
        price = higher
    return best


def again(market: Market, rules: Rules, side: str, place: int, surplus: float) -> float | None:
    """The nearest price with lots, steps and rules all solved again; None where none is found that surely wins.

    Parameters
    ----------
    market : Market
        A small one: each price takes a mixed-integer programme.
    rules : Rules
    side : str
    place : int
    surplus : float
        Of the market as awarded, at its optimum.

    Returns
    -------
    float or None
    """
    asked, paid = _prices(market)

    def at(price: float) -> Met | None:
        moved = _moved(market, rules, side, place, price)
        programme = write(moved, rules, pooled=rules.pricing == UNIFORM)
        columns, _, _ = solved(programme, EXACT, rules.time_limit)
        mine = (programme.of_bid if side == BUYER else programme.of_offer)[place]
        return _met(market, programme, columns, mine, -float(programme.cost @ columns), asked, paid)

    if side == BUYER:
        found = lowest_winning(at, surplus, 1.0 + float(asked.max(initial=0.0) + paid.max(initial=0.0)))
        sure = None if found is None else found + SURE * max(1.0, found)
    else:
        found = highest_winning(at, surplus)
        sure = None if found is None else max(0.0, found - SURE * max(1.0, found))
    return found if sure is not None and at(sure) is not None else None


def _moved(market: Market, rules: Rules, side: str, place: int, price: float) -> Market:
    """The market with another price of one bid or offer, and what the rules make of it."""
    bids, offers = list(market.bids), list(market.offers)
    if side == BUYER:
        bids[place] = replace(bids[place], highest_price=price)
    else:
        offers[place] = replace(offers[place], lowest_price=price)
    pairs = pairs_of(bids, offers, rules)
    limits = rule_rows(market.product, bids, offers, rules, pairs, small_buyers(bids, rules))
    return Market(market.product, tuple(bids), tuple(offers), pairs, limits)


def _prices(market: Market) -> tuple[np.ndarray, np.ndarray]:
    return (
        np.array([offer.lowest_price for offer in market.offers]),
        np.array([bid.highest_price for bid in market.bids]),
    )


def _met(
    market: Market,
    programme: Programme,
    held: np.ndarray,
    columns: np.ndarray,
    surplus: float,
    asked: np.ndarray,
    paid: np.ndarray,
) -> Met | None:
    """What these columns get; None where they get nothing.

    Pooled, one price holds for all: every offer and bid awarded is met. By pair, those of the columns.
    """
    mine = held[columns]
    if mine.sum() <= SOME:
        return None
    if programme.classes:
        count = len(paid)
        bids, offers = held[:count] > SOME, held[count : count + len(asked)] > SOME
        bids[columns[columns < count]] = False  # the price that moves is not one it meets
        offers[columns[columns >= count] - count] = False
        dearest, cheapest = asked[offers], paid[bids]
    else:
        used = columns[mine > SOME]
        dearest, cheapest = asked[market.pairs.offer[used]], paid[market.pairs.bid[used]]
    return Met(float(mine.sum()), surplus, float(dearest.max(initial=0.0)), float(cheapest.min(initial=np.inf)))


class Probe:
    """A market as awarded in the solver, lots and steps fixed, with the price of one bid or offer moved at a time."""

    def __init__(self, market: Market, programme: Programme, whole: np.ndarray) -> None:
        self.market, self.programme = market, programme
        self.taken = dict(zip(programme.whole.tolist(), whole.tolist(), strict=True))
        self.highs = loaded(programme, whole=False, options={"simplex_strategy": PRIMAL})
        fix(self.highs, programme, whole)
        run(self.highs)
        self.surplus = self._total()
        self.asked, self.paid = _prices(market)
        self.highest = 1.0 + float(self.asked.max(initial=0.0) + self.paid.max(initial=0.0))

    def bid(self, place: int) -> float | None:
        """The price above which a bid is awarded something; None if at none."""
        quantity, blocked = self.market.bids[place].quantity, int(self.programme.blocker[place])
        lift = quantity * self.taken.get(blocked, 0.0)
        self.highs.changeRowBounds(place, -np.inf, quantity + lift)
        columns = self.programme.of_bid[place]
        best = lowest_winning(lambda price: self._at(columns, price, buys=True), self.surplus, self.highest)
        self._restore()
        self.highs.changeRowBounds(place, -np.inf, quantity)
        return best

    def offer(self, place: int) -> float | None:
        """The price below which an offer is awarded something; None if at none of 0 or more."""
        columns = self.programme.of_offer[place]
        self._open(place, True)
        best = highest_winning(lambda price: self._at(columns, price, buys=False), self.surplus)
        self._restore()
        self._open(place, False)
        return best

    def _open(self, place: int, opened: bool) -> None:
        """Let the lot and the step of an offer be taken, or hold them as they were."""
        programme, quantity = self.programme, self.market.offers[place].quantity
        lot, step = int(programme.lot_column[place]), int(programme.step_column[place])
        if lot >= 0:
            level = 1.0 if opened else self.taken[lot]
            self.highs.changeColBounds(lot, level, level)
            if step >= 0:
                self.highs.changeRowBounds(int(programme.link_row[place]), -np.inf, float(opened))
        elif step >= 0:
            room = quantity * (1.0 - self.taken[step]) if opened else 0.0
            self.highs.changeRowBounds(len(self.market.bids) + place, -np.inf, room)

    def _at(self, columns: np.ndarray, price: float, *, buys: bool) -> Met | None:
        """Solve with one bid or offer at a price, and nothing awarded that does not agree with it."""
        count, pairs = len(self.paid), self.market.pairs
        if self.programme.classes:
            cost = np.array([-price if buys else price])
            others = np.arange(count, count + len(self.asked)) if buys else np.arange(count)
            agree = self.asked <= price if buys else self.paid >= price
            self._bounds(others, agree)
        else:
            met = self.asked[pairs.offer[columns]] if buys else self.paid[pairs.bid[columns]]
            cost = met - price if buys else price - met
            self._bounds(columns, met <= price if buys else met >= price)
        self.highs.changeColsCost(columns.size, columns.astype(np.int32), cost)
        self.moved = columns
        if run(self.highs) != "Optimal":
            return None
        held = np.array(self.highs.getSolution().col_value)
        return _met(self.market, self.programme, held, columns, self._total(), self.asked, self.paid)

    def _bounds(self, columns: np.ndarray, opened: np.ndarray) -> None:
        places = columns.astype(np.int32)
        self.highs.changeColsBounds(places.size, places, np.zeros(places.size), np.where(opened, np.inf, 0.0))

    def _restore(self) -> None:
        columns = self.moved.astype(np.int32)
        self.highs.changeColsCost(columns.size, columns, self.programme.cost[columns])
        touched = np.arange(len(self.paid) + len(self.asked)) if self.programme.classes else columns
        self._bounds(touched, self.programme.upper[touched] > 0.0)

    def _total(self) -> float:
        return -float(self.highs.getInfo().objective_function_value)
