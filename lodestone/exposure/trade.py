"""Who ships a product to an importer, from a store of trade tables: shares, concentration, what looks odd.

Customs origin is who shipped, not who mined: nothing here is looked through, and a concentration is neither a
loss nor a probability.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pandas as pd

from lodestone.errors import LabelError
from lodestone.exposure.trade_nouns import OUTLIER_COLUMNS, SUPPLIER_COLUMNS, TradeExposure
from lodestone.facts.concord import Code, codes_in
from lodestone.facts.content_factors import ContentFactor, contained
from lodestone.facts.store import FILES, partitions_of, paths_of
from lodestone.facts.trade_nouns import Partition
from lodestone.facts.trade_partners import UNSPECIFIED, read_partners
from lodestone.labels import check_labels, expand, load_labels

FLOWS, TOTALS, PRODUCTS, GROUPS = FILES
OUTLIER_SCORE = 3.5  # Iglewicz and Hoaglin (1993): a modified z-score above it marks a possible outlier
SCORE_SCALE = 0.6745  # their factor: the median absolute deviation of a normal distribution over its own deviation
LEAST_FLOWS = 5  # fewer flows than this have no spread to speak of
MEMORY = "3GB"
Families = tuple[dict[Code, frozenset[Code]], str]


def trade_exposure(
    store: Path,
    labels_folder: Path,
    product: str,
    importer: str,
    year: int = 0,
    kind: str = "",
    nomenclature: str = "",
    as_of: dt.date | None = None,
    families: Families | None = None,
    factors: tuple[ContentFactor, ...] = (),
) -> TradeExposure:
    """One importer's purchases of one product in one year.

    Parameters
    ----------
    store : Path
        Made by `lodestone.facts.ingest.ingest`.
    labels_folder : Path
        A data folder: the table of trade partners, and the groups an importer may be.
    product : str
        A customs code; all codes that begin with it count together.
    importer : str
        ISO 3166 alpha-3, or a label of ``economies.csv`` with members; trade among them is left out.
    year : int
        The newest in the store if 0.
    kind, nomenclature : str
        Which table; needed where the store holds several.
    as_of : date, optional
        Only editions known by then.
    families : (dict, str), optional
        From `lodestone.facts.concord.read_families`, and the revision the product is written in: its whole family in
        the table's revision counts.
    factors : tuple of ContentFactor
        What the goods contain; needs their weight.

    Returns
    -------
    TradeExposure
        Values in the table's own unit, quantities in t. [shares and indices: fractions]

    Raises
    ------
    FactError
        If the store holds no such table or year.
    LabelError
        If the importer or product is not known, or it imports none.
    """
    partition = _year(partitions_of(store, kind, nomenclature, as_of), year)
    partners = read_partners(labels_folder)
    members = members_of(labels_folder, importer, partners.kinds)
    if not product.isdigit():
        raise LabelError(f"'{product[:20]}' is no customs code. Write its digits alone, e.g. the first six.")
    codes: tuple[str, ...] = (product,)
    if families is not None and families[1] != partition.nomenclature:
        codes = codes_in(families[0], (families[1], product), partition.nomenclature)
    asked = " OR ".join(f"starts_with(product, '{code}')" for code in codes)  # digits alone, by the checks above
    with connect() as database:
        rows, basis = _rows(database, store, partition, members, asked)
        if rows.empty:
            raise LabelError(
                f"{importer} imports nothing under {product} in the {partition.kind} table of {partition.year}. "
                "Check the code's revision, or take another year."
            )
        totals = _totals(database, store, partition, asked)
        outliers = _outliers(database, store, partition, members, asked)
        months = _months(database, store, partition, members)
    table = _suppliers(rows, totals, members)
    weighed = rows["quantity"].notna()
    value, quantity = float(rows["value"].sum()), float(rows["quantity"].sum()) if weighed.all() else None
    top = table.iloc[0]
    unnamed = table["exporter"].map(partners.kinds).eq(UNSPECIFIED)
    low, high = _concentration(table["value_share"], unnamed)
    return TradeExposure(
        importer=importer,
        product=product,
        year=partition.year,
        months=months,
        basis=basis,
        value=value,
        quantity=quantity,
        weighed_share=float(rows["value"][weighed].sum() / value) if value else 0.0,
        hhi_low=low,
        hhi_high=high,
        hhi_by_quantity=float((table["quantity_share"] ** 2).sum()) if quantity else None,
        top_supplier=str(top["exporter"]),
        top_share=float(top["value_share"]),
        supplier_dependence=_dependence(table, totals, members),
        suppliers=table,
        outliers=outliers,
        source=partition,
        contained=contained(factors, product, quantity),
        remarks=(
            *_remarks(partition, basis, months, bool(unnamed.any()), weighed.all()),
            *_family_remark(product, codes, partition),
        ),
    )


def connect() -> Any:
    """A database in memory, bounded, for reading a store."""
    import duckdb

    return duckdb.connect(config={"memory_limit": MEMORY})


def members_of(labels_folder: Path, importer: str, known: dict[str, str]) -> tuple[str, ...]:
    """The labels an importer stands for: itself, or the members of a group.

    Raises
    ------
    LabelError
        If it is in neither table.
    """
    economies = load_labels(labels_folder / "labels", "economies")
    named = [label for label, row in economies.iterrows() if str(row["members"]).split()]
    check_labels([importer], [*known, *named], "importer")
    if importer in named:
        return tuple(sorted(expand(importer, economies)))
    return (importer,)


def _year(partitions: Sequence[Partition], year: int) -> Partition:
    if not year:
        return partitions[-1]
    found = [partition for partition in partitions if partition.year == year]
    if not found:
        held = f"{partitions[0].year} to {partitions[-1].year}"
        raise LabelError(f"the table has no year {year}; it holds {held}. Take one of them, or ingest that year.")
    return found[0]


def _rows(
    database: Any, store: Path, partition: Partition, members: Sequence[str], asked: str
) -> tuple[pd.DataFrame, str]:
    """Imports by exporter, and whose report they are: the importer's own where there is one, else the mirror."""
    query = f"""
        SELECT exporter, sum(value) AS value,
               CASE WHEN count(quantity) = count(*) THEN sum(quantity) END AS quantity,
               sum(value) FILTER (reported_by = 'importer') AS by_importer,
               sum(value) FILTER (reported_by = 'exporter') AS by_exporter
        FROM read_parquet($flows)
        WHERE importer IN (SELECT unnest($members)) AND exporter NOT IN (SELECT unnest($members))
              AND ({asked}) AND reported_by IN (SELECT unnest($sides))
        GROUP BY exporter
    """  # nosec B608: codes are digits alone
    terms = {"flows": paths_of(store, [partition], FLOWS), "members": list(members)}
    both = database.execute(query, terms | {"sides": ["importer", "exporter", "both"]}).df().set_index("exporter")
    for sides, basis in ((["importer", "both"], "importer"), (["exporter"], "exporter")):
        rows = database.execute(query, terms | {"sides": sides}).df()
        rows = rows[rows["value"].notna()].reset_index(drop=True)
        if not rows.empty:
            gap = both.loc[rows["exporter"]].reset_index(drop=True)
            larger = gap[["by_importer", "by_exporter"]].max(axis=1)
            rows["mirror_gap"] = (gap["by_importer"] - gap["by_exporter"]) / larger
            return rows, basis
    return rows, "importer"


