"""The unknowns of a baseline and how they bind: activities, trade, stock changes, use; their balances.

Unknowns stand in one vector x >= 0 in this order: activity of each node, trade of each pair, stock
change of each piled-up product, use of each (sector, economy, product). Only pairs with a maker and a
user have a cell; an economy that nothing says makes or uses a product has none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lodestone.baseline.parameters import Parameters
from lodestone.baseline.topology import ProcessRow, Topology
from lodestone.baseline.topology_faults import EXTRACTIVE

STOCKED_KINDS = ("oxide", "refined", "scrap")


@dataclass(frozen=True)
class Cells:
    """Which unknowns exist; the numbers that bind them come from `coefficients`."""

    nodes: pd.DataFrame  # node, process, stage, rule, economy
    trade: pd.DataFrame  # product, origin, destination
    stock: pd.DataFrame  # product, economy
    use: pd.DataFrame  # sector, economy, product, essential, row (of the uses table)
    pools: pd.MultiIndex
    stores: pd.MultiIndex

    @property
    def sizes(self) -> tuple[int, int, int, int]:
        """How many activities, trade pairs, stock changes and uses."""
        return len(self.nodes), len(self.trade), len(self.stock), len(self.use)

    @property
    def starts(self) -> np.ndarray:
        """Where each of the four parts begins in x, and the length of x."""
        return np.concatenate([[0], np.cumsum(self.sizes)])


@dataclass(frozen=True)
class Coefficients:
    """Inputs and outputs of nodes a tonne of activity.

    Columns: node (row of ``Cells.nodes``), product, coefficient. [t contained element per t]
    """

    inputs: pd.DataFrame
    outputs: pd.DataFrame


def coefficients(topology: Topology, nodes: pd.DataFrame, parameters: Parameters) -> Coefficients:
    """What each node takes in and puts out a tonne of activity.

    ``mine``, ``recover``, ``convert``, ``blend``, ``shape`` and ``assemble`` count activity in tonnes put out,
    ``separate`` in tonnes taken in.

    Parameters
    ----------
    topology : Topology
    nodes : DataFrame with process
    parameters : Parameters

    Returns
    -------
    Coefficients
    """
    table: dict[str, ProcessRow] = {str(p.process): p for p in topology.processes.itertuples()}
    takes: dict[str, list[tuple[str, float]]] = {}
    gives: dict[str, list[tuple[str, float]]] = {}
    element_product = _element_products(topology)
    for name, process in table.items():
        takes[name], gives[name] = _recipe(process, topology, parameters, element_product)
    inputs = [(i, p, c) for i, name in enumerate(nodes["process"]) for p, c in takes[name]]
    outputs = [(i, p, c) for i, name in enumerate(nodes["process"]) for p, c in gives[name]]
    columns = ["node", "product", "coefficient"]
    return Coefficients(pd.DataFrame(inputs, columns=columns), pd.DataFrame(outputs, columns=columns))


def _element_products(topology: Topology) -> dict[tuple[str, str], str]:
    rows = topology.products[topology.products["composition"].str.startswith("element:")]
    return {
        (str(kind), text.split(":", 1)[1]): str(product)
        for product, kind, text in zip(rows["product"], rows["kind"], rows["composition"], strict=True)
    }


def _recipe(
    process: ProcessRow, topology: Topology, parameters: Parameters, element_product: dict[tuple[str, str], str]
) -> tuple[list[tuple[str, float]], list[tuple[str, float]]]:
    rule, name, taken, given = process.rule, process.process, process.input, process.output
    rate = float(parameters.yields[name])
    if rule in EXTRACTIVE:
        return [], [(given, 1.0)]
    if rule == "separate":
        composition = parameters.composition.loc[taken]
        kind = given.split("_", 1)[0]
        out = [
            (element_product[kind, str(element)], float(share) * rate)
            for element, share in composition.items()
            if share > 0 and (kind, str(element)) in element_product
        ]
        return [(taken, 1.0)], out
    if rule == "blend":
        composition = parameters.composition.loc[given]
        kind = taken.split("_", 1)[0]
        needs = [
            (element_product[kind, str(element)], float(share) / rate)
            for element, share in composition.items()
            if share > 0
        ]
        return needs, [(given, 1.0)]
    if rule == "assemble":
        component = str(topology.products.set_index("product").loc[given, "composition"]).split(":", 1)[1]
        mix = topology.mixes[topology.mixes["component"] == component]
        prefix = taken.rstrip("*")
        needs = [(f"{prefix}{g}", float(s) / rate) for g, s in zip(mix["grade"], mix["share"], strict=True)]
        return needs, [(given, 1.0)]
    out = [(given, 1.0)]
    if process.scrap:
        out.append((process.scrap, (1.0 / rate - 1.0) * float(parameters.collected[name])))
    return [(taken, 1.0 / rate)], out


def build_cells(topology: Topology, parameters: Parameters, sector_split: pd.DataFrame) -> Cells:
    """All unknowns that may be above zero.

    Parameters
    ----------
    topology : Topology
    parameters : Parameters
        Only which coefficients are above zero matters here.
    sector_split : DataFrame, index sector, columns economy
        Share of each sector's world use by economy; an economy with a zero has no use cell. [fraction]

    Returns
    -------
    Cells
    """
    process = topology.processes.set_index("process")
    makers = topology.makers
    nodes = pd.DataFrame(
        {
            "node": makers["process"] + "@" + makers["economy"],
            "process": makers["process"],
            "stage": process.loc[makers["process"], "stage"].to_numpy(),
            "rule": process.loc[makers["process"], "rule"].to_numpy(),
            "economy": makers["economy"],
        }
    ).reset_index(drop=True)
    recipe = coefficients(topology, nodes, parameters)
    uses = [
        (use.sector, economy, use.product, use.essential == "yes", row)
        for row, use in enumerate(topology.uses.itertuples())
        for economy, share in sector_split.loc[str(use.sector)].items()
        if share > 0
    ]
    use = pd.DataFrame(uses, columns=["sector", "economy", "product", "essential", "row"])
    economy = nodes["economy"].to_numpy()
    pools = _places(recipe.outputs["product"], economy[recipe.outputs["node"]])
    stores = _places(
        pd.concat([recipe.inputs["product"], use["product"]]),
        np.concatenate([economy[recipe.inputs["node"]], use["economy"].to_numpy()]),
    )
    origin = pools.to_frame(index=False).rename(columns={"economy": "origin"})
    destination = stores.to_frame(index=False).rename(columns={"economy": "destination"})
    trade = origin.merge(destination, on="product").sort_values(["product", "origin", "destination"])
    kind = topology.products.set_index("product")["kind"]
    held = pools.to_frame(index=False)
    held = held[kind.loc[held["product"]].isin(STOCKED_KINDS).to_numpy()]
    return Cells(nodes, trade.reset_index(drop=True), held.reset_index(drop=True), use, pools, stores)


def _places(product: pd.Series, economy: np.ndarray) -> pd.MultiIndex:
    frame = pd.DataFrame({"product": product.to_numpy(), "economy": economy}).drop_duplicates()
    return pd.MultiIndex.from_frame(frame.sort_values(["product", "economy"]))


def balance_matrix(cells: Cells, recipe: Coefficients) -> sp.csr_matrix:
    """Rows: every pool, then every store; each row times x is zero when the network balances.

    Pool: outputs - trade leaving - stock change. Store: trade arriving - inputs - use. [t a year]

    Returns
    -------
    sparse (pools + stores, cells)
    """
    _n_node, n_trade, n_stock, n_use = cells.sizes
    first = cells.starts
    economy = cells.nodes["economy"].to_numpy()
    n_pool = len(cells.pools)

    def pool(product: pd.Series, place: np.ndarray) -> np.ndarray:
        return cells.pools.get_indexer(pd.MultiIndex.from_arrays([product, place]))

    def store(product: pd.Series, place: np.ndarray) -> np.ndarray:
        return n_pool + cells.stores.get_indexer(pd.MultiIndex.from_arrays([product, place]))

    out, taken, trade, stock, use = recipe.outputs, recipe.inputs, cells.trade, cells.stock, cells.use
    trade_columns = first[1] + np.arange(n_trade)
    parts = [
        (pool(out["product"], economy[out["node"]]), out["node"].to_numpy(), out["coefficient"].to_numpy()),
        (pool(trade["product"], trade["origin"].to_numpy()), trade_columns, -np.ones(n_trade)),
        (
            pool(stock["product"], stock["economy"].to_numpy()),
            first[2] + np.arange(n_stock),
            -np.ones(n_stock),
        ),
        (store(trade["product"], trade["destination"].to_numpy()), trade_columns, np.ones(n_trade)),
        (
            store(taken["product"], economy[taken["node"]]),
            taken["node"].to_numpy(),
            -taken["coefficient"].to_numpy(),
        ),
        (store(use["product"], use["economy"].to_numpy()), first[3] + np.arange(n_use), -np.ones(n_use)),
    ]
    rows, columns, values = (np.concatenate([part[i] for part in parts]) for i in range(3))
    shape = (n_pool + len(cells.stores), int(first[-1]))
    return sp.csr_matrix((values, (rows, columns)), shape=shape)
