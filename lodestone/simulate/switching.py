"""Buyers move orders from suppliers that do not deliver to those that could (plain NumPy)."""

from __future__ import annotations

import numpy as np

from lodestone.simulate.circuit import Wiring
from lodestone.simulate.parameters import Member

GOOD_DELIVERY = 0.98  # below this share delivered, orders begin to move away
FAIR_DELIVERY = 0.9  # from here up to full delivery a supplier is trusted with more
PER_TRUST, PER_MISSING = 1.0 / (1.0 - FAIR_DELIVERY), 1.0 / GOOD_DELIVERY
SMALL = 1e-9  # of a base flow: an order below it says nothing of the supplier


def switch_suppliers(
    wiring: Wiring,
    member: Member,
    share: np.ndarray,
    order: np.ndarray,
    crossing: np.ndarray,
    room: np.ndarray,
    preference: np.ndarray,
) -> np.ndarray:
    """Next week's shares of each store's orders.

    Parameters
    ----------
    share, order, crossing : ndarray by edge
        This week's share, what was ordered and what crossed the border. [fraction; t a week]
    room : ndarray by pool
        What the supplier could make or release beyond this week's. [t a week]
    preference : ndarray by edge
        Factor on the base share after tariffs.

    Returns
    -------
    ndarray by edge
        Sums to 1 over each store. Shares that leave (a bounded part of what is not delivered, or of
        what a tariff made too dear) go to edges of the same store, at most into the part of their
        supplier's room that is this edge's; what finds no room stays. Moved shares drift back to their
        base while the old supplier delivers.
    """
    stores = len(member.store_need)
    store = wiring.edge_store
    told = order > SMALL * member.store_need[store]
    delivered = np.where(told, np.minimum(crossing / np.where(told, order, 1.0), 1.0), 1.0)
    trusted = np.clip((delivered - FAIR_DELIVERY) * PER_TRUST, 0.0, 1.0)
    missing = np.maximum(0.0, GOOD_DELIVERY - delivered) * PER_MISSING
    rate = member.switching_rate[store]
    base = member.share * preference
    dear = np.where(preference < 1.0, np.maximum(0.0, share - base), 0.0)
    leaving = np.minimum(rate * (share * missing + dear), share)
    need = np.where(member.store_need > 0.0, member.store_need, 1.0)[store]
    entering = trusted * (member.room_share / need) * room[wiring.edge_pool]
    total_out = np.bincount(store, leaving, stores)
    total_in = np.bincount(store, entering, stores)
    moved = np.minimum(total_out, total_in)
    out = moved / np.where(total_out > 0.0, total_out, 1.0)
    into = moved / np.where(total_in > 0.0, total_in, 1.0)
    share = share - leaving * out[store] + entering * into[store]
    back = member.return_rate * np.maximum(0.0, base - share) * trusted
    excess = np.maximum(0.0, share - member.share)
    total_back = np.bincount(store, back, stores)
    total_excess = np.bincount(store, excess, stores)
    moved = np.minimum(total_back, total_excess)
    out = moved / np.where(total_excess > 0.0, total_excess, 1.0)
    into = moved / np.where(total_back > 0.0, total_back, 1.0)
    return share - excess * out[store] + back * into[store]
