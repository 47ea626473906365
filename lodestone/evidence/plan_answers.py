"""What is asked beside a plan: what its tree is worth, and what more or less of something would change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd

from lodestone.errors import SolverError
from lodestone.evidence.plan_benefit import Benefit, find_benefit
from lodestone.evidence.plan_case import Case
from lodestone.evidence.plan_ends import Ends, find_ends, rests_on
from lodestone.evidence.plan_research import Researched, find_researched
from lodestone.evidence.plan_tested import Tested, find_tested
from lodestone.respond.answering import FixedPoint, Leader, answering, leader
from lodestone.respond.break_even import GRID, BreakEven, Price, break_even, prices
from lodestone.respond.frontier import Point, frontier
from lodestone.respond.held import Held, hold, resolve
from lodestone.respond.one_more import TOP, OneMore, one_more
from lodestone.respond.options import WEEKS_A_YEAR, Rules
from lodestone.respond.plan import Plan, tell
from lodestone.respond.price_floor import PriceFloor, price_floors
from lodestone.respond.programme import FIRST, Build, programme, rules_of
from lodestone.respond.solve import Solved, solve
from lodestone.respond.worth import Worth, worth

WORTH_SOLVES = 5
ANSWER = "plan.curb_answer"  # assumption: how far the probability of a curb answers to a plan


@dataclass(frozen=True)
class Answers:
    """What was asked for; the rest is None or empty. ``worth``: of the tree. ``frontier``: plans by yearly budget.
    ``one_more``: what a tonne or a week more is worth. ``break_even``: from which probability of a curb each lever and reserve is
    in the plan; ``prices``: at which price those that are out would be in, empty where rows know prices too: under a
    budget, a risk weight or an ambiguity.
    ``ends``: the plan with each number at its low and high end. ``tested``: the plan and simple rules on other curbs.
    ``floors``: price floors of the suppliers and plants in the plan, of all if asked. ``answering``: a curb whose probability
    answers to the plan; ``leader``: one made by a side that knows it. ``cost_rests_on``: share of what is spent by what it rests on;
    ``benefit``: of the loss avoided. ``research``: what each programme would be worth."""

    worth: Worth | None = None
    frontier: tuple[Point, ...] = ()
    one_more: tuple[OneMore, ...] = ()
    break_even: tuple[BreakEven, ...] = ()
    prices: tuple[Price, ...] = ()
    ends: Ends | None = None
    tested: tuple[Tested, ...] = ()
    floors: tuple[PriceFloor, ...] = ()
    answering: tuple[FixedPoint, ...] = ()
    leader: Leader | None = None
    cost_rests_on: pd.Series | None = None
    benefit: Benefit | None = None
    research: Researched | None = None


def find_answers(
    case: Case, rules: Rules, best: Solved, plan: Plan, nothing: Plan, request: Any, watch: Any
) -> Answers:
    """Answer what a request asks beside the plan.

    Parameters
    ----------
    case : Case
    rules : Rules
    best : Solved
        The programme of the case under the rules.
    plan : Plan
        What it says.
    nothing : Plan
        With nothing done.
    request : with worth, frontier, one_more, break_even, ends, tested, floors, answering, rests_on, research, time_limit
    watch : function of (str, int) to a context with a callback
    """
    more: tuple[OneMore, ...] = ()
    enters: tuple[BreakEven, ...] = ()
    asked_price: tuple[Price, ...] = ()
    fixed: tuple[FixedPoint, ...] = ()
    benefit = None
    if request.one_more or request.break_even or request.answering:
        with watch("loading the plan", 2):
            held = hold(writer(case, rules)(case.outlook.tree, case.outlook.data))
            solved = resolve(held, request.time_limit)
        if solved is None:
            raise SolverError("the plan was found once and not again. Give it more time.")
        if request.one_more:
            with watch("one more of each", 4 * TOP) as tick:
                more = one_more(held, solved, case.home, case.ready.options, case.terms, request.time_limit, tick)
        if request.break_even:
            asked_price = () if _rows_know_prices(case, rules) else _prices(case, rules, held, solved, request, watch)
            with watch("asking at other probabilities", len(GRID)) as tick:
                enters = break_even(held, case.outlook, case.curb, time_limit=request.time_limit, tick=tick)
        if request.answering:
            fixed = _answering(case, held, nothing, request, watch)
    if request.rests_on:
        with watch("taking each lever out", 1):
            benefit = find_benefit(case, rules, best, plan, nothing, request.time_limit)
    return Answers(
        worth=_worth(case, rules, request, watch) if request.worth else None,
        frontier=_frontier(case, rules, request, watch) if request.frontier else (),
        one_more=more,
        break_even=enters,
        prices=asked_price,
        ends=find_ends(case, rules, plan, request, watch) if request.ends else None,
        tested=find_tested(case, rules, best, request, watch) if request.tested else (),
        floors=_floors(case, plan, request),
        answering=fixed,
        leader=leader(plan, nothing, case.outlook) if request.answering else None,
        cost_rests_on=rests_on(case, plan) if request.rests_on else None,
        benefit=benefit,
        research=find_researched(case, rules, plan.objective, request, watch) if request.research else None,
    )


def writer(case: Case, rules: Rules) -> Build:
    """The programme of a case under rules, to be written for a tree."""
    return programme(case.home, case.ready.options, case.terms, rules)


def told(case: Case, solved: Solved) -> Plan:
    """The plan of a solved programme of a case."""
    return tell(solved, case.outlook, case.home, case.ready.options, case.terms)


def _answering(case: Case, held: Held, nothing: Plan, request: Any, watch: Any) -> tuple[FixedPoint, ...]:
    given = case.assumptions[ANSWER]
    sizes = (given.low, given.central, given.high)
    with watch("letting the curb answer", 2 * len(sizes)) as tick:
        return answering(
            held, case.outlook, case.curb, lambda solved, seen: told(replace(case, outlook=seen), solved), nothing, sizes,
            time_limit=request.time_limit, tick=tick,
        )  # fmt: skip


def _floors(case: Case, plan: Plan, request: Any) -> tuple[PriceFloor, ...]:
    data = case.outlook.data
    horizon = float((data["begins"] + data["weeks"].sum("part") / WEEKS_A_YEAR).max())
    return price_floors(case.levers, case.home, case.ready.options, case.terms, plan, horizon, request.floors)


def _rows_know_prices(case: Case, rules: Rules) -> bool:
    """Whether a price is in more than the costs of the columns: in a budget, or in the total that a tail is of."""
    return rules.budget is not None or case.terms.risk_weight > 0.0 or case.terms.ambiguity > 0.0


def _worth(case: Case, rules: Rules, request: Any, watch: Any) -> Worth:
    with watch("weighing what is known", WORTH_SOLVES) as tick:
        done = 0

        def by(model: Any) -> Solved:
            nonlocal done
            found = solve(model, rules=rules_of(rules), time_limit=request.time_limit)
            done += 1
            if tick is not None:
                tick(done, WORTH_SOLVES)
            return found

        return worth(writer(case, rules), case.outlook.tree, case.outlook.data, FIRST, by)


def _prices(case: Case, rules: Rules, held: Held, plan: Solved, request: Any, watch: Any) -> tuple[Price, ...]:
    options, tree, data = case.ready.options, case.outlook.tree, case.outlook.data
    with watch("asking at other prices", len(options.levers)) as tick:
        dearer = {}
        for column in ("premium", "capex"):
            levers = options.levers.assign(**{column: options.levers[column] + 1.0})
            raised = programme(case.home, replace(options, levers=levers), case.terms, rules)(tree, data)
            dearer[column] = np.array(raised.matrices.c)
        return prices(held, plan, dearer, options, request.time_limit, tick)


def _frontier(case: Case, rules: Rules, request: Any, watch: Any) -> tuple[Point, ...]:
    with watch("tracing the frontier", request.frontier) as tick:
        build = writer(case, replace(rules, budget=rules.budget or 1.0))
        return frontier(
            build, case.outlook.tree, case.outlook.data, lambda solved: told(case, solved), request.frontier,
            request.time_limit, tick,
        )  # fmt: skip
