"""A country's share of the world's output of the products of a stage, at the point and in every draw."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from lodestone.baseline.nouns import Network, NetworkDraws


def output_share(
    network: Network, draws: NetworkDraws | None, country: str, elements: Sequence[str], stage: str
) -> np.ndarray:
    """Share of a country in the output of a stage's products, by mass of some elements.

    Parameters
    ----------
    network : Network
    draws : NetworkDraws or None
        None gives the point alone.
    country : str
    elements : labels counted together
    stage : str
        Stage of the products; recycled oxide counts with separation.

    Returns
    -------
    array (1 + draws,)
        The point first; NaN where nothing is put out. [fraction]
    """
    out = network.outputs
    node = network.nodes.set_index("node")
    held = network.composition.sel(element=list(elements)).sum("element").to_series()
    kept = (network.products.set_index("product")["stage"].loc[out["product"]] == stage).to_numpy()
    weight = held.loc[out["product"]].to_numpy() * kept
    there = (node["economy"].loc[out["node"]] == country).to_numpy()
    row = node.index.get_indexer(out["node"])
    mass = (node["activity"].to_numpy()[row] * out["coefficient"].to_numpy() * weight)[None, :]
    if draws is not None:
        mass = np.concatenate([mass, draws.activity[:, row] * draws.output_coefficient * weight])
    whole = mass.sum(axis=1)
    return np.divide(mass[:, there].sum(axis=1), whole, out=np.full(len(whole), np.nan), where=whole > 0)
