"""Weeks each use and each maker runs when one country ships nothing more and nobody adapts.

The stocks assumed along the chain are eaten one after the other: a maker runs on its stock while its
inflow falls short, then at what still arrives. A sweep from the mine to the use, repeated until scrap
loops settle. Goods underway and finished stock are not counted, so the answer is on the early side.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.errors import FactError
from lodestone.exposure.survive import weeks_until_stock_out
from lodestone.facts.assumptions import Assumption

HORIZON = 104
SMALL = 1e-9
SETTLED = 1e-6  # of output: when another sweep changes less, scrap loops have settled
COVERS = ("low", "central", "high")


@dataclass(frozen=True)
class Standing:
    """``nodes`` has a row each: node, kind, process, stage, economy, and weeks it runs under low, central
    and high cover (infinite: not short within two years)."""

    country: str
    nodes: pd.DataFrame


def cover_of(network: Network, assumptions: Mapping[str, Assumption]) -> list[Assumption]:
    """The assumption on stock that holds for each input of a network, the most particular first.

    Product in the economy, stage or sector in the economy, product, stage or sector, anything: the order
    the simulator uses.

    Raises
    ------
    FactError
        If the table has no ``cover_weeks`` at all.
    """
    if "cover_weeks" not in assumptions:
        raise FactError("the table of assumptions has no 'cover_weeks'. Add the row.")
    nodes = network.nodes.set_index("node").loc[network.inputs["node"]]
    who = np.where(nodes["kind"] == "use", nodes["process"], nodes["stage"])
    found = []
    for product, name, economy in zip(network.inputs["product"], who, nodes["economy"], strict=True):
        scopes = (f":{product}@{economy}", f":{name}@{economy}", f":{product}", f":{name}", "")
        held = next(f"cover_weeks{scope}" for scope in scopes if f"cover_weeks{scope}" in assumptions)
        found.append(assumptions[held])
    return found


def time_to_survive(network: Network, country: str, assumptions: Mapping[str, Assumption]) -> Standing:
    """Weeks until each node outside a country falls short once the country ships nothing abroad.

    Parameters
    ----------
    network : Network
    country : str
        Its own makers run on; nothing of theirs crosses the border from week 0.
    assumptions : by id
        ``cover_weeks`` and what is more particular. [weeks]

    Returns
    -------
    Standing
        Under low, central and high cover of everybody at once.

    Raises
    ------
    FactError
        As `cover_of`.
    """
    cover = cover_of(network, assumptions)
    frame = network.nodes[["node", "kind", "process", "stage", "economy"]].reset_index(drop=True)
    weeks = {name: _weeks(network, country, np.array([getattr(one, name) for one in cover])) for name in COVERS}
    return Standing(country, frame.assign(**weeks))


def _weeks(network: Network, country: str, cover: np.ndarray) -> np.ndarray:
    nodes, activity = network.nodes, network.nodes["activity"].to_numpy()
    place = pd.Series(np.arange(len(nodes)), index=nodes["node"])
    in_node = place[network.inputs["node"]].to_numpy()
    needs = network.inputs["essential"].to_numpy(bool) & (network.inputs["coefficient"].to_numpy() > SMALL)
    drawn, arrives = _drawn_from(network, country, in_node)
    needs &= (activity[in_node] > SMALL) & arrives
    rows = np.flatnonzero(needs)[np.argsort(in_node[needs], kind="stable")]
    drawn, cover = drawn[rows], cover[rows]
    node, start = np.unique(in_node[rows], return_index=True)
    home = (nodes["economy"] == country).to_numpy()
    running, first = np.ones((len(nodes), HORIZON)), np.full(len(nodes), np.inf)
    for _ in range(len(nodes)):
        served, ends = _served(drawn @ running, cover)
        again = np.ones_like(running)
        if len(rows):
            again[node] = np.minimum.reduceat(served, start, axis=0)
            first[node] = np.minimum.reduceat(ends, start)
        again[home] = 1.0
        settled = np.abs(again - running).max() < SETTLED
        running = again
        if settled:
            break
    return np.where(home, np.inf, first)


def _drawn_from(network: Network, country: str, in_node: np.ndarray) -> tuple[sp.csr_matrix, np.ndarray]:
    """(input row, node) share of an input made by a node, what the country ships abroad left out; and which inputs come."""
    nodes, outputs, trade = network.nodes, network.outputs, network.trade[network.trade["flow"] > 0]
    economy = nodes["economy"].to_numpy()
    out_node = pd.Series(np.arange(len(nodes)), index=nodes["node"])[outputs["node"]].to_numpy()
    pools = pd.MultiIndex.from_arrays([outputs["product"], economy[out_node]])
    names = pools.unique()
    made = _share(outputs["coefficient"].to_numpy() * nodes["activity"].to_numpy()[out_node], pools)
    makers = sp.csr_matrix((made, (names.get_indexer(pools), out_node)), shape=(len(names), len(nodes)))
    stores = pd.MultiIndex.from_frame(trade[["product", "destination"]])
    kept = ~((trade["origin"] == country) & (trade["destination"] != country)).to_numpy()
    shipped = _share(trade["flow"].to_numpy(), stores) * kept
    source = names.get_indexer(pd.MultiIndex.from_frame(trade[["product", "origin"]]))
    store_names = stores.unique()
    supply = sp.csr_matrix((shipped, (store_names.get_indexer(stores), source)), shape=(len(store_names), len(names)))
    store = store_names.get_indexer(pd.MultiIndex.from_arrays([network.inputs["product"], economy[in_node]]))
    takes = sp.csr_matrix(
        ((store >= 0).astype(float), (np.arange(len(store)), np.maximum(store, 0))),
        shape=(len(store), len(store_names)),
    )
    takes.eliminate_zeros()
    return sp.csr_matrix(takes @ supply @ makers), store >= 0


def _served(inflow: np.ndarray, cover: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Served share by input and week, and the week in which its stock ends."""
    arriving = np.where(inflow > 1.0 - SMALL, 1.0, inflow)
    ends = weeks_until_stock_out(
        xr.DataArray(cover, dims="row"),
        xr.DataArray(np.ones(len(cover)), dims="row"),
        xr.DataArray(arriving, dims=("row", "week")),
    ).values
    return np.where(np.arange(HORIZON)[None, :] + 1 <= ends[:, None], 1.0, arriving), ends


def _share(values: np.ndarray, labels: pd.MultiIndex) -> np.ndarray:
    """Each value over the sum of those with its label."""
    place = labels.factorize()[0]
    total = np.bincount(place, weights=values)[place]
    return np.asarray(np.divide(values, total, out=np.zeros_like(values), where=total > 0))


def by_use(standing: Standing, economy: str) -> pd.DataFrame:
    """Rows of an economy's uses, the shortest first: process, low, central, high. [weeks]"""
    nodes = standing.nodes
    rows = nodes[(nodes["economy"] == economy) & (nodes["kind"] == "use")]
    return rows.sort_values(["central", "process"])[["process", *COVERS]].reset_index(drop=True)


def by_stage(standing: Standing, economy: str, stages: Sequence[str]) -> pd.DataFrame:
    """The first maker of each stage in an economy to fall short: stage, low, central, high. [weeks]"""
    nodes = standing.nodes
    rows = nodes[(nodes["economy"] == economy) & (nodes["kind"] == "process") & nodes["stage"].isin(list(stages))]
    return (
        rows.groupby("stage")[list(COVERS)].min().reindex([s for s in stages if s in set(rows["stage"])]).reset_index()
    )
