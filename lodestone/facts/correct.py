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

import numpy as np
import pandas as pd

from lodestone.errors import FactError
from lodestone.facts.documents import read_yaml
from lodestone.facts.nouns import COLUMNS

CORRECTION_FILE = "corrections.yaml"
NUMBERS = ("value", "low", "high")
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
        if wrong := [name for name in NUMBERS if not _is_number(entry.get(key, {}).get(name, 0.0))]:
            raise FactError(f"{place}: '{key}' has no number for {', '.join(wrong)}. Write digits.")
    if fixed := {"id", "known_from"} & set(entry.get("set", {})):
        raise FactError(f"{place}: 'set' may not change {', '.join(sorted(fixed))}. Remove it.")
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


def _is_number(held: Any) -> bool:
    try:
        return all(float(value) == float(value) for value in (held if isinstance(held, list) else [held]))
    except (TypeError, ValueError):
        return False


def apply_corrections(
    raw: pd.DataFrame, known: np.ndarray, corrections: Iterable[Correction], as_of: dt.date
) -> tuple[pd.DataFrame, int]:
    """The known rows after the corrections known on a date, and how many corrections were known later.

    Conditions are held against the rows as published, so no entry depends on another.

    Parameters
    ----------
    raw : DataFrame
        All facts as published, index ``id``; not changed.
    known : array of bool
        Which of them were known on ``as_of``.
    corrections : iterable of Correction
    as_of : date

    Raises
    ------
    FactError
        If ``where`` or ``over`` of a correction matches no row of ``raw``, known or not; file and
        entry are named.
    """
    columns = _Columns(raw)
    keep = known.copy()
    changes: list[tuple[np.ndarray, dict[str, Any]]] = []
    later = 0
    for correction in corrections:
        chosen, loses = (_matched(columns, correction, key) for key in ("where", "over"))
        if correction.known_from > as_of:
            later += 1
            continue
        chosen &= known
        if correction.set:
            changes.append((chosen, correction.set))
        if correction.action == "drop":
            keep &= ~chosen
        elif correction.action == "prefer" and chosen.any():
            keep &= ~(columns.with_counterpart(loses & ~chosen, chosen, correction.match))
    rows = raw
    if changes:
        rows = raw.copy()
        for chosen, cells in changes:
            for name, value in cells.items():
                rows.loc[chosen, name] = value
    return rows[keep], later


def _matched(columns: _Columns, correction: Correction, key: str) -> np.ndarray:
    condition = getattr(correction, key)
    found = columns.matching(condition) if condition else np.zeros(columns.length, dtype=bool)
    if condition and not found.any():
        raise FactError(
            f"{correction.place}: '{key}' matches no fact any more. "
            f"The cause may be gone: check the source and remove or mend the entry."
        )
    return found


class _Columns:
    """The columns of a table as small numbers, each made once: comparing those is fast."""

    def __init__(self, rows: pd.DataFrame) -> None:
        self._rows = rows
        self._codes: dict[str, tuple[np.ndarray, pd.Index]] = {}
        self.length = len(rows)

    def _of(self, name: str) -> tuple[np.ndarray, pd.Index]:
        if name not in self._codes:
            held = self._rows.index if name == "id" else self._rows[name]
            codes, labels = pd.factorize(held)
            self._codes[name] = codes, pd.Index(labels)
        return self._codes[name]

    def matching(self, condition: dict[str, Any]) -> np.ndarray:
        """Rows whose columns hold the wanted value, or one of the wanted values."""
        chosen = np.ones(self.length, dtype=bool)
        for name, wanted in condition.items():
            codes, labels = self._of(name)
            values = wanted if isinstance(wanted, list) else [wanted]
            read = float if name in NUMBERS else str
            places = labels.get_indexer([read(value) for value in values])
            chosen &= np.isin(codes, places[places >= 0])
        return chosen

    def with_counterpart(self, rows: np.ndarray, kept: np.ndarray, match: tuple[str, ...]) -> np.ndarray:
        """Of ``rows``, those that agree in the columns ``match`` with one of ``kept``."""
        if not match:
            return rows
        keys = np.column_stack([self._of(name)[0] for name in match])
        held = {tuple(key) for key in keys[kept]}
        found = np.zeros(self.length, dtype=bool)
        for place in np.flatnonzero(rows):
            found[place] = tuple(keys[place]) in held
        return found
