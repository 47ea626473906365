"""A firm's supplier list: matched here, every line accounted for, and no name in anything that comes out."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lodestone.baseline.material import base_year_of
from lodestone.baseline.nouns import Network
from lodestone.baseline.place import baseline_folder, default_material
from lodestone.baseline.store import read_baseline
from lodestone.errors import Faults
from lodestone.exposure.bill_view import bill_view
from lodestone.exposure.bom import read_bill_rows
from lodestone.exposure.suppliers import (
    NOT_MADE,
    OTHER_PRODUCT,
    SupplierExposure,
    read_supplier_list,
    supplier_exposure,
)
from lodestone.facts.place import data_folder
from lodestone.facts.trade_partners import read_partners
from tests.cli.command import told_by

LIST = """supplier,economy,product,share
"Lynas Rare Earths, Ltd.",Malaysia,284690,0.4
Zanzibar Zirkon GmbH,DE,850511,0.5
Quuxmetall,China,850511,0.25
Quuxmetall,CHN,oxide_dy,
Xylotrade KK,392,999999,0.3
Xylotrade KK,Peru,850511,0.25
Vexmag JSC,VNM,oxide_dy,
"""
NAMES = ("lynas", "zanzibar", "zirkon", "quuxmetall", "xylotrade", "vexmag")


@pytest.fixture(scope="module")
def network() -> Network:
    folder = data_folder()
    name = default_material(folder)
    held = read_baseline(baseline_folder(folder, name, base_year_of(folder, name, 0)))
    return next(iter(held.networks.values()))


def written(folder: Path, text: str = LIST) -> Path:
    path = folder / "list.csv"
    path.write_text(text, encoding="utf-8")
    return path


def found(network: Network, folder: Path, names: bool = False) -> SupplierExposure:
    listed = read_supplier_list(written(folder), read_partners(data_folder()))
    return supplier_exposure(network, data_folder(), listed, "CHN", names)


def test_every_line_is_matched_or_says_why(network: Network, tmp_path: Path) -> None:
    lines = found(network, tmp_path).lines.set_index("line")
    assert lines["set_aside"].to_dict() == {2: "", 3: "", 4: "", 5: "", 6: OTHER_PRODUCT, 7: NOT_MADE, 8: ""}
    assert lines["economy"].tolist() == ["MYS", "DEU", "CHN", "CHN", "JPN", "PER", "VNM"]
    assert lines.at[7, "place"] == "ROW" and lines.at[2, "place"] == "MYS"
    assert lines.at[2, "sites"] > 0 and (lines.drop(2)["sites"] == 0).all()
    assert lines.at[4, "touches_low"] == lines.at[4, "touches_high"] == 1.0


def test_the_way_is_the_bill_of_materials_way(network: Network, tmp_path: Path) -> None:
    """An oxide of one element, asked for as a line of a bill: another reader, and graphs by stage instead of product."""
    bill = tmp_path / "bill.csv"
    bill.write_text(
        "part,material,quantity,unit,supplier,stage,stock_weeks\na,Dy,1,g,VNM,separation,\n", encoding="utf-8"
    )
    held = read_baseline(baseline_folder(data_folder(), network.material, network.year))
    wanted = float(bill_view(held, read_bill_rows(bill)[0], "CHN").stops["touches"].iloc[0])
    ours = found(network, tmp_path).lines.set_index("line").loc[8]
    assert 0 < wanted < 1 and ours["touches_low"] == pytest.approx(wanted) == ours["touches_high"]


def test_products_add_up_by_hand(network: Network, tmp_path: Path) -> None:
    view = found(network, tmp_path)
    lines, magnets = view.lines.set_index("line"), view.products.set_index("product").loc["850511"]
    assert (magnets["share"], magnets["covered"]) == (1.0, 0.75)
    for bound in ("touches_low", "touches_high"):
        assert magnets[bound] == pytest.approx(0.5 * lines.at[3, bound] + 0.25)
    assert view.products.set_index("product").at["999999", "covered"] == 0


def test_a_longer_code_and_a_group(network: Network, tmp_path: Path) -> None:
    text = "supplier,economy,product\na,CHN,85051190\nb,Poland,850511\n"
    listed = read_supplier_list(written(tmp_path, text), read_partners(data_folder()))
    lines = supplier_exposure(network, data_folder(), listed, "CHN").lines
    assert lines.at[0, "set_aside"] == "" and lines.at[1, "place"] == "EU24"
    assert np.isnan(lines["share"]).all()


def everything(folder: Path) -> str:
    return " ".join(path.name + path.read_text("utf-8") for path in sorted(folder.rglob("*")) if path.is_file()).lower()


@pytest.mark.parametrize("extra", [[], ["--json"]])
def test_no_name_comes_out_unless_asked_for(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, extra: list[str]
) -> None:
    path, away = written(tmp_path), tmp_path / "here"
    away.mkdir()
    monkeypatch.chdir(away)
    out = tmp_path / "out"
    code, said, wrong = told_by(capsys, "exposure", "suppliers", str(path), "--out", str(out), *extra)
    assert code == 0 and sorted(one.name for one in out.iterdir()) == ["lines.csv", "products.csv"]
    assert not [name for name in NAMES if name in (said + wrong + everything(out)).lower()]
    assert not list(away.iterdir())
    if extra:
        assert len(json.loads(said)["lines"]) == 7
    code, said, _ = told_by(
        capsys, "exposure", "suppliers", str(path), "--names", "--out", str(tmp_path / "named"), *extra
    )
    assert code == 0 and all(name in (said + everything(tmp_path / "named")).lower() for name in NAMES)
    assert pd.read_csv(tmp_path / "named" / "lines.csv")["supplier"].str.contains("Quux").sum() == 2


def test_all_faults_are_told_together_without_a_name(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    wrong = (
        "supplier,economy,product,share\n"
        "850511,Zanzibar Zirkon,CHN,0.5\n"
        "Quuxmetall,World,850511,0.7\n"
        "Quuxmetall,CHN,850511,Xylotrade\n"
        "Vexmag,CHN,850511\n"
        ",CHN,,1.5\n"
    )
    out = tmp_path / "out"
    code, said, told = told_by(capsys, "exposure", "suppliers", str(written(tmp_path, wrong)), "--out", str(out))
    assert code == 2 and not out.exists() and "Traceback" not in told
    assert [f"list.csv:{line}" in told for line in (2, 3, 4, 5, 6)] == [True] * 5
    assert not [name for name in NAMES if name in (said + told).lower()]


@pytest.mark.parametrize(
    "text",
    [
        "Quuxmetall,CHN,850511,0.5\n",
        "supplier;economy;product\nQuuxmetall;CHN;1\n",
        'supplier,economy,product\n"Quuxmetall',
    ],
)
def test_a_file_of_another_kind_is_refused_without_a_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(Faults) as told:
        read_supplier_list(written(tmp_path, text), read_partners(data_folder()))
    assert "quux" not in str(told.value).lower()


def test_shares_of_a_product_beyond_one(tmp_path: Path) -> None:
    text = "supplier,economy,product,share\na,CHN,850511,0.7\nb,CHN,850511,0.7\n"
    with pytest.raises(Faults, match="make 1.4"):
        read_supplier_list(written(tmp_path, text), read_partners(data_folder()))


def test_a_folder_that_is_there_is_left_alone(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    code, _, told = told_by(capsys, "exposure", "suppliers", str(written(tmp_path)), "--out", str(tmp_path))
    assert code == 2 and "there already" in told
