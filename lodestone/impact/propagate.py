"""A shortfall of user sectors, sent on through the input-output table: value added, output and jobs lost.

A user sector is a share of an industry of the table, and its shortfall takes that share of the
industry's capacity and no more: a stop of electric-vehicle magnets does not stop all transport
equipment. The curbed mineral's own stock has been used up in the stage network before a sector falls
short, so the table holds no stock of it; the table's inventories are those of the industries that buy
from the sectors that fall short.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lodestone.errors import LabelError, ScenarioError
from lodestone.facts.assumptions import Assumption
from lodestone.impact.ario import DAYS_A_YEAR, ArioParameters, set_up
from lodestone.impact.ario_kernel import factor, run_factored
from lodestone.impact.memory import available_memory
from lodestone.impact.shortfall import SectorShortfall, capacity_lost
from lodestone.impact.table import Array, InputOutputTable

WEEK = 7.0
INDIRECT_WEEKS = 52  # no investment, no price, no entry: past a year the model says nothing
TOGETHER = 32  # scenarios that share a read of the table
PARTS = ("direct", "indirect")


@dataclass(frozen=True)
class Propagation:
    """What a shortfall costs, by draw, economy, sector and week.

    ``output`` (part, draw, industry, week) is output lost in the week, ``part`` being direct (what the
    user sectors themselves cannot make) and indirect (everything else; below zero where overtime made
    up for a loss), NaN past 52 weeks. [unit of the table; ``industry`` is (economy, industry_sector)]
    ``value_added_rate`` and ``jobs_rate`` (industry) turn it into value added [same unit] and jobs idle for the
    week [people; NaN where nobody counted]. ``table_source``, ``structure_year``, ``money_year`` and
    ``notes`` say what table it rests on and how old that is.
    """

    output: xr.DataArray
    value_added_rate: xr.DataArray
    jobs_rate: xr.DataArray
    unit: str
    table_source: str
    structure_year: int
    money_year: int
    notes: tuple[str, ...]


def usual_parameters(assumptions: dict[str, Assumption], which: str = "central") -> ArioParameters:
    """ARIO parameters from the table of assumptions.

    Parameters
    ----------
    which : str
        "central", "low" or "high": one end of every range.

    Examples
    --------
    >>> from lodestone.facts.assumptions import read_assumptions
    >>> from lodestone.facts.place import data_folder
    >>> usual_parameters(read_assumptions(data_folder())).psi
    0.8
    """

    def held(name: str) -> float:
        return float(getattr(assumptions[f"propagation.{name}"], which))

    return ArioParameters(
        inventory_days=held("inventory_days"),
        psi=held("psi"),
        restoring_days=held("restoring_days"),
        overproduction=held("overproduction"),
        overproduction_days=held("overproduction_days"),
        negligible_input=held("negligible_input"),
    )


def propagate(
    table: InputOutputTable,
    shortfalls: Sequence[SectorShortfall],
    parameters: ArioParameters,
    essential: np.ndarray | None = None,
    notes: tuple[str, ...] = (),
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Propagation:
    """Send weekly shortfalls of user sectors through the table.

    Parameters
    ----------
    shortfalls : sequence of SectorShortfall
        All of the same draws and weeks. Where several sectors are parts of one industry, their losses
        add up. Every sector is listed once however many elements it lacks.
    essential : array (sector of the table, industry) of bool, optional
        Whether an industry stops without an input. None: all that are not negligible.
    notes : tuple of str
        What the reader of the result must know of the shortfalls; see `shortfalls_of`.
    progress : callable, optional
        Called as ``progress(done, total)`` after each block of draws.

    Returns
    -------
    Propagation
        Direct losses for every week, indirect ones for at most 52.

    Raises
    ------
    LabelError
        If an industry is not in the table.
    ScenarioError
        If shares or losses lie outside 0 to 1, the parts of an industry exceed it, a sector comes twice,
        arrays do not fit, or the result would not fit in memory.

    Examples
    --------
    Electric vehicles are two tenths of transport equipment; their magnets stop for four weeks. The
    industry loses two tenths from the first week, its customer nothing yet:

    >>> import pandas as pd
    >>> from lodestone.impact.table import make_table
    >>> table = make_table(
    ...     pd.MultiIndex.from_tuples([("ALB", "vehicles"), ("ALB", "couriers")]),
    ...     np.array([[0.0, 100.0], [0.0, 0.0]]), np.array([[100.0], [300.0]]), ["ALB"],
    ...     unit="million", year=2020, source="example")
    >>> stop = SectorShortfall("ALB", "electric_vehicles", "vehicles", np.array([0.2]), np.ones((1, 4)))
    >>> usual = ArioParameters(60.0, 0.8, 60.0, 1.0, 365.0)
    >>> told = propagate(table, [stop], usual)
    >>> lost = value_added_lost(told)
    >>> lost.sel(part="direct", economy="ALB", industry_sector="vehicles").values.round(3).tolist()
    [[0.767, 0.767, 0.767, 0.767]]
    >>> float(lost.sel(part="indirect", economy="ALB", industry_sector="couriers")[0, 0].round(6))
    0.0
    """
    steps = WEEK / parameters.step_days
    if abs(steps - round(steps)) > 1e-9:
        raise ScenarioError(f"a step of {parameters.step_days:g} days does not divide a week. Take 1, 0.5, 0.25 or 7.")
    places, lost = capacity_lost(table, shortfalls)
    draws, weeks = lost.shape[0], lost.shape[2]
    economy = set_up(table, parameters, essential)
    factors = factor(economy, parameters)
    held = min(weeks, INDIRECT_WEEKS)
    _refuse_if_too_large(draws, weeks, table)
    output = np.full((2, draws, len(table.industries), weeks), np.nan)
    output[0] = 0.0
    output[0][:, places] = lost * economy.output[places][None, :, None] * WEEK
    blocks = range(0, draws, TOGETHER)
    for done, first in enumerate(blocks, start=1):
        some = slice(first, min(first + TOGETHER, draws))
        shock = np.ascontiguousarray(lost[some, :, :held].transpose(2, 1, 0))
        calm = next((week for week in range(held) if shock[week].any()), held)  # nothing moves before
        output[1, some, :, :calm] = 0.0
        made = run_factored(factors, parameters, places, shock[calm:], round(steps), threads)
        total = (economy.output[None, :, None] - made).transpose(2, 1, 0) * WEEK
        output[1, some, :, calm:held] = total - output[0, some, :, calm:held]
        if progress is not None:
            progress(done, len(blocks))
    return _labelled(table, output, notes)


def _refuse_if_too_large(draws: int, weeks: int, table: InputOutputTable) -> None:
    numbers = 2.0 * draws * weeks * len(table.industries)  # the result alone
    need, have = 2.0 * numbers * 8.0, available_memory()  # and one copy, to turn it into money
    if need > have:
        raise ScenarioError(
            f"{draws} draws of {weeks} weeks in {len(table.industries)} industries need {need / 2**30:.1f} GiB and "
            f"{have / 2**30:.1f} are free. Send the draws in blocks and add up each (of_economies) before the next."
        )


def value_added_lost(propagation: Propagation) -> xr.DataArray:
    """Value added lost, dims (part, draw, industry, week). [unit of the table]"""
    return propagation.output * propagation.value_added_rate


def jobs_lost(propagation: Propagation) -> xr.DataArray:
    """Jobs idle in the week, dims (part, draw, industry, week). [people; NaN where nobody counted]"""
    return propagation.output * propagation.jobs_rate


def of_economies(lost: xr.DataArray, economies: Sequence[str]) -> xr.DataArray:
    """Losses of some economies together, dims without ``industry``; NaN weeks stay NaN.

    Raises
    ------
    LabelError
        If one is not there.
    """
    there = lost.indexes["industry"].get_level_values("economy")
    unknown = sorted(set(economies) - set(there))
    if unknown:
        raise LabelError(f"{', '.join(unknown)} are not in the table. There: {', '.join(dict.fromkeys(there))}.")
    return lost.isel(industry=np.flatnonzero(there.isin(list(economies)))).sum("industry", skipna=False)


def _labelled(table: InputOutputTable, output: Array, notes: tuple[str, ...]) -> Propagation:
    industry = xr.Coordinates.from_pandas_multiindex(table.industries, "industry")
    per_output = np.divide(table.value_added, table.output, out=np.zeros_like(table.output), where=table.output > 0.0)
    per_week = table.output / DAYS_A_YEAR * WEEK
    jobs = np.divide(table.jobs, per_week, out=np.full_like(per_week, np.nan), where=per_week > 0.0)
    return Propagation(
        output=xr.DataArray(
            output,
            dims=("part", "draw", "industry", "week"),
            coords={"part": list(PARTS), "draw": np.arange(output.shape[1]), "week": np.arange(output.shape[3])},
        ).assign_coords(industry),
        value_added_rate=xr.DataArray(per_output, dims="industry").assign_coords(industry),
        jobs_rate=xr.DataArray(jobs, dims="industry").assign_coords(industry),
        unit=table.unit,
        table_source=table.source,
        structure_year=table.year,
        money_year=table.money_year,
        notes=(*table.notes, *notes),
    )
