"""Leverage on the data: what the curb costs the issuer beside what it costs the members, over time, before and after each response."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.coordinate.leverage import OwnLoss, own_loss, present_value
from lodestone.evidence.counter_measures import CounterMeasure
from lodestone.evidence.joint_run import JointRun, joint_run
from lodestone.evidence.plan_answers import told
from lodestone.evidence.plan_case import Case, find_case, solve_case
from lodestone.evidence.plan_outcome import Standing, standing, with_stock, with_supply
from lodestone.evidence.requests import PlanRequest
from lodestone.evidence.setting import Setting
from lodestone.evidence.unity_case import shared_projects
from lodestone.impact.direct import SectorValue
from lodestone.respond.home import Home
from lodestone.respond.nouns import Lever
from lodestone.respond.options import WEEKS_A_YEAR, Rules
from lodestone.respond.outlook import STAGES
from lodestone.respond.plan import spending

NOTHING, RESERVE, SUPPLY = "nothing", "reserve", "reserve and new supply"
HORIZON = sum(STAGES) / WEEKS_A_YEAR  # years a plan looks ahead
IN_PLACE = 2.0  # years from now at which the curb meets what a plan has in place
PER_KG = 1000.0  # USD per kg and million USD per t
TAX = "plan.discount_rate"
GAPS = (
    "What the issuer earns is revenue, not profit: no fact gives its margin, and what it holds back it may sell later.",
    "What the issuer's makers of the next stage gain by cheaper inputs at home is not counted.",
    "What a concession is worth to the issuer beyond what it spares the target is politics: no number stands for it.",
    "How the issuer answers a counter-measure, and with which probability, no fact says.",
    "Goods that no price is known of count nothing in sales forgone, in what the rest earns more, and in duties.",
    "Each member's plan makes its cheap purchases as if no other member did; where several buy the same, what they hold together is told too large.",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class BothSides:
    """Both sides under one response. ``own``: of the issuer by week; ``lost`` (member, draw, week): of each member. [million USD of
    2024]"""

    response: str
    own: OwnLoss
    lost: np.ndarray


@dataclass(frozen=True, eq=False)
class Leverage:
    """``responses``: nothing, then what the members' plans hold, then what they build too. ``plans_cost``: of all plans, expected and
    discounted over their horizon [million USD of 2024]. ``market_lost``: what the issuer no longer
    sells to members whether it curbs or not, once that is built: million USD of 2024 a year at base prices, by product;
    ``market_lost_now``: the same from then to the plans' horizon, discounted. ``unpriced``: share of the tonnes it sends that
    have no price, so that no sale of them counts. ``standing``: what each member has in place. ``counters``: members' own measures."""

    members: tuple[str, ...]
    issuer: str
    responses: tuple[BothSides, ...]
    plans_cost: float
    market_lost: Mapping[str, float]
    market_lost_now: float
    unpriced: float
    standing: Mapping[str, Standing]
    counters: tuple[CounterMeasure, ...]
    gaps: tuple[str, ...]


