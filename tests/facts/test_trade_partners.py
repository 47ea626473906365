"""The table of trade partners against ISO 3166, and its codes against each other."""

from __future__ import annotations

import csv
from pathlib import Path

import pycountry
import pytest

from lodestone.errors import FactError
from lodestone.facts.place import data_folder
from lodestone.facts.trade_partners import TABLE, read_partners


def rows() -> list[dict[str, str]]:
    with (data_folder() / "labels" / TABLE).open(encoding="utf-8") as handle:
        return list(csv.DictReader(handle))


def test_every_economy_of_iso_3166_is_there_with_its_codes() -> None:
    held = {row["label"]: row for row in rows()}
    for country in pycountry.countries:
        row = held[country.alpha_3]
        assert row["iso2"].split(";")[0] == country.alpha_2
        assert int(row["un_codes"].split(";")[0]) == int(country.numeric)


def test_what_is_not_in_iso_3166_is_no_economy_but_kosovo() -> None:
    known = {country.alpha_3 for country in pycountry.countries}
    assert [row["label"] for row in rows() if row["kind"] == "economy" and row["label"] not in known] == ["XKX"]


@pytest.mark.parametrize(
    ("code", "label"),
    [(842, "USA"), (757, "CHE"), (251, "FRA"), (699, "IND"), (579, "NOR"), (381, "ITA"), (490, "TWN")],
)
def test_numbers_of_un_comtrade_that_are_not_those_of_iso(code: int, label: str) -> None:
    assert read_partners(data_folder()).by_un_code[code] == label


def test_a_code_of_two_economies_is_refused(tmp_path: Path) -> None:
    (tmp_path / "labels").mkdir()
    head = "label,name,kind,iso2,un_codes,aliases\n"
    (tmp_path / "labels" / TABLE).write_text(f"{head}ALB,Alba,economy,AA,1,\nBOR,Bor,economy,BB,1,\n")
    with pytest.raises(FactError, match="'1' stands for ALB and for BOR"):
        read_partners(tmp_path)


def test_a_missing_table_is_named(tmp_path: Path) -> None:
    with pytest.raises(FactError, match="is missing"):
        read_partners(tmp_path)
