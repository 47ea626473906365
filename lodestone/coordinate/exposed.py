"""What of an economy's uses stops when it has none of one product, followed through its own plants."""

from __future__ import annotations

import numpy as np
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.respond.home import Home

MAX_SWEEPS = 200
TOLERANCE = 1e-12


def exposed_uses(network: Network, home: Home, product: str) -> xr.DataArray:
    """Share of each use at home that stops without a product, all other inputs being there.

    A plant stops with the scarcest of its essential inputs; what it makes lacks as much as plants at home make of all that
    reaches home; what comes ready made from abroad keeps coming. Half of the product missing stops half of that share.

    Parameters
    ----------
    network : Network
    home : Home
        Of `lodestone.respond.home.home_of`.
    product : str

    Returns
    -------
    DataArray, dims (use,)
        [0..1]

    Raises
    ------
    KeyError
        If the economy has nothing to do with the product.

    Examples
    --------
    >>> from lodestone.respond.home import home_of
    >>> from tests.world import small_network
    >>> home = home_of(small_network(), "COR", "ALB")
    >>> exposed_uses(small_network(), home, "magnet").values.tolist()
    [1.0, 1.0]
    """
    products, processes = home.exports["product"].values.tolist(), home.activity["process"].values.tolist()
    fixed = products.index(product)
    rows = network.inputs[network.inputs["node"].isin(processes) & network.inputs["essential"].astype(bool)]
    needs = np.zeros((len(processes), len(products)), dtype=bool)
    needs[[processes.index(one) for one in rows["node"]], [products.index(one) for one in rows["product"]]] = True
    makes = (home.gives * home.activity).transpose("process", "product").values
    made, bought = makes.sum(axis=0), home.imports.sum("source").values
    there = made + bought
    lacks = np.zeros(len(products))
    lacks[fixed] = 1.0
    for _ in range(MAX_SWEEPS):
        stops = np.where(needs, lacks, 0.0).max(axis=1, initial=0.0)
        following = np.divide(stops @ makes, there, out=np.zeros(len(products)), where=there > 0.0)
        following[fixed] = 1.0
        if np.abs(following - lacks).max() < TOLERANCE:
            break
        lacks = following
    stopped = np.where(home.essential.transpose("use", "product").values, lacks, 0.0).max(axis=1, initial=0.0)
    return xr.DataArray(stopped, {"use": home.needs["use"].values}, ("use",))
