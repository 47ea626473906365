"""Choosing facts by their labels, and taking one row out as a `Fact`."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Any

import pandas as pd

from lodestone.errors import FactError
from lodestone.facts.nouns import TIERS, Fact, FactTable

JOIN = ";"


def select_facts(
    table: FactTable,
    *,
    variable: str | None = None,
    economy: str | None = None,
    partner: str | None = None,
    element: str | None = None,
    product: str | None = None,
    tier: str | None = None,
    period: str | None = None,
    source: str | None = None,
) -> FactTable:
    """The facts that meet all conditions given; conditions left out hold for every row.

    Parameters
    ----------
    table : FactTable
    variable, period, source : str, optional
        Must be equal (``source``: one of the row's sources).
    economy : str, optional
        Must be the row's economy or its partner.
    partner : str, optional
        Must be the row's partner.
    element : str, optional
        Must be one of the elements the row names (a row on a sum names several).
    product : str, optional
        Must be contained in the row's product, capitals aside.
    tier : str, optional
        The weakest tier accepted: "A" gives A only, "B" gives A and B.

    Returns
    -------
    FactTable
        With the same sources, date and checksum.

    Raises
    ------
    FactError
        If ``variable`` or ``tier`` is not in the table at hand; the nearest names are listed.

    Examples
    --------
    >>> from lodestone.facts import read_facts
    >>> chosen = select_facts(read_facts(), variable="basket_share", tier="A")
    >>> set(chosen.rows["tier"])
    {'A'}
    """
    rows = table.rows
    keep = pd.Series(True, index=rows.index)
    if variable is not None:
        _refuse_unknown("variable", variable, rows["variable"].unique())
        keep &= rows["variable"] == variable
    if tier is not None:
        _refuse_unknown("tier", tier, TIERS)
        keep &= rows["tier"].isin(TIERS[: TIERS.index(tier) + 1])
    if economy is not None:
        keep &= (rows["economy"] == economy) | (rows["partner"] == economy)
    if partner is not None:
        keep &= rows["partner"] == partner
    if element is not None:
        keep &= _lists(rows["element"], element)
    if product is not None:
        keep &= rows["product"].str.contains(product, case=False, regex=False)
    if period is not None:
        keep &= rows["period"] == period
    if source is not None:
        keep &= _lists(rows["source"], source)
    return replace(table, rows=rows[keep])


def fact(table: FactTable, identifier: str) -> Fact:
    """One row as a `Fact`.

    Raises
    ------
    FactError
        If no row has this id.

    Examples
    --------
    >>> from lodestone.facts import read_facts
    >>> facts = read_facts()
    >>> fact(facts, facts.rows.index[0]).tier in ("A", "B", "C")
    True
    """
    if identifier not in table.rows.index:
        raise FactError(
            f"no fact has the id {identifier}. 'lodestone facts list' prints ids; "
            f"a row may have been replaced by a preferred one or be later than {table.as_of}."
        )
    row = table.rows.loc[identifier].to_dict()
    held: dict[str, Any] = {"id": identifier}
    for name, cell in row.items():
        if name in ("value", "low", "high"):
            held[str(name)] = None if pd.isna(cell) else float(cell)
        else:
            held[str(name)] = cell.date() if name == "known_from" else str(cell)
    return Fact(**held)


def _lists(joined: pd.Series, wanted: str) -> pd.Series:
    return (JOIN + joined + JOIN).str.contains(JOIN + wanted + JOIN, regex=False)


def _refuse_unknown(kind: str, name: str, known: Collection[str]) -> None:
    if name not in known:
        import difflib

        near = difflib.get_close_matches(name, list(known), n=3) or sorted(known)[:5]
        raise FactError(f"{kind} '{name}' is not among the facts. Nearest: {', '.join(near)}.")
