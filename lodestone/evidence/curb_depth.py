"""How deep a scenario's curb cuts an economy's supply, read off the scenario's own simulation.

Draws are put into three groups by what the economy loses: mild, middle, deep, each a third of the probability. In each
group the share of the issuer's goods that crosses is what arrived over what used to, week by week since the curb
began, for products a measure covers; others cross as before. What suppliers elsewhere can send is at least what arrived
from them, which they made of their stocks and of what others sent them instead, and at least what their recipes allow where
buyers wanted less: the larger of the two. How an economy's purchases are split between the issuer and others, and how much
companies and its government hold, is the mean of each group's own draws: who buys from those that the curb stops, or holds
little, is who loses.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
from lodestone.simulate.blueprint import Blueprint
from lodestone.simulate.ensemble import build_setting, simulate
from lodestone.simulate.luck import Choice
from lodestone.simulate.nouns import Ensemble, Range
from lodestone.simulate.series import RESTRICTING

LEVELS = ("mild", "middle", "deep")
KNOTS = 9  # weeks of age at which suppliers elsewhere are followed; straight between
PIPELINE = 13.0  # weeks until what others make of the issuer's goods has run dry


@dataclass(frozen=True)
class Depth:
    """A curb by depth. ``crosses`` (level, product, week): share of the issuer's base-year shipments; ``elsewhere`` (level,
    product, week): of the most that suppliers elsewhere could send, spare capacity included; ``feeds`` (level, lever, week), of
    levers that are plants in other economies. [0..1] ``mix`` (level, product, source): a source's share of imports in
    the draws of a level over its share in the baseline. ``held`` (product): t that makers, users and the government hold,
    mean over draws; ``cover`` (level, product): the same in the draws of a level, over that mean.
    """

    crosses: xr.DataArray
    elsewhere: xr.DataArray
    feeds: xr.DataArray
    mix: xr.DataArray
    held: xr.DataArray
    cover: xr.DataArray


def watched(setting: Setting, economy: str, issuer: str) -> pd.DataFrame:
    """Trade rows that bring the economy goods from abroad, and whether a measure covers each.

    Returns
    -------
    DataFrame
        Columns series, trade_row, weight, product, source, covered; one series a product and source.
    """
    trade = setting.network.trade
    covered = np.zeros(len(trade), dtype=bool)
    for control in setting.controls.controls:
        if control.kind in RESTRICTING and control.week_to > 0:
            covered[control.rows] = True
    here = (trade["destination"] == economy).to_numpy()
    from_issuer = (trade["origin"] == issuer).to_numpy()
    abroad = (trade["origin"] != economy).to_numpy()
    rows = np.flatnonzero(here & abroad)
    product = trade["product"].to_numpy()[rows]
    source = np.where(from_issuer[rows], *SOURCES)
    return pd.DataFrame(
        {
            "series": [f"{economy}:{f}:{p}" for f, p in zip(source, product, strict=True)],
            "trade_row": rows,
            "weight": 1.0,
            "product": product,
            "source": source,
            "covered": covered[rows],
        }
    )


def curb_depths(
    setting: Setting, homes: Sequence[Home], worth: xr.DataArray, levers: Sequence[Lever], request: Any, watch: Any
) -> tuple[Depth, ...]:
    """How deep a scenario cuts several economies in the same draws, read off its simulation.

    Parameters
    ----------
    homes : sequence of Home
    worth : DataArray, dims (use,)
        Weights by which a draw's lost weeks are added up over all of the economies; labels are nodes.
    levers : sequence of Lever
    request : with members, rules, seed, threads

    Returns
    -------
    tuple of Depth
        In the order of the homes.
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
    weekly = setting.baseline.draws.trade / WEEKS_A_YEAR
    arrived = _arrived(run, own, weekly, groups, products)
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
    held = _held(setting, home, run)
    return Depth(
        xr.DataArray(crosses, by_product, tuple(by_product)),
        xr.DataArray(elsewhere, by_product, tuple(by_product)),
        xr.DataArray(feeds, by_lever, tuple(by_lever)),
        _mix(home, own, weekly, run.draws, groups),
        held.mean("draw"),
        xr.concat([_over_mean(held, group) for group in groups], "level").assign_coords(level=list(LEVELS)),
    )


