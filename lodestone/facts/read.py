"""From the files of a data folder to one `FactTable`, as it could have been known on a date."""

from __future__ import annotations

import datetime as dt
import hashlib
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.errors import FactError
from lodestone.facts.correct import CORRECTION_FILE, NUMBERS, apply_corrections, read_corrections
from lodestone.facts.nouns import COLUMNS, FactTable, Source
from lodestone.facts.place import data_folder
from lodestone.facts.sources import SOURCE_FILE, file_checksum, read_sources

FACT_FILE = "facts.csv"
ADVICE = "Run 'lodestone facts check' for all faults with their places."


def fact_folders(folder: Path) -> list[Path]:
    """The folders ``<producer>/<edition>/`` below ``folder`` that hold facts, in order of name."""
    return sorted(path.parent for path in folder.glob(f"*/*/{FACT_FILE}"))


def read_facts(folder: Path | None = None, as_of: dt.date | None = None, corrected: bool = True) -> FactTable:
    """All facts of a data folder that were known on a date, corrected.

    Corrections are part of what is known: one whose ``known_from`` lies after ``as_of`` is left
    out, so that a later revision cannot reach an earlier date.

    Parameters
    ----------
    folder : Path, optional
        Holds ``<producer>/<edition>/facts.csv``; the data that comes with Lodestone if not given.
    as_of : date, optional
        Facts with a later ``known_from`` are dropped and counted; the day the newest source was
        read if not given, which drops nothing.
    corrected : bool
        False gives the rows as published, superseded and contradicting ones included.

    Returns
    -------
    FactTable
        ``rows`` has index ``id`` and the other columns of `COLUMNS`; ``value``, ``low`` and
        ``high`` are floats (NaN where nothing was published), ``known_from`` is a date and time,
        the rest is text ('' where a label does not apply). [units as in column ``unit``]

    Raises
    ------
    FactError
        If a file is missing or broken, an id occurs twice, two folders describe one source
        differently, a correction no longer matches, or ``as_of`` is later than the newest source.

    Examples
    --------
    >>> facts = read_facts(as_of=dt.date(2025, 3, 1))
    >>> facts.rows["known_from"].max() <= pd.Timestamp(2025, 3, 1)
    True
    >>> facts.dropped["trade_quantity"] > 0
    True
    """
    folder = data_folder() if folder is None else folder
    places = fact_folders(folder)
    if not places:
        raise FactError(f"{folder}: holds no <producer>/<edition>/{FACT_FILE}. Give the folder above the producers.")
    raw = pd.concat([_read_rows(place / FACT_FILE) for place in places])
    if not raw.index.is_unique:
        twice = raw.index[raw.index.duplicated()][0]
        raise FactError(f"{folder}: id {twice} occurs twice. Give one of the rows a new id. {ADVICE}")
    sources = _merge_sources(places)
    as_of = known_date(as_of, sources)
    date = as_of if as_of is not None else newest_reading(sources)
    known = np.ones(len(raw), dtype=bool)
    if as_of is not None:
        known = (raw["known_from"] <= pd.Timestamp(as_of)).to_numpy()
    dropped = {str(key): int(count) for key, count in raw.loc[~known, "variable"].value_counts().items()}
    rows = raw[known]
    if corrected:
        corrections = [entry for place in places for entry in read_corrections(place)]
        rows, later = apply_corrections(raw, known, corrections, date)
        if later:
            dropped["corrections"] = later
    return FactTable(rows=rows, sources=sources, as_of=date, dropped=dropped, checksum=_checksum(folder, places))


def newest_reading(sources: dict[str, Source]) -> dt.date:
    """The last day on which one of the sources was read."""
    return max(dt.date.fromisoformat(source.read) for source in sources.values())


def known_date(as_of: dt.date | None, sources: dict[str, Source] | None = None) -> dt.date | None:
    """The date asked for, or None on the day the newest source was read: by then all that is here was known.

    Parameters
    ----------
    as_of : date, optional
    sources : dict, optional
        Those of a fact table; of the data that comes with Lodestone if not given.

    Raises
    ------
    FactError
        If the date is later than that day: what came to be known in between is not here.

    Examples
    --------
    >>> known_date(dt.date(2025, 3, 1))
    datetime.date(2025, 3, 1)
    >>> known_date(newest_reading(read_facts().sources)) is None
    True
    """
    if as_of is None:
        return None
    read = sources if sources is not None else _merge_sources(fact_folders(data_folder()))
    newest = newest_reading(read)
    if as_of > newest:
        raise FactError(
            f"nothing is known here of {as_of}: the newest source was read on {newest}. "
            f"Take a date up to {newest}, or leave it out for all there is."
        )
    return as_of if as_of < newest else None


def _read_rows(path: Path) -> pd.DataFrame:
    try:
        rows = pd.read_csv(
            path,
            dtype={name: "float64" if name in NUMBERS else "str" for name in COLUMNS},
            na_values={name: [""] for name in NUMBERS},
            keep_default_na=False,
            encoding="utf-8",
        )
        if tuple(rows.columns) != COLUMNS:
            raise ValueError(f"its columns are {', '.join(rows.columns)}")
        rows["known_from"] = pd.to_datetime(rows["known_from"], format="%Y-%m-%d")
    except (ValueError, OSError) as error:
        raise FactError(f"{path}: cannot be read as facts ({error}). {ADVICE}") from None
    return rows.set_index("id")


def _merge_sources(places: list[Path]) -> dict[str, Source]:
    merged: dict[str, Source] = {}
    for place in places:
        for key, source in read_sources(place).items():
            if key in merged and merged[key].address != source.address:
                raise FactError(
                    f"{place / SOURCE_FILE}: source {key} has another address than in another folder. "
                    f"Use one id for one publication."
                )
            merged.setdefault(key, source)
    return merged


def _checksum(folder: Path, places: list[Path]) -> str:
    digest = hashlib.sha256()
    for place in places:
        for name in (FACT_FILE, SOURCE_FILE, CORRECTION_FILE):
            path = place / name
            if path.exists():
                digest.update(f"{path.relative_to(folder).as_posix()} {file_checksum(path)}\n".encode())
    return "sha256:" + digest.hexdigest()
