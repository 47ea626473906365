"""Shortage side of the findings: weeks, losses, value at stake, drivers, alternatives."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.build import Ingredients
from lodestone.baseline.explain import Explainer
from lodestone.evidence.drivers import Drivers, find_drivers
from lodestone.evidence.find_values import earned_alone, find_values
from lodestone.evidence.scenario_terms import scenario_terms
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import measure_figure
from lodestone.exposure.alternative import months_to_alternative, read_sites
from lodestone.exposure.figures import alternative_figure
from lodestone.exposure.recovery import need_of_sites
from lodestone.facts.catalogues import site_names
from lodestone.impact.direct import direct_impact
from lodestone.impact.figures import BILLION, impact_figures
from lodestone.impact.nouns import Impact
from lodestone.record.figure import Figure
from lodestone.record.result import result_figure
from lodestone.simulate.crossed import CrossedDesign
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.figures import (
    chance_of_shortage,
    lost_figures,
    shortage_figures,
    stop_figures,
    uses_of,
    weeks_to_first_stop,
    weeks_to_shortage,
)
from lodestone.simulate.nouns import Ensemble

COVERS = ("low", "central", "high")
PANELS = 4  # sectors drawn over time
BAND = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Runs:
    """A scenario's runs: ``drawn`` by rule with all inputs drawn, ``pinned`` by rule and initial cover."""

    drawn: dict[str, Ensemble]
    pinned: dict[tuple[str, str], Ensemble]


@dataclass(frozen=True)
class Shortage:
    """Figures and tables of the shortage side; see `lodestone.evidence.findings.Findings`."""

    figures: dict[str, Figure]
    headline: dict[str, str]
    weeks: pd.DataFrame
    stakes: pd.DataFrame
    sites: pd.DataFrame
    drivers: Drivers
    chart_weeks: pd.DataFrame
    chart_bands: pd.DataFrame
    ensembles: dict[str, Ensemble]
    impact: Impact  # under the first rule
    below: tuple[str, ...]  # ids the value at stake rests on


def run_rules(setting: Setting, economy: str, request: Any, watch: Any, flows: pd.DataFrame | None = None) -> Runs:
    """Simulate under each rule, with all inputs drawn and with each initial cover held.

    ``flows`` are watched in the runs in which the initial cover is drawn; see `simulate`.
    """
    drawn = {
        rule: simulate_rule(
            setting, request, rule, None, request.members, watch, f"simulating, {rule}", economy, flows=flows
        )
        for rule in request.rules
    }
    pinned = {
        (rule, cover): simulate_rule(
            setting, request, rule, cover, request.cover_members, watch, f"cover {cover}, {rule}"
        )
        for rule in request.rules
        for cover in COVERS
    }
    return Runs(drawn, pinned)


def find_shortage(
    runs: Runs,
    setting: Setting,
    base: Ingredients,
    explainer: Explainer,
    economy: str,
    issuer: str,
    groups: dict[str, list[str]],
    places: dict[str, str],
    request: Any,
) -> Shortage:
    """Read off the runs what the brief says of weeks, losses and alternatives."""
    prefix = f"run:{economy}"
    origin, figures = origins(setting, base, explainer, economy, next(iter(runs.drawn.values())).inputs)
    main, pinned = runs.drawn, runs.pinned
    rows, dots = [], []
    for (rule, cover), ensemble in pinned.items():
        made = shortage_figures(f"{prefix}.{rule}.{cover}", ensemble, economy, cover, origin)
        figures |= {one.id: one for one in made}
        for sector in uses_of(ensemble, economy):
            one = figures[f"{prefix}.{rule}.{cover}.weeks.{sector}"]
            rows.append((sector, rule, cover, one.id))
            dots.append((sector, cover, rule, _finite(one.value), _finite(one.low), _finite(one.high)))
    values, below, leaves = find_values(setting, base, explainer, economy, origin)
    figures |= leaves
    impacts = {}
    for rule, ensemble in main.items():
        impact = direct_impact(
            economy, ensemble.unserved_share.transpose(0, 2, 1), tuple(uses_of(ensemble, economy)), values,
            setting.assumptions["impact.spread"], request.seed,
        )  # fmt: skip
        made = [
            *lost_figures(f"{prefix}.{rule}", ensemble, economy, origin),
            *(
                earned_alone(impact_figures(f"{prefix}.{rule}", impact, ensemble.weeks, below), below, origin)
                if values
                else _no_money(f"{prefix}.{rule}", setting, economy, origin)
            ),
            *shortage_figures(f"{prefix}.{rule}.drawn", ensemble, economy, "drawn", origin),
        ]
        figures |= {one.id: one for one in made}
        impacts[rule] = impact
    first = request.rules[0]
    stakes = _stakes(prefix, main[first], economy, first, figures, origin)
    drivers = _drivers(setting, main[first], impacts[first], request.seed)
    sites, headline, site_figures = _alternatives(setting, explainer, issuer, groups, places, request, prefix)
    figures |= site_figures
    headline |= {f"weeks.{cover}": f"{prefix}.{first}.{cover}.weeks.first" for cover in COVERS}
    headline |= {f"weeks.{cover}.other": f"{prefix}.{request.rules[-1]}.{cover}.weeks.first" for cover in COVERS}
    headline |= {
        "value.total": f"{prefix}.{first}.value.total",
        "value.other": f"{prefix}.{request.rules[-1]}.value.total",
        "value.first_year": f"{prefix}.{first}.value.first_year",
    }
    stops = stop_figures(f"{prefix}.{first}.central", pinned[first, "central"], economy, origin)
    figures |= {one.id: one for one in stops}
    headline |= dict(zip(("stops", "stops.at_once", "stops.first"), (one.id for one in stops), strict=False))
    if f"{prefix}.{first}.jobs.total" in figures:
        headline["jobs.total"] = f"{prefix}.{first}.jobs.total"
    return Shortage(
        figures, headline,
        pd.DataFrame(rows, columns=["sector", "rule", "cover", "figure"]),
        stakes, sites, drivers,
        pd.DataFrame(dots, columns=["sector", "cover", "rule", "value", "low", "high"]),
        _bands(main, economy), main, impacts[first],
        tuple(dict.fromkeys(one for ids in below.values() for one in ids)),
    )  # fmt: skip


