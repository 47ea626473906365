"""A planning case on the small world, as the answers beside a plan are asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from lodestone.evidence.plan_answers import find_answers, told
from lodestone.evidence.plan_case import Case, solve_case
from lodestone.evidence.requests import PlanRequest
from lodestone.respond.options import Rules
from lodestone.respond.outlook import Curb, build_outlook
from lodestone.respond.ready import Ready
from tests.respond.test_programme import CUT_CURB, HOME, ONSETS, STAGES, options, terms

LEVERS = tuple(SimpleNamespace(lever=name, name=f"the {name}") for name in options().levers.index)


def small_case() -> Case:
    curb: Curb = CUT_CURB
    return Case(HOME, Ready(options(), ()), terms(), curb, build_outlook(curb, STAGES, ONSETS), ())


@contextmanager
def watch(what: str, total: int) -> Iterator[Any]:
    yield None


def answered(**asked: Any) -> Any:
    """A response of the small case with what is asked: as the command line hands it to its writers."""
    case, rules = small_case(), Rules()
    solved = solve_case(case, rules)
    plan = told(case, solved)
    request = PlanRequest("small", HOME.economy, **asked)
    answers = find_answers(case, rules, solved, plan, request, watch)
    return SimpleNamespace(case=case, rules=rules, solved=solved, plan=plan, answers=answers, levers=LEVERS, names={})
