"""Unit values of products from facts, for rules that go by value; a product without a price has none."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.facts.nouns import FactTable


def with_prices(network: Network, folder: Path, facts: FactTable) -> tuple[Network, dict[str, tuple[str, ...]]]:
    """The network with ``unit_value`` filled from ``prices.csv`` of its material, where facts are known.

    A row names a price fact, or a trade value with the trade quantity of the same labels under it; a
    ``factor`` brings another unit (pounds, metric ton units) to kilograms of gross weight.

    Returns
    -------
    network : Network
        ``products.unit_value`` in USD per kg of gross weight (of the fact's own year); NaN without a fact.
    origin : dict
        Product -> ids of the facts behind its price.
    """
    path = folder / "topology" / network.material / "prices.csv"
    value = np.full(len(network.products), np.nan)
    origin: dict[str, tuple[str, ...]] = {}
    if path.is_file():
        position = {str(product): i for i, product in enumerate(network.products["product"])}
        for row in pd.read_csv(path, dtype=str, keep_default_na=False).to_dict("records"):
            found = _known(facts, row["variable"], row)
            below = _known(facts, row["over_variable"], row) if row["over_variable"] else None
            if found is None or (row["over_variable"] and below is None):
                continue
            amount, ids = found
            if below is not None:  # thousand USD over tonnes is USD per kg
                amount, ids = amount / below[0], (*ids, *below[1])
            value[position[row["product"]]] = amount * float(row.get("factor") or 1.0)
            origin[row["product"]] = ids
    return replace(network, products=network.products.assign(unit_value=value)), origin


def _known(facts: FactTable, variable: str, row: dict[str, str]) -> tuple[float, tuple[str, ...]] | None:
    rows = facts.rows
    match = rows[
        (rows["variable"] == variable)
        & (rows["product"] == row["fact_product"])
        & (rows["partner"] == row["partner"])
        & (rows["period"] == row["period"])
        & (rows["source"] == row["source"])
        & rows["value"].notna()
    ]
    if len(match) != 1:
        return None
    return float(match["value"].iloc[0]), (str(match.index[0]),)
