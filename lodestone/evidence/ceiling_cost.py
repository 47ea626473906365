"""What a ceiling on the share from one economy costs, which stage binds, and whether it can be met at all."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lodestone.evidence.plan_case import Case, solve_case
from lodestone.respond.ceiling import over_ceiling, shares_of_forms
from lodestone.respond.options import Rules
from lodestone.respond.outlook import PARTS, in_calm

FINE = 1000.0  # million USD a tonne above the ceiling: more than any plant costs
LEAST = 1e-3  # t: less is rounding


@dataclass(frozen=True)
class CeilingCost:
    """``cost``: what keeping the ceiling adds to cost and loss, million USD of 2024, expected and discounted; misses are not
    in it. ``stages`` (form): ``base``, the issuer's share of the economy's own purchases in the base year; ``with_plan``, in the last
    calm node; ``over``, t a year above the ceiling that nothing can avoid.
    """

    economy: str
    ceiling: float
    years: float
    cost: float
    stages: pd.DataFrame

    @property
    def met(self) -> bool:
        """Whether the ceiling can be met at every stage."""
        return bool((self.stages["over"] <= LEAST).all())


def ceiling_cost(case: Case, ceiling: float, years: float, forms: tuple[str, ...]) -> CeilingCost:
    """Solve a case with a ceiling that may be missed at a fine, and without one.

    Parameters
    ----------
    case : Case
    ceiling : float
        Largest share of what is bought or brought. [0..1]
    years : float
        From now, from when on.
    forms : tuple of str
        Stages, as forms of products.
    """
    rules = Rules(ceiling=ceiling, ceiling_years=years, ceiling_forms=forms, fine=FINE)
    kept, free = solve_case(case, rules), solve_case(case, Rules())
    fines = FINE * float(over_ceiling(kept, case.outlook, case.terms).sum())
    last = [node for node in case.outlook.tree.node if in_calm(node)][-1]
    late = shares_of_forms(kept, case.home, case.ready.options, f"{last}/{PARTS - 1}", forms)
    span = float(case.outlook.data["weeks"].sel(node=last).sum()) / 52.0
    over = kept.values["over"].sel(slot=f"{last}/{PARTS - 1}").to_series() / span
    base = case.home.imports.groupby(case.home.form.rename("form")).sum().to_pandas()
    stages = pd.DataFrame({"base": base["issuer"] / base.sum(axis=1), "with_plan": late, "over": over}).loc[list(forms)]
    return CeilingCost(case.home.economy, ceiling, years, kept.objective - fines - free.objective, stages)
