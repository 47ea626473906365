"""First shortages by sector beside the first stops that were reported.

A reported stop is one firm's, and only stops are reported: a sector that never stopped has no row. So
these scores say how early or late the simulated shortages come, and nothing about false alarms.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.errors import FactError, Fault, Faults
from lodestone.evidence.scores import crps_ensemble
from lodestone.facts.calendar import first_day
from lodestone.facts.documents import MAX_CSV_BYTES, read_text
from lodestone.facts.nouns import FactTable
from lodestone.simulate.calendar import DAYS_PER_WEEK
from lodestone.simulate.nouns import Ensemble, Scenario

NEEDED = ("date_start", "iso3", "sector", "product", "effect", "magnitude", "unit", "source_tier")
VARIABLE = "observed_disruption"
STOP, EVERY_SECTOR = "stop", "*"
COLUMNS = ["economy", "sector", "sectors", "reported", "week", "chance_by_then", "chance", "p05", "median", "p95",
           "crps", "crps_never", "crps_at_once", "row"]  # fmt: skip


def is_disruptions(path: Path) -> bool:
    """Whether a CSV file has the columns of ``disruptions_observed.csv`` rather than of months."""
    return set(NEEDED) <= set(next(csv.reader(io.StringIO(read_text(path, MAX_CSV_BYTES))), []))


def read_disruptions(path: Path) -> pd.DataFrame:
    """The rows of a file with the columns of ``NEEDED``, with ``row``, where each stands.

    Raises
    ------
    Faults
        All dates that are none.
    """
    reader = csv.DictReader(io.StringIO(read_text(path, MAX_CSV_BYTES)))
    rows, faults = [], []
    for record in reader:
        row = {name: (record.get(name) or "").strip() for name in NEEDED} | {"row": f"{path.name}:{reader.line_num}"}
        try:
            first_day(row["date_start"])
        except FactError as error:
            faults.append(Fault(path.name, reader.line_num, "date_start", str(error).rstrip("."), "Mend the cell."))
            continue
        rows.append(row)
    if faults:
        raise Faults(faults)
    return pd.DataFrame(rows, columns=[*NEEDED, "row"])


def fact_disruptions(facts: FactTable) -> pd.DataFrame:
    """The same columns from the facts; their notes begin with the sector, and products end with the effect."""
    rows = facts.rows[facts.rows["variable"] == VARIABLE]
    product = rows["product"].str.split(": ", n=1)
    return pd.DataFrame({
        "date_start": rows["period"].str.split("..", regex=False).str[0], "iso3": rows["economy"],
        "sector": rows["note"].str.split(";").str[0], "product": product.str[0], "effect": product.str[-1],
        "magnitude": rows["value"].astype(str), "unit": rows["unit"], "source_tier": rows["tier"], "row": rows.index,
    }).reset_index(drop=True)  # fmt: skip


def first_stops(
    rows: pd.DataFrame, labels: Path, network: Network, scenario: Scenario, since: dt.date, weeks: int
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """The first reported stop of each economy and sector within a run, and why other rows of the time are not used.

    Parameters
    ----------
    rows : DataFrame
        As `read_disruptions` gives them.
    labels : Path
        Holds ``disruption_terms.csv`` (which units tell of a stop, which sectors are meant) and ``elements.csv``.

    Returns
    -------
    stops : DataFrame
        economy, sector (as reported), sectors (of the network, joined by ';'), reported (date), row.
    set_aside : tuple of str
    """
    terms = pd.read_csv(labels / "disruption_terms.csv", dtype=str, keep_default_na=False)
    meaning = {(row.kind, row.reported): row.meaning for row in terms.itertuples()}
    elements = pd.read_csv(labels / "elements.csv", dtype=str, keep_default_na=False)
    ours = {str(element) for element in network.composition.coords["element"].values}
    nodes = network.nodes[network.nodes["kind"] == "use"]
    end = scenario.start + dt.timedelta(days=DAYS_PER_WEEK * weeks)
    issuing = {one.issuer for one in scenario.measures} | {who for one in scenario.measures for who in one.issuers}
    found, aside = [], []
    for row in rows.to_dict("records"):
        day = first_day(str(row["date_start"]))
        if not since.replace(day=1) <= day < end or meaning.get(("unit", row["unit"])) != STOP:
            continue
        named = {one.label for one in elements.itertuples() if one.name in f"{row['product']} {row['effect']}".lower()}
        used = nodes.loc[nodes["economy"] == row["iso3"], "process"]
        wanted = [meaning.get(("sector", part.strip()), "") for part in str(row["sector"]).split(",")]
        sectors = [name for text in wanted for name in text.split(";") if name in set(used)]
        why = (
            "is of tier C" if row["source_tier"] == "C"
            else "is of another material" if named and not named & ours
            else f"is of an issuer, {row['iso3']}" if row["iso3"] in issuing
            else "names no sector" if EVERY_SECTOR in wanted
            else f"is of '{row['sector']}' in {row['iso3']}, which the network does not have apart" if not sectors
            else ""
        )  # fmt: skip
        if why:
            aside.append(f"{row['row']}: a stop that {why}")
        else:
            found.append((row["iso3"], row["sector"], ";".join(dict.fromkeys(sectors)), max(day, since), row["row"]))
    table = pd.DataFrame(found, columns=["economy", "sector", "sectors", "reported", "row"])
    table = table.sort_values("reported", kind="stable").drop_duplicates(["economy", "sectors"])
    return table.sort_values(["economy", "sector"]).reset_index(drop=True), tuple(aside)


def score_stops(stops: pd.DataFrame, ensemble: Ensemble, start: dt.date, since: dt.date) -> pd.DataFrame:
    """Simulated first shortages beside the stops: chances, weeks from ``since``, and CRPS [weeks].

    A draw without a shortage counts as one at the end of the run. The two naive forecasts are "never", the
    end of the run, and "at once".

    Returns
    -------
    DataFrame
        Columns of ``COLUMNS``; ``chance`` of a shortage within the run, ``chance_by_then`` by the reported day.
    """
    nodes, offset = list(ensemble.use_nodes), (since - start).days / DAYS_PER_WEEK
    rows = []
    for stop in stops.itertuples():
        places = [nodes.index(f"{sector}@{stop.economy}") for sector in str(stop.sectors).split(";")]
        first = ensemble.first_shortage[places].astype(float)
        week = np.where(first < 0, float(ensemble.weeks), first).min(axis=0) - offset
        week = np.maximum(week, 0.0)
        seen = np.array([(stop.reported - since).days / DAYS_PER_WEEK])
        end = ensemble.weeks - offset
        low, median, high = np.quantile(week, (0.05, 0.5, 0.95))
        rows.append((
            stop.economy, stop.sector, stop.sectors, stop.reported.isoformat(), seen[0],
            float((week <= seen[0]).mean()), float((week < end).mean()), low, median, high,
            crps_ensemble(week[None], seen)[0], abs(end - seen[0]), seen[0], stop.row,
        ))  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)
