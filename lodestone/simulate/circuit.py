"""A network laid out as flat arrays: who ships to whom, who stores what, which input feeds which node.

    node --outputs--> pool --edges (delay line)--> store --shared among--> slots --> node

A pool is the finished stock of one product in one economy, a store the place where its deliveries of
one product arrive, and a slot the stock of one input held by one node. Edges lie in the order of their
store and slots in the order of their node, so that the weekly step walks memory forwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.errors import BalanceError, LabelError

BALANCE_TOLERANCE = 1e-6


class Wiring(NamedTuple):
    """The part of a circuit that no draw changes, as the weekly step reads it.

    ``x_start`` arrays are offsets (one more than there are x): edges of store s are
    ``store_edges[s]:store_edges[s + 1]``, slots of node n ``node_slots[n]:node_slots[n + 1]``,
    outputs of node n ``node_outputs[n]:node_outputs[n + 1]``, and slots of store s the entries
    ``store_slots[s]:store_slots[s + 1]`` of ``slot_of_store``. A market is a product's price inside
    or outside the economies that issue the scenario's measures, -1 where no price is known.
    """

    edge_pool: np.ndarray
    edge_store: np.ndarray
    store_edges: np.ndarray
    slot_node: np.ndarray
    slot_store: np.ndarray
    slot_essential: np.ndarray
    node_slots: np.ndarray
    store_slots: np.ndarray
    slot_of_store: np.ndarray
    node_outputs: np.ndarray
    output_node: np.ndarray
    output_pool: np.ndarray
    node_is_use: np.ndarray
    pool_market: np.ndarray
    store_market: np.ndarray
    slot_class: np.ndarray
    edge_class: np.ndarray
    markets: int
    classes: int


@dataclass(frozen=True)
class Circuit:
    """A network's wiring and the tables that name its parts.

    Attributes
    ----------
    network : Network
        What it was laid out from.
    pools, stores : DataFrame
        Columns product, economy; row k is pool or store k.
    edge_row, slot_row, output_row : ndarray of int
        The network's trade, input and output row behind each edge, slot and output.
    row_edge : ndarray of int
        The edge of each trade row.
    wiring : Wiring
        With all edges and slots in class 0 and no markets; see ``rationing`` and ``parameters``.
    """

    network: Network
    pools: pd.DataFrame
    stores: pd.DataFrame
    edge_row: np.ndarray
    slot_row: np.ndarray
    output_row: np.ndarray
    row_edge: np.ndarray
    wiring: Wiring


def build_circuit(network: Network) -> Circuit:
    """Lay a network out for the weekly step.

    Raises
    ------
    BalanceError
        If a pool sends out more than is made, an input has no supplier, or a store's deliveries
        differ from its inputs by more than 1e-6 of them.
    LabelError
        If an input or output names a node that is not in the table of nodes.
    """
    node_number = pd.Series(np.arange(len(network.nodes)), index=network.nodes["node"])
    economy = network.nodes["economy"].to_numpy()
    slot_node = _numbers(node_number, network.inputs["node"], "input")
    output_node = _numbers(node_number, network.outputs["node"], "output")
    slot_row = np.argsort(slot_node, kind="stable")
    output_row = np.argsort(output_node, kind="stable")
    slot_node, output_node = slot_node[slot_row], output_node[output_row]
    slot_key = _keys(network.inputs["product"].to_numpy()[slot_row], economy[slot_node])
    output_key = _keys(network.outputs["product"].to_numpy()[output_row], economy[output_node])
    origin_key = _keys(network.trade["product"].to_numpy(), network.trade["origin"].to_numpy())
    destination_key = _keys(network.trade["product"].to_numpy(), network.trade["destination"].to_numpy())
    pool_keys = list(dict.fromkeys([*output_key, *origin_key]))
    store_keys = list(dict.fromkeys([*slot_key, *destination_key]))
    pool_number = {key: number for number, key in enumerate(pool_keys)}
    store_number = {key: number for number, key in enumerate(store_keys)}
    edge_store = np.array([store_number[key] for key in destination_key], dtype=np.int32)
    edge_row = np.argsort(edge_store, kind="stable")
    edge_store = edge_store[edge_row]
    edge_pool = np.array([pool_number[origin_key[row]] for row in edge_row], dtype=np.int32)
    slot_store = np.array([store_number[key] for key in slot_key], dtype=np.int32)
    row_edge = np.empty(len(edge_row), dtype=np.int64)
    row_edge[edge_row] = np.arange(len(edge_row))
    nodes, stores = len(network.nodes), len(store_keys)
    wiring = Wiring(
        edge_pool=edge_pool,
        edge_store=edge_store,
        store_edges=_offsets(edge_store, stores),
        slot_node=slot_node.astype(np.int32),
        slot_store=slot_store,
        slot_essential=network.inputs["essential"].to_numpy().astype(bool)[slot_row],
        node_slots=_offsets(slot_node, nodes),
        store_slots=_offsets(np.sort(slot_store), stores),
        slot_of_store=np.argsort(slot_store, kind="stable").astype(np.int32),
        node_outputs=_offsets(output_node, nodes),
        output_node=output_node.astype(np.int32),
        output_pool=np.array([pool_number[key] for key in output_key], dtype=np.int32),
        node_is_use=(network.nodes["kind"] == "use").to_numpy(),
        pool_market=np.full(len(pool_keys), -1, dtype=np.int32),
        store_market=np.full(stores, -1, dtype=np.int32),
        slot_class=np.zeros(len(slot_row), dtype=np.int32),
        edge_class=np.zeros(len(edge_row), dtype=np.int32),
        markets=0,
        classes=1,
    )
    circuit = Circuit(
        network=network,
        pools=pd.DataFrame(pool_keys, columns=["product", "economy"]),
        stores=pd.DataFrame(store_keys, columns=["product", "economy"]),
        edge_row=edge_row,
        slot_row=slot_row,
        output_row=output_row,
        row_edge=row_edge,
        wiring=wiring,
    )
    _check_balance(circuit)
    return circuit


def _numbers(node_number: pd.Series, labels: pd.Series, what: str) -> np.ndarray:
    missing = sorted(set(labels) - set(node_number.index))
    if missing:
        raise LabelError(f"{what} of unknown node {missing[0]} ({len(missing)} in all). Add it to the nodes.")
    return node_number.loc[labels].to_numpy(dtype=np.int64)


def _keys(product: np.ndarray, economy: np.ndarray) -> list[tuple[str, str]]:
    return list(zip(product.tolist(), economy.tolist(), strict=True))


def _offsets(sorted_numbers: np.ndarray, count: int) -> np.ndarray:
    return np.searchsorted(sorted_numbers, np.arange(count + 1)).astype(np.int32)


def _check_balance(circuit: Circuit) -> None:
    """Refuse a network whose stores or pools do not balance, naming the worst."""
    network, wiring = circuit.network, circuit.wiring
    activity = network.nodes["activity"].to_numpy()
    need = (network.inputs["coefficient"].to_numpy() * 1.0)[circuit.slot_row] * activity[wiring.slot_node]
    made = network.outputs["coefficient"].to_numpy()[circuit.output_row] * activity[wiring.output_node]
    flow = network.trade["flow"].to_numpy()[circuit.edge_row]
    arriving = np.bincount(wiring.edge_store, flow, len(circuit.stores))
    needed = np.bincount(wiring.slot_store, need, len(circuit.stores))
    scale = max(float(flow.max(initial=0.0)), 1e-12)
    excess = np.abs(arriving - needed) / np.maximum(needed, 1e-6 * scale)
    if excess.max(initial=0.0) > BALANCE_TOLERANCE:
        worst = int(np.argmax(excess))
        product, economy = circuit.stores.iloc[worst]
        raise BalanceError(
            f"store of {product} in {economy} receives {arriving[worst]:.6g} t a year and its inputs take "
            f"{needed[worst]:.6g}. Rebuild the baseline, or mend the network's trade or inputs."
        )
    leaving = np.bincount(wiring.edge_pool, flow, len(circuit.pools))
    output = np.bincount(wiring.output_pool, made, len(circuit.pools))
    change = network.stock_change
    piled = pd.Series(
        change["change"].to_numpy(), index=_keys(change["product"].to_numpy(), change["economy"].to_numpy())
    )
    stock = np.array([piled.get(key, 0.0) for key in circuit.pools.itertuples(index=False, name=None)])
    short = np.abs(output - leaving - stock) / np.maximum(output, 1e-6 * scale)
    if short.max(initial=0.0) > BALANCE_TOLERANCE:
        worst = int(np.argmax(short))
        product, economy = circuit.pools.iloc[worst]
        raise BalanceError(
            f"pool of {product} in {economy} makes {output[worst]:.6g} t a year, sends {leaving[worst]:.6g} "
            f"and piles up {stock[worst]:.6g}. Rebuild the baseline, or mend the network's outputs or trade."
        )
