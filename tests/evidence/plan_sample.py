"""Answers beside a plan, made up: what a writer of them is tested on without a solve."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from lodestone.evidence.plan_answers import Answers
from lodestone.evidence.plan_benefit import RESERVE as STOCK
from lodestone.evidence.plan_benefit import Benefit
from lodestone.evidence.plan_ends import End, Ends
from lodestone.evidence.plan_research import Researched
from lodestone.evidence.plan_tested import NOTHING, PLAN, Tested
from lodestone.respond.answering import DETERRED, PROVOKED, FixedPoint, Leader, Strike
from lodestone.respond.break_even import LEVER, RESERVE, BreakEven, Price
from lodestone.respond.frontier import Point
from lodestone.respond.one_more import TONNE, WEEK, OneMore
from lodestone.respond.price_floor import PriceFloor
from lodestone.respond.research import Research
from lodestone.respond.worth import Worth
from lodestone.simulate.nouns import Range
from tests.evidence.plan_world import ASSUMPTIONS, LEVERS

ONE = Range(1.0, 2.0, 4.0)
NAMES = {"oxide_heavy": "oxide of heavy elements"}
SHARES = pd.Series({"sourced": 0.25, "transferred": 0.0, "assumed": 0.75})


def sample_answers() -> Answers:
    """One of each."""
    plan: Any = SimpleNamespace()
    return Answers(
        worth=Worth(80.0, 100.0, float("inf"), 90.0, 95.0, float("inf"), 10.0, 5.0, 1e-6, plan),
        frontier=(Point(0.0, 0.0, 90.0, 200.0, 90.0), Point(5.0, 4.0, 30.0, 70.0, 34.0), Point(9.0, 4.1, 29.9, 69.0, 34.0)),
        one_more=(
            OneMore("oxide_heavy", TONNE, 1.0, 3.0, 4.0, 2.5, 0.4),
            OneMore("oxide_heavy", WEEK, 7.0, 9.0, None, 8.0, float("nan")),
        ),
        break_even=(BreakEven("mine", LEVER, 0.02, 0.05), BreakEven("plant", LEVER, 0.8, None), BreakEven("oxide_heavy", RESERVE, 0.0, 0.005)),
        prices=(Price("plant", 5.0, 3.0, 0.02, None),),
        ends=Ends((End("plan.discount_rate", "low", 0.02, 130.0, 12.0, 118.0, ("plant",), ("oxide_heavy",)),), SHARES),
        tested=(Tested(PLAN, np.array([90.0, 110.0])), Tested(NOTHING, np.array([300.0, 310.0]))),
        floors=(
            PriceFloor("mine", True, 20.0, 350.0, ONE, ONE, ONE, ONE),
            PriceFloor("plant", False, 20.0, float("nan"), ONE, ONE, ONE, ONE),
        ),
        answering=(
            FixedPoint(DETERRED, 0.5, 0.06, 0.06, 0.8, 10.0, 60.0, 300.0),
            FixedPoint(PROVOKED, 0.5, 0.14, 0.14, 0.8, 12.0, 140.0, 310.0),
        ),
        leader=Leader(Strike(0.25, "deep", 900.0), 300.0, Strike(3.0, "deep", 1500.0), 700.0),
        research=Researched(
            (Research("mine", 3.0, (0.2, 0.4, 0.8), (5.0, 10.0, 20.0), (4.0, 9.0, 20.0), 26.0, 0.43),
             Research("plant", 3.0, (0.2, 0.4, 0.8), (5.0, 10.0, 20.0), (0.0, 0.0, 0.0), 0.0, None)),
            (("plant", "its success would show too late"),),
        ),
        cost_rests_on=SHARES,
        benefit=Benefit(70.0, pd.DataFrame({"lever": ["mine", STOCK], "avoided": [10.0, 60.0], "basis": ["sourced", "assumed"]}), SHARES),
    )  # fmt: skip


def sample_response(answers: Answers) -> Any:
    """A response that holds them, with what a writer reads besides."""
    curb = SimpleNamespace(yearly=0.1)
    case = SimpleNamespace(curb=curb, assumptions=ASSUMPTIONS)
    return SimpleNamespace(
        answers=answers, levers=LEVERS, names=NAMES, case=case, plan=SimpleNamespace(objective=100.0)
    )
