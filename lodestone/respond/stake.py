"""What a missing tonne of a product stops at home: value added of the uses it ends in, followed through the economy's own makers."""

from __future__ import annotations

import numpy as np
import xarray as xr

from lodestone.respond.home import Home, home_use

STEPS = 12  # stages a tonne is followed through: more than any chain has, so that a loop of scrap adds what it returns and no more


def stake(home: Home, worth: xr.DataArray, absence: xr.DataArray | float = 0.0) -> xr.DataArray:
    """Value added that a missing tonne of each product stops.

    A tonne that is lacking is lacking where the product goes, in proportion: a use loses its value added over what it takes, times
    ``absence`` where the product is not essential to it; a maker stops what it would have made of it, of which the share that
    stays at home is followed on.

    Parameters
    ----------
    home : Home
    worth : DataArray, dims (use,)
        Value added of a year. [million USD of 2024]
    absence : DataArray, dims (use, product), or float
        Share of its output that a use loses without a product that is not essential to it. [0..1]

    Returns
    -------
    DataArray, dims (product,)
        [million USD of 2024 a t contained]; 0 where nobody at home takes it.

    Examples
    --------
    >>> from lodestone.respond.home import home_of
    >>> from tests.world import small_network
    >>> home = home_of(small_network(), "BOR", "ALB")
    >>> found = stake(home, xr.DataArray([24.0, 6.0], {"use": home.needs["use"].values}, ("use",)))
    >>> found.sel(product="magnet").item(), found.sel(product="oxide_heavy").item() > 1.0
    (1.0, True)
    """
    total = home_use(home)
    share = xr.where(home.essential, 1.0, absence)
    stopped = (worth * share).where(home.needs > 0.0, 0.0).sum("use")
    made = (home.gives * home.activity).sum("process")
    kept = (1.0 - home.exports / made.where(made > 0.0)).clip(0.0, 1.0).fillna(0.0)
    takes = (home.takes > 0.0).transpose("process", "product").to_numpy()
    gives = (home.gives * home.activity * kept).transpose("process", "product").to_numpy()
    tonnes = total.to_numpy()
    each = np.where(tonnes > 0.0, 1.0 / np.where(tonnes > 0.0, tonnes, 1.0), 0.0)
    onward = each[:, None] * (takes.T.astype(float) @ gives)
    found = stopped.reindex(product=total["product"]).fillna(0.0).to_numpy() * each
    step = found
    for _ in range(STEPS):
        step = onward @ step
        found = found + step
    return xr.DataArray(found, {"product": total["product"].values}, ("product",))
