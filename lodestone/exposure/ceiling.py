"""How far supply stands from a rule that caps any single country's share by a date."""

from __future__ import annotations

import numpy as np
import xarray as xr

from lodestone.errors import BalanceError, LabelError
from lodestone.exposure.alignment import require_dims, require_finite
from lodestone.exposure.concentration import largest_supplier, shares


def distance_to_ceiling(supply: xr.DataArray, ceiling: float, home: str | None = None) -> xr.Dataset:
    """What must move, or be added elsewhere, for the largest supplier to fall under a ceiling.

    Parameters
    ----------
    supply : DataArray, dims (..., economy), labelled
        Supply of one user or of the world, by economy of origin. [t a year]
    ceiling : float
        Highest share any one economy may have, e.g. 0.65 or 0.60. [fraction, above 0, at most 1]
    home : str, optional
        The user's own economy: it counts in the total and is never the supplier a rule is about.

    Returns
    -------
    Dataset, dims (...)
        ``supplier`` and its ``share`` [fraction]; ``distance`` = share - ceiling, negative where
        the rule is met [fraction]; ``to_shift``, tonnes to take from others at the same total, and
        ``to_add``, tonnes others must add if the largest keeps its own [t a year, 0 where met].

    Raises
    ------
    LabelError
        If ``supply`` has no labelled ``economy`` dimension, or none but ``home``.
    BalanceError
        If a number is NaN or negative, a total is zero, or ``ceiling`` is outside (0, 1].

    Examples
    --------
    >>> supply = xr.DataArray([80.0, 20.0], dims="economy", coords={"economy": ["A", "B"]})
    >>> result = distance_to_ceiling(supply, 0.64)
    >>> [round(result[name].item(), 6) for name in ("distance", "to_shift", "to_add")]
    [0.16, 16.0, 25.0]
    """
    if not 0 < ceiling <= 1:
        raise BalanceError(f"a ceiling of {ceiling} is not a share. Write 65 % as 0.65.")
    top = _largest_abroad(shares(supply), home) if home is not None else largest_supplier(shares(supply))
    total = supply.sum("economy")
    excess = top["share"] - ceiling
    return top.assign(
        distance=excess,
        to_shift=np.maximum(excess, 0.0) * total,
        to_add=np.maximum(top["share"] / ceiling - 1.0, 0.0) * total,
    )


def _largest_abroad(share: xr.DataArray, home: str) -> xr.Dataset:
    """As `largest_supplier`, the user's own economy left out of the choice and kept in the total."""
    abroad = share.sel(economy=share["economy"] != home).sortby("economy")
    if abroad.sizes["economy"] == 0:
        raise LabelError(f"supply has no economy but '{home}'. Nobody else can stand above a ceiling.")
    return xr.Dataset({"supplier": abroad.idxmax("economy"), "share": abroad.max("economy")})


def path_to_ceiling(supply: xr.DataArray, ceiling: float, by: float) -> xr.Dataset:
    """Whether a supply path meets a ceiling by its date, and how fast the share must fall.

    Parameters
    ----------
    supply : DataArray, dims (..., year, economy), labelled
        Supply by year, e.g. today's network with its dated projects. [t a year]
    ceiling : float
        Highest share. [fraction]
    by : float
        Year of the rule; must be on the ``year`` axis.

    Returns
    -------
    Dataset, dims (...)
        ``distance`` in the year of the rule [fraction], ``first_year_met`` (NaN if never on the
        axis), ``yearly_change`` the share must make from the first year on [fraction a year].

    Raises
    ------
    LabelError
        If ``year`` or ``economy`` is missing, or ``by`` is not on the axis.
    BalanceError
        As `distance_to_ceiling`; also if ``by`` is not after the first year.

    Examples
    --------
    >>> supply = xr.DataArray(
    ...     [[90.0, 10.0], [70.0, 30.0], [60.0, 40.0]],
    ...     dims=("year", "economy"),
    ...     coords={"year": [2025, 2028, 2030], "economy": ["A", "B"]},
    ... )
    >>> result = path_to_ceiling(supply, 0.65, 2030)
    >>> result["first_year_met"].item(), round(result["yearly_change"].item(), 3)
    (2030.0, -0.05)
    """
    require_dims(supply, "supply", "year", "economy")
    require_finite(supply, "supply")
    if "year" not in supply.indexes or by not in supply.indexes["year"]:
        raise LabelError(f"the year {by:g} is not on the year axis of supply. Add it, or use another.")
    supply = supply.sortby("year")
    years = supply["year"].astype(float)
    start = float(years[0])
    if by <= start:
        raise BalanceError(f"the rule's year {by:g} is not after {start:g}. Start the path earlier.")
    result = distance_to_ceiling(supply, ceiling)
    met = result["distance"] <= 1e-12
    return xr.Dataset(
        {
            "distance": result["distance"].sel(year=by, drop=True),
            "first_year_met": years.where(met).min("year"),
            "yearly_change": -np.maximum(result["distance"].isel(year=0, drop=True), 0.0) / (by - start),
        }
    )
