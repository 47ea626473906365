"""A plan in the programme against the curb that the simulator runs: from the same day, as long, in each of its depths.

What the programme promises is a mean over curbs that may be short; a simulation has one scenario. Only where both meet the same
curb does their difference say what the programme leaves out.
"""

from __future__ import annotations

import dataclasses
from itertools import accumulate
from typing import Any

from lodestone.evidence.plan_case import Case
from lodestone.evidence.plan_tested import calm_rule, keep, nothing_rule
from lodestone.respond.held import hold, resolve
from lodestone.respond.options import WEEKS_A_YEAR, Rules
from lodestone.respond.outlook import STAGES, build_outlook
from lodestone.respond.plan import loss_if_it_comes, tell
from lodestone.respond.programme import programme
from lodestone.respond.solve import Solved


def same_curb(
    case: Case, rules: Rules, solved: Solved, years: float, weeks: float, request: Any
) -> tuple[float, float]:
    """Mean loss over the depths of a curb, without and with what a plan commits to and buys in calm.

    Parameters
    ----------
    case : Case
    rules : Rules
    solved : Solved
        The plan.
    years : float
        From now until the curb begins: the start of a stage.
    weeks : float
        How long it lasts.
    request : with time_limit

    Returns
    -------
    without, having : float
        Million USD of 2024, not discounted.
    """
    onset = [start / WEEKS_A_YEAR for start in accumulate((0.0, *STAGES))].index(years)
    seen = build_outlook(dataclasses.replace(case.curb, lasts=((weeks, 1.0),)), onsets=(onset,))
    terms = dataclasses.replace(case.terms, risk_weight=0.0, ambiguity=0.0)
    free = Rules(allotted=rules.allotted, kept_open=rules.kept_open)
    held = hold(programme(case.home, case.ready.options, terms, free)(seen.tree, seen.data))
    lost = []
    for rule in (nothing_rule(solved), calm_rule("", solved)):
        keep(held, rule)
        found = resolve(held, request.time_limit)
        lost.append(
            float("nan") if found is None else loss_if_it_comes(tell(found, seen, case.home, case.ready.options, terms))
        )
    return lost[0], lost[1]
