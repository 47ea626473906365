"""Weeks of standing when a country ships nothing, sites and their recovery, technology, bounds of indices."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lodestone.baseline.place import baseline_folder, default_material
from lodestone.baseline.store import read_baseline
from lodestone.errors import FactError
from lodestone.exposure.compatibility import (
    _opposite,
    by_element,
    eu_bounds,
    geopolrisk_bounds,
    indices,
    where_rankings_differ,
)
from lodestone.exposure.governance import Governance, mean_of_six, political_instability
from lodestone.exposure.recovery import contained_per_unit, core_elements, need_elsewhere, weeks_to_alternative
from lodestone.exposure.site_risk import Recovery, site_risk, supply_sites
from lodestone.exposure.stack import Stack
from lodestone.exposure.standing import by_use, time_to_survive
from lodestone.exposure.technology import pipeline, share_needing_technology, technology
from lodestone.exposure.time_limits import quantiles
from lodestone.facts.assumptions import Assumption
from lodestone.facts.place import data_folder
from tests.exposure.test_dependence import toy
from tests.world import small_network


def assumption(name: str, low: float, central: float, high: float) -> Assumption:
    return Assumption(name, name, "", low, central, high, "week", "triangular", "test", "judgement")


COVER = {"cover_weeks": assumption("cover_weeks", 2.0, 4.0, 8.0)}
MORE = {**COVER, "cover_weeks:magnet": assumption("cover_weeks:magnet", 1.0, 3.0, 5.0)}


def weeks(network, country, table, economy):
    return by_use(time_to_survive(network, country, table), economy).set_index("process")


def test_the_small_world_by_hand():
    # Cora's uses take 76/94 of their magnets from Alba: 4 weeks of stock last 4 / (76/94) weeks. Bora's maker
    # has oxide of Alba alone, stops after its own 4 weeks, and nothing arrives from then on: the stock of Cora,
    # drawn at 76/94 for 4 weeks, lasts 4 x (1 - 76/94) weeks more.
    drawn = 76 / 94
    expected = 4.0 + 4.0 * (1.0 - drawn)
    told = weeks(small_network(), "ALB", COVER, "COR")
    assert told.loc["motors", "central"] == pytest.approx(expected)
    assert told.loc["motors", "low"] == pytest.approx(expected / 2)


def test_the_makers_own_stock_counts_too():
    one = weeks(small_network(), "ALB", COVER, "COR")["central"]
    less = weeks(small_network(), "ALB", MORE, "COR")["central"]
    assert (less < one).all()


def test_nobody_falls_short_when_a_country_that_ships_nothing_is_cut():
    standing = time_to_survive(small_network(), "COR", COVER).nodes
    assert np.isinf(standing["central"]).all()


def test_the_country_itself_never_falls_short_of_its_own():
    told = weeks(small_network(), "ALB", COVER, "ALB")
    assert np.isinf(told["central"]).all()


def test_more_stock_is_never_a_shorter_time():
    nodes = time_to_survive(toy(swarf=0.3), "CN", COVER).nodes
    assert (nodes["low"] <= nodes["central"]).all()
    assert (nodes["central"] <= nodes["high"]).all()
    assert np.isfinite(nodes.loc[nodes["economy"] == "G7", "central"]).all()


def test_an_input_that_is_not_essential_stops_nobody():
    network = small_network()
    free = replace(network, inputs=network.inputs.assign(essential=False))
    assert np.isinf(time_to_survive(free, "ALB", COVER).nodes["central"]).all()


def test_a_table_without_cover_is_refused():
    with pytest.raises(FactError, match="cover_weeks"):
        time_to_survive(small_network(), "ALB", {})


def line(**values: float) -> xr.DataArray:
    return xr.DataArray(list(values.values()), {"economy": list(values)}, ("economy",))


def test_sites_add_up_to_the_supply_and_a_known_plant_is_taken_out_of_its_economy():
    known = pd.DataFrame({"site": ["P", "Q"], "economy": ["B", "C"], "capacity": [30.0, 500.0]})
    sites = supply_sites(line(A=60.0, B=30.0, C=9.9, D=0.1), line(A=600.0, B=60.0, C=100.0, D=1.0), known, 0.2)
    assert sites["supply"].sum() * 52 == pytest.approx(100.0)
    by_site = sites.set_index("site")["supply"] * 52
    assert by_site["P"] == pytest.approx(15.0)  # half of what B makes
    assert by_site["Q"] == pytest.approx(9.9)  # more capacity than C makes: all of it
    assert by_site["others"] == pytest.approx(0.1)
    assert sites["capacity"].to_numpy() == pytest.approx(1.2 * sites["supply"].to_numpy())


def test_a_site_is_survived_by_stock_over_the_gap_the_others_cannot_fill():
    sites = supply_sites(
        line(A=75.0, B=25.0), line(A=1.0, B=1.0), pd.DataFrame(columns=["site", "economy", "capacity"]), 0.2
    )
    risk = site_risk(
        sites, "A", {"low": 1.0, "central": 2.0, "high": 4.0}, Recovery((4.0, 10.0, 39.0), (50.0, 60.0, np.inf))
    )
    by_site = risk.set_index("site")
    assert by_site.loc["A, all", "survive"] == pytest.approx(2.0 / (1.0 - 0.25 * 1.2))
    assert by_site.loc["B, all", "survive"] == pytest.approx(2.0 / (1.0 - 0.75 * 1.2))
    assert by_site.loc["A, all", "recover_high"] == np.inf
    assert bool(by_site.loc["A, all", "exposed"])
    assert by_site.loc["B, all", "recover"] == 10.0


def test_spare_capacity_enough_for_all_never_runs_out():
    sites = supply_sites(
        line(A=95.0, B=5.0), line(A=1.0, B=1.0), pd.DataFrame(columns=["site", "economy", "capacity"]), 0.2
    )
    risk = site_risk(
        sites, "A", {"low": 1.0, "central": 2.0, "high": 4.0}, Recovery((4.0, 10.0, 39.0), (50.0, 60.0, 70.0))
    )
    assert risk.set_index("site").loc["B, all", "survive"] == np.inf


PROJECTS = pd.DataFrame(
    {
        "site": list("ABCD"), "economy": ["X", "X", "Y", "H"], "stage": "metal", "group": "G", "elements": "",
        "capacity": [10.0, 30.0, 60.0, 99.0], "unit": "t a year", "start": ["2026-01", "2027-01", "2028-01", "2027-01"],
        "status": ["planned", "construction", "operating", "planned"], "needs_issuer_technology": ["yes", "unknown", "no", "yes"],
    }
)  # fmt: skip


def test_the_pipeline_leaves_out_what_runs_and_what_stands_in_the_country():
    assert pipeline(PROJECTS, 2025, "H")["site"].tolist() == ["A", "B"]
    assert pipeline(PROJECTS, 2026, "H")["site"].tolist() == ["B"]


def test_what_is_not_said_is_a_bound_and_no_value():
    found = technology("X", pipeline(PROJECTS, 2025, "H"), "H")
    first = found.table.iloc[0]
    assert np.isnan(first["value"])
    assert (first["low"], first["high"]) == (pytest.approx(0.25), pytest.approx(1.0))
    assert "B" in found.remarks[0]
    assert found.table["label"].tolist()[1:] == ["A (X), planned"]
    assert share_needing_technology(PROJECTS)["known"].iloc[0] == pytest.approx(169 / 199)


def test_units_of_the_sites_table():
    network = small_network()
    assert contained_per_unit(network, "t gross a year", "magnet", ["light"], data_folder()) == pytest.approx(0.3)
    assert contained_per_unit(network, "t a year", "magnet", ["light"], data_folder()) == 1.0
    assert contained_per_unit(toy(), "t oxide a year", "separation", ["Nd"], data_folder()) == pytest.approx(
        0.857, abs=1e-3
    )
    with pytest.raises(FactError, match="wagons"):
        contained_per_unit(network, "wagons", "magnet", ["light"], data_folder())


def test_what_must_be_made_elsewhere_is_what_crosses_the_border():
    # Bora's maker makes 18 of 94 t of magnets, all from Alba's oxide; magnets themselves are no single element
    network = small_network()
    assert need_elsewhere(network, "ALB", "separation", ["light"]) == pytest.approx(18.0 * 73.2 / 94.0)
    assert core_elements(network, ["light", "heavy"]) == ["light", "heavy"]


def test_weeks_to_an_alternative_are_months_and_never_finite_without_sites_enough():
    table = {name: assumption(name, *ends) for name, ends in {
        "site.delay_months": (0.0, 0.0, 0.0001), "site.ramp_months": (1.0, 1.0, 1.0001), "site.delivered_share": (0.9999, 1.0, 1.0),
    }.items()}  # fmt: skip
    one = PROJECTS.iloc[[0]].assign(group="light", stage="separation", start="2026-01", status="planned")
    start = dt.date(2025, 1, 1)
    enough = weeks_to_alternative(
        small_network(), one.assign(capacity=20.0), "ALB", {"light": ("light",)}, start, table, data_folder(), 5
    )
    assert quantiles(enough["light", "separation"])[0] == pytest.approx(13 * 52 / 12, abs=52 / 12 + 1e-9)
    short = weeks_to_alternative(
        small_network(), one.assign(capacity=5.0), "ALB", {"light": ("light",)}, start, table, data_folder(), 5
    )
    assert np.isinf(short["light", "separation"]).all()


def wide(**values: float) -> xr.DataArray:
    return line(**values).expand_dims({"member": 1, "element": ["e"]}).transpose("member", "element", "economy")


STUDY = pd.DataFrame({"EoL_RIR_pct": [0.0], "SI_SR": [1.0]}, index=["e"])


def test_with_every_score_known_the_bounds_meet_at_the_published_formula():
    scores = Governance({"A": 0.0, "B": 2.5}, 2.5, "test")  # scaled 5 and 0
    one = xr.DataArray([[1.0]], {"element": ["e"]}, ("member", "element"))
    low, high = eu_bounds(wide(A=60.0, B=40.0), wide(A=80.0, B=20.0), one, STUDY, scores)
    assert low.item() == pytest.approx(0.5 * 0.36 * 5 + 0.5 * 0.64 * 5)
    assert high.item() == pytest.approx(low.item())


def test_a_missing_score_is_bounded_and_never_filled_in():
    scores = Governance({"A": 0.0}, 2.5, "test")
    one = xr.DataArray([[1.0]], {"element": ["e"]}, ("member", "element"))
    low, high = eu_bounds(wide(A=60.0, B=40.0), wide(A=80.0, B=20.0), one, STUDY, scores)
    assert low.item() == pytest.approx(0.5 * 0.36 * 5 + 0.5 * 0.64 * 5)
    assert high.item() == pytest.approx(low.item() + 0.5 * (0.16 + 0.04) * 10)


def test_geopolrisk_bounds_hold_the_published_formula():
    scores = Governance({"A": 0.4}, 1.0, "test")
    low, high = geopolrisk_bounds(wide(A=60.0, B=40.0, H=0.0), wide(A=50.0, B=25.0, H=0.0), "H", scores)
    assert low.item() == pytest.approx(0.52 * 0.4 * 50 / 75)
    assert high.item() == pytest.approx(0.52 * (0.4 * 50 + 1.0 * 25) / 75)


def test_scores_in_the_data_are_those_of_the_published_checks():
    assert mean_of_six(data_folder()).score["CHN"] == pytest.approx(-0.360357)
    folder = data_folder() / "checks" / "geopolrisk-2022"
    rows = pd.read_csv(folder / "imports.csv")
    labels = pd.read_csv(folder / "exporters.csv")
    codes = pd.read_csv(data_folder() / "labels" / "economies.csv", dtype=str).set_index("label")["iso_numeric"]
    scores = political_instability(data_folder())
    for code, label in zip(labels["exporter_iso_numeric"], labels["economy"], strict=True):
        found = rows.loc[rows["exporter_iso_numeric"] == code, "instability_0_1"]
        assert found.nunique() == 1
        assert scores.score[label] == found.iloc[0]
        if str(code).zfill(3) != codes[label]:  # customs use a code of their own for these
            assert code in (251, 490, 579, 699, 757)
    assert scores.missing(["CHN", "USA", "MMR"]) == ["USA", "MMR"]


def test_shipped_indices_name_who_lacks_a_score_and_hold_the_published_figure_beside_ours():
    network = next(
        iter(read_baseline(baseline_folder(data_folder(), default_material(data_folder()), 2024)).networks.values())
    )
    stack = Stack(network, None)
    risk, score = indices(stack, "DEU", "CHN", "separation", {"Dy": "dysprosium", "Nd": "neodymium"}, data_folder())
    published = risk.table[risk.table["label"] == "published for the EU"].set_index("elements")["value"]
    assert published["Dy"] == 5.6
    assert "bounds from the best to the worst score" in risk.remarks[0]
    assert set(score.table["elements"]) == {"Dy", "Nd"}
    made, taken, reliance = by_element(stack, "DEU", "separation", ["Dy"])
    assert made.dims == taken.dims == ("member", "element", "economy")
    assert float(reliance.max()) <= 1.0


def test_rankings_differ_only_where_bounds_do_not_overlap():
    told = _opposite("BOR", {"A": 0.9, "B": 0.1}, {"A": (1.0, 2.0), "B": (3.0, 4.0)})
    assert told == "The share from BOR ranks A above B; this index ranks them the other way round."
    assert where_rankings_differ({"A": 0.9, "B": 0.1}, {"A": (0.0, 1.0), "B": (0.5, 2.0)}) == []
    assert where_rankings_differ({"A": 0.5, "B": 0.5}, {"A": (0.0, 1.0), "B": (3.0, 4.0)}) == []
