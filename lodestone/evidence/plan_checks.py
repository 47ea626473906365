"""Published checks of planning: what a tree is worth, risk, many stages, a stock against an embargo.

What the layer does not express is not here: a distributionally robust objective (its sets are not linear) and a
horizon without end.
"""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import yaml

from lodestone.evidence.plan_instances import (
    air_conditioning,
    embargo_stock,
    farmer,
    farmer_arrays,
    farmer_data,
    hydro_valley,
    tail_mean,
)
from lodestone.respond.benders import decompose
from lodestone.respond.risk import (
    conditional_value_at_risk,
    conditional_value_at_risk_of_rewards,
    expected_plus_weighted,
    value_at_risk,
)
from lodestone.respond.solve import solve
from lodestone.respond.tree import ScenarioTree
from lodestone.respond.worth import worth
from lodestone.rng import stream

if TYPE_CHECKING:
    from linopy import LinearExpression, Model

SAMPLES = 500  # lengths of an embargo
EXACT = 1e-9  # gap of the decomposition


def farmer_values(folder: Path) -> dict[str, float]:
    """Plan on the tree, plan for the mean, what the difference costs, the risk-averse plan, the bounds of cuts.

    The first bound of the cuts is what the published floor of recourse gives; those between it and the last
    depend on which of several optimal prices the solver returns, so they are no check.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(farmer_values(data_folder() / "checks" / "farmer")["recourse problem"], 6)
    -108390.0
    """
    problem = yaml.safe_load((folder / "problem.yaml").read_text("utf-8"))
    tree, values, crops = farmer_data(folder)
    found = worth(farmer(crops, problem["acres"]), tree, values, ["acres"])
    averse = partial(_weighted, weight=problem["weight"], level=problem["level"])
    risky = solve(farmer(crops, problem["acres"], averse)(tree, values))
    cut = decompose(
        farmer_arrays(crops, values, tree, problem["acres"]), gap=EXACT, floor=[problem["floor"]] * (len(tree.node) - 1)
    )
    return {
        "mean-value problem": found.expected_value_problem,
        "recourse problem": found.recourse_problem,
        **{f"acres of {c}": a for c, a in zip(crops.index, found.plan.values["acres"].values[0], strict=True)},
        "expected result of the mean-value plan": found.expected_result_of_expected_value,
        "value of the stochastic solution": found.value_of_stochastic_solution,
        "expected plus weighted tail mean": risky.objective,
        "first bound of the cuts": cut.bounds[0],
        "last bound of the cuts": cut.bound,
    }


def farmer_ours(folder: Path) -> dict[str, float]:
    """Figures of the same problem that are ours: no publication prints them.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(farmer_ours(data_folder() / "checks" / "farmer-ours")["wait and see"], 2)
    -115405.56
    """
    given = folder.parent / "farmer"
    problem = yaml.safe_load((given / "problem.yaml").read_text("utf-8"))
    tree, values, crops = farmer_data(given)
    acres, level = problem["acres"], problem["level"]
    found = worth(farmer(crops, acres), tree, values, ["acres"])
    risky = solve(farmer(crops, acres, partial(_weighted, weight=problem["weight"], level=level))(tree, values))
    tail = solve(farmer(crops, acres, lambda m, _, losses, t: tail_mean(m, losses, t, level))(tree, values))
    return {
        "wait and see": found.wait_and_see,
        "expected value of perfect information": found.expected_value_of_perfect_information,
        **{f"acres of {c}, averse": a for c, a in zip(crops.index, risky.values["acres"].values[0], strict=True)},
        "threshold, averse": risky.values["loss threshold"].item(),
        "tail mean alone": tail.objective,
    }


def tail_means(folder: Path) -> dict[str, float]:
    """The tail of a few outcomes, where one of them straddles its edge.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> tail_means(data_folder() / "checks" / "tail-mean")["conditional value at risk, losses"]
    36.25
    """
    outcomes = pd.read_csv(folder / "outcomes.csv")
    size, chance = outcomes["outcome"].to_numpy(float), outcomes["probability"].to_numpy(float)
    level = float(outcomes["level"].iloc[0])
    return {
        "value at risk, losses": value_at_risk(size, chance, level),
        "conditional value at risk, losses": conditional_value_at_risk(size, chance, level),
        "conditional value at risk, rewards": conditional_value_at_risk_of_rewards(size, chance, level),
    }


def air_conditioning_values(folder: Path) -> dict[str, float]:
    """Least expected cost of three months, and the first of them.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(air_conditioning_values(data_folder() / "checks" / "air-conditioning")["least cost"], 6)
    62500.0
    """
    tree, values, build = air_conditioning(folder)
    found = solve(build(tree, values))
    first = {name: found.values[name].isel(node=0).item() for name in ("made", "stored")}
    return {"least cost": found.objective} | {f"{name} in the first month": value for name, value in first.items()}


def hydro_valley_values(folder: Path) -> dict[str, float]:
    """Best profit of the valley by what is uncertain, and the value nested over its stages.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(hydro_valley_values(data_folder() / "checks" / "hydro-valley")["prices"], 6)
    851.8
    """
    averse = yaml.safe_load((folder / "problem.yaml").read_text("utf-8"))["nested"]
    cases = {
        "certain": (False, False, None),
        "inflows": (True, False, None),
        "prices": (False, True, None),
        "inflows and prices": (True, True, None),
        "inflows and prices, nested risk": (True, True, (averse["share"], averse["level"])),
    }
    figures = {}
    for name, case in cases.items():
        tree, values, build = hydro_valley(folder, *case)
        figures[name] = -solve(build(tree, values)).objective
    return figures


def embargo_stocks(folder: Path) -> dict[str, float]:
    """Stock and yearly cost on sampled lengths, to be held against the closed form of the exponential length.

    One length is drawn from each of equally likely parts of the distribution, by the inverse of its
    distribution function.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> figures = embargo_stocks(data_folder() / "checks" / "embargo-stock")
    >>> abs(figures["yearly cost, a tenth a year of one year"] / 119314718.06 - 1) < 0.01
    True
    """
    figures = {}
    for case in pd.read_csv(folder / "cases.csv").to_dict("records"):
        lengths = sampled_lengths(SAMPLES, float(case["mean_years"]))
        given = (float(case[name]) for name in ("yearly_probability", "loss", "holding", "demand"))
        tree, values, build = embargo_stock(lengths, *given)
        found = solve(build(tree, values))
        figures[f"stock, {case['case']}"] = found.values["stock"].item()
        figures[f"yearly cost, {case['case']}"] = found.objective
    return figures


def sampled_lengths(count: int, mean_years: float) -> np.ndarray:
    """Equally likely lengths of an embargo, one from each of as many equally likely parts, in rising order.

    Parameters
    ----------
    count : int
    mean_years : float
        Of the exponential distribution. [years]

    Returns
    -------
    array (count,)
        [years]

    Examples
    --------
    >>> bool((np.diff(sampled_lengths(10, 1.0)) > 0).all())
    True
    """
    inside = stream(1, "embargo.length").random(count)
    return -mean_years * np.log1p(-(np.arange(count) + inside) / count)


def _weighted(
    model: Model, expected: LinearExpression, losses: LinearExpression, tree: ScenarioTree, weight: float, level: float
) -> LinearExpression:
    return expected_plus_weighted(expected, tail_mean(model, losses, tree, level), weight)
