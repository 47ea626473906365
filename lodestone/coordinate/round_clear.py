"""Clears a procurement round: awards of the largest surplus under its rules, prices, bound, certificate."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lodestone.coordinate.round_losers import losers_of, small
from lodestone.coordinate.round_nouns import UNIFORM, Award, Bid, Clearing, Loser, Offer, Rules
from lodestone.coordinate.round_programme import EXACT, Programme, fix, loaded, optimum, solved, write
from lodestone.coordinate.round_rows import Market, markets_of
from lodestone.errors import GameError, SolverError
from lodestone.respond.highs import run

DIGITS = 6  # of tonnes and money in what is published
LEAST = 1e-6  # tonnes below which an award is none
UNSERVED = 1e-3  # tonnes above which a bid wants, or an offer has, more


@dataclass(frozen=True, eq=False)
class Cleared:
    """One market: tonnes by pair, lots and steps taken, its price if one is uniform, a bound on its surplus."""

    market: Market
    programme: Programme
    whole: np.ndarray
    tonnes: np.ndarray
    price: float | None
    bound: float
    optimal: bool


def clear(bids: Sequence[Bid], offers: Sequence[Offer], rules: Rules | None = None) -> Clearing:
    """The awards of a round.

    Whole numbers (which lots are taken, and under uniform prices which prices asked) come from a mixed-integer programme a
    product; with these fixed, the tonnes come from linear programmes: first the largest surplus, then, at that surplus, as
    much as can be for priority 1, then 2, and so on.

    Parameters
    ----------
    bids, offers : sequences
        With different names each.
    rules : Rules, optional

    Returns
    -------
    Clearing
        The same for the same rows on every run, unless the time limit was reached.

    Raises
    ------
    GameError
        If there is no bid, no offer, or a name comes twice.
    SolverError
        If the time passed before any clearing was found.

    Examples
    --------
    >>> bids = [Bid("b1", "A", "oxide", 10.0, 9.0, ("Q1",), 1), Bid("b2", "B", "oxide", 10.0, 7.0, ("Q1",), 1)]
    >>> offers = [Offer("o1", "S", "oxide", 12.0, 5.0, 0.0, "X", ())]
    >>> found = clear(bids, offers)
    >>> [(award.bid, award.quantity, award.price) for award in found.awards], found.surplus
    ([('b1', 10.0, 7.0), ('b2', 2.0, 7.0)], 44.0)
    """
    wanted = rules or Rules()
    for side, names in (("bid", [b.bid for b in bids]), ("offer", [o.offer for o in offers])):
        if not names or len(set(names)) < len(names):
            raise GameError(f"a round needs at least one {side} and a different name for each. There are {len(names)}.")
    begun = time.perf_counter()
    markets = markets_of(bids, offers, wanted)
    certificate, certified = _certificate(markets, wanted)
    cleared = [_clear_market(market, wanted, len(markets)) for market in markets]
    seconds = time.perf_counter() - begun
    awards = tuple(award for one in cleared for award in _awards(one))
    surplus = float(sum(one.market.pairs.margin @ one.tonnes for one in cleared))
    bound = max(surplus, min(certified, sum(one.bound for one in cleared)))
    losers: list[Loser] = []
    paradox: list[str] = []
    for one in cleared:
        found, names = losers_of(one.market, wanted, one.programme, one.whole, one.tonnes, one.price)
        losers += found
        paradox += names
    return Clearing(
        rules=wanted, bids=tuple(bids), offers=tuple(offers), awards=awards,
        prices={one.market.product: one.price for one in cleared if one.price is not None}, surplus=surplus,
        bound=bound, gap=(bound - surplus) / max(surplus, 1.0), optimal=all(one.optimal for one in cleared),
        certificate=certificate, losers=tuple(losers), paradoxically_rejected=tuple(paradox), solve_seconds=seconds,
    )  # fmt: skip


def _clear_market(market: Market, rules: Rules, count: int) -> Cleared:
    """One product. Pooled first; under pay-as-bid that is a relaxation, and the form by pair follows if it must."""
    pooled = write(market, rules, pooled=True)
    whole, bound, optimal = _whole_numbers(pooled, market, rules, count)
    if rules.pricing == UNIFORM:
        dealt = _spread(market, pooled, whole)
        return Cleared(market, pooled, whole, dealt, _price(market, rules, dealt), bound, optimal)
    paired = write(market, rules, pooled=False)
    tonnes = _tonnes(market, paired, whole)
    if tonnes is None or not _near(market, tonnes, bound, EXACT if small(market) else rules.gap):
        whole, bound, optimal = _whole_numbers(paired, market, rules, count)
        tonnes = _tonnes(market, paired, whole)
    if tonnes is None:
        raise SolverError(
            "the tonnes of a round do not follow from its lots. Check the scale of quantities and prices."
        )
    return Cleared(market, paired, whole, tonnes, None, bound, optimal)


def _near(market: Market, tonnes: np.ndarray, bound: float, gap: float) -> bool:
    surplus = float(market.pairs.margin @ tonnes)
    return bound - surplus <= gap * max(surplus, 1e-9)


def _whole_numbers(programme: Programme, market: Market, rules: Rules, count: int) -> tuple[np.ndarray, float, bool]:
    """Which lots and steps are taken, a bound on the surplus, and whether the gap was reached."""
    gap = EXACT if small(market) else rules.gap / 2.0
    columns, bound, optimal = solved(programme, gap, rules.time_limit / count)
    return np.round(columns[programme.whole]), bound, optimal


def _tonnes(market: Market, programme: Programme, whole: np.ndarray) -> np.ndarray | None:
    """Columns of tonnes with lots and steps fixed: largest surplus, then as much as can be for each priority in turn.

    None where lots taken in the pooled form have no pairs that agree on a price.
    """
    exact = {"primal_feasibility_tolerance": EXACT, "dual_feasibility_tolerance": EXACT}
    highs = loaded(programme, whole=False, options=exact)
    fix(highs, programme, whole)
    if run(highs) == "Infeasible":
        return None
    best = optimum(highs, "the tonnes of a round")
    count = int(programme.whole[0]) if programme.whole.size else programme.cost.size
    classes = sorted({bid.priority for bid in market.bids})
    if len(classes) > 1 and count:
        columns = np.arange(count, dtype=np.int32)
        cost = programme.cost[:count]
        least = float(cost @ best[:count])
        unit = max(1.0, abs(least)) / 1000.0  # the tolerance of this row must not buy dust of a worse bid
        highs.addRow(-np.inf, least / unit, count, columns, cost / unit)
        for one in classes[:-1]:
            first = np.zeros(count)
            for i, bid in enumerate(market.bids):
                first[programme.of_bid[i]] = bid.priority == one
            highs.changeColsCost(count, columns, -first)
            best = optimum(highs, "the priorities of a round")
            highs.addRow(float(first @ best[:count]) - EXACT, np.inf, count, columns, first)
    tonnes = np.round(best[:count], DIGITS)
    return np.where(tonnes < LEAST, 0.0, tonnes)


def _spread(market: Market, programme: Programme, whole: np.ndarray) -> np.ndarray:
    """Tonnes by pair of a pooled form: what passes from one class to another, dealt out in the order of the rows."""
    classes, count = programme.classes, len(market.bids)
    pooled = _tonnes(market, programme, whole)
    if classes is None or pooled is None:
        raise SolverError(
            "the tonnes of a round do not follow from its lots. Check the scale of quantities and prices."
        )
    asked, given = pooled[:count].copy(), pooled[count : classes.first].copy()
    place = {pair: k for k, pair in enumerate(zip(market.pairs.bid.tolist(), market.pairs.offer.tolist(), strict=True))}
    tonnes = np.zeros(len(place))
    for k, (of_bid, of_offer) in enumerate(classes.passing):
        left = float(pooled[classes.first + k])
        for i in np.flatnonzero(classes.of_bid == of_bid).tolist():
            for j in np.flatnonzero(classes.of_offer == of_offer).tolist():
                amount = round(min(asked[i], given[j], left), DIGITS)
                if amount >= LEAST:
                    tonnes[place[i, j]] = amount
                    asked[i], given[j], left = asked[i] - amount, given[j] - amount, left - amount
    return tonnes


def _price(market: Market, rules: Rules, tonnes: np.ndarray) -> float | None:
    """The uniform price; None without an award.

    Between the dearest offer and the cheapest bid awarded, and there not below a bid that wants more nor above an offer that
    has more, so that as few as can be are left out at a good price. Where one of each is left out by a rule, between the two.
    """
    pairs, used = market.pairs, np.flatnonzero(tonnes)
    if not used.size:
        return None
    paid = np.array([bid.highest_price for bid in market.bids])
    asked = np.array([offer.lowest_price for offer in market.offers])
    low, high = asked[pairs.offer[used]].max(), paid[pairs.bid[used]].min()
    able = pairs.margin >= 0.0
    short, spare = np.array([b.quantity for b in market.bids]), np.array([o.quantity for o in market.offers])
    np.subtract.at(short, pairs.bid, tonnes)
    np.subtract.at(spare, pairs.offer, tonnes)
    wants = paid[np.unique(pairs.bid[able & (short[pairs.bid] > UNSERVED)])]
    has = asked[np.unique(pairs.offer[able & (spare[pairs.offer] > UNSERVED)])]
    ends = sorted((max(low, wants[wants <= high].max(initial=low)), min(high, has[has >= low].min(initial=high))))
    return float(ends[0] + rules.price_position * (ends[1] - ends[0]))


def _awards(one: Cleared) -> list[Award]:
    market = one.market
    return [
        Award(bid.bid, offer.offer, float(one.tonnes[k]), offer.lowest_price if one.price is None else one.price)
        for k in np.flatnonzero(one.tonnes).tolist()
        for bid, offer in [(market.bids[market.pairs.bid[k]], market.offers[market.pairs.offer[k]])]
    ]


def _certificate(markets: Sequence[Market], rules: Rules) -> tuple[dict[str, object], float]:
    """Prices of bids, offers and rules that together cover the margin of every pair, and the bound they give.

    Whatever a clearing awards, its surplus is at most quantity x price added over bids and offers, and right-hand side x price
    over rules: weak duality. The price of a bid is raised until it holds exactly.
    """
    of_bids: dict[str, float] = {}
    of_offers: dict[str, float] = {}
    of_rules: list[dict[str, object]] = []
    bound = 0.0
    for market in markets:
        relaxed = write(market, rules, pooled=True, relaxed=True)
        highs = loaded(relaxed, whole=False)
        optimum(highs, "the certificate of a round")
        dual = np.maximum(0.0, -np.array(highs.getSolution().row_dual))
        start, pairs = len(market.bids), market.pairs
        of_offer = np.round(dual[start : start + len(market.offers)], DIGITS)
        of_rule = np.round(dual[relaxed.rule_start : relaxed.rule_start + len(market.limits)], DIGITS)
        rest = pairs.margin - of_offer[pairs.offer]
        for price, limit in zip(of_rule, market.limits, strict=True):
            rest = rest - price * (limit.by_bid[pairs.bid] + limit.by_offer[pairs.offer])
        of_bid = np.zeros(start)
        np.maximum.at(of_bid, pairs.bid, np.where(pairs.margin >= 0.0, rest, 0.0))
        of_bid = np.ceil(of_bid * 10**DIGITS) / 10**DIGITS
        bound += float(of_bid @ [bid.quantity for bid in market.bids])
        bound += float(of_offer @ [offer.quantity for offer in market.offers])
        bound += sum(float(price) * limit.right for price, limit in zip(of_rule, market.limits, strict=True))
        of_bids |= {bid.bid: float(x) for bid, x in zip(market.bids, of_bid, strict=True) if x}
        of_offers |= {offer.offer: float(x) for offer, x in zip(market.offers, of_offer, strict=True) if x}
        of_rules += [
            {"rule": limit.name, "product": limit.product, "price": float(x)}
            for limit, x in zip(market.limits, of_rule, strict=True)
            if x
        ]
    return {"bids": of_bids, "offers": of_offers, "rules": of_rules, "bound": bound}, bound
