"""A solved programme told as a plan: what to commit to and when, what it costs, and what is still lost."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.respond.home import Home
from lodestone.respond.options import WEEKS_A_YEAR, Options, Terms, sold_at
from lodestone.respond.outlook import Outlook, in_calm
from lodestone.respond.programme import KG
from lodestone.respond.rationing import precedence, served_first
from lodestone.respond.slots import slots_of
from lodestone.respond.solve import Solved
from lodestone.respond.tree import paths, probability

TAIL, FIRST = "weight on the tail", "weight on sectors served first"
LEAST = 1e-6  # t a year, or t: less is rounding
LEAST_SHARE = 1e-3  # of what there is of a lever: a commitment to less is no decision anyone takes


@dataclass(frozen=True)
class Plan:
    """What a solved programme says. Money is million USD of 2024, tonnes are of contained element.

    ``objective``: expected discounted cost and loss, risk included where it has weight. ``commitments``: lever, node,
    years from now, t a year, capex, on the calm path first. ``stocks``: product, t bought on the calm path by year and the
    level at the end of each. ``costs`` (part): expected discounted spending on plants, premiums, purchases, holding, what
    releases earn, loss of value added, and what the tail and sectors served first count beside the mean. ``loss_by_use`` (use): expected
    discounted. ``loss_in_curb`` (scenario): undiscounted loss of each scenario, with ``chance``.
    """

    objective: float
    commitments: pd.DataFrame
    stocks: pd.DataFrame
    costs: pd.Series
    loss_by_use: pd.Series
    loss_in_curb: pd.Series
    chance: pd.Series


def tell(solved: Solved, outlook: Outlook, home: Home, options: Options, terms: Terms) -> Plan:
    """Read a plan off a solved programme.

    Parameters
    ----------
    solved : Solved
        Of `lodestone.respond.programme.programme` on the outlook.
    outlook : Outlook
    home : Home
    options : Options
    terms : Terms

    Returns
    -------
    Plan
    """
    v, tree, data = solved.values, outlook.tree, outlook.data
    slots = slots_of(tree, data, home.exports["product"].values)
    chance = probability(tree)
    counts = precedence(home, terms.worth, served_first(home, terms.first), terms.spread)
    begins = data["begins"]
    factor = (1.0 + terms.discount) ** -begins * chance
    years = slots.weeks / WEEKS_A_YEAR
    weeks = slots.to_node(slots.weeks)

    def expected(by_node: xr.DataArray) -> float:
        return float((by_node * factor).sum())

    levers = options.levers
    index = {"lever": levers.index.tolist()}
    capex = xr.DataArray(levers["capex"].to_numpy(float), index, ("lever",))
    loss = slots.to_node((v["lost"] * terms.worth * years).transpose("slot", "use"))
    bought = (v["fills"] * options.stockable * KG * (1.0 + options.dearer)).sum(["stocked", "step"])
    holding = slots.to_node((v["reserve"] * options.stockable * options.holding).sum("stocked") * KG * years)
    earned = slots.to_node((v["draws"] * options.stockable * KG * sold_at(slots.age, terms)).sum("stocked"))
    parts = {
        "plants": expected((v["commit"] * capex).sum("lever")),
        "purchases": expected(bought),
        "holding": expected(holding),
        "earned by releases": -expected(earned),
        "loss of value added": expected(loss.sum("use")),
    }
    parts[TAIL] = _tail(v, chance, terms)
    more = slots.to_node((v["lost"] * terms.worth * (counts - 1.0) * years).transpose("slot", "use")).sum("use")
    parts[FIRST] = expected(more)
    parts["premiums less what is left at the end"] = solved.objective - sum(parts.values())
    walks = paths(tree)
    ends = walks["scenario"].values.tolist()
    lost = loss.sum("use")
    by_scenario = pd.Series({end: float(lost.sel(node=walks.sel(scenario=end).values.tolist()).sum()) for end in ends})
    made = v["commit"].to_series()
    some = LEAST_SHARE * levers["most"].loc[made.index.get_level_values("lever")].to_numpy(float)
    made = made[made.to_numpy() > np.maximum(some, LEAST)].rename("t_a_year").reset_index()
    made["years"] = [float(begins.sel(node=n)) for n in made["node"]]
    made["capex"] = [
        float(levers.loc[lever, "capex"]) * t for lever, t in zip(made["lever"], made["t_a_year"], strict=True)
    ]
    made["in_calm"] = pd.Series([in_calm(n) for n in made["node"]], made.index, dtype=bool)  # also of no rows
    calm = [n for n in tree.node if in_calm(n)]
    last = dict(zip(slots.node, slots.name, strict=True))
    stocks = pd.DataFrame(
        [
            (str(p), float(begins.sel(node=n)), float(v["fills"].sel(node=n, stocked=p).sum()), float(v["reserve"].sel(slot=last[n], stocked=p)),
             float(weeks.sel(node=n)))
            for n in calm for p in options.stockable["stocked"].values
        ],
        columns=["product", "years", "bought", "held", "weeks"],
    )  # fmt: skip
    by_use = pd.Series({str(u): expected(loss.sel(use=u)) for u in home.needs["use"].values})
    return Plan(
        solved.objective, made.sort_values(["in_calm", "years", "capex"], ascending=[False, True, False], ignore_index=True),
        stocks, pd.Series(parts), by_use.sort_values(ascending=False), by_scenario,
        pd.Series({end: float(chance.sel(node=end)) for end in ends}),
    )  # fmt: skip


def spending(plan: Plan) -> float:
    """All but the loss: plants, premiums, purchases, holding, less what stock earns and is worth at the end.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    float
        Expected and discounted, million USD of 2024.
    """
    return mean_cost(plan) - float(plan.costs["loss of value added"])


def mean_cost(plan: Plan) -> float:
    """Expected discounted cost and loss: the objective less what the tail and sectors served first count beside the mean.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    float
        Million USD of 2024.
    """
    return plan.objective - float(plan.costs[TAIL] + plan.costs[FIRST])


def loss_if_it_comes(plan: Plan) -> float:
    """Mean loss over the scenarios in which a curb comes.

    Parameters
    ----------
    plan : Plan

    Returns
    -------
    float
        Not discounted, million USD of 2024.
    """
    comes = plan.loss_in_curb[[not in_calm(one) for one in plan.loss_in_curb.index]]
    weight = plan.chance[comes.index]
    return float((comes * weight).sum() / weight.sum())


def _tail(values: Mapping[str, xr.DataArray], chance: xr.DataArray, terms: Terms) -> float:
    """The CVaR by its weight, or what the worst probabilities add to the mean, as the programme holds it."""
    if terms.ambiguity:
        total, excess = values["cost total"], values["cost excess"]
        weight = chance.sel(node=total["scenario"].values.tolist()).values
        worst = (1.0 - terms.ambiguity) * float(values["cost threshold"]) + float((excess.values * weight).sum())
        return worst + terms.ambiguity * float(values["cost largest"]) - float((total.values * weight).sum())
    if not terms.risk_weight:
        return 0.0
    excess = values["cost excess"]
    weight = chance.sel(node=excess["scenario"].values.tolist()).values
    beyond = float((excess.values * weight).sum()) / (1.0 - terms.risk_level)
    return terms.risk_weight * (float(values["cost threshold"]) + beyond)
