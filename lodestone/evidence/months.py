"""Simulated shipments by customs month beside those customs published: a hindcast, never a claim of skill."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.errors import FactError, LabelError
from lodestone.facts.nouns import STATUSES, FactTable
from lodestone.simulate.calendar import customs_months
from lodestone.simulate.nouns import Ensemble, Scenario
from lodestone.simulate.scope import issuers

VARIABLE = "monthly_export_quantity"
MONTHS = 12
QUANTILES = (0.05, 0.5, 0.95)
LABEL = "hindcast, no skill claimed"
COLUMNS = ["scenario", "month", "observed", "median", "low", "high", "observed_index", "median_index", "low_index",
           "high_index", "fact"]  # fmt: skip


@dataclass(frozen=True)
class Months:
    """Exports under one customs line by month: gross tonnes, and as an index of the base year's mean month (100).

    ``table`` has the columns of ``COLUMNS``, one row a scenario and month that the run holds in full
    and customs published. ``errors`` has columns scenario, months, tonnes, index: mean absolute errors of
    the medians over the first and over all months, beside those of "every month as in the base year".
    ``rows_used`` names, by scenario, the observations of the episode its terms rest on.
    """

    code: str
    origin: str
    year: int
    curbed_from: str
    table: pd.DataFrame
    errors: pd.DataFrame
    rows_used: dict[str, tuple[str, ...]]


def customs_watch(network: Network, code: str, origin: str) -> pd.DataFrame:
    """Which trade rows make up a customs line, and their gross weight per contained tonne.

    A product belongs to the line when the line is one of its codes or stands below one (the products'
    codes have six digits; those of a country's own line more).

    Returns
    -------
    DataFrame
        Columns series, trade_row, weight, as `lodestone.simulate.ensemble.simulate` takes them.

    Raises
    ------
    LabelError
        If no product of the network has the code, or the origin ships none.

    Examples
    --------
    >>> from tests.world import small_network
    >>> watch = customs_watch(small_network(), "85051110", "ALB")
    >>> len(watch), round(float(watch["weight"].iloc[0]), 3)  # 0.3 t contained in a tonne of magnets
    (2, 3.333)
    """
    products = network.products
    codes = [[part.strip() for part in str(hs).split(";") if part.strip()] for hs in products["hs"]]
    inside = np.array([any(code.startswith(part) for part in parts) for parts in codes], dtype=bool)
    if not inside.any():
        known = sorted({part for parts in codes for part in parts} - {"nan"})
        raise LabelError(f"no product of {network.material} has the customs code {code}. Use one below {known}.")
    trade = network.trade
    rows = trade["product"].isin(products.loc[inside, "product"]) & (trade["origin"] == origin)
    rows &= trade["destination"] != origin
    found = np.flatnonzero(rows.to_numpy())
    if not found.size:
        raise LabelError(f"{origin} ships nothing under {code} in this network. Name another customs code.")
    content = products.set_index("product")["content"]
    weight = 1.0 / content.loc[trade["product"].iloc[found]].to_numpy(float)
    return pd.DataFrame({"series": f"customs:{code}", "trade_row": found, "weight": weight})


def only_issuer(scenario: Scenario) -> str:
    """The economy whose exports a comparison is about: the issuer of the scenario's measures.

    Raises
    ------
    LabelError
        If measures have none or several.
    """
    found = sorted({one for measure in scenario.measures for one in issuers(measure)})
    if len(found) != 1:
        raise LabelError(f"{scenario.name} has {len(found)} issuers, so it is not said whose exports to compare.")
    return found[0]


def observed_months(facts: FactTable, labels: Path, code: str, origin: str) -> pd.DataFrame:
    """What customs published of a line's exports to the whole world, one row a period.

    Returns
    -------
    DataFrame
        Index period; columns value [t gross], fact. Where a period has several facts: the one with the
        firmer status, then the earlier known.

    Raises
    ------
    FactError
        If none is known by the facts' date.
    """
    rows = facts.rows
    hit = (rows["variable"] == VARIABLE) & (rows["product"] == code) & (rows["economy"] == origin)
    hit &= rows["partner"] == whole_world(labels)
    rows = rows[hit & rows["value"].notna() & (rows["unit"] == "t")]
    if rows.empty:
        known = sorted(set(facts.rows.loc[facts.rows["variable"] == VARIABLE, "product"]))
        raise FactError(f"no monthly exports of {code} from {origin} are known by {facts.as_of}. Known: {known}.")
    rows = rows.assign(rank=[STATUSES.index(status) for status in rows["status"]], fact=rows.index)
    rows = rows.sort_values(["rank", "known_from", "fact"], kind="stable").drop_duplicates("period")
    return rows.set_index("period")[["value", "fact"]]


def compare_months(
    runs: list[tuple[Scenario, Ensemble]],
    network: Network,
    draws: NetworkDraws | None,
    watch: pd.DataFrame,
    observed: pd.DataFrame,
    code: str,
    origin: str,
) -> Months:
    """Put runs that watched ``customs:CODE`` beside the observed months.

    Raises
    ------
    FactError
        If the base year's total, or every month of the runs, is not among the observed.
    """
    year = network.year
    whole = f"{year}-01..{year}-12"
    if whole not in observed.index:
        raise FactError(f"no exports of {code} in {whole} are known, so no index can be made. Add the fact.")
    mean_month = float(observed.loc[whole, "value"]) / MONTHS
    tables, errors = [], []
    for scenario, ensemble in runs:
        base = base_month(network, draws, watch, ensemble.draws)
        table = _one(scenario, ensemble, observed, code, mean_month, base)
        tables.append(table)
        errors += _errors(scenario, table, mean_month)
    errors += _errors_of("every month as in the base year", tables[0], mean_month, runs[0][0], flat=True)
    first = min(measure.effective for scenario, _ in runs for measure in scenario.measures)
    return Months(
        code, origin, year, f"{first:%Y-%m}", pd.concat(tables, ignore_index=True),
        pd.DataFrame(errors, columns=["scenario", "months", "tonnes", "index"]),
        {scenario.name: scenario.rows_used for scenario, _ in runs},
    )  # fmt: skip


def base_month(network: Network, draws: NetworkDraws | None, watch: pd.DataFrame, members: int) -> np.ndarray:
    """The base year's mean month by member, as its draw has it. [t gross]"""
    weight = watch["weight"].to_numpy(float)
    rows = watch["trade_row"].to_numpy(int)
    if draws is None:
        return np.full(members, float((network.trade["flow"].to_numpy()[rows] * weight).sum()) / MONTHS)
    return (draws.trade[:, rows] @ weight)[np.arange(members) % draws.size] / MONTHS


def _one(
    scenario: Scenario, ensemble: Ensemble, observed: pd.DataFrame, code: str, mean_month: float, base: np.ndarray
) -> pd.DataFrame:
    names = ensemble.series["series"].iloc[list(ensemble.headline_series)].tolist()
    weekly = ensemble.headline[names.index(f"customs:{code}")].astype(float)
    months, share, complete = customs_months(scenario.start, ensemble.weeks)
    monthly = weekly @ share.T
    rows = []
    for k, month in enumerate(months):
        if not complete[k] or month not in observed.index:
            continue
        low, median, high = np.quantile(monthly[:, k], QUANTILES)
        index = 100.0 * np.quantile(monthly[:, k] / base, QUANTILES)
        seen, fact = float(observed.loc[month, "value"]), str(observed.loc[month, "fact"])
        rows.append((scenario.name, month, seen, median, low, high, 100.0 * seen / mean_month,
                     index[1], index[0], index[2], fact))  # fmt: skip
    if not rows:
        raise FactError(
            f"customs published no month of {code} between {months[0]} and {months[-1]}. Take another scenario."
        )
    return pd.DataFrame(rows, columns=COLUMNS)


def _errors(scenario: Scenario, table: pd.DataFrame, mean_month: float) -> list[tuple[str, str, float, float]]:
    return _errors_of(scenario.name, table, mean_month, scenario, flat=False)


def _errors_of(
    name: str, table: pd.DataFrame, mean_month: float, scenario: Scenario, flat: bool
) -> list[tuple[str, str, float, float]]:
    first = min((f"{measure.effective:%Y-%m}" for measure in scenario.measures), default="")
    found = []
    for months, part in (("all", table), (f"from {first}", table[table["month"] >= first])):
        if part.empty:
            continue
        ours = mean_month if flat else part["median"]
        index = 100.0 if flat else part["median_index"]
        tonnes = float((ours - part["observed"]).abs().mean())
        found.append((name, months, tonnes, float((index - part["observed_index"]).abs().mean())))
    return found


def whole_world(labels: Path) -> str:
    """The aggregate with the most members in the label table."""
    table = pd.read_csv(labels / "economies.csv", dtype=str, keep_default_na=False)
    table = table[table["kind"] == "aggregate"]
    return str(table.loc[table["members"].str.count(" ").idxmax(), "label"])
