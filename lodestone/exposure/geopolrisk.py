"""GeoPolRisk, the supply-risk indicator of life-cycle assessment, as a compatibility view.

One importer, one year, one stage. It says nothing about stages it does not name: a country that
mines ore and imports the metal can show a risk near zero.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import xarray as xr

from lodestone.errors import BalanceError
from lodestone.exposure.alignment import align_exactly, first_place, require_dims, require_finite
from lodestone.exposure.concentration import herfindahl_hirschman_index, shares


@dataclass(frozen=True)
class GeoPolRisk:
    """The indicator and its parts; every array keeps the dims beside ``economy``.

    ``concentration`` [fraction], ``import_risk`` [fraction], ``score`` = concentration x
    import_risk, ``price`` [value unit a t], ``midpoint`` = score x price.
    """

    concentration: xr.DataArray
    import_risk: xr.DataArray
    score: xr.DataArray
    price: xr.DataArray
    midpoint: xr.DataArray


def instability(political_stability: xr.DataArray) -> xr.DataArray:
    """Political stability turned round and scaled to 0 (stable) to 1: (2.5 - s)/5.

    Parameters
    ----------
    political_stability : DataArray
        The one governance estimate of this name. [-2.5 to 2.5; values a little past either end
        occur and are kept]

    Returns
    -------
    DataArray, same dims
        [0 to 1]

    Raises
    ------
    BalanceError
        If an estimate is NaN.

    Examples
    --------
    >>> instability(xr.DataArray(-2.5)).item()
    1.0
    """
    require_finite(political_stability, "political_stability", negative=True)
    return (2.5 - political_stability) / 5.0


def geopolrisk(
    production: xr.DataArray,
    domestic_production: xr.DataArray,
    imports: xr.DataArray,
    import_value: xr.DataArray,
    unrest: xr.DataArray,
) -> GeoPolRisk:
    """Concentration of world production times the import-weighted instability of suppliers [1]_.

    Parameters
    ----------
    production : DataArray, dims (..., economy)
        World production of one stage. [t]
    domestic_production : DataArray, dims (...)
        The importer's own, of the same stage. [t]
    imports, import_value : DataArray, dims (..., partner)
        By country of origin; same stage. Zero where nothing came. [t], [any money]
    unrest : DataArray, dims (partner,) or (..., partner)
        From `instability`. [0 to 1]

    Returns
    -------
    GeoPolRisk

    Raises
    ------
    LabelError
        If labels differ.
    BalanceError
        If a number is NaN or negative, nothing is produced, or nothing is imported (no price).

    Examples
    --------
    >>> def line(values, dim):
    ...     return xr.DataArray(values, dims=dim)
    >>> result = geopolrisk(
    ...     line([60.0, 40.0], "economy"), xr.DataArray(25.0),
    ...     line([75.0], "partner"), line([150.0], "partner"), line([0.4], "partner"),
    ... )
    >>> round(result.score.item(), 4), result.price.item()
    (0.156, 2.0)

    References
    ----------
    .. [1] E. D. Gemechu et al., "Import-based indicator for the geopolitical supply risk of raw
       materials in life cycle sustainability assessments", J. Ind. Ecol., vol. 20, no. 1,
       pp. 154-165, 2016.
    """
    require_dims(imports, "imports", "partner")
    for name, array in (
        ("domestic_production", domestic_production),
        ("imports", imports),
        ("import_value", import_value),
        ("unrest", unrest),
    ):
        require_finite(array, name)
    imports, import_value = align_exactly(imports=imports, import_value=import_value)
    align_exactly(imports=imports, unrest=unrest)
    if "partner" in imports.indexes:
        unrest = unrest.reindex(partner=imports["partner"])
    arriving = imports.sum("partner")
    _refuse_none(arriving)
    align_exactly(arriving=arriving, domestic_production=domestic_production)
    concentration = herfindahl_hirschman_index(shares(production))
    import_risk = (unrest * imports).sum("partner") / (domestic_production + arriving)
    price = import_value.sum("partner") / arriving
    score = concentration * import_risk
    return GeoPolRisk(concentration, import_risk, score, price, score * price)


def characterisation_factor(midpoint: xr.DataArray, reference_midpoint: float) -> xr.DataArray:
    """Midpoint of a material against that of the reference material (copper, by convention).

    Parameters
    ----------
    midpoint : DataArray
        From `geopolrisk`.
    reference_midpoint : float
        The same for the reference material, importer and year; above 0.

    Returns
    -------
    DataArray, same dims
        [kg of reference equivalent a kg]

    Raises
    ------
    BalanceError
        If a number is NaN or the reference is not above zero.

    Examples
    --------
    >>> characterisation_factor(xr.DataArray(0.75), 0.5).item()
    1.5
    """
    require_finite(midpoint, "midpoint")
    if not (np.isfinite(reference_midpoint) and reference_midpoint > 0):
        raise BalanceError(
            f"a reference midpoint of {reference_midpoint} cannot be divided by. "
            "Compute it with the reference material's own rows."
        )
    return midpoint / reference_midpoint


def _refuse_none(arriving: xr.DataArray) -> None:
    none = np.asarray(arriving <= 0)
    if none.any():
        raise BalanceError(
            f"nothing is imported of {first_place(arriving, none)}, so there is no import price. "
            "Leave it out; its import risk is zero."
        )
