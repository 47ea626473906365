"""What an economy can do about a scenario's curb: the case set up, solved, told, simulated, and asked about."""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lodestone.errors import PlanError
from lodestone.evidence.months import only_issuer
from lodestone.evidence.plan_answers import Answers, find_answers, told
from lodestone.evidence.plan_case import Case, find_case, solve_case, without_levers, write_case
from lodestone.evidence.plan_outcome import Outcome, find_outcome
from lodestone.evidence.plan_same_curb import same_curb
from lodestone.evidence.plan_words import plan_words
from lodestone.evidence.requests import PlanRequest
from lodestone.evidence.setting import Setting
from lodestone.respond.frontier import LEAST_POINTS
from lodestone.respond.levers import read_levers
from lodestone.respond.nouns import Lever
from lodestone.respond.options import WEEKS_A_YEAR, Rules
from lodestone.respond.outlook import STAGES
from lodestone.respond.plan import Plan
from lodestone.respond.programme import rules_of
from lodestone.respond.ready import MONTHS_A_YEAR, Ready
from lodestone.respond.solve import Solved, expected, solve

DAYS_A_YEAR = 365.25
MOST_WEIGHT = 1000.0  # of the CVaR: a thousand times the mean
HORIZON, LAST_STAGE = sum(STAGES) / WEEKS_A_YEAR, sum(STAGES[:-1]) / WEEKS_A_YEAR  # years
RANK = "sector_class"  # assumption: rank of a sector where a rule serves some before others
IN_PLACE = 2.0  # years from now at which the simulator meets the plan


@dataclass(frozen=True)
class Response:
    """A plan beside doing nothing, for one economy under one scenario's curb; ``names``: labels in words. ``promised``: mean loss
    without and with the plan in the programme where it meets the curb that the simulator runs, million USD of 2024."""

    case: Case
    rules: Rules
    solved: Solved
    plan: Plan
    nothing: Plan
    outcome: Outcome
    promised: tuple[float, float]
    levers: tuple[Lever, ...]
    answers: Answers
    names: Mapping[str, str]


def find_response(setting: Setting, request: Any, watch: Any) -> Response:
    """Set the case of a request up, solve it under its rules and with nothing done.

    Raises
    ------
    InfeasiblePlan
        If no plan meets the rules together.
    PlanError
        If a rule is no rule: a ceiling outside 0 to 1, a date before now; a frontier of fewer points than it takes.
    Faults
        As of `lodestone.respond.levers.read_levers`.
    """
    rules = rules_asked(setting, request)
    if request.first:
        setting, request = _served_first(setting, request)
    own = Path(request.levers) if request.levers else None
    levers = read_levers(setting.folder, setting.network.material, own, MONTHS_A_YEAR * HORIZON)
    case = find_case(setting, request.economy, only_issuer(setting.scenario), levers, request, watch)
    model = write_case(case, rules)
    seconds, gigabytes = expected(model.nvars)
    with watch(f"solving {model.nvars:,} variables, about {seconds:.0f} s and {gigabytes:.1f} GB", 2) as tick:
        solved = solve(model, rules=rules_of(rules), time_limit=request.time_limit)
        if tick is not None:
            tick(1, 2)
        idle = dataclasses.replace(case, ready=Ready(without_levers(case.ready.options), ()))
        nothing = solve_case(idle, Rules(allotted=rules.allotted), request.time_limit)
    plan = told(case, solved)
    none = told(idle, nothing)
    outcome = find_outcome(
        setting, case.home, plan, case.ready.options, case.values, request, watch, IN_PLACE, case.curb.feeds
    )
    weeks = float(setting.scenario.horizon_weeks)
    promised = same_curb(case, rules, solved, IN_PLACE, weeks, request)
    answers = find_answers(case, rules, solved, plan, none, request, watch)
    return Response(case, rules, solved, plan, none, outcome, promised, levers, answers, plan_words(setting))


