"""Which bids and offers fit each other, and the rules of a round as rows over them. Products are cleared one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lodestone.coordinate.round_nouns import Bid, Offer, Rules


@dataclass(frozen=True, eq=False)
class Pairs:
    """Every bid with every offer that fits it: places in the lists, and what a tonne is worth beyond what is asked."""

    bid: np.ndarray
    offer: np.ndarray
    margin: np.ndarray


@dataclass(frozen=True, eq=False)
class RuleRow:
    """One rule of one product: tonnes x (coefficient of the bid + that of the offer), over all awards, is at most ``right``."""

    name: str
    product: str
    by_bid: np.ndarray
    by_offer: np.ndarray
    right: float


@dataclass(frozen=True, eq=False)
class Market:
    """The bids and offers of one product, with what fits and the rules that bind them."""

    product: str
    bids: tuple[Bid, ...]
    offers: tuple[Offer, ...]
    pairs: Pairs
    limits: tuple[RuleRow, ...]


def markets_of(bids: Sequence[Bid], offers: Sequence[Offer], rules: Rules) -> list[Market]:
    """The round, product by product: no rule ties one to another."""
    small = dict(zip((bid.bid for bid in bids), small_buyers(bids, rules), strict=True))
    markets = []
    for product in sorted({bid.product for bid in bids} | {offer.product for offer in offers}):
        asked = tuple(bid for bid in bids if bid.product == product)
        given = tuple(offer for offer in offers if offer.product == product)
        pairs = pairs_of(asked, given, rules)
        rows = rule_rows(product, asked, given, rules, pairs, [small[bid.bid] for bid in asked])
        markets.append(Market(product, asked, given, pairs, rows))
    return markets


def fits(bid: Bid, offer: Offer, rules: Rules) -> str:
    """What keeps an offer from serving a bid at any price; blank if nothing does.

    Examples
    --------
    >>> bid = Bid("b", "A", "oxide", 5.0, 9.0, ("Q1",), 1)
    >>> fits(bid, Offer("o", "S", "oxide", 5.0, 8.0, 0.0, "X", (), ("Q2",)), Rules())
    'window'
    """
    if bid.product != offer.product:
        return "product"
    if offer.window and not set(bid.window) & set(offer.window):
        return "window"
    if not set(bid.certificates) <= set(offer.certificates):
        return "certificates"
    if rules.required_certificates and not set(rules.required_certificates) & set(offer.certificates):
        return "required certificates"
    return ""


def pairs_of(bids: Sequence[Bid], offers: Sequence[Offer], rules: Rules) -> Pairs:
    """All pairs that fit, in the order of bids, then offers."""
    found = [(i, j) for i, bid in enumerate(bids) for j, offer in enumerate(offers) if not fits(bid, offer, rules)]
    bid, offer = np.array(found, dtype=np.int64).reshape(-1, 2).T
    highest = np.array([b.highest_price for b in bids])
    lowest = np.array([o.lowest_price for o in offers])
    return Pairs(bid, offer, highest[bid] - lowest[offer])


def rule_rows(
    product: str, bids: Sequence[Bid], offers: Sequence[Offer], rules: Rules, pairs: Pairs, small: Sequence[bool]
) -> tuple[RuleRow, ...]:
    """The rules that can bind one product.

    What is kept for a class of buyers is ``share`` of what is offered and fits anyone, at most what the class asks for at a
    price some offer takes; all others together get at most the rest.
    """
    origin = np.array([offer.origin for offer in offers], dtype=object)
    certified = np.array([bool(offer.certificates) for offer in offers], dtype=bool)
    nobody = np.zeros(len(bids))
    rows = []
    for place in sorted(set(origin.tolist())):
        ceiling = rules.origin_ceilings.get(place, rules.origin_ceiling)
        if ceiling < 1.0:
            rows.append(RuleRow(f"origin ceiling {place}", product, nobody, (origin == place) - ceiling, 0.0))
    if rules.certified_share > 0.0:
        rows.append(RuleRow("certified share", product, nobody, rules.certified_share - certified, 0.0))
    classes = {
        "kept for non-members": (rules.access_share, [outsider(bid, rules) for bid in bids]),
        "kept for small buyers": (rules.small_buyer_share, small),
    }
    offered = sum(offers[j].quantity for j in np.unique(pairs.offer).tolist())
    for rule, (share, belongs) in classes.items():
        inside = np.array(belongs, dtype=bool)
        able = np.unique(pairs.bid[(pairs.margin >= 0.0) & inside[pairs.bid]]).tolist()
        asked = sum(bids[i].quantity for i in able)
        if share > 0.0:
            rows.append(
                RuleRow(rule, product, 1.0 * ~inside, np.zeros(len(offers)), offered - min(share * offered, asked))
            )
    return tuple(rows)


def outsider(bid: Bid, rules: Rules) -> bool:
    """Whether a bid comes from a non-member."""
    return bool(rules.members) and bid.member not in rules.members


def small_buyers(bids: Sequence[Bid], rules: Rules) -> list[bool]:
    """Whether the buyer of each bid asks for little of its product, over all its bids."""
    asked: dict[tuple[str, str], float] = {}
    for bid in bids:
        asked[bid.member, bid.product] = asked.get((bid.member, bid.product), 0.0) + bid.quantity
    return [asked[bid.member, bid.product] <= rules.small_buyer_tonnes for bid in bids]
