"""A firm's bill of materials, pushed through look-through shares: grams by part, element and origin."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.errors import Fault, Faults
from lodestone.exposure.alignment import require_dims
from lodestone.facts.user_table import Column, read_user_rows

GRAMS = {"g": 1.0, "kg": 1000.0}
COLUMNS = (
    Column("part", number=False),
    Column("material", number=False),
    Column("quantity", low=0),
    Column("unit", number=False, choices=tuple(GRAMS)),
    Column("supplier", number=False, required=False),
    Column("stage", number=False),
    Column("stock_weeks", low=0, required=False),
)


@dataclass(frozen=True)
class BillOfMaterials:
    """Lines of a bill as read: part, material, grams, supplier, stage, stock_weeks (NaN: not known), line."""

    file: str
    lines: pd.DataFrame


@dataclass(frozen=True)
class BillExposure:
    """A bill looked through.

    ``parts``: a row for each part, element and supplier: grams, stage, stock_weeks. ``origin``: grams
    by part, element and economy of the mine. ``touches``: share of each part's element that passes
    through an economy at any stage; shares over economies do not add up. ``elements``: grams, the
    shortest known stock in weeks, and how many lines have none known.
    """

    parts: pd.DataFrame
    origin: pd.DataFrame
    touches: pd.DataFrame
    elements: pd.DataFrame


def read_bill_of_materials(path: Path) -> BillOfMaterials:
    """Read a bill from CSV.

    Parameters
    ----------
    path : Path
        Columns ``part``, ``material`` (an element or a grade), ``quantity``, ``unit`` (g or kg; of
        the element, or of the grade), ``supplier`` (economy the part is bought from; empty where not
        known), ``stage`` (of
        what is bought), ``stock_weeks`` (empty where not known).

    Returns
    -------
    BillOfMaterials

    Raises
    ------
    Faults
        All faults with line and column.

    Examples
    --------
    >>> bill = read_bill_of_materials(Path("examples/bill-of-materials/drive-unit.csv"))
    >>> bill.lines["grams"].tolist()
    [1500.0, 2.0, 200.0]
    """
    bill, faults = read_bill_rows(path)
    if faults:
        raise Faults(faults)
    return bill


def read_bill_rows(path: Path) -> tuple[BillOfMaterials, list[Fault]]:
    """As `read_bill_of_materials`, but with the faults, so that labels can be checked beside them.

    A line with a fault stays in the bill; its grams may be NaN. A file without any line raises.
    """
    table, faults = read_user_rows(path, COLUMNS)
    if table.empty:
        raise Faults(faults)
    grams = table["quantity"] * table["unit"].map(GRAMS)
    return BillOfMaterials(str(path), table.assign(grams=grams).drop(columns=["quantity", "unit"])), faults


def look_through_bill(
    bill: BillOfMaterials,
    origin: xr.DataArray,
    touches: xr.DataArray,
    composition: xr.DataArray | None = None,
) -> BillExposure:
    """Split grades into elements and follow each back to the mine.

    Parameters
    ----------
    bill : BillOfMaterials
    origin : DataArray, dims (element, stage, economy, origin), labelled
        Share by mining economy of what an economy supplies at a stage; NaN where it supplies
        none. Sums to 1 over ``origin``. [fraction]
    touches : DataArray, dims (element, stage, economy, country), labelled
        Share that passes through a country at any stage. [fraction]
    composition : DataArray, dims (grade, element), labelled, optional
        Mass of each element in a gram of grade, its iron and the like left out. [fraction]

    Returns
    -------
    BillExposure

    Raises
    ------
    LabelError
        If an array lacks a dimension.
    Faults
        If a line names a material, supplier or stage the shares do not know, all lines together.

    Examples
    --------
    >>> bill = BillOfMaterials("bill.csv", pd.DataFrame({
    ...     "part": ["rotor"], "material": ["X"], "grams": [10.0], "supplier": ["A"],
    ...     "stage": ["magnet"], "stock_weeks": [6.0], "line": [2],
    ... }))
    >>> place = {"element": ["X"], "stage": ["magnet"], "economy": ["A"]}
    >>> dims = ("element", "stage", "economy")
    >>> origin = xr.DataArray([[[[0.3, 0.7]]]], {**place, "origin": ["A", "B"]}, (*dims, "origin"))
    >>> touches = xr.DataArray([[[[1.0, 0.9]]]], {**place, "country": ["A", "B"]}, (*dims, "country"))
    >>> look_through_bill(bill, origin, touches).origin["grams"].round(6).tolist()
    [3.0, 7.0]
    """
    require_dims(origin, "origin", "element", "stage", "economy", "origin")
    require_dims(touches, "touches", "element", "stage", "economy", "country")
    parts = _by_element(bill, composition, set(origin.indexes["element"]))
    known = _known(bill, parts, origin)
    mined, passed = _follow(known, origin, "origin"), _follow(known, touches, "country")
    mined = mined.assign(grams=mined["grams"] * mined["share"])
    return BillExposure(
        parts=known.drop(columns="line").reset_index(drop=True),
        origin=mined[["part", "element", "supplier", "origin", "grams"]],
        touches=passed[["part", "element", "supplier", "country", "share"]],
        elements=_totals(known),
    )


def _by_element(bill: BillOfMaterials, composition: xr.DataArray | None, elements: set[str]) -> pd.DataFrame:
    grades = {} if composition is None else composition.to_series().groupby(level="grade")
    recipes = {str(grade): rows.droplevel("grade") for grade, rows in grades} if composition is not None else {}
    found, faults = [], []
    for row in bill.lines.to_dict("records"):
        material = row.pop("material")
        if material in recipes:
            held = recipes[material]
            found += [{**row, "element": e, "grams": row["grams"] * s} for e, s in held.items() if s > 0]
        elif material in elements:
            found.append({**row, "element": material})
        else:
            names = ", ".join(sorted(elements | set(recipes)))
            what = f"no element or grade '{material}'"
            faults.append(Fault(bill.file, row["line"], "material", what, f"Use one of: {names}."))
    if faults:
        raise Faults(faults)
    return pd.DataFrame(found)


def _known(bill: BillOfMaterials, parts: pd.DataFrame, origin: xr.DataArray) -> pd.DataFrame:
    faults = []
    for column, dim in (("stage", "stage"), ("supplier", "economy")):
        odd = parts[~parts[column].isin(origin.indexes[dim])].drop_duplicates("line")
        names = ", ".join(map(str, origin.indexes[dim]))
        faults += [
            Fault(bill.file, int(line), column, f"no {dim} '{label}'", f"Use one of: {names}.")
            for line, label in zip(odd["line"], odd[column], strict=True)
        ]
    if not faults:
        missing = parts[_shares(parts, origin).isnull().any("origin").to_numpy()]
        faults = [
            Fault(
                bill.file,
                int(row["line"]),
                "supplier",
                f"no {row['stage']} with {row['element']} is known to be made in {row['supplier']}",
                "Name the economy where the part is made, not where it is sold.",
            )
            for row in missing.to_dict("records")
        ]
    if faults:
        raise Faults(sorted(faults, key=lambda fault: fault.line or 0))
    return parts


def _shares(parts: pd.DataFrame, shares: xr.DataArray) -> xr.DataArray:
    def along(column: str) -> xr.DataArray:
        return xr.DataArray(parts[column].to_numpy(str), dims="row")

    rows = {"element": along("element"), "stage": along("stage"), "economy": along("supplier")}
    return shares.sel(rows)


def _follow(parts: pd.DataFrame, shares: xr.DataArray, dim: str) -> pd.DataFrame:
    table = _shares(parts, shares).transpose("row", dim)
    labels = table.indexes[dim]
    repeated = parts.loc[parts.index.repeat(len(labels))].reset_index(drop=True)
    repeated = repeated.assign(**{dim: np.tile(labels.to_numpy(str), len(parts)), "share": table.values.ravel()})
    return repeated[repeated["share"] > 0].reset_index(drop=True)


def _totals(parts: pd.DataFrame) -> pd.DataFrame:
    grouped = parts.groupby("element")
    return pd.DataFrame(
        {
            "grams": grouped["grams"].sum(),
            "shortest_stock_weeks": grouped["stock_weeks"].min(),
            "stock_not_known": grouped["stock_weeks"].apply(lambda held: int(held.isna().sum())),
        }
    )
