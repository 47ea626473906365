"""Small rounds for tests, and a slow way to clear one that shares no code with the fast one."""

from __future__ import annotations

from itertools import product as every

import numpy as np
from scipy.optimize import linprog

from lodestone.coordinate.round_nouns import UNIFORM, Bid, Offer, Rules

WINDOWS = ("H1", "H2")


def small_round(seed: int, bids: int = 5, offers: int = 5) -> tuple[list[Bid], list[Offer]]:
    """A round of one product with whole numbers, so that ties and lots that do not fit are common."""
    rng = np.random.default_rng(seed)
    asked = [
        Bid(f"b{i}", "ABCD"[int(rng.integers(4))], "oxide", float(rng.integers(1, 9)), float(rng.integers(6, 16)),
            WINDOWS[: int(rng.integers(1, 3))], int(rng.integers(1, 3)), ("IRMA",) if rng.random() < 0.3 else ())
        for i in range(bids)
    ]  # fmt: skip
    given = []
    for j in range(offers):
        quantity = float(rng.integers(2, 12))
        lot = float(rng.integers(0, int(quantity) + 1)) if rng.random() < 0.6 else 0.0
        given.append(
            Offer(f"o{j}", "S", "oxide", quantity, float(rng.integers(3, 13)), lot, "XYZ"[int(rng.integers(3))],
                  ("IRMA",) if rng.random() < 0.5 else (), () if rng.random() < 0.5 else (WINDOWS[int(rng.integers(2))],))
        )  # fmt: skip
    return asked, given


def best_surplus(bids: list[Bid], offers: list[Offer], rules: Rules) -> float:
    """The largest surplus of a round of one product, by every choice of lots and, where it is uniform, every price asked."""
    fit = [(i, j) for i, b in enumerate(bids) for j, o in enumerate(offers) if _fits(b, o, rules)]
    lots = [j for j, o in enumerate(offers) if o.lot > 0]
    levels = sorted({o.lowest_price for o in offers}) if rules.pricing == UNIFORM else [None]
    best = 0.0
    for level in levels:
        for taken in every((False, True), repeat=len(lots)):
            best = max(best, _surplus(bids, offers, rules, fit, dict(zip(lots, taken, strict=True)), level))
    return best


def _fits(bid: Bid, offer: Offer, rules: Rules) -> bool:
    windows = not offer.window or any(w in offer.window for w in bid.window)
    held = all(c in offer.certificates for c in bid.certificates)
    needed = not rules.required_certificates or any(c in offer.certificates for c in rules.required_certificates)
    return windows and held and needed


def _surplus(bids, offers, rules, fit, taken, level) -> float:
    pairs = [
        (i, j)
        for i, j in fit
        if bids[i].highest_price >= offers[j].lowest_price
        and taken.get(j, True)
        and (level is None or (bids[i].highest_price >= level and offers[j].lowest_price <= level))
    ]
    if not pairs:
        return 0.0
    rows, right = [], []

    def at_most(coefficient, most):
        rows.append([coefficient(i, j) for i, j in pairs])
        right.append(most)

    for k, bid in enumerate(bids):
        at_most(lambda i, j, k=k: float(i == k), bid.quantity)
    for k, offer in enumerate(offers):
        at_most(lambda i, j, k=k: float(j == k), offer.quantity)
        if taken.get(k):
            at_most(lambda i, j, k=k: -float(j == k), -offer.lot)
    for origin in {o.origin for o in offers}:
        ceiling = rules.origin_ceilings.get(origin, rules.origin_ceiling)
        at_most(lambda i, j, g=origin, c=ceiling: float(offers[j].origin == g) - c, 0.0)
    at_most(lambda i, j: rules.certified_share - float(bool(offers[j].certificates)), 0.0)
    total = {b.member: sum(x.quantity for x in bids if x.member == b.member) for b in bids}
    offered = sum(offers[j].quantity for j in {j for _, j in fit})
    for share, inside in (
        (rules.access_share, lambda b: bool(rules.members) and b.member not in rules.members),
        (rules.small_buyer_share, lambda b: total[b.member] <= rules.small_buyer_tonnes),
    ):
        able = {i for i, j in fit if inside(bids[i]) and bids[i].highest_price >= offers[j].lowest_price}
        if share:
            kept = min(share * offered, sum(bids[i].quantity for i in able))
            at_most(lambda i, j, inside=inside: float(not inside(bids[i])), offered - kept)
    margin = [offers[j].lowest_price - bids[i].highest_price for i, j in pairs]
    found = linprog(margin, A_ub=np.array(rows), b_ub=np.array(right), method="highs")
    return -found.fun if found.status == 0 else 0.0
