"""Step 6, a reserve held together: who calls, who is served first, from which lot, and what comes back (plain NumPy)."""

from __future__ import annotations

import numpy as np

from lodestone.simulate.circuit import Wiring
from lodestone.simulate.parameters import Member
from lodestone.simulate.shared_reserve import SharedReserve, SharedState
from lodestone.simulate.state import State
from lodestone.simulate.using import NEGLIGIBLE


def release_shared(
    turn: int,
    wiring: Wiring,
    member: Member,
    shared: SharedReserve,
    state: State,
    common: SharedState,
    delivered: np.ndarray,
    need: np.ndarray,
    slot_need: np.ndarray,
) -> np.ndarray:
    """What the shared reserve adds to each store's deliveries, below zero where a drawer gives back.

    What a drawer lacks is counted before what reaches it from this reserve, so that tonnes underway do not stop those to follow.
    """
    added = np.zeros(len(delivered))
    in_store = np.bincount(wiring.slot_store, np.minimum(state.stock, slot_need), len(need))
    here = turn % shared.ring
    for drawer, store in enumerate(shared.store):
        added[store] += common.coming[drawer, here]
        common.given[drawer] += common.coming[drawer, here]
        common.coming[drawer, here] = 0.0
    lacks = np.maximum(0.0, shared.trigger * need - (in_store + delivered))[shared.store]
    lacking = lacks > NEGLIGIBLE * need[shared.store]
    common.called = np.where(common.called >= 0, common.called + 1, np.where(lacking, 0, -1))
    common.calm = np.where(lacking, 0, common.calm + 1)
    asked = np.minimum(lacks, shared.rate * member.store_need[shared.store])
    for holding in range(len(shared.holding_lots) - 1):
        drawers = range(shared.holding_drawers[holding], shared.holding_drawers[holding + 1])
        lots = range(shared.holding_lots[holding], shared.holding_lots[holding + 1])
        for drawer in drawers:
            if lacking[drawer] or common.calm[drawer] <= shared.after:
                continue
            _give_back(shared, common, drawer, added, delivered)
        for rank in range(shared.ranks):
            wish = {
                drawer: min(asked[drawer], max(0.0, shared.right[drawer] - sum(common.owed[drawer].tolist())))
                for drawer in drawers
                if shared.rank[drawer] == rank and common.called[drawer] >= shared.delay
            }
            total = sum(wish.values())
            left = sum(max(0.0, common.lot[lot] - shared.kept[lot]) for lot in lots)
            if total <= 0.0 or left <= 0.0:
                continue
            served = min(1.0, left / total)
            _take(here, shared, common, {drawer: one * served for drawer, one in wish.items()}, lots, added)
    return added


def _take(
    here: int, shared: SharedReserve, common: SharedState, wish: dict[int, float], lots: range, added: np.ndarray
) -> None:
    """Serve drawers from their nearest lots; at a lot that several want, pro rata."""
    for k in range(len(lots)):
        for lot in lots:
            wanted = sum(one for drawer, one in wish.items() if shared.lot[drawer, k] == lot)
            left = max(0.0, common.lot[lot] - shared.kept[lot])
            if wanted <= 0.0 or left <= 0.0:
                continue
            part = min(1.0, left / wanted)
            for drawer in wish:
                if shared.lot[drawer, k] != lot:
                    continue
                taken = wish[drawer] * part
                wish[drawer] -= taken
                common.lot[lot] -= taken
                common.owed[drawer, k] += taken
                lag = shared.lag[drawer, k]
                if lag == 0:
                    added[shared.store[drawer]] += taken
                    common.given[drawer] += taken
                else:
                    common.coming[drawer, (here + lag) % shared.ring] += taken


def _give_back(
    shared: SharedReserve, common: SharedState, drawer: int, added: np.ndarray, delivered: np.ndarray
) -> None:
    """Return part of what trade brought, to the lots from which it was drawn, pro rata to what is owed there."""
    store, owed = shared.store[drawer], sum(common.owed[drawer].tolist())
    if owed <= 0.0:
        return
    back = min(shared.back * delivered[store], owed)
    added[store] -= back
    common.given[drawer] -= back
    part = back / owed
    for k in range(shared.lot.shape[1]):
        if shared.lot[drawer, k] >= 0:
            returned = common.owed[drawer, k] * part
            common.lot[shared.lot[drawer, k]] += returned
            common.owed[drawer, k] -= returned


def imbalance(shared: SharedReserve, common: SharedState) -> float:
    """Largest share of a holding that is in no lot, not underway and given to nobody."""
    worst = 0.0
    for holding in range(len(shared.holding_lots) - 1):
        lots = slice(shared.holding_lots[holding], shared.holding_lots[holding + 1])
        drawers = slice(shared.holding_drawers[holding], shared.holding_drawers[holding + 1])
        begin = float(shared.start[lots].sum())
        now = common.lot[lots].sum() + common.coming[drawers].sum() + common.given[drawers].sum()
        worst = max(worst, abs(begin - float(now)) / (begin + 1e-9))
    return worst