def _totals(database: Any, store: Path, partition: Partition, asked: str) -> pd.DataFrame:
    """What each economy imports and exports of the product, by economy; NaN where its side is not in the table."""
    return (
        database.execute(
            f"""
            SELECT economy, sum(imports_value) AS imports_value, sum(exports_value) AS exports_value,
                   CASE WHEN count(imports_quantity) = count(imports_value) THEN sum(imports_quantity) END AS imports_quantity,
                   CASE WHEN count(exports_quantity) = count(exports_value) THEN sum(exports_quantity) END AS exports_quantity
            FROM read_parquet($totals) WHERE ({asked}) GROUP BY economy
            """,  # nosec B608: codes are digits alone
            {"totals": paths_of(store, [partition], TOTALS)},
        )
        .df()
        .set_index("economy")
    )


def _suppliers(rows: pd.DataFrame, totals: pd.DataFrame, members: Sequence[str]) -> pd.DataFrame:
    table = rows.sort_values(["value", "exporter"], ascending=[False, True]).reset_index(drop=True)
    table["value_share"] = table["value"] / table["value"].sum()
    whole = table["quantity"].sum() if table["quantity"].notna().all() else math.nan
    table["quantity_share"] = table["quantity"] / whole if whole else math.nan
    table["unit_value"] = (table["value"] / table["quantity"]).where(table["quantity"] > 0)
    table["re_export_suspicion"] = [re_export_suspicion(totals, str(label)) for label in table["exporter"]]
    return table[list(SUPPLIER_COLUMNS)]


