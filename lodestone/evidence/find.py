"""Everything a brief is composed from, found one step after the other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.build import gather
from lodestone.baseline.describe import as_of_notes
from lodestone.baseline.explain import Explainer
from lodestone.baseline.material import read_material
from lodestone.errors import LabelError, ScenarioError
from lodestone.evidence.estimates import published_estimates
from lodestone.evidence.find_backtest import find_backtest
from lodestone.evidence.find_exposure import find_exposure
from lodestone.evidence.find_market import find_market
from lodestone.evidence.find_measures import measures_of
from lodestone.evidence.find_shortage import COVERS, find_shortage, run_rules
from lodestone.evidence.find_supply import find_supply
from lodestone.evidence.find_travel import embedded_ground, find_travel
from lodestone.evidence.findings import Findings
from lodestone.evidence.input_words import driver_table, worded_cell, worded_fact
from lodestone.evidence.setting import Setting
from lodestone.evidence.stage_market import stage_market
from lodestone.executor import beside
from lodestone.labels import in_sentences, load_labels
from lodestone.record.figure import Figure
from lodestone.record.result import result_figure
from lodestone.simulate.luck import NETWORK

PLACES = ("first_group", "second_group")  # headlines lead with the second, the first stands beside it
MISSED_BY = 0.10
NETWORK_CELLS = tuple(f"cell:{kind}|" for kind in ("trade", "use", "stock", "activity"))
TRAVEL_DRAWS = 64  # followed through the input-output table in a brief; `lodestone impact` takes twice as many


def find_all(setting: Setting, request: Any, watch: Any) -> Findings:
    """Findings of one economy under the setting's scenario.

    Raises
    ------
    LabelError
        If the network holds no use of the economy: the known ones are listed.
    ScenarioError
        If no measure of the scenario has an issuer, so there is nobody to depend on.
    """
    economy = request.economy
    uses = setting.network.nodes[setting.network.nodes["kind"] == "use"]["economy"]
    if economy not in set(uses):
        raise LabelError(f"no use of '{economy}' in the baseline. Use one of: {', '.join(sorted(set(uses)))}.")
    issuer = _issuer(setting)
    groups = _groups(setting)
    places = places_of(groups)
    names = names_of(setting)
    spoken = in_sentences(load_labels(setting.folder / "labels", "economies"))
    stage = stage_market(setting)
    with beside(lambda step: run_rules(setting, economy, request, _stepping(watch, step), stage.flows)) as runs:
        base = gather(setting.folder, setting.network.material, setting.network.year, setting.facts)
        explainer = Explainer(base, setting.baseline, setting.network.prior)
        supply = find_supply(setting, base, explainer, economy, issuer, groups, places, names | spoken)
        exposed = find_exposure(setting, explainer, economy, issuer, request.seed)
        ground = embedded_ground(setting)
        shortage = find_shortage(runs(), setting, base, explainer, economy, issuer, groups, places, request)
    prefix = f"run:{economy}"
    first = f"{prefix}.{request.rules[0]}"
    travel, sent = find_travel(setting, ground, shortage.impact, first, shortage.below, request, watch, TRAVEL_DRAWS)
    led = shortage.ensembles[request.rules[0]]
    market = find_market(setting, stage, explainer, led, shortage.impact, travel, sent, first, TRAVEL_DRAWS)
    figures = {**exposed.figures, **supply.figures, **shortage.figures, **travel.figures, **market.figures}
    headline = {**supply.headline, **shortage.headline, **travel.headline, **market.headline}
    assumed = _assumed_share(shortage.drivers, supply.fact_share)
    headline |= {"assumed": f"{prefix}.assumed", "draws": f"{prefix}.draws"}
    figures[headline["assumed"]] = result_figure(
        headline["assumed"], "share of the spread of the value at stake that single inputs explain and that rests on assumption",
        np.array([np.nan if assumed is None else assumed]), "fraction",
        "first-order Sobol indices of assumed inputs, and of the network's the part of import shares' variance owed to priors",
        (headline["value.total"], headline["imports.second_group"]),
    )  # fmt: skip
    figures[headline["draws"]] = Figure(
        headline["draws"], "parameter", "baseline draws", float(setting.baseline.draws.size), None, None, "draws",
        "sample size of data uncertainty: member k of an ensemble uses draw k modulo this number", source="this run",
        locator="baseline.json",
    )  # fmt: skip
    figures |= (thin := _thinness(setting, prefix))
    headline |= dict(zip(("facts", "prior_cells"), thin, strict=True))
    missed, missed_figures = _missed(setting, explainer, names | spoken)
    estimates, estimate_figures = published_estimates(setting, economy)
    tested = find_backtest(setting.folder, setting.network.material, setting.facts.as_of)
    figures |= {**missed_figures, **estimate_figures, **tested.figures}
    figures |= {
        name: replace(figure, label=worded_cell(name, names | spoken))
        for name, figure in figures.items()
        if name.startswith(NETWORK_CELLS)
    }
    return Findings(
        economy=economy,
        issuer=issuer,
        groups=tuple(groups),
        about=setting.about,
        others=_others(setting, economy),
        scenario=setting.scenario,
        written=setting.facts.as_of if request.as_of else _today(setting),
        as_of=setting.facts.as_of,
        draws=setting.baseline.draws.size,
        members=request.members,
        weeks_run=setting.scenario.horizon_weeks,
        rules=tuple(request.rules),
        covers=COVERS,
        names=names,
        spoken=spoken,
        figures=_reachable(figures, headline),
        headline=headline,
        dependence=supply.dependence,
        weeks=_chosen(shortage.weeks, request),
        stakes=_chosen(shortage.stakes, request),
        sites=shortage.sites,
        measures=measures_of(setting, economy),
        missed=missed,
        influences=supply.influences,
        sources=_sources(setting, figures),
        notes=setting.controls.notes,
        drivers=shortage.drivers,
        assumed_share=assumed,
        chart_map=supply.chart_map,
        chart_ribbons=_worded_ribbons(supply.chart_ribbons, names),
        chart_heat=supply.chart_heat,
        chart_weeks=_worded(_chosen(shortage.chart_weeks, request), names, ("sector", "rule")),
        chart_bands=_worded(shortage.chart_bands, names, ("panel", "rule")),
        chart_drivers=driver_table(setting, shortage.drivers, supply.fact_share, names),
        run=setting.scenario.name,
        stood_in=bool(request.as_of and as_of_notes(setting.baseline)),
        estimates=estimates,
        exposed=exposed,
        travel=travel,
        market=market,
        tested=tested,
    )


def _stepping(watch: Any, step: Callable[[], None]) -> Any:
    """A watch that calls ``step`` whenever work moves on."""

    @contextmanager
    def watched(what: str, total: int) -> Iterator[Callable[[int, int], None]]:
        with watch(what, total) as tick:

            def moved(done: int, of: int) -> None:
                step()
                if tick is not None:
                    tick(done, of)

            yield moved

    return watched


def _thinness(setting: Setting, prefix: str) -> dict[str, Figure]:
    """How many facts bind the network, and what share of its cells the prior alone fills."""
    rules = pd.concat([setting.network.nodes.query("kind == 'process'")["rule"], setting.network.trade["rule"]])
    told = (
        ("facts", "published facts that bind the network", float(setting.baseline.met["fact"].nunique()), "facts"),
        ("prior_cells", "share of cells of activity and trade filled by the prior and balances alone",
         float((rules == "prior").mean()), "fraction"),
    )  # fmt: skip
    return {
        f"{prefix}.{name}": Figure(
            f"{prefix}.{name}", "parameter", label, value, None, None, unit,
            "counted in the reconciled baseline", source="this run", locator="baseline.json",
        )
        for name, label, value, unit in told
    }  # fmt: skip


def _issuer(setting: Setting) -> str:
    issuers = [measure.issuer for measure in setting.scenario.measures]
    if issuers:
        return max(sorted(set(issuers)), key=issuers.count)
    stage = setting.about.bottleneck_stage
    made = setting.network.nodes[setting.network.nodes["stage"] == stage]
    if made.empty:
        raise ScenarioError(f"the scenario has no measure and the network no {stage}: nothing to depend on.")
    return str(made.groupby("economy")["activity"].sum().idxmax())


def _groups(setting: Setting) -> dict[str, list[str]]:
    """The groups of the label table that the network holds elements of, in the table's order."""
    order = pd.read_csv(setting.folder / "labels" / "element_groups.csv", dtype=str, keep_default_na=False)["label"]
    table = pd.read_csv(setting.folder / "labels" / "elements.csv", keep_default_na=False).set_index("label")
    held = [str(element) for element in setting.network.composition["element"].to_numpy()]
    found = {group: [e for e in held if table.loc[e, "group"] == group] for group in order}
    return {group: elements for group, elements in found.items() if elements}


