"""The whole chain on one screen: a dated curb in, a sourced brief out; and the same again from a bundle."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pandas as pd

from lodestone.baseline.describe import as_of_notes
from lodestone.baseline.make import make_baseline
from lodestone.baseline.material import base_year_of, read_material
from lodestone.baseline.place import baseline_folder
from lodestone.baseline.prices import with_prices
from lodestone.baseline.store import read_baseline
from lodestone.errors import BalanceError, FactError, ScenarioError, SolverError
from lodestone.evidence.backtest import FORECAST, HINDCAST, TERMS, Backtest, later_grounds
from lodestone.evidence.backtest_record import backtest_figures, write_tables
from lodestone.evidence.find import find_all
from lodestone.evidence.find_loss import Loss, find_loss, user_ground
from lodestone.evidence.find_plan import Response, find_response
from lodestone.evidence.find_together import Together, find_together
from lodestone.evidence.findings import Findings
from lodestone.evidence.months import compare_months, customs_watch, observed_months, only_issuer
from lodestone.evidence.plan_figures import plan_findings
from lodestone.evidence.requests import (
    BacktestRequest,
    ImpactRequest,
    PlanRequest,
    Request,
    SensitivityRequest,
    SimulationRequest,
    TogetherRequest,
    UnityRequest,
)
from lodestone.evidence.score_case import score_case
from lodestone.evidence.sensitivity import Sensitivity, find_sensitivity
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import (
    Simulation,
    acts,
    check_rules,
    chosen_economies,
    chosen_sectors,
    refuse_issuer,
    rule_settings,
    served_first,
    simulate_uses,
    why_nothing,
    write_simulation,
)  # fmt: skip
from lodestone.evidence.together_figures import together_findings
from lodestone.evidence.user_files import checksum_of, read_user_figures
from lodestone.executor import beside
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.catalogues import read_measures
from lodestone.facts.nouns import FactTable
from lodestone.facts.place import data_folder
from lodestone.facts.read import known_date, read_facts
from lodestone.record.bundle import read_bundle, refuse_unwritable, write_bundle
from lodestone.record.compare import Comparison, compare
from lodestone.report.compose import compose
from lodestone.report.compose_plan import compose_plan
from lodestone.report.compose_together import compose_together
from lodestone.report.draw import start_renderer
from lodestone.report.nouns import Brief
from lodestone.report.write import write_brief
from lodestone.simulate.compile import compile_controls
from lodestone.simulate.nouns import Scenario
from lodestone.simulate.place import scenario_folder
from lodestone.simulate.scenario import read_scenario
from lodestone.simulate.scenario_labels import read_scenario_labels
from lodestone.simulate.stream import write_draws

Tick = Callable[[int, int], None]
Watch = Callable[[str, int], AbstractContextManager[Tick | None]]

AS_OF_DRAWS = 40  # baseline draws of a view from an earlier date, which is made and not stored


def run(request: Request, watch: Watch | None = None) -> tuple[Setting, Findings]:
    """From facts to findings; see `lodestone.evidence.find` for what is asked of each step.

    Raises
    ------
    LodestoneError
        Anything the user can mend: an unknown scenario, economy or sector, a date before or after all facts.
    """
    setting = prepare(request, watch)
    chosen_economies(setting, (request.economy,))
    chosen_sectors(setting, request.sectors)
    refuse_issuer(setting, request.economy)
    return setting, find_all(setting, request, watch or _silent)


def prepare(
    request: Request
    | SimulationRequest
    | ImpactRequest
    | SensitivityRequest
    | PlanRequest
    | TogetherRequest
    | UnityRequest,
    watch: Watch | None = None,
    stored: bool = False,
) -> Setting:
    """Facts, baseline, scenario and controls of a request, before anything is asked of them.

    With ``stored`` the network and its prices are those of all facts, whatever the date; the scenario and the
    facts handed on are as of the date.
    """
    watch = watch or _silent
    folder = data_folder()
    asked = dt.date.fromisoformat(request.as_of) if request.as_of else None
    facts = read_facts(folder, asked)
    as_of = known_date(asked, facts.sources)
    assumptions = read_assumptions(folder)
    labels = read_scenario_labels(folder)
    # the whole catalogue: what was not known by the date is left out by name, rather than unknown
    scenario = read_scenario(request.scenario, read_measures(folder), assumptions, scenario_folder(), as_of, labels)
    if not isinstance(request, Request | PlanRequest | TogetherRequest | UnityRequest) and request.weeks:
        scenario = replace(scenario, horizon_weeks=request.weeks)
    material = _material_of(scenario, request.material)
    year = scenario.year if as_of and scenario.year and not stored else base_year_of(folder, material, scenario.year)
    scenario = replace(scenario, material=material, year=year)
    if as_of is None or stored:
        baseline = read_baseline(baseline_folder(folder, material, year))
    else:
        with watch("reconciling as of the date", AS_OF_DRAWS) as tick:
            baseline = make_baseline(
                folder, material, year, facts,
                draws=AS_OF_DRAWS, workers=request.threads, progress=tick,
            )  # fmt: skip
    of_prices = read_facts(folder) if stored else facts
    priced, price_facts = with_prices(next(iter(baseline.networks.values())), folder, of_prices)
    own = read_user_figures(priced, request.inventory, request.demand)
    files = {f"your {kind}": path for kind in ("inventory", "demand") if (path := getattr(request, kind))}
    controls = compile_controls(scenario, priced, assumptions)
    told = as_of_notes(baseline) if as_of and not stored else ()
    told += tuple(f"{name} replaces the assumed figures it names ({Path(path).name})" for name, path in files.items())
    controls = replace(controls, notes=(*controls.notes, *told))
    sums = {name: checksum_of(path) for name, path in files.items()}
    about = read_material(folder, material)
    return Setting(folder, facts, assumptions, scenario, baseline, priced, price_facts, controls, about, own, sums)


def _material_of(scenario: Scenario, asked: str) -> str:
    """The material a run is about: losses are never added over materials, so a run has one."""
    known = scenario.materials or (scenario.material,)
    if asked and asked not in known:
        raise ScenarioError(
            f"scenario '{scenario.name}' does not touch '{asked}'. Use one of: {', '.join(known)}, "
            "or another scenario ('lodestone scenarios list')."
        )
    return asked or scenario.material


def brief(request: Request, out: Path, watch: Watch | None = None) -> tuple[Path, Findings]:
    """Run the chain and write its bundle: brief, tables, figures, manifest; complete or absent."""
    refuse_unwritable(out)
    with beside(lambda _step: start_renderer()):
        setting, found = run(request, watch)
    return _written(out, compose(found), asdict(request), setting), found


def _written(out: Path, page: Brief, request: dict[str, Any], setting: Setting) -> Path:
    """A page and its figures as a bundle, complete or absent."""

    def write(place: Path) -> None:
        write_brief(page, place)

    return write_bundle(
        out, write, request=request, inputs=setting.checksums(), dropped=dict(setting.facts.dropped), figures=page.figures.values(),
    )  # fmt: skip


def impact(request: ImpactRequest, watch: Watch | None = None) -> Loss:
    """A scenario's loss in one economy, direct and indirect, under each rationing rule.

    Raises
    ------
    LodestoneError
        Anything the user can mend: an unknown scenario or economy, a table that cannot be read.
    """
    watch = watch or _silent
    check_rules(request.rules, ())
    own = request.table or request.layout or request.table_year or request.concordance
    ground = user_ground(request.table, request.layout, request.table_year, request.concordance) if own else None
    setting = prepare(request, watch)
    chosen_economies(setting, (request.economy,))
    refuse_issuer(setting, request.economy)
    return find_loss(setting, request.economy, request, ground, watch)


def respond_page(request: PlanRequest, out: Path, watch: Watch | None = None) -> tuple[Path, Response]:
    """Work a plan out and write the page of it: HTML, PDF, tables, figures, manifest; complete or absent."""
    refuse_unwritable(out)
    setting, found = _respond(request, watch or _silent)
    return _written(out, compose_plan(plan_findings(setting, found)), asdict(request), setting), found


def respond(request: PlanRequest, watch: Watch | None = None) -> Response:
    """What an economy can do about a scenario's curb: a plan beside doing nothing.

    Raises
    ------
    LodestoneError
        Anything the user can mend: an unknown scenario or economy, a lever that cannot be read, rules nobody can meet.
    """
    return _respond(request, watch or _silent)[1]


def _respond(request: PlanRequest, watch: Watch) -> tuple[Setting, Response]:
    check_rules(request.rules, ())
    setting = prepare(request, watch)
    chosen_economies(setting, (request.economy,))
    refuse_issuer(setting, request.economy)
    return setting, find_response(setting, request, watch)


def coordinate(request: TogetherRequest, watch: Watch | None = None) -> Together:
    """What members gain by acting together against a scenario's curb, section by section.

    Raises
    ------
    LodestoneError
        Anything the user can mend: members that are not known, overlap or have no value added, all together; an unknown scenario.
    """
    return _coordinate(request, watch or _silent)[1]


def coordinate_page(request: TogetherRequest, out: Path, watch: Watch | None = None) -> tuple[Path, Together]:
    """Ask what acting together is worth and write the page of it: HTML, PDF, tables, figures, manifest; complete or absent."""
    refuse_unwritable(out)
    setting, found = _coordinate(request, watch or _silent)
    page = compose_together(together_findings(setting, found))
    return _written(out, page, {"command": "coordinate", **asdict(request)}, setting), found


def _coordinate(request: TogetherRequest, watch: Watch) -> tuple[Setting, Together]:
    check_rules((request.rule,), ())
    setting = prepare(request, watch)
    counter = _counter(request, setting, watch) if "leverage" in request.sections else None
    found = find_together(setting, counter, request, watch)
    if found.reserve is not None:
        setting = replace(setting, user_files={**setting.user_files, "your reserve": found.reserve.told.checksum})
    return setting, found


def _counter(request: TogetherRequest, setting: Setting, watch: Watch) -> Setting | None:
    """The scenario with members' own measures; None where there is none, or none that touches the material."""
    if not request.counter:
        return None
    try:
        return prepare(replace(request, scenario=request.counter, material=setting.network.material), watch)
    except ScenarioError:
        prepare(replace(request, scenario=request.counter, material=""), watch)  # refuses what is no scenario
        return None


