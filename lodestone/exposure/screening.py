"""The two screening indices on a user's own table: what the columns are, and one row a material."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.errors import Fault, Faults
from lodestone.exposure.eu_supply_risk import (
    SUPPLY_RISK_THRESHOLD,
    governance_weighted_concentration,
    highest_stage,
    scaled_governance,
    supply_risk,
)
from lodestone.exposure.geopolrisk import characterisation_factor, geopolrisk
from lodestone.facts.user_table import Column, read_user_table

EU_COLUMNS = (
    Column("material", number=False),
    Column("stage", number=False, choices=("extraction", "processing")),
    Column("economy", number=False),
    Column("global_share", low=0, high=1, required=False),
    Column("sourcing_share", low=0, high=1, required=False),
    Column("governance", low=-2.5, high=2.5),
    Column("trade_parameter", low=0.1, high=5, required=False, default=1.0),
    Column("import_reliance", low=0, high=1, required=False),
    Column("recycling_input_rate", low=0, high=1),
    Column("substitution_index", low=0, high=1),
)
GEOPOLRISK_COLUMNS = (
    Column("material", number=False),
    Column("importer", number=False),
    Column("economy", number=False),
    Column("production", low=0, required=False),
    Column("imports", low=0, required=False),
    Column("import_value", low=0, required=False),
    Column("instability", low=-0.1, high=1.1, required=False),
)
SAME_FOR_A_STAGE = ("import_reliance", "recycling_input_rate", "substitution_index")


def read_eu_table(path: Path) -> pd.DataFrame:
    """A table for `screen_eu_supply_risk`: a row for each material, stage and economy.

    Parameters
    ----------
    path : Path
        Columns as in `EU_COLUMNS`. Shares are fractions that sum to 1 within a material's stage; a
        mix without data is left empty throughout. ``governance`` is the mean of the six estimates;
        ``import_reliance``, ``recycling_input_rate`` and ``substitution_index`` repeat on each row
        of a stage.

    Returns
    -------
    DataFrame

    Raises
    ------
    Faults
        All faults with line and column.

    Examples
    --------
    >>> table = read_eu_table(Path("examples/screen/eu-supply-risk.csv"))
    >>> len(table)
    5
    """
    table = read_user_table(path, EU_COLUMNS)
    faults = _twice(path, table, ["material", "stage", "economy"])
    for _, rows in table.groupby(["material", "stage"], sort=False):
        faults += _differing(path, rows, SAME_FOR_A_STAGE)
        faults += _mix_faults(path, rows)
    _raise(faults)
    return table


def screen_eu_supply_risk(table: pd.DataFrame) -> pd.DataFrame:
    """Supply risk of each material of a table, by stage and at the higher stage.

    Parameters
    ----------
    table : DataFrame
        From `read_eu_table`.

    Returns
    -------
    DataFrame indexed by material
        ``supply_risk``, ``stage`` (that counts), one column a stage (NaN where not assessed),
        ``past_threshold`` (1.0; economic importance is the other half of the rule). [-]

    Raises
    ------
    BalanceError
        As the functions of `lodestone.exposure.eu_supply_risk`.

    Examples
    --------
    >>> table = read_eu_table(Path("examples/screen/eu-supply-risk.csv"))
    >>> screen_eu_supply_risk(table)["stage"].tolist()
    ['processing']
    """
    found = {key: _stage_risk(rows) for key, rows in table.groupby(["material", "stage"], sort=False)}
    risk = pd.Series(found).unstack()
    by_stage = xr.DataArray(risk.to_numpy(), {"stage": risk.columns.to_numpy(str)}, ("material", "stage"))
    top = highest_stage(by_stage)
    result = risk.rename_axis(index="material", columns=None)
    result.insert(0, "supply_risk", top["supply_risk"].values)
    result.insert(1, "stage", top["stage"].values)
    return result.assign(past_threshold=result["supply_risk"] >= SUPPLY_RISK_THRESHOLD)


def read_geopolrisk_table(path: Path) -> pd.DataFrame:
    """A table for `screen_geopolrisk`: a row for each material and economy.

    Parameters
    ----------
    path : Path
        Columns as in `GEOPOLRISK_COLUMNS`, one stage throughout. ``importer`` repeats on each row of
        a material; its own row holds the domestic production. Empty ``production`` or ``imports``
        means none; imports need ``import_value`` and ``instability`` (political stability alone,
        turned round and scaled to 0-1).

    Returns
    -------
    DataFrame

    Raises
    ------
    Faults
        All faults with line and column.

    Examples
    --------
    >>> len(read_geopolrisk_table(Path("examples/screen/geopolrisk.csv")))
    5
    """
    table = read_user_table(path, GEOPOLRISK_COLUMNS)
    faults = _twice(path, table, ["material", "economy"])
    for _, rows in table.groupby("material", sort=False):
        faults += _differing(path, rows, ("importer",))
        faults += _import_faults(path, rows)
    _raise(faults)
    return table


def screen_geopolrisk(table: pd.DataFrame, reference_midpoint: float | None = None) -> pd.DataFrame:
    """GeoPolRisk of each material of a table.

    Parameters
    ----------
    table : DataFrame
        From `read_geopolrisk_table`.
    reference_midpoint : float, optional
        Midpoint of the reference material, by convention copper, for the same importer and year.

    Returns
    -------
    DataFrame indexed by material
        ``concentration``, ``import_risk``, ``score``, ``price``, ``midpoint``, and with a reference
        ``characterisation_factor``; units as in `lodestone.exposure.geopolrisk.GeoPolRisk`.

    Raises
    ------
    BalanceError
        As `geopolrisk`.

    Examples
    --------
    >>> table = read_geopolrisk_table(Path("examples/screen/geopolrisk.csv"))
    >>> screen_geopolrisk(table)["score"].round(4).tolist()
    [0.4398]
    """
    rows = {}
    for material, part in table.groupby("material", sort=False):
        at_home = part["economy"] == part["importer"]
        made = part["production"].fillna(0.0)
        arriving = part[part["imports"] > 0]
        result = geopolrisk(
            xr.DataArray(made.to_numpy(), dims="economy"),
            xr.DataArray(float(made[at_home].sum())),
            xr.DataArray(arriving["imports"].to_numpy(), dims="partner"),
            xr.DataArray(arriving["import_value"].to_numpy(), dims="partner"),
            xr.DataArray(arriving["instability"].to_numpy(), dims="partner"),
        )
        names = ("concentration", "import_risk", "score", "price", "midpoint")
        rows[material] = {name: getattr(result, name).item() for name in names}
        if reference_midpoint is not None:
            factor = characterisation_factor(result.midpoint, reference_midpoint)
            rows[material]["characterisation_factor"] = factor.item()
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("material")


def _stage_risk(rows: pd.DataFrame) -> float:
    first = rows.iloc[0]
    reliance = first["import_reliance"]
    return supply_risk(
        _mix(rows, "global_share"),
        _mix(rows, "sourcing_share"),
        xr.DataArray(1.0 if np.isnan(reliance) else float(reliance)),
        xr.DataArray(float(first["recycling_input_rate"])),
        xr.DataArray(float(first["substitution_index"])),
    ).item()


def _mix(rows: pd.DataFrame, column: str) -> xr.DataArray | None:
    held = rows[rows[column].notna()]
    if held.empty:
        return None
    share, governance, terms = (
        xr.DataArray(held[name].to_numpy(float), dims="economy") for name in (column, "governance", "trade_parameter")
    )
    return governance_weighted_concentration(share, scaled_governance(governance), terms)


def _mix_faults(path: Path, rows: pd.DataFrame) -> list[Fault]:
    line = int(rows["line"].iloc[0])
    place = f"{rows['material'].iloc[0]}, {rows['stage'].iloc[0]}"
    faults = []
    mixes = [name for name in ("global_share", "sourcing_share") if rows[name].notna().any()]
    if not mixes:
        faults.append(Fault(str(path), line, "global_share", f"no share of {place}", "Give at least one mix."))
    for name in mixes:
        total = rows[name].sum()
        if abs(total - 1.0) > 1e-6:
            what = f"shares of {place} sum to {total:.4f}, not 1"
            faults.append(Fault(str(path), line, name, what, "Add a row for the others."))
    if len(mixes) == 2 and rows["import_reliance"].isna().all():
        what = f"both mixes of {place} need an import reliance"
        faults.append(Fault(str(path), line, "import_reliance", what, "Give it, 0 to 1."))
    return faults


def _import_faults(path: Path, rows: pd.DataFrame) -> list[Fault]:
    line, material = int(rows["line"].iloc[0]), rows["material"].iloc[0]
    faults = []
    for name, word in (("production", "produced"), ("imports", "imported")):
        if not rows[name].sum() > 0:
            what = f"nothing of {material} is {word}"
            faults.append(Fault(str(path), line, name, what, "Add its rows, or leave the material out."))
    arriving = rows[rows["imports"] > 0]
    for name in ("import_value", "instability"):
        faults += [
            Fault(str(path), int(place), name, "imports without it", "Fill the cell.")
            for place in arriving.loc[arriving[name].isna(), "line"]
        ]
    return faults


def _twice(path: Path, table: pd.DataFrame, key: list[str]) -> list[Fault]:
    again = table[table.duplicated(key)]
    return [
        Fault(str(path), int(row["line"]), key[-1], f"{', '.join(row[k] for k in key)} comes twice", "Keep one.")
        for _, row in again.iterrows()
    ]


def _differing(path: Path, rows: pd.DataFrame, columns: Sequence[str]) -> list[Fault]:
    faults = []
    for name in columns:
        first = rows[name].iloc[0]
        odd = rows[(rows[name] != first) & ~(rows[name].isna() & pd.isna(first))]
        faults += [
            Fault(str(path), int(line), name, f"differs from line {rows['line'].iloc[0]}", "Repeat one value.")
            for line in odd["line"]
        ]
    return faults


def _raise(faults: list[Fault]) -> None:
    if faults:
        raise Faults(sorted(faults, key=lambda fault: fault.line or 0))
