"""A user's own input-output table, in any layout that pymrio reads."""

from __future__ import annotations

import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lodestone.errors import FactError, LabelError
from lodestone.impact.memory import available_memory
from lodestone.impact.table import TOLERANCE, InputOutputTable, make_table, settle

# Layout: function of pymrio, and whether it is told the year.
LAYOUTS = {
    "saved": ("load_all", False),
    "exiobase3": ("parse_exiobase3", False),
    "oecd": ("parse_oecd", True),
    "wiod": ("parse_wiod", True),
    "eora26": ("parse_eora26", True),
}
UNITS = {
    "million usd": ("million USD", 1.0),
    "mill usd": ("million USD", 1.0),
    "m.usd": ("million USD", 1.0),
    "in current prices, millions of us$": ("million USD", 1.0),
    "millions of us$": ("million USD", 1.0),
    "000 usd": ("million USD", 1e-3),
    "m.eur": ("million EUR", 1.0),
    "million eur": ("million EUR", 1.0),
}
MEMORY_PER_BYTE = 4.0  # of the files read: numbers as text and as doubles, two copies while labels are sorted
CONCORDANCE_COLUMNS = ("industry_sector", "sectors", "makes", "stops")
MAKES, STOPS = ("goods", "services"), ("all", "goods", "none")