def re_export_suspicion(totals: pd.DataFrame, exporter: str) -> float:
    """The most of an exporter's exports that can be goods it only passed on: its imports over its exports, at most 1.

    By weight where all weights are known, else by value; NaN where the table lacks one of its sides.

    Examples
    --------
    >>> totals = pd.DataFrame(
    ...     {"imports_value": [5.0], "exports_value": [10.0], "imports_quantity": [9.0], "exports_quantity": [10.0]},
    ...     index=["ALB"],
    ... )
    >>> re_export_suspicion(totals, "ALB")
    0.9
    """
    if exporter not in totals.index or not totals.at[exporter, "exports_value"] > 0:
        return math.nan
    if totals["imports_value"].notna().sum() == 0:
        return math.nan
    for unit in ("quantity", "value"):
        imports, exports = totals.at[exporter, f"imports_{unit}"], totals.at[exporter, f"exports_{unit}"]
        if math.isnan(imports) and math.isnan(totals.at[exporter, "imports_value"]):
            return 0.0
        if exports > 0 and not math.isnan(imports):
            return float(min(1.0, imports / exports))
    return math.nan


def _dependence(table: pd.DataFrame, totals: pd.DataFrame, members: Sequence[str]) -> float | None:
    """Imports from the largest supplier over what all others export elsewhere, by value; None if not in the table."""
    top = table.iloc[0]
    others = totals.drop(index=[label for label in (top["exporter"], *members) if label in totals.index])
    exports = float(others["exports_value"].sum())
    if not exports:
        return None
    spare = exports - float(table["value"].iloc[1:].sum())
    return float(top["value"] / spare) if spare > 0 else math.inf


def _concentration(share: pd.Series, unnamed: pd.Series) -> tuple[float, float]:
    """The index where places not named are ever so many, and where they are the largest supplier."""
    named = share[~unnamed]
    hidden = float(share[unnamed].sum())
    low = float((named**2).sum())
    largest = float(named.max()) if len(named) else 0.0
    return low, low - largest**2 + (largest + hidden) ** 2


def _outliers(database: Any, store: Path, partition: Partition, members: Sequence[str], asked: str) -> pd.DataFrame:
    """Flows to the importer whose unit value lies far from the middle of all flows of the same code."""
    found = database.execute(
        f"""
        SELECT exporter, product, value / quantity AS unit_value, exp(middle) AS median_unit_value,
               {SCORE_SCALE} * (ln(value / quantity) - middle) / spread AS unit_value_score
        FROM read_parquet($flows) AS flow JOIN read_parquet($products) AS middles USING (product)
        WHERE importer IN (SELECT unnest($members)) AND exporter NOT IN (SELECT unnest($members))
              AND ({asked}) AND reported_by <> 'exporter'
              AND value > 0 AND quantity > 0 AND spread > 0 AND flows >= {LEAST_FLOWS}
        ORDER BY abs(unit_value_score) DESC, exporter
        """,  # nosec B608: codes are digits alone
        {
            "flows": paths_of(store, [partition], FLOWS),
            "products": paths_of(store, [partition], PRODUCTS),
            "members": list(members),
        },
    ).df()
    far = found[found["unit_value_score"].abs() > OUTLIER_SCORE].reset_index(drop=True)
    return far[list(OUTLIER_COLUMNS)]


def _months(database: Any, store: Path, partition: Partition, members: Sequence[str]) -> int:
    """Months of the year that the table holds for the importer; 0 for a yearly table."""
    if partition.frequency == "year":
        return 0
    found = database.execute(
        "SELECT count(DISTINCT month) FROM read_parquet($flows) WHERE importer IN (SELECT unnest($members))",
        {"flows": paths_of(store, [partition], FLOWS), "members": list(members)},
    ).fetchall()
    return int(found[0][0])


def _family_remark(product: str, codes: Sequence[str], partition: Partition) -> tuple[str, ...]:
    if tuple(codes) == (product,):
        return ()
    return (f"In {partition.nomenclature} these codes cannot be told apart from {product}: {', '.join(codes)}.",)


def _remarks(partition: Partition, basis: str, months: int, unnamed: bool, weighed: bool) -> tuple[str, ...]:
    said = ["Customs origin is who shipped, not who mined. A concentration is neither a loss nor a probability."]
    if basis == "exporter":
        said.append("The importer's own report is not in the table; these are its partners' exports.")
    if partition.frequency == "month" and months < 12:
        said.append(f"{months} of 12 months are in the table: this is not a year.")
    if unnamed:
        said.append("Part comes from places that are not named, so the concentration is an interval.")
    if not weighed:
        said.append("Some weights are missing; shares by weight are not shown.")
    return tuple(said)
