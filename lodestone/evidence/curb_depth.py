"""How deep a scenario's curb cuts an economy's supply, read off the scenario's own simulation.

Draws are put into three groups by what the economy loses: mild, middle, deep, each a third of the probability. In each
group the share of the issuer's goods that crosses is what arrived over what used to, week by week since the curb
began, for products a measure covers; others cross as before. What suppliers elsewhere can send follows from their recipes.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.evidence.setting import Setting
from lodestone.respond.home import supply_elsewhere
from lodestone.respond.outlook import Curb
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.series import RESTRICTING

LEVELS = ("mild", "middle", "deep")
KNOTS = 9  # weeks of age at which suppliers elsewhere are followed; straight between
PIPELINE = 13.0  # weeks until what others make of the issuer's goods has run dry


def watched(setting: Setting, economy: str, issuer: str) -> pd.DataFrame:
    """Trade rows of covered products from the issuer to the economy, one series a product.

    Returns
    -------
    DataFrame
        Columns series, trade_row, weight, product.
    """
    trade = setting.network.trade
    covered = np.zeros(len(trade), dtype=bool)
    for control in setting.controls.controls:
        if control.kind in RESTRICTING and control.week_to > 0:
            covered[control.rows] = True
    rows = np.flatnonzero(covered & ((trade["origin"] == issuer) & (trade["destination"] == economy)).to_numpy())
    product = trade["product"].to_numpy()[rows]
    return pd.DataFrame(
        {"series": [f"crosses:{p}" for p in product], "trade_row": rows, "weight": 1.0, "product": product}
    )


def curb_depth(
    setting: Setting, economy: str, issuer: str, worth: xr.DataArray, request: Any, watch: Any
) -> tuple[xr.DataArray, xr.DataArray]:
    """Shares that cross, and that come from elsewhere, by level, product and week since the curb began.

    Parameters
    ----------
    worth : DataArray, dims (use,)
        Weights by which a draw's lost weeks are added up; labels are nodes.
    request : with members, rules, seed, threads

    Returns
    -------
    DataArray, DataArray
        Dims (level, product, week). [0..1]
    """
    rows = watched(setting, economy, issuer)
    weeks = setting.scenario.horizon_weeks
    with watch("simulating the curb", request.members) as tick:
        run = simulate(
            setting.network, setting.baseline.draws, setting.controls, setting.assumptions,
            scenario_name=setting.scenario.name, weeks=weeks, members=request.members, seed=request.seed,
            rule=request.rules[0], demand_growth=setting.scenario.demand_growth, user=setting.user, watch=rows,
            keep_series=False, threads=request.threads, progress=tick,
        )  # fmt: skip
    nodes = list(run.use_nodes)
    lost = sum(float(worth.sel(use=use)) * run.lost_use[nodes.index(use)] for use in worth["use"].values)
    order = np.argsort(lost, kind="stable")
    groups = np.array_split(order, len(LEVELS))
    products = setting.network.products["product"].tolist()
    names = run.series["series"].iloc[list(run.headline_series)].tolist()
    crosses = np.ones((len(LEVELS), len(products), weeks))
    base = setting.baseline.draws.trade[np.arange(request.members) % setting.baseline.draws.size] / 52.0
    for series, of in rows.groupby("series"):
        arrived = run.headline[names.index(str(series))]
        usual = base[:, of["trade_row"].to_numpy()].sum(axis=1)
        for level, group in enumerate(groups):
            whole = usual[group].sum()
            if whole > 0.0:
                share = arrived[group].sum(axis=0) / whole
                crosses[level, products.index(str(of["product"].iloc[0]))] = np.clip(share, 0.0, 1.0)
    elsewhere = np.ones_like(crosses)
    at = np.unique(np.linspace(0, weeks - 1, KNOTS).astype(int))
    for level in range(len(LEVELS)):
        found = [
            supply_elsewhere(
                setting.network, economy, issuer,
                dict(zip(products, crosses[level, :, max(0, k - 12) : k + 1].mean(axis=1), strict=True)),
            ).to_numpy()
            for k in at
        ]  # fmt: skip
        for p in range(len(products)):
            left = np.interp(np.arange(weeks), at, [one[p] for one in found])
            elsewhere[level, p] = 1.0 - (1.0 - left) * np.minimum(np.arange(weeks) / PIPELINE, 1.0)
    coords = {"level": list(LEVELS), "product": products, "week": range(weeks)}
    dims = ("level", "product", "week")
    return xr.DataArray(crosses, coords, dims), xr.DataArray(elsewhere, coords, dims)


def curb_of(
    crosses: xr.DataArray, elsewhere: xr.DataArray, yearly: float, lasts: tuple[tuple[float, float], ...]
) -> Curb:
    """The curb a plan reckons with: the depths of a scenario, with a probability and durations that are judgement."""
    level = tuple(str(one) for one in crosses["level"].values)
    return Curb(yearly, level, (1.0 / len(level),) * len(level), lasts, crosses, elsewhere)
