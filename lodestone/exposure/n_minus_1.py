"""Can the others meet demand if one supplier drops out: N-1, with both denominators by name."""

from __future__ import annotations

import numpy as np
import xarray as xr

from lodestone.errors import BalanceError, LabelError
from lodestone.exposure.alignment import align_exactly, first_place, require_dims, require_finite


def n_minus_1(supply: xr.DataArray, demand: xr.DataArray, dropped: str | None = None) -> xr.Dataset:
    """What remains of supply without one economy, as a share of demand.

    Two denominators are in use and give different answers [1]_: demand of the whole world, the
    dropped economy's own included, and demand of the rest. A yearly balance: no stocks, no
    substitution, and the loss is full and lasting.

    Parameters
    ----------
    supply, demand : DataArray, dims (..., economy), labelled
        Same product, stage, basis and year. [t]
    dropped : str, optional
        The economy that drops out; the largest supplier of each product and stage if not given.

    Returns
    -------
    Dataset, dims (...)
        ``cover_of_world_demand``, ``cover_of_rest_demand`` [fraction; above 1 when more than
        enough], ``dropped`` (label).

    Raises
    ------
    LabelError
        If labels differ or ``dropped`` is not among them.
    BalanceError
        If a number is NaN or negative, or nobody but the dropped economy demands anything.

    Examples
    --------
    >>> labels = {"economy": list("ABCD")}
    >>> supply = xr.DataArray([600.0, 200.0, 100.0, 100.0], dims="economy", coords=labels)
    >>> demand = xr.DataArray([350.0, 50.0, 50.0, 550.0], dims="economy", coords=labels)
    >>> result = n_minus_1(supply, demand)
    >>> result["dropped"].item(), result["cover_of_world_demand"].item()
    ('A', 0.4)
    >>> round(result["cover_of_rest_demand"].item(), 3)
    0.615

    References
    ----------
    .. [1] International Energy Agency, "Global Critical Minerals Outlook 2025", on N-1 supply.
    """
    for name, array in (("supply", supply), ("demand", demand)):
        require_dims(array, name, "economy")
        require_finite(array, name)
        if "economy" not in array.indexes:
            raise LabelError(f"{name} carries no economy labels, so nobody can be dropped. Add them.")
    supply, demand = align_exactly(supply=supply, demand=demand)
    supply, demand = supply.sortby("economy"), demand.sortby("economy")
    who = _who_drops(supply, dropped)
    stays = supply["economy"] != who
    left = supply.where(stays, 0.0).sum("economy")
    rest = demand.where(stays, 0.0).sum("economy")
    if (rest <= 0).any():
        raise BalanceError(
            f"demand of {first_place(rest, np.asarray(rest <= 0))} is zero outside the dropped economy. "
            "Leave it out: nobody is left to be short."
        )
    return xr.Dataset(
        {
            "cover_of_world_demand": left / demand.sum("economy"),
            "cover_of_rest_demand": left / rest,
            "dropped": who,
        }
    )


def _who_drops(supply: xr.DataArray, dropped: str | None) -> xr.DataArray:
    if dropped is None:
        return supply.idxmax("economy")
    if dropped not in supply.indexes["economy"]:
        raise LabelError(f"no economy '{dropped}' in supply. Use one of its labels.")
    return xr.full_like(supply.isel(economy=0, drop=True), dropped, dtype=object)
