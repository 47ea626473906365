"""Weeks until a use stops when its supply is cut and nothing adapts."""

from __future__ import annotations

import numpy as np
import xarray as xr

from lodestone.exposure.alignment import align_exactly, require_finite


def weeks_until_stock_out(inventory: xr.DataArray, use: xr.DataArray, inflow: xr.DataArray) -> xr.DataArray:
    """Time to survive of a use that draws on its stock while supply falls short.

    inventory / (use - inflow) when both are constant: the closed form of the programme
    ``max t subject to inflow t + inventory >= use t``. With a ``week`` dimension the stock is
    carried from week to week and the week in which it ends counts in part. What flows in during a
    week serves that week. A simulator that moves whole weeks, with nobody adapting, serves
    floor(t) weeks in full.

    Parameters
    ----------
    inventory : DataArray, dims (...)
        Usable stock at the start, in the form the use takes. [t]
    use, inflow : DataArray, dims (...) or (..., week)
        Need and supply. Weeks follow each other in the order of the axis. [t a week]

    Returns
    -------
    DataArray, dims (...)
        [weeks]; infinite when inflow meets use, or the stock outlasts the ``week`` axis.

    Raises
    ------
    LabelError
        If labels differ.
    BalanceError
        If an argument is NaN or negative.

    Examples
    --------
    >>> weeks_until_stock_out(xr.DataArray(45.0), xr.DataArray(125.0), xr.DataArray(75.0)).item()
    0.9
    >>> inflow = xr.DataArray([10.0, 10.0, 4.0, 4.0], dims="week")
    >>> weeks_until_stock_out(xr.DataArray(9.0), xr.DataArray(10.0), inflow).item()
    3.5
    """
    for name, array in (("inventory", inventory), ("use", use), ("inflow", inflow)):
        require_finite(array, name)
    if "week" not in use.dims and "week" not in inflow.dims:
        inventory, use, inflow = _side_by_side(inventory, use, inflow)
        return _last(inventory, use - inflow)
    return _by_week(inventory, use, inflow)


def _side_by_side(*arrays: xr.DataArray) -> tuple[xr.DataArray, ...]:
    """Exactly aligned where dimensions are shared; a dimension only one has is spread over the rest."""
    widest = max(arrays, key=lambda array: array.ndim)
    for array in arrays:
        if array is not widest:
            align_exactly(widest=widest, array=array)
    return xr.broadcast(*xr.align(*(a.reindex_like(widest) for a in arrays), join="exact"))


def _last(stock: xr.DataArray, shortfall: xr.DataArray) -> xr.DataArray:
    with np.errstate(divide="ignore", invalid="ignore"):
        weeks = stock / shortfall
    return xr.where(shortfall > 0, weeks, np.inf)


def _by_week(inventory: xr.DataArray, use: xr.DataArray, inflow: xr.DataArray) -> xr.DataArray:
    use, inflow, inventory = _side_by_side(use, inflow, inventory)
    shortfall = (use - inflow).transpose(..., "week")
    stock = inventory.isel(week=0, drop=True)
    short = shortfall.values
    drawn = np.cumsum(short, axis=-1)
    empty = drawn > stock.transpose(*shortfall.dims[:-1]).values[..., None]
    week = np.argmax(empty, axis=-1)[..., None]
    missing = np.take_along_axis(drawn, week, -1) - stock.transpose(*shortfall.dims[:-1]).values[..., None]
    with np.errstate(divide="ignore", invalid="ignore"):
        ends = week + 1.0 - missing / np.take_along_axis(short, week, -1)
    answer = np.where(empty.any(axis=-1), ends[..., 0], np.inf)
    return shortfall.isel(week=0, drop=True).copy(data=answer)