def simulate_rule(
    setting: Setting,
    request: Any,
    rule: str,
    cover: str | None,
    members: int,
    watch: Any,
    what: str,
    own: str = "",
    design: CrossedDesign | None = None,
    flows: pd.DataFrame | None = None,
) -> Ensemble:
    ticker: AbstractContextManager[Any] = watch(what, members)
    with ticker as tick:
        return simulate(
            setting.network, setting.baseline.draws, setting.controls, setting.assumptions,
            scenario_name=setting.scenario.name, weeks=setting.scenario.horizon_weeks, members=members,
            seed=request.seed, rule=rule, demand_growth=setting.scenario.demand_growth,
            user=setting.user, pin={"cover_weeks": cover} if cover else None, keep_series=False,
            threads=request.threads, progress=tick, watch_economy=own, design=design, watch=flows,
        )  # fmt: skip


def _no_money(
    prefix: str, setting: Setting, economy: str, origin: Mapping[str, tuple[str, ...]]
) -> list[Figure]:  # fmt: skip
    """The totals without a value where no value added is published."""
    rule = f"no value added of {economy} is published by {setting.facts.as_of}, so no money is put on the shortage"
    every = tuple(dict.fromkeys(one for ids in origin.values() for one in ids))
    return [
        Figure(f"{prefix}.value.{what}", "result", f"value added lost directly in {economy}, {words}", None, None, None,
               BILLION, rule, every)
        for what, words in (("total", "all sectors"), ("first_year", "first year, all sectors"))
    ]  # fmt: skip


def _finite(value: float | None) -> float | None:
    return None if value is None or not np.isfinite(value) else value


def origins(
    setting: Setting, base: Ingredients, explainer: Explainer, economy: str, inputs_drawn: Iterable[str]
) -> tuple[dict[str, tuple[str, ...]], dict[str, Figure]]:
    """What each sector's weeks rest on: its largest uses, all that the run drew, the scenario's terms, the measures."""
    inputs = setting.network.inputs
    figures: dict[str, Figure] = {}
    measures = []
    for measure in setting.scenario.measures:
        one = measure_figure(measure)
        figures[one.id] = one
        measures.append(one.id)
    terms = scenario_terms(setting)
    figures |= terms
    origin = {}
    last = setting.about.part_stages[-1]
    uses = inputs[inputs["figure"].str.startswith("cell:use|") & inputs["node"].str.endswith(f"@{economy}")]
    for node, part in uses.groupby("node", sort=False):
        sector = str(node).rpartition("@")[0]
        cells = part.sort_values("coefficient", ascending=False)["figure"].head(4).tolist()
        figures |= explainer.cells(cells)
        names = [
            f"cover_weeks:{sector}",
            f"cover_weeks:{last}",
            f"cover_weeks:{last}@{economy}",
            "cover_weeks",
        ]
        held = [name for name in (*names, *inputs_drawn) if name in base.assumptions]
        figures |= {f"assumption:{name}": explainer.assumption(name) for name in held}
        own = dict.fromkeys((*cells, *(f"assumption:{name}" for name in held), *terms, *measures))
        origin[sector] = tuple(own)
    return origin, figures


