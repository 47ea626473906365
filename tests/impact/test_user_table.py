"""A user's own table: one tiny world written in each layout, read back, and what is wrong refused by name."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from lodestone.errors import BalanceError, FactError, LabelError
from lodestone.impact import user_table
from lodestone.impact.ario import ArioParameters, run_plain, set_up
from lodestone.impact.embedded import EmbeddedTable, essential_flags
from lodestone.impact.user_table import from_pymrio, read_concordance, read_user_table

REGIONS, SECTORS = ("JPN", "USA"), ("c34", "c35")
ROWS = [(region, sector) for region in REGIONS for sector in SECTORS]
FLOWS = np.array([[10.0, 20, 3, 4], [5, 8, 2, 6], [1, 2, 30, 40], [3, 4, 25, 15]])
FINAL = np.array([[60.0, 20, 5, 1], [50, 10, 4, 2], [3, 1, 100, 30], [2, 2, 90, 25]])  # two categories a region
OUTPUT = FLOWS.sum(axis=1) + FINAL.sum(axis=1)
BUYERS = np.array([[80.0, 6], [60, 6], [4, 130], [4, 115]])


def frames(regions=REGIONS) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    index = pd.MultiIndex.from_product([regions, SECTORS], names=["region", "sector"])
    final = pd.MultiIndex.from_product([regions, ["household", "capital"]], names=["region", "category"])
    return (
        pd.DataFrame(FLOWS, index, index),
        pd.DataFrame(FINAL, index, final),
        pd.DataFrame({"indout": OUTPUT}, index),
    )


def write_saved(folder: Path, unit: str = "M.EUR", regions=REGIONS) -> Path:
    """The layout of pymrio, which EXIOBASE 3 is published in."""
    flows, final, output = frames(regions)
    flows.to_csv(folder / "Z.txt", sep="\t")
    final.to_csv(folder / "Y.txt", sep="\t")
    output.to_csv(folder / "x.txt", sep="\t")
    pd.DataFrame({"unit": unit}, flows.index).to_csv(folder / "unit.txt", sep="\t")
    files = {"Z": ("2", "2"), "Y": ("2", "2"), "x": ("2", "1"), "unit": ("2", "1")}
    held = {key: {"name": f"{key}.txt", "nr_index_col": i, "nr_header": h} for key, (i, h) in files.items()}
    (folder / "file_parameters.json").write_text(json.dumps({"systemtype": "IOSystem", "files": held}))
    about = {"description": "tiny", "name": "tiny", "system": "ixi", "version": "1", "history": []}
    (folder / "metadata.json").write_text(json.dumps(about))
    return folder


def write_oecd(folder: Path, year: int = 2018) -> Path:
    names = [f"{region}_{sector}" for region, sector in ROWS]
    buyers = [f"{region}_{category}" for region in REGIONS for category in ("HFCE", "GFCF")]
    table = pd.DataFrame(np.hstack([FLOWS, FINAL, OUTPUT[:, None]]), names, [*names, *buyers, "TOTAL"])
    table.loc["VALU"] = [*(OUTPUT - FLOWS.sum(axis=0)), 0, 0, 0, 0, 0]
    table.loc["OUTPUT"] = [*OUTPUT, 0, 0, 0, 0, 0]
    table.to_csv(folder / f"ICIO2021_{year}.csv")
    return folder


def write_wiod(folder: Path) -> Path:
    sheet = openpyxl.Workbook()
    page = sheet.active
    finals = [(region, category) for region in REGIONS for category in ("c37", "c41")]
    heads = [*ROWS, *finals, ("TOT", "GO")]
    page.append(["Intercountry Input-Output Table", "", "", "", *[None] * len(heads)])
    page.append(["for 2011", "", "", "", *[None] * len(heads)])
    page["A1"] = "World Input-Output Table, 2011"
    page.append(["(industry-by-industry)", None, None, None, *[sector for _, sector in heads]])
    page.append(["(millions of US$)", None, None, None, *[f"name of {sector}" for _, sector in heads]])
    page.append([None, None, None, None, *[region for region, _ in heads]])
    page.append([None, None, None, None, *[sector for _, sector in heads]])
    for place, (region, sector) in enumerate(ROWS):
        cells = [*FLOWS[place], *FINAL[place], OUTPUT[place]]
        page.append([sector, f"name of {sector}", region, sector, *map(float, cells)])
    added = OUTPUT - FLOWS.sum(axis=0)
    page.append(["", "Total intermediate", "TOT", "r60", *map(float, FLOWS.sum(axis=0)), 0, 0, 0, 0, 0])
    page.append(["", "Value added", "TOT", "r64", *map(float, added), 0, 0, 0, 0, 0])
    page.append(["", "Output", "TOT", "r69", *map(float, OUTPUT), 0, 0, 0, 0, 0])
    sheet.save(folder / "wiot11_row_apr12.xlsx")
    return folder


def write_eora26(folder: Path, year: int = 2015) -> Path:
    def text(name: str, rows) -> None:
        pd.DataFrame(rows).to_csv(folder / name, sep="\t", header=False, index=False)

    buyers = [(region, category) for region in REGIONS for category in ("household", "capital")]
    text(f"Eora26_{year}_bp_T.txt", FLOWS * 1000.0)
    text(f"Eora26_{year}_bp_FD.txt", FINAL * 1000.0)
    text(f"Eora26_{year}_bp_VA.txt", (OUTPUT - FLOWS.sum(axis=0))[None, :] * 1000.0)
    text(f"Eora26_{year}_bp_Q.txt", np.ones((1, 4)))
    text(f"Eora26_{year}_bp_QY.txt", np.ones((1, 4)))
    text("labels_T.txt", [(region, region, "Industries", sector) for region, sector in ROWS])
    text("labels_FD.txt", [(region, region, "Final", category) for region, category in buyers])
    text("labels_VA.txt", [("Primary Inputs", "Value added")])
    text("labels_Q.txt", [("energy", "coal (TJ)")])
    return folder


@pytest.mark.parametrize(
    ("layout", "write", "year", "unit", "regions"),
    [
        ("saved", write_saved, 2000, "million EUR", REGIONS),
        ("oecd", write_oecd, 2018, "million USD", REGIONS),
        ("wiod", write_wiod, 2011, "million USD", REGIONS),
        ("eora26", write_eora26, 2015, "million USD", REGIONS),
        ("exiobase3", lambda folder: write_saved(folder, regions=("JP", "US")), 2019, "million EUR", REGIONS),
    ],
)
def test_each_layout_reads_back_as_the_same_table(layout, write, year, unit, regions, tmp_path):
    rename = {"JP": "JPN", "US": "USA"} if layout == "exiobase3" else None
    table = read_user_table(write(tmp_path), layout, year, rename)
    assert list(table.industries) == ROWS
    assert np.allclose(table.intermediate, FLOWS) and np.allclose(table.final_demand, BUYERS)
    assert np.allclose(table.output, OUTPUT)
    assert table.value_added.sum() == pytest.approx(table.final_demand.sum())
    assert (table.unit, table.year, table.final_economies) == (unit, year, REGIONS)
    assert table.source.startswith(f"{layout}: ")
    # It runs: nothing happens without an event.
    usual = ArioParameters(30.0, 0.8, 60.0, 1.25, 365.0)
    economy = set_up(table, usual)
    output, _ = run_plain(economy, usual, np.zeros((10, 4)))
    assert np.abs(output / economy.output - 1.0).max() < 1e-12


def test_an_archive_that_pymrio_wrote_is_read(tmp_path):
    import pymrio

    (tmp_path / "held").mkdir()
    pymrio.load_test().calc_system().save_all(tmp_path / "held")
    table = read_user_table(tmp_path / "held", "saved", 2000)
    assert table.output.sum() == pytest.approx(3324005349.305)
    assert table.intermediate.sum() == pytest.approx(38872616.884)
    assert table.final_demand.sum() == pytest.approx(3285132732.421)


def test_demand_through_coefficients_returns_the_output(tmp_path):
    table = read_user_table(write_saved(tmp_path), "saved", 2000)
    coefficients = table.intermediate / table.output
    wanted = np.linalg.solve(np.eye(4) - coefficients, table.final_demand.sum(axis=1))
    assert wanted == pytest.approx(table.output, rel=1e-12)


def test_a_table_that_misses_its_output_is_refused_or_settled_as_asked(tmp_path):
    write_saved(tmp_path)
    _, _, output = frames()
    output.iloc[1, 0] += 2.0
    output.to_csv(tmp_path / "x.txt", sep="\t")
    with pytest.raises(BalanceError, match="published output and sales differ. Largest: c35 of JPN by 2"):
        read_user_table(tmp_path, "saved", 2000)
    table = read_user_table(tmp_path, "saved", 2000, rounding=5.0)
    assert table.output[1] == pytest.approx(OUTPUT[1] + 2.0)
    assert "of up to 2 million EUR were settled" in table.notes[0]


def test_a_value_added_below_zero_is_refused_or_taken_as_nothing_and_said(tmp_path):
    import pymrio

    flows, final, _ = frames()
    flows.iloc[2, 0] = 500.0
    output = (flows.sum(axis=1) + final.sum(axis=1)).to_frame("indout")
    unit = pd.DataFrame({"unit": "M.EUR"}, flows.index)
    system = pymrio.IOSystem(Z=flows, Y=final, x=output, unit=unit)
    with pytest.raises(BalanceError, match="inputs cost more than the output sells for. Largest: c34 of JPN"):
        from_pymrio(system, 2000, "tiny")
    table = from_pymrio(system, 2000, "tiny", losses_as_zero=True)
    assert table.value_added[0] == 0.0
    assert table.notes[-1] == "1 industries had a value added below zero, taken as nothing: c34 of JPN"


def test_coefficients_do_where_flows_are_missing():
    import pymrio

    flows, final, output = frames()
    unit = pd.DataFrame({"unit": "M.EUR"}, flows.index)
    system = pymrio.IOSystem(A=flows / output["indout"], Y=final, unit=unit)
    assert from_pymrio(system, 2000, "tiny").intermediate == pytest.approx(FLOWS)


def test_what_cannot_be_read_is_refused_with_the_next_step(tmp_path, monkeypatch):
    import pymrio

    with pytest.raises(FactError, match="layout 'excel' is not one of saved, exiobase3, oecd"):
        read_user_table(tmp_path, "excel", 2000)
    with pytest.raises(FactError, match="is not there"):
        read_user_table(tmp_path / "no", "saved", 2000)
    with pytest.raises(
        FactError, match="could not be read as oecd: FileNotFoundError: No data file for the given year"
    ):
        read_user_table(write_oecd(tmp_path), "oecd", 1999)
    flows, final, output = frames()
    mixed = pd.DataFrame({"unit": ["M.EUR", "t", "t", "t"]}, flows.index)
    with pytest.raises(FactError, match=r"is in M.EUR, t; one of .* is needed for all rows"):
        from_pymrio(pymrio.IOSystem(Z=flows, Y=final, x=output, unit=mixed), 2000, "tiny")
    with pytest.raises(FactError, match="has no final demand Y"):
        from_pymrio(pymrio.IOSystem(Z=flows), 2000, "tiny")
    with pytest.raises(LabelError, match="final demand and flows in tiny have other rows"):
        from_pymrio(pymrio.IOSystem(Z=flows, Y=final.iloc[:3], x=output), 2000, "tiny")
    monkeypatch.setattr(user_table, "available_memory", lambda: 100.0)
    with pytest.raises(FactError, match="GiB of memory; 0.0 are free. Aggregate it with pymrio first"):
        read_user_table(tmp_path, "oecd", 2018)


def test_free_memory_is_a_number_of_bytes():
    assert user_table.available_memory() > 2**20


CONCORDANCE = "industry_sector,sectors,makes,stops\nc34,medical;other,services,none\nc35,electric_vehicles,goods,all\n"


def test_a_users_concordance_serves_as_ours_does(tmp_path):
    table = read_user_table(write_saved(tmp_path), "saved", 2000)
    path = tmp_path / "concordance.csv"
    path.write_text(CONCORDANCE, encoding="utf-8")
    rows = read_concordance(path, table)
    flags = essential_flags(EmbeddedTable(table, rows, pd.DataFrame()))
    assert flags.tolist() == [[False] * 4, [True] * 4]


def test_a_faulty_concordance_is_refused_with_all_its_faults(tmp_path):
    table = read_user_table(write_saved(tmp_path), "saved", 2000)
    path = tmp_path / "concordance.csv"
    with pytest.raises(FactError, match="is not there"):
        read_concordance(path, table)
    path.write_text("industry_sector,sectors\nc34,\n", encoding="utf-8")
    with pytest.raises(FactError, match="lacks the columns makes, stops"):
        read_concordance(path, table)
    path.write_text(CONCORDANCE.replace("c35", "c36").replace("none", "some"), encoding="utf-8")
    with pytest.raises(FactError) as told:
        read_concordance(path, table)
    assert "no row for c35" in str(told.value) and "stops of c34 is none of all, goods, none" in str(told.value)
