"""The nearest price at which a loser would have won, by solving again with that price moved.

All other lots and all price steps stay as awarded. At any better price a clearing that awards the loser then has more surplus
than the awarded one, which is the most without it: the price is enough (within the gap of the round). A slightly worse one may
be enough too, where other lots or steps would be taken: it is a bound. The price is found as the root of a convex function, by
Newton's steps: each solution says at which price it would be worth as much as what was awarded, or at which it no longer
agrees with a price it meets.
"""

from __future__ import annotations

import numpy as np

from lodestone.coordinate.round_programme import Programme, fix, loaded
from lodestone.coordinate.round_rows import Market
from lodestone.respond.highs import run

MOST_STEPS = 30
SOME = 1e-7  # tonnes above which something is awarded
PRIMAL = 4  # a price that moves leaves the last solution feasible; HiGHS's dual simplex would start over
TIE = 1e-9
STEP = 1e-6  # below a price met, of it


class Probe:
    """A market as awarded in the solver, lots and steps fixed, with the price of one bid or offer moved at a time."""

    def __init__(self, market: Market, programme: Programme, whole: np.ndarray) -> None:
        self.market, self.programme = market, programme
        self.taken = dict(zip(programme.whole.tolist(), whole.tolist(), strict=True))
        self.highs = loaded(programme, whole=False, options={"simplex_strategy": PRIMAL})
        fix(self.highs, programme, whole)
        run(self.highs)
        self.surplus = self.total = self._total()
        self.asked = np.array([offer.lowest_price for offer in market.offers])
        self.paid = np.array([bid.highest_price for bid in market.bids])
        self.highest = 1.0 + float(self.asked.max(initial=0.0) + self.paid.max(initial=0.0))

    def bid(self, place: int) -> float | None:
        """The price above which a bid is awarded something; None if at none."""
        quantity, blocked = self.market.bids[place].quantity, int(self.programme.blocker[place])
        lift = quantity * self.taken.get(blocked, 0.0)
        self.highs.changeRowBounds(place, -np.inf, quantity + lift)
        columns = self.programme.of_bid[place]
        price, best = self.highest, None
        for _ in range(MOST_STEPS):
            found = self._at(columns, price, buys=True)
            if found is None:
                break
            amount, dearest, _ = found
            worth = (self.surplus - (self.total - price * amount)) / amount
            if worth > price + TIE * max(1.0, price):
                break
            best = max(worth, dearest)
            lower = worth if worth >= dearest else dearest - STEP * max(1.0, dearest)
            if lower >= price - TIE * max(1.0, price):
                break
            price = lower
        self._restore()
        self.highs.changeRowBounds(place, -np.inf, quantity)
        return best

    def offer(self, place: int) -> float | None:
        """The price below which an offer is awarded something; None if at none of 0 or more."""
        columns = self.programme.of_offer[place]
        self._open(place, True)
        price, best = 0.0, None
        for _ in range(MOST_STEPS):
            found = self._at(columns, price, buys=False)
            if found is None:
                break
            amount, _, cheapest = found
            worth = (self.total + price * amount - self.surplus) / amount
            if worth < price - TIE * max(1.0, price):
                break
            best = min(worth, cheapest)
            higher = worth if worth <= cheapest else cheapest + STEP * max(1.0, cheapest)
            if higher <= price + TIE * max(1.0, price):
                break
            price = higher
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

    def _at(self, columns: np.ndarray, price: float, *, buys: bool) -> tuple[float, float, float] | None:
        """Solve with one bid or offer at a price, and nothing awarded that does not agree with it (`_solve`)."""
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
        return self._solve(columns)

    def _bounds(self, columns: np.ndarray, opened: np.ndarray) -> None:
        places = columns.astype(np.int32)
        self.highs.changeColsBounds(places.size, places, np.zeros(places.size), np.where(opened, np.inf, 0.0))

    def _restore(self) -> None:
        columns = self.moved.astype(np.int32)
        self.highs.changeColsCost(columns.size, columns, self.programme.cost[columns])
        touched = np.arange(len(self.paid) + len(self.asked)) if self.programme.classes else columns
        self._bounds(touched, self.programme.upper[touched] > 0.0)

    def _solve(self, columns: np.ndarray) -> tuple[float, float, float] | None:
        """Tonnes of these columns, the dearest offer and the cheapest bid they meet; None where they get none.

        Pooled, one price holds for all: every offer and bid awarded counts. By pair, those of the columns.
        """
        if run(self.highs) != "Optimal":
            return None
        self.total = self._total()
        held = np.array(self.highs.getSolution().col_value)
        mine = held[columns]
        if mine.sum() <= SOME:
            return None
        if self.programme.classes:
            count = len(self.paid)
            bids, offers = held[:count] > SOME, held[count : count + len(self.asked)] > SOME
            bids[columns[columns < count]] = False  # the price that moves is not one it meets
            offers[columns[columns >= count] - count] = False
            dearest, cheapest = self.asked[offers], self.paid[bids]
        else:
            used = columns[mine > SOME]
            dearest, cheapest = self.asked[self.market.pairs.offer[used]], self.paid[self.market.pairs.bid[used]]
        return float(mine.sum()), float(dearest.max(initial=0.0)), float(cheapest.min(initial=np.inf))

    def _total(self) -> float:
        return -float(self.highs.getInfo().objective_function_value)
