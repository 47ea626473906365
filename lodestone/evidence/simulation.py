"""One scenario simulated under each rationing rule and initial cover, as a table and as figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lodestone.errors import LabelError, ScenarioError
from lodestone.evidence.months import Months
from lodestone.evidence.scenario_terms import scenario_terms
from lodestone.evidence.setting import Setting
from lodestone.record.figure import Figure
from lodestone.record.leaves import assumption_figure
from lodestone.simulate.ensemble import Setting as Run
from lodestone.simulate.ensemble import build_setting, simulate
from lodestone.simulate.figures import (
    chance_of_shortage,
    lost_figures,
    shortage_figures,
    uses_of,
)
from lodestone.simulate.nouns import RATIONING_RULES, Ensemble, Scenario
from lodestone.simulate.scope import issuers

COVERS = ("low", "central", "high")
COLUMNS = ["economy", "sector", "rule", "weeks_low", "weeks_central", "weeks_high", "chance", "lost", "lost_low",
           "lost_high"]  # fmt: skip
RESTS_ON = ("cover_weeks",)
BUYERS_NAMED = 3  # whose brief to ask for instead of the issuer's

Watch = Callable[[str, int], AbstractContextManager[Any]]


@dataclass(frozen=True)
class Simulation:
    """What a scenario does to the uses of some economies.

    ``table`` has the columns of ``COLUMNS``, one row an economy, sector and rule: the median week of the
    first shortage with low, central and high initial cover (inf: none within the horizon), the share of
    draws that fall short, and the weeks of output not served (median, 5 and 95 %). ``notes`` says what
    touches nothing, and why. ``ensembles`` are the runs with all inputs drawn, by rule. ``effective`` is the day
    the first measure takes effect, where that is after the start; weeks count from the start all the same. ``run_in``
    is the day the first measure took effect that is in force before the start: it is run in from full stocks, so that a
    first shortage in week 0 is a use that was short already.
    """

    scenario: str
    start: dt.date
    weeks: int
    members: int
    cover_members: int
    table: pd.DataFrame
    figures: dict[str, Figure]
    notes: tuple[str, ...]
    ensembles: dict[str, Ensemble]
    months: Months | None = None
    effective: dt.date | None = None
    run_in: dt.date | None = None


def acts(setting: Setting) -> bool:
    """Whether anything moves the run away from the base year."""
    moved = setting.controls.controls or setting.scenario.demand_growth or setting.user.demand
    return bool(moved)


def why_nothing(setting: Setting) -> tuple[str, ...]:
    """Why a scenario has no effect here, in words; empty if it has one."""
    if acts(setting):
        return ()
    if not (setting.scenario.measures or setting.scenario.shocks or setting.scenario.left_out):
        return ("it holds no measure, no shock and no growth of demand",)
    return setting.controls.notes or ("none of its measures and shocks changes a flow of this network",)


def simulate_uses(
    setting: Setting,
    economies: Sequence[str],
    request: Any,
    rules: Sequence[str],
    watch: Watch,
    customs: pd.DataFrame | None = None,
) -> Simulation:
    """Run a setting's scenario under each rule, with inputs drawn and with each initial cover held.

    Parameters
    ----------
    economies : whose uses are reported; all with a use if empty
    request : with members, cover_members, seed, threads, and ``first``: destinations that the political
        rule serves first
    rules : of ``RATIONING_RULES``; with none, nothing is run
    customs : a watch of `lodestone.evidence.months.customs_watch`, recorded under the first rule

    Raises
    ------
    LabelError
        If an economy has no use in the baseline; the known ones are listed.
    ScenarioError
        If a rule is unknown.
    """
    chosen = chosen_economies(setting, economies)
    check_rules(rules, request.first)
    figures = _leaves(setting)
    rests = tuple(figures)
    rows, ensembles = [], {}

    def run(rule: str, cover: str | None, count: int, what: str) -> Ensemble:
        with watch(what, count) as tick:
            return simulate(
                setting.network, setting.baseline.draws, setting.controls, setting.assumptions,
                scenario_name=setting.scenario.name, weeks=setting.scenario.horizon_weeks, members=count, seed=request.seed,
                rule=rule, chosen=request.first, demand_growth=setting.scenario.demand_growth, user=setting.user,
                watch=customs if cover is None else None, pin={"cover_weeks": cover} if cover else None,
                keep_series=cover is None, threads=request.threads, progress=tick,
            )  # fmt: skip

    for rule in rules:
        ensembles[rule] = drawn = run(rule, None, request.members, f"simulating, {rule}")
        held = {cover: run(rule, cover, request.cover_members, f"cover {cover}, {rule}") for cover in COVERS}
        for economy in chosen:
            prefix = f"run:{economy}.{rule}"
            origin = dict.fromkeys(uses_of(drawn, economy), rests)
            made = lost_figures(prefix, drawn, economy, origin)
            for cover, ensemble in held.items():
                made += shortage_figures(f"{prefix}.{cover}", ensemble, economy, cover, origin)
            named = {one.id: one for one in made}
            figures |= named
            chance = chance_of_shortage(drawn, uses_of(drawn, economy).values())
            for share, sector in zip(chance, uses_of(drawn, economy), strict=True):
                weeks = [named[f"{prefix}.{cover}.weeks.{sector}"].value for cover in COVERS]
                lost = named[f"{prefix}.lost.{sector}"]
                rows.append((economy, sector, rule, *weeks, float(share), lost.value, lost.low, lost.high))
    return Simulation(
        setting.scenario.name, setting.scenario.start, setting.scenario.horizon_weeks, request.members, request.cover_members,
        pd.DataFrame(rows, columns=COLUMNS), figures, setting.controls.notes, ensembles,
        effective=_effective(setting), run_in=_run_in(setting),
    )  # fmt: skip


def _effective(setting: Setting) -> dt.date | None:
    first = min((measure.effective for measure in setting.scenario.measures), default=setting.scenario.start)
    return first if first > setting.scenario.start else None


def _run_in(setting: Setting) -> dt.date | None:
    before = {control.id.partition(":")[0] for control in setting.controls.controls if control.week_from < 0}
    return min((one.effective for one in setting.scenario.measures if one.id in before), default=None)


def rule_settings(setting: Setting, request: Any) -> dict[str, Run]:
    """What each rule's members share, to run any of them again."""
    return {
        rule: build_setting(
            setting.network, setting.baseline.draws, setting.controls, setting.assumptions,
            weeks=setting.scenario.horizon_weeks, seed=request.seed, rule=rule, chosen=request.first,
            demand_growth=setting.scenario.demand_growth, user=setting.user,
        )
        for rule in request.rules
    }  # fmt: skip


