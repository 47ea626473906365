"""What new sites would have to replace: the elements their capacity counts, weighed as oxide, and no other."""

from __future__ import annotations

from types import SimpleNamespace

import pandas as pd
import pytest

from lodestone.baseline.material import read_material
from lodestone.baseline.place import baseline_folder
from lodestone.baseline.store import read_baseline
from lodestone.evidence.find_shortage import _need_elsewhere
from lodestone.exposure.alternative import read_sites
from lodestone.facts.place import data_folder

FOLDER = data_folder()


@pytest.fixture(scope="module")
def setting():
    baseline = read_baseline(baseline_folder(FOLDER, "rare_earths", 2024))
    return SimpleNamespace(
        network=next(iter(baseline.networks.values())), folder=FOLDER, about=read_material(FOLDER, "rare_earths")
    )


def _need(setting, *counted):
    return _need_elsewhere(setting, "CHN", pd.DataFrame({"elements": counted}), ["Nd"])


def test_the_need_is_the_sum_over_the_elements_the_sites_count(setting):
    assert _need(setting, "Nd;Pr", "Nd") == pytest.approx(_need(setting, "Nd") + _need(setting, "Pr"))
    assert _need(setting, "") == _need(setting, "Nd")  # sites that name none count their group's elements


def test_cheap_elements_that_the_sites_do_not_count_are_no_need(setting):
    light = read_sites(FOLDER, "rare_earths")
    light = light[light["group"] == "light"]
    assert _need_elsewhere(setting, "CHN", light, ["Nd"]) < _need(setting, "Ce;La;Nd;Pr") / 1.5


def test_shipments_are_weighed_as_oxide(setting):
    trade, network = setting.network.trade, setting.network
    routes = trade[(trade["origin"] == "CHN") & (trade["destination"] != "CHN")]
    pure = routes[routes["product"].isin(["oxide_tb", "metal_tb"])]["flow"].sum()
    mixed = network.composition.sel(element="Tb").to_series().loc[["oxide_tb", "metal_tb"]]
    assert mixed.tolist() == [1.0, 1.0]
    assert _need(setting, "Tb") == pytest.approx(pure / 0.87)  # what the material's table says of its sites' unit
