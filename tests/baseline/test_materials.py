"""Every shipped material: whole, current, balanced, still without a shock, and within what its hosts can give."""

from __future__ import annotations

import csv

import numpy as np
import pandas as pd
import pytest

from lodestone.baseline.build import checksum, gather
from lodestone.baseline.hosts import RECOVER, host_limit, node_hosts
from lodestone.baseline.material import read_material
from lodestone.baseline.place import baseline_folder
from lodestone.baseline.prior import PRIORS
from lodestone.baseline.store import read_baseline
from lodestone.errors import BundleError, Faults
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.simulate.controls import Controls
from lodestone.simulate.ensemble import simulate
from tests.baseline.balanced import assert_balanced

FOLDER = data_folder()
MATERIALS = sorted(path.parent.name for path in (FOLDER / "topology").glob("*/products.csv"))
MINOR = [name for name in MATERIALS if name != "rare_earths"]  # whose own file has tests of its own
ASSUMPTIONS = read_assumptions(FOLDER)


@pytest.fixture(scope="module")
def facts():
    return read_facts()


@pytest.fixture(scope="module")
def stored():
    found = {}

    def read(name):
        if name not in found:
            found[name] = read_baseline(baseline_folder(FOLDER, name, read_material(FOLDER, name).base_year))
        return found[name]

    return read


def test_the_metals_of_the_curbs_are_there():
    assert {"gallium", "germanium", "antimony", "tungsten", "graphite", "rare_earths", "indium", "bismuth"} <= set(
        MATERIALS
    )


@pytest.mark.parametrize("name", MINOR)
def test_the_stored_baseline_is_of_the_present_inputs(name, facts, stored):
    base = gather(FOLDER, name, read_material(FOLDER, name).base_year, facts)
    assert stored(name).checksum == checksum(base), (
        f"run 'lodestone baseline {name} --rebuild' and commit data/baseline"
    )
    assert base.found.skipped == base.stand_ins == (), (
        "these selectors of observations.csv meet no usable fact; mend or drop them"
    )
    assert set(base.found.table["tier"]) <= {"A", "B"}


@pytest.mark.parametrize("name", MATERIALS)
def test_points_and_draws_balance_and_are_never_negative(name, stored):
    baseline = stored(name)
    assert baseline.balance_error < 1e-9
    for network in baseline.networks.values():
        assert_balanced(network, 1e-9)
    for draw in (0, 1, 101, 199):
        assert_balanced(baseline.networks[PRIORS[0]], 1e-9, baseline.draws, draw)
    for array in ("trade", "activity", "stock_change", "input_coefficient", "output_coefficient"):
        assert getattr(baseline.draws, array).min() >= 0, array
    assert baseline.draws.size >= 200


@pytest.mark.parametrize("name", MATERIALS)
def test_without_a_shock_every_week_is_the_base_year(name, stored):
    baseline = stored(name)
    network = baseline.networks[PRIORS[0]]
    still = simulate(
        network, baseline.draws, Controls((), ()), ASSUMPTIONS, scenario_name="none", weeks=12, members=2, threads=1
    )
    steady = still.series["kind"].isin(["served", "output"]).to_numpy()
    assert steady.sum() > 50
    assert np.abs(still.mean[steady] - 1.0).max() < 1e-9
    assert np.abs(still.mean[(still.series["kind"] == "shortage").to_numpy()]).max() < 1e-9


@pytest.mark.parametrize("name", MINOR)
def test_published_shares_of_a_stage_are_met_within_three_deviations(name, stored):
    met = stored(name).met
    shares = met[met["mode"] == "share"]
    assert (shares["residual"].abs() < 3.0).all(), shares.loc[
        shares["residual"].abs() >= 3.0, ["name", "value", "ours"]
    ]


@pytest.mark.parametrize("name", MINOR)
def test_every_row_of_judgement_says_so_and_has_a_range(name):
    place = FOLDER / "topology" / name
    for table in ("makers", "uses", "sector_weights", "value", "observations", "fill"):
        rows = pd.read_csv(place / f"{table}.csv", dtype=str, keep_default_na=False)
        assert (rows["reason"] != "").all(), table
    uses = pd.read_csv(place / "uses.csv")
    assert (uses["low"] < uses["high"]).all()
    assert uses["reason"].str.startswith("judgement").all()


def hosted():
    return [name for name in MATERIALS if RECOVER in {r["rule"] for r in rows_of(name, "processes")}]


def rows_of(name, table):
    with (FOLDER / "topology" / name / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("name", hosted())
def test_recovery_stays_below_what_its_host_gives(name, stored):
    baseline = stored(name)
    nodes = baseline.networks[PRIORS[0]].nodes
    hosts = node_hosts(nodes, ASSUMPTIONS)
    assert len(hosts) == sum(row["process"].startswith("recover_") for row in rows_of(name, "makers"))
    for row, rows in hosts.items():
        assert nodes["capacity"][row] == pytest.approx(host_limit(rows))
        assert nodes["activity"][row] <= host_limit(rows)
        assert np.quantile(baseline.draws.activity[:, row], 0.95) <= host_limit(rows, lambda one: one.high)


def test_a_recovery_without_a_host_is_refused(facts, monkeypatch):
    name = hosted()[0]
    bare = {key: row for key, row in ASSUMPTIONS.items() if not key.startswith("host_recovery:")}
    monkeypatch.setattr("lodestone.baseline.build.read_assumptions", lambda _folder: bare)
    with pytest.raises(Faults, match="its host is not stated.*Add host_tonnes"):
        gather(FOLDER, name, read_material(FOLDER, name).base_year, facts)


def test_a_recovery_above_its_host_is_refused(facts, monkeypatch):
    from dataclasses import replace

    from lodestone.baseline.build import build_network, reconcile_once
    from lodestone.errors import BalanceError

    poor = {
        key: replace(row, low=0.0, central=0.01, high=0.02) if key.startswith("host_recovery:") else row
        for key, row in ASSUMPTIONS.items()
    }
    monkeypatch.setattr("lodestone.baseline.build.read_assumptions", lambda _folder: poor)
    name = hosted()[0]
    base = gather(FOLDER, name, read_material(FOLDER, name).base_year, facts)
    with pytest.raises(BalanceError, match="its host gives"):
        build_network(base, reconcile_once(base, PRIORS[0]))


def test_a_year_without_a_baseline_names_the_base_year_and_why():
    from lodestone.baseline.material import base_year_of

    material = read_material(FOLDER, "antimony")
    assert base_year_of(FOLDER, "antimony", None) == material.base_year == 2023
    with pytest.raises(BundleError, match="its base year is 2023 .*licences.*--year 2022 --rebuild"):
        base_year_of(FOLDER, "antimony", 2022)


def test_faults_of_a_material_table_come_together(tmp_path):
    place = tmp_path / "topology" / "toy"
    place.mkdir(parents=True)
    (place / "products.csv").write_text("product\nore\n", encoding="utf-8")
    (place / "processes.csv").write_text("process,stage\ndig,mine\n", encoding="utf-8")
    (place / "material.csv").write_text(
        "key,value,reason\nwords,toy,\nbase_year,soon,\nheadline_stage,moon,\n", encoding="utf-8"
    )
    with pytest.raises(Faults) as caught:
        read_material(tmp_path, "toy")
    told = str(caught.value)
    assert (
        "'soon' is not a number" in told
        and "no process of stage 'moon'" in told
        and "'traded_words' is missing" in told
    )
