"""A view from a date: an earlier figure stands in and is named, later ones change nothing, the rest is the prior's."""

from __future__ import annotations

import datetime as dt
import shutil

import numpy as np
import pytest

from lodestone.baseline.build import build_network, checksum, gather, reconcile_once
from lodestone.baseline.describe import as_of_notes, describe, left_to_prior, lines
from lodestone.baseline.make import make_baseline
from lodestone.baseline.observe import find_facts
from lodestone.baseline.topology import read_topology
from lodestone.errors import FactError
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from tests.baseline.small_material import HERE, MATERIAL, THERE, YEAR, SmallMaterial
from tests.test_chain_as_of import appended, like

DAY, LATER = "2025-06-30", "2025-09-01"
REAL = ("rare_earths", 2024, dt.date(2025, 4, 4))


def late_route(small: SmallMaterial, **more: str) -> None:
    """A route whose figure of 2024 came out after the day."""
    small.magnets("route", 45.0, known_from=LATER, **more)


def earlier(small: SmallMaterial, value: float, period: str, **more: str) -> str:
    """Another figure on that route."""
    places = {"economy": HERE, "partner": THERE}
    return small.fact("trade_quantity", "magnets route", value, **(places | {"period": period} | more))


def test_the_nearest_year_known_stands_in_and_is_named(small):
    late_route(small)
    for period, value in (("2020", 10.0), ("2023", 30.0), ("2019", 5.0)):
        earlier(small, value, period)
    found = small.gather(DAY).found
    assert found.table.set_index("name").loc["route", ["value", "period"]].tolist() == [30.0, "2023"]
    assert found.skipped == () and found.stand_ins == ("route: one/trade_quantity/7 (2023) for 2024 of office",)
    assert small.gather().found.stand_ins == ()


def test_of_two_editions_on_a_year_the_last_one_out_stands_in(small):
    late_route(small)
    earlier(small, 20.0, "2024", source="gazette", known_from="2025-02-01")
    earlier(small, 22.0, "2024", source="gazette", known_from="2025-05-01")
    earlier(small, 99.0, "2024", source="gazette", known_from="2025-08-01")  # not out either
    assert small.gather(DAY).found.table.set_index("name").at["route", "value"] == 22.0


def test_a_stand_in_pulls_less_the_older_it_is(tmp_path):
    spread = []
    for period in ("2023", "2020"):
        small = SmallMaterial(tmp_path / period)
        late_route(small)
        earlier(small, 30.0, period)
        table = reconcile_once(small.gather(DAY), "proportional").observations.table.set_index("name")
        spread.append(table.at["route", "relative_sd"])
    assert spread == pytest.approx([np.hypot(0.05, 0.05), np.hypot(0.05, 0.2)])


@pytest.mark.parametrize(
    "more",
    [{"period": "2024-06"}, {"tier": "C"}, {"partner": HERE}, {"variable": "import_quantity"}],
    ids=lambda more: next(iter(more)),
)
def test_a_month_a_rumour_or_another_series_never_stands_in(small, more):
    late_route(small)
    small.fact(**({"variable": "trade_quantity", "product": "magnets route", "value": 30.0, "period": "2023"}
                  | {"economy": HERE, "partner": THERE} | more))  # fmt: skip
    assert small.gather(DAY).found.skipped == ("route",)


def test_two_figures_as_near_leave_the_row_to_the_prior(small):
    late_route(small)
    for value in (30.0, 33.0):
        earlier(small, value, "2023")
    assert small.gather(DAY).found.skipped == ("route",)


def test_no_fact_is_read_twice(small):
    late_route(small)
    late_route(small)
    small.observations[-1] |= {"name": "again", "period": "2022"}
    small.facts[-1]["period"] = "2022"
    earlier(small, 30.0, "2023")
    found = small.gather(DAY).found
    assert found.skipped == ("again",) and len(found.stand_ins) == 1


def test_a_row_chosen_by_its_value_has_no_stand_in(small):
    late_route(small)
    small.observations[-1]["value"] = "45"
    earlier(small, 30.0, "2023")
    assert small.gather(DAY).found.skipped == ("route",)


def test_without_a_date_a_row_that_meets_nothing_is_a_slip_and_takes_nothing_else(small):
    late_route(small)
    small.facts[-1]["period"] = "2023"
    assert small.gather().found.skipped == ("route",)


def test_a_value_whose_price_is_not_out_is_left_out_by_name(small):
    small.tables["prices"] = (
        "product,variable,fact_product,partner,period,source,over_variable,factor,reason\n"
        "magnet_hot,price,magnet,,2024,office,,,\nmetal_dy,price,dysprosium,,2024,office,,,\n"
    )
    small.fact("price", "magnet", 50.0, unit="USD/kg", basis="gross weight", known_from=LATER)
    small.fact("price", "dysprosium", 300.0, unit="USD/kg", basis="gross weight")
    small.magnets("worth", 4000.0, measure="value")
    small.magnets("worth of metal", 4000.0, measure="value", products="metal_dy")
    assert small.gather(DAY).found.skipped == ("worth (no price)",)
    assert small.gather().found.skipped == ()


