"""Compiled step 6 of a reserve held together; the last axis is the member's lane. ``sharing.py`` in the same order."""

from __future__ import annotations

import numpy as np

from lodestone.simulate.compiled import compiled
from lodestone.simulate.using import NEGLIGIBLE


@compiled
def release_shared(turn, member, shared, in_store, store_need, common, delivered, books, drawn):
    """Add what the shared reserve gives to ``delivered``, less what comes back; ``drawn`` is the net of it by drawer."""
    lot, owed, coming, called, calm, given = common
    drawers, lanes = called.shape
    here = turn % shared.ring
    wish, trade = np.zeros((drawers, lanes)), np.zeros((drawers, lanes))
    for drawer in range(drawers):
        store = shared.store[drawer]
        for lane in range(lanes):
            trade[drawer, lane] = delivered[store, lane]
            drawn[drawer, lane] = coming[drawer, here, lane]
            coming[drawer, here, lane] = 0.0
            need = store_need[store, lane]
            lacks = max(0.0, shared.trigger * need - (in_store[store, lane] + trade[drawer, lane]))
            lacking = lacks > NEGLIGIBLE * need
            if called[drawer, lane] >= 0:
                called[drawer, lane] += 1
            elif lacking:
                called[drawer, lane] = 0
            calm[drawer, lane] = 0 if lacking else calm[drawer, lane] + 1
            wish[drawer, lane] = min(lacks, shared.rate * member.store_need[store, lane])
    for holding in range(len(shared.holding_lots) - 1):
        first, last = shared.holding_drawers[holding], shared.holding_drawers[holding + 1]
        begin, end = shared.holding_lots[holding], shared.holding_lots[holding + 1]
        for lane in range(lanes):
            for drawer in range(first, last):
                if calm[drawer, lane] > shared.after:
                    give_back(lane, shared, drawer, trade[drawer, lane], lot, owed, drawn)
            for rank in range(shared.ranks):
                total, left = 0.0, 0.0
                for drawer in range(first, last):
                    if shared.rank[drawer] != rank:
                        continue
                    if called[drawer, lane] < shared.delay:
                        wish[drawer, lane] = 0.0
                    right = max(0.0, shared.right[drawer] - owed[drawer, :, lane].sum())
                    wish[drawer, lane] = min(wish[drawer, lane], right)
                    total += wish[drawer, lane]
                for one in range(begin, end):
                    left += max(0.0, lot[one, lane] - shared.kept[one])
                served = min(1.0, left / total) if total > 0.0 else 0.0
                for drawer in range(first, last):
                    if shared.rank[drawer] == rank:
                        wish[drawer, lane] *= served
                if served > 0.0:
                    take(lane, here, rank, first, last, begin, end, shared, wish, lot, owed, coming, drawn)
    for drawer in range(drawers):
        store = shared.store[drawer]
        for lane in range(lanes):
            given[drawer, lane] += drawn[drawer, lane]
            delivered[store, lane] += drawn[drawer, lane]
            books[3, store, lane] += drawn[drawer, lane]


@compiled
def take(lane, here, rank, first, last, begin, end, shared, wish, lot, owed, coming, drawn):
    """Serve drawers of a rank from their nearest lots; at a lot that several want, pro rata."""
    for k in range(end - begin):
        for one in range(begin, end):
            wanted = 0.0
            for drawer in range(first, last):
                if shared.rank[drawer] == rank and shared.lot[drawer, k] == one:
                    wanted += wish[drawer, lane]
            left = max(0.0, lot[one, lane] - shared.kept[one])
            if wanted <= 0.0 or left <= 0.0:
                continue
            part = min(1.0, left / wanted)
            for drawer in range(first, last):
                if shared.rank[drawer] != rank or shared.lot[drawer, k] != one:
                    continue
                taken = wish[drawer, lane] * part
                wish[drawer, lane] -= taken
                lot[one, lane] -= taken
                owed[drawer, k, lane] += taken
                lag = shared.lag[drawer, k]
                if lag == 0:
                    drawn[drawer, lane] += taken
                else:
                    coming[drawer, (here + lag) % shared.ring, lane] += taken


@compiled
def give_back(lane, shared, drawer, trade, lot, owed, drawn):
    """Return part of what trade brought, to the lots from which it was drawn, pro rata to what is owed there."""
    total = owed[drawer, :, lane].sum()
    if total <= 0.0:
        return
    back = min(shared.back * trade, total)
    drawn[drawer, lane] -= back
    part = back / total
    for k in range(shared.lot.shape[1]):
        if shared.lot[drawer, k] >= 0:
            returned = owed[drawer, k, lane] * part
            lot[shared.lot[drawer, k], lane] += returned
            owed[drawer, k, lane] -= returned


@compiled
def imbalance(shared, common, worst):
    """Largest share of a holding that is in no lot, not underway and given to nobody, where larger than ``worst``."""
    lot, _, coming, _, _, given = common
    for holding in range(len(shared.holding_lots) - 1):
        for lane in range(len(worst)):
            begin, now = 0.0, 0.0
            for one in range(shared.holding_lots[holding], shared.holding_lots[holding + 1]):
                begin += shared.start[one]
                now += lot[one, lane]
            for drawer in range(shared.holding_drawers[holding], shared.holding_drawers[holding + 1]):
                now += given[drawer, lane] + coming[drawer, :, lane].sum()
            worst[lane] = max(worst[lane], abs(begin - now) / (begin + 1e-9))
