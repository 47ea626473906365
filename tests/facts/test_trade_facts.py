"""Flows of a store as facts, in the words and units that facts have."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from lodestone.errors import FactError
from lodestone.facts import select_facts
from lodestone.facts.check_labels import read_labels
from lodestone.facts.ingest import ingest
from lodestone.facts.nouns import COLUMNS
from lodestone.facts.place import data_folder
from lodestone.facts.trade_facts import trade_facts
from tests.facts.readers.baci_sample import write_release
from tests.facts.readers.comtrade_sample import as_json, write
from tests.facts.readers.japan_sample import files


def test_yearly_flows(tmp_path: Path) -> None:
    ingest("baci", write_release(tmp_path / "in"), tmp_path / "store", data_folder())
    table = trade_facts(tmp_path / "store", "850511")
    assert tuple(table.rows.reset_index().columns) == COLUMNS and table.rows.index.is_unique
    japan = select_facts(table, variable="trade_quantity", partner="JPN").rows.set_index("economy")["value"]
    assert japan.to_dict() == {"CHN": 20.25, "TWN": 1.5}  # the third was not weighed: no row, and no zero
    values = select_facts(table, variable="trade_value", partner="JPN").rows
    assert values["value"].sum() == 1000 and set(values["unit"]) == {"thousand USD"}
    assert set(table.rows["known_from"]) == {pd.Timestamp(2024, 1, 31)}
    (source,) = table.sources.values()
    assert source.producer == "CEPII" and source.checksum.startswith("sha256:") and "BACI_HS92_Y2022" in source.address


@pytest.mark.parametrize("kind", ["comtrade", "japan"])
def test_variables_and_units_are_those_of_the_table(tmp_path: Path, kind: str) -> None:
    paths = [write(tmp_path / "a.json", as_json())] if kind == "comtrade" else files(tmp_path / "in")
    ingest(kind, paths, tmp_path / "store", data_folder())
    rows = trade_facts(tmp_path / "store", "850511").rows
    units = read_labels(data_folder()).units
    assert all(row.unit in units[row.variable] for row in rows.itertuples())
    words = {name.rpartition("_")[0] for name in rows["variable"]}
    assert words == ({"import", "export"} if kind == "comtrade" else {"monthly_import", "monthly_export"})
    values = rows[rows["variable"].str.endswith("_value")]
    if kind == "comtrade":
        assert values.query("variable == 'import_value' and economy == 'CHN'")["value"].tolist() == [80]
        assert values.query("variable == 'export_value'")["value"].tolist() == [72_000]
    else:
        assert values.empty  # yen are no dollars


def test_what_is_not_there(tmp_path: Path) -> None:
    ingest("baci", write_release(tmp_path / "in"), tmp_path / "store", data_folder())
    with pytest.raises(FactError, match="holds no flow of 999"):
        trade_facts(tmp_path / "store", "999")
    with pytest.raises(FactError, match="no customs code"):
        trade_facts(tmp_path / "store", "magnets")
