"""Sector shortfall to value added and jobs: the share not made each week times what the sector earns in a week.

A user sector is a share of a published industry, with a range: the makers who buy the last product the
network carries. Who buys their parts loses indirectly, through the input-output table. A sector's output
is lost once however many elements it lacks, because the shortfall comes from the served share of the
sector as a whole. A sector that gets a part of its input stops first what earns least per tonne of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.errors import FactError, ScenarioError
from lodestone.facts.assumptions import Assumption
from lodestone.facts.nouns import FactTable
from lodestone.impact.jobs import People, industry_employment
from lodestone.impact.nouns import Impact
from lodestone.rng import stream

WEEKS_A_YEAR = 52.0


@dataclass(frozen=True)
class IndustryShare:
    """Range of the share of an industry that a part of it is, and the ids of the figures it rests on."""

    low: float
    central: float
    high: float
    rests_on: tuple[str, ...] = ()


@dataclass(frozen=True)
class Weight:
    """An economy's weight in a sector (MW made, cars built), and the id of its figure."""

    amount: float
    figure: str


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
    rests_on: tuple[str, ...] = ()  # ids of the figures its share rests on beside the reason
    makes: str = ""  # "finished" or "inputs" where the makers differ from the label table's word for the sector


def sector_values(
    folder: Path,
    material: str,
    economy: str,
    facts: FactTable,
    economies: pd.DataFrame,
    electric: IndustryShare,
    to_2024: Callable[[int], float],
    weights: Mapping[str, Weight] | None = None,
) -> tuple[SectorValue, ...]:
    """What each user sector of an economy earns a year.

    Parameters
    ----------
    folder : Path
        Data folder; ``topology/<material>/value.csv`` says which industry each sector is a share of. Its
        column ``facts`` (ids set apart by semicolons, blank for none) names what the share rests on, and
        ``makes`` what its makers make where the label table's word for the sector does not fit. Where ``per``
        is "weight", low, central and high are million USD of 2024 of value added for each unit of the sector's
        weight in the economy, and the share follows.
    material, economy : str
    facts : FactTable
        Read for ``value_added``. [million USD]
    economies : DataFrame with label, kind, members
        An economy that is the rest of a union gets the union's figure less its named members.
    electric : IndustryShare
        Electric-drive cars in the value of all vehicles built in the economy: it splits the vehicle
        industry between the two vehicle sectors. See `electric_share`.
    to_2024 : callable
        Year -> factor from USD of that year to USD of 2024.
    weights : mapping of Weight by sector, optional
        The economy's weights; a sector that is not there has none.

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
        rest_of, rests_on, amount = "", tuple[str, ...](), amount * to_2024(int(row.period)) / 1000.0
        if str(getattr(row, "per", "")) == "weight":
            mine = (weights or {}).get(str(row.sector))
            many = mine.amount / (1000.0 * amount) if mine else 0.0
            low, central, high = (min(per * many, 1.0) for per in (low, central, high))
            rests_on = (mine.figure,) if mine else ()
        if float(row.high) == 0.0:  # the two parts of the vehicle industry: one is drawn, the other is what is left
            low, central, high, rests_on = electric.low, electric.central, electric.high, electric.rests_on
            if row.Index != _first_split(rows):
                rest_of = str(rows["sector"].iloc[_first_split(rows)])
                low, central, high = 1.0 - high, 1.0 - central, 1.0 - low
        values.append(
            SectorValue(
                str(row.sector),
                amount,
                low,
                central,
                high,
                (*used, *(fact for fact in str(getattr(row, "facts", "")).split(";") if fact in facts.rows.index)),
                str(row.reason),
                str(row.product),
                people.get(str(row.product)),
                rest_of,
                rests_on,
                str(getattr(row, "makes", "")),
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


def electric_share(
    units: float | None, assumptions: Mapping[str, Assumption], rests_on: tuple[str, ...] = ()
) -> IndustryShare:
    """Electric-drive cars in the value of all vehicles built: the share of units, or an assumption, with its range.

    Parameters
    ----------
    units : float, optional
        Electric-drive cars over all vehicles built in the economy; None where either is not known.
    assumptions : mapping of Assumption by id
        ``impact.electric_value`` (value of an electric-drive car over that of a vehicle, as built in the
        economy) and ``impact.electric_units`` (in place of ``units``).
    rests_on : tuple
        Ids of the figures that ``units`` rests on.

    Returns
    -------
    IndustryShare
        In [0, 1], never more than the whole industry.

    Examples
    --------
    >>> from lodestone.facts.assumptions import read_assumptions
    >>> from lodestone.facts.place import data_folder
    >>> share = electric_share(0.3, read_assumptions(data_folder()))
    >>> share.low < share.central == 0.3 < share.high
    True
    """
    value, unknown = assumptions["impact.electric_value"], assumptions["impact.electric_units"]
    low, central, high = (unknown.low, unknown.central, unknown.high) if units is None else (units,) * 3
    below = (f"assumption:{value.id}", *([f"assumption:{unknown.id}"] if units is None else rests_on))
    return IndustryShare(
        min(low * value.low, 1.0), min(central * value.central, 1.0), min(high * value.high, 1.0), below
    )


def direct_impact(
    economy: str,
    unserved: np.ndarray,
    sectors: tuple[str, ...],
    values: tuple[SectorValue, ...],
    spread: Assumption,
    seed: int,
    members_of: Callable[[str], Sequence[int]] | None = None,
) -> Impact:
    """Value added lost directly.

    A sector that lacks the share u of its input in a week loses the share u^g of its value added: makers
    stop first what earns least per tonne. g is the exponent of the Lorenz curve of value added over the
    tonnes used; 1 where every tonne earns alike. All of the input missing is all of the output lost.

    Parameters
    ----------
    unserved : array (sector, draw, week)
        Share of the sector's output that its inputs do not allow, in [0, 1].
    sectors : tuple
        Labels of the rows; those without a value are left out.
    spread : Assumption
        Range of g, at least 1; drawn once a draw, for all sectors.
    seed : int
        The share of each industry is drawn from its own stream, the same under every rule; so is g.
    members_of : callable, optional
        Input's name -> the member each draw takes it from; draw k takes member k without it.

    Returns
    -------
    Impact
        ``value_added`` in billion USD of 2024, ``jobs`` in person-years: each from the same drawn share
        of the industry, so a sector is lost once in both.

    Raises
    ------
    ScenarioError
        If the array does not fit the sectors.

    Examples
    --------
    >>> value = SectorValue("cars", 52.0, 0.5, 0.5, 0.5, (), "half of the industry")
    >>> alike = Assumption("impact.spread", "", "", 1.0, 1.0, 1.0, "ratio", "fixed", "", "")
    >>> unserved = np.array([[[1.0, 1.0, 0.0], [0.5, 0.0, 0.0]]])
    >>> direct_impact("ALB", unserved, ("cars",), (value,), alike, seed=1).value_added.tolist()
    [[1.0, 0.25]]
    """
    if unserved.ndim != 3 or len(unserved) != len(sectors):
        raise ScenarioError(
            f"losses have shape {unserved.shape} for {len(sectors)} sectors. Give (sector, draw, week) in their order."
        )
    draws = unserved.shape[1]
    kept = [value for value in values if value.sector in sectors]
    members = members_of or (lambda _: range(draws))
    inputs = {
        f"impact.share:{value.sector}": _drawn(value, f"impact.share:{value.sector}", members, seed)
        for value in kept
        if not value.rest_of
    }
    exponent = _drawn(spread, spread.id, members, seed)
    first = {value.sector: value for value in values}
    share = np.array(
        [
            1.0 - _drawn(first[value.rest_of], f"impact.share:{value.rest_of}", members, seed)
            if value.rest_of
            else inputs[f"impact.share:{value.sector}"]
            for value in kept
        ]
    ).reshape(len(kept), draws)
    rows = [sectors.index(value.sector) for value in kept]
    lost = np.clip(unserved[rows], 0.0, 1.0).astype(np.float64) ** exponent[:, None]
    year = share * np.array([value.amount for value in kept])[:, None]
    people = share * np.array([np.nan if value.people is None else value.people.number for value in kept])[:, None]
    return Impact(
        economy,
        tuple(value.sector for value in kept),
        year * lost.sum(axis=2) / WEEKS_A_YEAR,
        year * lost[:, :, : int(WEEKS_A_YEAR)].sum(axis=2) / WEEKS_A_YEAR,
        year,
        people * lost.sum(axis=2) / WEEKS_A_YEAR,
        lost,
        inputs | {spread.id: exponent},
        _basis(kept),
        tuple(value.industry for value in kept),
        tuple(value.makes for value in kept),
    )


def _basis(kept: list[SectorValue]) -> pd.DataFrame:
    rows = [
        (v.sector, v.amount, v.low, v.central, v.high, ";".join(v.facts), v.people.fact if v.people else "", v.reason)
        for v in kept
    ]
    columns = ["sector", "industry_value_added", "low", "central", "high", "facts", "employment_fact", "reason"]
    return pd.DataFrame(rows, columns=columns)


def _drawn(
    given: SectorValue | Assumption, name: str, members_of: Callable[[str], Sequence[int]], seed: int
) -> np.ndarray:
    members = members_of(name)
    if given.high <= given.low:
        return np.full(len(members), given.central)
    return np.array([stream(seed, name, member).triangular(given.low, given.central, given.high) for member in members])