def _mix(home: Home, rows: pd.DataFrame, weekly: np.ndarray, draws: int, groups: list[np.ndarray]) -> xr.DataArray:
    """A source's share of a product's imports in a group's draws over its share in the baseline.

    What a group buys from a source that the baseline has not counts to the other; 1 where nothing is imported.
    """
    usual = weekly[np.arange(draws) % len(weekly)]
    found = xr.ones_like(home.imports).expand_dims(level=list(LEVELS)).copy()
    for product, of in rows.groupby("product"):
        now = home.imports.sel(product=product)
        if float(now.sum()) <= 0.0:
            continue
        at = {source: of["trade_row"].to_numpy()[(of["source"] == source).to_numpy()] for source in SOURCES}
        for level, group in zip(LEVELS, groups, strict=True):
            bought = {source: float(usual[group][:, at[source]].sum()) for source in SOURCES}
            for source, other in (SOURCES, SOURCES[::-1]):
                if float(now.sel(source=source)) <= 0.0:
                    bought[other], bought[source] = bought[other] + bought[source], 0.0
            for source in SOURCES:
                mine, whole = float(now.sel(source=source) / now.sum()), sum(bought.values())
                if mine > 0.0 and whole > 0.0:
                    found.loc[{"level": level, "product": product, "source": source}] = bought[source] / whole / mine
    return found


def _held(setting: Setting, home: Home, run: Ensemble) -> xr.DataArray:
    """Tonnes that makers, users and the government of the economy hold in each draw, dims (product, draw)."""
    plan: Blueprint = build_setting(
        setting.network, None, setting.controls, setting.assumptions, weeks=setting.scenario.horizon_weeks, user=setting.user
    ).plan  # fmt: skip
    wiring, network, stores = plan.circuit.wiring, plan.circuit.network, plan.circuit.stores
    rows = network.inputs.iloc[plan.circuit.slot_row]
    weekly = rows["coefficient"].to_numpy() * network.nodes["activity"].to_numpy()[wiring.slot_node] / WEEKS_A_YEAR
    here = network.nodes["economy"].to_numpy()[wiring.slot_node] == home.economy
    weeks = _drawn(plan.choices["cover_weeks"], run.inputs)
    for (label, product), slots in plan.own_slots.items():
        given = plan.user.inventory[label, product]
        weeks[slots] = run.inputs[f"cover_weeks:own {label} {product}"] if isinstance(given, Range) else given
    by_slot = pd.DataFrame(weeks[here] * weekly[here, None]).groupby(rows["product"].to_numpy()[here]).sum()
    need = np.bincount(wiring.slot_store, weekly, len(stores))
    at = (stores["economy"] == home.economy).to_numpy()
    public = _drawn(plan.choices["government_stock_weeks"], run.inputs)[at] * need[at, None]
    by_store = pd.DataFrame(public).groupby(stores["product"].to_numpy()[at]).sum()
    products = home.exports["product"].values
    tonnes = by_slot.add(by_store, fill_value=0.0).reindex(products).fillna(0.0)
    return xr.DataArray(tonnes.to_numpy(), {"product": products, "draw": range(tonnes.shape[1])}, ("product", "draw"))


def _drawn(choice: Choice, inputs: Mapping[str, np.ndarray]) -> np.ndarray:
    """What each part of a circuit drew, shape (part, draw): the assumption's one value where it is not a range."""
    draws = len(next(iter(inputs.values())))
    each = [inputs.get(row.id, np.full(draws, row.central)) for row in choice.rows]
    return np.array(each)[choice.index]


def _over_mean(held: xr.DataArray, group: np.ndarray) -> xr.DataArray:
    mean = held.mean("draw")
    return (held.isel(draw=group).mean("draw") / mean.where(mean > 0.0)).fillna(1.0)


def _arrived(
    run: Ensemble, rows: pd.DataFrame, weekly: np.ndarray, groups: list[np.ndarray], products: list[str]
) -> dict[str, np.ndarray]:
    """What arrived over what used to, by source: arrays (level, product, week), 1 where nothing used to."""
    names = run.series["series"].iloc[list(run.headline_series)].tolist()
    base = weekly[np.arange(run.headline.shape[1]) % len(weekly)]
    found = {source: np.ones((len(groups), len(products), run.headline.shape[2])) for source in SOURCES}
    followed = rows[rows["covered"] | (rows["source"] == SOURCES[1])]
    for (series, source, product), of in followed.groupby(["series", "source", "product"]):
        arrived = run.headline[names.index(str(series))]
        usual = base[:, of["trade_row"].to_numpy()].sum(axis=1)
        for level, group in enumerate(groups):
            if usual[group].sum() > 0.0:
                share = arrived[group].sum(axis=0) / usual[group].sum()
                found[str(source)][level, products.index(str(product))] = share
    return found


def curb_of(depth: Depth, yearly: float, lasts: tuple[tuple[float, float], ...]) -> Curb:
    """The curb a plan reckons with: the depths of a scenario, with a probability and durations that are judgement."""
    level = tuple(str(one) for one in depth.crosses["level"].values)
    weight = (1.0 / len(level),) * len(level)
    return Curb(yearly, level, weight, lasts, depth.crosses, depth.elsewhere, depth.feeds, depth.mix, depth.cover)
