"""How deep a scenario's curb cuts an economy's supply, read off the scenario's own simulation.

Draws are put into three groups by what the economy loses: mild, middle, deep, each a third of the probability. In each
group the share of the issuer's goods that crosses is what arrived over what used to, week by week since the curb
began, for products a measure covers; others cross as before. What suppliers elsewhere can send is at least what arrived
from them, which they made of their stocks and of what others sent them instead, and at least what their recipes allow where
buyers wanted less: the larger of the two.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.evidence.setting import Setting
from lodestone.respond.home import SOURCES, Home, supply_elsewhere
from lodestone.respond.options import WEEKS_A_YEAR
from lodestone.respond.outlook import Curb
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.nouns import Ensemble
from lodestone.simulate.series import RESTRICTING

LEVELS = ("mild", "middle", "deep")
KNOTS = 9  # weeks of age at which suppliers elsewhere are followed; straight between
PIPELINE = 13.0  # weeks until what others make of the issuer's goods has run dry


def watched(setting: Setting, economy: str, issuer: str) -> pd.DataFrame:
    """Trade rows to the economy of covered products from the issuer, and of all products from elsewhere.

    Returns
    -------
    DataFrame
        Columns series, trade_row, weight, product, source; one series a product and source.
    """
    trade = setting.network.trade
    covered = np.zeros(len(trade), dtype=bool)
    for control in setting.controls.controls:
        if control.kind in RESTRICTING and control.week_to > 0:
            covered[control.rows] = True
    here = (trade["destination"] == economy).to_numpy()
    from_issuer = (trade["origin"] == issuer).to_numpy()
    abroad = (trade["origin"] != economy).to_numpy()
    rows = np.flatnonzero(here & np.where(from_issuer, covered, abroad))
    product = trade["product"].to_numpy()[rows]
    source = np.where(from_issuer[rows], *SOURCES)
    return pd.DataFrame(
        {
            "series": [f"{f}:{p}" for f, p in zip(source, product, strict=True)],
            "trade_row": rows,
            "weight": 1.0,
            "product": product,
            "source": source,
        }
    )


def curb_depth(
    setting: Setting, home: Home, worth: xr.DataArray, request: Any, watch: Any
) -> tuple[xr.DataArray, xr.DataArray]:
    """Shares that cross, and that can be had from elsewhere, by level, product and week since the curb began.

    Parameters
    ----------
    home : Home
    worth : DataArray, dims (use,)
        Weights by which a draw's lost weeks are added up; labels are nodes.
    request : with members, rules, seed, threads

    Returns
    -------
    DataArray, DataArray
        Dims (level, product, week). [0..1]; the first of base-year shipments, the second of the most that suppliers elsewhere
        could send, spare capacity included.
    """
    network, issuer = setting.network, home.issuer
    rows = watched(setting, home.economy, issuer)
    weeks = setting.scenario.horizon_weeks
    with watch("simulating the curb", request.members) as tick:
        run = simulate(
            network, setting.baseline.draws, setting.controls, setting.assumptions,
            scenario_name=setting.scenario.name, weeks=weeks, members=request.members, seed=request.seed,
            rule=request.rules[0], demand_growth=setting.scenario.demand_growth, user=setting.user, watch=rows,
            keep_series=False, threads=request.threads, progress=tick,
        )  # fmt: skip
    nodes = list(run.use_nodes)
    lost = sum(float(worth.sel(use=use)) * run.lost_use[nodes.index(use)] for use in worth["use"].values)
    groups = np.array_split(np.argsort(lost, kind="stable"), len(LEVELS))
    products = network.products["product"].tolist()
    arrived = _arrived(run, rows, setting.baseline.draws.trade / WEEKS_A_YEAR, groups, products)
    crosses = arrived[SOURCES[0]].clip(0.0, 1.0)
    recipes = np.ones_like(crosses)
    at = np.unique(np.linspace(0, weeks - 1, KNOTS).astype(int))
    for level in range(len(LEVELS)):
        found = [
            supply_elsewhere(
                network, home.economy, issuer,
                dict(zip(products, crosses[level, :, max(0, k - 12) : k + 1].mean(axis=1), strict=True)),
            ).to_numpy()
            for k in at
        ]  # fmt: skip
        for p in range(len(products)):
            left = np.interp(np.arange(weeks), at, [one[p] for one in found])
            recipes[level, p] = 1.0 - (1.0 - left) * np.minimum(np.arange(weeks) / PIPELINE, 1.0)
    most = 1.0 + home.spare.reindex(product=products, fill_value=0.0).to_numpy()[None, :, None]
    elsewhere = np.maximum(recipes, (arrived[SOURCES[1]] / most).clip(0.0, 1.0))
    coords = {"level": list(LEVELS), "product": products, "week": range(weeks)}
    dims = ("level", "product", "week")
    return xr.DataArray(crosses, coords, dims), xr.DataArray(elsewhere, coords, dims)


def _arrived(
    run: Ensemble, rows: pd.DataFrame, weekly: np.ndarray, groups: list[np.ndarray], products: list[str]
) -> dict[str, np.ndarray]:
    """What arrived over what used to, by source: arrays (level, product, week), 1 where nothing used to."""
    names = run.series["series"].iloc[list(run.headline_series)].tolist()
    base = weekly[np.arange(run.headline.shape[1]) % len(weekly)]
    found = {source: np.ones((len(groups), len(products), run.headline.shape[2])) for source in SOURCES}
    for (series, source, product), of in rows.groupby(["series", "source", "product"]):
        arrived = run.headline[names.index(str(series))]
        usual = base[:, of["trade_row"].to_numpy()].sum(axis=1)
        for level, group in enumerate(groups):
            if usual[group].sum() > 0.0:
                share = arrived[group].sum(axis=0) / usual[group].sum()
                found[str(source)][level, products.index(str(product))] = share
    return found


def curb_of(
    crosses: xr.DataArray, elsewhere: xr.DataArray, yearly: float, lasts: tuple[tuple[float, float], ...]
) -> Curb:
    """The curb a plan reckons with: the depths of a scenario, with a probability and durations that are judgement."""
    level = tuple(str(one) for one in crosses["level"].values)
    return Curb(yearly, level, (1.0 / len(level),) * len(level), lasts, crosses, elsewhere)
