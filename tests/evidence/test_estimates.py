"""Published estimates beside ours: firm, of the economy and of the material, and each leads to its row."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from lodestone.baseline.material import read_material
from lodestone.baseline.place import baseline_folder
from lodestone.baseline.store import read_baseline
from lodestone.evidence.estimates import published_estimates
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts

FOLDER = data_folder()


def _told(material, economy):
    about = read_material(FOLDER, material)
    network = next(iter(read_baseline(baseline_folder(FOLDER, material, about.base_year)).networks.values()))
    setting = SimpleNamespace(facts=read_facts(FOLDER), network=network, about=about)
    return published_estimates(setting, economy)


def test_a_year_without_rare_earths_costs_japan_what_daiwa_and_mizuho_print():
    table, figures = _told("rare_earths", "JPN")
    values = {figures[figure].value for figure in table["figure"]}
    assert {-1.3, -0.43, -0.88} <= values
    assert all(figure.source and figure.locator for figure in figures.values())


@pytest.mark.parametrize(("material", "value"), [("gallium", -3.1), ("germanium", -0.4)])
def test_an_estimate_of_one_metal_stands_with_that_metal(material, value):
    table, figures = _told(material, "USA")
    values = {figures[figure].value for figure in table["figure"]}
    assert value in values and -3.4 in values  # alone, and both together
    assert -4.5 not in values  # samarium


def test_weak_sources_and_other_economies_say_nothing():
    assert _told("rare_earths", "DEU")[0].empty
    assert not any("trillion" in figure.unit for figure in _told("rare_earths", "USA")[1].values())
