"""By-products on their real network: scarcity and price lift recovery to the host's limit, and no further."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lodestone.baseline.hosts import FACTORS, host_limit, node_hosts
from lodestone.baseline.material import read_material
from lodestone.baseline.place import baseline_folder
from lodestone.baseline.prices import with_prices
from lodestone.baseline.prior import PRIORS
from lodestone.baseline.store import read_baseline
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.simulate.blueprint import UserFigures
from lodestone.simulate.controls import Controls
from lodestone.simulate.ensemble import simulate

FOLDER = data_folder()
ASSUMPTIONS = read_assumptions(FOLDER)
WEEKS = 104
OPEN = {"spare_capacity": 200.0, "ramp_weeks": 8.0}  # whatever stands between the host and its users can follow


@pytest.fixture(scope="module")
def network():
    name = "gallium"
    baseline = read_baseline(baseline_folder(FOLDER, name, read_material(FOLDER, name).base_year))
    return with_prices(baseline.networks[PRIORS[0]], FOLDER, read_facts())[0]


@pytest.fixture(scope="module")
def limits(network):
    """Limit over base recovery, by economy, at the centre of each host's range."""
    nodes = network.nodes
    found = {row: host_limit(rows) for row, rows in node_hosts(nodes, ASSUMPTIONS).items()}
    return {nodes["economy"][row]: limit / nodes["activity"][row] for row, limit in found.items()}


def recovery(network, scarcity, **pin):
    """Most and last weekly output of the recovery stage over base, by economy, with demand times ``scarcity``."""
    sectors = network.nodes.loc[network.nodes["kind"] == "use", "process"].unique()
    ran = simulate(
        network, None, Controls((), ()), ASSUMPTIONS, scenario_name="scarce", weeks=WEEKS, members=1, threads=1,
        user=UserFigures(demand=dict.fromkeys(sectors, scarcity)),
        pin={**dict.fromkeys(FACTORS, "central"), **OPEN, **pin},
    )  # fmt: skip
    rows = ran.series[(ran.series["kind"] == "output") & (ran.series["sector"] == "recovery")]
    output = pd.DataFrame(ran.mean[rows.index], index=rows["economy"])
    priced = ran.mean[(ran.series["kind"] == "price").to_numpy()]
    return output.max(axis=1), output.iloc[:, -1], float(priced.max(initial=1.0))


@pytest.mark.parametrize("scarcity", [2.0, 100.0])
def test_no_scarcity_lifts_recovery_past_its_host(network, limits, scarcity):
    most, _, _ = recovery(network, scarcity)
    for economy, limit in limits.items():
        assert most[economy] <= limit * (1.0 + 1e-6), economy


def test_great_scarcity_lifts_recovery_up_to_its_host(network, limits):
    most, _, price = recovery(network, 100.0)
    assert price > 2.0  # the price did rise
    for economy, limit in limits.items():
        assert limit > 1.5 and most[economy] == pytest.approx(limit, rel=1e-5), economy


def test_a_smaller_host_gives_less_and_a_dearer_market_no_more(network, limits):
    small = {"host_recovery": 0.2}
    most, _, _ = recovery(network, 100.0, **small)
    dear, _, price = recovery(network, 100.0, choke_price=100.0, supply_response=1.0, **small)
    ratio = 0.2 / ASSUMPTIONS["host_recovery:recover_gallium_liquor"].central
    largest = max(limits, key=lambda economy: network.nodes.set_index("node")["activity"].filter(
        like=f"@{economy}").filter(like="recover_").sum())  # fmt: skip
    assert most[largest] == pytest.approx(limits[largest] * ratio, rel=1e-5)
    assert price > 50.0 and np.isclose(dear[largest], most[largest], rtol=1e-5)


def test_price_alone_lifts_recovery_only_as_fast_as_columns_are_built(network):
    slow, _, _ = recovery(network, 100.0, **{"ramp_weeks:recovery": 312.0})
    fast, _, _ = recovery(network, 100.0, **{"ramp_weeks:recovery": 8.0})
    assert (slow < fast).all() and (slow > 1.0).all()
