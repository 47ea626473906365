"""Flows of a store as facts: what the baseline and `lodestone why` read, each with its source and day of knowledge."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from lodestone.errors import FactError
from lodestone.facts.nouns import COLUMNS, FactTable, Source
from lodestone.facts.store import FILES, partitions_of, paths_of
from lodestone.facts.trade_nouns import Partition

MOST_FACTS = 200_000
VALUE_UNIT = "thousand USD"  # the facts know values of flows in no other currency
WORDS = {
    ("both", "year"): "trade",
    ("importer", "year"): "import",
    ("exporter", "year"): "export",
    ("both", "month"): "monthly_export",
    ("importer", "month"): "monthly_import",
    ("exporter", "month"): "monthly_export",
}
IN_MILLIONS = "import_value"  # the one variable of values that the facts hold in another unit


def trade_facts(
    store: Path,
    product: str,
    kind: str = "",
    nomenclature: str = "",
    as_of: dt.date | None = None,
) -> FactTable:
    """All flows of a product in a store, as facts.

    Parameters
    ----------
    store : Path
    product : str
        A customs code; all codes that begin with it.
    kind, nomenclature : str
        Which table; needed where the store holds several.
    as_of : date, optional
        Only editions known by then.

    Returns
    -------
    FactTable
        Quantities in t of gross weight; values where the table's are US dollars. The economy is always the exporter and
        the partner the importer. A figure that is not published has no row. `dropped` is empty: what a later edition
        says stays in the store.

    Raises
    ------
    FactError
        If there is no such table, no flow, or more than 200,000 of them.
    """
    import duckdb

    if not product.isdigit():
        raise FactError(f"'{product[:20]}' is no customs code. Write its digits alone.")
    partitions = partitions_of(store, kind, nomenclature, as_of)
    frames = []
    with duckdb.connect() as database:
        for partition, path in zip(partitions, paths_of(store, partitions, FILES[0]), strict=True):
            rows = database.execute(
                "SELECT * FROM read_parquet($path) WHERE starts_with(product, $product) ORDER BY ALL LIMIT $most",
                {"path": path, "product": product, "most": MOST_FACTS + 1},
            ).df()
            frames.append(_facts(rows, partition))
    table = pd.concat(frames, ignore_index=True)
    if table.empty:
        raise FactError(f"{store} holds no flow of {product}. Check the code's revision.")
    if len(table) > MOST_FACTS:
        raise FactError(f"{product} has more than {MOST_FACTS:,} figures. Give a longer code, or ask the store itself.")
    last = max(partition.known_from for partition in partitions)
    return FactTable(
        rows=table[list(COLUMNS)].set_index("id"),
        sources={_source_id(partition): _source(partition) for partition in partitions},
        as_of=as_of or last,
        dropped={},
        checksum=partitions[-1].checksum,
    )


def _facts(rows: pd.DataFrame, partition: Partition) -> pd.DataFrame:
    """Quantities, and values where facts know their unit, a row each."""
    word = [WORDS[side, partition.frequency] for side in rows["reported_by"]]
    period = [str(partition.year) if not month else f"{partition.year}-{month:02d}" for month in rows["month"]]
    common: dict[str, Any] = {
        "product": rows["product"],
        "element": "",
        "stage": "",
        "economy": rows["exporter"],
        "partner": rows["importer"],
        "period": period,
        "low": float("nan"),
        "high": float("nan"),
        "status": "reported",
        "tier": "A",
        "source": _source_id(partition),
        "known_from": pd.Timestamp(partition.known_from),
        "note": [f"reported by {side}" for side in rows["reported_by"]],
    }
    at = [
        f"{e}-{i}-{p}-{s}"
        for e, i, p, s in zip(rows["exporter"], rows["importer"], period, rows["reported_by"], strict=True)
    ]
    made = []
    for figure, unit, basis in (("quantity", "t", "gross weight"), ("value", VALUE_UNIT, "value")):
        variable = [f"{one}_{figure}" for one in word]
        table = pd.DataFrame(common | {"variable": variable, "value": rows[figure], "unit": unit, "basis": basis})
        table["id"] = [
            f"{_source_id(partition)}/{name}/{code}/{place}"
            for name, code, place in zip(variable, rows["product"], at, strict=True)
        ]
        table["locator"] = [
            f"{partition.folder}, {code}, {place}" for code, place in zip(rows["product"], at, strict=True)
        ]
        millions = table["variable"] == IN_MILLIONS
        table.loc[millions, "value"] /= 1e3
        table.loc[millions, "unit"] = "million USD"
        if figure == "quantity" or partition.value_unit == VALUE_UNIT:
            made.append(table[table["value"].notna()])
    return pd.concat(made, ignore_index=True)


def _source_id(partition: Partition) -> str:
    return f"{partition.kind}-{partition.edition}-{partition.nomenclature}"


def _source(partition: Partition) -> Source:
    return Source(
        id=_source_id(partition),
        producer=partition.producer,
        title=partition.title,
        edition=partition.edition,
        published=partition.known_from.isoformat(),
        read=partition.read.isoformat(),
        address="; ".join(f"{name} {checksum}" for name, checksum in partition.files[:20]),
        licence="",
        tier="A",
        checksum=partition.checksum,
    )
