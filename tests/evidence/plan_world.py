"""A planning case on the small world, as the answers beside a plan are asked of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from lodestone.evidence.plan_answers import find_answers, told
from lodestone.evidence.plan_case import Case, solve_case, without_levers
from lodestone.evidence.requests import PlanRequest
from lodestone.facts.assumptions import read_assumptions
from lodestone.respond.nouns import ANYONE, Lever
from lodestone.respond.options import Rules
from lodestone.respond.outlook import Curb, build_outlook
from lodestone.respond.ready import Ready
from lodestone.simulate.nouns import Range
from tests.respond.test_programme import CUT_CURB, HOME, ONSETS, STAGES, options, terms

ASSUMPTIONS = read_assumptions(Path("data"))


def lever(name: str, kind: str, delivers: dict[str, float], premium: float, basis: str) -> Lever:
    return Lever(
        name, f"the {name}", kind, (ANYONE,), "", (), delivers, "t", Range(10.0, 20.0, 30.0), Range(0.001, 0.002, 0.003),
        Range(premium / 2, premium, premium * 2), Range(3.0, 6.0, 12.0), 3.0, 20.0, "yes", basis, basis, basis, (), None, "",
    )  # fmt: skip


LEVERS = (
    lever("mine", "supplier", {"oxide_heavy": 1.0}, 20.0, "transferred"),
    lever("plant", "capacity", {"magnet": 1.0}, 5.0, "sourced"),
)


def small_case(levers: tuple[Lever, ...] = ()) -> Case:
    curb: Curb = CUT_CURB
    return Case(HOME, Ready(options(), ()), terms(), curb, build_outlook(curb, STAGES, ONSETS), (), levers, ASSUMPTIONS)


@contextmanager
def watch(what: str, total: int) -> Iterator[Any]:
    yield None


def answered(levers: tuple[Lever, ...] = (), **asked: Any) -> Any:
    """A response of the small case with what is asked: as the command line hands it to its writers."""
    case, rules = small_case(levers), Rules()
    solved = solve_case(case, rules)
    plan = told(case, solved)
    request = PlanRequest("small", HOME.economy, **asked)
    idle = replace(case, ready=Ready(without_levers(case.ready.options), ()))
    nothing = told(idle, solve_case(idle, rules))
    answers = find_answers(case, rules, solved, plan, nothing, request, watch)
    return SimpleNamespace(
        case=case, rules=rules, solved=solved, plan=plan, nothing=nothing, answers=answers, levers=LEVERS, names={}
    )
