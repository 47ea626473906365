"""The levers: what ours rest on, what a user's file may add, and that nothing wrong gets past."""

from __future__ import annotations

import csv
import datetime as dt
import math
import re
from pathlib import Path

import pytest

from lodestone.baseline.place import default_material
from lodestone.errors import Faults, LabelError
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.facts.read import read_facts
from lodestone.money import MoneyTable, chain_level, usd
from lodestone.respond.lever_rows import NAMES
from lodestone.respond.levers import read_levers, rest_on

FOLDER = data_folder()
MATERIAL = default_material(FOLDER)
GROSS = 0.30  # t contained in a t of magnet, as the reasons say
GOOD = {
    "lever": "own_plant",
    "name": "A plant of ours",
    "kind": "capacity",
    "who": "CAN;USA",
    "economy": "CAN",
    "process": "magnet_ndfeb_high_heavy",
    "delivers": "magnet_ndfeb_high_heavy:1",
    "unit": "t/y",
    "most_low": "10",
    "most": "20",
    "most_high": "30",
    "capex_low": "0.1",
    "capex": "0.2",
    "capex_high": "0.3",
    "premium_low": "0",
    "premium": "5",
    "premium_high": "9",
    "lead_months_low": "12",
    "lead_months": "18",
    "lead_months_high": "30",
    "ramp_months": "12",
    "life_years": "15",
    "public_standard": "yes",
    "basis_capacity": "assumed",
    "basis_cost": "assumed",
    "basis_lead": "assumed",
    "facts": "",
    "exponent": "",
    "reason": "a test",
}


@pytest.fixture(scope="module")
def levers():
    return read_levers(FOLDER, MATERIAL)


def write(folder: Path, *rows: dict[str, str]) -> Path:
    path = folder / "own.csv"
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, NAMES)
        writer.writeheader()
        writer.writerows(rows)
    return path


def faults_of(path: Path, **more: object) -> list[tuple[int | None, str | None, str]]:
    with pytest.raises(Faults) as found:
        read_levers(FOLDER, MATERIAL, own=path, **more)
    assert all(fault.file.endswith(path.name) for fault in found.value.faults)
    return [(fault.line, fault.column, fault.what) for fault in found.value.faults]


def test_ours_have_no_fault_and_every_kind_is_there(levers):
    assert 25 <= len(levers) <= 60
    assert {lever.kind for lever in levers} == {
        "stock", "supplier", "capacity", "recycling", "seabed", "thrift", "substitution", "research",
    }  # fmt: skip
    assert all(lever.reason and lever.who and lever.delivers for lever in levers)


def test_no_more_is_called_sourced_than_names_a_fact(levers):
    for lever in levers:
        if "sourced" in (lever.basis_capacity, lever.basis_cost, lever.basis_lead):
            assert lever.facts, lever.lever


def test_every_assumption_a_reason_names_is_in_the_table(levers):
    table = read_assumptions(FOLDER)
    named = {name for lever in levers for name in re.findall(r"(?:plan|site)\.[a-z_]+(?::[a-z_]+)?", lever.reason)}
    assert len(named) > 10
    assert named <= set(table)


def test_planning_assumptions_are_ranges_with_a_reason():
    held = [row for name, row in read_assumptions(FOLDER).items() if name.startswith("plan.")]
    assert len(held) > 20
    assert all(row.low < row.high for row in held)
    rate = read_assumptions(FOLDER)["plan.discount_rate"]
    facts = read_facts(FOLDER).rows
    assert [facts.loc[name, "value"] / 100 for name in rate.origin.split(";")] == pytest.approx(
        [rate.low, rate.central, rate.high]
    )


def money() -> MoneyTable:
    """US prices by the deflator to the base year, and by consumer prices for the year after it."""
    rows = read_facts(FOLDER).rows
    deflator = rows[rows["variable"] == "deflator"]
    level = deflator[(deflator["unit"] == "index") & deflator["product"].str.contains("implicit")]
    change = deflator[deflator["product"] == "US GDP deflator"]
    chained = chain_level(*({int(p): v for p, v in zip(t["period"], t["value"], strict=True)} for t in (level, change)))
    prices = deflator[deflator["product"].str.contains("CPI-U")].set_index("period")["value"]
    chained[2025] = chained[2024] * prices["2025"] / prices["2024"]
    rates = rows[rows["variable"] == "exchange_rate"]
    rate = {(r.product, int(r.period)): r.value for r in rates.itertuples()}
    return MoneyTable(rate, chained)


