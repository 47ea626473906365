"""How deep a scenario's curb cuts an economy's supply, read off the scenario's own simulation.

Draws are put into three groups by what the economy loses: mild, middle, deep, each a third of the probability. In each
group the share of the issuer's goods that crosses is what arrived over what used to, week by week since the curb
began, for products a measure covers; others cross as before. What suppliers elsewhere can send is at least what arrived
from them, which they made of their stocks and of what others sent them instead, and at least what their recipes allow where
buyers wanted less: the larger of the two.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.evidence.setting import Setting
from lodestone.respond.home import SOURCES, Home, feed_elsewhere, supply_elsewhere
from lodestone.respond.nouns import Lever
from lodestone.respond.options import WEEKS_A_YEAR
from lodestone.respond.outlook import Curb
from lodestone.respond.ready import abroad
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.nouns import Ensemble
from lodestone.simulate.series import RESTRICTING

LEVELS = ("mild", "middle", "deep")
KNOTS = 9  # weeks of age at which suppliers elsewhere are followed; straight between
PIPELINE = 13.0  # weeks until what others make of the issuer's goods has run dry
Depth = tuple[xr.DataArray, xr.DataArray, xr.DataArray]


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
            "series": [f"{economy}:{f}:{p}" for f, p in zip(source, product, strict=True)],
            "trade_row": rows,
            "weight": 1.0,
            "product": product,
            "source": source,
        }
    )


def curb_depths(
    setting: Setting, homes: Sequence[Home], worth: xr.DataArray, levers: Sequence[Lever], request: Any, watch: Any
) -> tuple[Depth, ...]:
    """How deep a curb cuts several economies in the same draws: by economy, shares that cross, that can be had from elsewhere, and at
    which plants abroad can run, by week since the curb began.

    Parameters
    ----------
    homes : sequence of Home
    worth : DataArray, dims (use,)
        Weights by which a draw's lost weeks are added up over all of the economies; labels are nodes.
    levers : sequence of Lever
    request : with members, rules, seed, threads

    Returns
    -------
    tuple of (DataArray, DataArray, DataArray)
        In the order of the homes. The first two have dims (level, product, week) [0..1]: the first of base-year shipments, the
        second of the most that suppliers elsewhere could send, spare capacity included. The third has dims (level, lever, week), of
        levers that are plants in other economies. [0..1]
    """
    rows = pd.concat([watched(setting, home.economy, home.issuer) for home in homes], ignore_index=True)
    with watch("simulating the curb", request.members) as tick:
        run = simulate(
            setting.network, setting.baseline.draws, setting.controls, setting.assumptions,
            scenario_name=setting.scenario.name, weeks=setting.scenario.horizon_weeks, members=request.members,
            seed=request.seed, rule=request.rules[0], demand_growth=setting.scenario.demand_growth, user=setting.user,
            watch=rows, keep_series=False, threads=request.threads, progress=tick,
        )  # fmt: skip
    nodes = list(run.use_nodes)
    lost = sum(float(worth.sel(use=use)) * run.lost_use[nodes.index(use)] for use in worth["use"].values)
    groups = np.array_split(np.argsort(lost, kind="stable"), len(LEVELS))
    return tuple(_depth(setting, home, levers, run, rows, groups) for home in homes)


def _depth(
    setting: Setting, home: Home, levers: Sequence[Lever], run: Ensemble, rows: pd.DataFrame, groups: list[np.ndarray]
) -> Depth:
    """What one economy can have in each group of draws."""
    network, issuer, weeks = setting.network, home.issuer, setting.scenario.horizon_weeks
    products = network.products["product"].tolist()
    own = rows[rows["series"].str.startswith(f"{home.economy}:")]
    arrived = _arrived(run, own, setting.baseline.draws.trade / WEEKS_A_YEAR, groups, products)
    crosses = arrived[SOURCES[0]].clip(0.0, 1.0)
    plants = {one.lever: (one.economy, one.processes) for one in levers if abroad(home, one)}
    recipes, feeds = np.ones_like(crosses), np.ones((len(LEVELS), len(plants), weeks))
    at = np.unique(np.linspace(0, weeks - 1, KNOTS).astype(int))
    dry = np.minimum(np.arange(weeks) / PIPELINE, 1.0)
    for level in range(len(LEVELS)):
        had = [
            dict(zip(products, crosses[level, :, max(0, k - 12) : k + 1].mean(axis=1), strict=True)) for k in at
        ]  # fmt: skip
        left = [supply_elsewhere(network, home.economy, issuer, one).to_numpy() for one in had]
        runs = [feed_elsewhere(network, issuer, one, plants).to_numpy() for one in had]
        for into, found in ((recipes, left), (feeds, runs)):
            for place in range(into.shape[1]):
                straight = np.interp(np.arange(weeks), at, [one[place] for one in found])
                into[level, place] = 1.0 - (1.0 - straight) * dry
    most = 1.0 + home.spare.reindex(product=products, fill_value=0.0).to_numpy()[None, :, None]
    elsewhere = np.maximum(recipes, (arrived[SOURCES[1]] / most).clip(0.0, 1.0))
    depth, week = {"level": list(LEVELS)}, {"week": range(weeks)}
    by_product, by_lever = {**depth, "product": products, **week}, {**depth, "lever": list(plants), **week}
    return (
        xr.DataArray(crosses, by_product, tuple(by_product)),
        xr.DataArray(elsewhere, by_product, tuple(by_product)),
        xr.DataArray(feeds, by_lever, tuple(by_lever)),
    )


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


def curb_of(depth: Depth, yearly: float, lasts: tuple[tuple[float, float], ...]) -> Curb:
    """The curb a plan reckons with: the depths of a scenario, with a probability and durations that are judgement."""
    level = tuple(str(one) for one in depth[0]["level"].values)
    return Curb(yearly, level, (1.0 / len(level),) * len(level), lasts, *depth)
