"""The shipped rare-earth baseline against its inputs: whole, current, balanced, and of stated reach."""

from __future__ import annotations

import re

import numpy as np
import pytest

from lodestone.baseline.build import Ingredients, Reconciled, checksum, gather, reconcile_once
from lodestone.baseline.describe import describe
from lodestone.baseline.place import baseline_folder
from lodestone.baseline.prior import PRIORS
from lodestone.baseline.store import Baseline, read_baseline
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from tests.baseline.balanced import assert_balanced

MATERIAL, YEAR = "rare_earths", 2024
FOLDER = baseline_folder(data_folder(), MATERIAL, YEAR)


@pytest.fixture(scope="module")
def base() -> Ingredients:
    return gather(data_folder(), MATERIAL, YEAR, read_facts())


@pytest.fixture(scope="module")
def point(base: Ingredients) -> Reconciled:
    return reconcile_once(base, PRIORS[0])


@pytest.fixture(scope="module")
def stored() -> Baseline:
    return read_baseline(FOLDER)


def test_the_stored_baseline_is_of_the_present_inputs(base, stored):
    assert stored.checksum == checksum(base), (
        "facts, topology or assumptions changed since the baseline was made: "
        "run 'lodestone baseline --rebuild' and commit data/baseline with the change"
    )


def test_reconciling_again_gives_the_stored_point(base, point, stored):
    route = ["product", "origin", "destination"]
    first = base.cells.starts
    again = base.cells.trade.assign(flow=point.solution.x[first[1] : first[2]]).set_index(route)["flow"]
    kept = stored.networks[PRIORS[0]].trade.set_index(route)["flow"]
    again = again.reindex(kept.index)
    assert np.allclose(again, kept, rtol=1e-6, atol=1e-6 * kept.max())


def test_the_point_balances(point):
    assert point.solution.balance_error < 1e-9


@pytest.mark.parametrize("version", PRIORS)
def test_the_stored_networks_balance(stored, version):
    assert_balanced(stored.networks[version], 1e-9)


@pytest.mark.parametrize("draw", [0, 1, 98, 199])
def test_a_stored_draw_balances(stored, draw):
    assert_balanced(stored.networks[PRIORS[0]], 1e-9, stored.draws, draw)


def test_no_stored_draw_is_negative(stored):
    for name in ("trade", "activity", "stock_change", "input_coefficient", "output_coefficient"):
        assert getattr(stored.draws, name).min() >= 0, name
    assert stored.draws.size >= 200


def test_every_observation_meets_one_fact(base):
    assert base.found.skipped == base.stand_ins == (), (
        "these selectors of observations.csv meet no usable fact; mend or drop them"
    )
    assert len(base.found.table) == len(base.topology.observations)


def test_observations_left_without_a_cell_are_listed(point, stored):
    assert all(re.fullmatch(r"\w+ \(no cell\)", name) for name in point.observations.skipped)
    assert stored.skipped == point.observations.skipped
    assert describe(stored)["observations_without_fact_or_cell"] == list(stored.skipped)


def test_no_observation_rests_on_tier_c(base):
    assert set(base.found.table["tier"]) <= {"A", "B"}
    assert set(base.found.table["status"]) - {"reported", "derived", "estimated"} == set()


def test_reach_of_the_network(stored):
    network = stored.networks[PRIORS[0]]
    processes = network.nodes[network.nodes["kind"] == "process"]
    uses = network.nodes[network.nodes["kind"] == "use"]
    assert network.nodes["economy"].nunique() >= 24
    assert network.composition.sizes["element"] >= 16
    assert uses["process"].nunique() >= 12
    assert {"mine", "separation", "metal", "alloy", "magnet", "component"} <= set(processes["stage"])


def test_a_magnet_keeps_its_grade_at_both_ends(stored):
    for network in stored.networks.values():
        stage = network.products.set_index("product")["stage"]
        magnets = [p for p in stage.index[stage == "magnet"] if p in set(network.trade["product"])]
        recipe = network.inputs.merge(network.outputs, on="node", suffixes=("_in", "_out"))
        for magnet in (p for p in magnets if network.products.set_index("product").at[p, "form"] == "magnet"):
            grade = network.composition.sel(product=magnet)
            assert float(grade.sum()) == pytest.approx(1.0, abs=1e-12)
            made_from = recipe.loc[recipe["product_out"] == magnet, "product_in"].unique()
            for alloy in made_from:  # the sender's alloy and what the receiver builds in have the grade's elements
                assert np.allclose(network.composition.sel(product=alloy), grade, atol=1e-12), (magnet, alloy)


def test_stocked_rare_earths_are_those_mined_beyond_need(stored):
    network = stored.networks[PRIORS[0]]
    piled = network.stock_change.groupby("product")["change"].sum().sort_values()
    assert set(piled.index[-2:]) == {"oxide_la", "oxide_ce"}  # the basket's plenty, not its scarce heavies


def test_a_component_holds_its_grades_in_their_shares(stored):
    network = stored.networks[PRIORS[0]]
    made = network.outputs.merge(network.products[["product", "form"]], on="product")
    components = made[made["form"] == "component"]
    for node, product in zip(components["node"], components["product"], strict=True):
        taken = network.inputs[network.inputs["node"] == node]
        mix = sum(
            network.composition.sel(product=p).drop_vars("product") * c
            for p, c in zip(taken["product"], taken["coefficient"], strict=True)
        )
        assert np.allclose(mix / mix.sum(), network.composition.sel(product=product), atol=1e-12), node


def test_observed_cells_are_few_and_said_so(stored):
    told = describe(stored)
    assert told["cells"]["prior"] > told["cells"]["observed"]
    assert told["facts_used"] >= 100
    assert sum(sum(rules.values()) for rules in told["trade_cells_by_product"].values()) == len(
        stored.networks[PRIORS[0]].trade
    )
