"""Compiled step 9 for a block of members: buyers move orders from suppliers that do not deliver."""

from __future__ import annotations

import numpy as np

from lodestone.simulate.compiled import compiled
from lodestone.simulate.switching import FAIR_DELIVERY, GOOD_DELIVERY, PER_MISSING, PER_TRUST, SMALL


@compiled
def calm(begin, end, marks, order, crossing):
    """Whether every supplier of a store delivers in every lane and none is taxed."""
    lanes, late = order.shape[1], 0
    for edge in range(begin, end):
        if marks[edge] & 4:
            return False
        for lane in range(lanes):
            late += 1 if crossing[edge, lane] < GOOD_DELIVERY * order[edge, lane] else 0
        if late:
            return False
    return True


@compiled
def switch(wiring, member, order, crossing, room, room_part, marks, preference, going_out, coming_in, trusted,
           moved, share):  # fmt: skip
    """Move shares of orders as ``switching.switch_suppliers`` does; a store all of whose suppliers
    deliver and whose shares stand at their base has nothing to move and is passed over."""
    lanes = share.shape[1]
    out, into = np.empty(lanes), np.empty(lanes)
    for store in range(len(moved)):
        begin, end = wiring.store_edges[store], wiring.store_edges[store + 1]
        if not moved[store] and calm(begin, end, marks, order, crossing):
            continue
        moved[store] = True
        out.fill(0.0)
        into.fill(0.0)
        for edge in range(begin, end):
            k, number = edge - begin, wiring.edge_pool[edge]
            for lane in range(lanes):
                wish, now = order[edge, lane], share[edge, lane]
                told = wish > SMALL * member.store_need[store, lane]
                delivered = min(crossing[edge, lane] / (wish if told else 1.0), 1.0) if told else 1.0
                trust = min(1.0, max(0.0, (delivered - FAIR_DELIVERY) * PER_TRUST))
                missing = max(0.0, GOOD_DELIVERY - delivered) * PER_MISSING
                leaving = member.switching_rate[store, lane] * (now * missing)
                trusted[k, lane] = trust
                going_out[k, lane] = min(leaving, now)
                coming_in[k, lane] = trust * room_part[edge, lane] * room[number, lane]
            if marks[edge] & 4:
                leave_taxed(edge, store, member, order, crossing, preference, share, going_out[k])
            for lane in range(lanes):
                out[lane] += going_out[k, lane]
                into[lane] += coming_in[k, lane]
        settle(out, into)
        for edge in range(begin, end):
            k = edge - begin
            for lane in range(lanes):
                moving = share[edge, lane] - going_out[k, lane] * out[lane] + coming_in[k, lane] * into[lane]
                share[edge, lane] = moving
                base = member.share[edge, lane]
                going_out[k, lane] = max(0.0, moving - base)
                coming_in[k, lane] = member.return_rate[lane] * max(0.0, base - moving) * trusted[k, lane]
            if marks[edge] & 4:
                for lane in range(lanes):
                    base = member.share[edge, lane] * preference[edge, lane]
                    lacking = max(0.0, base - share[edge, lane])
                    coming_in[k, lane] = member.return_rate[lane] * lacking * trusted[k, lane]
        out.fill(0.0)
        into.fill(0.0)
        for k in range(end - begin):
            for lane in range(lanes):
                out[lane] += going_out[k, lane]
                into[lane] += coming_in[k, lane]
        settle(out, into)
        for edge in range(begin, end):
            k = edge - begin
            for lane in range(lanes):
                kept = share[edge, lane] - going_out[k, lane] * out[lane]
                share[edge, lane] = kept + coming_in[k, lane] * into[lane]


@compiled
def settle(out, into):
    """Turn what would leave and what would enter into the shares of each that do."""
    for lane in range(len(out)):
        leave, enter = out[lane], into[lane]
        going = min(leave, enter)
        out[lane] = going / (leave if leave > 0.0 else 1.0)
        into[lane] = going / (enter if enter > 0.0 else 1.0)


@compiled
def leave_taxed(edge, store, member, order, crossing, preference, share, going_out):
    """What leaves a supplier that a tariff has made dear."""
    for lane in range(len(going_out)):
        wish, now = order[edge, lane], share[edge, lane]
        told = wish > SMALL * member.store_need[store, lane]
        delivered = min(crossing[edge, lane] / (wish if told else 1.0), 1.0) if told else 1.0
        missing = max(0.0, GOOD_DELIVERY - delivered) * PER_MISSING
        base = member.share[edge, lane] * preference[edge, lane]
        dear = max(0.0, now - base) if preference[edge, lane] < 1.0 else 0.0
        going_out[lane] = min(member.switching_rate[store, lane] * (now * missing + dear), now)