def chosen_economies(setting: Setting, economies: Sequence[str]) -> list[str]:
    """The economies asked for, or all that use something; unknown ones are refused with the known."""
    nodes = setting.network.nodes
    known = sorted(set(nodes.loc[nodes["kind"] == "use", "economy"]))
    for economy in economies:
        if economy not in known:
            raise LabelError(f"no use of '{economy}' in the baseline. Use one of: {', '.join(known)}.")
    return list(dict.fromkeys(economies)) or known


def chosen_sectors(setting: Setting, sectors: Sequence[str]) -> None:
    """Refuse sectors that use nothing in the baseline, all of them together, and list the known ones."""
    nodes = setting.network.nodes
    known = sorted(set(nodes.loc[nodes["kind"] == "use", "process"]))
    if unknown := [sector for sector in sectors if sector not in known]:
        raise LabelError(f"no use by '{', '.join(unknown)}' in the baseline. Use one of: {', '.join(known)}.")


def served_first(setting: Setting, first: Sequence[str]) -> None:
    """Refuse destinations of the political rule that receive nothing in the baseline, all of them together."""
    known = sorted(set(setting.network.trade["destination"]))
    if unknown := [economy for economy in first if economy not in known]:
        raise LabelError(f"nothing goes to '{', '.join(unknown)}' in the baseline. Use one of: {', '.join(known)}.")


