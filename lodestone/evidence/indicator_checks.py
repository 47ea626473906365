"""Published checks of exposure: concentration, N-1, cover, look-through, recovery."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.exposure.concentration import herfindahl_hirschman_index
from lodestone.exposure.cover import (
    collective_action_shares,
    days_of_cover,
    read_cover_rules,
    stock_obligation,
)
from lodestone.exposure.look_through import intake_matrix, look_through
from lodestone.exposure.n_minus_1 import n_minus_1
from lodestone.exposure.recover import SupplyCase, disrupt, risk_exposure_index, supply_case
from lodestone.exposure.stack import walk_back


def concentration(folder: Path) -> dict[str, float]:
    """The index on cases whose answer is plain by hand.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> concentration(data_folder() / "checks" / "concentration")["index, one alone"]
    1.0
    """
    cases = pd.read_csv(folder / "shares.csv")
    figures = {}
    for case, rows in cases.groupby("case"):
        share = _line(rows.set_index("economy")["share"], "economy")
        figures[f"index, {case}"] = herfindahl_hirschman_index(share).item()
    return figures


def n_minus_1_example(folder: Path) -> dict[str, float]:
    """Both denominators where the largest supplier is a large user too.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> n_minus_1_example(data_folder() / "checks" / "n-minus-1")["cover of world demand"]
    0.4
    """
    table = pd.read_csv(folder / "supply.csv", index_col="economy")
    result = n_minus_1(_line(table["supply"], "economy"), _line(table["demand"], "economy"))
    return {name.replace("_", " "): result[name].item() for name in ("cover_of_world_demand", "cover_of_rest_demand")}


def cover(folder: Path) -> dict[str, float]:
    """Days of cover, the obligation that gives them, and a collective release.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> cover(data_folder() / "checks" / "cover")["collective action adds up to"]
    60.0
    """
    rules = read_cover_rules()
    figures = {}
    for case in pd.read_csv(folder / "cases.csv").to_dict("records"):
        rule, flow = rules[case["rule"]], xr.DataArray(float(case["yearly_flow"]))
        days = days_of_cover(xr.DataArray(float(case["stock"])), flow, rule)
        figures[f"days of cover, {case['case']}"] = days.item()
        figures[f"obligation, {case['case']}"] = stock_obligation(flow, rule).item()
    members = pd.read_csv(folder / "consumption.csv", index_col="economy")["consumption"]
    shares = collective_action_shares(_line(members, "economy"), 60.0)
    figures["collective action adds up to"] = shares.sum().item()
    return figures


def look_through_toy(folder: Path) -> dict[str, float]:
    """First tier, throughput, origin and the untouched share of one buyer.

    Which figures are wanted is read from the names of the expected rows; each is computed by the plain
    chain and by the stacked one a brief calls, and the one that is further off is reported.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> figures = look_through_toy(data_folder() / "checks" / "look-through")
    >>> round(figures["origin MM"], 6)
    0.255
    """
    intake, nodes = pd.read_csv(folder / "intake.csv"), pd.read_csv(folder / "nodes.csv")
    buyer = (set(intake["node"]) - set(intake["draws_from"])).pop()
    result = look_through(intake, nodes, [buyer])
    wanted = pd.read_csv(folder / "expected.csv")
    stacked = _stacked(intake, nodes, buyer)
    figures = {}
    for name, published in zip(wanted["name"], wanted["published"], strict=True):
        *kind, place = name.split()
        if kind[0] == "throughput":
            found = result.throughput.sel(economy=kind[1], stage=place)
        elif kind[0] == "origin":
            found = result.origin.sel(economy=place)
        elif kind[0] == "first":
            found = result.first_tier.sel(economy=place)
        else:
            found = 1.0 - result.touches.sel(economy=place)
        figures[name] = max((found.item(), stacked[name]), key=lambda value: abs(value - published))
    return figures


def _stacked(intake: pd.DataFrame, nodes: pd.DataFrame, buyer: str) -> dict[str, float]:
    """The same figures by the factorisation that `lodestone.exposure.dependence` and a brief use."""
    matrix, labels = intake_matrix(intake, nodes)
    place = nodes.set_index("node").loc[labels]
    economy, stage = place["economy"].to_numpy(str), place["stage"].to_numpy(str)
    share = matrix[[int(labels.get_loc(buyer))]].toarray()
    economies = sorted(set(economy))
    sets = {f"throughput {e} {s}": (economy == e) & (stage == s) for e in economies for s in sorted(set(stage))}
    sets |= {f"never touches {e}": economy == e for e in economies}
    ends = economy[:, None] == np.array(economies)
    met, origin = walk_back(matrix.toarray()[None], share, sets, ends)
    figures = {name: float(value[0]) for name, value in met.items()}
    figures |= {f"never touches {e}": 1.0 - figures[f"never touches {e}"] for e in economies}
    figures |= {f"origin {e}": float(origin[0, k]) for k, e in enumerate(economies)}
    return figures | {f"first tier {e}": float(share[0] @ (economy == e)) for e in economies}


def recover(folder: Path) -> dict[str, float]:
    """Cost, lost units, production, index and time to survive of each site.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(recover(data_folder() / "checks" / "recover")["time to survive S1"], 6)
    2.25
    """
    rows = pd.read_csv(folder / "inputs.csv")
    case, weeks = _supply_case(rows)
    calm = disrupt(case, (), weeks)
    figures = {
        "cost none": calm.cost,
        "lost units none": calm.lost.sum().item(),
        "production none": calm.production,
    }
    waits = xr.full_like(case.capacity, weeks)
    for site, row in risk_exposure_index(case, waits).iterrows():
        figures[f"cost {site}"] = row["cost"]
        figures[f"lost units {site}"] = row["lost"]
        figures[f"production {site}"] = row["production"]
        figures[f"risk exposure index {site}"] = row["risk_exposure_index"]
        figures[f"time to survive {site}"] = row["time_to_survive"]
    return figures


def _supply_case(rows: pd.DataFrame) -> tuple[SupplyCase, float]:
    def part(item: str, dim: str) -> xr.DataArray:
        chosen = rows[rows["item"] == item]
        return _line(chosen.set_index("label")["value"].astype(float), dim)

    weeks = float(rows.loc[rows["item"] == "time to recover", "value"].iloc[0])
    sizes = [part("capacity", "site"), *(part(i, "product") for i in ("demand", "inventory", "loss"))]
    return supply_case(*sizes), weeks


def _line(values: pd.Series, dim: str) -> xr.DataArray:
    return xr.DataArray(values.to_numpy(float), {dim: values.index.to_numpy(str)}, (dim,))
