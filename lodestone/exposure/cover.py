"""Days a stock lasts, and the rules by which stockholding schemes count them.

A rule is data (a row of a table), so that another scheme is another row: which yearly flow the days
are of, which part of the stock counts, and how many days the scheme aims at.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.errors import BalanceError, FactError
from lodestone.exposure.alignment import align_exactly, first_place, require_finite
from lodestone.facts import data_folder


@dataclass(frozen=True)
class CoverRule:
    """How one scheme counts days of cover.

    ``denominator`` names the yearly flow the days are of (net imports of the year before, domestic
    demand, supply); ``counted_share`` is the part of the eligible stock that counts, ``target_days``
    the days the scheme asks for.
    """

    name: str
    denominator: str
    counted_share: float
    target_days: float
    days_in_year: float = 365.0


def days_of_cover(stock: xr.DataArray, yearly_flow: xr.DataArray, rule: CoverRule) -> xr.DataArray:
    """Days the counted stock covers under a scheme's rule.

    Rules of oil stocks do not carry over to minerals unasked: ninety days of net imports bridge a
    logistics gap, while a new separation plant takes years.

    Parameters
    ----------
    stock : DataArray
        Stock that the rule recognises, in the form and basis of the flow. [t]
    yearly_flow : DataArray, same dims
        The flow named by ``rule.denominator``. [t a year]
    rule : CoverRule

    Returns
    -------
    DataArray, same dims
        [days]; infinite where the flow is zero (a net exporter owes nothing)

    Raises
    ------
    LabelError
        If labels differ.
    BalanceError
        If an argument is NaN or negative.

    Examples
    --------
    >>> rule = CoverRule("oil", "net imports of the year before", 0.9, 90.0)
    >>> round(days_of_cover(xr.DataArray(10_000.0), xr.DataArray(36_500.0), rule).item(), 9)
    90.0
    """
    stock, yearly_flow = align_exactly(stock=stock, yearly_flow=yearly_flow)
    require_finite(stock, "stock")
    require_finite(yearly_flow, f"yearly flow ({rule.denominator})")
    with np.errstate(divide="ignore", invalid="ignore"):
        days = rule.counted_share * stock * rule.days_in_year / yearly_flow
    return xr.where(yearly_flow > 0, days, np.inf)


def stock_obligation(yearly_flow: xr.DataArray, rule: CoverRule) -> xr.DataArray:
    """Eligible stock that just meets the rule's target.

    Parameters
    ----------
    yearly_flow : DataArray
        The flow named by ``rule.denominator``. [t a year]
    rule : CoverRule

    Returns
    -------
    DataArray, same dims
        Before the deduction, so its counted part equals ``target_days`` of the flow. [t]

    Raises
    ------
    BalanceError
        If the flow is NaN or negative.

    Examples
    --------
    >>> rule = CoverRule("oil", "net imports of the year before", 0.9, 90.0)
    >>> round(stock_obligation(xr.DataArray(36_500.0), rule).item(), 6)
    10000.0
    """
    require_finite(yearly_flow, f"yearly flow ({rule.denominator})")
    return rule.target_days * yearly_flow / rule.days_in_year / rule.counted_share


def collective_action_shares(consumption: xr.DataArray, total: float, dim: str = "economy") -> xr.DataArray:
    """Each member's part of a collective release, in proportion to consumption.

    A member that does not deliver leaves a gap: nothing is handed to the others by itself.

    Parameters
    ----------
    consumption : DataArray, dims (economy,)
        [any unit of a flow]
    total : float
        What is released together. [unit of the result]
    dim : str
        Dimension of the members.

    Returns
    -------
    DataArray, dims (economy,)
        Adds up to ``total``.

    Raises
    ------
    BalanceError
        If a consumption is NaN or negative, or all are zero.

    Examples
    --------
    >>> collective_action_shares(xr.DataArray([30.0, 10.0], dims="economy"), 60.0).values.tolist()
    [45.0, 15.0]
    """
    require_finite(consumption, "consumption")
    whole = consumption.sum(dim)
    if (whole <= 0).any():
        raise BalanceError(
            f"consumption of {first_place(whole, np.asarray(whole <= 0))} adds up to zero. Name members that consume."
        )
    return total * consumption / whole


def read_cover_rules(folder: Path | None = None) -> dict[str, CoverRule]:
    """The rules in use, by their short name in the table.

    Parameters
    ----------
    folder : Path, optional
        Data folder; the one that comes along if not given.

    Returns
    -------
    dict of str to CoverRule
        ``name`` is the scheme in words; its dates and source stand in the table.

    Raises
    ------
    FactError
        If the table is missing.

    Examples
    --------
    >>> read_cover_rules()["iea-oil"].target_days
    90.0
    """
    return {
        row["rule"]: CoverRule(
            str(row["scheme"]),
            str(row["denominator"]),
            float(row["counted_share"]),
            float(row["target_days"]),
        )
        for row in _rows(folder, "rules.csv")
    }


def read_ceilings(folder: Path | None = None) -> dict[str, float]:
    """Ceilings on the share of one country that somebody has set, by their short name. [fraction]

    Parameters and errors as of `read_cover_rules`.

    Examples
    --------
    >>> sorted(read_ceilings().values())
    [0.6, 0.65]
    """
    return {str(row["rule"]): float(row["ceiling"]) for row in _rows(folder, "ceilings.csv")}


def _rows(folder: Path | None, table: str) -> list[dict[str, Any]]:
    path = (folder if folder is not None else data_folder()) / "cover" / table
    try:
        return pd.read_csv(path).to_dict("records")
    except OSError as error:
        raise FactError(f"{path} cannot be read ({error.strerror}). Restore the table.") from error
