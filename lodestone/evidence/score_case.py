"""A prepared case, run and scored: which lines and destinations are watched, and what they are held against."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pandas as pd

from lodestone.baseline.describe import left_to_prior
from lodestone.errors import FactError, LabelError
from lodestone.evidence.backtest import (
    FORECAST,
    Backtest,
    changed_inputs,
    honest,
    lines_of,
    mutated,
    mutation_effect,
    score,
    watched,
)
from lodestone.evidence.disruptions import (
    fact_disruptions,
    first_stops,
    is_disruptions,
    read_disruptions,
    score_stops,
)
from lodestone.evidence.months import only_issuer, whole_world
from lodestone.evidence.observations import fact_months, read_months
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import Watch
from lodestone.facts.nouns import FactTable
from lodestone.simulate.compile import compile_controls
from lodestone.simulate.ensemble import simulate


def score_case(
    setting: Setting, facts: FactTable, request: Any, mode: str, reasons: tuple[str, ...], watch: Watch
) -> Backtest:
    """Run a setting's scenario, as it is and mutated where asked for, and score it.

    Parameters
    ----------
    facts : FactTable
        All facts: what was seen after the date is what a score is for. Naive forecasts take from them what was out.
    request : with as_of, observations, lines, relative, mutate, members, seed, rule, threads
    mode, reasons : what the run may be called, and why not more

    Raises
    ------
    FactError, Faults, LabelError
        If files have faults, two are of one kind, a line is not known, or there is nothing to score.
    """
    origin, as_of = only_issuer(setting.scenario), dt.date.fromisoformat(request.as_of)
    labels = setting.folder / "labels"
    world = whole_world(labels)
    files = [Path(name) for name in request.observations]
    of_stops = [path for path in files if is_disruptions(path)]
    of_months = [path for path in files if path not in of_stops]
    if len(of_stops) > 1 or len(of_months) > 1:
        raise FactError("two files of one kind are given. Put their rows into one, so that nothing is scored twice.")
    seen = read_months(of_months[0], setting.folder) if of_months else fact_months(facts, origin, setting.folder)
    lines = lines_of(setting.network, seen)
    if unknown := [line for line in request.lines if line not in lines]:
        raise LabelError(
            f"customs line {unknown[0]} is not observed or not in this network. Use one of: {', '.join(lines)}."
        )
    if not (lines := tuple(request.lines) or lines):
        known = ", ".join(sorted({str(code) for code in setting.network.products["hs"]} - {"", "nan"}))
        raise LabelError(
            f"no customs line observed is one of {setting.network.material}'s. Give a file with --observations whose "
            f"hs_code stands below one of: {known}."
        )
    series = watched(setting.network, lines, origin, world)
    reported = read_disruptions(of_stops[0]) if of_stops else fact_disruptions(facts)
    weeks, network = setting.scenario.horizon_weeks, setting.network
    stops, unused = first_stops(reported, labels, network, setting.scenario, as_of, weeks)
    versions = [setting.scenario, mutated(setting.scenario)] if request.mutate else [setting.scenario]
    found, drawn = [], []
    for what, scenario in zip(("simulating", "simulating, mutated"), versions, strict=False):
        controls = compile_controls(scenario, network, setting.assumptions)
        with watch(what, request.members) as tick:
            ensemble = simulate(
                network, setting.baseline.draws, controls, setting.assumptions, scenario_name=scenario.name, weeks=weeks,
                members=request.members, seed=request.seed, rule=request.rule, watch=series,
                demand_growth=scenario.demand_growth, threads=request.threads, progress=tick,
            )  # fmt: skip
        made = score(
            scenario, ensemble, network, setting.baseline.draws, series, seen, setting.assumptions, as_of=as_of,
            world=world, relative=request.relative,
        )  # fmt: skip
        found.append((honest(made, mode), score_stops(stops, ensemble, scenario.start, as_of)))
        drawn.append(ensemble.inputs)
    own, other = found[0][0], found[1][0] if request.mutate else None
    mutation = mutation_effect(own, other, request.seed) if other is not None else pd.DataFrame()
    had = (setting.baseline.stand_ins, left_to_prior(setting.baseline)) if mode == FORECAST else ((), ())
    return Backtest(
        setting.scenario.name, mode, reasons, as_of, request.relative, request.members, lines, own, found[0][1], other,
        mutation, (*own.set_aside, *unused), setting.scenario.left_out, changed_inputs(drawn[0], drawn[-1]),
        *had, network.material, tuple(drawn[0]),
    )  # fmt: skip
