"""What is asked beside a plan: what its tree is worth, and what more or less of something would change."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from lodestone.evidence.plan_case import Case
from lodestone.respond.frontier import Point, frontier
from lodestone.respond.options import Rules
from lodestone.respond.plan import Plan, tell
from lodestone.respond.programme import FIRST, Build, programme, rules_of
from lodestone.respond.solve import Solved, solve
from lodestone.respond.worth import Worth, worth

WORTH_SOLVES = 5


@dataclass(frozen=True)
class Answers:
    """What was asked for; the rest is None or empty. ``worth``: of the tree. ``frontier``: plans by yearly budget."""

    worth: Worth | None = None
    frontier: tuple[Point, ...] = ()


def find_answers(case: Case, rules: Rules, request: Any, watch: Any) -> Answers:
    """Answer what a request asks beside the plan.

    Parameters
    ----------
    case : Case
    rules : Rules
    request : with worth, frontier, time_limit
    watch : function of (str, int) to a context with a callback
    """
    return Answers(
        worth=_worth(case, rules, request, watch) if request.worth else None,
        frontier=_frontier(case, rules, request, watch) if request.frontier else (),
    )


def writer(case: Case, rules: Rules) -> Build:
    """The programme of a case under rules, to be written for a tree."""
    return programme(case.home, case.ready.options, case.terms, rules)


def told(case: Case, solved: Solved) -> Plan:
    """The plan of a solved programme of a case."""
    return tell(solved, case.outlook, case.home, case.ready.options, case.terms)


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


def _frontier(case: Case, rules: Rules, request: Any, watch: Any) -> tuple[Point, ...]:
    with watch("tracing the frontier", request.frontier) as tick:
        build = writer(case, replace(rules, budget=rules.budget or 1.0))
        return frontier(
            build, case.outlook.tree, case.outlook.data, lambda solved: told(case, solved), request.frontier,
            request.time_limit, tick,
        )  # fmt: skip