def _served_first(setting: Setting, request: Any) -> tuple[Setting, Any]:
    """The same run in which the simulator too serves the named sectors before all others."""
    said, rest = dict(setting.assumptions), setting.assumptions[RANK]
    for name in [one for one in said if one.startswith(f"{RANK}:")]:
        del said[name]
    for sector in request.first:
        said[f"{RANK}:{sector}"] = dataclasses.replace(
            rest, id=f"{RANK}:{sector}", scope=sector, low=0.0, central=0.0, high=0.0, reason="Served first by the plan's rules."
        )  # fmt: skip
    return dataclasses.replace(setting, assumptions=said), dataclasses.replace(request, rules=("sector_priority",))


def rules_asked(setting: Setting, request: Any) -> Rules:
    """A request's rules, checked; a ceiling's date in years from the scenario's start."""
    faults, years = [], Rules.ceiling_years
    for name in ("ceiling", "kept_open"):
        value = getattr(request, name)
        if value is not None and not 0.0 <= value <= 1.0:
            faults.append(f"{name.replace('_', ' ')} {value:g} is no share: give 0 to 1")
    if not 0.0 <= request.probability < 1.0:
        faults.append(f"yearly probability {request.probability:g} leaves no calm to plan in: give a number below 1")
    if request.budget is not None and not request.budget >= 0.0:
        faults.append(f"budget {request.budget:g} is no amount: give 0 or more")
    if not 0.0 <= request.risk_weight <= MOST_WEIGHT:
        faults.append(
            f"risk weight {request.risk_weight:g} is not 0 to {MOST_WEIGHT:g}, above which the mean no longer counts"
        )
    if not 0.0 <= request.ambiguity < 1.0:
        faults.append(f"ambiguity {request.ambiguity:g} is no share of probability: give 0 to below 1")
    if request.ambiguity and request.risk_weight:
        faults.append("an ambiguity and a risk weight are two ways of caution and are not mixed: give one of them")
    if request.ceiling is None and (request.ceiling_by or request.ceiling_forms != PlanRequest.ceiling_forms):
        faults.append("a ceiling's date or form is given and no ceiling: add --ceiling, e.g. --ceiling 0.6")
    if 0 < request.frontier < LEAST_POINTS:
        faults.append(f"a frontier of {request.frontier} points is none: ask for at least {LEAST_POINTS}")
    if request.ceiling_by:
        years = _years_until(request.ceiling_by, setting.scenario.start)
        if not math.isfinite(years):
            faults.append(f"'{request.ceiling_by}' is not a date: write the ceiling's as YYYY-MM-DD, e.g. 2030-01-01")
        elif years < 0.0:
            faults.append(
                f"the ceiling's date {request.ceiling_by} lies before the plan begins ({setting.scenario.start})"
            )
        elif years > LAST_STAGE:
            faults.append(
                f"the ceiling's date {request.ceiling_by} lies past the plan's last stage, which begins in {LAST_STAGE:g} years: "
                "name an earlier day"
            )
    known = {str(form) for form in setting.network.products["form"]}
    if unknown := set(request.ceiling_forms) - known:
        faults.append(f"no product of form {', '.join(sorted(unknown))}: use {', '.join(sorted(known))}")
    uses = setting.network.nodes[setting.network.nodes["economy"] == request.economy]
    sectors = {str(one) for one in uses.loc[uses["kind"] == "use", "process"]}
    if unknown := set(request.first) - sectors:
        faults.append(f"no sector {', '.join(sorted(unknown))} of {request.economy}: use {', '.join(sorted(sectors))}")
    if faults:
        raise PlanError("; ".join(faults) + ".")
    return Rules(
        budget=request.budget,
        ceiling=request.ceiling,
        ceiling_years=years,
        ceiling_forms=request.ceiling_forms,
        standard=request.standard,
        kept_open=request.kept_open,
        allotted=request.allotted,
    )


def _years_until(day: str, start: dt.date) -> float:
    """Years from a start to a day as people type it; NaN where it is none."""
    try:
        return (dt.date.fromisoformat(day) - start).days / DAYS_A_YEAR
    except ValueError:
        return math.nan
