"""The network of a material as an intake graph of one group of elements: who draws from whom.

A state is a pool (product, economy). A pool draws the element from the pools that supply the inputs of
the processes that fill it; a mine's pool draws from nothing. Rows of intake sum to 1 outside mines.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lodestone.baseline.nouns import Network


@dataclass(frozen=True)
class Flows:
    """The numbers of one network or one draw, in the row order of the network's tables."""

    trade: np.ndarray
    activity: np.ndarray
    input_coefficient: np.ndarray
    output_coefficient: np.ndarray


@dataclass(frozen=True)
class IntakeGraph:
    """``intake`` (state, state): share of a state's intake drawn from another; zero rows are mines.

    ``states`` has a row each: product, economy, stage. ``output`` is the mass of the elements each
    state puts out. [t a year]
    """

    states: pd.DataFrame
    intake: sp.csr_matrix
    output: np.ndarray


def flows_of(network: Network) -> Flows:
    """The point values of a network, in the row order of its tables."""
    return Flows(
        network.trade["flow"].to_numpy(),
        network.nodes["activity"].to_numpy(),
        network.inputs["coefficient"].to_numpy(),
        network.outputs["coefficient"].to_numpy(),
    )


class GraphBuilder:
    """Index arrays of a network, laid out once so that many draws can be turned into graphs.

    Parameters
    ----------
    network : Network
    """

    def __init__(self, network: Network) -> None:
        self.network = network
        nodes = network.nodes
        place = dict(zip(nodes["node"], range(len(nodes)), strict=True))
        economy = nodes["economy"].to_numpy()
        self.in_node = network.inputs["node"].map(place).to_numpy()
        self.out_node = network.outputs["node"].map(place).to_numpy()
        pools = pd.MultiIndex.from_arrays([network.outputs["product"], economy[self.out_node]]).unique().sort_values()
        self.pools = pools
        self.out_pool = pools.get_indexer(
            pd.MultiIndex.from_arrays([network.outputs["product"], economy[self.out_node]])
        )
        trade = network.trade
        self.trade_pool = pools.get_indexer(pd.MultiIndex.from_frame(trade[["product", "origin"]]))
        stores = pd.MultiIndex.from_frame(trade[["product", "destination"]]).unique().sort_values()
        self.stores = stores
        self.trade_store = stores.get_indexer(pd.MultiIndex.from_frame(trade[["product", "destination"]]))
        self.in_store = stores.get_indexer(
            pd.MultiIndex.from_arrays([network.inputs["product"], economy[self.in_node]])
        )
        products = network.products.set_index("product")
        self.states = pd.DataFrame(
            {
                "product": pools.get_level_values(0),
                "economy": pools.get_level_values(1),
                "stage": products.loc[pools.get_level_values(0), "stage"].to_numpy(),
            }
        )

    def supply_shares(self, flows: Flows) -> sp.csr_matrix:
        """Share of a store's arrivals that comes from each pool.

        Returns
        -------
        sparse (store, pool)
            Rows sum to 1, or to 0 where nothing arrives. [fraction]
        """
        shape = (len(self.stores), len(self.pools))
        table = sp.csr_matrix((flows.trade, (self.trade_store, self.trade_pool)), shape=shape)
        total = np.asarray(table.sum(axis=1)).ravel()
        return sp.csr_matrix(sp.diags(1.0 / np.where(total > 0, total, 1.0)) @ table)

    def graph(self, flows: Flows, elements: list[str]) -> IntakeGraph:
        """The intake graph of a group of elements for one set of flows.

        Parameters
        ----------
        flows : Flows
        elements : list of str
            Counted together, by mass.

        Returns
        -------
        IntakeGraph
        """
        network = self.network
        held = network.composition.sel(element=elements).sum("element").to_series()
        in_mass = (
            held.loc[network.inputs["product"]].to_numpy() * flows.input_coefficient * flows.activity[self.in_node]
        )
        out_mass = (
            held.loc[network.outputs["product"]].to_numpy() * flows.output_coefficient * flows.activity[self.out_node]
        )
        n_node, n_pool, n_store = len(network.nodes), len(self.pools), len(self.stores)
        supplied = self.in_store >= 0  # a store without a trade row takes nothing in any draw
        taken = sp.csr_matrix(
            (in_mass[supplied], (self.in_node[supplied], self.in_store[supplied])), shape=(n_node, n_store)
        )
        node_total = np.asarray(taken.sum(axis=1)).ravel()
        taken = sp.diags(1.0 / np.where(node_total > 0, node_total, 1.0)) @ taken
        made = sp.csr_matrix((out_mass, (self.out_pool, self.out_node)), shape=(n_pool, n_node))
        output = np.asarray(made.sum(axis=1)).ravel()
        made = sp.diags(1.0 / np.where(output > 0, output, 1.0)) @ made
        return IntakeGraph(self.states, sp.csr_matrix(made @ taken @ self.supply_shares(flows)), output)

    def demand(self, flows: Flows, economy: str, stage: str, elements: list[str]) -> np.ndarray:
        """Mass an economy's stores of one stage's products take from each pool.

        Returns
        -------
        array (pool,)
            [t contained element a year]
        """
        network = self.network
        held = network.composition.sel(element=elements).sum("element").to_series()
        stages = network.products.set_index("product")["stage"]
        trade = network.trade
        keep = (trade["destination"] == economy).to_numpy() & (stages.loc[trade["product"]] == stage).to_numpy()
        mass = flows.trade[keep] * held.loc[trade["product"][keep]].to_numpy()
        return np.bincount(self.trade_pool[keep], weights=mass, minlength=len(self.pools))
