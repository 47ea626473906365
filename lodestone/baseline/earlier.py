"""What stands in for a fact that was not out by a date: the nearest year of the same series.

A view from a date leaves later facts out. Where a row of the tables names one of them, an earlier figure on
the same thing may have been out: the last edition, the year before. It stands in, its standard deviation
widens with its age as that of any fact, and it is named. Where there is none, the row is left out by name.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Collection

import pandas as pd

from lodestone.baseline.topology import Topology, match
from lodestone.baseline.topology_faults import EXTRACTIVE
from lodestone.errors import FactError

SERIES = ["variable", "product", "economy", "partner"]  # what a figure is on, whoever says it and of whichever year


def last_year(period: str) -> int:
    """The year a period ends in.

    >>> last_year("2021..2024"), last_year("2024-06")
    (2024, 2024)
    """
    return int(period.split("..")[-1][:4])


def shape(period: str) -> str:
    """What kind of period it is: a month never stands in for a year.

    >>> shape("2024-06") == shape("2023-11"), shape("2024") == shape("2024-06")
    (True, False)
    """
    return re.sub(r"\d", "0", period)


def nearest(series: pd.DataFrame, period: str, year: int, taken: Collection[str]) -> pd.Series | None:
    """The figure of a series that stands in for one of another period or edition.

    Parameters
    ----------
    series : DataFrame with id, element, period, tier, source, known_from
        All known facts on one thing, tier C aside or not.
    period : str
        Of the figure that is missing; only periods of its kind can stand in.
    year : int
        The baseline year, from which nearness is counted.
    taken : ids
        Facts that another row reads: none is read twice.

    Returns
    -------
    Series or None
        The nearest year, of one as near the later, and of it what came out last. None where there is none, or
        where that leaves two.
    """
    may = series[(series["tier"] != "C") & (series["period"].map(shape) == shape(period)) & ~series["id"].isin(taken)]
    if may.empty:
        return None
    away = may["period"].map(lambda one: abs(last_year(one) - year))
    may = may[away == away.min()]
    may = may[may["period"] == may["period"].max()]
    may = may[may["known_from"] == may["known_from"].max()]
    return may.iloc[0] if len(may) == 1 else None


def refuse_unknown_mines(topology: Topology, read: Collection[int], as_of: dt.date) -> None:
    """Refuse a view in which a mine whose output the tables take from a fact has none known.

    Its weight is a share of that fact and no tonnage, so nothing could stand in.

    Parameters
    ----------
    read : rows
        Of ``observations`` with a fact.
    as_of : date

    Raises
    ------
    FactError
        With the first of such mines and their number.
    """
    seen = topology.observations
    rows = seen[(seen["cell"] == "output") & (seen["mode"] == "total")]
    output = topology.processes[topology.processes["rule"].isin(EXTRACTIVE)].set_index("process")["output"]
    mines = topology.makers[topology.makers["process"].isin(output.index) & topology.makers["amount_reo"].isna()]
    made, place = mines["process"].map(output), mines["economy"]
    named, known = set[int](), set[int]()
    for number, row in zip(rows.index, rows.itertuples(), strict=True):
        own = match(made, row.products or "*") & match(place, row.origin or "*")
        if place[own].nunique() == 1:  # a total over economies splits nothing among them
            named |= set(mines.index[own])
            known |= set(mines.index[own]) if number in read else set()
    late = [f"{mines.at[k, 'process']}@{mines.at[k, 'economy']}" for k in sorted(named - known)]
    if late:
        raise FactError(
            f"the output of {', '.join(late[:3])}{f' and {len(late) - 3} more' if len(late) > 3 else ''} is a fact "
            f"that was not known by {as_of}, nor one of another year. "
            "Take a later date, or add an earlier edition of the figures."
        )
