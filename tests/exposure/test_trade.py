"""An importer's suppliers from a store, against the same figures computed by hand in pandas."""

from __future__ import annotations

import math
from pathlib import Path

import pandas as pd
import pytest

from lodestone.errors import FactError, LabelError
from lodestone.exposure.trade import trade_exposure
from lodestone.exposure.trade_nouns import RANKING_COLUMNS
from lodestone.exposure.trade_ranking import trade_ranking, write_groups
from lodestone.facts.ingest import ingest
from lodestone.facts.place import data_folder
from tests.facts.readers.baci_sample import FLOWS, write_release

LABELS = {"156": "CHN", "392": "JPN", "490": "TWN", "757": "CHE", "842": "USA"}
EARLIER = ("2021,156,392,850511,50,5", "2021,842,392,850511,150,5", "2021,156,842,010121,1,1")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("trade")
    paths = write_release(folder / "in") + write_release(folder / "in", flows=EARLIER, year=2021)[:1]
    ingest("baci", paths, folder / "store", data_folder())
    return folder / "store"


def table(rows: tuple[str, ...] = FLOWS) -> pd.DataFrame:
    cells = pd.DataFrame([row.split(",") for row in rows], columns=["t", "exporter", "importer", "product", "v", "q"])
    cells["value"] = cells["v"].astype(float)
    cells["quantity"] = pd.to_numeric(cells["q"].str.strip().replace("NA", None))
    return cells.replace({"exporter": LABELS, "importer": LABELS})


def test_shares_and_concentration(store: Path) -> None:
    found = trade_exposure(store, data_folder(), "850511", "JPN")
    rows = table().query("importer == 'JPN' and product == '850511'")
    share = rows.set_index("exporter")["value"] / rows["value"].sum()
    assert found.suppliers.set_index("exporter")["value_share"].to_dict() == pytest.approx(share.to_dict())
    assert found.hhi_low == found.hhi_high == pytest.approx((share**2).sum())
    assert (found.top_supplier, found.top_share) == ("CHN", pytest.approx(share.max()))
    assert (found.value, found.year) == (pytest.approx(rows["value"].sum()), 2022)


def test_a_weight_that_is_missing_makes_the_total_unknown_not_smaller(store: Path) -> None:
    found = trade_exposure(store, data_folder(), "850511", "JPN")
    assert found.quantity is None and found.hhi_by_quantity is None
    assert found.weighed_share == pytest.approx((800.5 + 100.25) / 1000)
    assert trade_exposure(store, data_folder(), "850511", "USA").quantity == pytest.approx(10.125)


def test_dependence_is_imports_over_what_others_export_elsewhere(store: Path) -> None:
    found = trade_exposure(store, data_folder(), "850511", "JPN")
    rows = table().query("product == '850511' and exporter not in ('CHN', 'JPN') and importer != 'JPN'")
    assert found.supplier_dependence == pytest.approx(800.5 / rows["value"].sum())


def test_where_nobody_else_exports_there_is_no_dependence_to_divide_by(store: Path) -> None:
    assert trade_exposure(store, data_folder(), "284690", "JPN").supplier_dependence is None


def test_an_exporter_that_imports_as_much_may_only_pass_goods_on(store: Path) -> None:
    suspicion = trade_exposure(store, data_folder(), "850511", "JPN").suppliers.set_index("exporter")
    assert suspicion["re_export_suspicion"].to_dict() == {"CHN": 0.0, "TWN": 0.0, "USA": 1.0}


def test_codes_that_begin_alike_count_together(store: Path) -> None:
    assert trade_exposure(store, data_folder(), "8505", "JPN").value == pytest.approx(1000)
    assert trade_exposure(store, data_folder(), "2", "JPN").value == pytest.approx(7)


def test_an_odd_unit_value_is_named(tmp_path: Path) -> None:
    rows = [f"2022,{exporter},{importer},850511,{10 + n},1" for n, (exporter, importer) in enumerate(PAIRS)]
    paths = write_release(tmp_path / "in", flows=[*rows, "2022,757,392,850511,900,1"])
    ingest("baci", paths, tmp_path / "store", data_folder())
    found = trade_exposure(tmp_path / "store", data_folder(), "850511", "JPN")
    assert list(found.outliers["exporter"]) == ["CHE"]
    logs = [math.log(10 + n) for n in range(len(PAIRS))] + [math.log(900)]
    middle = pd.Series(logs).median()
    spread = (pd.Series(logs) - middle).abs().median()
    assert found.outliers["unit_value_score"].item() == pytest.approx(0.6745 * (math.log(900) - middle) / spread)


