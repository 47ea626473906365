"""All products of one importer ranked, and the same figures for every importer, product and year of a store."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from lodestone.errors import LabelError
from lodestone.exposure.trade import FLOWS, GROUPS, TOTALS, connect, members_of
from lodestone.exposure.trade_nouns import RANKING_COLUMNS, TradeRanking
from lodestone.facts.stage import quoted
from lodestone.facts.store import partitions_of, paths_of
from lodestone.facts.trade_partners import read_partners

ORDERS = ("supplier_dependence", "top_share", "herfindahl_hirschman_index", "value", "re_export_suspicion")
LEAST_VALUE = 1_000.0

_BY_PRODUCT = """
    flows AS (
        SELECT year, product, exporter, sum(value) AS value,
               CASE WHEN count(quantity) = count(*) THEN sum(quantity) END AS quantity
        FROM read_parquet($flows)
        WHERE importer IN (SELECT unnest($members)) AND exporter NOT IN (SELECT unnest($members))
              AND reported_by IN ('importer', 'both')
        GROUP BY ALL
    ),
    years AS (
        SELECT year, product, sum(value) AS value,
               CASE WHEN count(quantity) = count(*) THEN sum(quantity) END AS quantity,
               count(*) AS suppliers, arg_max(exporter, value) AS top_supplier, max(value) AS top_value,
               max(value) / sum(value) AS top_share, sum(value * value) / sum(value) ** 2 AS hhi
        FROM flows GROUP BY ALL HAVING sum(value) > 0
    )
"""

# Who led in each year: kept at ingest for an economy; for a group from the flows of all years.
_OF_ONE = "SELECT year, product, top_supplier FROM read_parquet($groups) WHERE importer = $members[1]"
_OF_MANY = "SELECT year, product, top_supplier FROM years"

_RANKING = f"""
    WITH {_BY_PRODUCT},
    history AS ({{history}}),
    newest AS (SELECT * FROM years WHERE year = $year),
    past AS (
        SELECT product, count(*) AS years, count(*) FILTER (history.top_supplier = newest.top_supplier) AS years_led
        FROM history JOIN newest USING (product) GROUP BY product
    ),
    begun AS (
        SELECT product, coalesce(sum(flows.value) FILTER (exporter = top_supplier), 0) / sum(flows.value) AS first_year_share
        FROM flows JOIN newest USING (product) WHERE flows.year = $first_year GROUP BY product
    ),
    world AS (
        SELECT product, sum(exports_value) FILTER (economy NOT IN (SELECT unnest($members))) AS exports
        FROM read_parquet($totals) GROUP BY product
    ),
    passed AS (
        SELECT product, sum(newest_flows.value * CASE
                   WHEN exports_quantity > 0 AND (imports_quantity IS NOT NULL OR imports_value IS NULL)
                       THEN least(1, coalesce(imports_quantity, 0) / exports_quantity)
                   WHEN exports_value > 0 THEN least(1, coalesce(imports_value, 0) / exports_value) END)
               / sum(newest_flows.value) FILTER (exports_value > 0) AS re_export_suspicion
        FROM (SELECT * FROM flows WHERE year = $year) AS newest_flows
             JOIN read_parquet($totals) AS totals USING (product)
        WHERE totals.economy = newest_flows.exporter GROUP BY product
    ),
    leads AS (
        SELECT product, exports_value AS top_exports FROM read_parquet($totals) AS totals JOIN newest USING (product)
        WHERE economy = top_supplier
    )
    SELECT product, value, quantity, suppliers, top_supplier, top_share, hhi AS herfindahl_hirschman_index,
           CASE WHEN exports IS NULL OR exports = coalesce(top_exports, 0) THEN NULL
                WHEN exports - coalesce(top_exports, 0) - (value - top_value) <= 0 THEN 'inf'::DOUBLE
                ELSE top_value / (exports - coalesce(top_exports, 0) - (value - top_value)) END AS supplier_dependence,
           re_export_suspicion, first_year_share, years_led, years
    FROM newest LEFT JOIN past USING (product) LEFT JOIN begun USING (product) LEFT JOIN world USING (product)
         LEFT JOIN passed USING (product) LEFT JOIN leads USING (product)
"""  # nosec B608: of constants alone


def trade_ranking(
    store: Path,
    labels_folder: Path,
    importer: str,
    order: str = "supplier_dependence",
    least_value: float = LEAST_VALUE,
    kind: str = "",
    nomenclature: str = "",
    as_of: dt.date | None = None,
) -> TradeRanking:
    """All products an importer buys in the newest year, with what the years before say of the same supplier.

    Parameters
    ----------
    store, labels_folder, importer, kind, nomenclature, as_of
        As for `lodestone.exposure.trade.trade_exposure`.
    order : str
        One of `ORDERS`; the largest first.
    least_value : float
        Products bought for less are counted, not shown. [the table's value unit]

    Returns
    -------
    TradeRanking

    Raises
    ------
    FactError, LabelError
        As `trade_exposure`; or if the order is none of `ORDERS`.
    """
    if order not in ORDERS:
        raise LabelError(f"'{order}' is no order. Use one of: {', '.join(ORDERS)}.")
    partitions = partitions_of(store, kind, nomenclature, as_of)
    members = members_of(labels_folder, importer, read_partners(labels_folder).kinds)
    newest, first = partitions[-1], partitions[0]
    alone = len(members) == 1
    read = [partition for partition in partitions if not alone or partition in (first, newest)]
    groups = {"groups": paths_of(store, partitions, GROUPS)} if alone else {}
    with connect() as database:
        table = database.execute(
            _RANKING.format(history=_OF_ONE if alone else _OF_MANY),
            groups
            | {
                "flows": paths_of(store, read, FLOWS),
                "totals": paths_of(store, [newest], TOTALS),
                "members": list(members),
                "year": newest.year,
                "first_year": first.year,
            },
        ).df()
    if table.empty:
        raise LabelError(f"{importer} imports nothing in the {newest.kind} table of {newest.year}. Check the label.")
    shown = table[table["value"] >= least_value]
    shown = shown.sort_values([order, "product"], ascending=[False, True], na_position="last")
    remarks = ["Customs origin is who shipped, not who mined. A ranking is neither a loss nor a probability."]
    if newest.frequency == "month":
        remarks.append("The table is monthly: its newest year may not be whole.")
    return TradeRanking(
        importer=importer,
        year=newest.year,
        first_year=first.year,
        table=shown[list(RANKING_COLUMNS)].reset_index(drop=True),
        products=len(table),
        left_below=len(table) - len(shown),
        source=newest,
        remarks=tuple(remarks),
    )


def write_groups(store: Path, target: Path, kind: str = "", nomenclature: str = "", year: int = 0) -> int:
    """Every importer, product and year: suppliers, top supplier, its share, the index, as a Parquet file.

    Parameters
    ----------
    store : Path
    target : Path
        Columns importer, product, year, value, suppliers, top_supplier, top_share, herfindahl_hirschman_index.
    kind, nomenclature : str
    year : int
        One year alone; all if 0.

    Returns
    -------
    int
        Rows written.
    """
    partitions = [p for p in partitions_of(store, kind, nomenclature) if year in (0, p.year)]
    if not partitions:
        raise LabelError(f"the table has no year {year}. Take another, or ingest it.")
    with connect() as database:
        written = database.execute(
            f"COPY (FROM read_parquet($groups)) TO '{quoted(target)}' (FORMAT parquet)",
            {"groups": paths_of(store, partitions, GROUPS)},
        ).fetchall()
    return int(written[0][0])
