"""Shares of world production where part is withheld or not named: what a concentration can be made of."""

from __future__ import annotations

import pandas as pd
import xarray as xr

from lodestone.errors import BalanceError


def named_shares(rows: pd.DataFrame, world: str, remainder: str) -> xr.DataArray:
    """Each named economy's share of the world's total, and the rest under one label.

    What is withheld or below half a unit is not zero: it is in the rest, with "other countries". Give the answer to
    `lodestone.exposure.concentration.herfindahl_hirschman_interval`.

    Parameters
    ----------
    rows : DataFrame (economy, value)
        Facts of one product and period, the world's total among them. [any mass unit]
    world, remainder : str
        Label of the total, and of places not named.

    Returns
    -------
    DataArray, dims (economy,)
        Sums to 1. [fraction]

    Raises
    ------
    BalanceError
        If there is no total, or the named economies make more than it by over 1 % (it is rounded).

    Examples
    --------
    >>> rows = pd.DataFrame({"economy": ["ALB", "BOR", "CAR", "ALL"], "value": [6.0, None, 2.0, 10.0]})
    >>> named_shares(rows, "ALL", "REST").to_series().round(2).to_dict()
    {'ALB': 0.6, 'CAR': 0.2, 'REST': 0.2}
    """
    total = rows.loc[rows["economy"] == world, "value"]
    if len(total) != 1 or not total.item() > 0:
        raise BalanceError(f"there is no total of {world}, so nothing has a share. Take another product or period.")
    named = rows[~rows["economy"].isin([world, remainder]) & rows["value"].notna()].set_index("economy")["value"]
    rest = total.item() - named.sum()
    if rest < -0.01 * total.item():
        raise BalanceError(
            f"economies make {named.sum():g}, more than the total of {total.item():g}. Check their units."
        )
    share = pd.concat([named, pd.Series({remainder: max(rest, 0.0)})])
    return xr.DataArray(share / share.sum(), dims="economy", coords={"economy": list(share.index)})
