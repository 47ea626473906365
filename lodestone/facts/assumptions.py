"""The one table of assumptions: each with its range, its reason and what it leans on."""

from __future__ import annotations

import csv
import math
from dataclasses import dataclass
from pathlib import Path

from lodestone.errors import FactError, Fault, Faults

COLUMNS = ("id", "name", "scope", "low", "central", "high", "unit", "distribution", "reason", "origin")
DISTRIBUTIONS = ("fixed", "uniform", "triangular")


@dataclass(frozen=True)
class Assumption:
    """A number chosen here because no source gives it, or none for this place.

    ``scope`` names the label it holds for (a sector, stage, product...; blank: everywhere);
    ``origin`` lists ids of facts it leans on, or says "judgement".
    """

    id: str
    name: str
    scope: str
    low: float
    central: float
    high: float
    unit: str
    distribution: str
    reason: str
    origin: str


def read_assumptions(folder: Path) -> dict[str, Assumption]:
    """The assumption table of a data folder, by id; all faults of the file at once.

    Parameters
    ----------
    folder : Path
        A data folder; the table is ``assumptions/assumptions.csv`` below it.

    Returns
    -------
    dict id -> Assumption

    Raises
    ------
    FactError
        If there is no such file.
    Faults
        If an id comes twice, a number is missing or not finite, a range is reversed, or the
        distribution is none of ``DISTRIBUTIONS``.
    """
    path = folder / "assumptions" / "assumptions.csv"
    if not path.is_file():
        raise FactError(f"{path}: the table of assumptions is missing. Add it, or name another data folder.")
    table: dict[str, Assumption] = {}
    faults: list[Fault] = []
    with path.open(encoding="utf-8", newline="") as handle:
        reader = csv.DictReader(handle)
        missing = [column for column in COLUMNS if column not in (reader.fieldnames or ())]
        if missing:
            raise Faults([Fault(path.name, 1, ", ".join(missing), "the column is missing", "Add it.")])
        for line, row in enumerate(reader, start=2):
            try:
                low, central, high = (float(row[key]) for key in ("low", "central", "high"))
            except (TypeError, ValueError):
                faults.append(
                    Fault(path.name, line, "low/central/high", "a number is missing", "Fill all three columns.")
                )
                continue
            if not (math.isfinite(low) and math.isfinite(high) and low <= central <= high):
                faults.append(
                    Fault(
                        path.name,
                        line,
                        "central",
                        f"{central} is outside {low}..{high}, or the range has no end",
                        "Order the range.",
                    )
                )
            if row["distribution"] not in DISTRIBUTIONS:
                faults.append(
                    Fault(
                        path.name,
                        line,
                        "distribution",
                        f"unknown '{row['distribution']}'",
                        f"Use one of {', '.join(DISTRIBUTIONS)}.",
                    )
                )
            if row["id"] in table:
                faults.append(Fault(path.name, line, "id", f"'{row['id']}' comes twice", "Rename one."))
            if not row["reason"]:
                faults.append(Fault(path.name, line, "reason", "no reason given", "Say why this range."))
            table[row["id"]] = Assumption(
                row["id"],
                row["name"],
                row["scope"],
                low,
                central,
                high,
                row["unit"],
                row["distribution"],
                row["reason"],
                row["origin"],
            )
    if faults:
        raise Faults(faults)
    return table
