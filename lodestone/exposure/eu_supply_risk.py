"""The supply risk of the European Union's critical-raw-material lists, as a compatibility view.

It ranks materials. It is no loss, no probability, and never enters a plan as if it were one.
"""

from __future__ import annotations

import numpy as np
import xarray as xr

from lodestone.errors import BalanceError, LabelError
from lodestone.exposure.alignment import align_exactly, require_finite
from lodestone.exposure.concentration import require_shares

SUPPLY_RISK_THRESHOLD = 1.0
ECONOMIC_IMPORTANCE_THRESHOLD = 2.8


def scaled_governance(governance: xr.DataArray) -> xr.DataArray:
    """Governance estimates turned round and scaled: 0 the best governed, 10 the worst.

    (2.5 - g)/5 x 10 with g the mean of all six worldwide governance estimates [1]_; GeoPolRisk uses
    political stability alone on a scale of 0 to 1.

    Parameters
    ----------
    governance : DataArray
        Mean of the six estimates. [-2.5 to 2.5]

    Returns
    -------
    DataArray, same dims
        [0 to 10]

    Raises
    ------
    BalanceError
        If an estimate is NaN or outside -2.5 to 2.5.

    Examples
    --------
    >>> round(scaled_governance(xr.DataArray(-0.360357)).item(), 4)
    5.7207

    References
    ----------
    .. [1] European Commission, "Methodology for establishing the EU list of critical raw
       materials: guidelines", 2017, doi:10.2873/769526.
    """
    require_finite(governance, "governance", negative=True)
    if (abs(governance) > 2.5).any():
        raise BalanceError("a governance estimate lies outside -2.5 to 2.5. Pass estimates, not ranks.")
    return (2.5 - governance) / 5.0 * 10.0


def governance_weighted_concentration(
    share: xr.DataArray, governance: xr.DataArray, trade_parameter: xr.DataArray
) -> xr.DataArray:
    """Squared shares weighted by governance and trade terms: sum of S^2 WGI t.

    Parameters
    ----------
    share : DataArray, dims (..., economy)
        World production (global supply) or sourcing by origin; sums to 1. [fraction, not percent]
    governance : DataArray, dims (economy,) or as share
        From `scaled_governance`. [0 to 10]
    trade_parameter : DataArray, dims as ``governance``
        1 by default, 0.8 for a free-trade partner, above 1 for export taxes, quotas, bans. [-]

    Returns
    -------
    DataArray, dims (...)
        [0 to 10 x the largest trade parameter]

    Raises
    ------
    LabelError
        If labels differ.
    BalanceError
        If shares do not sum to 1 or a number is NaN or negative.

    Examples
    --------
    >>> one = xr.DataArray([1.0], dims="economy")
    >>> governance_weighted_concentration(one, 5.7207 * one, one).item()
    5.7207
    """
    require_shares(share)
    require_finite(governance, "governance")
    require_finite(trade_parameter, "trade_parameter")
    for name, array in (("governance", governance), ("trade_parameter", trade_parameter)):
        align_exactly(**{"share": share, name: array})
    if "economy" in share.indexes:
        governance = governance.reindex(economy=share["economy"])
        trade_parameter = trade_parameter.reindex(economy=share["economy"])
    return (share**2 * governance * trade_parameter).sum("economy")


