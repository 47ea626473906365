"""A user's own stocks and demand: what the files may say, what they do, and every fault with its place."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lodestone.chain import prepare
from lodestone.errors import Faults
from lodestone.evidence.requests import Request, SimulationRequest
from lodestone.evidence.user_files import checksum_of, read_user_figures
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.blueprint import UserFigures
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.nouns import Range
from tests.simulate.test_ensemble import ban
from tests.world import small_network

ASSUMPTIONS = read_assumptions(data_folder())
HEADER = "sector,economy,product,low,central,high,unit\n"


@pytest.fixture
def table(tmp_path: Path):
    def write(text: str, name: str = "own.csv") -> str:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    return write


def test_weeks_tonnes_and_blanks_are_read(table):
    stock = table(HEADER + "motors,BOR,magnet,4,6,12,weeks\n,COR,,,3,,weeks\nmagnet,BOR,oxide_heavy,,1.5,,t\n")
    figures = read_user_figures(small_network(), inventory=stock)
    assert figures.inventory["motors@BOR", "magnet"] == Range(4, 6, 12, "triangular", "own figure")
    assert figures.inventory["COR", "magnet"] == Range(3, 3, 3, "fixed", "own figure")
    # Bora's maker takes 20.8 x (1 - 76/94) t a year: 3.983 t, 0.0766 t a week
    weeks = figures.inventory["magnet@BOR", "oxide_heavy"]
    assert weeks.central == pytest.approx(1.5 / (20.8 * (1 - 76 / 94) / 52))


def test_demand_is_a_ratio_or_tonnes_a_year(table):
    demand = table(HEADER + "motors,BOR,,1,1.5,2,ratio\nspeakers,COR,magnet,,9,,t/y\n")
    figures = read_user_figures(small_network(), demand=demand)
    assert figures.demand["motors@BOR"] == Range(1, 1.5, 2, "triangular", "own figure")
    assert figures.demand["speakers@COR"] == pytest.approx(Range(1.5, 1.5, 1.5, "fixed", "own figure"))


def test_all_faults_of_both_files_come_together_with_line_and_column(table):
    stock = table(
        HEADER
        + "motors,EU27,magnet,,4,,weeks\n"  # a group beside its members
        + "rotors,BOR,magnet,,4,,weeks\n"  # no such sector
        + "motors,BOR,850511,,4,,weeks\n"  # a label of another nomenclature
        + "motors,BOR,magnet,9,4,12,weeks\n"  # reversed
        + "motors,BOR,magnet,,nan,,weeks\n"  # not a number
        + "motors,BOR,,,4,,t\n"  # tonnes of what
        + ",,magnet,,4,,weeks\n"  # nobody
        + "motors,BOR,magnet,,900,,weeks\n"  # seventeen years
        + "motors,BOR,magnet,,4,,kg\n"  # unknown unit
    )
    demand = table(HEADER + "magnet,BOR,,,2,,ratio\n", "demand.csv")
    with pytest.raises(Faults) as raised:
        read_user_figures(small_network(), stock, demand)
    # a number that cannot be read hides no label that is not known
    assert {(Path(f.file).name, f.line, f.column) for f in raised.value.faults} >= {
        ("own.csv", 2, "economy"), ("own.csv", 3, "sector"), ("own.csv", 4, "product"), ("own.csv", 5, "central"),
        ("own.csv", 6, "central"), ("own.csv", 10, "unit"), ("demand.csv", 2, "sector"),
    }  # fmt: skip
    mended = Path(stock).read_text().replace("nan", "5").replace("kg", "weeks")
    with pytest.raises(Faults) as raised:
        read_user_figures(small_network(), table(mended))
    places = [(f.line, f.column) for f in raised.value.faults]
    assert places[:4] == [(2, "economy"), (3, "sector"), (4, "product"), (5, "central")]
    assert {(7, "product"), (8, "sector"), (9, "high")} <= set(places)
    assert "Use one of: ALB, BOR, COR." in str(raised.value)


def test_the_same_cell_twice_is_refused(table):
    twice = table(HEADER + "motors,BOR,magnet,,4,,weeks\nmotors,BOR,,,5,,weeks\n")
    with pytest.raises(Faults, match="stands twice"):
        read_user_figures(small_network(), twice)


def run(user: UserFigures, **more):
    network = small_network()
    return simulate(
        network, None, ban(network), ASSUMPTIONS, scenario_name="b", weeks=60, members=6, user=user, **more
    )  # fmt: skip


def test_an_own_stock_delays_the_shortage_and_its_range_follows_the_cover(table):
    own = read_user_figures(small_network(), table(HEADER + "motors,COR,magnet,2,20,40,weeks\n"))
    ours, theirs = run(UserFigures()), run(own, pin={"cover_weeks": "central"})
    row = theirs.use_nodes.index("motors@COR")
    other = theirs.use_nodes.index("speakers@COR")
    assert theirs.first_shortage[row].min() > ours.first_shortage[row].max()
    assert theirs.first_shortage[other].max() < theirs.first_shortage[row].min()
    low = run(own, pin={"cover_weeks": "low"})
    assert low.first_shortage[row].max() < theirs.first_shortage[row].min()


def test_the_most_exact_label_wins_whatever_the_order(table):
    for text in ("motors,COR,magnet,,20,,weeks\nmotors,,magnet,,2,,weeks\n,COR,magnet,,3,,weeks\n",
                 ",COR,magnet,,3,,weeks\nmotors,,magnet,,2,,weeks\nmotors,COR,magnet,,20,,weeks\n"):  # fmt: skip
        found = run(read_user_figures(small_network(), table(HEADER + text)))
        drawn = {name: values[0] for name, values in found.inputs.items() if ":own" in name}
        assert drawn == {
            "cover_weeks:own motors magnet": 2,
            "cover_weeks:own COR magnet": 3,
            "cover_weeks:own motors@COR magnet": 20,
        }
        first = dict(zip(found.use_nodes, found.first_shortage.max(axis=1), strict=True))
        assert first["motors@COR"] > first["speakers@COR"] >= first["motors@BOR"]


def test_own_demand_moves_the_use(table):
    own = read_user_figures(small_network(), demand=table(HEADER + "motors,COR,,,2,,ratio\n"))
    more, ours = run(own), run(UserFigures())
    row = more.use_nodes.index("motors@COR")
    assert more.lost_use[row].sum() > ours.lost_use[row].sum()
    assert np.isfinite(more.lost_use).all()


def test_the_checksum_is_that_of_the_file(table):
    path = table(HEADER)
    before = checksum_of(path)
    Path(path).write_text(HEADER + "motors,COR,magnet,,2,,weeks\n")
    assert len(before) == 64 and checksum_of(path) != before


CELL = st.one_of(
    st.sampled_from(["", "motors", "COR", "magnet", "weeks", "t", "ratio", "t/y", "4", "-1", "nan", "inf", "1e400",
                     "=1+1", '"', "\x00", "é", "4;5", "1,5", "EU27"]),
    st.text(max_size=12), st.floats(allow_nan=True).map(str),
)  # fmt: skip


@pytest.mark.proof
@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=st.lists(st.lists(CELL, min_size=6, max_size=8), max_size=4), header=st.booleans(), demand=st.booleans())
def test_any_text_is_read_or_refused_with_its_place(tmp_path, rows, header, demand):
    path = tmp_path / "any.csv"
    body = "\n".join(",".join(row) for row in rows)
    path.write_bytes(((HEADER if header else "") + body).encode("utf-8", "surrogatepass"))
    try:
        figures = read_user_figures(small_network(), *(("", str(path)) if demand else (str(path), "")))
    except Faults as found:
        assert all(fault.file == str(path) and fault.what and fault.next_step for fault in found.faults)
    else:
        for value in (*figures.inventory.values(), *figures.demand.values()):
            assert isinstance(value, Range) and 0 <= value.low <= value.central <= value.high < np.inf


def test_simulate_and_brief_put_the_same_figures_in_place_of_ours(table):
    text = "sector,economy,product,central,unit\ncomponent,JPN,magnet_smco,12,weeks\n"
    path = table(text)
    for request in (Request("JPN", "no-shock", inventory=path), SimulationRequest("no-shock", inventory=path)):
        setting = prepare(request)
        assert setting.user.inventory["component@JPN", "magnet_smco"] == Range(12, 12, 12, "fixed", "own figure")
        assert setting.checksums()["your inventory"] == checksum_of(path)
        assert any("your inventory replaces" in note for note in setting.controls.notes)
        assert "your inventory" not in prepare(replace(request, inventory="")).checksums()


def test_an_unknown_label_beside_a_bad_number_is_told_too_and_semicolons_are_named(table):
    with pytest.raises(Faults) as raised:
        read_user_figures(small_network(), table(HEADER + "rotors,BOR,magnet,,nan,,weeks\n"))
    assert [(f.line, f.column) for f in raised.value.faults] == [(2, "central"), (2, "sector")]
    with pytest.raises(Faults, match="separated by ';'. Write commas") as raised:
        read_user_figures(small_network(), table(HEADER.replace(",", ";") + "motors;BOR;magnet;;4;;weeks\n"))
    assert len(raised.value.faults) == 1
