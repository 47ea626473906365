"""A scenario's simulated exports scored month by month against customs, beside naive forecasts.

Three labels: a forecast rests on nothing later than its date; a forecast of the terms has the scenario as
it could be written then, on a baseline that could not be made from what was out; all else is a hindcast.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.errors import LabelError
from lodestone.evidence.months import base_month, customs_watch
from lodestone.evidence.naive import NAIVE, licence_share, mean_month, persistence, seasonal
from lodestone.evidence.observations import Observations, gaps
from lodestone.evidence.scores import block_bootstrap, coverage, crps_ensemble, interval_score
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.calendar import customs_months
from lodestone.simulate.nouns import Ensemble, LicenceTerms, Range, Scenario

FORECAST, TERMS, HINDCAST = "forecast", "forecast terms on a later baseline", "hindcast"
LEVELS = {"p05": 0.05, "p25": 0.25, "median": 0.5, "p75": 0.75, "p95": 0.95}
SETS = ("world", "destinations")
FIRST = 3  # months after a measure, in which a queue and goods held say most
CHANGED = ["input", "own", "mutated"]
MUTATION = ["set", "months", "cells", "crps", "crps_mutated", "difference", "low", "high", "blocks"]
DIFFERENCES = ["set", "naive", "cells", "blocks", "crps", "crps_naive", "difference", "low", "high", "verdict"]
CELLS = ["month", "product", "destination", "set", "observed", *LEVELS, "crps",
         *(f"crps_{name}" for name in NAIVE), "interval_score", "row"]  # fmt: skip


@dataclass(frozen=True)
class Score:
    """Scores of one run.

    ``cells`` has the columns of ``CELLS``, one row a month, customs line and destination, in t gross, or points
    of the mean month of the year before the date (100) if relative. ``sets`` has a row for the world and one for
    the destinations; ``differences`` one a set and naive forecast. ``set_aside`` names what was not scored.
    """

    cells: pd.DataFrame
    sets: pd.DataFrame
    differences: pd.DataFrame
    set_aside: tuple[str, ...]


@dataclass(frozen=True)
class Backtest:
    """One case: what it may be called and why, its scores, first stops, and those of the mutated terms if asked for.

    ``changed`` says what the mutated terms drew (see `changed_inputs`). ``stand_ins`` and ``left_to_prior`` say what a
    baseline as of the date had to do without: earlier figures that stand in, observations left to the prior.
    ``inputs`` are the names of the uncertain inputs that the run drew.
    """

    scenario: str
    mode: str
    reasons: tuple[str, ...]
    as_of: dt.date
    relative: bool
    members: int
    lines: tuple[str, ...]
    score: Score
    stops: pd.DataFrame
    mutated: Score | None
    mutation: pd.DataFrame
    set_aside: tuple[str, ...]
    left_out: tuple[str, ...]
    changed: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CHANGED))
    stand_ins: tuple[str, ...] = ()
    left_to_prior: tuple[str, ...] = ()
    material: str = ""
    inputs: tuple[str, ...] = ()

    @property
    def unit(self) -> str:
        """Of months and their scores."""
        return "points of last year's mean month" if self.relative else "t gross"


def lines_of(network: Network, seen: Observations) -> tuple[str, ...]:
    """The customs lines of some observations that a product of the network stands under."""
    codes = {part.strip() for hs in network.products["hs"] for part in str(hs).split(";") if part.strip().isdigit()}
    return tuple(sorted(line for line in set(seen.months["line"]) if line.startswith(tuple(sorted(codes)))))


def watched(network: Network, lines: tuple[str, ...], origin: str, world: str) -> pd.DataFrame:
    """A watch of every line to the world and to each destination apart: series "LINE>DESTINATION"."""
    parts = []
    for line in lines:
        whole = customs_watch(network, line, origin)
        where = network.trade["destination"].iloc[whole["trade_row"]].to_numpy()
        parts += [whole.assign(series=f"{line}>{world}"), whole.assign(series=[f"{line}>{one}" for one in where])]
    return pd.concat(parts, ignore_index=True)


def mutated(scenario: Scenario, points: float = 0.2) -> Scenario:
    """The scenario with approvals up by so much and no unlisted goods held: wrong on purpose, so a score must notice."""

    def up(terms: LicenceTerms) -> LicenceTerms:
        given = terms.share_applications_approved
        low, central, high = (min(1.0, number + points) for number in (given.low, given.central, given.high))
        return replace(terms, share_applications_approved=Range(low, central, high, given.distribution, "mutated"))

    none = Range(0.0, 0.0, 0.0, "fixed", "mutated")
    measures = tuple(
        replace(
            one,
            licence=up(one.licence) if one.licence else None,
            licence_dated=tuple((day, up(terms)) for day, terms in one.licence_dated),
            over_compliance_share=none if one.over_compliance_share else None,
        )
        for one in scenario.measures
    )
    return replace(scenario, measures=measures)


def changed_inputs(own: Mapping[str, np.ndarray], other: Mapping[str, np.ndarray]) -> pd.DataFrame:
    """What a mutation moved: the mean drawn of each uncertain input that differs, so that a cap is seen.

    Returns
    -------
    DataFrame
        input, own, mutated (NaN where the effect is gone).

    Examples
    --------
    >>> changed_inputs({"a": np.array([0.5]), "b": np.array([1.0]), "c": np.array([2.0])},
    ...                {"a": np.array([0.7]), "c": np.array([2.0])}).to_numpy().tolist()
    [['a', 0.5, 0.7], ['b', 1.0, nan]]
    """
    rows = [
        (name, float(np.mean(drawn)), float(np.mean(other[name])) if name in other else np.nan)
        for name, drawn in own.items()
        if name not in other or not np.array_equal(drawn, other[name])
    ]
    return pd.DataFrame(rows, columns=CHANGED)


def later_grounds(scenario: Scenario, known_from: Mapping[str, dt.date], as_of: dt.date) -> tuple[str, ...]:
    """What in a scenario could not be known on a date, in words; empty where its terms may be called a forecast."""
    late = [row for row in scenario.rows_used if row in known_from and known_from[row] > as_of]
    undated = [row for row in scenario.rows_used if row not in known_from]
    found = []
    for rows, why in (
        (late, f"its terms rest on rows known after {as_of}"),
        (undated, "its terms rest on rows without a date"),
    ):
        if rows:
            found.append(f"{why}: {rows[0]}" + (f" and {len(rows) - 1} more" if len(rows) > 1 else ""))
    for measure in scenario.measures:
        days = [day for window in measure.suspended for day in window[:1]] + ([measure.ended] if measure.ended else [])
        if any(day > as_of for day in days):
            found.append(f"it tells of an end or a suspension of {measure.id} after {as_of}")
    return tuple(found)


def score(
    scenario: Scenario,
    ensemble: Ensemble,
    network: Network,
    draws: NetworkDraws | None,
    watch: pd.DataFrame,
    seen: Observations,
    assumptions: Mapping[str, Assumption],
    *,
    as_of: dt.date,
    world: str,
    relative: bool = False,
) -> Score:
    """Score every cell that the run holds in full, from the month of the date on.

    Raises
    ------
    LabelError
        If no observed cell falls into the run.
    """
    months, share, complete = customs_months(scenario.start, ensemble.weeks)
    window = [month for k, month in enumerate(months) if complete[k] and month >= f"{as_of:%Y-%m}"]
    series = ensemble.series["series"].iloc[list(ensemble.headline_series)].tolist()
    aside = list(gaps(seen.months, window))
    inside = seen.months[seen.months["month"].isin(window)]
    lines = {name.split(">")[0] for name in series if ">" in name}
    inside = inside[inside["line"].isin(lines)]
    licensed = any(measure.licence for measure in scenario.measures)
    cut = licence_share(assumptions, ensemble.draws, ensemble.seed) if licensed else None
    rows: list[tuple[object, ...]] = []
    for (line, destination), part in inside.groupby(["line", "destination"], sort=True):
        name = f"{line}>{destination}"
        mean = mean_month(seen, line, destination, as_of)
        if name not in series:
            aside.append(f"{part['row'].iloc[0]}: {destination} is no single destination of this network, "
                         f"{_counted(part)} not scored")  # fmt: skip
            continue
        if relative and not mean > 0.0:
            aside.append(f"{part['row'].iloc[0]}: the year before has no mean month of {line} to {destination}, "
                         f"{_counted(part)} not scored")  # fmt: skip
            continue
        monthly = ensemble.headline[series.index(name)].astype(float) @ share.T
        own = watch[watch["series"] == name]
        scale = 100.0 / base_month(network, draws, own, ensemble.draws)[:, None] if relative else 1.0
        unit = 100.0 / mean if relative else 1.0
        for row in part.sort_values("month").itertuples():
            forecast = (monthly * scale)[:, months.index(str(row.month))][None]
            known = {"persistence": persistence(seen, line, destination, as_of),
                     "seasonal": seasonal(seen, line, destination, str(row.month), as_of)}  # fmt: skip
            theirs = {key: np.array([[value * unit]]) for key, value in known.items()}
            theirs["cut"] = np.array([[np.nan]]) if cut is None else (mean * unit * cut)[None]
            truth = np.array([float(row.value) * unit])
            levels = np.quantile(forecast[0], list(LEVELS.values()))
            rows.append((
                row.month, line, destination, SETS[destination != world], truth[0], *levels,
                crps_ensemble(forecast, truth)[0], *(crps_ensemble(theirs[key], truth)[0] for key in NAIVE),
                interval_score(levels[:1], levels[-1:], truth)[0], row.row,
            ))  # fmt: skip
    if not rows:
        raise LabelError(
            f"no month from {as_of:%Y-%m} on is both in the run of '{scenario.name}' ({months[0]} to {months[-1]}) and "
            "among the observations. Take another date, a scenario that starts earlier, or a file with --observations."
        )
    cells = pd.DataFrame(rows, columns=CELLS)
    sets, differences = summary(cells, ensemble.seed)
    return Score(cells, sets, differences, (*_about(seen.set_aside, lines), *aside))


def honest(made: Score, mode: str) -> Score:
    """The score with "skill" said of a forecast alone; anything else that scores better is only called better."""
    if mode == FORECAST:
        return made
    told = made.differences["verdict"].replace("skill", f"better, but no forecast skill: {mode}")
    return replace(made, differences=made.differences.assign(verdict=told))


def mutation_effect(own: Score, other: Score, seed: int = 1) -> pd.DataFrame:
    """CRPS of the mutated terms less that of the case's own, cell by cell: over all months, and the first three.

    Returns
    -------
    DataFrame
        set, months, cells, crps, crps_mutated, difference, low, high, blocks.
    """
    rows = []
    for name in SETS:
        part = own.cells[own.cells["set"] == name]
        theirs = other.cells.loc[part.index, "crps"]
        for what, wanted in (("all", None), ("first three", sorted(set(own.cells["month"]))[:FIRST])):
            here = part if wanted is None else part[part["month"].isin(wanted)]
            if here.empty:
                continue
            after = theirs.loc[here.index]
            found = block_bootstrap((after - here["crps"]).to_numpy(), here["month"].to_numpy(), seed)
            rows.append((name, what, len(here), here["crps"].mean(), after.mean(), found.mean, found.low, found.high,
                         found.blocks))  # fmt: skip
    return pd.DataFrame(rows, columns=MUTATION)


def summary(cells: pd.DataFrame, seed: int = 1) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Coverage, width and scores of the world and of the destinations; differences to each naive forecast."""
    sets, differences = [], []
    for name in SETS:
        part = cells[cells["set"] == name]
        if part.empty:
            continue
        row: dict[str, object] = {"set": name, "cells": len(part), "months": part["month"].nunique()}
        for level, low, high in ((90, "p05", "p95"), (50, "p25", "p75")):
            inside = ((part[low] <= part["observed"]) & (part["observed"] <= part[high])).to_numpy()
            row |= dict(
                zip((f"inside_{level}", f"inside_{level}_low", f"inside_{level}_high"), coverage(inside), strict=True)
            )
            row[f"width_{level}"] = float((part[high] - part[low]).mean())
        row |= {key: float(part[key].mean()) for key in ("interval_score", "crps")}
        row["median_error"] = float((part["median"] - part["observed"]).abs().mean())
        sets.append(row)
        for naive in NAIVE:
            both = part[part[f"crps_{naive}"].notna()]
            if both.empty:
                continue
            found = block_bootstrap((both["crps"] - both[f"crps_{naive}"]).to_numpy(), both["month"].to_numpy(), seed)
            differences.append({
                "set": name, "naive": naive, "cells": found.cells, "blocks": found.blocks,
                "crps": float(both["crps"].mean()), "crps_naive": float(both[f"crps_{naive}"].mean()),
                "difference": found.mean, "low": found.low, "high": found.high, "verdict": found.verdict,
            })  # fmt: skip
    return pd.DataFrame(sets), pd.DataFrame(differences, columns=DIFFERENCES)


def _counted(part: pd.DataFrame) -> str:
    return "1 month" if len(part) == 1 else f"{len(part)} months"


def _about(notes: tuple[str, ...], lines: set[str]) -> tuple[str, ...]:
    """Of the rows set aside, those of the lines that are scored, and those of no line."""
    return tuple(note for note in notes if ": " not in note or note.split(": ", 1)[1].split(" ")[0] in (*lines, "no"))
