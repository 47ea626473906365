"""What a store of trade tables says of an importer: one product by supplier, and all products ranked."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from lodestone.facts.content_factors import ContainedElement
from lodestone.facts.trade_nouns import Partition

SUPPLIER_COLUMNS = (
    "exporter",
    "value",
    "quantity",
    "value_share",
    "quantity_share",
    "unit_value",
    "mirror_gap",
    "re_export_suspicion",
)
OUTLIER_COLUMNS = ("exporter", "product", "unit_value", "median_unit_value", "unit_value_score")
RANKING_COLUMNS = (
    "product",
    "value",
    "quantity",
    "suppliers",
    "top_supplier",
    "top_share",
    "herfindahl_hirschman_index",
    "supplier_dependence",
    "re_export_suspicion",
    "first_year_share",
    "years_led",
    "years",
)


@dataclass(frozen=True)
class TradeExposure:
    """One importer's purchases of a product in a year, by who ships them; first tier only.

    ``suppliers`` has the columns of `SUPPLIER_COLUMNS`, the largest first; ``outliers`` those of
    `OUTLIER_COLUMNS`. ``quantity`` is None where a weight is missing. The concentration by value is an
    interval where part of the imports comes from places that are not named.
    """

    importer: str
    product: str
    year: int
    months: int
    basis: str
    value: float
    quantity: float | None
    weighed_share: float
    hhi_low: float
    hhi_high: float
    hhi_by_quantity: float | None
    top_supplier: str
    top_share: float
    supplier_dependence: float | None
    suppliers: pd.DataFrame
    outliers: pd.DataFrame
    contained: tuple[ContainedElement, ...]
    source: Partition
    remarks: tuple[str, ...]


@dataclass(frozen=True)
class TradeRanking:
    """All products of an importer, the one it could replace least first; columns of `RANKING_COLUMNS`."""

    importer: str
    year: int
    first_year: int
    table: pd.DataFrame
    products: int
    left_below: int
    source: Partition
    remarks: tuple[str, ...]
