import datetime as dt
from pathlib import Path

import pandas as pd
import pycountry
import pytest

from lodestone.errors import LabelError
from lodestone.labels import check_labels, expand, group_members, load_groups, load_labels, refuse_overlap

LABELS = Path(__file__).parent.parent / "data" / "labels"


@pytest.fixture(scope="module")
def economies() -> pd.DataFrame:
    return load_labels(LABELS, "economies")


def test_economies_follow_iso_3166(economies: pd.DataFrame) -> None:
    single = economies[economies["kind"] == "economy"]
    for label, numeric in single["iso_numeric"].items():
        assert pycountry.countries.get(alpha_3=str(label)).numeric == numeric
    for row in economies["members"]:
        for member in row.split():
            assert member in economies.index or pycountry.countries.get(alpha_3=member) is not None


def test_every_model_economy_has_both_names_and_a_place(economies: pd.DataFrame) -> None:
    model = economies[economies["kind"] != "aggregate"]
    assert len(model) >= 24
    assert (model["name"] != "").all() and (model["name_ja"] != "").all()
    assert model.loc[model["kind"] != "rest", ["lat", "lon"]].notna().all(axis=None)


def test_the_world_is_every_model_economy_once(economies: pd.DataFrame) -> None:
    model = economies.index[economies["kind"] != "aggregate"]
    refuse_overlap(list(model), economies)
    assert expand("WLD", economies) == frozenset().union(*(expand(label, economies) for label in model))


def test_the_union_of_27_is_its_members_on_any_day_since_2020_02(economies: pd.DataFrame) -> None:
    groups = load_groups(LABELS)
    for day in (dt.date(2020, 2, 1), dt.date(2026, 11, 23)):
        assert set(group_members("EU", day, groups)) == expand("EU27", economies)
    assert len(group_members("EU", dt.date(2020, 1, 31), groups)) == 28
    assert len(group_members("EU", dt.date(1957, 12, 31) + dt.timedelta(days=1), groups)) == 6


def test_the_seven_are_seven_model_economies(economies: pd.DataFrame) -> None:
    seven = group_members("G7", dt.date(2026, 6, 15), load_groups(LABELS))
    assert len(seven) == 7 and set(seven) <= set(economies.index)


def test_a_group_before_its_first_day_says_when_it_begins() -> None:
    with pytest.raises(LabelError, match="had no member on 1950-01-01. It begins on 1958-01-01"):
        group_members("EU", dt.date(1950, 1, 1), load_groups(LABELS))


def test_elements_have_a_weight_and_rare_earths_an_oxide() -> None:
    elements = load_labels(LABELS, "elements")
    assert (elements["atomic_weight"] > 0).all()
    assert elements.sort_values("atomic_number")["atomic_weight"].is_monotonic_increasing
    rare = elements[elements["group"].isin(["light", "heavy", "scandium"])]
    assert len(rare) == 16 and rare["metal_atoms"].notna().all()
    for label, row in elements[elements["oxide"] != ""].iterrows():
        metal = "" if row["metal_atoms"] == 1 else f"{row['metal_atoms']:.0f}"
        assert row["oxide"] == f"{label}{metal}O{row['oxygen_atoms']:.0f}"


def test_there_are_fourteen_sectors() -> None:
    assert len(load_labels(LABELS, "sectors")) == 14


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        (["EU27", "DEU"], "EU27 contains DEU"),
        (["POL", "EU24"], "EU24 contains POL"),
        (["EU24", "EU27"], "EU27 contains EU24"),
        (["JPN", "JPN"], "JPN comes twice"),
        (["WLD", "ROW"], "WLD contains ROW"),
    ],
)
def test_a_set_in_which_one_contains_another_is_refused(
    labels: list[str], message: str, economies: pd.DataFrame
) -> None:
    with pytest.raises(LabelError, match=message):
        refuse_overlap(labels, economies)


def test_a_partial_overlap_names_what_is_shared() -> None:
    table = pd.DataFrame({"members": ["A B", "B C"]}, index=["ONE", "TWO"])
    with pytest.raises(LabelError, match="ONE and TWO share B"):
        refuse_overlap(["ONE", "TWO"], table)


def test_a_label_that_contains_itself_is_refused() -> None:
    with pytest.raises(LabelError, match="ONE contains itself through ONE > TWO > ONE"):
        expand("ONE", pd.DataFrame({"members": ["TWO", "ONE"]}, index=["ONE", "TWO"]))


def test_all_unknown_labels_are_named_at_once_with_the_nearest() -> None:
    with pytest.raises(LabelError) as caught:
        check_labels(["dy", "Ndd", "Xx"], ["Dy", "Nd", "Pr"], "element")
    assert "'dy' is not known. Did you mean Dy?" in str(caught.value)
    assert "'Ndd' is not known. Did you mean Nd?" in str(caught.value)
    assert "'Xx' is not known. Known: Dy, Nd, Pr." in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name\nJapan\n", "no column 'label'"),
        ("label,name\nA,x\nA,y\n", "holds A twice"),
        ("label,name\n,x\n", "row without a label"),
    ],
)
def test_a_faulty_table_is_refused(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "economies.csv").write_text(text)
    with pytest.raises(LabelError, match=message):
        load_labels(tmp_path, "economies")


def test_a_missing_table_names_those_there(tmp_path: Path) -> None:
    (tmp_path / "elements.csv").write_text("label\nA\n")
    with pytest.raises(LabelError, match=r"no label table sectors\.csv. Tables there: elements"):
        load_labels(tmp_path, "sectors")
