"""People employed in the industries that user sectors are shares of: published figures, or none."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lodestone.errors import FactError
from lodestone.facts.nouns import FactTable

TABLE = "industry_employment.csv"
PERSONS_PER = {"persons": 1.0, "thousand persons": 1e3, "million persons": 1e6}
MAY_ENTER = ("A", "B")  # tier C never enters a baseline, and a loss of jobs is read as one


@dataclass(frozen=True)
class People:
    """``number`` of people an industry employs, the fact that says so, and how its scope fits the industry."""

    number: float
    fact: str
    reason: str


def industry_employment(folder: Path, economy: str, facts: FactTable) -> dict[str, People]:
    """Published employment of an economy by industry.

    Parameters
    ----------
    folder : Path
        Data folder; ``labels/industry_employment.csv`` names the fact for each industry and economy.
        Without the table nothing is known.
    economy : str
    facts : FactTable
        Facts not known by its date are left out.

    Returns
    -------
    dict of str to People
        Industries as ``topology/<material>/value.csv`` calls them. An industry that is not there has no
        published figure of tier A or B; nothing stands in for it.

    Raises
    ------
    FactError
        If a row names a fact that is no employment, of another economy, of tier C, or in a unit that is
        no number of people.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> from lodestone.facts.read import read_facts
    >>> round(industry_employment(data_folder(), "USA", read_facts())["machinery C28"].number)
    1122000
    """
    path = folder / "labels" / TABLE
    if not path.is_file():
        return {}
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    found = {}
    for row in rows[rows["economy"] == economy].itertuples():
        if row.fact in facts.rows.index:
            fact = facts.rows.loc[row.fact]
            if (fact["variable"], fact["economy"]) != ("employment", economy) or fact["tier"] not in MAY_ENTER:
                raise FactError(
                    f"{TABLE}: '{row.fact}' is no employment of '{economy}' of tier A or B. Name another fact."
                )
            if fact["unit"] not in PERSONS_PER:
                raise FactError(f"{TABLE}: '{row.fact}' counts '{fact['unit']}', not people. Name another fact.")
            found[str(row.industry)] = People(
                float(fact["value"]) * PERSONS_PER[fact["unit"]], str(row.fact), row.reason
            )
    return found
