"""Which measures reach an economy, and in what words they are printed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from lodestone.evidence.find_measures import BY_OTHERS, DIRECTLY, NOTHING, OTHERS_ONLY, measures_of, reach_of
from lodestone.report.sections_supply import only_covered
from lodestone.simulate.controls import Control
from lodestone.simulate.nouns import Range
from lodestone.simulate.reach import end_use_share
from tests.simulate.real import prepared
from tests.world import small_network

ALL_SHARE = {"share": Range(1.0, 1.0, 1.0, "fixed")}


def on_rows(network, product, origin, destination):
    trade = network.trade
    hit = (trade["product"] == product) & (trade["origin"] == origin) & (trade["destination"] == destination)
    rows = np.flatnonzero(hit.to_numpy())
    assert rows.size
    return Control("X:blocked", "blocked", rows, np.ones(rows.size), 0, 52, ALL_SHARE, "test")


def reached(economy, *controls):
    network = small_network()
    sectors = tuple(network.nodes.loc[network.nodes["kind"] == "use", "process"].unique())
    return reach_of(list(controls), network, economy, end_use_share(network, sectors, (economy,)))


def test_a_flow_into_an_economy_reaches_it_directly_and_another_not():
    ban = on_rows(small_network(), "magnet", "ALB", "BOR")
    assert reached("BOR", ban) == DIRECTLY
    assert reached("COR", ban) == OTHERS_ONLY
    assert reached("BOR") == NOTHING


def test_what_a_maker_lacks_reaches_those_who_buy_from_him():
    network = small_network()
    sold = network.trade[(network.trade["product"] == "magnet") & (network.trade["origin"] == "BOR")]
    buyers = sold.loc[(sold["destination"] != "BOR") & (sold["flow"] > 0), "destination"]
    assert len(buyers)
    oxide = on_rows(network, "oxide_heavy", "ALB", "BOR")
    assert reached(buyers.iloc[0], oxide) == BY_OTHERS


def test_a_ban_on_one_economy_reaches_another_through_its_makers_at_most():
    table = measures_of(prepared("dual-use-ban-japan-2026"), "DEU").set_index("id")
    assert table.loc["CN-2025-18", "touches"] == DIRECTLY
    assert set(table.loc[table.index != "CN-2025-18", "touches"]) <= {BY_OTHERS, OTHERS_ONLY}
    own = measures_of(prepared("dual-use-ban-japan-2026"), "JPN")
    assert set(own["touches"]) == {DIRECTLY}


@pytest.mark.parametrize("scenario", ["total-cutoff-one-year", "gallium-germanium-total-stop"])
def test_a_measure_on_everything_covers_the_elements_of_the_network_and_names_no_id_as_law(scenario):
    given = prepared(scenario)
    (row,) = measures_of(given, "USA").to_dict("records")
    assert row["elements"] == "all elements of this network"
    assert set(row["listed"]) == set(given.network.composition["element"].to_numpy())
    assert row["reference"] == "assumed in this scenario, no legal act"


def test_what_was_only_reported_is_called_so():
    table = measures_of(prepared("dual-use-ban-japan-2026"), "JPN").set_index("id")
    assert table.loc["CN-2026-JPN-HALT", "reference"] == "reported, no legal act published"


def test_a_licence_on_some_forms_tells_what_it_covers_and_what_it_leaves_alone():
    (row,) = measures_of(prepared("tungsten-licences"), "JPN").to_dict("records")
    assert set(row["covered"]) == {"concentrate_tungsten", "paratungstate_tungsten", "powder_tungsten"}
    assert "carbide_tungsten" in row["spared"] and not set(row["spared"]) & set(row["covered"])
    (stop,) = measures_of(prepared("total-cutoff-one-year"), "JPN").to_dict("records")
    assert stop["spared"] == ()


@pytest.mark.parametrize(
    ("covered", "spared", "said"),
    [
        (("oxide",), ("metal",), ", of its products oxides alone"),
        (("oxide",), (), ""),
        (("oxide", "metal", "alloy"), ("magnet",), ""),
        ((), ("metal",), ""),
    ],
)
def test_few_products_are_named_where_others_are_shipped_free(covered, spared, said):
    live = pd.DataFrame({"covered": [covered], "spared": [spared]})
    assert only_covered(live, {"oxide": "oxides", "metal": "metals", "alloy": "alloys"}) == said
