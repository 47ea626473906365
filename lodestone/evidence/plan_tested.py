"""A plan out of sample: its decisions in calm held against simple rules, on curbs that its own tree does not have.

Each curb has a depth of its own (a group of the simulation's draws, its cut made smaller or larger), lasts
exponentially, with the same mean as in the plan's tree, and hits another list of goods: some forms that the scenario covers
are let through, some goods that it does not cover are hit. What a rule commits to and buys while no curb has come is fixed;
once one has come, or gone, nobody commits or buys anything more. Everything else is free in each curb and is decided
knowing its depth, not its end: what is drawn from stock, bought abroad, made, saved, and who goes without.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import xarray as xr

from lodestone.evidence.plan_case import Case
from lodestone.executor import map_tasks
from lodestone.respond.held import Held, columns, cost_of, hold, resolve, set_bounds
from lodestone.respond.home import home_use
from lodestone.respond.options import Rules
from lodestone.respond.outlook import QUARTER, Curb, build_outlook, in_calm
from lodestone.respond.programme import programme
from lodestone.respond.solve import Solved
from lodestone.rng import stream

DEEPER = (0.7, 1.3)  # of a group's cut, evenly
LEFT_OUT = 0.25  # probability that a form the scenario covers is let through
ADDED = 0.25  # probability that a product it does not cover is hit
LONGEST = 40  # quarters after which a curb is over
DAYS, DAYS_A_YEAR = 60.0, 365.0
CEILINGS = (0.6, 0.65, 0.7, 0.8, 0.9)  # tried in turn where none is asked for
RESAMPLES = 4000
PLAN, NOTHING, HOLD = "the plan", "nothing", f"{DAYS:g} days of all"


@dataclass(frozen=True)
class Rule:
    """What is committed to (lever, node) [t a year] and bought (stocked, step, node) [t] at calm nodes."""

    name: str
    commit: xr.DataArray
    fills: xr.DataArray


@dataclass(frozen=True)
class Tested:
    """Expected discounted cost and loss of a rule, million USD of 2024, by curb; infinite where the rule cannot be kept."""

    name: str
    cost: np.ndarray


def find_tested(case: Case, rules: Rules, solved: Solved, request: Any, watch: Any) -> tuple[Tested, ...]:
    """The plan and the simple rules on curbs of another generator, the same for all.

    Parameters
    ----------
    case : Case
    rules : Rules
    solved : Solved
        The plan.
    request : with tested (how many curbs), seed, ceiling_forms, time_limit, threads
    watch : function of (str, int) to a context with a callback
    """
    count = request.tested
    mean = dataclasses.replace(case.terms, risk_weight=0.0, ambiguity=0.0)
    ways = (calm_rule(PLAN, solved), nothing_rule(solved))
    with watch("diversifying to the ceiling", len(CEILINGS)):
        spread = _diversified(case, rules, solved, request)
    free = Rules(allotted=rules.allotted, kept_open=rules.kept_open)
    asked = Trial(
        dataclasses.replace(case, terms=mean), free, solved, (*ways, *spread), request.seed, request.time_limit
    )
    with watch("testing on other curbs", count) as tick:
        cost = map_tasks(
            on_other_curb, asked, range(count), threads=request.threads, progress=tick, what="testing on other curbs"
        )
    names = (*(way.name for way in ways), HOLD, *(way.name for way in spread))
    return tuple(Tested(name, np.array([found[name] for found in cost.values()])) for name in names)


@dataclass(frozen=True, eq=False)
class Trial:
    """What the tests on all curbs share: the ``case`` with the mean as its aim, the rules that are free in a curb, the plan, and the
    ways of deciding in calm beside holding stock."""

    case: Case
    rules: Rules
    solved: Solved
    ways: tuple[Rule, ...]
    seed: int
    time_limit: float


def on_other_curb(trial: Trial, member: int) -> dict[str, float]:
    """The cost of each way on one curb of the other generator; infinite where it cannot be kept."""
    case = trial.case
    curb = other_curb(case.curb, trial.seed, member)
    seen = build_outlook(other_targets(curb, case.home.form, trial.seed, member))
    held = hold(programme(case.home, case.ready.options, case.terms, trial.rules)(seen.tree, seen.data))
    plan, nothing, *spread = trial.ways
    cost = {}
    for way in (plan, nothing, _stocked(case, held, trial.solved), *spread):  # each starts from the one before
        keep(held, way)
        found = cost_of(held, trial.time_limit)
        cost[way.name] = float("inf") if found is None else found
    return cost


def other_curb(curb: Curb, seed: int, member: int) -> Curb:
    """A curb of another generator: one depth, and an exponential length in quarters with the same mean.

    Parameters
    ----------
    curb : Curb
    seed, member : int

    Returns
    -------
    Curb
    """
    luck = stream(seed, "plan.tested", member)
    level = int(luck.choice(len(curb.level), p=np.array(curb.weight) / sum(curb.weight)))
    deeper = float(luck.uniform(*DEEPER))

    def own(table: xr.DataArray | None) -> xr.DataArray | None:
        return None if table is None else table.isel(level=[level])

    def cut(table: xr.DataArray) -> xr.DataArray:
        return (1.0 - deeper * (1.0 - table.isel(level=[level]))).clip(0.0, 1.0)

    mean = sum(weeks * p for weeks, p in curb.lasts)
    alive = np.exp(
        -QUARTER * np.arange(LONGEST + 1) / mean
    )  # a curb that ends within a quarter lasts to the end of it:
    lasting = QUARTER * np.arange(1, LONGEST + 1)
    ends = np.append(alive[:-2] - alive[1:-1], alive[-2])
    shorter = mean / float((ends * lasting).sum())  # so the whole is drawn in to keep the mean
    alive = np.exp(-QUARTER * np.arange(LONGEST + 1) / (mean * shorter))
    ends = np.append(alive[:-2] - alive[1:-1], alive[-2])
    lasts = tuple((float(weeks), float(p)) for weeks, p in zip(lasting, ends / ends.sum(), strict=True))
    feeds = None if curb.feeds is None else cut(curb.feeds)
    return Curb(
        curb.yearly, (curb.level[level],), (1.0,), lasts, cut(curb.crosses), cut(curb.elsewhere), feeds, own(curb.mix), own(curb.cover)
    )  # fmt: skip


def other_targets(curb: Curb, form: xr.DataArray, seed: int, member: int) -> Curb:
    """The same curb on another list of goods.

    A form of which the issuer holds goods back is let through, as a whole, with probability `LEFT_OUT`, but never all of
    them. A product of which nothing is held back is hit with probability `ADDED`, by the mean cut of those that are. What
    suppliers elsewhere send and what plants abroad get stay those of the scenario's own list.

    Parameters
    ----------
    curb : Curb
    form : DataArray, dims (product,)
        The word measures use for a product's form; products that have none here are left as they are.
    seed, member : int

    Returns
    -------
    Curb
    """
    luck = stream(seed, "plan.tested.targets", member)
    crosses = curb.crosses.transpose("product", "level", "week").copy()
    covered = (crosses < 1.0).any(["level", "week"])
    mean = crosses.where(covered, drop=True).mean("product")
    here = [product for product in form["product"].values if product in covered["product"].values]
    kinds = sorted({str(form.sel(product=one).item()) for one in here if bool(covered.sel(product=one))})
    let = {kind for kind, drawn in zip(kinds, luck.random(len(kinds)), strict=True) if drawn < LEFT_OUT}
    for product, drawn in zip(here, luck.random(len(here)), strict=True):
        at = {"product": product}
        if bool(covered.sel(at)):
            if str(form.sel(at).item()) in let and len(let) < len(kinds):
                crosses.loc[at] = 1.0
        elif drawn < ADDED:
            crosses.loc[at] = mean
    return dataclasses.replace(curb, crosses=crosses.transpose(*curb.crosses.dims))


def keep(held: Held, rule: Rule) -> None:
    """Fix what is committed to and bought: at calm nodes what the rule says, at others nothing."""
    for name, asked in (("commit", rule.commit), ("fills", rule.fills)):
        place = columns(held, name)
        nodes = place["node"].values.tolist()
        value = asked.reindex(node=nodes, fill_value=0.0).transpose(*place.dims).values.clip(min=0.0)
        set_bounds(held, place.values, value, value)


def interval(values: np.ndarray) -> tuple[float, float, float]:
    """A mean with its 90 % interval: the curbs drawn again with replacement.

    Parameters
    ----------
    values : array
        One a curb.

    Returns
    -------
    low, mean, high
    """
    picks = stream(0, "plan.tested.interval").integers(len(values), size=(RESAMPLES, len(values)))
    low, high = np.quantile(values[picks].mean(axis=1), (0.05, 0.95))
    return float(low), float(values.mean()), float(high)


def calm_rule(name: str, solved: Solved) -> Rule:
    """What a plan commits to and buys in calm."""
    calm = [node for node in solved.values["commit"]["node"].values.tolist() if in_calm(node)]
    return Rule(name, solved.values["commit"].sel(node=calm), solved.values["fills"].sel(node=calm))


def nothing_rule(solved: Solved) -> Rule:
    """Nothing committed to and nothing bought, at the same nodes as a plan."""
    plan = calm_rule(NOTHING, solved)
    return Rule(NOTHING, plan.commit * 0.0, plan.fills * 0.0)


def _stocked(case: Case, held: Held, solved: Solved) -> Rule:
    """So many days of use of everything that can be held, as fast as it can be bought, the cheaper step first."""
    most = held.model.variables["fills"].upper
    none = nothing_rule(solved)
    fills, use = none.fills.copy(), home_use(case.home)
    for product in fills["stocked"].values.tolist():
        allowed = float(case.ready.options.most_held.sel(stocked=product))
        left = min(DAYS / DAYS_A_YEAR * float(use.sel(product=product)), allowed)
        for node in fills["node"].values.tolist():
            for step in fills["step"].values.tolist():
                here = {"stocked": product, "step": step, "node": node}
                bought = min(left, float(most.sel(here)))
                fills.loc[here] = bought
                left -= bought
    return Rule(HOLD, none.commit, fills)


def _diversified(case: Case, rules: Rules, solved: Solved, request: Any) -> list[Rule]:
    """The cheapest commitments under which the issuer's share stays below a ceiling, with no stock and no thought of a curb's loss."""
    options = case.ready.options
    bare = dataclasses.replace(options, steps=options.steps * 0.0, most_held=options.most_held * 0.0)
    terms = dataclasses.replace(case.terms, worth=case.terms.worth * 0.0 + 1e-6, risk_weight=0.0, ambiguity=0.0)
    for ceiling in (rules.ceiling,) if rules.ceiling is not None else CEILINGS:
        asked = Rules(
            ceiling=ceiling, ceiling_years=rules.ceiling_years, ceiling_forms=request.ceiling_forms,
            standard=rules.standard, kept_open=rules.kept_open, allotted=rules.allotted,
        )  # fmt: skip
        held = hold(programme(case.home, bare, terms, asked)(case.outlook.tree, case.outlook.data))
        found = resolve(held, request.time_limit)
        if found is not None:
            return [Rule(f"ceiling of {ceiling:.0%}", calm_rule("", found).commit, nothing_rule(solved).fills)]
    return []


def means(tested: tuple[Tested, ...]) -> Mapping[str, tuple[tuple[float, float, float], tuple[float, float, float]]]:
    """By rule: the mean cost and what it is above that of the plan, curb by curb, each with a 90 % interval."""
    plan = next(one.cost for one in tested if one.name == PLAN)
    return {one.name: (interval(one.cost), interval(one.cost - plan)) for one in tested}
