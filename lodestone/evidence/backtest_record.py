"""What a back-test leaves behind: its tables as files, and its numbers as figures that lead to what they rest on."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pandas as pd

from lodestone.evidence.backtest import SETS, Backtest
from lodestone.evidence.naive import NAMES
from lodestone.evidence.scenario_terms import scenario_terms
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import measure_figure
from lodestone.facts.nouns import FactTable
from lodestone.record.figure import Figure
from lodestone.record.leaves import assumption_figure, fact_figure

WORDS = dict(zip(SETS, ("all destinations together", "single destinations"), strict=True))
BAND = 90


def tables(found: Backtest) -> dict[str, pd.DataFrame]:
    """The tables of a back-test by name; those of the mutated terms end in ``_mutated``."""
    named = {"cells": found.score.cells, "sets": found.score.sets, "differences": found.score.differences}
    if found.mutated is not None:
        named |= {"sets_mutated": found.mutated.sets, "mutation": found.mutation, "changed": found.changed}
    return named | {"stops": found.stops}


def write_tables(found: Backtest, place: Path) -> None:
    """A CSV file for each table; set_aside.txt; notes.txt with the mode, why, and what the baseline did without."""
    for name, table in tables(found).items():
        table.to_csv(place / f"{name}.csv", index=False, lineterminator="\n", float_format="%.5g")
    notes = [f"{found.scenario} as of {found.as_of}: {found.mode}", *found.reasons]
    notes += [f"not known then: {measure}" for measure in found.left_out]
    notes += [*found.stand_ins, *(f"left to the prior: {name}" for name in found.left_to_prior)]
    for file, lines in (("set_aside.txt", found.set_aside), ("notes.txt", notes)):
        (place / file).write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def backtest_figures(found: Backtest, setting: Setting, facts: FactTable) -> dict[str, Figure]:
    """Figures by id: each month scored, the scores of each set, first stops; all end at what the run drew and what was seen.

    Parameters
    ----------
    found : Backtest
    setting : Setting
        The one that was run.
    facts : FactTable
        All facts, those known after the date too: what was seen is among them, or in a user's file.
    """
    terms = {one.id: one for one in map(measure_figure, setting.scenario.measures)} | scenario_terms(setting)
    drawn = [assumption_figure(setting.assumptions[name]) for name in found.inputs if name in setting.assumptions]
    ground = terms | {one.id: one for one in drawn}
    seen = {
        str(row.row): _seen(str(row.row), float(row.observed), found.unit, facts)
        for row in found.score.cells.itertuples()
    }
    seen |= {
        str(row.row): _seen(str(row.row), float(row.week), f"weeks from {found.as_of}", facts)
        for row in found.stops.itertuples()
    }
    made = [*_months(found, tuple(ground), seen), *_sets(found), *_stops(found, tuple(ground), seen)]
    return ground | {one.id: one for one in (*seen.values(), *made)}


def _seen(row: str, observed: float, unit: str, facts: FactTable) -> Figure:
    """What was seen: a fact, or a row of a user's file."""
    if row in facts.rows.index:
        return fact_figure(facts, row)
    file, _, line = row.rpartition(":")
    return Figure(
        f"parameter:{row}", "parameter", "observed", observed, None, None, unit, "given with --observations",
        source=file, locator=f"line {line}",
    )  # fmt: skip


def _month_id(what: str, row: Any) -> str:
    return f"run:{what}.{row.product}.{row.destination}.{row.month}"


def _months(found: Backtest, ground: tuple[str, ...], seen: dict[str, Figure]) -> Iterable[Figure]:
    for row in found.score.cells.itertuples():
        where = f"{row.product} to {row.destination}, {row.month}"
        yield Figure(
            _month_id("month", row), "result", f"simulated exports, {where}", float(row.median), float(row.p05),
            float(row.p95), found.unit, f"{found.mode} of {found.as_of}: median and 5 to 95 % of {found.members} draws", ground,
        )  # fmt: skip
        yield Figure(
            _month_id("crps", row), "result", f"CRPS, {where}", float(row.crps), None, None, found.unit,
            f"distance of the draws to what was seen, {row.observed:.6g} {found.unit}, less half their own spread",
            (_month_id("month", row), seen[str(row.row)].id),
        )  # fmt: skip


def _sets(found: Backtest) -> Iterable[Figure]:
    cells = found.score.cells
    scored = {name: tuple(_month_id("crps", row) for row in cells[cells["set"] == name].itertuples()) for name in SETS}
    for row in found.score.sets.itertuples():
        name, words = str(row.set), WORDS[str(row.set)]
        inside, low, high = (float(getattr(row, f"inside_{BAND}{end}")) for end in ("", "_low", "_high"))
        yield Figure(
            f"run:inside.{name}", "result", f"share of months inside their {BAND} % band, {words}", inside, low, high,
            "fraction", f"of {row.cells} cells; interval of 95 %, binomial", scored[name],
        )  # fmt: skip
        for what, key, rule in (
            ("CRPS", "crps", "mean over the cells"),
            (f"width of the {BAND} % band", f"width_{BAND}", "mean over the cells"),
            ("interval score", "interval_score", f"mean over the cells of the {BAND} % band"),
        ):
            yield Figure(
                f"run:{key}.{name}", "result", f"{what}, {words}", float(getattr(row, key)), None, None, found.unit, rule,
                scored[name],
            )  # fmt: skip
    for row in found.score.differences.itertuples():
        yield Figure(
            f"run:difference.{row.set}.{row.naive}", "result",
            f"CRPS less that of {NAMES[str(row.naive)]}, {WORDS[str(row.set)]}",
            float(row.difference), float(row.low), float(row.high), found.unit,
            f"{row.cells} cells, interval of 95 % from blocks of months: {row.verdict}", scored[str(row.set)],
        )  # fmt: skip
    for row in found.mutation.itertuples():
        yield Figure(
            f"run:mutation.{row.set}.{row.months}".replace(" ", "_"), "result",
            f"CRPS of terms wrong on purpose less that of the case's own, {WORDS[str(row.set)]}, {row.months} months",
            float(row.difference), float(row.low), float(row.high), found.unit,
            f"{row.cells} cells, interval of 95 % from blocks of months", scored[str(row.set)],
        )  # fmt: skip


def _stops(found: Backtest, ground: tuple[str, ...], seen: dict[str, Figure]) -> Iterable[Figure]:
    for row in found.stops.itertuples():
        yield Figure(
            f"run:stop.{row.economy}.{row.sectors}", "result", f"first shortage, {row.economy} {row.sector}",
            float(row.median), float(row.p05), float(row.p95), f"weeks from {found.as_of}",
            f"beside the first stop reported, week {row.week:.0f}; CRPS {row.crps:.1f} weeks; "
            f"{row.chance:.0%} of draws fall short in the run",
            (*ground, seen[str(row.row)].id),
        )  # fmt: skip
