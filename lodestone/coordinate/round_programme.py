"""The mixed-integer programme of one product's market, and the linear ones around it.

Two forms. *Pooled*: tonnes of each bid, of each offer, and what passes from classes of alike offers to classes of alike bids; small,
and all that uniform prices need. *By pair*: tonnes of each bid from each offer, where every pair must agree on a price.
Beside them, for each offer with a lot, whether it is taken; under uniform prices, for each price asked, a step: whether offers at
that price or above may be taken. A bid below a step that is taken gets nothing, so that one price supports all awards.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array

from lodestone.coordinate.round_nouns import UNIFORM, Bid, Offer, Rules
from lodestone.coordinate.round_rows import Market
from lodestone.errors import SolverError
from lodestone.respond.highs import Option, quiet, run, set_options

if TYPE_CHECKING:
    from highspy import Highs

EXACT = 1e-9


@dataclass(frozen=True, eq=False)
class Programme:
    """A market as columns and rows, to be minimised.

    ``of_bid``, ``of_offer``: the columns of tonnes of each. ``lot_column``, ``step_column`` by place of the offer, ``blocker`` (the
    column of the lowest step above a bid) by place of the bid; -1 where there is none. Rows of bids come first, then those of
    offers; ``link_row`` ties the lot of an offer to its step. ``classes``: of a pooled form, the class of each bid and offer and
    the pair of classes of each passing column.
    """

    cost: np.ndarray
    upper: np.ndarray
    whole: np.ndarray
    row: np.ndarray
    column: np.ndarray
    entry: np.ndarray
    row_lower: np.ndarray
    row_upper: np.ndarray
    of_bid: list[np.ndarray]
    of_offer: list[np.ndarray]
    lot_column: np.ndarray
    step_column: np.ndarray
    blocker: np.ndarray
    link_row: np.ndarray
    rule_start: int
    classes: Classes | None


@dataclass(frozen=True, eq=False)
class Classes:
    """Bids and offers that fit the same others: the class of each, and the classes that each passing column joins."""

    of_bid: np.ndarray
    of_offer: np.ndarray
    passing: list[tuple[int, int]]
    first: int  # the first passing column


class _Rows:
    """Rows under construction."""

    def __init__(self) -> None:
        self.row: list[np.ndarray] = []
        self.column: list[np.ndarray] = []
        self.entry: list[np.ndarray] = []
        self.lower: list[float] = []
        self.upper: list[float] = []

    def add(
        self, columns: np.ndarray | list[int], entries: np.ndarray | list[float], lower: float, upper: float
    ) -> int:
        place = len(self.lower)
        self.row.append(np.full(len(columns), place))
        self.column.append(np.asarray(columns, dtype=np.int64))
        self.entry.append(np.asarray(entries, dtype=float))
        self.lower.append(lower)
        self.upper.append(upper)
        return place


def write(market: Market, rules: Rules, *, pooled: bool, relaxed: bool = False) -> Programme:
    """The programme of a market.

    Parameters
    ----------
    market : Market
    rules : Rules
    pooled : bool
        Whether by classes rather than by pair.
    relaxed : bool
        Without lots and steps: what the certificate of a round rests on.

    Returns
    -------
    Programme
    """
    bids, offers, pairs = market.bids, market.offers, market.pairs
    classes = _classes(market) if pooled else None
    if classes is None:
        of_bid, of_offer = _grouped(pairs.bid, len(bids)), _grouped(pairs.offer, len(offers))
        cost, upper = -pairs.margin, np.where(pairs.margin >= 0.0, np.inf, 0.0)
    else:
        of_bid = [np.array([i]) for i in range(len(bids))]
        of_offer = [np.array([len(bids) + j]) for j in range(len(offers))]
        prices = [-bid.highest_price for bid in bids] + [offer.lowest_price for offer in offers]
        cost = np.append(prices, np.zeros(len(classes.passing)))
        upper = np.full(cost.size, np.inf)
    count = width = cost.size
    lot_column, step_column = np.full(len(offers), -1), np.full(len(offers), -1)
    blocker, link_row = np.full(len(bids), -1), np.full(len(offers), -1)
    ladder: list[int] = []
    if not relaxed:
        lots = [j for j, offer in enumerate(offers) if offer.lot > 0.0]
        lot_column[lots] = width + np.arange(len(lots))
        width += len(lots)
        if rules.pricing == UNIFORM:
            ladder = _steps(bids, offers, width, step_column, blocker)
            width += len(ladder)
    rows = _Rows()
    for i, bid in enumerate(bids):
        blocks = [int(blocker[i])] if blocker[i] >= 0 else []
        entries = np.append(np.ones(len(of_bid[i])), [bid.quantity] * len(blocks))
        rows.add(np.append(of_bid[i], blocks), entries, -np.inf, bid.quantity)
    for j, offer in enumerate(offers):
        switch = lot_column[j] if lot_column[j] >= 0 else step_column[j]
        ones = np.ones(len(of_offer[j]))
        if switch < 0:
            rows.add(of_offer[j], ones, -np.inf, offer.quantity)
        else:
            rows.add(np.append(of_offer[j], switch), np.append(ones, -offer.quantity), -np.inf, 0.0)
    for j in np.flatnonzero(lot_column >= 0).tolist():
        rows.add(
            np.append(of_offer[j], lot_column[j]), np.append(np.ones(len(of_offer[j])), -offers[j].lot), 0.0, np.inf
        )
        if step_column[j] >= 0:
            link_row[j] = rows.add([int(lot_column[j]), int(step_column[j])], [1.0, -1.0], -np.inf, 0.0)
    for low, high in pairwise(ladder):
        rows.add([high, low], [1.0, -1.0], -np.inf, 0.0)
    rule_start = len(rows.lower)
    for limit in market.limits:
        if classes is None:
            entries = limit.by_bid[pairs.bid] + limit.by_offer[pairs.offer]
        else:
            entries = np.append(limit.by_bid, limit.by_offer)
        rows.add(np.flatnonzero(entries), entries[np.flatnonzero(entries)], -np.inf, limit.right)
    if classes is not None:
        _balance(rows, classes, len(bids))
    return Programme(
        cost=np.append(cost, np.zeros(width - count)), upper=np.append(upper, np.ones(width - count)),
        whole=np.arange(count, width), row=np.concatenate(rows.row), column=np.concatenate(rows.column),
        entry=np.concatenate(rows.entry), row_lower=np.array(rows.lower), row_upper=np.array(rows.upper),
        of_bid=of_bid, of_offer=of_offer, lot_column=lot_column, step_column=step_column, blocker=blocker,
        link_row=link_row, rule_start=rule_start, classes=classes,
    )  # fmt: skip


def _classes(market: Market) -> Classes:
    """Bids that fit the same offers form a class, and offers that fit the same bids."""
    table = np.zeros((len(market.bids), len(market.offers)), dtype=bool)
    table[market.pairs.bid, market.pairs.offer] = True
    if table.any():
        of_bid, of_offer = (np.unique(side, axis=0, return_inverse=True)[1].reshape(-1) for side in (table, table.T))
    else:
        of_bid, of_offer = np.zeros(len(market.bids), dtype=int), np.zeros(len(market.offers), dtype=int)
    passing = sorted(set(zip(of_bid[market.pairs.bid].tolist(), of_offer[market.pairs.offer].tolist(), strict=True)))
    return Classes(of_bid, of_offer, passing, len(market.bids) + len(market.offers))


def _balance(rows: _Rows, classes: Classes, count: int) -> None:
    """What a class of bids gets, and a class of offers gives, is what passes."""
    for side, (of, start) in enumerate(((classes.of_bid, 0), (classes.of_offer, count))):
        for one in sorted(set(of.tolist())):
            own = start + np.flatnonzero(of == one)
            passes = [classes.first + k for k, pair in enumerate(classes.passing) if pair[side] == one]
            rows.add(np.append(own, passes), np.append(np.ones(own.size), -np.ones(len(passes))), 0.0, 0.0)


def _grouped(of: np.ndarray, count: int) -> list[np.ndarray]:
    order = np.argsort(of, kind="stable")
    return np.split(order, np.searchsorted(of[order], np.arange(1, count))) if count else []


def _steps(
    bids: tuple[Bid, ...], offers: tuple[Offer, ...], width: int, step_column: np.ndarray, blocker: np.ndarray
) -> list[int]:
    asked = sorted({offer.lowest_price for offer in offers})
    column = {price: width + k for k, price in enumerate(asked)}
    for j, offer in enumerate(offers):
        step_column[j] = column[offer.lowest_price]
    for i, bid in enumerate(bids):
        if above := [price for price in asked if price > bid.highest_price]:
            blocker[i] = column[above[0]]
    return list(column.values())


def loaded(programme: Programme, *, whole: bool, options: Mapping[str, Option] | None = None) -> Highs:
    """The programme in the solver, with whole numbers or as its relaxation."""
    highs, width = quiet(), len(programme.cost)
    set_options(highs, {"random_seed": 0, **(options or {})})
    highs.addVars(width, np.zeros(width), programme.upper)
    highs.changeColsCost(width, np.arange(width, dtype=np.int32), programme.cost)
    if whole and programme.whole.size:
        ones = np.ones(programme.whole.size, dtype=np.uint8)
        highs.changeColsIntegrality(programme.whole.size, programme.whole.astype(np.int32), ones)
    shape = (len(programme.row_lower), width)
    rows = coo_array((programme.entry, (programme.row, programme.column)), shape=shape).tocsr()
    starts, places = rows.indptr.astype(np.int32), rows.indices.astype(np.int32)
    highs.addRows(shape[0], programme.row_lower, programme.row_upper, rows.nnz, starts, places, rows.data)
    return highs


def fix(highs: Highs, programme: Programme, whole: np.ndarray) -> None:
    """Hold lots and steps at these values."""
    columns = programme.whole.astype(np.int32)
    if columns.size:
        highs.changeColsBounds(columns.size, columns, whole, whole)


def optimum(highs: Highs, what: str) -> np.ndarray:
    """The columns of a solved linear programme."""
    if (words := run(highs)) not in ("Optimal", "Empty"):
        raise SolverError(f"{what} ended with '{words.lower()}'. Check the scale of quantities and prices.")
    return np.array(highs.getSolution().col_value)


def solved(programme: Programme, gap: float, seconds: float) -> tuple[np.ndarray, float, bool]:
    """The columns of the programme with its whole numbers, a bound on the surplus, and whether the gap was reached."""
    highs = loaded(programme, whole=True, options={"mip_rel_gap": gap, "time_limit": seconds})
    words = run(highs)
    info = highs.getInfo()
    if words not in ("Optimal", "Empty") and (words != "Time limit reached" or info.primal_solution_status != 2):
        raise SolverError(f"the round ended with '{words.lower()}' and no clearing. Give it a longer time_limit.")
    bound = float(info.mip_dual_bound if programme.whole.size else info.objective_function_value)
    return np.array(highs.getSolution().col_value), -bound, words in ("Optimal", "Empty")
