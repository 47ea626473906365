"""What each programme of research would be worth beside a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from lodestone.evidence.plan_case import Case
from lodestone.facts.assumptions import Assumption
from lodestone.respond.options import Rules
from lodestone.respond.programme import programme
from lodestone.respond.ready import RESEARCH, open_to, with_finding
from lodestone.respond.research import Research, find_research
from lodestone.simulate.nouns import Range

SUCCESS, YEARS = "plan.research_success", "plan.research_years"


@dataclass(frozen=True)
class Researched:
    """``found``: by the probability from which each pays, those that never do last. ``not_asked``: (lever, why)."""

    found: tuple[Research, ...]
    not_asked: tuple[tuple[str, str], ...]


def find_researched(case: Case, rules: Rules, objective: float, request: Any, watch: Any) -> Researched:
    """Ask each programme of research among a case's levers by itself.

    Parameters
    ----------
    case : Case
    rules : Rules
    objective : float
        Of the plan, million USD of 2024.
    request : with time_limit
    watch : function of (str, int) to a context with a callback
    """
    asked = [one for one in case.levers if one.kind == RESEARCH]
    found, left = list[Research](), list[tuple[str, str]]()
    with watch("asking what research would be worth", len(asked)) as tick:
        for done, lever in enumerate(asked, 1):
            options = with_finding(case.ready.options, case.home, lever, case.assumptions)
            names = [f"{name}:{lever.lever}" for name in (SUCCESS, YEARS)]
            if not open_to(case.home, lever):
                left.append((lever.lever, f"open to {', '.join(lever.who)} alone"))
            elif options is None:
                left.append((lever.lever, f"nobody at home takes {', '.join(lever.delivers)}"))
            elif missing := [name for name in names if name not in case.assumptions]:
                left.append((lever.lever, f"no assumption {', '.join(missing)} says how likely it succeeds and when"))
            else:
                success, years = (case.assumptions[name] for name in names)
                one = find_research(
                    lever.lever, years.central, _three(success), _three(lever.capex),
                    programme(case.home, options, case.terms, rules), case.outlook, objective, request.time_limit,
                )  # fmt: skip
                if one is None:
                    left.append(
                        (
                            lever.lever,
                            f"its success would show after {years.central:g} years, past the last stage of the tree",
                        )
                    )
                else:
                    found.append(one)
            if tick is not None:
                tick(done, len(asked))
    return Researched(tuple(sorted(found, key=lambda one: (one.pays_from or 2.0, -one.sure))), tuple(left))


def _three(given: Assumption | Range) -> tuple[float, float, float]:
    return given.low, given.central, given.high