def test_a_driver_not_out_gives_way_to_the_value_added_of_the_industry(small):
    small.edit("drivers", "pumps,value_added,machines,2024,office,office", "pumps,units,pumps,2024,office,office")
    small.tables["value"] = "sector,product,period,source,low,central,high,reason\npumps,machines,2024,office,1,1,1,\n"
    for economy, count in (("WLD", 10.0), (HERE, 9.0)):
        small.fact("units", "pumps", count, economy=economy, unit="pieces", known_from=LATER)
    base = small.gather(DAY)
    assert base.split.share.loc["pumps"].to_dict() == pytest.approx({HERE: 0.3, THERE: 0.7})
    assert base.stand_ins == ("pumps: value_added of machines 2024 for pumps 2024",)
    assert small.gather().split.share.loc["pumps"].to_dict() == pytest.approx({HERE: 0.9, THERE: 0.1})
    small.tables.pop("value")
    (small.folder / "topology" / MATERIAL / "value.csv").unlink()
    with pytest.raises(FactError, match="no world figure of 'pumps' 2024"):
        small.gather(DAY)


def test_a_mine_whose_output_is_not_out_is_refused_by_name(small):
    next(row for row in small.facts if row["variable"] == "mine_production")["known_from"] = LATER
    with pytest.raises(FactError, match=f"the output of dig@{HERE} is a fact that was not known by {DAY}.*later date"):
        small.gather(DAY)
    small.fact("mine_production", "ore", 150.0, economy=HERE, period="2022")
    assert small.gather(DAY).stand_ins == ("mine: one/mine_production/5 (2022) for 2024 of office",)


def test_the_report_names_what_stands_in_and_what_is_left_to_the_prior(small):
    late_route(small)
    earlier(small, 30.0, "2023")
    small.magnets("gone", 12.0, known_from=LATER)
    made = make_baseline(small.write(), MATERIAL, YEAR, small.known(DAY), draws=0)
    text = "\n".join(lines(describe(made)))
    assert "route: one/trade_quantity/6 (2023) for 2024 of office" in text and "left to the prior: 1: gone" in text
    assert left_to_prior(made) == ("gone",)
    (note,) = as_of_notes(made)
    assert "known by 2025-06-30: 1 earlier figures stand in" in note and "1 observations are left to the prior" in note
    whole = make_baseline(small.folder, MATERIAL, YEAR, small.known(), draws=0)
    assert as_of_notes(whole) == () and "earlier figures" not in "\n".join(lines(describe(whole)))


@pytest.fixture(scope="module")
def view():
    """The rare earths of 2024 as they could be known the day the licences of 2025 came."""
    material, year, day = REAL
    return gather(data_folder(), material, year, read_facts(data_folder(), day))


def test_every_fact_of_the_view_was_out(view):
    day = REAL[2]
    facts = read_facts(data_folder(), corrected=False).rows["known_from"]
    used = {*view.found.table["fact"], *(fact for ids in view.split.origin.values() for fact in ids)}
    assert len(used) > 100 and (facts[sorted(used)].dt.date <= day).all()
    assert len(view.found.table) + len(view.found.skipped) == len(view.topology.observations)
    named = {text.split(":")[0] for text in view.stand_ins}
    assert {"mine_aus", "trade_mmr_chn", "other_vehicles"} <= named
    assert "iea_magnet_total" in view.found.skipped and "value_chn_jpn (no price)" in view.found.skipped


def test_a_later_figure_planted_in_the_data_changes_nothing(view, tmp_path):
    """Ten times the Chinese mines, exports and cars, out a month after the day, in the names the tables ask for."""
    material, year, day = REAL
    folder = tmp_path / "data"
    shutil.copytree(data_folder(), folder, ignore=shutil.ignore_patterns("baseline", "wiod"))
    planted = 0
    for name in ("usgs/mcs2025", "comtrade/2024", "press/2026-11-23"):
        path = folder / name / "facts.csv"
        for variable in ("mine_production", "trade_quantity", "units_produced"):
            if f",{variable}," in path.read_text(encoding="utf-8"):
                row = like(path, "variable", variable)
                appended(path, row | {"id": f"{row['id']}-planted", "value": "9999999", "period": "2024",
                                      "economy": "CHN", "known_from": "2025-05-04"})  # fmt: skip
                planted += 1
    assert planted > 3
    facts = read_facts(folder, day)
    assert not facts.rows.index.str.endswith("-planted").any()
    again = gather(folder, material, year, facts)
    assert checksum(again) == checksum(view)


def test_figures_that_may_stand_in_are_counted_alike():
    """Facts with the labels of one row never differ in unit or basis, so any of them may stand in for another."""
    facts = read_facts(data_folder(), corrected=False).rows
    key = ["variable", "product", "economy", "partner", "element"]
    for place in sorted((data_folder() / "topology").iterdir()):
        rows = read_topology(data_folder(), place.name).observations
        asked = facts[facts.set_index(key[:4]).index.isin(rows.set_index(key[:4]).index)]
        kinds = asked[asked["tier"] != "C"].groupby(key)[["unit", "basis"]].nunique().max(axis=1)
        assert (kinds == 1).all(), kinds[kinds > 1].index.tolist()


def test_the_view_balances_and_differs_from_what_is_known_today(view):
    made = build_network(view, reconcile_once(view, "proportional"))
    assert made.known == REAL[2] and (made.trade["flow"] >= 0).all()
    today = find_facts(view.topology, read_facts(data_folder()), REAL[1]).table.set_index("name")["value"]
    then = view.found.table.set_index("name")["value"]
    assert then["mine_aus"] == 13000.0 and today["mine_aus"] == 29000.0
