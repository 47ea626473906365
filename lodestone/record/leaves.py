"""Facts and assumptions as figures: the leaves of every explanation."""

from __future__ import annotations

import math

from lodestone.errors import FigureError
from lodestone.facts.assumptions import Assumption
from lodestone.facts.nouns import FactTable
from lodestone.record.figure import Figure


def fact_figure(facts: FactTable, fact: str) -> Figure:
    """The figure of one fact: value as published, its source's title and producer, and its locator.

    Parameters
    ----------
    facts : FactTable
    fact : str
        Its id.

    Returns
    -------
    Figure

    Raises
    ------
    FigureError
        If the table does not hold the fact (it may have become known after its ``as_of``).
    """
    if fact not in facts.rows.index:
        raise FigureError(f"fact '{fact}' is not among those known by {facts.as_of}. Take a later --as-of.")
    row = facts.rows.loc[fact]
    where = " to ".join(text for text in (row["economy"], row["partner"]) if text)
    label = ", ".join(
        text for text in (row["variable"].replace("_", " "), row["product"], where, row["period"]) if text
    )
    sources = [facts.sources[one] for one in str(row["source"]).split(";")]
    value, low, high = (None if math.isnan(number) else float(number) for number in row[["value", "low", "high"]])
    return Figure(
        id=f"fact:{fact}",
        kind="fact",
        label=label,
        value=value,
        low=low,
        high=high,
        unit=row["unit"],
        rule=f"{row['status']}, tier {row['tier']}, {row['basis']}; known from {str(row['known_from'])[:10]}",
        source="; ".join(f"{one.producer}: {one.title} ({one.published})" for one in sources),
        locator=row["locator"],
    )


def assumption_figure(assumption: Assumption) -> Figure:
    """The figure of one assumption, with its range and reason."""
    return Figure(
        id=f"assumption:{assumption.id}",
        kind="assumption",
        label=assumption.name,
        value=assumption.central,
        low=assumption.low,
        high=assumption.high,
        unit=assumption.unit,
        rule=f"assumed ({assumption.distribution}): {assumption.reason}",
        source="assumption" + (f", leaning on {assumption.origin}" if assumption.origin else ""),
        locator=f"assumptions/assumptions.csv: {assumption.id}",
    )
