"""A tree branches where it is told to, and says everything that is wrong with it at once."""

import numpy as np
import pandas as pd
import pytest
import xarray as xr
from hypothesis import given, settings

from lodestone.errors import Faults, PlanError
from lodestone.respond.tree import (
    TREE_COLUMNS,
    at_nodes,
    edges,
    fan,
    leaves,
    mean,
    paths,
    perfect_information,
    probability,
    scenario_tree,
)
from tests.respond.small_plan import worlds

ROWS = [
    ("now", "", 0, 1.0),
    ("curb", "now", 1, 0.25),
    ("calm", "now", 1, 0.75),
    ("longer", "curb", 2, 0.4),
    ("ends", "curb", 2, 0.6),
    ("still calm", "calm", 2, 1.0),
]


def table(rows):
    return pd.DataFrame(rows, columns=TREE_COLUMNS)


def test_probability_leaves_paths_and_edges_of_a_tree_by_hand():
    tree = scenario_tree(table(reversed(ROWS)))
    assert probability(tree).sel(node="longer").item() == pytest.approx(0.1)
    assert set(leaves(tree)) == {"longer", "ends", "still calm"}
    assert paths(tree).sel(scenario="ends").values.tolist() == ["now", "curb", "ends"]
    assert dict(zip(*edges(tree), strict=True))["still calm"] == "calm"


def test_all_faults_are_told_at_once_with_their_rows():
    wrong = [
        ("now", "", 0, 1.0),
        ("curb", "now", 1, 0.25),
        ("calm", "now", 1, 0.7),
        ("calm", "now", 1, 0.0),
        ("lost", "nowhere", 1, 1.0),
        ("early", "curb", 1, 1.0),
        ("a", "b", 2, 1.0),
        ("b", "a", 2, 1.0),
        ("deep", "calm", 2, 1.5),
        ("alone", "", 1, 0.0),
    ]
    with pytest.raises(Faults) as raised:
        scenario_tree(table(wrong), where="tree.csv")
    told = [(fault.line, fault.what) for fault in raised.value.faults]
    assert (4, "label 'calm' stands on two rows") in told
    assert (5, "parent 'nowhere' is no node") in told
    assert (6, "'early' is at stage 1, its parent at 1") in told
    assert (7, "'a' comes before itself") in told and (8, "'b' comes before itself") in told
    assert (9, "probability of 'deep' is 1.5") in told
    assert (10, "'alone' is at stage 1 without a parent") in told
    assert (2, "probabilities after 'now' sum to 0.95, not 1") in told
    assert (5, "the scenario that ends in 'lost' stops at stage 1 of 2") in told


def test_a_column_that_is_not_there_is_named():
    with pytest.raises(PlanError, match="no column stage"):
        scenario_tree(table(ROWS).drop(columns="stage"))


def test_the_fan_shares_only_the_first_decision_and_perfect_information_none():
    tree = scenario_tree(table(ROWS))
    spread, alone = fan(tree), perfect_information(tree)
    assert spread.stage.count(0) == 1 and spread.stage.count(1) == 3
    assert alone.stage.count(0) == 3
    assert alone.state[:3] == ("now",) * 3


@settings(deadline=None, max_examples=40)
@given(worlds())
def test_every_derived_tree_holds_the_same_scenarios(world):
    tree, values = world
    chance = dict(zip(leaves(tree), probability(tree).sel(node=list(leaves(tree))).values, strict=True))
    for derived in (fan(tree), perfect_information(tree)):
        found = probability(derived).sel(node=list(leaves(derived)))
        ends = [derived.state[derived.node.index(leaf)] for leaf in leaves(derived)]
        assert dict(zip(ends, found.values, strict=True)) == pytest.approx(chance)
        assert at_nodes(derived, values)["need"].sizes["node"] == len(derived.node)
    chain, by_stage = mean(tree, values)
    for stage, node in enumerate(chain.node):
        at = [k for k, s in enumerate(tree.stage) if s == stage]
        weighted = float((probability(tree) * values["need"]).isel(node=at).sum())
        assert by_stage["need"].sel(node=node).item() == pytest.approx(weighted)


def test_mean_keeps_what_has_no_node_and_the_label_of_the_first():
    tree = scenario_tree(table(ROWS))
    values = xr.Dataset({"need": ("node", np.arange(6.0)), "price": 3.0}, {"node": list(tree.node)})
    chain, by_stage = mean(tree, values)
    assert chain.node[0] == "now"
    assert by_stage["price"].item() == 3.0


def test_values_for_a_node_that_has_none_are_asked_for():
    tree = scenario_tree(table(ROWS))
    with pytest.raises(PlanError, match="no values for node 'calm'"):
        at_nodes(tree, xr.Dataset({"need": ("node", [1.0])}, {"node": ["now"]}))
    with pytest.raises(PlanError, match="starts in 3 nodes"):
        mean(perfect_information(tree), xr.Dataset())