def supply_risk(
    global_concentration: xr.DataArray | None,
    sourcing_concentration: xr.DataArray | None,
    import_reliance: xr.DataArray,
    recycling_input_rate: xr.DataArray,
    substitution_index: xr.DataArray,
) -> xr.DataArray:
    """Supply risk of one stage: [GS IR/2 + EU (1 - IR/2)] (1 - RIR) SI.

    The global mix never has more than half the weight. Where only one mix has adequate data, that
    mix counts alone: pass None for the other.

    Parameters
    ----------
    global_concentration, sourcing_concentration : DataArray or None
        From `governance_weighted_concentration`, for world production and for EU sourcing.
    import_reliance : DataArray
        (imports - exports)/(domestic production + imports - exports); counts only where both mixes
        do. [fraction, 0 to 1]
    recycling_input_rate : DataArray
        Old scrap over total input. [fraction]
    substitution_index : DataArray
        1 where nothing can take its place. [fraction]

    Returns
    -------
    DataArray
        Published figures are rounded to 0.1 and a material is listed from 1.0 on (with economic
        importance from 2.8 on). [-]

    Raises
    ------
    LabelError
        If labels differ, or both mixes are None.
    BalanceError
        If a number is NaN, or a fraction outside 0 to 1.

    Examples
    --------
    >>> fraction = [xr.DataArray(v) for v in (1.0, 0.01, 0.99)]
    >>> round(supply_risk(xr.DataArray(5.7207), None, *fraction).item(), 3)
    5.607
    """
    fractions = {
        "import_reliance": import_reliance,
        "recycling_input_rate": recycling_input_rate,
        "substitution_index": substitution_index,
    }
    for name, array in fractions.items():
        require_finite(array, name)
        if (array > 1).any():
            raise BalanceError(f"{name} exceeds 1. Pass a fraction, not a percentage.")
    mixed = _mix(global_concentration, sourcing_concentration, import_reliance)
    _, recycled, index = align_exactly(
        concentration=mixed,
        recycling_input_rate=recycling_input_rate,
        substitution_index=substitution_index,
    )
    return mixed * (1.0 - recycled) * index


def highest_stage(risk_by_stage: xr.DataArray) -> xr.Dataset:
    """The larger of the assessed stages counts.

    Parameters
    ----------
    risk_by_stage : DataArray, dims (..., stage), labelled
        NaN where a stage was not assessed: the one place where absence is part of the method.

    Returns
    -------
    Dataset, dims (...)
        ``supply_risk`` and ``stage``, its label.

    Raises
    ------
    LabelError
        If ``stage`` is missing or carries no labels.
    BalanceError
        If no stage of some material was assessed.

    Examples
    --------
    >>> risk = xr.DataArray([5.3, 5.6], dims="stage", coords={"stage": ["E", "P"]})
    >>> highest_stage(risk)["stage"].item()
    'P'
    """
    if "stage" not in risk_by_stage.indexes:
        raise LabelError("risk_by_stage has no labelled stage dimension. Name the stages.")
    if risk_by_stage.isnull().all("stage").any():
        raise BalanceError("a material has no assessed stage. Leave it out or assess one.")
    return xr.Dataset({"supply_risk": risk_by_stage.max("stage"), "stage": risk_by_stage.idxmax("stage")})


def group_mean(risk: xr.DataArray, dim: str = "material") -> xr.DataArray:
    """A group's figure: the plain mean of its members, each at its own higher stage.

    Parameters
    ----------
    risk : DataArray, dims (..., material)
        Members of the group only.
    dim : str
        Dimension of the members.

    Returns
    -------
    DataArray, dims (...)

    Raises
    ------
    BalanceError
        If a member's figure is NaN.

    Examples
    --------
    >>> round(group_mean(xr.DataArray([5.6, 4.9, 3.5], dims="material")).item(), 2)
    4.67
    """
    require_finite(risk, "risk")
    return risk.mean(dim)


def _mix(world: xr.DataArray | None, sourcing: xr.DataArray | None, reliance: xr.DataArray) -> xr.DataArray:
    for name, array in (("global_concentration", world), ("sourcing_concentration", sourcing)):
        if array is not None:
            require_finite(array, name)
    if world is not None and sourcing is not None:
        world, sourcing, reliance = align_exactly(world=world, sourcing=sourcing, reliance=reliance)
        weight = np.minimum(reliance, 1.0) / 2.0
        return world * weight + sourcing * (1.0 - weight)
    only = world if world is not None else sourcing
    if only is None:
        raise LabelError("neither the global nor the sourcing mix is given. Pass at least one.")
    return only