def test_a_sourced_capital_cost_is_that_of_its_fact(levers):
    facts, table, checked = read_facts(FOLDER).rows, money(), []
    for lever in levers:
        costs = [name for name in lever.facts if "/capital_cost/" in name]
        if lever.basis_cost != "sourced" or lever.capex.central == 0 or not costs or lever.basis_capacity != "sourced":
            continue
        row = facts.loc[costs[0]]
        amount = row["value"] if not math.isnan(row["value"]) else (row["low"] + row["high"]) / 2
        year = min(int(row["period"][:4]), 2025)
        million = usd(amount, row["unit"].split()[1], year, table)
        assert lever.capex.central * lever.most.central == pytest.approx(million, rel=0.03), lever.lever
        checked.append(lever.lever)
    assert len(checked) >= 7


def test_a_magnet_plant_of_a_fact_makes_three_tenths_of_its_gross_weight(levers):
    facts = read_facts(FOLDER).rows
    plant = next(lever for lever in levers if lever.lever == "js_link_us")
    gross = next(facts.loc[name, "value"] for name in plant.facts if "facility_capacity_planned" in name)
    assert plant.most.high == pytest.approx(gross * GROSS)


def test_nothing_comes_from_the_seabed_before_the_end_of_2035(levers):
    first = dt.date(2026, 11, 30)
    for lever in levers:
        if lever.kind == "seabed":
            assert first.year + (first.month + lever.lead_months.low) / 12 >= 2035.9


def test_a_lever_that_rests_on_a_later_fact_is_left_out_of_an_earlier_view(levers):
    before = {lever.lever for lever in read_levers(FOLDER, MATERIAL, as_of=dt.date(2025, 8, 1))}
    assert "aclara" not in before  # its capacity was published in October 2025
    assert {lever.lever for lever in levers if not lever.facts} <= before < {lever.lever for lever in levers}


def test_a_row_of_a_user_adds_a_lever_or_replaces_one_in_its_place(levers, tmp_path):
    path = write(tmp_path, GOOD, {**GOOD, "lever": levers[3].lever, "facts": "own: an offer of May"})
    held = read_levers(FOLDER, MATERIAL, own=path)
    assert [lever.lever for lever in held] == [*(lever.lever for lever in levers), "own_plant"]
    assert held[3].own and held[-1].own and not held[2].own
    assert held[-1].most.central == 20 and held[-1].who == ("CAN", "USA")
    assert held[:3] == levers[:3]


def test_a_yaml_file_says_the_same(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "levers:\n- lever: own_plant\n  name: A plant of ours\n  kind: capacity\n  who: [CAN, USA]\n  economy: CAN\n"
        "  process: magnet_ndfeb_high_heavy\n  delivers: {magnet_ndfeb_high_heavy: 1}\n  unit: t/y\n"
        "  most: [10, 20, 30]\n  capex: [0.1, 0.2, 0.3]\n  premium: [0, 5, 9]\n  lead_months: [12, 18, 30]\n"
        "  ramp_months: 12\n  life_years: 15\n  public_standard: yes\n  basis_capacity: assumed\n"
        "  basis_cost: assumed\n  basis_lead: assumed\n  reason: a test\n",
        encoding="utf-8",
    )
    assert read_levers(FOLDER, MATERIAL, own=path)[-1] == read_levers(FOLDER, MATERIAL, own=write(tmp_path, GOOD))[-1]


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"capex_low": "-1"}, "capex_low"),
        ({"premium": "nan"}, "premium"),
        ({"premium_high": "inf"}, "premium_high"),
        ({"most": "40"}, "most"),
        ({"capex": "0.05"}, "capex"),
        ({"lead_months_low": "19"}, "lead_months"),
        ({"kind": "wish"}, "kind"),
        ({"kind": "supplier"}, "process"),
        ({"kind": "stock", "process": ""}, "unit"),
        ({"unit": "share of home use"}, "unit"),
        ({"process": ""}, "process"),
        ({"process": "magic"}, "process"),
        ({"process": "assemble_sensor"}, "delivers"),
        ({"economy": "Atlantis"}, "economy"),
        ({"economy": "WLD"}, "economy"),
        ({"who": "CAN;Atlantis"}, "who"),
        ({"who": "*;CAN"}, "who"),
        ({"who": "CAN;CAN"}, "who"),
        ({"delivers": "unobtainium:1"}, "delivers"),
        ({"delivers": "magnet_ndfeb_high_heavy:0.9"}, "delivers"),
        ({"delivers": "magnet_ndfeb_high_heavy:-1"}, "delivers"),
        ({"delivers": "magnet_ndfeb_high_heavy:nan"}, "delivers"),
        ({"delivers": "magnet_ndfeb_high_heavy:0.5;magnet_ndfeb_high_heavy:1"}, "delivers"),
        ({"facts": "press-2026/price/9999"}, "facts"),
        ({"facts": "facility:NOWHERE"}, "facts"),
        ({"basis_cost": "sourced"}, "facts"),
        ({"basis_cost": "transferred"}, "exponent"),
        ({"basis_cost": "transferred", "exponent": "1..0.6"}, "exponent"),
        ({"basis_cost": "transferred", "exponent": "9"}, "exponent"),
        ({"basis_lead": "guessed"}, "basis_lead"),
        ({"lever": "Own Plant"}, "lever"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 3000}, "reason"),
        ({"life_years": "0"}, "life_years"),
        ({"public_standard": "maybe"}, "public_standard"),
    ],
)
def test_a_fault_is_named_with_its_row_and_column(change, column, tmp_path):
    other = {**GOOD, "lever": "sound"}
    found = faults_of(write(tmp_path, other, {**GOOD, **change}))
    assert [(line, where) for line, where, _ in found] == [(3, column)]


