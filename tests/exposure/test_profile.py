"""Indicators on a network: the small world by hand, and what holds for the shipped one whatever its numbers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from lodestone.baseline.place import baseline_folder, default_material
from lodestone.baseline.store import Baseline, read_baseline
from lodestone.errors import LabelError
from lodestone.exposure import profile as of
from lodestone.exposure.nouns import EXPOSURE_COLUMNS, Exposure
from lodestone.exposure.profile import Profile, profile
from lodestone.exposure.stack import Stack
from lodestone.exposure.stage_balance import (
    dominant_country,
    element_groups,
    headline_stage,
    sourcing_of,
    stage_balance,
    stages_of,
)
from lodestone.facts.place import data_folder
from tests.exposure.test_dependence import toy
from tests.world import small_network

GROUPS = {"light": ("light",), "heavy": ("heavy",)}
MADE = (
    of.import_shares,
    of.concentration,
    of.reliance,
    of.supply_without_largest,
    of.look_through,
    of.throughput,
    of.never_touches,
)


@pytest.fixture(scope="module")
def shipped() -> Baseline:
    return read_baseline(baseline_folder(data_folder(), default_material(data_folder()), 2024))


@pytest.fixture(scope="module")
def japan(shipped: Baseline) -> Profile:
    network = next(iter(shipped.networks.values()))
    groups = {name: held for name, held in element_groups(data_folder(), network).items() if len(held) > 1}
    return profile(network, shipped.draws, "JPN", groups)


def value(found: Exposure, elements: str, stage: str, label: str) -> float:
    table = found.table
    hit = table[(table["elements"] == elements) & (table["stage"] == stage) & (table["label"] == label)]
    assert len(hit) == 1, f"{elements} {stage} {label} is not one row of\n{table}"
    return float(hit["value"].iloc[0])


def test_the_small_world_by_hand():
    known = profile(small_network(), None, "COR", GROUPS)
    # Alba makes 76 of 94 t of magnets (60 light + 16 heavy), Bora 18; Cora buys from both in that proportion
    assert known.country == "ALB"
    assert value(of.import_shares(known), "heavy", "magnet", "ALB") == pytest.approx(76 / 94)
    index = of.concentration(known)
    assert value(index, "light", "separation", "world output") == pytest.approx(1.0)
    assert value(index, "light", "magnet", "world output") == pytest.approx((76 / 94) ** 2 + (18 / 94) ** 2)
    assert value(of.never_touches(known), "heavy", "magnet", "ALB") == pytest.approx(0.0, abs=1e-12)
    assert value(of.look_through(known), "heavy", "magnet", "ALB") == pytest.approx(1.0)
    # without Alba's magnets 18 of 94 t are left; the others use 44 t (24 + 8 + 6 + 6)
    cut = of.supply_without_largest(known)
    assert value(cut, "light", "magnet", "without ALB, of world demand") == pytest.approx(18 / 94)
    assert value(cut, "light", "magnet", "without ALB, of the others' demand") == pytest.approx(18 / 44)
    assert value(of.reliance(known), "light", "magnet", "COR") == pytest.approx(1.0)
    assert value(of.ceilings(known, {"rule": 0.6}), "light", "magnet", "ALB, rule") == pytest.approx(76 / 94 - 0.6)


def test_every_shipped_share_and_index_lies_in_its_bounds(japan):
    for make in MADE:
        found = make(japan)
        assert len(found.table) > 0
        assert tuple(found.table.columns) == EXPOSURE_COLUMNS
        assert not found.table[["value", "low", "high"]].isna().any().any(), found.indicator
        assert (found.table["low"] <= found.table["high"] + 1e-12).all()
        if found.indicator not in ("net_import_reliance", "n_minus_1"):
            assert found.table[["value", "low", "high"]].to_numpy().min() >= -1e-9, found.indicator
            assert found.table[["value", "low", "high"]].to_numpy().max() <= 1 + 1e-9, found.indicator
    assert (of.reliance(japan).table["high"] <= 1 + 1e-9).all()


def test_the_index_is_never_below_one_over_the_number_of_suppliers(japan):
    for group, balance in japan.balance.items():
        for stage in japan.stages:
            made = balance.production.sel(stage=stage).isel(member=0)
            if float(made.sum()) > 1e-6:
                index = value(of.concentration(japan), group, stage, "world output")
                assert 1.0 / int((made > 0).sum()) - 1e-12 <= index <= 1.0


def test_all_suppliers_of_imports_sum_to_one_at_the_point(shipped, japan):
    network = next(iter(shipped.networks.values()))
    table = of.import_shares(profile(network, None, "JPN", japan.groups), most=100).table
    total = table.groupby(["elements", "stage"])["value"].sum()
    assert (total <= 1 + 1e-9).all()
    assert (total > 0.95).all()  # suppliers under half a per cent are not listed


@pytest.fixture(scope="module")
def several(shipped: Baseline, japan: Profile) -> list[Profile]:
    network = next(iter(shipped.networks.values()))
    return [japan, *(profile(network, shipped.draws, economy, japan.groups) for economy in ("DEU", "KOR", "IND"))]


def test_every_printed_figure_lies_in_its_interval(several):
    for known in several:
        for found in (*(make(known) for make in MADE), of.ceilings(known, {"rule": 0.65})):
            table = found.table
            inside = (table["low"] <= table["value"] + 1e-12) & (table["value"] <= table["high"] + 1e-12)
            assert inside.all(), f"{known.economy} {found.indicator}\n{table[~inside]}"


def test_the_point_of_what_economies_take_from_home_and_abroad_lies_within_its_draws(several):
    # where a prior lets each empty route into a small user carry about all it takes, draws give home routes away
    inside: dict[bool, list[bool]] = {True: [], False: []}
    for known in several:
        for supply in known.sourcing.values():
            home = (supply["economy"] == known.economy).values
            total = supply.sum("economy").values[:, :, None]
            share = np.divide(supply.values, total, out=np.full(supply.shape, np.nan), where=total > 1e-6)
            for own in inside:
                told = share[:, :, home == own]
                told = told[:, told[0] > of.LISTED]
                low, high = np.nanquantile(told[1:], [0.05, 0.95], axis=0)
                inside[own] += ((low - 1e-9 <= told[0]) & (told[0] <= high + 1e-9)).tolist()
    assert len(inside[True]) > 20 and np.mean(inside[True]) >= 0.95, np.mean(inside[True])
    assert len(inside[False]) > 200 and np.mean(inside[False]) >= 0.985, np.mean(inside[False])


def test_both_denominators_keep_their_order(japan):
    table = of.supply_without_largest(japan).table
    world = table[table["label"].str.endswith("world demand")]["value"].to_numpy()
    rest = table[table["label"].str.endswith("others' demand")]["value"].to_numpy()
    assert len(world) == len(rest) > 0
    assert (world <= rest).all()


def test_relabelling_economies_changes_nothing():
    names = {"CN": "ZZ"}
    plain = profile(toy(), None, "G7", {"Nd": ("Nd",)}, "CN")
    renamed = profile(toy(names), None, "G7", {"Nd": ("Nd",)}, "ZZ")
    for make in (of.never_touches, of.throughput, of.look_through, of.concentration):
        one, two = make(plain).table, make(renamed).table
        assert sorted(one["value"].round(12)) == sorted(two["value"].round(12))


def test_balance_at_every_stage(japan):
    for balance in japan.balance.values():
        moved = balance.exports.sum("economy") - balance.imports.sum("economy")
        assert float(abs(moved).max()) < 1e-6
        out = balance.production.sum("economy")
        gap = out - balance.stock_change.sum("economy") - balance.intake.sum("economy")
        assert float((abs(gap) / (out + 1.0)).max()) < 1e-9


def test_sourcing_sums_to_the_intake(japan):
    for group, supply in japan.sourcing.items():
        intake = japan.balance[group].intake.sel(economy="JPN")
        assert np.allclose(supply.sum("economy").values, intake.values, rtol=1e-9, atol=1e-9)


def test_a_chain_of_one_element_has_its_own_stages_and_no_group():
    network = toy()
    assert stages_of(network) == ("mine", "separation", "metal", "magnet")
    assert headline_stage(network) == "magnet"
    assert dominant_country(network, "separation") == "CN"
    assert element_groups(data_folder(), network) == {"Nd": ("Nd",)}


def test_stages_come_from_the_products_and_scrap_is_none():
    network = small_network()
    assert stages_of(network) == ("mine", "separation", "magnet")
    odd = replace(network, products=network.products.assign(stage=["pit", "smelter", "smelter", "ingot"]))
    assert headline_stage(odd) == "ingot"
    known = profile(odd, None, "COR", GROUPS)
    assert set(of.concentration(known).table["stage"]) == {"pit", "smelter", "ingot"}


@pytest.mark.parametrize(
    ("economy", "country", "message"), [("XYZ", "", "nothing arrives"), ("COR", "XYZ", "ships nothing")]
)
def test_a_label_that_is_not_there_is_named_with_those_that_are(economy, country, message):
    with pytest.raises(LabelError, match=message):
        profile(small_network(), None, economy, GROUPS, country)


def test_draws_give_an_interval_and_the_point_its_value(shipped):
    network = next(iter(shipped.networks.values()))
    stack = Stack(network, shipped.draws)
    made = stage_balance(stack, ["Dy"], ["separation"]).production
    assert made.sizes["member"] == shipped.draws.size + 1
    alone = stage_balance(Stack(network, None), ["Dy"], ["separation"]).production
    xr.testing.assert_allclose(made.isel(member=0), alone.isel(member=0))
    assert float(sourcing_of(stack, "JPN", ["Dy"], ["separation"]).std("member").max()) > 0


def test_home_is_never_the_supplier_a_ceiling_is_about():
    from lodestone.exposure.ceiling import distance_to_ceiling

    supply = xr.DataArray([80.0, 15.0, 5.0], {"economy": ["H", "A", "B"]}, ("economy",))
    result = distance_to_ceiling(supply, 0.6, "H")
    assert result["supplier"].item() == "A"
    assert result["distance"].item() == pytest.approx(0.15 - 0.6)
    with pytest.raises(LabelError, match="no economy but 'H'"):
        distance_to_ceiling(supply.sel(economy=["H"]), 0.6, "H")