def places_of(groups: dict[str, list[str]]) -> dict[str, str]:
    """Group -> its place in the headlines; a material of one element has the second place alone.

    >>> places_of({"light": ["a"], "heavy": ["b"]}), places_of({"one": ["c"]})
    ({'light': 'first_group', 'heavy': 'second_group'}, {'one': 'second_group'})
    """
    labels = list(groups)[-len(PLACES) :]
    return dict(zip(labels, PLACES[-len(labels) :], strict=True))


def _others(setting: Setting, economy: str) -> tuple[tuple[str, str], ...]:
    """The other materials the scenario touches, each with the command of its own brief."""
    scenario = setting.scenario
    command = f"lodestone brief {economy} --scenario {scenario.name} --material"
    return tuple(
        (read_material(setting.folder, name).words, f"{command} {name}")
        for name in scenario.materials
        if name != scenario.material
    )


def names_of(setting: Setting) -> dict[str, str]:
    """Labels to the words a page prints for them."""
    about = setting.about
    names: dict[str, str] = {}
    for table in ("fact_economies", "economies", "elements", "sectors", "element_groups", "products"):
        rows = pd.read_csv(setting.folder / "labels" / f"{table}.csv", dtype=str, keep_default_na=False)
        names |= dict(zip(rows["label"], rows["name"], strict=True))
    codes = pd.read_csv(setting.folder / "labels" / "trade_products.csv", dtype=str, keep_default_na=False)
    names |= {code: meaning.partition(":")[0] for code, meaning in zip(codes["product"], codes["meaning"], strict=True)}
    names |= {
        "imports": f"imports of {about.traded_words}, first tier",
        "first": f"intake of {about.headline_words}, home makers included",
        "touches": f"{about.headline_words}, looked through: any stage",
        **{stage: f"{about.headline_words}, looked through: {stage}" for stage in about.look_stages},
        about.headline_stage: f"{about.headline_words}, looked through: {about.headline_stage} making",
        "pro_rata": "pro rata",
        "home_first": "home first",
        "sector_priority": "sectors by priority",
        "political": "chosen destinations first",
    }
    return names