def sensitivity(request: SensitivityRequest, watch: Watch | None = None) -> Sensitivity:
    """First-order and total Sobol indices of headlines, by group of inputs.

    Raises
    ------
    LodestoneError
        Anything the user can mend: an unknown scenario, economy, rule or headline, a headline that never varies.
    """
    watch = watch or _silent
    check_rules((request.rule,), ())
    setting = prepare(request, watch)
    chosen_economies(setting, (request.economy,))
    refuse_issuer(setting, request.economy)
    return find_sensitivity(setting, request.economy, request, watch)


def simulation(request: SimulationRequest, watch: Watch | None = None) -> tuple[Setting, Simulation]:
    """A scenario under each rule and cover; with ``compare``, months beside customs.

    A scenario without effect is not run: its notes say why it has none.
    """
    watch = watch or _silent
    check_rules(request.rules, request.first)
    setting = prepare(request, watch)
    chosen_economies(setting, request.economies)
    served_first(setting, request.first)
    customs, seen, origin = _customs(setting, request)
    if not acts(setting):
        table = simulate_uses(setting, request.economies, request, (), watch)
        return setting, replace(table, notes=why_nothing(setting))
    if not request.compare:
        return setting, simulate_uses(setting, request.economies, request, request.rules, watch)
    found = simulate_uses(setting, request.economies, request, request.rules, watch, customs)
    runs = [(setting.scenario, found.ensembles[request.rules[0]])]
    if request.beside:
        other = prepare(replace(request, scenario=request.beside), watch)
        beside = simulate_uses(other, request.economies, request, request.rules[:1], watch, customs)
        runs.append((other.scenario, beside.ensembles[request.rules[0]]))
    months = compare_months(runs, setting.network, setting.baseline.draws, customs, seen, request.compare, origin)
    return setting, replace(found, months=months)


