"""The whole view of an economy: a chain of one element without sites or groups works as the shipped one does."""

from __future__ import annotations

import dataclasses

import numpy as np
import pandas as pd
import pytest

from lodestone.baseline.nouns import NetworkDraws
from lodestone.baseline.store import Baseline
from lodestone.errors import LabelError
from lodestone.exposure.cover import read_ceilings
from lodestone.exposure.graph import flows_of
from lodestone.exposure.view import View, grouped, processing_stage, view
from lodestone.facts.place import data_folder
from tests.exposure.test_dependence import toy


def baseline(swarf: float = 0.0) -> Baseline:
    network = toy(swarf=swarf) if swarf else toy()
    flows = flows_of(network)
    scale = np.array([1.0, 1.0])

    def repeat(x: np.ndarray) -> np.ndarray:
        return np.repeat(x[None, :], len(scale), axis=0)

    draws = NetworkDraws(
        "", 1, repeat(flows.trade), repeat(flows.activity), repeat(flows.input_coefficient), repeat(flows.output_coefficient),
        np.zeros((len(scale), 0)), "",
    )  # fmt: skip
    empty = pd.DataFrame()
    return Baseline({"one": network}, draws, np.array(["one", "one"]), empty, empty, (), 0.0, "")


def rows(found: View, indicator: str) -> pd.DataFrame:
    return {one.indicator: one for one in found.indicators}[indicator].table


@pytest.mark.parametrize("swarf", [0.0, 0.3])
def test_a_chain_of_one_element_without_sites_is_shown_whole(swarf):
    found = view(data_folder(), baseline(swarf), "G7", everything=True)
    assert found.country == "CN"
    assert set(rows(found, "never_touches")["elements"]) == {"Nd"}
    if not swarf:
        assert rows(found, "never_touches")["value"].tolist() == [pytest.approx(0.15, abs=1e-12)]
    assert rows(found, "needs_issuer_technology").empty
    assert rows(found, "time_to_recover").empty
    assert rows(found, "time_to_survive_by_site").empty
    assert np.isfinite(rows(found, "time_to_survive")["value"]).all()


def test_draws_that_are_all_alike_have_no_interval():
    table = rows(view(data_folder(), baseline(), "G7"), "look_through_origin")
    assert table["low"].to_numpy() == pytest.approx(table["value"].to_numpy())
    assert table["high"].to_numpy() == pytest.approx(table["value"].to_numpy())


def test_the_country_asked_about_may_be_another():
    found = view(data_folder(), baseline(), "G7", country="JP")
    assert rows(found, "never_touches")["value"].iloc[0] > 0.15


def test_an_element_that_is_not_in_the_network_is_refused():
    with pytest.raises(LabelError, match="element 'Ga' is not known"):
        view(data_folder(), baseline(), "G7", elements=("Ga",))


def test_groups_of_one_stay_when_there_are_no_others():
    assert grouped({"Ga": ("Ga",)}) == {"Ga": ("Ga",)}
    assert grouped({"light": ("La", "Ce"), "Sc": ("Sc",)}) == {"light": ("La", "Ce")}


def test_processing_is_the_stage_after_the_mine_and_a_chain_of_one_stage_has_that_one():
    network = toy()
    assert processing_stage(network) == "separation"
    alone = dataclasses.replace(network, products=network.products.assign(stage="metal"))
    assert processing_stage(alone) == "metal"


def test_ceilings_are_shares_with_a_source():
    import yaml

    rules = pd.read_csv(data_folder() / "cover" / "ceilings.csv")
    sources = yaml.safe_load((data_folder() / "cover" / "source.yaml").read_text("utf-8"))
    assert set(rules["source"]) <= set(sources)
    assert all(0 < share <= 1 for share in read_ceilings(data_folder()).values())