def _chosen(table: pd.DataFrame, request: Any) -> pd.DataFrame:
    return table[table["sector"].isin(request.sectors)].reset_index(drop=True) if request.sectors else table


def _worded(table: pd.DataFrame, names: dict[str, str], columns: tuple[str, ...]) -> pd.DataFrame:
    return table.assign(**{c: [names.get(v, v.replace("_", " ")) for v in table[c]] for c in columns})


def _worded_ribbons(tables: dict[str, pd.DataFrame], names: dict[str, str]) -> dict[str, pd.DataFrame]:
    def word(label: str) -> str:
        scrap = label.startswith("scrap ")
        place = names.get(label.removeprefix("scrap "), label.removeprefix("scrap "))
        return f"New scrap, {place}" if scrap else place

    nodes = tables["nodes"]
    worded = [word(label) for label in nodes["label"]]
    plain = [label.removeprefix("scrap ") for label in nodes["economy"]]
    links = tables["links"]
    return {
        "nodes": nodes.assign(label=worded, economy=plain),
        "links": links.assign(economy=[e.removeprefix("scrap ") for e in links["economy"]]),
    }


def _assumed_share(drivers: Any, fact_share: float) -> float | None:
    """Of the variance that single inputs explain: the assumed ones' all, the network's as far as facts do not carry it.

    None where nothing is explained: no value at stake is known or varies, or no input's share is told from chance.
    """
    if drivers.explained <= 0:
        return None
    network = dict(zip(drivers.names, drivers.share, strict=True)).get(NETWORK, 0.0)
    return float(1.0 - network * fact_share / drivers.explained)


def _missed(setting: Setting, explainer: Explainer, names: dict[str, str]) -> tuple[pd.DataFrame, dict[str, Figure]]:
    met = setting.baseline.met
    met = met[(met["version"] == setting.network.prior) & (met["tier"] == "A")]
    met = met[~met["at_most"] | (met["ours"] > met["value"])]
    off = ((met["ours"] - met["value"]) / met["value"].where(met["value"] != 0)).abs()
    figures: dict[str, Figure] = {}
    rows = []
    for row in met[off > MISSED_BY].itertuples():
        fact = explainer.fact(row.fact)
        name = f"cell:met|{row.name}"
        unit = "fraction" if row.mode == "share" else fact.unit
        figures |= {
            fact.id: fact,
            name: Figure(
                name, "cell", f"reconciled: {row.name}", float(row.ours), None, None, unit,
                f"sum of reconciled cells the fact speaks of; moved by {row.residual:.1f} standard deviations", (fact.id,),
            ),
        }  # fmt: skip
        value = f"cell:fact|{row.name}" if row.mode == "share" else fact.id
        if row.mode == "share":
            figures[value] = Figure(
                value,
                "cell",
                fact.label,
                float(row.value),
                None,
                None,
                "fraction",
                "the fact as a fraction",
                (fact.id,),
            )
        rows.append((worded_fact(fact.label, names), value, name, "share" if unit == "fraction" else unit))
    return pd.DataFrame(rows, columns=["observation", "published", "ours", "unit"]), figures


def _sources(setting: Setting, figures: dict[str, Figure]) -> pd.DataFrame:
    used = {
        str(setting.facts.rows.loc[name.removeprefix("fact:"), "source"])
        for name in figures
        if name.startswith("fact:")
    }
    rows = [
        (s.producer, s.title, s.published, s.tier) for key, s in sorted(setting.facts.sources.items()) if key in used
    ]
    return pd.DataFrame(rows, columns=["producer", "title", "published", "tier"])


def _reachable(figures: dict[str, Figure], headline: dict[str, str]) -> dict[str, Figure]:
    missing = {name for name in headline.values() if name not in figures}
    if missing:
        raise KeyError(f"headline figures were not made: {sorted(missing)}")
    return figures


def _today(setting: Setting) -> dt.date:
    """The date a brief carries: that of the newest source read, so that a repeat has the same bytes."""
    return setting.facts.as_of