def _stakes(
    prefix: str,
    ensemble: Ensemble,
    economy: str,
    rule: str,
    figures: dict[str, Figure],
    origin: Mapping[str, tuple[str, ...]],
) -> pd.DataFrame:
    uses = uses_of(ensemble, economy)
    chance = chance_of_shortage(ensemble, uses.values())
    rows = []
    for share, sector in zip(chance, uses, strict=True):
        name = f"{prefix}.{rule}.chance.{sector}"
        figures[name] = result_figure(
            name, f"share of draws in which {sector.replace('_', ' ')} falls short", np.array([share]), "fraction",
            "draws with at least one week of shortage, given the scenario; not a probability of the scenario",
            origin[sector],
        )  # fmt: skip
        value, earns = f"{prefix}.{rule}.value.{sector}", f"{prefix}.{rule}.earns.{sector}"
        known = value in figures
        jobs = f"{prefix}.{rule}.jobs.{sector}"
        known_jobs = jobs if jobs in figures else ""
        lost = f"{prefix}.{rule}.lost.{sector}"
        rows.append((sector, lost, value if known else "", earns if known else "", known_jobs, name))
    table = pd.DataFrame(rows, columns=["sector", "lost", "value", "earns", "jobs", "chance"])
    size = [figures[v].value or 0.0 if v else 0.0 for v in table["value"]]
    return table.iloc[np.argsort(-np.array(size), kind="stable")].reset_index(drop=True)


def _bands(main: Mapping[str, Ensemble], economy: str) -> pd.DataFrame:
    """Quantiles of the unmet share by week, for the sectors that lose most under the first rule."""
    first = next(iter(main.values()))
    uses = uses_of(first, economy)
    worst = sorted(uses, key=lambda sector: -float(np.median(first.lost_use[uses[sector]])))[:PANELS]
    rows = []
    for rule, ensemble in main.items():
        for sector in worst:
            unserved = ensemble.unserved_share[list(uses).index(sector)].astype(float)
            bands = np.quantile(unserved, BAND, axis=1)
            rows += [(week, rule, sector, *bands[:, week]) for week in range(ensemble.weeks)]
    return pd.DataFrame(rows, columns=["week", "rule", "panel", "q05", "q25", "q50", "q75", "q95"])


def _drivers(setting: Setting, ensemble: Ensemble, impact: Impact, seed: int) -> Drivers:
    inputs = {name: values for name, values in ensemble.inputs.items() if not np.isnan(values).any()} | impact.inputs
    network_draw = np.arange(ensemble.draws) % setting.baseline.draws.size
    return find_drivers(impact.value_added.sum(axis=0), inputs, network_draw, seed)


def _alternatives(
    setting: Setting,
    explainer: Explainer,
    issuer: str,
    groups: dict[str, list[str]],
    places: dict[str, str],
    request: Any,
    prefix: str,
) -> tuple[pd.DataFrame, dict[str, str], dict[str, Figure]]:
    sites = read_sites(setting.folder, setting.network.material)
    network = setting.network
    figures: dict[str, Figure] = {}
    for name in ("site.delay_months", "site.ramp_months", "site.delivered_share"):
        figures[f"assumption:{name}"] = explainer.assumption(name)
    headline = {}
    new = sites[sites["start"].str[:4].astype(int) > network.year]
    for row in sites.itertuples():
        name = f"assumption:{network.material}/sites|{row.site}|{row.group}"
        figures[name] = Figure(
            name, "assumption", f"capacity of {row.site} for {row.group}", float(row.capacity), None, None,
            str(row.unit), f"{row.reason}; start {row.start}, {row.status}", source=str(row.fact),
            locator=f"topology/{network.material}/sites.csv: {row.site}",
        )  # fmt: skip
    for group, place in places.items():
        of_group = sites[sites["group"] == group]
        need = need_of_sites(network, of_group, issuer, group, groups, setting.folder) if len(of_group) else math.inf
        found = months_to_alternative(
            new,
            group,
            issuer,
            need,
            setting.scenario.start,
            setting.assumptions,
            request.members,
            request.seed,
        )
        below = [f"assumption:{network.material}/sites|{s}|{group}" for s in found.sites["site"]]
        below += [f"assumption:site.{name}" for name in ("delay_months", "ramp_months", "delivered_share")]
        figure = alternative_figure(f"{prefix}.months.{group}", found, below)
        figures[figure.id] = figure
        headline[f"months.{place}"] = figure.id
    known = site_names(setting.folder, setting.facts.as_of, sites)
    table = sites.assign(
        site=[known[site] for site in sites["site"]],
        capacity=[f"assumption:{network.material}/sites|{r.site}|{r.group}" for r in sites.itertuples()],
    )
    return table[["site", "economy", "stage", "group", "capacity", "start", "status"]], headline, figures


__all__ = ["Shortage", "find_shortage", "weeks_to_first_stop", "weeks_to_shortage"]
