"""What a tree is worth: the cost of a plan on it beside plans that know less, and plans that know more.

A programme is a function of a tree and the data at its nodes: ``build(tree, values)`` returns a model that
minimises. Its decisions have the dimension ``node``, a cost at a node is weighted by the node's
probability, and nothing else in it may depend on how the scenarios hang together. The same function then
serves four trees of the same scenarios:

    WS <= fan <= RP <= EEV

with WS everything known, fan everything known after the first decision, RP the tree itself, EEV the tree
with the first decision of the plan for mean values. The order holds for any measure of risk that `build` puts
into the objective, for each step only takes away what may be known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import xarray as xr

from lodestone.errors import InfeasiblePlan, PlanError
from lodestone.respond.solve import Solved, solve
from lodestone.respond.tree import ScenarioTree, at_nodes, fan, mean, perfect_information

if TYPE_CHECKING:
    from linopy import Model

Build = Callable[[ScenarioTree, xr.Dataset], "Model"]


@dataclass(frozen=True)
class Worth:
    """Costs of one programme by what it knows. [unit of the objective]

    ``expected_value_problem`` (EV): of the plan for mean values, in a world of mean values.
    ``recourse_problem`` (RP): of the plan on the tree. ``expected_result_of_expected_value`` (EEV): on the
    tree, with the first decision of EV; infinite where that meets no plan. ``wait_and_see`` (WS): with all
    known from the start. ``fan``: with all known after the first decision.
    ``value_of_stochastic_solution``: EEV - RP. ``expected_value_of_perfect_information``: RP - WS.
    ``value_of_knowing_the_rest``: RP - fan, what a plan gains that may use, after its first decision, what it cannot
    know. ``gap``: the largest relative gap of the solves; below it a difference says nothing.
    ``plan``: the solved RP.
    """

    expected_value_problem: float
    recourse_problem: float
    expected_result_of_expected_value: float
    wait_and_see: float
    fan: float
    value_of_stochastic_solution: float
    expected_value_of_perfect_information: float
    value_of_knowing_the_rest: float
    gap: float
    plan: Solved


def worth(
    build: Build, tree: ScenarioTree, values: xr.Dataset, first: Sequence[str], by: Callable[[Model], Solved] = solve
) -> Worth:
    """Solve a programme on its tree and on the trees that know more or less.

    Parameters
    ----------
    build : function of (ScenarioTree, Dataset) to linopy.Model
        The data come with the dimension ``node``, those of the tree that is given.
    tree : ScenarioTree
        With one node at stage 0.
    values : Dataset
        By ``node`` of the tree.
    first : sequence of str
        Variables whose part at stage 0 is the first decision.
    by : function of linopy.Model to Solved
        `solve`, or that with a method, a limit of time or rules of its own.

    Returns
    -------
    Worth

    Raises
    ------
    PlanError
        If the tree starts in several nodes, or ``build`` makes no variable of a name in ``first`` with a node of stage 0.
    InfeasiblePlan, SolverError
        As of `solve`; a first decision of EV that meets no plan is none, it makes EEV infinite.
    """
    average = by(build(*mean(tree, values)))
    model = build(tree, at_nodes(tree, values))
    recourse = by(model)
    fix_first(model, tree, average, first)
    try:
        held: Solved | None = by(model)
    except InfeasiblePlan:
        held = None
    knowing = [by(build(t, at_nodes(t, values))) for t in (fan(tree), perfect_information(tree))]
    result = held.objective if held else float("inf")
    later, all_known = (found.objective for found in knowing)
    return Worth(
        expected_value_problem=average.objective,
        recourse_problem=recourse.objective,
        expected_result_of_expected_value=result,
        wait_and_see=all_known,
        fan=later,
        value_of_stochastic_solution=result - recourse.objective,
        expected_value_of_perfect_information=recourse.objective - all_known,
        value_of_knowing_the_rest=recourse.objective - later,
        gap=max(found.gap for found in (average, recourse, *knowing, *([held] if held else []))),
        plan=recourse,
    )


def fix_first(model: Model, tree: ScenarioTree, plan: Solved, first: Sequence[str]) -> None:
    """Bind the first decision of a programme to that of a plan.

    Parameters
    ----------
    model : linopy.Model
        Gains the rows "first decision {name}".
    tree : ScenarioTree
        With one node at stage 0, which the plan has too.
    plan : Solved
    first : sequence of str
        Variables whose part at stage 0 is bound.

    Raises
    ------
    PlanError
        If a name is no variable of both with the node of stage 0.
    """
    root = tree.node[0]
    for name in first:
        found = plan.values.get(name)
        if name not in model.variables or found is None or root not in found.coords.get("node", ()):
            raise PlanError(f"no variable '{name}' with node '{root}' in the programme. Name its first decisions.")
        model.add_constraints(
            model.variables[name].sel(node=root) == found.sel(node=root, drop=True), name=f"first decision {name}"
        )
