"""Known errors and choices between sources, as data: ``corrections.yaml``, never an ``if`` in code.

An entry says what, where, the action, the reason, who provided it and its state upstream. One that
no longer matches fails, so it cannot outlive its cause.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from lodestone.errors import FactError
from lodestone.facts.documents import read_yaml
from lodestone.facts.nouns import COLUMNS

CORRECTION_FILE = "corrections.yaml"
ACTIONS = ("prefer", "drop", "replace")
REQUIRED = ("what", "where", "action", "reason", "provider", "status", "known_from")


@dataclass(frozen=True)
class Correction:
    """One decision about rows: which, what is done, why, and since when it could be known.

    ``where`` and ``over`` map a column to the text, or the list of texts, a row must have (numbers
    as written). ``prefer`` keeps the rows of ``where`` and takes the rows of ``over`` out; with
    ``match``, only those whose named columns equal a kept row's. ``replace`` sets the columns of
    ``set``; ``prefer`` may do so too. ``drop`` takes the rows of ``where`` out.
    """

    file: str
    number: int
    what: str
    where: dict[str, Any]
    action: str
    reason: str
    provider: str
    status: str
    known_from: dt.date
    over: dict[str, Any] = field(default_factory=dict)
    match: tuple[str, ...] = ()
    set: dict[str, Any] = field(default_factory=dict)

    @property
    def place(self) -> str:
        """File and number of the entry, for messages."""
        return f"{self.file}, entry {self.number} ({self.what})"


def read_corrections(folder: Path) -> list[Correction]:
    """The corrections of a folder, in order; an empty list where it has none.

    Raises
    ------
    FactError
        If the file is not a list ``corrections`` of entries with the keys above.
    """
    path = folder / CORRECTION_FILE
    if not path.exists():
        return []
    document = read_yaml(path)
    entries = document.get("corrections") if isinstance(document, dict) else None
    if not isinstance(entries, list):
        raise FactError(f"{path}: has no list 'corrections'. Write 'corrections: []' where there are none.")
    return [_correction(path, number, entry) for number, entry in enumerate(entries, start=1)]


def _correction(path: Path, number: int, entry: Any) -> Correction:
    place = f"{path}, entry {number}"
    if not isinstance(entry, dict):
        raise FactError(f"{place}: is not a mapping. Write 'what: ...', 'where: ...' and so on.")
    if missing := [key for key in REQUIRED if not entry.get(key)]:
        raise FactError(f"{place}: lacks {', '.join(missing)}. Add what is missing.")
    if unknown := set(entry) - {*REQUIRED, "over", "match", "set"}:
        raise FactError(f"{place}: has unknown keys {', '.join(sorted(unknown))}. Remove them.")
    if entry["action"] not in ACTIONS:
        raise FactError(f"{place}: action '{entry['action']}' is none of {', '.join(ACTIONS)}.")
    needed = {"prefer": "over", "replace": "set"}.get(entry["action"])
    if needed and not entry.get(needed):
        raise FactError(f"{place}: action '{entry['action']}' needs '{needed}'. Add it.")
    for key in ("where", "over", "set"):
        if not isinstance(entry.get(key, {}), dict):
            raise FactError(f"{place}: '{key}' is not a mapping of columns to texts. Mend it.")
        if wrong := [name for name in entry.get(key, {}) if name not in COLUMNS]:
            raise FactError(f"{place}: '{key}' names unknown columns {', '.join(wrong)}. Mend them.")
    known_from = entry["known_from"]
    if not isinstance(known_from, dt.date):
        raise FactError(f"{place}: known_from '{known_from}' is not a date. Write YYYY-MM-DD.")
    text = {key: str(entry[key]) for key in ("what", "action", "reason", "provider", "status")}
    return Correction(
        file=str(path),
        number=number,
        where=entry["where"],
        known_from=known_from,
        over=entry.get("over", {}),
        match=tuple(entry.get("match", ())),
        set=entry.get("set", {}),
        **text,
    )


def apply_corrections(
    rows: pd.DataFrame, raw: pd.DataFrame, corrections: Iterable[Correction], as_of: dt.date
) -> tuple[pd.DataFrame, int]:
    """The rows after the corrections known on a date, and how many corrections were known later.

    Parameters
    ----------
    rows : DataFrame
        Facts known on ``as_of``, index ``id``; not changed.
    raw : DataFrame
        All facts as published: each correction must match here, whatever the date.
    corrections : iterable of Correction
    as_of : date

    Raises
    ------
    FactError
        If ``where`` or ``over`` of a correction matches no row of ``raw``; file and entry are named.
    """
    later = 0
    for correction in corrections:
        for key in ("where", "over"):
            condition = getattr(correction, key)
            if condition and not _matches(raw, condition).any():
                raise FactError(
                    f"{correction.place}: '{key}' matches no fact any more. "
                    f"The cause may be gone: check the source and remove or mend the entry."
                )
        if correction.known_from > as_of:
            later += 1
        else:
            rows = _apply(rows, correction)
    return rows, later


def _matches(rows: pd.DataFrame, condition: dict[str, Any]) -> pd.Series:
    chosen = pd.Series(True, index=rows.index)
    for column, wanted in condition.items():
        values = wanted if isinstance(wanted, list) else [wanted]
        held = rows.index.to_series() if column == "id" else rows[column]
        if column in ("value", "low", "high"):
            chosen &= held.isin([float(value) for value in values])
        else:
            chosen &= held.isin([str(value) for value in values])
    return chosen


def _apply(rows: pd.DataFrame, correction: Correction) -> pd.DataFrame:
    chosen = _matches(rows, correction.where)
    if not chosen.any():
        return rows
    if correction.action == "drop":
        return rows[~chosen]
    if correction.set:
        rows = rows.copy()
        for column, value in correction.set.items():
            rows.loc[chosen, column] = value
    if correction.action == "prefer":
        loses = _matches(rows, correction.over) & ~chosen
        if correction.match:
            columns = list(correction.match)
            kept = pd.MultiIndex.from_frame(rows.loc[chosen, columns])
            loses &= pd.MultiIndex.from_frame(rows[columns]).isin(kept)
        rows = rows[~loses]
    return rows
