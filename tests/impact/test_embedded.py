"""The table that comes with Lodestone: balanced, at the newest level, its age on its sleeve."""

from __future__ import annotations

import csv
import datetime as dt

import numpy as np
import pandas as pd
import pytest

from lodestone.errors import BalanceError, FactError
from lodestone.facts.nouns import FactTable
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.impact.embedded import EmbeddedTable, at_newest_level, essential_flags, read_embedded
from lodestone.impact.table import make_table
from lodestone.labels import load_labels

ECONOMIES = pd.DataFrame(
    {"members": ["", "", "", "", "BOR COR", "ALB PACT DOR"]}, index=["ALB", "BOR", "COR", "DOR", "PACT", "EVERYONE"]
)
VALUES = {
    ("EVERYONE", "all"): 4000.0, ("EVERYONE", "cars"): 1000.0,
    ("PACT", "all"): 1500.0, ("PACT", "cars"): 400.0,
    ("ALB", "all"): 1800.0, ("ALB", "cars"): 500.0,
    ("BOR", "all"): 1000.0, ("BOR", "cars"): 300.0,
}  # fmt: skip


def small() -> EmbeddedTable:
    """Four economies with cars, farms and homes."""
    rng = np.random.default_rng(2)
    industries = pd.MultiIndex.from_product([["ALB", "BOR", "COR", "DOR"], ["cars", "farms", "homes"]])
    flows = rng.uniform(1.0, 10.0, (12, 12))
    flows[:, 2::3] = 0.0
    flows[2::3] = 0.0
    final = rng.uniform(20.0, 60.0, (12, 4))
    table = make_table(
        industries, flows, final, ["ALB", "BOR", "COR", "DOR"], unit="million USD", year=2011, source="S1"
    )
    rows = [
        ("cars", "cars", "", "electric", "goods", "goods"),
        ("farms", "all", "cars", "", "goods", "all"),
        ("homes", "all", "cars", "", "services", "none"),
    ]
    columns = ["industry_sector", "scaled_by", "less", "sectors", "makes", "stops"]
    concordance = pd.DataFrame(rows, columns=columns).set_index("industry_sector")
    jobs = pd.DataFrame(
        [("ALB", "cars", "cars;vans", "2019")], columns=["economy", "industry_sector", "products", "period"]
    )
    return EmbeddedTable(table, concordance, jobs)


def facts(values=VALUES, period="2022", jobs=()) -> FactTable:
    rows = [(e, p, period, v, "value_added", "million USD") for (e, p), v in values.items()]
    rows += [(e, p, y, v, "employment", unit) for e, p, y, v, unit in jobs]
    table = pd.DataFrame(rows, columns=["economy", "product", "period", "value", "variable", "unit"])
    table.index = pd.Index([f"f{k}" for k in range(len(rows))], name="id")
    return FactTable(table, {}, dt.date(2026, 1, 1), {}, "")


def newest(embedded=None, **known) -> pd.Series:
    table = at_newest_level(embedded or small(), facts(**known), ECONOMIES, lambda year: 1.1)
    return pd.Series(table.value_added, index=table.industries)


def test_an_economy_with_a_figure_of_its_own_gets_it_and_industries_share_it_as_before():
    told, before = newest(), pd.Series(small().table.value_added, index=small().table.industries)
    assert told["ALB", "cars"] == pytest.approx(1.1 * 500.0)
    assert told["ALB", "farms"] + told["ALB", "homes"] == pytest.approx(1.1 * 1300.0)
    assert told["ALB", "farms"] / told["ALB", "homes"] == pytest.approx(before["ALB", "farms"] / before["ALB", "homes"])


def test_an_economy_without_one_shares_what_its_union_and_then_the_world_leave_over():
    told = newest()
    assert told["COR", "cars"] == pytest.approx(1.1 * (400.0 - 300.0))
    assert told["DOR", "cars"] == pytest.approx(1.1 * (1000.0 - 500.0 - 400.0))
    assert told.sum() == pytest.approx(1.1 * 4000.0)


def test_accounts_hold_and_coefficients_stay_near():
    old, new = small().table, at_newest_level(small(), facts(), ECONOMIES, lambda year: 1.0)
    assert np.allclose(new.output, new.intermediate.sum(axis=0) + new.value_added, rtol=1e-9)
    assert (new.intermediate >= 0.0).all() and (new.final_demand >= 0.0).all()
    share_old, share_new = old.value_added / old.output, new.value_added / new.output
    assert share_new == pytest.approx(share_old, rel=1e-6)


def test_the_newest_period_counts_and_growth_of_one_changes_nothing():
    table = small().table
    value = pd.Series(table.value_added, index=table.industries)
    same = {("EVERYONE", "all"): value.sum(), ("EVERYONE", "cars"): value[:, "cars"].sum()}
    told = at_newest_level(small(), facts(values=same), ECONOMIES, lambda year: 1.0)
    assert told.value_added == pytest.approx(table.value_added, rel=1e-6)
    assert told.intermediate == pytest.approx(table.intermediate, rel=1e-6)


