"""How concentrated supply is: shares, the largest supplier, the Herfindahl-Hirschman index."""

from __future__ import annotations

import numpy as np
import xarray as xr

from lodestone.errors import BalanceError, LabelError
from lodestone.exposure.alignment import first_place, require_dims, require_finite

TOLERANCE = 1e-6


def shares(quantity: xr.DataArray, dim: str = "economy") -> xr.DataArray:
    """Each economy's part of the total.

    Parameters
    ----------
    quantity : DataArray, dims (..., economy)
        Production, capacity or imports. [any mass unit, not below zero]
    dim : str
        The dimension to sum over.

    Returns
    -------
    DataArray, dims as ``quantity``
        Sums to 1 over ``dim``. [fraction]

    Raises
    ------
    LabelError
        If ``quantity`` has no such dimension.
    BalanceError
        If a quantity is NaN or negative, or a total is zero.

    Examples
    --------
    >>> shares(xr.DataArray([30.0, 10.0], dims="economy")).values.tolist()
    [0.75, 0.25]
    """
    require_dims(quantity, "quantity", dim)
    require_finite(quantity, "quantity")
    total = quantity.sum(dim)
    if (total <= 0).any():
        raise BalanceError(
            f"the total of {first_place(total, np.asarray(total <= 0))} is zero, so it has no shares. "
            "Leave it out, or check that its quantities were read."
        )
    return quantity / total


def herfindahl_hirschman_index(share: xr.DataArray) -> xr.DataArray:
    """Concentration of supply across economies, one value per product and stage.

    The sum of squared shares [1]_: 1/n when n economies supply equally, 1 when one does.

    Parameters
    ----------
    share : DataArray, dims (product, stage, economy)
        Share of world production; sums to 1 over economy. Any dims beside ``economy`` are kept. [fraction]

    Returns
    -------
    DataArray, dims (product, stage)
        The index, from 1/n to 1. [fraction; x 10,000 for the competition-law scale]

    Raises
    ------
    LabelError
        If ``share`` has no ``economy`` dimension.
    BalanceError
        If the shares of some product and stage do not sum to 1 (tolerance 1e-6).

    Examples
    --------
    >>> share = xr.DataArray([[[0.7, 0.2, 0.1]]], dims=("product", "stage", "economy"))
    >>> round(herfindahl_hirschman_index(share).item(), 2)
    0.54

    References
    ----------
    .. [1] A. O. Hirschman, "The paternity of an index", Am. Econ. Rev., vol. 54, no. 5,
       pp. 761-762, 1964.
    """
    require_shares(share)
    return (share**2).sum("economy")


def herfindahl_hirschman_interval(
    share: xr.DataArray, remainder: str, largest_other: float | None = None
) -> xr.Dataset:
    """Lowest and highest index when a row "other countries" hides who supplies.

    Lowest when the remainder is spread over ever more economies; highest when one economy holds it,
    or as few as ``largest_other`` allows.

    Parameters
    ----------
    share : DataArray, dims (..., economy)
        Sums to 1 over economy, the remainder included. [fraction]
    remainder : str
        Label of the row that stands for unnamed economies.
    largest_other : float, optional
        No unnamed economy supplies more than this, e.g. the smallest share the source lists by
        name. [fraction]

    Returns
    -------
    Dataset with ``low`` and ``high``, dims (...)
        [fraction]

    Raises
    ------
    LabelError
        If ``remainder`` is not a label of ``economy``.
    BalanceError
        If shares do not sum to 1, or ``largest_other`` is not above 0.

    Examples
    --------
    >>> share = xr.DataArray([0.7, 0.3], dims="economy", coords={"economy": ["A", "others"]})
    >>> interval = herfindahl_hirschman_interval(share, "others")
    >>> [round(interval[bound].item(), 2) for bound in ("low", "high")]
    [0.49, 0.58]
    >>> round(herfindahl_hirschman_interval(share, "others", 0.1)["high"].item(), 2)
    0.52
    """
    require_shares(share)
    if "economy" not in share.indexes or remainder not in share.indexes["economy"]:
        raise LabelError(f"no economy '{remainder}' in share. Give the label of the remainder row.")
    if largest_other is not None and not largest_other > 0:
        raise BalanceError(f"largest_other is {largest_other}, not above zero. Leave it out if unknown.")
    hidden = share.sel(economy=remainder, drop=True)
    named = (share.drop_sel(economy=remainder) ** 2).sum("economy")
    size = hidden if largest_other is None else np.minimum(hidden, largest_other)
    count = np.floor(hidden / xr.where(size > 0, size, 1.0) + 1e-12)
    packed = count * size**2 + (hidden - count * size) ** 2
    return xr.Dataset({"low": named, "high": named + packed})


def largest_supplier(share: xr.DataArray) -> xr.Dataset:
    """Who supplies most, and how much.

    Parameters
    ----------
    share : DataArray, dims (..., economy)
        Sums to 1 over economy. [fraction]

    Returns
    -------
    Dataset with ``supplier`` and ``share``, dims (...)
        On a tie, the label that sorts first, so that order in the table plays no part. [fraction]

    Raises
    ------
    LabelError, BalanceError
        As `herfindahl_hirschman_index`; LabelError too if ``economy`` carries no labels.

    Examples
    --------
    >>> share = xr.DataArray([0.3, 0.7], dims="economy", coords={"economy": ["A", "B"]})
    >>> largest_supplier(share)["supplier"].item()
    'B'
    """
    require_shares(share)
    if "economy" not in share.indexes:
        raise LabelError("share carries no economy labels, so the largest cannot be named. Add them.")
    ordered = share.sortby("economy")
    return xr.Dataset({"supplier": ordered.idxmax("economy"), "share": ordered.max("economy")})


def require_shares(share: xr.DataArray, dim: str = "economy") -> None:
    """Refuse shares that are NaN, negative, or do not sum to 1 within 1e-6.

    Raises
    ------
    LabelError
        If ``dim`` is missing.
    BalanceError
        Naming the product, stage and sum.

    Examples
    --------
    >>> require_shares(xr.DataArray([0.5, 0.45], dims="economy"))
    Traceback (most recent call last):
    ...
    lodestone.errors.BalanceError: shares of the only cell sum to 0.9500, not 1. ...
    """
    require_dims(share, "share", dim)
    require_finite(share, "share")
    total = share.sum(dim)
    off = np.asarray(np.abs(total - 1.0) > TOLERANCE)
    if off.any():
        value = np.asarray(total)[off].flat[0]
        raise BalanceError(
            f"shares of {first_place(total, off)} sum to {value:.4f}, not 1. "
            "Divide production by its world total before calling."
        )
