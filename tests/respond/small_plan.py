"""A small plan on any tree, for properties that must hold for all plans: stock bought ahead of an uncertain need."""

import numpy as np
import pandas as pd
import xarray as xr
from hypothesis import strategies as st

from lodestone.respond.risk import (
    add_conditional_value_at_risk,
    add_worst_expectation,
    convex_combination,
    expected_plus_weighted,
    scenario_total,
)
from lodestone.respond.solve import new_model
from lodestone.respond.tree import TREE_COLUMNS, edges, leaves, probability, scenario_tree

SHORT = 50.0  # money per missing tonne


def grown(branches, chances):
    """A tree with so many children a node at each stage, and their conditional probabilities."""
    rows, front, chances = [("now", "", 0, 1.0)], ["now"], iter(chances)
    for stage, count in enumerate(branches, 1):
        ahead = []
        for parent in front:
            weight = np.array([next(chances) for _ in range(count)])
            ahead += [f"{parent}.{k}" for k in range(count)]
            rows += [(f"{parent}.{k}", parent, stage, p) for k, p in enumerate(weight / weight.sum())]
        front = ahead
    return scenario_tree(pd.DataFrame(rows, columns=TREE_COLUMNS))


@st.composite
def worlds(draw):
    """A tree of up to three stages, with need, price and home output of each node."""
    branches = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2))
    tree = grown(branches, (draw(st.integers(1, 9)) for _ in range(1000)))
    size = len(tree.node)
    figures = {
        name: ("node", np.array(draw(st.lists(st.integers(0, top), min_size=size, max_size=size)), dtype=float))
        for name, top in (("need", 20), ("price", 60))
    }
    return tree, xr.Dataset(figures, {"node": list(tree.node)})


def stock_plan(budget=np.inf, most=np.inf, weight=0.0, share=None, level=0.8, unit=1.0, money=1.0, radius=0.0):
    """Buy at most ``most`` a node within a budget on every way through the tree; what lacks costs SHORT.

    ``unit`` tonnes and ``money`` of money are one of the programme's.
    """

    def build(tree, values):
        model, nodes = new_model(), {"node": list(tree.node)}
        bought = model.add_variables(lower=0, upper=most / unit, coords=nodes, name="bought")
        held = model.add_variables(lower=0, coords=nodes, name="held")
        missing = model.add_variables(lower=0, coords=nodes, name="missing")
        later, before = edges(tree)
        first = [node for node in tree.node if node not in set(later)]
        need, price = values["need"] / unit, values["price"] * unit / money
        left = bought + missing - held
        model.add_constraints(left.sel(node=first) == need.sel(node=first), name="first balance")
        carried = left.sel(node=later) + held.sel(node=before).assign_coords(node=later)
        model.add_constraints(carried == need.sel(node=later), name="balance")
        if np.isfinite(budget):
            spent = scenario_total(tree, price * bought)
            model.add_constraints(spent <= budget / money, name="budget")
        losses = scenario_total(tree, price * bought + SHORT * unit / money * missing)
        chance = probability(tree).sel(node=list(leaves(tree))).rename(node="scenario")
        expected = (chance * losses).sum()
        if radius:
            model.add_objective(add_worst_expectation(model, losses, chance, radius))
        elif not weight and share is None:
            model.add_objective(expected)
        elif share is None:
            tail = add_conditional_value_at_risk(model, losses, chance, level)
            model.add_objective(expected_plus_weighted(expected, tail, weight))
        else:
            tail = add_conditional_value_at_risk(model, losses, chance, level)
            model.add_objective(convex_combination(expected, tail, share))
        return model

    return build
