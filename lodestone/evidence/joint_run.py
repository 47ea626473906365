"""One run of a scenario as a group sees it: what each member loses week by week, and what the issuer still sends, to whom, at which price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.evidence.setting import Setting
from lodestone.facts.assumptions import Assumption
from lodestone.impact.direct import WEEKS_A_YEAR, SectorValue, direct_impact
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.nouns import Ensemble
from lodestone.simulate.series import OUTSIDE

MILLION = 1000.0  # million in a billion
YEAR = int(WEEKS_A_YEAR)


@dataclass(frozen=True, eq=False)
class JointRun:
    """What a run shows a group.

    ``base`` (product, draw) and ``sent`` (product, draw, week): what the issuer sends to all others a week, without the curb and in it [t
    contained]; ``crosses`` (product, place, draw): share of it that crosses in the first year, 1 where nothing is sent; ``places``: the
    members, then each other buyer. ``price`` (product, draw, week): outside, over the base price. ``lost`` (member, draw, week): value
    added not made [million USD of 2024 a week]. ``worth``: by member, value added a year of its sectors by draw; ``spread``
    (draw,). ``inputs``: names of what was drawn.
    """

    members: tuple[str, ...]
    issuer: str
    products: tuple[str, ...]
    places: tuple[str, ...]
    base: np.ndarray
    sent: np.ndarray
    crosses: np.ndarray
    price: np.ndarray
    lost: np.ndarray
    worth: Mapping[str, Mapping[str, np.ndarray]]
    spread: np.ndarray
    inputs: tuple[str, ...]


def joint_run(
    setting: Setting,
    members: Sequence[str],
    issuer: str,
    values: Mapping[str, tuple[SectorValue, ...]],
    request: Any,
    watch: Any,
    what: str,
    network: Network | None = None,
    draws: NetworkDraws | None = None,
    assumptions: Mapping[str, Assumption] | None = None,
) -> JointRun:
    """Run a scenario once and read off it what a group asks.

    Parameters
    ----------
    values : mapping of SectorValue by member
        What its sectors earn.
    request : with draws, rule, seed, threads
    what : str
        For the progress line.
    network, draws, assumptions : optional
        In place of the setting's: with what responses have put in place.

    Returns
    -------
    JointRun
    """
    network, draws = network or setting.network, draws or setting.baseline.draws
    told = assumptions or setting.assumptions
    rows = _leaving(network, issuer)
    nodes = network.nodes[(network.nodes["kind"] == "use") & network.nodes["economy"].isin(list(members))]
    served = {str(node): f"served:{node}" for node in nodes["node"]}
    priced = network.products.loc[network.products["unit_value"].notna(), "product"]
    with watch(what, request.draws) as tick:
        run = simulate(
            network, draws, setting.controls, told, scenario_name=setting.scenario.name, weeks=setting.scenario.horizon_weeks,
            members=request.draws, seed=request.seed, rule=request.rule, demand_growth=setting.scenario.demand_growth,
            user=setting.user, watch=rows, headline=[*served.values(), *(f"price:{p}@{OUTSIDE}" for p in priced)],
            threads=request.threads, progress=tick,
        )  # fmt: skip
    at = {name: k for k, name in enumerate(run.series["series"].iloc[list(run.headline_series)])}
    products = tuple(network.products["product"])
    others = sorted(set(rows["partner"]) - set(members))
    places = (*members, *others)
    weekly = draws.trade[np.arange(request.draws) % draws.size] / WEEKS_A_YEAR
    base = np.zeros((len(products), request.draws))
    sent = np.zeros((len(products), request.draws, run.weeks))
    crosses = np.ones((len(products), len(places), request.draws))
    for (name, product, partner), of in rows.groupby(["series", "product", "partner"]):
        p, where = products.index(str(product)), places.index(str(partner))
        usual = weekly[:, of["trade_row"].to_numpy()].sum(axis=1)
        arrived = run.headline[at[str(name)]]
        base[p] += usual
        sent[p] += arrived
        some = usual > 0.0
        crosses[p, where, some] = np.clip(arrived[some, :YEAR].mean(axis=1) / usual[some], 0.0, 1.0)
    price = np.ones_like(sent)
    for product in priced:
        price[products.index(str(product))] = run.headline[at[f"price:{product}@{OUTSIDE}"]]
    lost, worth, spread = losses_of(run, at, served, members, values, told, request.seed)
    return JointRun(
        tuple(members), issuer, products, places, base, sent, crosses, price, lost, worth, spread, tuple(run.inputs)
    )


def _leaving(network: Network, issuer: str) -> pd.DataFrame:
    """Trade rows from the issuer to all others, one series a product and buyer."""
    trade = network.trade
    rows = np.flatnonzero(((trade["origin"] == issuer) & (trade["destination"] != issuer)).to_numpy())
    product, partner = (trade[name].to_numpy()[rows] for name in ("product", "destination"))
    return pd.DataFrame(
        {
            "series": [f"sent:{p}>{e}" for p, e in zip(product, partner, strict=True)],
            "trade_row": rows,
            "weight": 1.0,
            "product": product,
            "partner": partner,
        }
    )


def losses_of(
    run: Ensemble,
    at: Mapping[str, int],
    served: Mapping[str, str],
    members: Sequence[str],
    values: Mapping[str, tuple[SectorValue, ...]],
    assumptions: Mapping[str, Assumption],
    seed: int,
) -> tuple[np.ndarray, dict[str, dict[str, np.ndarray]], np.ndarray]:
    """What members lose (member, draw, week) [million USD of 2024 a week], what their sectors make a year, and the spread (draw,).

    ``at``: row of each kept series by name; ``served``: name of the series of each use of the members.
    """
    lost = np.zeros((len(members), run.draws, run.weeks))
    worth: dict[str, dict[str, np.ndarray]] = {}
    spread = np.ones(run.draws)
    name = "impact.spread"
    for k, member in enumerate(members):
        mine = {node.rpartition("@")[0]: row for node, row in served.items() if node.rpartition("@")[2] == member}
        unserved = np.stack([1.0 - run.headline[at[row]] for row in mine.values()])
        found = direct_impact(member, unserved, tuple(mine), values[member], assumptions[name], seed)
        lost[k] = np.einsum("sd,sdw->dw", found.value_added_year, found.share_lost) * MILLION / WEEKS_A_YEAR
        worth[member] = dict(zip(found.sectors, found.value_added_year * MILLION, strict=True))
        spread = found.inputs[name]
    return lost, worth, spread