PAIRS = [("156", "392"), ("490", "392"), ("842", "392"), ("156", "842"), ("490", "842")]


def test_trade_among_the_members_of_a_group_is_left_out(tmp_path: Path) -> None:
    countries = "country_code,country_iso3\n156,CHN\n276,DEU\n251,FRA\n"
    flows = ["2022,156,276,850511,10,1", "2022,156,251,850511,30,1", "2022,276,251,850511,60,1"]
    ingest("baci", write_release(tmp_path / "in", flows=flows, countries=countries), tmp_path / "s", data_folder())
    found = trade_exposure(tmp_path / "s", data_folder(), "850511", "EU27")
    assert found.suppliers[["exporter", "value"]].to_numpy().tolist() == [["CHN", 40.0]]
    assert trade_ranking(tmp_path / "s", data_folder(), "EU27", least_value=0).table["value"].tolist() == [40.0]


@pytest.mark.parametrize(
    ("terms", "error", "said"),
    [
        ({"importer": "JAP"}, LabelError, "importer 'JAP' is not known. Did you mean JPN"),
        ({"product": "magnets"}, LabelError, "no customs code"),
        ({"product": "999999"}, LabelError, "imports nothing under 999999"),
        ({"year": 1999}, LabelError, "it holds 2021 to 2022"),
        ({"kind": "else"}, FactError, "It holds: baci HS92"),
    ],
)
def test_a_question_the_store_cannot_answer(
    store: Path, terms: dict[str, object], error: type[Exception], said: str
) -> None:
    asked = {"product": "850511", "importer": "JPN"} | terms
    with pytest.raises(error, match=said):
        trade_exposure(store, data_folder(), **asked)  # type: ignore[arg-type]


def test_the_ranking_agrees_with_one_product_at_a_time(store: Path) -> None:
    ranking = trade_ranking(store, data_folder(), "JPN", least_value=0).table
    assert tuple(ranking.columns) == RANKING_COLUMNS
    for row in ranking.to_dict("records"):
        one = trade_exposure(store, data_folder(), row["product"], "JPN")
        assert row["value"] == pytest.approx(one.value)
        assert row["top_supplier"] == one.top_supplier
        assert row["herfindahl_hirschman_index"] == pytest.approx(one.hhi_low)
        expected = math.nan if one.supplier_dependence is None else one.supplier_dependence
        assert row["supplier_dependence"] == pytest.approx(expected, nan_ok=True)
        passed = (one.suppliers["value_share"] * one.suppliers["re_export_suspicion"]).sum()
        assert row["re_export_suspicion"] == pytest.approx(passed)


def test_the_ranking_tells_the_years_before(store: Path) -> None:
    row = trade_ranking(store, data_folder(), "JPN", least_value=0).table.set_index("product").loc["850511"]
    assert (row["years"], row["years_led"], row["first_year_share"]) == (2, 1, pytest.approx(0.25))


def test_small_purchases_are_counted_not_lost(store: Path) -> None:
    found = trade_ranking(store, data_folder(), "JPN", least_value=100)
    assert (found.products, found.left_below, len(found.table)) == (2, 1, 1)


def test_every_importer_product_and_year_as_a_file(store: Path, tmp_path: Path) -> None:
    count = write_groups(store, tmp_path / "all.parquet")
    found = pd.read_parquet(tmp_path / "all.parquet")
    rows = table((*FLOWS, *EARLIER))
    expected = rows.groupby(["t", "importer", "product"])["value"].agg(lambda v: (v**2).sum() / v.sum() ** 2)
    assert count == len(found) == len(expected)
    index = found.assign(t=found["year"].astype(str)).set_index(["t", "importer", "product"])
    for key, value in expected.items():
        assert index.at[key, "herfindahl_hirschman_index"] == pytest.approx(value)


def test_a_newer_edition_stands_beside_the_older(store: Path, tmp_path: Path) -> None:
    import datetime as dt
    import shutil

    shutil.copytree(store, tmp_path / "store")
    newer = write_release(tmp_path / "in", flows=["2022,490,392,850511,5,1"], release="202501")
    ingest("baci", newer, tmp_path / "store", data_folder())
    now = trade_exposure(tmp_path / "store", data_folder(), "850511", "JPN")
    then = trade_exposure(tmp_path / "store", data_folder(), "850511", "JPN", as_of=dt.date(2024, 6, 1))
    assert (now.source.edition, now.top_supplier) == ("202501", "TWN")
    assert (then.source.edition, then.top_supplier) == ("202401b", "CHN")
    with pytest.raises(FactError, match="holds no such table"):
        trade_exposure(tmp_path / "store", data_folder(), "850511", "JPN", as_of=dt.date(2023, 6, 1))