def test_all_faults_of_a_file_come_together(tmp_path):
    bad = {**GOOD, "capex_low": "-1", "kind": "wish", "economy": "Atlantis", "facts": "nothing"}
    found = faults_of(write(tmp_path, GOOD, bad, {**GOOD, "lever": "third", "most_low": "99"}))
    assert {(line, column) for line, column, _ in found} >= {
        (3, "capex_low"), (3, "kind"), (3, "economy"), (3, "facts"), (3, "lever"), (4, "most"),
    }  # fmt: skip


def test_a_share_above_one_is_refused(tmp_path):
    change = {"kind": "thrift", "process": "", "unit": "share of home use", "most": "1", "most_low": "1"}
    assert faults_of(write(tmp_path, {**GOOD, **change, "most_high": "2"})) == [
        (2, "most_high", "a share of 2 is above 1")
    ]


def test_a_lever_of_the_users_that_comes_after_the_plan_is_a_fault(tmp_path):
    path = write(tmp_path, GOOD)
    assert read_levers(FOLDER, MATERIAL, own=path, horizon_months=12)[-1].lever == "own_plant"
    assert [column for _, column, _ in faults_of(path, horizon_months=11)] == ["lead_months_low"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("own.csv", "lever,name\nx", "no column 'kind'"),
        ("own.csv", "", "is empty"),
        ("own.csv", 'lever,name\n"x', "not valid CSV"),
        ("own.txt", "lever", "ends neither"),
        ("own.yaml", "levers: &a [1]\nmore: *a\n", "anchors and aliases are refused"),
        ("own.yaml", "a: &a [x,x]\nb: &b [*a,*a]\nlevers: [*b,*b]\n", "anchors and aliases are refused"),
        ("own.yaml", "levers: !!python/object:os.system {}\n", "is refused"),
        ("own.yaml", "levers: 3\n", "has no list"),
        ("own.yaml", "levers: []\n", "is empty"),
        ("own.yaml", "- a\n", "not a mapping"),
        ("own.yaml", "levers:\n- lever: x\n  price: 3\n", "unknown key 'price'"),
        ("own.yaml", "levers:\n- lever: x\n  most: [1, 2]\n", "three numbers, not 2"),
        ("own.yaml", "levers:\n- lever: x\n  most: [1, .nan, 2]\n", "is not a finite number"),
        ("own.yaml", "levers:\n- " + "[" * 40 + "]" * 40 + "\n", "nested more than"),
        ("own.yaml", "levers:\n" + "- x\n" * 30_000, "has more than"),
        ("own.csv", "x" * 5_000_001, "more than 5 MB"),
    ],
)
def test_a_hostile_file_is_told_apart_from_a_plan(name, text, said, tmp_path):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    assert said in str([what for _, _, what in faults_of(path)])


def test_bytes_that_are_no_text_and_no_file_at_all(tmp_path):
    path = tmp_path / "own.csv"
    path.write_bytes(b"lever\n\xff\xfe")
    assert "not UTF-8" in faults_of(path)[0][2]
    assert "not a file" in faults_of(tmp_path / "none.csv")[0][2]


def test_a_material_without_levers_is_told_which_has_some():
    with pytest.raises(LabelError, match="no levers for 'phlogiston'"):
        read_levers(FOLDER, "phlogiston")


def test_the_reference_page_counts_what_the_levers_rest_on(levers):
    page = (FOLDER.parent / "docs" / "reference" / "levers.md").read_text(encoding="utf-8")
    stated = {
        row[0]: [int(cell) for cell in row[1:]]
        for row in re.findall(r"^\| (\w+) \| (\d+) \| (\d+) \| (\d+) \|$", page, re.MULTILINE)
    }
    table = rest_on(levers)
    assert stated == {basis: table.loc[basis].tolist() for basis in table.index}
    assert f"{len(levers)} levers" in page
