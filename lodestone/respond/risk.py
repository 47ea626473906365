"""Conditional value at risk: exact for a finite list of outcomes, and linear for a programme.

The level says how much of the distribution is left out: at 0.8 the measure is the mean over the worst
fifth. Losses have their bad end above, rewards below; the two forms have names of their own. Two
conventions weigh it against the mean and give different numbers: `expected_plus_weighted` and
`convex_combination`. All of these look at the total at the end of a scenario, which is not consistent over time: a
plan that is best for the total may not be the one wanted once half of it has happened. `add_nested`
is consistent and is not the measure of the total; numbers of the two are never compared.
Where the probabilities themselves are in doubt, `worst_expectation` is the mean under the worst of those near them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

import numpy as np
import xarray as xr

from lodestone.errors import BalanceError, PlanError
from lodestone.respond.tree import ScenarioTree, edges, paths

if TYPE_CHECKING:
    from linopy import LinearExpression, Model

    Term = TypeVar("Term", float, LinearExpression)
else:
    Term = TypeVar("Term")

TOLERANCE = 1e-9  # by which probabilities may miss 1


def value_at_risk(losses: np.ndarray, probability: np.ndarray, level: float) -> float:
    """The smallest loss that is not exceeded with at least the probability ``level``.

    Parameters
    ----------
    losses, probability : array (scenario,)
        Loss [any unit] and probability [fraction; sums to 1] of each outcome.
    level : float
        From 0 to below 1.

    Returns
    -------
    float
        In the unit of the losses.

    Raises
    ------
    BalanceError
        If the probabilities do not sum to 1 or one is below zero.
    PlanError
        If the level is outside 0 to 1, or losses and probabilities differ in length.

    Examples
    --------
    >>> value_at_risk(np.array([10.0, 20.0, 30.0, 40.0]), np.full(4, 0.25), 0.6)
    30.0
    """
    losses, probability = _checked(losses, probability, level)
    order = np.argsort(losses, kind="stable")
    reached = np.cumsum(probability[order])
    return float(losses[order][min(int(np.searchsorted(reached, level - TOLERANCE)), len(losses) - 1)])


def conditional_value_at_risk(losses: np.ndarray, probability: np.ndarray, level: float) -> float:
    """Mean loss over the worst ``1 - level`` of the distribution (upper tail).

    Exact where an outcome straddles the edge of the tail: only the part of its probability that the tail
    needs is counted [1]_, where a mean of the k worst outcomes counts all or nothing.

    Parameters
    ----------
    losses, probability : array (scenario,)
        Loss [any unit] and probability [fraction; sums to 1] of each outcome.
    level : float
        From 0 (the mean) to below 1.

    Returns
    -------
    float
        In the unit of the losses.

    Raises
    ------
    BalanceError, PlanError
        As of `value_at_risk`.

    Examples
    --------
    >>> conditional_value_at_risk(np.array([10.0, 20.0, 30.0, 40.0]), np.full(4, 0.25), 0.6)
    36.25

    References
    ----------
    .. [1] R. T. Rockafellar and S. Uryasev, "Conditional value-at-risk for general loss distributions",
       J. Bank. Finance, vol. 26, no. 7, pp. 1443-1471, 2002.
    """
    edge = value_at_risk(losses, probability, level)
    losses, probability = _checked(losses, probability, level)
    return float(edge + (probability * np.maximum(losses - edge, 0.0)).sum() / (1.0 - level))


def conditional_value_at_risk_of_rewards(rewards: np.ndarray, probability: np.ndarray, level: float) -> float:
    """Mean reward over the worst ``1 - level`` of the distribution (lower tail).

    Parameters
    ----------
    rewards, probability : array (scenario,)
        Reward [any unit] and probability [fraction; sums to 1] of each outcome.
    level : float
        From 0 (the mean) to below 1.

    Returns
    -------
    float
        In the unit of the rewards.

    Raises
    ------
    BalanceError, PlanError
        As of `value_at_risk`.

    Examples
    --------
    >>> conditional_value_at_risk_of_rewards(np.array([10.0, 20.0, 30.0, 40.0]), np.full(4, 0.25), 0.6)
    13.75
    """
    return -conditional_value_at_risk(-np.asarray(rewards, dtype=float), probability, level)


def worst_expectation(losses: np.ndarray, probability: np.ndarray, radius: float) -> float:
    """Mean loss under the worst of all distributions near one: those within ``radius`` of it in total variation.

    The total variation of two distributions of the same outcomes is half the sum of the absolute differences of their
    probabilities: the most probability that has to be moved. The worst moves it from the smallest losses to the
    largest, so that the mean is (1 - radius) x CVaR at level radius + radius x the largest loss [1]_.

    Parameters
    ----------
    losses, probability : array (scenario,)
        Loss [any unit] and probability [fraction; sums to 1] of each outcome.
    radius : float
        From 0 (the probabilities as they are) to 1 (any at all: the largest loss). [fraction]

    Returns
    -------
    float
        In the unit of the losses.

    Raises
    ------
    BalanceError, PlanError
        As of `value_at_risk`; a radius outside 0 to 1.

    Examples
    --------
    >>> loss, chance = np.array([10.0, 20.0, 30.0, 40.0]), np.full(4, 0.25)
    >>> worst_expectation(loss, chance, 0.25)  # the first quarter moves to the last outcome
    32.5

    References
    ----------
    .. [1] R. Jiang and Y. Guan, "Risk-averse two-stage stochastic program with distributional ambiguity", Oper. Res.,
       vol. 66, no. 5, pp. 1390-1405, 2018.
    """
    _check_radius(radius)
    if radius == 1.0:
        return float(np.max(losses))
    tail = conditional_value_at_risk(losses, probability, radius)
    return (1.0 - radius) * tail + radius * float(np.max(losses))


def expected_plus_weighted(expected: Term, conditional: Term, weight: float) -> Term:
    """expected + weight x CVaR: a weight of 0 is the cheapest plan on average, and there is no largest.

    Parameters
    ----------
    expected, conditional : float or LinearExpression
        Expected cost and its conditional value at risk, in one unit.
    weight : float
        0 or more; what a unit of CVaR is worth in units of expected cost.

    Returns
    -------
    float or LinearExpression

    Raises
    ------
    PlanError
        If the weight is below zero.
    """
    if not weight >= 0.0:
        raise PlanError(f"a risk weight of {weight:g} rewards risk. Give 0 or more.")
    return expected + weight * conditional


def convex_combination(expected: Term, conditional: Term, share: float) -> Term:
    """(1 - share) x expected + share x CVaR: from the cheapest plan on average to the tail alone.

    Parameters
    ----------
    expected, conditional : float or LinearExpression
        Expected cost and its conditional value at risk, in one unit.
    share : float
        From 0 to 1.

    Returns
    -------
    float or LinearExpression

    Raises
    ------
    PlanError
        If the share is outside 0 to 1.
    """
    if not 0.0 <= share <= 1.0:
        raise PlanError(f"a risk share of {share:g} is no fraction. Give 0 to 1, or use expected_plus_weighted.")
    return (1.0 - share) * expected + share * conditional


def add_conditional_value_at_risk(
    model: Model, losses: LinearExpression, probability: xr.DataArray, level: float, name: str = "loss"
) -> LinearExpression:
    """Add the linear form of the conditional value at risk of losses to a programme that minimises.

    Adds the threshold "{name} threshold", "{name} excess" of each scenario over it and the rows that bind
    them; at the optimum the threshold is a value at risk where the measure has weight in the objective.

    Parameters
    ----------
    model : linopy.Model
    losses : LinearExpression, dims (scenario,)
        Total loss of each scenario, in the unit of the objective.
    probability : DataArray, dims (scenario,)
        With the labels of the losses. [fraction; sums to 1]
    level : float
        From 0 to below 1.
    name : str
        What the variables are named after.

    Returns
    -------
    LinearExpression
        threshold + 1 / (1 - level) x sum of probability x excess.

    Raises
    ------
    BalanceError, PlanError
        As of `value_at_risk`.
    """
    _checked(np.zeros([losses.sizes[d] for d in losses.coord_dims]), probability.values, level)
    threshold = model.add_variables(name=f"{name} threshold")
    excess = model.add_variables(lower=0.0, coords=probability.coords, name=f"{name} excess")
    model.add_constraints(excess + threshold - losses >= 0.0, name=f"{name} excess over threshold")
    return threshold + (probability / (1.0 - level) * excess).sum()


def add_worst_expectation(
    model: Model, losses: LinearExpression, probability: xr.DataArray, radius: float, name: str = "loss"
) -> LinearExpression:
    """Add the linear form of `worst_expectation` to a programme that minimises.

    Adds the "{name} total" of each scenario, the "{name} threshold", what each is in "{name} excess" of it, the "{name} largest"
    of all, and the rows that bind them.

    Parameters
    ----------
    model : linopy.Model
    losses : LinearExpression, dims (scenario,)
        Total loss of each scenario, in the unit of the objective.
    probability : DataArray, dims (scenario,)
        With the labels of the losses. [fraction; sums to 1]
    radius : float
        Total variation within which probabilities may be others, from 0 to below 1.
    name : str
        What the variables are named after.

    Returns
    -------
    LinearExpression
        (1 - radius) x threshold + sum of probability x excess + radius x largest.

    Raises
    ------
    BalanceError, PlanError
        As of `worst_expectation`.
    """
    _check_radius(radius)
    total = model.add_variables(coords=probability.coords, name=f"{name} total")
    model.add_constraints(total - losses == 0.0, name=f"{name} total of a scenario")
    largest = model.add_variables(name=f"{name} largest")
    model.add_constraints(largest - total >= 0.0, name=f"{name} largest of all")
    tail = add_conditional_value_at_risk(model, 1.0 * total, probability, radius, name)
    return (1.0 - radius) * tail + radius * largest


def add_nested(
    model: Model, costs: LinearExpression, tree: ScenarioTree, share: float, level: float, name: str = "cost"
) -> LinearExpression:
    """Add a measure of risk nested over the stages of a tree: at each node, of what its children lead to.

    value(node) = cost(node) + (1 - share) x mean of value(child) + share x CVaR of value(child)

    Consistent over time, and no CVaR of the total: never compare it with `add_conditional_value_at_risk`.

    Parameters
    ----------
    model : linopy.Model
        One that minimises.
    costs : LinearExpression, dims (node,)
        What each node itself costs, not weighted by its probability, in the order of the tree's nodes.
    tree : ScenarioTree
        With one node at stage 0.
    share : float
        Weight of the tail at each node, from 0 to 1.
    level : float
        From 0 to below 1.
    name : str
        What the variables are named after.

    Returns
    -------
    LinearExpression
        The value of stage 0.

    Raises
    ------
    PlanError
        If the level or the share is outside its range, or stage 0 has several nodes.
    """
    if tree.stage.count(0) != 1 or not 0.0 <= share <= 1.0:
        raise PlanError("nested risk needs one node at stage 0 and a share from 0 to 1. Mend the tree or the share.")
    _checked(np.zeros(1), np.ones(1), level)
    value = model.add_variables(coords={"node": list(tree.node)}, name=f"{name} to come")
    inner = [node for node in tree.node if node in set(tree.parent)]
    last = [node for node in tree.node if node not in set(tree.parent)]
    model.add_constraints(value.sel(node=last) - costs.sel(node=last) >= 0.0, name=f"{name} at the end")
    if not inner:
        return 1.0 * value.sel(node=last[0])
    later, before = edges(tree)
    chance = [p for p, parent in zip(tree.conditional_probability, tree.parent, strict=True) if parent]
    given = xr.DataArray(chance, {"node": later}, ("node",))
    family = xr.DataArray(before, {"node": later}, ("node",), name="parent")
    threshold = model.add_variables(coords={"node": inner}, name=f"{name} threshold")
    excess = model.add_variables(lower=0.0, coords={"node": later}, name=f"{name} excess")
    over = excess + threshold.sel(node=before).assign_coords(node=later) - value.sel(node=later)
    model.add_constraints(over >= 0.0, name=f"{name} excess over threshold")
    ahead = given * ((1.0 - share) * value.sel(node=later) + share / (1.0 - level) * excess)
    met = ahead.groupby(family).sum().rename(parent="node").sel(node=inner)
    right = costs.sel(node=inner) + met + share * threshold
    model.add_constraints(value.sel(node=inner) - right >= 0.0, name=f"{name} before the end")
    return 1.0 * value.sel(node=tree.node[0])


def scenario_total(tree: ScenarioTree, costs: LinearExpression) -> LinearExpression:
    """What each scenario costs in all: the sum over the nodes it passes.

    Parameters
    ----------
    tree : ScenarioTree
    costs : LinearExpression, dims (node,)
        What each node itself costs, not weighted by its probability.

    Returns
    -------
    LinearExpression, dims (scenario,)
        Scenarios are named by their last node.
    """
    walks = paths(tree)
    return costs.rename(node="at").sel(at=walks).drop_vars("at").sum("stage")


def _check_radius(radius: float) -> None:
    if not 0.0 <= radius <= 1.0:
        raise PlanError(f"an ambiguity of {radius:g} is no share of probability. Give 0 to 1: 0.1 lets a tenth move.")


def _checked(losses: np.ndarray, probability: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    losses, probability = np.asarray(losses, dtype=float), np.asarray(probability, dtype=float)
    if not 0.0 <= level < 1.0:
        raise PlanError(f"a level of {level:g} leaves no tail. Give 0 to below 1: 0.8 is the worst fifth.")
    if losses.shape != probability.shape:
        raise PlanError(f"{losses.size} outcomes have {probability.size} probabilities. Give one for each.")
    if (probability < 0.0).any() or not abs(probability.sum() - 1.0) <= TOLERANCE:
        raise BalanceError(f"probabilities sum to {probability.sum():.6g}, not 1, or one is below zero. Mend them.")
    return losses, probability
