"""The exposure side of the findings: concentration, ceilings, technology, times, compatibility, each a figure.

Every value comes from `lodestone.exposure`, by the functions the published checks call.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from lodestone.baseline.explain import Explainer
from lodestone.baseline.nouns import Network
from lodestone.evidence.input_words import worded
from lodestone.evidence.setting import Setting
from lodestone.exposure import profile as of
from lodestone.exposure.compatibility import OURS, cover_views, indices
from lodestone.exposure.cover import read_ceilings, read_cover_rules
from lodestone.exposure.nouns import Exposure
from lodestone.exposure.recovery import weeks_to_alternative
from lodestone.exposure.stage_balance import element_groups
from lodestone.exposure.standing import cover_of, time_to_survive
from lodestone.exposure.technology import pipeline, technology
from lodestone.exposure.time_limits import site_rows, sites_exposed, survive_and_recover, use_rows
from lodestone.exposure.view import grouped, processing_stage, sites_of
from lodestone.facts.catalogues import site_names
from lodestone.labels import in_sentences, load_labels
from lodestone.record.figure import Figure

DOMINATED = 0.5  # share of world output from which a stage is the issuer's
CELLS = 4  # largest cells named as the origin of an indicator
SITE_DRAWS = 200


@dataclass(frozen=True)
class Exposed:
    """Figures by id, and tables that point to them.

    ``stages``: elements, stage, index, world, rest (HHI, N-1 by both denominators). ``ceilings``:
    elements, stage, rule, distance. ``technology``: elements, stage, share. ``uses``: use, survive,
    recover, waits. ``sites``: elements, stage, site, survive, recover, exposed (words). ``indices``:
    element, risk, published, score. ``cover``: form, rule, days. ``remarks``: by indicator.
    """

    figures: dict[str, Figure]
    stages: pd.DataFrame
    ceilings: pd.DataFrame
    technology: pd.DataFrame
    uses: pd.DataFrame
    sites: pd.DataFrame
    indices: pd.DataFrame
    cover: pd.DataFrame
    remarks: dict[str, tuple[str, ...]] = field(default_factory=dict)


def find_exposure(setting: Setting, explainer: Explainer, economy: str, issuer: str, seed: int) -> Exposed:
    """Indicators of an economy towards the issuer.

    Parameters
    ----------
    setting : Setting
    explainer : Explainer
        For what each indicator rests on.
    economy, issuer : str
    seed : int
        Of the sites' delays.

    Returns
    -------
    Exposed
    """
    network, folder = setting.network, setting.folder
    groups = element_groups(folder, network)
    known = of.profile(network, setting.baseline.draws, economy, grouped(groups), issuer)
    book = _Book(setting, explainer, f"run:{economy}.exposure")
    stages = _stages(book, known)
    ceilings = _ceilings(book, known)
    sites = sites_of(folder, network.material)
    book.sites(sites)
    found = technology(economy, pipeline(sites, network.year, issuer), issuer)
    below: dict[tuple[object, object], list[str]] = {(r.group, r.stage): [] for r in sites.itertuples()}
    for row in pipeline(sites, network.year, issuer).itertuples():
        below[row.group, row.stage].append(book.site_id(row.site, row.group))
    rows = found.table[found.table["label"] == "share of the pipeline"]
    shares = [(r.elements, r.stage, book.add(found, r, below[r.elements, r.stage])) for r in rows.itertuples()]
    weeks = weeks_to_alternative(
        network, sites, issuer, groups, setting.scenario.start, setting.assumptions, folder, SITE_DRAWS, seed
    )  # fmt: skip
    uses = _uses(book, known, weeks, groups)
    by_site = _sites(book, known, sites, weeks)
    table, cover = _views(book, known)
    book.remarks[found.indicator] = found.remarks
    economies = load_labels(folder / "labels", "economies")
    names = economies["name"].to_dict() | site_names(folder, setting.facts.as_of, sites)
    by_site = by_site.assign(site=[worded(site, names) for site in by_site["site"]])
    schemes = pd.read_csv(folder / "cover" / "rules.csv").set_index("rule")["scheme"].to_dict()
    cover = cover.assign(rule=[schemes.get(rule, rule) for rule in cover["rule"]])
    book.remarks = {
        indicator: tuple(worded(remark, names | in_sentences(economies) | schemes) for remark in remarks)
        for indicator, remarks in book.remarks.items()
    }
    return Exposed(
        book.figures, stages, ceilings, pd.DataFrame(shares, columns=["elements", "stage", "share"]), uses, by_site,
        table, cover, book.remarks,
    )  # fmt: skip


class _Book:
    """Figures as they are made, and the leaves they rest on."""

    def __init__(self, setting: Setting, explainer: Explainer, prefix: str) -> None:
        self.setting, self.explainer, self.prefix = setting, explainer, prefix
        self.figures: dict[str, Figure] = {}
        self.remarks: dict[str, tuple[str, ...]] = {}

    def add(self, found: Exposure, row: object, origin: Iterable[str], name: str = "") -> str:
        """The figure of one row of an indicator; its id."""
        parts = [str(getattr(row, part)) for part in ("elements", "stage", "label")]
        words = [part for part in parts if part]
        key = ".".join(
            [self.prefix, name or found.indicator, *("".join(c if c.isalnum() else "-" for c in w) for w in words)]
        )
        value, low, high = (_number(getattr(row, part)) for part in ("value", "low", "high"))
        label = f"{found.indicator.replace('_', ' ')} of {found.economy}: {', '.join(words)}"
        below = tuple(dict.fromkeys(origin))
        self.figures[key] = Figure(key, "result", label, value, low, high, found.unit, found.definition, below)
        return key

    def cells(self, names: Iterable[str]) -> tuple[str, ...]:
        kept = tuple(dict.fromkeys(names))
        self.figures |= self.explainer.cells(name for name in kept if name not in self.figures)
        return kept

    def assumptions(self, names: Iterable[str]) -> tuple[str, ...]:
        held = [name for name in dict.fromkeys(names) if name in self.setting.assumptions]
        self.figures |= {f"assumption:{name}": self.explainer.assumption(name) for name in held}
        return tuple(f"assumption:{name}" for name in held)

    def site_id(self, site: str, group: str) -> str:
        return f"site:{self.setting.network.material}|{site}|{group}"

    def sites(self, sites: pd.DataFrame) -> None:
        material = self.setting.network.material
        for row in sites.itertuples():
            key = self.site_id(row.site, row.group)
            self.figures[key] = Figure(
                key, "assumption", f"{row.site} for {row.group}", float(row.capacity), None, None, str(row.unit),
                f"start {row.start}, {row.status}; needs the issuer's technology: {row.needs_issuer_technology}",
                source=str(row.fact), locator=f"topology/{material}/sites.csv: {row.site}",
            )  # fmt: skip

    def parameter(
        self, name: str, label: str, source: str, locator: str, value: float | None = None, unit: str = ""
    ) -> str:
        self.figures[name] = Figure(
            name, "parameter", label, value, None, None, unit, "as published", source=source, locator=locator
        )
        return name


def _stages(book: _Book, known: of.Profile) -> pd.DataFrame:
    """HHI of world output and N-1 at the stages the issuer dominates."""
    index, cut = of.concentration(known), of.supply_without_largest(known)
    rows = []
    for group in known.groups:
        made = known.balance[group].production.isel(member=0)
        for stage in known.stages:
            total = float(made.sel(stage=stage).sum())
            if not total > of.SMALL or float(made.sel(stage=stage, economy=known.country)) < DOMINATED * total:
                continue
            cells = book.cells(_largest_makers(known.stack.network, stage))
            ids = []
            for found, label in (
                (index, "world output"),
                *((cut, f"without {known.country}, {w}") for w in of.DENOMINATORS.values()),
            ):
                hit = _at(found, group, stage, label)
                ids.append(book.add(found, hit, cells) if hit is not None else "")
            rows.append((group, stage, *ids))
    book.remarks |= {one.indicator: one.remarks for one in (index, cut)}
    return pd.DataFrame(rows, columns=["elements", "stage", "index", *of.DENOMINATORS])


def _ceilings(book: _Book, known: of.Profile) -> pd.DataFrame:
    found = of.ceilings(known, read_ceilings(book.setting.folder))
    rules = pd.read_csv(book.setting.folder / "cover" / "ceilings.csv").set_index("rule")
    rows = []
    for row in found.table.itertuples():
        supplier, _, rule = str(row.label).partition(", ")
        locator = f"cover/ceilings.csv: {rule}"
        scheme = str(rules.loc[rule, "scheme"])
        ceiling = book.parameter(
            f"ceiling:{rule}", scheme, scheme, locator, float(rules.loc[rule, "ceiling"]), "fraction"
        )
        cells = book.cells(_largest_arrivals(known.stack.network, known.economy, str(row.stage), supplier))
        rows.append((row.elements, row.stage, supplier, rule, book.add(found, row, (*cells, ceiling))))
    book.remarks[found.indicator] = found.remarks
    return pd.DataFrame(rows, columns=["elements", "stage", "supplier", "rule", "distance"])


def _uses(
    book: _Book, known: of.Profile, weeks: Mapping[tuple[str, str], np.ndarray], groups: Mapping[str, tuple[str, ...]]
) -> pd.DataFrame:
    network, assumptions = known.stack.network, book.setting.assumptions
    table = use_rows(network, time_to_survive(network, known.country, assumptions), known.economy, groups, weeks)
    survive, recover = survive_and_recover(known.economy, known.country, table)
    held = cover_of(network, assumptions)
    node = network.inputs["node"]
    economy = network.nodes.set_index("node")["economy"].loc[node].to_numpy()
    upstream = {one.id for one, place in zip(held, economy, strict=True) if place == known.economy}
    stocks = book.assumptions(
        sorted(name for name in upstream if not any(f":{use}" in name for use in table["process"]))
    )
    drawn = book.assumptions(f"site.{name}" for name in ("delay_months", "ramp_months", "delivered_share"))
    waiting = {str(r.label).partition(" (waits")[0]: r for r in recover.table.itertuples()}
    rows = []
    for row, source in zip(survive.table.itertuples(), table.itertuples(), strict=True):
        own = [one.id for one, at in zip(held, node, strict=True) if at == f"{source.process}@{known.economy}"]
        first = book.add(survive, row, (*book.assumptions(dict.fromkeys(own)), *stocks))
        late = waiting.get(str(source.process))
        sites = [
            name
            for name in book.figures
            if name.startswith("site:") and name.endswith(f"|{source.waits_for.split(' ')[0]}")
        ]
        second = book.add(recover, late, (*drawn, *sites)) if late is not None else ""
        rows.append((source.process, first, second, source.waits_for))
    book.remarks |= {one.indicator: one.remarks for one in (survive, recover)}
    return pd.DataFrame(rows, columns=["use", "survive", "recover", "waits"])


def _sites(
    book: _Book, known: of.Profile, sites: pd.DataFrame, weeks: Mapping[tuple[str, str], np.ndarray]
) -> pd.DataFrame:
    table = site_rows(known, sites, weeks, book.setting.assumptions, book.setting.folder)
    columns = ["elements", "stage", "site", "survive", "recover", "exposed"]
    if table.empty:
        return pd.DataFrame(columns=columns)
    survive, recover = sites_exposed(known.economy, table)
    assumed = book.assumptions(
        ["failure_weeks", "cover_weeks", *(f"capacity.spare.{s}" for s in sorted(set(table["stage"])))]
    )
    rows = []
    for first, second, risk in zip(
        survive.table.itertuples(), recover.table.itertuples(), table.itertuples(), strict=True
    ):
        cells = book.cells(_largest_arrivals(known.stack.network, known.economy, str(risk.stage), str(risk.economy)))
        below = (*assumed, *cells)
        late = (
            [n for n in book.figures if n.startswith("site:") and n.endswith(f"|{risk.group}")]
            if risk.economy == known.country
            else []
        )
        rows.append(
            (risk.group, risk.stage, risk.site, book.add(survive, first, below), book.add(recover, second, (*below, *late)),
             "exposed" if risk.exposed else "")
        )  # fmt: skip
    book.remarks |= {one.indicator: one.remarks for one in (survive, recover)}
    return pd.DataFrame(rows, columns=columns)


def _views(book: _Book, known: of.Profile) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The indices by element and the cover rules, with what they say against each other."""
    setting, network = book.setting, known.stack.network
    held = [str(e) for e in network.composition["element"].to_numpy()]
    names = pd.read_csv(setting.folder / "labels" / "elements.csv", keep_default_na=False).set_index("label")["name"]
    stage = processing_stage(network)
    risk, score = indices(
        known.stack, known.economy, known.country, stage, {e: str(names.get(e, e)) for e in held}, setting.folder
    )
    study = book.parameter("parameter:eu-study", "substitution, recycling and published supply risk of the EU study of 2023",
                           "European Commission, study on critical raw materials 2023", "checks/eu-supply-risk-2023")  # fmt: skip
    scores = book.parameter("parameter:governance", "governance estimates and political stability by economy", "World Bank, as "
                            "carried in the published checks", "checks/eu-supply-risk-2023; checks/geopolrisk-2022")  # fmt: skip
    cells = book.cells(_largest_makers(network, stage))
    rows = []
    for element in held:
        own, published, other = (
            _of(risk, element, OURS),
            _of(risk, element, "published for the EU"),
            _of(score, element, OURS),
        )
        if other is None:
            continue
        ids = [
            book.add(found, row, origin) if row is not None else ""
            for found, row, origin in (
                (risk, own, (*cells, study, scores)), (risk, published, (study,)), (score, other, (*cells, scores)),
            )
        ]  # fmt: skip
        rows.append((element, *ids))
    days = cover_views(known.stack, known.economy, held, setting.assumptions, read_cover_rules(setting.folder))
    rules = book.parameter(
        "parameter:cover-rules",
        "how each scheme counts days",
        "rules of stockholding schemes, a row each",
        "cover/rules.csv",
    )
    kept = []
    for row in days.table.itertuples():
        stock = book.assumptions([f"government_stock_weeks:{known.economy}:{row.elements}"])
        rule = str(row.label).partition(" (")[0]
        kept.append((row.elements, rule, book.add(days, row, (*stock, rules))))
    book.remarks |= {one.indicator: one.remarks for one in (risk, score, days)}
    return (
        pd.DataFrame(rows, columns=["element", "risk", "published", "score"]),
        pd.DataFrame(kept, columns=["form", "rule", "days"]),
    )


def _at(found: Exposure, group: str, stage: str, label: str) -> object | None:
    table = found.table
    hit = table[(table["elements"] == group) & (table["stage"] == stage) & (table["label"] == label)]
    return next(hit.itertuples(), None)


def _of(found: Exposure, element: str, label: str) -> object | None:
    hit = found.table[(found.table["elements"] == element) & (found.table["label"] == label)]
    return next(hit.itertuples(), None)


def _largest_makers(network: Network, stage: str) -> list[str]:
    nodes = network.nodes[(network.nodes["stage"] == stage) & (network.nodes["kind"] == "process")]
    return nodes.sort_values("activity", ascending=False)["figure"].head(CELLS).tolist()


def _largest_arrivals(network: Network, economy: str, stage: str, origin: str) -> list[str]:
    at = network.products.loc[network.products["stage"] == stage, "product"]
    trade = network.trade
    rows = trade[trade["product"].isin(at) & (trade["destination"] == economy)]
    own = rows[rows["origin"] == origin]
    return (own if len(own) else rows).sort_values("flow", ascending=False)["figure"].head(CELLS).tolist()


def _number(value: float) -> float | None:
    return None if np.isnan(value) else float(value)
