"""How much of what an economy uses comes from abroad: apparent consumption and net import reliance."""

from __future__ import annotations

import numpy as np
import xarray as xr

from lodestone.errors import BalanceError
from lodestone.exposure.alignment import align_exactly, first_place, require_finite


def apparent_consumption(
    production: xr.DataArray,
    imports: xr.DataArray,
    exports: xr.DataArray,
    stock_change: xr.DataArray,
) -> xr.DataArray:
    """What an economy must have used: production + imports - exports - stock change.

    Parameters
    ----------
    production, imports, exports : DataArray, same dims
        Same stage, basis and period; contained element, not gross weight. [t]
    stock_change : DataArray, same dims
        Above zero when stocks grew. [t]

    Returns
    -------
    DataArray, same dims
        May be negative where the four do not describe the same thing; `net_import_reliance`
        refuses that. [t]

    Raises
    ------
    LabelError
        If labels differ.
    BalanceError
        If an argument is NaN, or production, imports or exports are negative.

    Examples
    --------
    >>> tonnes = [xr.DataArray(v) for v in (20.0, 100.0, 15.0, 5.0)]
    >>> apparent_consumption(*tonnes).item()
    100.0
    """
    production, imports, exports, stock_change = align_exactly(
        production=production, imports=imports, exports=exports, stock_change=stock_change
    )
    for name, array in (("production", production), ("imports", imports), ("exports", exports)):
        require_finite(array, name)
    require_finite(stock_change, "stock_change", negative=True)
    return production + imports - exports - stock_change


def net_import_reliance(
    production: xr.DataArray,
    imports: xr.DataArray,
    exports: xr.DataArray,
    stock_change: xr.DataArray,
) -> xr.DataArray:
    """Share of apparent consumption that net imports and stocks cover.

    (imports - exports - stock change) / apparent consumption, as yearly mineral summaries print
    it [1]_. It says nothing about material embedded in goods: an importer of magnets relies on
    nobody for ore.

    Parameters
    ----------
    production, imports, exports, stock_change : DataArray
        As in `apparent_consumption`. [t]

    Returns
    -------
    DataArray, same dims
        At most 1; negative for a net exporter. [fraction]

    Raises
    ------
    LabelError
        If labels differ.
    BalanceError
        If an argument is not a number, or apparent consumption is not above zero.

    Examples
    --------
    >>> tonnes = [xr.DataArray(v) for v in (20.0, 100.0, 15.0, 5.0)]
    >>> net_import_reliance(*tonnes).item()
    0.8

    References
    ----------
    .. [1] U.S. Geological Survey, "Mineral Commodity Summaries", appendix on definitions, yearly.
    """
    used = apparent_consumption(production, imports, exports, stock_change)
    wrong = np.asarray(used <= 0)
    if wrong.any():
        raise BalanceError(
            f"apparent consumption of {first_place(used, wrong)} is {np.asarray(used)[wrong].flat[0]:.4g} t, "
            "so reliance has no meaning. Check that production and trade are of one stage and basis."
        )
    return (used - production) / used