def check_rules(rules: Sequence[str], first: Sequence[str]) -> None:
    """Refuse unknown rationing rules, and the political rule where nobody is served first."""
    if unknown := [rule for rule in rules if rule not in RATIONING_RULES]:
        raise ScenarioError(f"unknown rationing rule '{unknown[0]}'. Use one of {', '.join(RATIONING_RULES)}.")
    if "political" in rules and not first:
        raise ScenarioError("the political rule needs the destinations that are served first. Name them with --first.")


def leading_issuers(scenario: Scenario) -> frozenset[str]:
    """The economies most measures of a scenario come from; none where it has no measure."""
    named = [measure.issuer for measure in scenario.measures]
    leading = max(sorted(set(named)), key=named.count, default="")
    return frozenset(one for measure in scenario.measures if measure.issuer == leading for one in issuers(measure))


def refuse_issuer(setting: Setting, economy: str) -> None:
    """Refuse a brief to the economy that most measures of the scenario come from: it buys from itself.

    What its makers do not sell is simulated, but no part of the findings counts it as a loss.
    """
    scenario = setting.scenario
    if economy not in leading_issuers(scenario):
        return
    sold = setting.network.trade[setting.network.trade["origin"] == economy].groupby("destination")["flow"].sum()
    users = [one for one in chosen_economies(setting, ()) if one != economy]
    buyers = sold.reindex(users).dropna().sort_values(ascending=False, kind="stable").index[:BUYERS_NAMED]
    raise ScenarioError(
        f"'{economy}' issues the measures of '{scenario.name}' itself, and sales it loses by them are not briefed. "
        f"Ask 'lodestone simulate {scenario.name} --economy {economy}' for the weeks of its own uses (with '--compare "
        f"CODE' the months of its exports under a customs code), or name one that buys from it: {', '.join(buyers)}."
    )


def write_simulation(found: Simulation, place: Path) -> None:
    """The tables of a run: weeks.csv, series.parquet (weekly quantiles by rule), months.csv, notes.txt."""
    found.table.to_csv(place / "weeks.csv", index=False, lineterminator="\n")
    parts = []
    for rule, ensemble in found.ensembles.items():
        count = len(ensemble.series) * ensemble.weeks
        part = ensemble.series.loc[ensemble.series.index.repeat(ensemble.weeks)].reset_index(drop=True)
        part = part.assign(rule=rule, week=np.tile(np.arange(ensemble.weeks), len(ensemble.series)))
        part["mean"] = ensemble.mean.reshape(count)
        for k, level in enumerate(ensemble.levels):
            part[f"q{100 * level:02.0f}"] = ensemble.quantiles[k].reshape(count)
        parts.append(part)
    if parts:
        pd.concat(parts, ignore_index=True).to_parquet(place / "series.parquet", index=False)
    if found.months is not None:
        found.months.table.to_csv(place / "months.csv", index=False, lineterminator="\n", float_format="%.6g")
        found.months.errors.to_csv(place / "month_errors.csv", index=False, lineterminator="\n", float_format="%.6g")
    (place / "notes.txt").write_text("".join(f"{note}\n" for note in found.notes), encoding="utf-8")


def _leaves(setting: Setting) -> dict[str, Figure]:
    """What weeks and losses rest on: the measures, their terms, and the assumption that binds first."""
    found = [measure_figure(measure) for measure in setting.scenario.measures]
    found += [assumption_figure(setting.assumptions[name]) for name in RESTS_ON if name in setting.assumptions]
    return {one.id: one for one in found} | scenario_terms(setting)


def measure_figure(measure: Any) -> Figure:
    """A measure as the leaf of an explanation."""
    return Figure(
        f"measure:{measure.id}", "measure", f"{measure.kind} {measure.id}", None, None, None, "",
        f"announced {measure.announced}, effective {measure.effective}",
        source=measure.reference or "scenario file", locator=f"measures catalogue: {measure.id}",
    )  # fmt: skip