def test_before_a_newer_figure_was_known_the_published_level_stands_and_says_so():
    told = at_newest_level(small(), facts(values={}), ECONOMIES, lambda year: 1.5)
    assert told.value_added == pytest.approx(1.5 * small().table.value_added)
    assert "no newer value added is known by 2026-01-01" in told.notes[-1]


def test_facts_that_leave_less_than_nothing_are_refused():
    with pytest.raises(FactError, match="value added of cars less nothing in PACT less BOR is -100"):
        newest(values=VALUES | {("BOR", "cars"): 500.0})


def test_jobs_are_counted_where_every_part_is():
    some = [("ALB", "cars", "2019", 12.0, "thousand persons")]
    vans = [("ALB", "vans", "2019", 500.0, "persons")]
    assert np.isnan(at_newest_level(small(), facts(jobs=some), ECONOMIES, lambda year: 1.0).jobs).all()
    assert at_newest_level(small(), facts(jobs=some + vans), ECONOMIES, lambda year: 1.0).jobs[0] == 12_500.0


def test_what_stops_whom():
    flags = essential_flags(small())
    assert flags.shape == (3, 12)
    cars, farms, homes = flags
    assert cars.tolist() == [True, True, False] * 4
    assert farms.all() and not homes.any()


@pytest.fixture(scope="module")
def shipped() -> EmbeddedTable:
    return read_embedded(data_folder() / "wiod" / "2011")


def test_the_shipped_table_balances_and_says_what_was_settled(shipped):
    table = shipped.table
    assert len(table.industries) == 1435
    assert table.value_added.sum() == pytest.approx(table.final_demand.sum(), rel=1e-12)
    assert table.output.sum() == pytest.approx(141_767_904.0, rel=1e-3)  # million USD, as published
    assert "up to 108 million USD" in table.notes[0] and "stocks" in table.notes[1]


def test_the_shipped_table_reaches_the_newest_value_added(shipped):
    known = read_facts()
    economies = load_labels(data_folder() / "labels", "economies")
    table = at_newest_level(shipped, known, economies, lambda year: 1.0)
    value = pd.Series(table.value_added, index=table.industries)
    rows = known.rows[(known.rows["variable"] == "value_added") & (known.rows["period"] == "2022")]
    newest = rows.set_index(["economy", "product"])["value"]
    assert value.sum() == pytest.approx(newest["WLD", "total economy"], rel=1e-6)
    for economy in ("JPN", "USA", "DEU", "CHN"):
        assert value[economy].sum() == pytest.approx(newest[economy, "total economy"], rel=1e-6)
        assert value[economy, "c13"] == pytest.approx(newest[economy, "machinery C28"], rel=1e-6)
    assert table.jobs[table.industries.get_loc(("USA", "c13"))] == 1_122_000.0
    assert np.isfinite(table.jobs).sum() == 6
    assert (table.year, table.money_year) == (2011, 2024)
    assert "13 years older than the money" in table.notes[-1]


def test_every_industry_and_every_sector_of_use_has_its_row_and_reason(shipped):
    concordance = shipped.concordance
    assert set(concordance.index) == set(shipped.table.sectors)
    with (data_folder() / "labels" / "sectors.csv").open(encoding="utf-8") as file:
        sectors = [row["label"] for row in csv.DictReader(file)]
    homes = [sector for cell in concordance["sectors"] for sector in cell.split(";") if sector]
    assert sorted(homes) == sorted(sectors)
    for column in ("scale_reason", "sectors_reason", "stops_reason"):
        assert (concordance[column] != "").all()
    assert set(concordance["makes"]) == {"goods", "services"} and set(concordance["stops"]) == {"all", "goods", "none"}
    products = set(read_facts().rows["product"])
    assert {p for cell in [*concordance["scaled_by"], *concordance["less"]] for p in cell.split(";") if p} <= products


def test_a_folder_that_lacks_a_file_or_a_row_is_refused(tmp_path):
    with pytest.raises(FactError, match=r"lacks intermediate.parquet, final.parquet"):
        read_embedded(tmp_path)
    place = tmp_path / "2011"
    place.mkdir()
    for path in (data_folder() / "wiod" / "2011").iterdir():
        (place / path.name).write_bytes(path.read_bytes())
    text = (place / "concordance.csv").read_text("utf-8").splitlines(keepends=True)
    (place / "concordance.csv").write_text(
        "".join(line for line in text if not line.startswith("c7,")), encoding="utf-8"
    )
    with pytest.raises(FactError, match="has no row for c7"):
        read_embedded(place)
    (place / "concordance.csv").write_text("".join(text), encoding="utf-8")
    listed = pd.read_csv(place / "industries.csv")
    listed.loc[listed["region_sector"] == "JPN.c15", "output_musd"] += 5000
    listed.to_csv(place / "industries.csv", index=False)
    with pytest.raises(BalanceError, match="Largest: c15 of JPN by 5064"):
        read_embedded(place)
