"""Who is served first when there is too little: four stated rules, the same for all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from lodestone.errors import ScenarioError
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.circuit import Circuit, Wiring
from lodestone.simulate.luck import choose
from lodestone.simulate.nouns import RATIONING_RULES


def classify(
    circuit: Circuit,
    rule: str,
    assumptions: Mapping[str, Assumption],
    chosen: Sequence[str] = (),
    issuers: Sequence[str] = (),
) -> Wiring:
    """Put each edge and slot in a class; class 0 is served first, pro rata within a class.

    ``pro_rata``: one class. ``sector_priority``: by the rank of the user's sector, where deliveries are
    shared out inside an economy (an edge carries goods of several sectors, so the border cannot tell);
    processes stand in the class of the best-ranked sector they can reach. ``home_first``: what stays
    in the economy first. ``political``: home and the ``chosen`` destinations first, as seen by
    ``issuers``; others serve pro rata.

    Raises
    ------
    ScenarioError
        If the rule is unknown, or ``political`` is asked for without chosen destinations.
    """
    if rule not in RATIONING_RULES:
        raise ScenarioError(f"unknown rationing rule '{rule}'. Use one of {', '.join(RATIONING_RULES)}.")
    wiring = circuit.wiring
    trade = circuit.network.trade.iloc[circuit.edge_row]
    origin, destination = trade["origin"].to_numpy(), trade["destination"].to_numpy()
    edge_class, slot_class = wiring.edge_class.copy(), wiring.slot_class.copy()
    if rule == "sector_priority":
        slot_class = _slot_ranks(circuit, assumptions)
    if rule == "home_first":
        edge_class = (origin != destination).astype(np.int32)
    if rule == "political":
        if not chosen:
            raise ScenarioError("the political rule needs the destinations that are served first. Name them.")
        first = (origin == destination) | np.isin(destination, list(chosen)) | ~np.isin(origin, list(issuers))
        edge_class = (~first).astype(np.int32)
    classes = 1 + int(max(edge_class.max(initial=0), slot_class.max(initial=0)))
    return wiring._replace(edge_class=edge_class, slot_class=slot_class, classes=classes)


def _slot_ranks(circuit: Circuit, assumptions: Mapping[str, Assumption]) -> np.ndarray:
    """Rank of each slot: its sector's, or for a process the best of what its outputs can reach."""
    wiring, nodes = circuit.wiring, circuit.network.nodes
    sector, is_use = nodes["process"].to_numpy(), wiring.node_is_use
    choice = choose(assumptions, "sector_class", len(nodes), lambda node: (sector[node],))
    stated = np.array([row.central for row in choice.rows])[choice.index]
    rank = np.where(is_use, stated, np.inf)
    for _ in range(len(nodes)):
        by_store = np.full(len(circuit.stores), np.inf)
        np.minimum.at(by_store, wiring.slot_store, rank[wiring.slot_node])
        by_pool = np.full(len(circuit.pools), np.inf)
        np.minimum.at(by_pool, wiring.edge_pool, by_store[wiring.edge_store])
        best = rank.copy()
        np.minimum.at(best, wiring.output_node, by_pool[wiring.output_pool])
        best = np.where(is_use, stated, best)
        if np.array_equal(best, rank):
            break
        rank = best
    rank = np.where(np.isfinite(rank), rank, stated.max())
    ranks = np.unique(rank)
    return np.searchsorted(ranks, rank)[wiring.slot_node].astype(np.int32)
