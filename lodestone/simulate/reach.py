"""Two questions a measure asks of the network: who uses it in the end, and whose content is in it.

Both follow mass through pools, trade and stores until nothing changes; losses and stock are left
aside, so the shares are of what arrives. First-round shares are the first sweep of the same sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.errors import BalanceError

MAX_SWEEPS = 500
TOLERANCE = 1e-12


@dataclass(frozen=True)
class _Mass:
    """Flows between numbered nodes and numbered places (product, economy) of one network."""

    places: pd.MultiIndex
    trade_from: np.ndarray  # place of each trade row's pool
    trade_to: np.ndarray  # place of each trade row's store
    flow: np.ndarray
    input_node: np.ndarray
    input_place: np.ndarray
    input_mass: np.ndarray
    output_node: np.ndarray
    output_place: np.ndarray
    output_mass: np.ndarray


def end_use_share(network: Network, sectors: tuple[str, ...], economies: tuple[str, ...] | None = None) -> np.ndarray:
    """Share of each trade row's mass that ends in the named sectors, in the named economies.

    Parameters
    ----------
    network : Network
    sectors : tuple of str
        Sectors, as in column ``process`` of the use nodes.
    economies : tuple of str, optional
        Where the use must stand; anywhere if not given.

    Returns
    -------
    ndarray (trade row,)
        Share of what arrives at the row's destination, whatever its origin. [0..1]

    Examples
    --------
    >>> from tests.world import small_network
    >>> network = small_network()
    >>> share = end_use_share(network, ("motors",), ("BOR",))
    >>> row = network.trade.query("product == 'magnet' and origin == 'ALB' and destination == 'BOR'").index[0]
    >>> round(float(share[row]), 3)  # 24 of 30 t
    0.8
    """
    mass = _mass(network)
    nodes = network.nodes
    wanted = (nodes["kind"] == "use") & nodes["process"].isin(sectors)
    if economies is not None:
        wanted &= nodes["economy"].isin(economies)
    is_use = (nodes["kind"] == "use").to_numpy()
    value = wanted.to_numpy(float)
    store = np.zeros(len(mass.places))
    for _ in range(MAX_SWEEPS):
        store = _mean(mass.input_place, mass.input_mass, value[mass.input_node], len(store))
        pool = _mean(mass.trade_from, mass.flow, store[mass.trade_to], len(store))
        made = _mean(mass.output_node, mass.output_mass, pool[mass.output_place], len(value))
        following = np.where(is_use, value, made)
        if np.abs(following - value).max(initial=0.0) < TOLERANCE:
            return store[mass.trade_to]
        value = following
    raise BalanceError(_no_end("end uses"))


def issuer_content(network: Network, issuer: str) -> xr.DataArray:
    """Share of each economy's own make of a product that passed through the issuer at any stage.

    Returns
    -------
    DataArray, dims (product, economy)
        Share by mass, 1 for the issuer itself; 0 where the economy makes none. [0..1]

    Examples
    --------
    >>> from tests.world import small_network
    >>> content = issuer_content(small_network(), "ALB")
    >>> content.sel(product="magnet", economy="BOR").item()  # all its oxide comes from Alba
    1.0
    """
    mass = _mass(network)
    at_home = mass.places.get_level_values("economy") == issuer
    has_maker = np.bincount(mass.output_place, mass.output_mass, len(mass.places)) > 0
    fixed = at_home & has_maker
    pool = fixed.astype(float)
    for _ in range(MAX_SWEEPS):
        store = _mean(mass.trade_to, mass.flow, pool[mass.trade_from], len(pool))
        node = _mean(mass.input_node, mass.input_mass, store[mass.input_place], len(network.nodes))
        made = _mean(mass.output_place, mass.output_mass, node[mass.output_node], len(pool))
        following = np.where(fixed, 1.0, made)
        if np.abs(following - pool).max(initial=0.0) < TOLERANCE:
            break
        pool = following
    else:
        raise BalanceError(_no_end("the issuer's content"))
    frame = pd.Series(pool, index=mass.places).unstack(fill_value=0.0)
    return xr.DataArray(
        frame.to_numpy(),
        dims=("product", "economy"),
        coords={"product": frame.index.to_numpy(), "economy": frame.columns.to_numpy()},
    )


def _mass(network: Network) -> _Mass:
    nodes = network.nodes
    number = pd.Series(np.arange(len(nodes)), index=nodes["node"])
    economy = nodes.set_index("node")["economy"]
    activity = nodes.set_index("node")["activity"]

    def placed(table: pd.DataFrame) -> pd.MultiIndex:
        return pd.MultiIndex.from_arrays([table["product"], table["node"].map(economy)])

    trade = network.trade
    pools = pd.MultiIndex.from_frame(trade[["product", "origin"]])
    stores = pd.MultiIndex.from_frame(trade[["product", "destination"]])
    inputs, outputs = placed(network.inputs), placed(network.outputs)
    every = sorted({*pools, *stores, *inputs, *outputs})
    places = pd.MultiIndex.from_tuples(every, names=["product", "economy"])
    return _Mass(
        places=places,
        trade_from=places.get_indexer(pools),
        trade_to=places.get_indexer(stores),
        flow=trade["flow"].to_numpy(float),
        input_node=network.inputs["node"].map(number).to_numpy(int),
        input_place=places.get_indexer(inputs),
        input_mass=(network.inputs["coefficient"] * network.inputs["node"].map(activity)).to_numpy(float),
        output_node=network.outputs["node"].map(number).to_numpy(int),
        output_place=places.get_indexer(outputs),
        output_mass=(network.outputs["coefficient"] * network.outputs["node"].map(activity)).to_numpy(float),
    )


def _mean(group: np.ndarray, weight: np.ndarray, value: np.ndarray, size: int) -> np.ndarray:
    """Weighted mean by group; 0 for groups without weight."""
    total = np.bincount(group, weight, size)
    summed = np.bincount(group, weight * value, size)
    return np.divide(summed, total, out=np.zeros(size), where=total > 0)


def _no_end(what: str) -> str:
    return (
        f"following {what} through the network did not settle in {MAX_SWEEPS} sweeps. "
        "Look for a loop of products that loses no mass."
    )
