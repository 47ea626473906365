"""The planner's promise beside the simulator's outcome: a scenario run with and without what a plan has in place.

The plan is taken as it stands on its calm path some years from now, and the scenario begins then: stocks as reserves
of the government, which release them by their own rule, and new supply in place of the issuer's. The simulator
knows what the planner leaves out: queues, transit, rationing, buyers who switch and over-order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.evidence.setting import Setting
from lodestone.facts.assumptions import Assumption
from lodestone.impact.direct import SectorValue, direct_impact
from lodestone.respond.home import Home, home_use
from lodestone.respond.options import WEEKS_A_YEAR, Options, ready_share
from lodestone.respond.plan import Plan
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.figures import uses_of
from lodestone.simulate.nouns import Ensemble

STOCK = "government_stock_weeks"
MILLION = 1000.0  # million in a billion


@dataclass(frozen=True)
class Standing:
    """What a plan has in place: ``reserve`` (product) in t, ``brings`` (lever, product) in t a year."""

    years: float
    reserve: dict[str, float]
    brings: dict[str, dict[str, float]]


@dataclass(frozen=True)
class Outcome:
    """Loss of value added over the scenario, million USD of 2024 by draw, without the plan and with it; ``inputs``: names of
    all that was drawn for it."""

    standing: Standing
    without: np.ndarray
    with_plan: np.ndarray
    inputs: tuple[str, ...] = ()


def standing(plan: Plan, options: Options, years: float, feeds: xr.DataArray | None = None) -> Standing:
    """What a plan has in place on its calm path after so many years.

    Parameters
    ----------
    plan : Plan
    options : Options
    years : float
        From now; stocks are those at the end of the last stage that ends by then.
    feeds : DataArray, dims (level, lever, week), optional
        Of a curb: a plant abroad brings its mean over them, since the simulator gives it no inputs of its own.

    Returns
    -------
    Standing
    """
    ended = plan.stocks[plan.stocks["years"] + plan.stocks["weeks"] / WEEKS_A_YEAR <= years + 1e-9]
    last = ended[ended["years"] == ended["years"].max()]
    reserve = {str(row.product): float(row.held) for row in last.itertuples() if row.held > 1e-6}
    brings: dict[str, dict[str, float]] = {}
    calm = plan.commitments[plan.commitments["in_calm"] & (plan.commitments["years"] <= years)]
    for row in calm.itertuples():
        lever = options.levers.loc[row.lever]
        fed = (
            1.0 if feeds is None or row.lever not in feeds["lever"].values else float(feeds.sel(lever=row.lever).mean())
        )
        lead, ramp, life = (float(lever[one]) for one in ("lead", "ramp", "life"))
        works = fed * float(ready_share(np.array(years - row.years), 1e-3, lead, ramp, life))
        for product in options.delivers["product"].values:
            tonnes = row.t_a_year * works * float(options.delivers.sel(lever=row.lever, product=product))
            if tonnes > 0.0:
                mine = brings.setdefault(str(row.lever), {})
                mine[str(product)] = mine.get(str(product), 0.0) + tonnes
    return Standing(years, reserve, brings)


def with_stock(
    assumptions: Mapping[str, Assumption], home: Home, reserve: Mapping[str, float], forms: Mapping[str, str]
) -> dict[str, Assumption]:
    """The assumption table with a plan's reserve on top of what the government is assumed to hold.

    Parameters
    ----------
    reserve : mapping of t by product
    forms : mapping of form by product
    """
    found, use = dict(assumptions), home_use(home)
    for product, tonnes in reserve.items():
        weeks = tonnes / (float(use.sel(product=product)) / WEEKS_A_YEAR)
        scopes = (f"{home.economy}:{forms[product]}", home.economy, forms[product])
        held = next(
            (assumptions[f"{STOCK}:{scope}"] for scope in scopes if f"{STOCK}:{scope}" in assumptions),
            assumptions[STOCK],
        )
        scope = f"{home.economy}:{product}"
        found[f"{STOCK}:{scope}"] = replace(
            held, id=f"{STOCK}:{scope}", scope=scope, low=held.low + weeks, central=held.central + weeks, high=held.high + weeks,
            reason=f"{held.reason} With the plan's reserve of {weeks:.1f} weeks.",
        )  # fmt: skip
    return found


def with_supply(
    network: Network, draws: NetworkDraws, home: Home, brings: Mapping[str, Mapping[str, float]]
) -> tuple[Network, NetworkDraws]:
    """A network in which new suppliers stand in for the issuer's shipments to an economy, tonne for tonne.

    New rows come last, so that the numbers of the rows before them stay. What a supplier brings beyond what the issuer
    shipped is left aside.

    Returns
    -------
    Network, NetworkDraws
        Balanced as before; the issuer's makers pile up what they no longer ship.
    """
    trade, rows, nodes, outputs = network.trade.copy(), [], [], []
    flows, activity, given = draws.trade.copy(), [draws.activity], [draws.output_coefficient]
    added: list[np.ndarray] = []
    for lever, products in brings.items():
        parts: list[tuple[str, float, np.ndarray]] = []
        for product, tonnes in products.items():
            at = np.flatnonzero(
                ((trade["product"] == product) & (trade["origin"] == home.issuer) & (trade["destination"] == home.economy)).to_numpy()
            )  # fmt: skip
            now, drawn = float(trade["flow"].to_numpy()[at].sum()), flows[:, at].sum(axis=1)
            point, each = min(tonnes, now), np.minimum(tonnes, drawn)
            trade.loc[trade.index[at], "flow"] *= 1.0 - (point / now if now > 0.0 else 0.0)
            flows[:, at] *= (1.0 - np.divide(each, drawn, out=np.zeros_like(drawn), where=drawn > 0.0))[:, None]
            parts.append((product, point, each))
        for product, point, each in parts:
            node = f"{lever} {product}@{home.economy}"
            nodes.append((node, point, each))
            outputs.append((node, product))
            rows.append((product, point))
            added.append(each)
    if not rows:
        return network, draws
    home_rows = _table(network.nodes, [
        {"node": node, "kind": "process", "process": node.rpartition("@")[0], "stage": "supplier", "economy": home.economy,
         "activity": point, "capacity": point, "sd": 0.0, "low": point, "high": point, "rule": "plan", "figure": ""}
        for node, point, _ in nodes
    ])  # fmt: skip
    out_rows = _table(
        network.outputs, [{"node": n, "product": p, "coefficient": 1.0, "figure": ""} for n, p in outputs]
    )
    new_trade = _table(trade, [
        {"product": p, "origin": home.economy, "destination": home.economy, "flow": f, "sd": 0.0, "low": f, "high": f, "rule": "plan", "figure": ""}
        for p, f in rows
    ])  # fmt: skip
    activity.append(np.stack([each for _, _, each in nodes], axis=1))
    given.append(np.ones((draws.size, len(outputs))))
    piled = _table(network.stock_change, [
        {"product": p, "economy": home.issuer, "change": f, "sd": 0.0, "figure": ""} for p, f in rows
    ]).groupby(["product", "economy"], sort=False, as_index=False).agg({"change": "sum", "sd": "max", "figure": "first"})  # fmt: skip
    return (
        replace(network, nodes=home_rows, outputs=out_rows, trade=new_trade, stock_change=piled),
        replace(draws, trade=np.hstack([flows, np.stack(added, axis=1)]), activity=np.hstack(activity), output_coefficient=np.hstack(given)),
    )  # fmt: skip


def find_outcome(
    setting: Setting,
    home: Home,
    plan: Plan,
    options: Options,
    values: tuple[SectorValue, ...],
    request: Any,
    watch: Any,
    years: float,
    feeds: xr.DataArray | None = None,
) -> Outcome:
    """Run a scenario without a plan and with what it has in place, on the same luck.

    Parameters
    ----------
    values : tuple of SectorValue
        What the economy's sectors earn.
    request : with members, rules, seed, threads
    years : float
        From now until the scenario begins.
    feeds : DataArray, optional
        As of `standing`.
    """
    have = standing(plan, options, years, feeds)
    forms = dict(zip(setting.network.products["product"], setting.network.products["form"], strict=True))
    own = with_stock(setting.assumptions, home, have.reserve, forms)
    network, draws = with_supply(setting.network, setting.baseline.draws, home, have.brings)

    def lost(
        net: Network, drawn: NetworkDraws, told: Mapping[str, Assumption], what: str
    ) -> tuple[np.ndarray, tuple[str, ...]]:
        with watch(what, request.members) as tick:
            run: Ensemble = simulate(
                net, drawn, setting.controls, told, scenario_name=setting.scenario.name,
                weeks=setting.scenario.horizon_weeks, members=request.members, seed=request.seed, rule=request.rules[0],
                demand_growth=setting.scenario.demand_growth, user=setting.user, keep_series=False,
                watch_economy=home.economy, threads=request.threads, progress=tick,
            )  # fmt: skip
        impact = direct_impact(
            home.economy, run.unserved_share.transpose(0, 2, 1), tuple(uses_of(run, home.economy)), values,
            setting.assumptions["impact.spread"], request.seed,
        )  # fmt: skip
        return impact.value_added.sum(axis=0) * MILLION, tuple(run.inputs)

    without, inputs = lost(setting.network, setting.baseline.draws, setting.assumptions, "simulating without the plan")
    having, _ = lost(network, draws, own, "simulating with the plan")
    return Outcome(have, without, having, inputs)


def _table(base: pd.DataFrame, rows: list[dict[str, Any]]) -> pd.DataFrame:
    return pd.concat([base, pd.DataFrame(rows)[list(base.columns)]], ignore_index=True)