def _customs(setting: Setting, request: SimulationRequest) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """What is watched and what customs published of a line, and whose exports; empty where none is asked for."""
    if not request.compare:
        return pd.DataFrame(), pd.DataFrame(), ""
    origin = only_issuer(setting.scenario)
    watched = customs_watch(setting.network, request.compare, origin)
    return watched, observed_months(setting.facts, setting.folder / "labels", request.compare, origin), origin


def backtest(request: BacktestRequest, watch: Watch | None = None) -> Backtest:
    """Score a scenario's exports and first shortages against what was seen, from a date on.

    Raises
    ------
    LodestoneError
        Anything the user can mend: a scenario that is no forecast where one is asked for, one that has no effect
        by the date, files with faults, nothing to score.
    """
    return _backtest(request, watch or _silent)[2]


def backtest_bundle(request: BacktestRequest, out: Path, watch: Watch | None = None) -> tuple[Path, Backtest]:
    """Score a case and write its bundle, complete or absent."""
    refuse_unwritable(out)
    setting, facts, found = _backtest(request, watch or _silent)
    files = {f"observations {place}": checksum_of(name) for place, name in enumerate(request.observations, 1)}
    folder = write_bundle(
        out, lambda place: write_tables(found, place), request={"command": "backtest", **asdict(request)},
        inputs=setting.checksums() | {"facts observed": facts.checksum} | files, dropped=dict(setting.facts.dropped),
        figures=backtest_figures(found, setting, facts).values(),
    )  # fmt: skip
    return folder, found


