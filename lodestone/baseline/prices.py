"""Unit values of products from facts, for rules that go by value; a product without a price has none."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.facts.nouns import FactTable


def with_prices(network: Network, folder: Path, facts: FactTable) -> tuple[Network, dict[str, tuple[str, ...]]]:
    """The network with ``unit_value`` filled from ``prices.csv`` of its material, where facts are known.

    Returns
    -------
    network : Network
        ``products.unit_value`` in USD per kg of gross weight (of the fact's own year); NaN without a fact.
    origin : dict
        Product -> ids of the facts behind its price.
    """
    value, origin = unit_values(network.products["product"].tolist(), folder, network.material, facts)
    return replace(network, products=network.products.assign(unit_value=value)), origin


def unit_values(
    products: list[str], folder: Path, material: str, facts: FactTable
) -> tuple[np.ndarray, dict[str, tuple[str, ...]]]:
    """Unit values of products from the rows of ``prices.csv``, as sold: an oxide by the kg of oxide.

    A row names a price fact, or a trade value with the trade quantity of the same labels under it, and
    what it is multiplied by (``factor``, 1 where blank).

    Parameters
    ----------
    products : list of str
        Labels, whose order the result follows.
    folder : Path
        Data folder.
    material : str
    facts : FactTable
        What is known; a price of later facts is missing.

    Returns
    -------
    value : array (products,)
        NaN without a row or a fact. [USD per kg]
    origin : dict
        Product -> ids of the facts behind its price.
    """
    path = folder / "topology" / material / "prices.csv"
    value = np.full(len(products), np.nan)
    origin: dict[str, tuple[str, ...]] = {}
    if path.is_file():
        position = {product: i for i, product in enumerate(products)}
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
    return value, origin


def waiting(folder: Path, material: str, origin: Collection[str]) -> set[str]:
    """Products that ``prices.csv`` names a fact for and that have no price among the facts known.

    Parameters
    ----------
    origin : labels
        The products that have one, as `unit_values` gives them.
    """
    path = folder / "topology" / material / "prices.csv"
    named = set(pd.read_csv(path, dtype=str, keep_default_na=False)["product"]) if path.is_file() else set()
    return named - set(origin)


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
