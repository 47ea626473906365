"""Sector shortfall to value added and jobs: weeks of output lost times what the sector earns and employs in a week.

A user sector is a share of a published industry, with a range. Its output is lost once however many
elements it lacks, because the shortfall comes from the served share of the sector as a whole.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.errors import FactError
from lodestone.facts.nouns import FactTable
from lodestone.impact.jobs import People, industry_employment
from lodestone.impact.nouns import Impact
from lodestone.rng import stream

WEEKS_A_YEAR = 52.0


@dataclass(frozen=True)
class SectorValue:
    """Value added of an industry and the range of the share of it that a user sector is."""

    sector: str
    amount: float  # billion USD of 2024
    low: float
    central: float
    high: float
    facts: tuple[str, ...]
    reason: str
    industry: str = ""
    people: People | None = None  # None where no figure is published
    rest_of: str = ""  # the sector whose drawn share this one is the rest of; blank: drawn on its own


def sector_values(
    folder: Path,
    material: str,
    economy: str,
    facts: FactTable,
    economies: pd.DataFrame,
    electric_share: float,
    to_2024: Callable[[int], float],
) -> tuple[SectorValue, ...]:
    """What each user sector of an economy earns a year.

    Parameters
    ----------
    folder : Path
        Data folder; ``topology/<material>/value.csv`` says which industry each sector is a share of.
    material, economy : str
    facts : FactTable
        Read for ``value_added``. [million USD]
    economies : DataFrame with label, kind, members
        An economy that is the rest of a union gets the union's figure less its named members.
    electric_share : float
        Electric-drive cars over all vehicles built in the economy, in [0, 1]: it splits the vehicle
        industry between the two vehicle sectors, with a range of a third either way.
    to_2024 : callable
        Year -> factor from USD of that year to USD of 2024.

    Returns
    -------
    tuple of SectorValue
        Sectors whose industry has no figure for the economy are left out.

    Raises
    ------
    FactError
        If no industry of the economy has a value added known by the date.
    """
    rows = pd.read_csv(folder / "topology" / material / "value.csv", dtype=str, keep_default_na=False)
    people = industry_employment(folder, economy, facts)
    values = []
    for row in rows.itertuples():
        amount, used = _value_added(facts, economies, economy, str(row.product), str(row.period), str(row.source))
        if amount is None:
            continue
        low, central, high = float(row.low), float(row.central), float(row.high)
        rest_of = ""
        if high == 0.0:  # the two parts of the vehicle industry: one is drawn, the other is what is left
            low, central, high = electric_share * 2 / 3, electric_share, min(electric_share * 4 / 3, 1.0)
            if row.Index != _first_split(rows):
                rest_of = str(rows["sector"].iloc[_first_split(rows)])
                low, central, high = 1.0 - high, 1.0 - central, 1.0 - low
        values.append(
            SectorValue(
                str(row.sector),
                amount * to_2024(int(row.period)) / 1000.0,
                low,
                central,
                high,
                used,
                str(row.reason),
                str(row.product),
                people.get(str(row.product)),
                rest_of,
            )
        )
    if not values:
        raise FactError(f"no value added of '{economy}' is known by {facts.as_of}. Choose an economy with one.")
    return tuple(values)


def _first_split(rows: pd.DataFrame) -> int:
    return int(np.flatnonzero((rows["high"].astype(float) == 0.0).to_numpy())[0])


def _value_added(
    facts: FactTable, economies: pd.DataFrame, economy: str, product: str, period: str, source: str
) -> tuple[float | None, tuple[str, ...]]:
    rows = facts.rows
    rows = rows[
        (rows["variable"] == "value_added")
        & (rows["product"] == product)
        & (rows["period"] == period)
        & (rows["source"] == source)
    ]
    known = rows.drop_duplicates("economy").reset_index().set_index("economy")
    if economy in known.index:
        return float(known.loc[economy, "value"]), (str(known.loc[economy, "id"]),)
    for union in economies[economies["kind"] == "aggregate"].itertuples():
        members = str(union.members).split()
        others = [member for member in members if member != economy]
        if economy in members and union.label in known.index and all(other in known.index for other in others):
            amount = float(known.loc[union.label, "value"] - known.loc[others, "value"].sum())
            return amount, tuple(str(known.loc[part, "id"]) for part in [union.label, *others])
    return None, ()


def direct_impact(
    economy: str, lost_weeks: np.ndarray, sectors: tuple[str, ...], values: tuple[SectorValue, ...], seed: int
) -> Impact:
    """Value added lost directly.

    Parameters
    ----------
    lost_weeks : array (sector, draw)
        Weeks of the sector's output not served over the horizon. [weeks]
    sectors : tuple
        Labels of the rows; those without a value are left out.
    seed : int
        The share of each industry is drawn from its own stream, the same under every rule.

    Returns
    -------
    Impact
        ``value_added`` in billion USD of 2024, ``jobs`` in person-years: each from the same drawn share
        of the industry, so a sector is lost once in both.

    Examples
    --------
    >>> value = SectorValue("cars", 52.0, 0.5, 0.5, 0.5, (), "half of the industry")
    >>> impact = direct_impact("ALB", np.array([[2.0, 0.0]]), ("cars",), (value,), seed=1)
    >>> impact.value_added.tolist()
    [[1.0, 0.0]]
    """
    draws = lost_weeks.shape[1]
    kept = [value for value in values if value.sector in sectors]
    first = {value.sector: value for value in values}
    drawn = [
        1.0 - _drawn_share(first[value.rest_of], draws, seed) if value.rest_of else _drawn_share(value, draws, seed)
        for value in kept
    ]
    share = np.array(drawn).reshape(len(kept), draws)
    year = share * np.array([value.amount for value in kept])[:, None]
    people = share * np.array([np.nan if value.people is None else value.people.number for value in kept])[:, None]
    rows = [sectors.index(value.sector) for value in kept]
    basis = pd.DataFrame(
        [
            (
                v.sector,
                v.amount,
                v.low,
                v.central,
                v.high,
                ";".join(v.facts),
                v.people.fact if v.people else "",
                v.reason,
            )
            for v in kept
        ],
        columns=["sector", "industry_value_added", "low", "central", "high", "facts", "employment_fact", "reason"],
    )
    weeks = lost_weeks[rows] / WEEKS_A_YEAR
    return Impact(economy, tuple(value.sector for value in kept), year * weeks, year, people * weeks, basis)


def _drawn_share(value: SectorValue, draws: int, seed: int) -> np.ndarray:
    if value.high <= value.low:
        return np.full(draws, value.central)
    return np.array(
        [
            stream(seed, f"impact.share:{value.sector}", member).triangular(value.low, value.central, value.high)
            for member in range(draws)
        ]
    )