def _backtest(request: BacktestRequest, watch: Watch) -> tuple[Setting, FactTable, Backtest]:
    """What was run, all facts it was held against, and its scores."""
    check_rules((request.rule,), ())
    setting, mode, reasons = _backtest_setting(request, watch)
    facts = read_facts(setting.folder)
    return setting, facts, score_case(setting, facts, request, mode, reasons, watch)


def _backtest_setting(request: BacktestRequest, watch: Watch) -> tuple[Setting, str, tuple[str, ...]]:
    """The setting of a back-test, what the run may be called, and why it may not be called more."""
    asked = SimulationRequest(request.scenario, request.material, as_of=request.as_of, threads=request.threads)
    setting, as_of = prepare(asked, watch, stored=True), dt.date.fromisoformat(request.as_of)
    known = read_facts(setting.folder).rows["known_from"]
    grounds = later_grounds(setting.scenario, {str(key): day.date() for key, day in known.items()}, as_of)
    if request.mode == FORECAST and grounds:
        raise ScenarioError(
            f"'{setting.scenario.name}' is no forecast of {as_of}: {'; '.join(grounds)}. Leave --mode out, or take a "
            "scenario without what came later."
        )
    if request.mode == HINDCAST or grounds:
        return prepare(replace(asked, as_of=""), watch), HINDCAST, grounds or ("a hindcast was asked for",)
    if not acts(setting):
        raise ScenarioError(
            f"nothing in '{setting.scenario.name}' was known by {as_of}: {', '.join(setting.scenario.left_out) or 'it is empty'}. "
            "Take a later date."
        )
    try:
        return prepare(asked, watch), FORECAST, ()
    except (FactError, BalanceError, SolverError) as error:
        year, why = setting.network.year, str(error).split(". ")[0]
        why = f"no baseline can be made of what was known by {as_of} ({why}); that of {year}, made of later facts, stands in"
        return setting, TERMS, (why,)


def simulate(request: SimulationRequest, out: Path, watch: Watch | None = None) -> tuple[Path, Simulation]:
    """Run a simulation and write its bundle, complete or absent."""
    refuse_unwritable(out)
    setting, found = simulation(request, watch)

    def write(place: Path) -> None:
        write_simulation(found, place)
        if request.all_draws and found.ensembles:
            with (watch or _silent)("writing every draw", request.members * len(request.rules)) as tick:
                write_draws(
                    rule_settings(setting, request), request.members, place / "draws.parquet", request.threads, tick
                )

    folder = write_bundle(
        out, write, request={"command": "simulate", **asdict(request)}, inputs=setting.checksums(),
        dropped=dict(setting.facts.dropped), figures=found.figures.values(),
    )  # fmt: skip
    return folder, found


def replay(folder: Path, out: Path, watch: Watch | None = None) -> Comparison:
    """Repeat a bundle's run and say whether it came out the same."""
    before = read_bundle(folder)
    asked: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in before.request.items()
    }
    command = asked.pop("command", "brief")
    if command == "simulate":
        again, _ = simulate(SimulationRequest(**asked), out, watch)
    elif command == "coordinate":
        again, _ = coordinate_page(TogetherRequest(**asked), out, watch)
    elif command == "backtest":
        again, _ = backtest_bundle(BacktestRequest(**asked), out, watch)
    else:
        again = brief(Request(**asked), out, watch)[0]
    return compare(before, read_bundle(again))


def _silent(_what: str, _total: int) -> AbstractContextManager[None]:
    return nullcontext(None)