def read_user_table(
    path: Path,
    layout: str,
    year: int,
    rename: Mapping[str, str] | None = None,
    rounding: float = 0.0,
    losses_as_zero: bool = False,
) -> InputOutputTable:
    """A table from a file or folder in a published layout, checked and settled.

    Parameters
    ----------
    path : Path
        File or folder, as pymrio's reader of the layout takes it.
    layout : str
        saved (a folder or archive that pymrio wrote, so whatever else it reads), exiobase3, oecd (ICIO),
        wiod (2013 release), eora26.
    year : int
        Year of the table; layouts of several years choose their file by it.
    rename : mapping, optional
        Label of an economy in the file -> label of ours. Others stay as they are.
    rounding : float
        Largest difference between an industry's output and sales that is settled. Below a millionth
        of the output it always is. [unit of the table]
    losses_as_zero : bool
        Take industries with a value added below zero as having none; otherwise they are refused.

    Returns
    -------
    InputOutputTable
        ``notes`` say what was settled, and what pymrio changed while reading.

    Raises
    ------
    FactError
        If the layout is not known, the path is not there, pymrio cannot read it, a needed table is
        missing in it, money is in several units or none known here, or memory would not hold it.
    BalanceError, LabelError
        As of `make_table`.
    """
    if layout not in LAYOUTS:
        raise FactError(f"layout '{layout}' is not one of {', '.join(LAYOUTS)}. Name the one the file is in.")
    path = Path(path)
    if not path.exists():
        raise FactError(f"{path} is not there. Give the file or folder of the table.")
    _refuse_if_too_large(path)
    import pymrio  # draws in a plotting library: only when a table is read

    name, takes_year = LAYOUTS[layout]
    more: dict[str, Any] = {"year": year} if takes_year else {}
    if layout == "wiod":
        more["names"] = ("c_codes", "c_codes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # one for each satellite account that is not there; none is read
            system = getattr(pymrio, name)(path, **more)
    except Exception as error:  # pymrio and pandas raise a dozen kinds for a file that is not as expected
        raise FactError(
            f"{path} could not be read as {layout}: {type(error).__name__}: {error}. Check the layout, or save the table "
            "with pymrio and read it as 'saved'."
        ) from error
    return from_pymrio(system, year, f"{layout}: {path.name}", rename, rounding, losses_as_zero)


def from_pymrio(
    system: Any,
    year: int,
    source: str,
    rename: Mapping[str, str] | None = None,
    rounding: float = 0.0,
    losses_as_zero: bool = False,
) -> InputOutputTable:
    """A table that pymrio holds, as ours; arguments as of `read_user_table`.

    Examples
    --------
    >>> import pymrio
    >>> table = from_pymrio(pymrio.load_test().calc_all(), 2000, "pymrio's test table")
    >>> len(table.economies), len(table.sectors), table.unit
    (6, 8, 'million USD')
    """
    if system.Y is None or (system.Z is None and system.A is None):
        raise FactError(f"{source} has no final demand Y, or neither flows Z nor coefficients A. Add what is missing.")
    if system.Z is None or system.x is None:
        system.calc_system()
    flows, final = system.Z, system.Y
    if not flows.columns.equals(flows.index):
        if set(flows.columns) != set(flows.index):
            raise LabelError(f"rows and columns of the flows in {source} have other labels. Give both the same.")
        flows = flows[flows.index]
    if set(final.index) != set(flows.index):
        raise LabelError(f"final demand and flows in {source} have other rows. Give both the same.")
    unit, factor = _unit(system, source)
    final = final.loc[flows.index]
    buyers = final.T.groupby(level=0, sort=False).sum().T
    industries = pd.MultiIndex.from_tuples([(_label(economy, rename), str(sector)) for economy, sector in flows.index])
    amounts, spent = flows.to_numpy(float) * factor, buyers.to_numpy(float) * factor
    output = system.x.loc[flows.index].to_numpy(float)[:, 0] * factor
    most = np.maximum(rounding, TOLERANCE * np.abs(output))
    settled, output, notes = settle(industries, amounts, spent, output, unit, most)
    changed = [str(line).split(" - ")[-1].strip() for line in system.meta.history if "Remove" in str(line)]
    return make_table(
        industries,
        amounts,
        settled,
        [_label(economy, rename) for economy in buyers.columns],
        output=output,
        unit=unit,
        year=year,
        source=source,
        notes=(*changed, *notes),
        losses_as_zero=losses_as_zero,
    )


def read_concordance(path: Path, table: InputOutputTable) -> pd.DataFrame:
    """A user's concordance between the sectors of a table and ours, indexed by industry_sector.

    Columns: industry_sector, sectors (of use that are a part of it, set apart by semicolons), makes
    (goods or services) and stops (whom a lack of its product stops: all, goods or none). Optional:
    industries (of the value tables that are a part of it, likewise), which go before sectors.

    Raises
    ------
    FactError
        If the file, a column or a sector's row is missing, or a word is none of the above; all at once.
    """
    if not path.is_file():
        raise FactError(f"{path} is not there. Write a row for each sector of the table.")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    missing = [name for name in CONCORDANCE_COLUMNS if name not in rows.columns]
    if missing:
        raise FactError(f"{path} lacks the columns {', '.join(missing)}. Add them.")
    faults = [f"no row for {name}" for name in table.sectors if name not in set(rows["industry_sector"])]
    for column, words in (("makes", MAKES), ("stops", STOPS)):
        wrong = rows[~rows[column].isin(words)]
        faults += [f"{column} of {row.industry_sector} is none of {', '.join(words)}" for row in wrong.itertuples()]
    if rows["industry_sector"].duplicated().any():
        faults.append("a sector has two rows")
    if faults:
        raise FactError(f"{path}: {'; '.join(faults)}. Mend these rows.")
    return rows.set_index("industry_sector")


def _refuse_if_too_large(path: Path) -> None:
    files = [path] if path.is_file() else [file for file in path.iterdir() if file.is_file()]
    size = sum(_unpacked(file) for file in files)
    need, have = size * MEMORY_PER_BYTE, available_memory()
    if need > have:
        raise FactError(
            f"{path} holds {size / 2**30:.1f} GiB of tables and would need about {need / 2**30:.1f} GiB of memory; "
            f"{have / 2**30:.1f} are free. Aggregate it with pymrio first, or use a larger machine."
        )


def _unpacked(file: Path) -> int:
    if zipfile.is_zipfile(file) and file.suffix == ".zip":
        with zipfile.ZipFile(file) as archive:
            return sum(part.file_size for part in archive.infolist())
    return file.stat().st_size


def _label(economy: object, rename: Mapping[str, str] | None) -> str:
    return (rename or {}).get(str(economy), str(economy))


def _unit(system: Any, source: str) -> tuple[str, float]:
    held = sorted(set(system.unit.iloc[:, 0].astype(str))) if system.unit is not None else []
    if len(held) != 1 or held[0].lower() not in UNITS:
        raise FactError(
            f"{source} is in {', '.join(held) or 'no stated unit'}; one of {', '.join(UNITS)} is needed for all rows. "
            "Convert it with pymrio first."
        )
    return UNITS[held[0].lower()]
