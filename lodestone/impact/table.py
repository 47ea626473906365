"""The input-output table: who sells what to whom in a year, checked before anything runs on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from lodestone.errors import BalanceError, LabelError

Array = NDArray[np.float64]
TOLERANCE = 1e-6  # of an industry's output, between what it makes and what it sells
NAMED = 5  # how many of the largest faults a message names


@dataclass(frozen=True)
class InputOutputTable:
    """A table of one year, rows selling to columns; an industry is a sector of an economy.

    ``industries`` is a MultiIndex (economy, industry_sector). ``intermediate`` (industry, industry) holds the sales
    for further production, ``final_demand`` (industry, economy) all other sales by the economy that
    buys, the economies being ``final_economies``; ``value_added`` (industry) what is left of output
    after inputs, taxes and margins included. All in ``unit`` a year. ``jobs`` (industry) is NaN where
    nobody counted. ``year`` is the year of the structure, ``money_year`` that of the amounts; ``source``
    says whose table it is, ``notes`` what was done to it.
    """

    industries: pd.MultiIndex
    intermediate: Array
    final_demand: Array
    final_economies: tuple[str, ...]
    value_added: Array
    jobs: Array
    unit: str
    year: int
    money_year: int
    source: str
    notes: tuple[str, ...] = ()

    @property
    def output(self) -> Array:
        """Gross output by industry: sales to industries and to final users. [``unit``]"""
        return self.intermediate.sum(axis=1) + self.final_demand.sum(axis=1)

    @property
    def sectors(self) -> tuple[str, ...]:
        """Sectors in the order in which they first come."""
        return tuple(dict.fromkeys(self.industries.get_level_values(1)))

    @property
    def economies(self) -> tuple[str, ...]:
        """Economies in the order in which they first come."""
        return tuple(dict.fromkeys(self.industries.get_level_values(0)))


def make_table(
    industries: pd.MultiIndex,
    intermediate: Array,
    final_demand: Array,
    final_economies: Sequence[str],
    *,
    output: Array | None = None,
    jobs: Array | None = None,
    unit: str,
    year: int,
    money_year: int | None = None,
    source: str,
    notes: tuple[str, ...] = (),
    losses_as_zero: bool = False,
) -> InputOutputTable:
    """A checked table; value added is output less inputs.

    Parameters
    ----------
    industries : MultiIndex (economy, industry_sector)
        Economies may differ in the sectors they have.
    intermediate : array (industry, industry)
        Rows sell to columns. [``unit`` a year]
    final_demand : array (industry, economy)
        By the economy that buys. Single cells may be below zero (stocks drawn down); an industry's
        total may not. [``unit`` a year]
    final_economies : sequence of str
        Who buys, one each column of ``final_demand``.
    output : array (industry), optional
        Published gross output, held against the sum of sales. [``unit`` a year]
    jobs : array (industry), optional
        People employed. NaN where not known.
    losses_as_zero : bool
        Take industries whose inputs cost more than they sell for, which then have no value added to
        lose, and say so in the notes. Otherwise they are refused.

    Returns
    -------
    InputOutputTable

    Raises
    ------
    BalanceError
        If a number is NaN or infinite, a flow or a total is negative, sales miss the published output
        by more than 1e-6 of it, or inputs cost more than the output. Each names the largest cases.
    LabelError
        If an industry comes twice or shapes do not fit the labels.

    Examples
    --------
    The table of Miller and Blair, two sectors of one economy:

    >>> table = make_table(
    ...     pd.MultiIndex.from_tuples([("ALB", "farms"), ("ALB", "mills")]),
    ...     np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([[350.0], [1700.0]]), ["ALB"],
    ...     unit="million", year=1985, source="textbook")
    >>> table.output.tolist(), table.value_added.tolist()
    ([1000.0, 2000.0], [650.0, 1400.0])
    """
    industries = industries.set_names(["economy", "industry_sector"])
    count = len(industries)
    intermediate = np.ascontiguousarray(intermediate, dtype=float)
    final_demand = np.ascontiguousarray(final_demand, dtype=float)
    shapes = (
        (intermediate, (count, count), "intermediate"),
        (final_demand, (count, len(final_economies)), "final_demand"),
    )
    for array, shape, name in shapes:
        if array.shape != shape:
            raise LabelError(
                f"{name} has shape {array.shape}, its labels {shape}. Give a label to each row and column."
            )
    if count == 0:
        raise LabelError("the table has no industry. Check the selection that made it.")
    if industries.has_duplicates:
        twice = [_shown(label) for label in industries[industries.duplicated()][:NAMED]]
        raise LabelError(f"industries come twice: {', '.join(twice)}. Give each row a label of its own.")
    _check_numbers(industries, intermediate, final_demand)
    sales = intermediate.sum(axis=1) + final_demand.sum(axis=1)
    _check_balance(industries, sales, sales if output is None else np.asarray(output, dtype=float))
    value_added = sales - intermediate.sum(axis=0)
    below = value_added < -TOLERANCE * np.maximum(sales, np.finfo(float).tiny)
    if not losses_as_zero:
        _refuse(
            industries,
            -value_added,
            below,
            "inputs cost more than the output sells for",
            "A value added below zero cannot be lost; mend the table, merge the industry with a neighbour, or take "
            "it as nothing (losses_as_zero)",
        )
    elif below.any():
        names = ", ".join(_shown(label) for label in industries[below][:NAMED])
        notes = (*notes, f"{int(below.sum())} industries had a value added below zero, taken as nothing: {names}")
    return InputOutputTable(
        industries=industries,
        intermediate=intermediate,
        final_demand=final_demand,
        final_economies=tuple(final_economies),
        value_added=np.maximum(value_added, 0.0),  # below zero by rounding, or taken as nothing: see above
        jobs=np.full(count, np.nan) if jobs is None else np.asarray(jobs, dtype=float),
        unit=unit,
        year=year,
        money_year=year if money_year is None else money_year,
        source=source,
        notes=notes,
    )


def settle(
    industries: pd.MultiIndex, intermediate: Array, final_demand: Array, output: Array, unit: str, most: float | Array
) -> tuple[Array, Array, tuple[str, ...]]:
    """Make a published table balance where it misses by its rounding, and say what was done.

    Published tables are rounded, and stocks drawn down can exceed an industry's final sales of the
    year. Three stated treatments: what an industry's output exceeds its sales by goes to its final
    sales (or is left out of output, where it has none); single cells below zero are taken off the
    industry's other final sales, in proportion; final sales whose total is below zero become zero,
    output rising by as much. Flows between industries stay as published.

    Parameters
    ----------
    intermediate, final_demand, output : arrays as of `make_table`
    most : float, or array (industry)
        The largest difference between output and sales taken for rounding. [``unit``]

    Returns
    -------
    (final demand, output, notes)

    Raises
    ------
    BalanceError
        If output and sales differ by more than ``most``, naming the largest differences.
    """
    sales = intermediate.sum(axis=1) + final_demand.sum(axis=1)
    gap = output - sales
    _refuse(
        industries,
        np.abs(gap),
        np.abs(gap) > most,
        "published output and sales differ",
        f"More than {np.max(most):g} {unit} is no rounding; mend the table or its output",
    )
    total = final_demand.sum(axis=1) + gap
    below = total < 0.0
    lifted = float(-total[below].sum())
    positive = np.where(final_demand > 0.0, final_demand, 0.0)
    bought = positive.sum(axis=1)
    scale = np.divide(np.maximum(total, 0.0), bought, out=np.zeros_like(bought), where=bought > 0.0)
    settled = positive * scale[:, None]
    notes = [
        f"differences between output and sales of up to {np.abs(gap).max():.6g} {unit} were settled in final sales"
    ]
    if below.any():
        names = ", ".join(_shown(label) for label in industries[below][:NAMED])
        notes.append(
            f"{int(below.sum())} industries drew down more stocks than they sold to final users ({names}"
            f"{' and others' if below.sum() > NAMED else ''}); {lifted:.6g} {unit} were counted as output of the year"
        )
    return settled, intermediate.sum(axis=1) + settled.sum(axis=1), tuple(notes)


def times(table: InputOutputTable, factor: float, unit: str, money_year: int) -> InputOutputTable:
    """The table in other money: every amount times a factor."""
    return replace(
        table,
        intermediate=table.intermediate * factor,
        final_demand=table.final_demand * factor,
        value_added=table.value_added * factor,
        unit=unit,
        money_year=money_year,
    )


def without_economy(table: InputOutputTable, economy: str) -> InputOutputTable:
    """The table with an economy's industries and buyers left out; sales to it are lost, purchases from it free.

    Raises
    ------
    LabelError
        If the table has no such economy.
    """
    if economy not in table.economies:
        raise LabelError(f"economy '{economy}' is not in the table. There: {', '.join(table.economies)}.")
    rows = np.asarray(table.industries.get_level_values(0) != economy)
    columns = np.array([name != economy for name in table.final_economies])
    intermediate = table.intermediate[np.ix_(rows, rows)]
    final_demand = table.final_demand[np.ix_(rows, columns)]
    return replace(
        table,
        industries=table.industries[rows],
        intermediate=intermediate,
        final_demand=final_demand,
        final_economies=tuple(np.array(table.final_economies)[columns]),
        value_added=intermediate.sum(axis=1) + final_demand.sum(axis=1) - intermediate.sum(axis=0),
        jobs=table.jobs[rows],
        notes=(*table.notes, f"{economy} left out"),
    )


def _check_numbers(industries: pd.MultiIndex, intermediate: Array, final_demand: Array) -> None:
    for name, array in (("intermediate", intermediate), ("final_demand", final_demand)):
        bad = ~np.isfinite(array)
        if bad.any():
            rows = industries[bad.any(axis=1)]
            raise BalanceError(
                f"{name} holds {int(bad.sum())} cells that are no finite number, in rows such as "
                f"{', '.join(_shown(label) for label in rows[:NAMED])}. An absent flow is 0; write it so."
            )
    lowest = intermediate.min(axis=1)
    _refuse(
        industries, -lowest, lowest < 0.0, "a sale to an industry is negative", "Book it as a purchase the other way"
    )
    total = final_demand.sum(axis=1)
    _refuse(
        industries,
        -total,
        total < 0.0,
        "final sales are negative in total",
        "Stocks drawn down exceed the sales; settle the table first (lodestone.impact.table.settle)",
    )


def _check_balance(industries: pd.MultiIndex, sales: Array, output: Array) -> None:
    if output.shape != sales.shape:
        raise LabelError(f"output has shape {output.shape}, the industries {sales.shape}. Give one number each.")
    size = np.maximum(np.maximum(np.abs(output), np.abs(sales)), np.finfo(float).tiny)
    _refuse(
        industries,
        np.abs(output - sales),
        ~(np.abs(output - sales) <= TOLERANCE * size),
        "output and sales differ",
        "A table that does not balance has no equilibrium to start from; settle its rounding "
        "(lodestone.impact.table.settle) or mend it",
    )


def _refuse(industries: pd.MultiIndex, size: Array, wrong: NDArray[np.bool_], what: str, next_step: str) -> None:
    """Raise with the largest cases named, if any is wrong."""
    if not wrong.any():
        return
    order = np.argsort(-np.where(wrong, np.nan_to_num(size, nan=np.inf), -np.inf), kind="stable")[
        : min(NAMED, wrong.sum())
    ]
    named = ", ".join(f"{_shown(industries[place])} by {size[place]:.6g}" for place in order)
    raise BalanceError(f"{int(wrong.sum())} industries of the table: {what}. Largest: {named}. {next_step}.")


def _shown(label: tuple[str, ...]) -> str:
    return f"{label[1]} of {label[0]}"
