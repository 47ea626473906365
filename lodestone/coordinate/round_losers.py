"""Why each bid and offer without an award lost, and the nearest price that would have won (`round_probe`)."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor

import numpy as np

from lodestone.coordinate.round_nouns import BUYER, SELLER, Loser, Rules
from lodestone.coordinate.round_probe import Probe, again
from lodestone.coordinate.round_programme import Programme
from lodestone.coordinate.round_rows import Market, RuleRow, fits

NO_MATCH, PRICED_OUT, OUTBID, MARGINAL, RULE, PARADOX = (
    "nothing fits", "no price in common", "others paid or asked better", "at the margin", "a rule", "paradoxically rejected",
)  # fmt: skip
WHOLLY = "solved again in full"
AGAIN = "bound: solved again with other lots and price steps as awarded"
ALONE = "bound: alone with the best price of the other side, in a product without an award"
NONE = "none found with other lots as awarded"
NEVER = "solved again in full: none wins"
FEW_PAIRS = 250  # of a market that is solved to its optimum, and again in full for each loser
TIED = "a tie: another clearing with the same surplus takes it"
LOTS = "lots: no clearing with more surplus takes it at one price and whole lots"
TIE = 1e-9


def small(market: Market) -> bool:
    """Whether a market is small enough to be solved again in full for each of its losers."""
    return len(market.pairs.bid) <= FEW_PAIRS


def losers_of(
    market: Market, rules: Rules, programme: Programme, whole: np.ndarray, tonnes: np.ndarray, price: float | None
) -> tuple[list[Loser], list[str]]:
    """Every bid and offer of a market without an award, and the names of those whose price was good enough.

    Parameters
    ----------
    market : Market
    rules : Rules
    programme : Programme
        As cleared.
    whole : array
        The lots and steps taken, by whole column of the programme.
    tonnes : array (pairs,)
    price : float or None
        The uniform price.

    Returns
    -------
    list of Loser, list of str
        Bids first, each in the order of the rows.
    """
    won = {BUYER: set(market.pairs.bid[tonnes > 0].tolist()), SELLER: set(market.pairs.offer[tonnes > 0].tolist())}
    by_pair = [limit.by_bid[market.pairs.bid] + limit.by_offer[market.pairs.offer] for limit in market.limits]
    tight = [
        (limit, row)
        for limit, row in zip(market.limits, by_pair, strict=True)
        if row @ tonnes >= limit.right - 1e-6 * max(1.0, abs(limit.right))
    ]
    probe = None if small(market) else Probe(market, programme, whole)
    found: list[Loser] = []
    paradox: list[str] = []
    for side, names in ((BUYER, [b.bid for b in market.bids]), (SELLER, [o.offer for o in market.offers])):
        for place, name in enumerate(names):
            if place in won[side]:
                continue
            reason, cause = _reason(side, place, market, rules, tonnes, price, tight)
            nearest, by = _nearest(side, place, reason, market, rules, tonnes, by_pair, probe)
            own = market.bids[place].highest_price if side == BUYER else market.offers[place].lowest_price
            tied = reason == PARADOX and nearest is not None and abs(nearest - own) <= 1e-6 * max(1.0, own)
            found.append(Loser(side, name, reason, TIED if tied else cause, nearest, by))
            if reason in (RULE, PARADOX):
                paradox.append(f"{side} {name}")
    return found, paradox


def _reason(
    side: str,
    place: int,
    market: Market,
    rules: Rules,
    tonnes: np.ndarray,
    price: float | None,
    tight: Sequence[tuple[RuleRow, np.ndarray]],
) -> tuple[str, str]:
    pairs = market.pairs
    mine = np.flatnonzero((pairs.bid if side == BUYER else pairs.offer) == place)
    if not mine.size:
        return NO_MATCH, _misfit(side, place, market, rules)
    if pairs.margin[mine].max() < 0.0:
        return PRICED_OUT, "below every offer it could take" if side == BUYER else "above every bid that could take it"
    better = _better_than_needed(side, place, market, tonnes, price)
    if better is not None and better < -TIE:
        return OUTBID, ""
    if better is not None and better <= TIE:
        return MARGINAL, "at the price of the last awarded: priority decides, then the order of the rows"
    able = mine[pairs.margin[mine] >= 0.0]
    for limit, row in tight:
        if (row[able] > 0.0).all():
            return RULE, limit.name
    return PARADOX, LOTS


def _better_than_needed(side: str, place: int, market: Market, tonnes: np.ndarray, price: float | None) -> float | None:
    """By how much a price beats the uniform one, else the worst that was awarded; None without an award."""
    own = market.bids[place].highest_price if side == BUYER else market.offers[place].lowest_price
    used = np.flatnonzero(tonnes)
    if not used.size:
        return None
    if price is None and side == BUYER:
        price = min(market.bids[i].highest_price for i in market.pairs.bid[used])
    elif price is None:
        price = max(market.offers[j].lowest_price for j in market.pairs.offer[used])
    return own - price if side == BUYER else price - own


def _misfit(side: str, place: int, market: Market, rules: Rules) -> str:
    """How far the best of the other side comes: no offer or bid of the product, of the window, of the certificates."""
    order = ("product", "window", "certificates", "required certificates")
    bids = market.bids if side == SELLER else (market.bids[place],)
    offers = market.offers if side == BUYER else (market.offers[place],)
    return max((fits(bid, offer, rules) for bid in bids for offer in offers), key=order.index, default="product")


def _nearest(
    side: str,
    place: int,
    reason: str,
    market: Market,
    rules: Rules,
    tonnes: np.ndarray,
    by_pair: Sequence[np.ndarray],
    probe: Probe | None,
) -> tuple[float | None, str]:
    if reason == NO_MATCH:
        return None, "no price makes it fit"
    own = market.bids[place].highest_price if side == BUYER else market.offers[place].lowest_price
    if probe is None:
        price, by = again(market, rules, side, place, float(market.pairs.margin @ tonnes)), WHOLLY
    elif tonnes.any():
        price, by = (probe.bid(place) if side == BUYER else probe.offer(place)), AGAIN
    else:
        price, by = _alone(side, place, market, by_pair), ALONE
    if price is None:
        return None, NEVER if probe is None else NONE
    if side == BUYER:
        return max(ceil(price * 1e6 - 1e-3) / 1e6, own), by
    return min(floor(price * 1e6 + 1e-3) / 1e6, own), by


def _alone(side: str, place: int, market: Market, by_pair: Sequence[np.ndarray]) -> float | None:
    """In a product without an award: the best price of the other side with which it could trade alone."""
    able = []
    for k in np.flatnonzero((market.pairs.bid if side == BUYER else market.pairs.offer) == place).tolist():
        bid, offer = market.bids[market.pairs.bid[k]], market.offers[market.pairs.offer[k]]
        least = max(offer.lot, 1e-6)
        held = all(row[k] * least <= limit.right for row, limit in zip(by_pair, market.limits, strict=True))
        if held and least <= min(bid.quantity, offer.quantity):
            able.append(offer.lowest_price if side == BUYER else bid.highest_price)
    if not able:
        return None
    return min(able) if side == BUYER else max(able)
