"""Direct and indirect losses of one economy's shortfall, with the behaviour of industries drawn as well.

A missing finished good (a car, a turbine) takes orders from its suppliers and stops none of its buyers; a
missing input (a chip) does both. The two are sent through the table one after the other and added.

Draws are sent through the table in small groups. Each group meets its own stocks, restoring time and
overtime, drawn so that the groups together cover every range evenly (Latin hypercube); a band over
draws then holds what nobody knows of the sectors and of the industries around them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lodestone.errors import ScenarioError
from lodestone.facts.assumptions import Assumption
from lodestone.impact.ario import ArioParameters
from lodestone.impact.nouns import Impact
from lodestone.impact.propagate import INDIRECT_WEEKS, PARTS, Propagation, jobs_lost, propagate, value_added_lost
from lodestone.impact.shortfall import SectorShortfall, shortfalls_of
from lodestone.impact.table import InputOutputTable
from lodestone.labels import expand
from lodestone.rng import stream
from lodestone.simulate.luck import inverse

TOGETHER = 8  # draws that meet the same industries
STEP_DAYS = 3.5  # of the model; 1 in the proofs
DRAWN = ("inventory_days", "psi", "restoring_days", "overproduction", "overproduction_days", "negligible_input")
WEEKS_A_YEAR = 52.0


@dataclass(frozen=True)
class IndirectLoss:
    """What a shortfall costs at home and elsewhere within a year, direct and indirect apart.

    ``value_added`` (part, draw, week) and ``jobs`` (part, draw) are those of the economy itself, ``output``
    (part, draw) its gross output; ``by_economy`` (economy, draw) is the indirect loss of value added in
    each economy of the table, ``by_industry`` (industry sector, draw) that of the economy's industries.
    Money in billion USD of 2024, jobs in person-years where an industry's jobs are published (others
    count for nothing, and ``jobs_cover`` is the share of the economy's value added they earn).
    ``parts`` names the first axis. ``inputs`` are the numbers drawn (draw), by name. ``table_source``,
    ``structure_year`` and ``notes`` say what table it rests on and how old that is.
    """

    economy: str
    parts: tuple[str, ...]
    economies: tuple[str, ...]
    industries: tuple[str, ...]
    value_added: np.ndarray
    output: np.ndarray
    jobs: np.ndarray
    jobs_cover: float
    by_economy: np.ndarray
    by_industry: np.ndarray
    inputs: dict[str, np.ndarray]
    table_source: str
    structure_year: int
    notes: tuple[str, ...]


def indirect_loss(
    table: InputOutputTable,
    concordance: pd.DataFrame,
    essential: np.ndarray | None,
    impact: Impact,
    economies: pd.DataFrame,
    assumptions: Mapping[str, Assumption],
    seed: int,
    *,
    finished: Collection[str] = (),
    draws: int = 128,
    step_days: float = STEP_DAYS,
    pin: Mapping[str, str] | None = None,
    threads: int | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> IndirectLoss:
    """Send the first draws of an impact through the table.

    Parameters
    ----------
    table, concordance, essential
        As of `lodestone.impact.propagate.propagate` and `lodestone.impact.shortfall.shortfalls_of`.
    impact : Impact
        Its ``share_lost`` is what enters, its first ``draws`` draws and at most 52 weeks of it.
    economies : DataFrame
        Label table with ``members``.
    assumptions : mapping of Assumption by id
        Ranges ``propagation.*``.
    seed : int
    finished : collection of str
        Sectors of use that make finished goods: their shortfall stops no buyer. The others make inputs.
    draws : int
        How many draws are sent; fewer if the impact has fewer.
    pin : mapping, optional
        Names of ``DRAWN`` held at "low", "central" or "high".
    progress : callable, optional
        Called as ``progress(done, total)`` after each group.

    Returns
    -------
    IndirectLoss
        The same for any number of threads.

    Raises
    ------
    ScenarioError
        If a pin is unknown, or as of `propagate`.
    LabelError
        If the table does not know the economy or a sector.
    """
    if unknown := set(pin or {}) - set(DRAWN):
        raise ScenarioError(f"unknown parameter {min(unknown)}. Pin one of {', '.join(DRAWN)}.")
    count = min(draws, impact.value_added.shape[1])
    groups = [slice(first, min(first + TOGETHER, count)) for first in range(0, count, TOGETHER)]
    chosen = _drawn(assumptions, len(groups), seed, pin or {})
    parts, notes = [], tuple[str, ...]()
    for number, group in enumerate(groups):
        some = _some(impact, group)
        shortfalls, said = shortfalls_of(table, concordance, some, economies)
        parameters, sums = _parameters(chosen, number, step_days), []
        for together, flags in _by_kind(table, shortfalls, essential, finished):
            told = propagate(table, together, parameters, flags, threads=threads)
            notes = tuple(dict.fromkeys((*notes, *told.notes, *said)))
            sums.append(_totals(told, impact.economy, economies))
        parts.append({name: sum(one[name] for one in sums) for name in sums[0]})
        if progress is not None:
            progress(group.stop, count)
    home = expand(impact.economy, economies)
    here = table.industries.get_level_values(0).isin(list(home))
    counted = np.isfinite(table.jobs) & here
    names = ("value_added", "output", "jobs", "by_economy", "by_industry")
    joined = {name: np.concatenate([part[name] for part in parts], axis=1) for name in names}
    sizes = [group.stop - group.start for group in groups]
    return IndirectLoss(
        economy=impact.economy,
        parts=PARTS,
        economies=tuple(table.economies),
        industries=tuple(table.sectors),
        jobs_cover=float(table.value_added[counted].sum() / table.value_added[here].sum()),
        inputs={f"propagation.{name}": np.repeat(values, sizes) for name, values in chosen.items()},
        table_source=table.source,
        structure_year=table.year,
        notes=notes,
        **joined,
    )


def _drawn(
    assumptions: Mapping[str, Assumption], groups: int, seed: int, pin: Mapping[str, str]
) -> dict[str, np.ndarray]:
    """One value for each group and name: a draw from each of as many equally likely slices of its range."""
    found = {}
    for name in DRAWN:
        row = assumptions[f"propagation.{name}"]
        if name in pin:
            found[name] = np.full(groups, getattr(row, pin[name]))
            continue
        luck = stream(seed, f"propagation.{name}")
        places = (luck.permutation(groups) + luck.random(groups)) / groups
        found[name] = np.array([inverse(u, row.low, row.central, row.high, row.distribution) for u in places])
    return found


def _by_kind(
    table: InputOutputTable, shortfalls: list[SectorShortfall], essential: np.ndarray | None, finished: Collection[str]
) -> list[tuple[list[SectorShortfall], np.ndarray | None]]:
    """Shortfalls of finished goods, with the industries they are a part of stopping nobody; and those of inputs."""
    goods = [one for one in shortfalls if one.sector in finished]
    inputs = [one for one in shortfalls if one.sector not in finished]
    found: list[tuple[list[SectorShortfall], np.ndarray | None]] = []
    if goods:
        stops = np.ones((len(table.sectors), len(table.industries)), bool) if essential is None else essential.copy()
        stops[[table.sectors.index(one.industry_sector) for one in goods]] = False
        found.append((goods, stops))
    if inputs and (any(one.lost.any() for one in inputs) or not goods):
        found.append((inputs, essential))
    return found


def _parameters(chosen: Mapping[str, np.ndarray], group: int, step_days: float) -> ArioParameters:
    days, psi, restoring, most, overtime, negligible = (float(chosen[name][group]) for name in DRAWN)
    return ArioParameters(days, psi, restoring, most, overtime, negligible_input=negligible, step_days=step_days)


def _some(impact: Impact, group: slice) -> Impact:
    return replace(
        impact,
        value_added_year=impact.value_added_year[:, group],
        share_lost=impact.share_lost[:, group, :INDIRECT_WEEKS],
    )


def _totals(told: Propagation, economy: str, economies: pd.DataFrame) -> dict[str, np.ndarray]:
    """Sums of one group, each with the draw as second axis."""
    home = expand(economy, economies)
    value = value_added_lost(told).to_numpy() / 1000.0
    idle = jobs_lost(told).to_numpy() / WEEKS_A_YEAR
    place = told.output.indexes["industry"]
    owner, everyone = pd.factorize(place.get_level_values(0))
    sector, sectors = pd.factorize(place.get_level_values(1))
    here = np.isin(owner, np.flatnonzero(everyone.isin(list(home))))
    indirect = value[1].sum(axis=2)  # draw, industry
    return {
        "value_added": value[:, :, here].sum(axis=2),
        "output": told.output.to_numpy()[:, :, here].sum(axis=(2, 3)) / 1000.0,
        "jobs": np.nansum(idle[:, :, here], axis=(2, 3)),
        "by_economy": np.stack([indirect[:, owner == code].sum(axis=1) for code in range(len(everyone))]),
        "by_industry": np.stack([indirect[:, here & (sector == code)].sum(axis=1) for code in range(len(sectors))]),
    }
