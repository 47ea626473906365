"""How far a plan moves with each number it rests on, and what its cost rests on.

Each assumption that the case reads, the share of its industry that each sector is, and the capital, premium and lead time of
each lever in the plan, is taken at its low and at its high end, one at a time, and the plan is made again. The curb's depth is not
simulated again: what moves it has ends in `lodestone sensitivity`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lodestone.evidence.plan_case import MILLION, VALUE, Case, case_at
from lodestone.facts.assumptions import Assumption
from lodestone.impact.direct import SectorValue
from lodestone.respond.held import Held, hold, resolve
from lodestone.respond.options import Rules
from lodestone.respond.plan import Plan, spending, tell
from lodestone.respond.programme import KG, programme
from lodestone.respond.solve import Solved
from lodestone.simulate.nouns import Range

LEAST = 0.01  # of what all sectors earn: the share of its industry that a smaller one is moves nothing
FIGURES = ("capex", "premium", "lead_months")
SOURCED, ASSUMED = "sourced", "assumed"


@dataclass(frozen=True)
class End:
    """A plan with one number at an end. ``name``: of an assumption, or "lever.column"; ``end``: low or high; ``value``: the
    number there. ``objective``, ``cost``, ``loss``: expected and discounted, million USD of 2024. ``joins``, ``leaves``: levers
    committed to in calm, and products held, that the plan has not, and those it no longer has."""

    name: str
    end: str
    value: float
    objective: float
    cost: float
    loss: float
    joins: tuple[str, ...]
    leaves: tuple[str, ...]


@dataclass(frozen=True)
class Ends:
    """``ends``: by the size of their effect on the objective, largest first, both ends of a number together. ``rests_on``: share
    of what the plan spends that is sourced, transferred and assumed; sums to 1."""

    ends: tuple[End, ...]
    rests_on: pd.Series


class _Noting(dict[str, str]):
    """Ends that note which numbers were asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: dict[str, None] = {}

    def get(self, name: str, default: Any = None) -> Any:
        self.asked[name] = None
        return super().get(name, default)


def find_ends(case: Case, rules: Rules, plan: Plan, request: Any, watch: Any) -> Ends:
    """The plan again at the low and the high end of each number it reads; an end at which no plan meets the rules is left out.

    Parameters
    ----------
    case : Case
    rules : Rules
    plan : Plan
        Of the case under the rules.
    request : with time_limit
    watch : function of (str, int) to a context with a callback
    """
    tried = numbers_read(case, plan)
    chosen, found = _chosen(plan), list[End]()
    base = _held(case, rules)
    resolve(base, request.time_limit)
    with watch("solving at low and high ends", 2 * len(tried)) as tick:
        for done, (name, low, high) in enumerate(tried, 1):
            for end, value in (("low", low), ("high", high)):
                moved = case_at(case, {name: end})
                solved = _solved_near(_held(moved, rules), base, request.time_limit)
                if solved is None:
                    continue
                told = tell(solved, moved.outlook, moved.home, moved.ready.options, moved.terms)
                there = _chosen(told)
                found.append(
                    End(
                        name, end, value, told.objective, spending(told), float(told.costs["loss of value added"]),
                        tuple(sorted(there - chosen)), tuple(sorted(chosen - there)),
                    )
                )  # fmt: skip
            if tick is not None:
                tick(2 * done, 2 * len(tried))
    effect = {name: 0.0 for name, _, _ in tried}
    for one in found:
        effect[one.name] = max(effect[one.name], abs(one.objective - plan.objective))
    return Ends(tuple(sorted(found, key=lambda one: -effect[one.name])), rests_on(case, plan))


def _held(case: Case, rules: Rules) -> Held:
    write = programme(case.home, case.ready.options, case.terms, rules)
    return hold(write(case.outlook.tree, case.outlook.data))


def _solved_near(held: Held, base: Held, time_limit: float | None) -> Solved | None:
    """A programme solved from where another of the same shape ended; of another shape, from nothing."""
    if (held.highs.getNumCol(), held.highs.getNumRow()) == (base.highs.getNumCol(), base.highs.getNumRow()):
        held.highs.setBasis(base.highs.getBasis())
    return resolve(held, time_limit)


def numbers_read(case: Case, plan: Plan) -> list[tuple[str, float, float]]:
    """Name, low and high of each number a case reads that has a range: assumptions, levers in its plan, and shares of industries."""
    noting = _Noting()
    case_at(case, noting)
    levers = {lever.lever: lever for lever in case.levers}
    floor = LEAST * float(case.terms.worth.sum())
    shares = {VALUE + one.sector: one for one in case.values if one.amount * one.central * MILLION >= floor}
    taken = set(plan.commitments["lever"]) if len(plan.commitments) else set()
    found = []
    for name in noting.asked:
        lever, _, column = name.rpartition(".")
        given: Assumption | SectorValue | Range
        if name in case.assumptions:
            given = case.assumptions[name]
        elif name in shares:
            given = shares[name]
        elif lever in taken and column in FIGURES:
            given = getattr(levers[lever], column)
        else:
            continue
        if given.low < given.high and not (case.yearly and name == "plan.curb_probability"):
            found.append((name, float(given.low), float(given.high)))
    return found


def rests_on(case: Case, plan: Plan) -> pd.Series:
    """Share of what a plan commits to and buys on its calm path that rests on sourced, transferred and assumed figures.

    Capital and yearly premiums by what the lever's cost rests on; stock at its price is sourced where one is published, and what
    its purchase adds to the price, its stores and its holding are assumed.
    """
    levers, options = {lever.lever: lever for lever in case.levers}, case.ready.options
    sums: dict[str, float] = {SOURCED: 0.0, "transferred": 0.0, ASSUMED: 0.0}
    horizon = float((case.outlook.data["begins"] + case.outlook.data["weeks"].sum("part") / 52.0).max())
    for row in plan.commitments[plan.commitments["in_calm"]].itertuples():
        figures = options.levers.loc[row.lever]
        runs = max(horizon - row.years - float(figures["lead"]), 0.0)
        basis = levers[str(row.lever)].basis_cost
        sums[basis] = sums.get(basis, 0.0) + row.capex + row.t_a_year * float(figures["premium"]) * KG * runs
    for product, bought in plan.stocks.groupby("product")["bought"].sum().items():
        paid = float(options.stockable.sel(stocked=product)) * KG * float(bought)
        price = float(case.home.price.sel(product=product)) * KG * float(bought)
        known = price if np.isfinite(price) else 0.0
        held = float((plan.stocks.loc[plan.stocks["product"] == product, ["held", "weeks"]].prod(axis=1)).sum()) / 52.0
        holding = held * float(options.stockable.sel(stocked=product) * options.holding.sel(stocked=product)) * KG
        sums[SOURCED] += known
        sums[ASSUMED] += paid * (1.0 + float(options.dearer[0])) - known + holding
    total = sum(sums.values())
    return pd.Series({name: value / total if total else float("nan") for name, value in sums.items()})


def _chosen(plan: Plan) -> set[str]:
    calm = plan.commitments[plan.commitments["in_calm"]]
    held = plan.stocks.groupby("product")["bought"].sum()
    return {str(one) for one in calm["lever"]} | {str(one) for one in held[held > 1e-3].index}