def find_leverage(
    setting: Setting,
    run: JointRun,
    homes: Mapping[str, Home],
    values: Mapping[str, tuple[SectorValue, ...]],
    counters: Sequence[CounterMeasure],
    levers: Sequence[Lever],
    request: Any,
    watch: Any,
) -> Leverage:
    """Both sides of a curb with nothing done, with what each member's own plan holds, and with what it builds.

    Each plan is made alone, for the member's own curb, and stands as it is two years from now, when the curb begins. Who loses most
    plans first; of a project that stands at one place those after it have what it leaves.

    Parameters
    ----------
    run : JointRun
        With nothing done.
    homes : mapping of Home by member
    counters : sequence of CounterMeasure
    levers : sequence of Lever
        For the plans.
    request : with plans (whether members plan), draws, rule, seed, threads, time_limit
    """
    responses = [_sides(NOTHING, setting, run)]
    have: dict[str, Standing] = {}
    lost: dict[str, float] = {}
    spent = 0.0
    if request.plans:
        stake = dict(zip(run.members, run.lost.sum(axis=2).mean(axis=1), strict=True))
        taken = pd.Series(dtype=float)
        for member in sorted(run.members, key=lambda one: -float(stake[one])):
            have[member], cost, takes = _planned(setting, member, run.issuer, levers, taken, request, watch)
            spent, taken = spent + cost, taken.add(takes, fill_value=0.0)
        forms = dict(zip(setting.network.products["product"], setting.network.products["form"], strict=True))
        own = dict(setting.assumptions)
        network, draws = setting.network, setting.baseline.draws
        for member, one in have.items():
            own = with_stock(own, homes[member], one.reserve, forms)
            network, draws = with_supply(network, draws, homes[member], one.brings)
        with_reserve = joint_run(
            setting,
            run.members,
            run.issuer,
            values,
            request,
            watch,
            "simulating with the members' reserves",
            assumptions=own,
        )
        responses.append(_sides(RESERVE, setting, with_reserve))
        if any(one.brings for one in have.values()):
            building = joint_run(
                setting, run.members, run.issuer, values, request, watch, "simulating with what they build too", network, draws, own
            )  # fmt: skip
            responses.append(_sides(SUPPLY, setting, building))
            lost = _market_lost(setting, network, run.issuer)
    rate = setting.assumptions[TAX].central
    unpriced = [float(run.base[k].mean()) for k in np.flatnonzero(np.isnan(_prices(setting)))]
    return Leverage(
        run.members, run.issuer, tuple(responses), spent, lost,
        present_value(sum(lost.values()), IN_PLACE, HORIZON, rate), sum(unpriced) / max(float(run.base.mean(axis=1).sum()), 1e-12),
        have, tuple(counters), GAPS,
    )  # fmt: skip


def _planned(
    setting: Setting, member: str, issuer: str, levers: Sequence[Lever], taken: pd.Series, request: Any, watch: Any
) -> tuple[Standing, float, pd.Series]:
    """What a member's own plan has in place when the curb begins, what it costs, and what it takes of shared projects by lever."""
    asked = PlanRequest(
        setting.scenario.name, member, setting.network.material, members=request.draws, seed=request.seed, rules=(request.rule,),
        threads=request.threads, time_limit=request.time_limit,
    )  # fmt: skip
    case = left_by(find_case(setting, member, issuer, levers, asked, watch), taken)
    with watch(f"planning for {member}", 1) as tick:
        plan = told(case, solve_case(case, Rules(), request.time_limit))
        if tick is not None:
            tick(1, 1)
    calm = plan.commitments[plan.commitments["in_calm"]]
    takes = calm[calm["lever"].isin(shared_projects([case]))].groupby("lever")["t_a_year"].sum()
    return standing(plan, case.ready.options, IN_PLACE, case.curb.feeds), spending(plan), takes


def left_by(case: Case, taken: pd.Series) -> Case:
    """The same case with what others leave of each lever.

    Parameters
    ----------
    case : Case
    taken : Series by lever
        By others. [t a year]
    """
    levers = case.ready.options.levers
    left = (levers["most"] - taken.reindex(levers.index).fillna(0.0)).clip(lower=0.0)
    options = dataclasses.replace(case.ready.options, levers=levers.assign(most=left))
    return dataclasses.replace(case, ready=dataclasses.replace(case.ready, options=options))


def _prices(setting: Setting) -> np.ndarray:
    """Base price of each product of the network, NaN where none is known. [million USD per t contained]"""
    products = setting.network.products
    return np.asarray((products["unit_value"] / products["content"]).to_numpy(float) / PER_KG)


def _sides(response: str, setting: Setting, run: JointRun) -> BothSides:
    worth = np.nan_to_num(_prices(setting))
    return BothSides(response, own_loss(run.base, run.sent, worth, run.price), run.lost)


def _market_lost(setting: Setting, network: Network, issuer: str) -> dict[str, float]:
    """What of the issuer's sales new supply stands in for, at base prices. [million USD of 2024 a year]"""
    before = setting.network.trade
    after = network.trade.iloc[: len(before)]
    gone = (before["flow"] - after["flow"]).where(before["origin"] == issuer, 0.0).groupby(before["product"]).sum()
    worth = dict(zip(setting.network.products["product"], _prices(setting), strict=True))
    return {
        str(product): float(tonnes * worth[product])
        for product, tonnes in gone.items()
        if tonnes > 0.0 and np.isfinite(worth[product])
    }
