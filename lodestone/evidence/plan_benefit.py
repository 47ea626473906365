"""What the benefit of a plan rests on: the loss each of its levers avoids, by what the lever's size and lead time rest on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lodestone.errors import SolverError
from lodestone.evidence.plan_case import Case
from lodestone.respond.held import Held, columns, hold, resolve, set_bounds
from lodestone.respond.lever_rows import BASES
from lodestone.respond.nouns import Lever
from lodestone.respond.options import Rules
from lodestone.respond.plan import Plan, tell
from lodestone.respond.programme import programme
from lodestone.respond.solve import Solved

RESERVE = "reserve"
LEAST = 1e-4  # t a year: less is rounding


@dataclass(frozen=True)
class Benefit:
    """``avoided``: expected discounted loss that the plan avoids beside doing nothing [million USD of 2024]. ``by_lever``: lever (id, or
    `RESERVE` for all that is bought for stock), avoided (what is lost more without it, all else as planned), basis. ``shares``: of
    the sum of these by basis; they may add up to more or less than ``avoided``, for levers need or replace each other."""

    avoided: float
    by_lever: pd.DataFrame
    shares: pd.Series


def find_benefit(
    case: Case, rules: Rules, best: Solved, plan: Plan, nothing: Plan, time_limit: float | None
) -> Benefit:
    """Take each lever out of a plan by turn, and all that is bought for stock; what was committed to and bought else stays.

    A lever rests on the weaker of what its size and its lead time rest on. What can be bought and held a year is
    assumed, so the reserve is. All of it rests besides on the probability and the depth of a curb, which are assumed.

    Parameters
    ----------
    case : Case
    rules : Rules
    best : Solved
        The plan's programme.
    plan, nothing : Plan
    time_limit : float or None
        Seconds for each solve.
    """
    free = Rules(allotted=rules.allotted, kept_open=rules.kept_open)
    held = hold(programme(case.home, case.ready.options, case.terms, free)(case.outlook.tree, case.outlook.data))
    commit, fills = best.values["commit"].clip(min=0.0), best.values["fills"].clip(min=0.0)
    taken = [str(one) for one in commit["lever"].values[(commit.max("node") > LEAST).values]]

    def lost(commits: float, bought: float, without: str = "") -> float:
        keep = commit * commits
        if without:
            keep = keep.where(keep["lever"] != without, 0.0)
        for name, asked in (("commit", keep), ("fills", fills * bought)):
            _fix(held, name, asked.transpose(*columns(held, name).dims).values)
        solved = resolve(held, time_limit)
        if solved is None:
            raise SolverError("what a plan commits to and buys could not be kept. Give the solver more time.")
        told = tell(solved, case.outlook, case.home, case.ready.options, case.terms)
        return float(told.costs["loss of value added"])

    now = lost(1.0, 1.0)
    bases = {lever.lever: weaker(lever) for lever in case.levers}
    rows = [(one, max(lost(1.0, 1.0, one) - now, 0.0), bases.get(one, BASES[-1])) for one in taken]
    if float(fills.sum()) > LEAST:
        rows.append((RESERVE, max(lost(1.0, 0.0) - now, 0.0), BASES[-1]))
    table = pd.DataFrame(rows, columns=["lever", "avoided", "basis"]).astype({"avoided": float})
    avoided = float(nothing.costs["loss of value added"] - plan.costs["loss of value added"])
    return Benefit(avoided, table, shares_by(table.groupby("basis")["avoided"].sum().to_dict()))


def weaker(lever: Lever) -> str:
    """The weaker of what a lever's size and its lead time rest on."""
    return max((lever.basis_capacity, lever.basis_lead), key=BASES.index)


def shares_by(sums: Mapping[str, float]) -> pd.Series:
    """Sums by basis as shares of their total, NaN where there is nothing.

    >>> shares_by({"sourced": 1.0, "assumed": 3.0}).to_dict()
    {'sourced': 0.25, 'transferred': 0.0, 'assumed': 0.75}
    """
    total = sum(sums.values())
    return pd.Series({basis: sums.get(basis, 0.0) / total if total > 0.0 else float("nan") for basis in BASES})


def _fix(held: Held, name: str, value: np.ndarray) -> None:
    set_bounds(held, columns(held, name).values, value, value)
