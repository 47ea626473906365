"""What new sites would have to replace: the elements their capacity counts, in its unit, and no other."""

from __future__ import annotations

import pandas as pd
import pytest

from lodestone.baseline.place import baseline_folder
from lodestone.baseline.store import read_baseline
from lodestone.errors import FactError
from lodestone.exposure.alternative import read_sites
from lodestone.exposure.recovery import need_of_sites
from lodestone.facts.place import data_folder

FOLDER = data_folder()
GROUPS = {"light": ("La", "Ce", "Pr", "Nd", "Sm")}


@pytest.fixture(scope="module")
def network():
    return next(iter(read_baseline(baseline_folder(FOLDER, "rare_earths", 2024)).networks.values()))


def _need(network, *counted, unit="t oxide a year"):
    sites = pd.DataFrame({"elements": counted, "stage": "separation", "unit": unit})
    return need_of_sites(network, sites, "CHN", "light", GROUPS, FOLDER)


def test_the_need_is_the_sum_over_the_elements_the_sites_count(network):
    both = _need(network, "Nd;Pr", "Nd", unit="t a year")
    assert both == pytest.approx(_need(network, "Nd", unit="t a year") + _need(network, "Pr", unit="t a year"))


def test_cheap_elements_that_the_sites_do_not_count_are_no_need(network):
    light = read_sites(FOLDER, "rare_earths")
    light = light[light["group"] == "light"]
    assert need_of_sites(network, light, "CHN", "light", GROUPS, FOLDER) < _need(network, "Ce;La;Nd;Pr") / 1.5


def test_shipments_are_weighed_as_oxide(network):
    trade = network.trade
    routes = trade[(trade["origin"] == "CHN") & (trade["destination"] != "CHN")]
    pure = routes[routes["product"].isin(["oxide_tb", "metal_tb"])]["flow"].sum()
    assert _need(network, "Tb") == pytest.approx(pure * 1.1762, rel=1e-3)  # Tb4O7 over its terbium


def test_sites_of_two_units_in_one_group_are_refused(network):
    sites = pd.DataFrame({"elements": "Nd", "stage": "separation", "unit": ["t oxide a year", "t gross a year"]})
    with pytest.raises(FactError, match="mix stages or units"):
        need_of_sites(network, sites, "CHN", "light", GROUPS, FOLDER)
