"""The two tables beside the facts: measures (dated curbs and answers) and sites (plants and projects)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pandas as pd

from lodestone.errors import FactError
from lodestone.facts.place import data_folder

MEASURE_FILE = "measures.csv"
FACILITY_FILE = "facilities.csv"
MEASURE_COLUMNS = (
    "id",
    "issuer",
    "announced",
    "effective",
    "suspended",
    "suspended_until",
    "ended",
    "end_known_from",
    "kind",
    "scope_text",
    "elements",
    "elements_in_alloys",
    "forms",
    "end_uses",
    "targets",
    "review_working_days",
    "threshold",
    "legal_reference",
    "status_last_read",
    "restatement_of",
    "effect",
    "note",
    "source",
    "tier",
    "known_from",
)
FACILITY_COLUMNS = (
    "id",
    "facility",
    "operator",
    "economy",
    "lat",
    "lon",
    "stages",
    "capacity",
    "capacity_unit",
    "status",
    "status_as_of",
    "start_year",
    "ramp_note",
    "public_funding_usd_m",
    "public_funding_note",
    "offtake",
    "source",
    "tier",
    "known_from",
    "note",
)
FACILITY_NUMBERS = ("lat", "lon", "capacity", "start_year", "public_funding_usd_m")
ENDS = ("suspended", "suspended_until", "ended")
LATER_KNOWLEDGE = ("status_last_read", "effect")


def read_measures(folder: Path | None = None, as_of: dt.date | None = None) -> pd.DataFrame:
    """The catalogue of measures as it could have been read on a date.

    Parameters
    ----------
    folder : Path, optional
        A data folder; the catalogue is ``measures/<date>/measures.csv`` below it.
    as_of : date, optional
        Measures with a later ``known_from`` are left out. Of the others, an end or a suspension
        that became known later (``end_known_from``) is blank, and so are ``status_last_read`` and
        ``effect``, which were written with hindsight.

    Returns
    -------
    DataFrame
        Text columns `MEASURE_COLUMNS`. Dates are as the source gives them: a day, a month or a
        year. Lists are joined by ``;``. A row with ``restatement_of`` is the same measure told
        again and is not to be counted. ``attrs["dropped"]`` is the number of rows left out.

    Raises
    ------
    FactError
        If the catalogue is missing or its columns are others.

    Examples
    --------
    >>> early = read_measures(as_of=dt.date(2025, 10, 20)).set_index("id")
    >>> early.loc["CN-2025-57", "suspended"]
    ''
    >>> read_measures().set_index("id").loc["CN-2025-57", "suspended"]
    '2025-11-07'
    """
    table = _read_text(folder, MEASURE_FILE, MEASURE_COLUMNS)
    if as_of is None:
        table.attrs["dropped"] = 0
        return table
    day = as_of.isoformat()
    known = table[table["known_from"] <= day].reset_index(drop=True)
    later = known["end_known_from"] > day
    known.loc[later, [*ENDS, "end_known_from"]] = ""
    known[list(LATER_KNOWLEDGE)] = ""
    known.attrs["dropped"] = len(table) - len(known)
    return known


def read_facilities(folder: Path | None = None, as_of: dt.date | None = None) -> pd.DataFrame:
    """Plants and projects by place and stage, as far as they were known on a date.

    Parameters
    ----------
    folder : Path, optional
        A data folder; the table is ``press/<date>/facilities.csv`` below it.
    as_of : date, optional
        Sites whose newest source is later are left out: status and capacity are of that day.

    Returns
    -------
    DataFrame
        Columns `FACILITY_COLUMNS`: ``lat`` and ``lon`` [degrees, approximate], ``capacity`` [as in
        ``capacity_unit``], ``start_year`` and ``public_funding_usd_m`` [million USD] are floats,
        NaN where nothing was published; the rest is text. ``attrs["dropped"]`` as above.

    Raises
    ------
    FactError
        If the table is missing, its columns are others, or a number is not one.

    Examples
    --------
    >>> sites = read_facilities()
    >>> bool(sites["lat"].between(-90, 90).all())
    True
    """
    table = _read_text(folder, FACILITY_FILE, FACILITY_COLUMNS)
    for name in FACILITY_NUMBERS:
        try:
            table[name] = pd.to_numeric(table[name].where(table[name] != ""))
        except ValueError as error:
            raise FactError(f"{FACILITY_FILE}: column {name}: {error}. Write a number or nothing.") from None
    known = table if as_of is None else table[table["known_from"] <= as_of.isoformat()].reset_index(drop=True)
    known.attrs["dropped"] = len(table) - len(known)
    return known


def _read_text(folder: Path | None, name: str, columns: tuple[str, ...]) -> pd.DataFrame:
    """The newest edition of a table, all text."""
    folder = data_folder() if folder is None else folder
    paths = sorted(folder.glob(f"*/*/{name}"))
    if not paths:
        raise FactError(f"{folder}: holds no <producer>/<edition>/{name}. Give a data folder that does.")
    try:
        table = pd.read_csv(paths[-1], dtype="str", keep_default_na=False, encoding="utf-8")
    except (ValueError, OSError) as error:
        raise FactError(f"{paths[-1]}: cannot be read ({error}). Mend that line.") from None
    if tuple(table.columns) != columns:
        raise FactError(f"{paths[-1]}: its columns are not {', '.join(columns)}. Rename or add columns.")
    return table


def site_names(folder: Path, as_of: dt.date, sites: pd.DataFrame) -> dict[str, str]:
    """Site -> what it is called: its facility, or its status and stage where no facility has its id.

    Parameters
    ----------
    sites : DataFrame (site, stage, status)
        A site may be one line of a facility, as ``ID-LINE``.
    """
    known = read_facilities(folder, as_of).set_index("id")["facility"].to_dict()
    return {
        str(row.site): known.get(row.site)
        or known.get(str(row.site).rpartition("-")[0])
        or f"{str(row.status).capitalize()} {row.stage} capacity"
        for row in sites.itertuples()
    }
