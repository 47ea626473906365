"""Supply side of the findings: shares, look-through, ribbons, map, and what each share rests on."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from lodestone.baseline.build import Ingredients, reconcile_once
from lodestone.baseline.explain import Explainer
from lodestone.baseline.influence import InfluenceSolver, share_gradient, trade_selector
from lodestone.baseline.make import cell_labels
from lodestone.evidence.bound_figures import ENDS, bound_figures
from lodestone.evidence.input_words import worded_cell, worded_fact
from lodestone.evidence.setting import Setting
from lodestone.exposure.bounds import bounding, import_bounds
from lodestone.exposure.dependence import Dependence, dependence
from lodestone.exposure.figures import dependence_figures, import_figure
from lodestone.exposure.imports import ImportShare, import_share
from lodestone.exposure.ribbons import ribbons, world_shares
from lodestone.record.figure import Figure
from lodestone.record.result import result_figure

BOUNDED = ("imports", "first")  # the rest is looked through: not linear
CELLS = 12  # largest cells named as the origin of a share
SOURCES = 8  # influences listed for a headline


@dataclass(frozen=True)
class Supply:
    """Figures and tables of the supply side; see `lodestone.evidence.findings.Findings`."""

    figures: dict[str, Figure]
    headline: dict[str, str]
    dependence: pd.DataFrame
    influences: pd.DataFrame
    fact_share: float
    chart_map: dict[str, pd.DataFrame]
    chart_ribbons: dict[str, pd.DataFrame]
    chart_heat: pd.DataFrame


def find_supply(
    setting: Setting,
    base: Ingredients,
    explainer: Explainer,
    economy: str,
    issuer: str,
    groups: dict[str, list[str]],
    places: dict[str, str],
    names: dict[str, str],
) -> Supply:
    """Shares of the issuer in an economy's supply, by group of elements and way of counting.

    ``places`` says under which headline a group stands; a group without a place is in the tables alone.
    """
    network, draws, about = setting.network, setting.baseline.draws, setting.about
    other_prior = next(version for version in setting.baseline.networks if version != network.prior)
    figures: dict[str, Figure] = {}
    rows: list[tuple[str, ...]] = []
    influences: list[pd.DataFrame] = []
    headline: dict[str, str] = {}
    solver = InfluenceSolver(base, point := reconcile_once(base, network.prior), cell_labels(base))
    asked = bounding(base, point)
    for group, elements in groups.items():
        prefix, word = f"run:{economy}.share.{group}", names[group]
        shipped = import_share(network, draws, economy, issuer, elements, about.traded_stages)
        cells = [f"cell:trade|{'|'.join(row)}" for row in _largest(network.trade, shipped)]
        figures |= explainer.cells(cells)
        figure = import_figure(f"{prefix}.imports", word, shipped, cells, about.traded_words, names)
        carried = _influences(base, solver, point.solution.x, setting, economy, issuer, elements)
        figures, removed, table = _told(figures, explainer, figure, carried, prefix, names)
        influences.append(table)
        looked = dependence(network, draws, economy, issuer, elements, about.headline_stage, about.look_stages)
        found = [figure, *dependence_figures(prefix, word, looked, cells, about.headline_words, names)]
        for one in found:
            measure = one.id.rsplit(".", 1)[1]
            drawn = _values(measure, shipped, looked)[1:][setting.baseline.draw_prior == other_prior]
            other = _other_prior(one, drawn, other_prior, cells)
            figures |= {one.id: one, other.id: other}
            ends: dict[str, Figure] = {}
            if measure in BOUNDED:
                traded = measure == "imports"
                stages = about.traded_stages if traded else (about.headline_stage,)
                bounds = import_bounds(asked, economy, issuer, elements, stages, not traded)
                ends = bound_figures(asked, explainer, one, bounds)
                said = f"; the tier A facts alone allow {bounds.lower:.0%} to {bounds.upper:.0%}"
                figures |= {**ends, one.id: replace(one, rule=one.rule + said)}
            lowest, highest = (f"{one.id}.{end}" if ends else "" for end in ENDS)
            rows.append((group, measure, one.id, other.id, lowest, highest, removed if measure == "imports" else ""))
        if group in places:
            headline |= {f"imports.{places[group]}": figure.id, f"touches.{places[group]}": f"{prefix}.touches"}
    lead = list(groups.values())[-1]
    nodes, links = ribbons(network, economy, lead, about.headline_stage, about.layers)
    return Supply(
        figures,
        headline,
        pd.DataFrame(rows, columns=["group", "measure", "figure", "other", "lowest", "highest", "removed"]),
        pd.concat(influences, ignore_index=True),
        float(np.mean([t.loc[t["kind"] == "fact", "share"].sum() for t in influences])),
        _map_tables(setting, economy, issuer, lead),
        {"nodes": nodes, "links": links},
        _heat(setting, issuer),
    )


def _largest(trade: pd.DataFrame, shipped: ImportShare) -> list[tuple[str, str, str]]:
    rows = trade.iloc[shipped.rows[:CELLS]]
    return list(zip(rows["product"], rows["origin"], rows["destination"], strict=True))


def _influences(
    base: Ingredients,
    solver: InfluenceSolver,
    x: np.ndarray,
    setting: Setting,
    economy: str,
    issuer: str,
    elements: list[str],
) -> tuple[pd.DataFrame, float]:
    network = setting.network
    held = network.composition.sel(element=elements).sum("element").to_series()
    stage = network.products.set_index("product")["stage"]
    weight = {p: float(held[p]) for p in stage.index[stage.isin(setting.about.traded_stages)] if held[p] > 0}
    part = trade_selector(base, weight, issuer, economy, home=False)
    whole = trade_selector(base, weight, None, economy, home=False)
    found = solver.influence(share_gradient(base, x, part, whole))
    return found.sources, found.removed


def _told(
    figures: dict[str, Figure],
    explainer: Explainer,
    figure: Figure,
    carried: tuple[pd.DataFrame, float],
    prefix: str,
    names: dict[str, str],
) -> tuple[dict[str, Figure], str, pd.DataFrame]:
    """Figures of the largest influences, of the variance removed, and the table the brief prints."""
    sources, removed = carried
    kept = figures.copy()
    out = []
    for rank, row in enumerate(sources.head(400).itertuples()):
        name, printed = str(row.id), ""
        if rank < SOURCES and not name.startswith("use-total:"):
            origin = f"fact:{name}" if row.kind == "fact" else name
            below = [explainer.fact(name)] if row.kind == "fact" else explainer.cell(name)
            kept |= {one.id: one for one in below}
            label = worded_fact(below[0].label, names) if row.kind == "fact" else worded_cell(name, names)
            printed = f"{prefix}.influence.{rank}"
            kept[printed] = result_figure(
                printed,
                f"share of the variance of {figure.label} that rests on {label}",
                np.array([row.share]),
                "fraction",
                "one standard deviation of this source, squared, over all sources (least-squares algebra at the point)",
                (origin,),
            )
        else:
            label = name
        out.append((figure.id, figure.label, row.kind, label, float(row.share), printed))
    name = f"{prefix}.removed"
    kept[name] = result_figure(
        name,
        f"share of the prior variance of {figure.label} that facts removed",
        np.array([removed]),
        "fraction",
        "one less the variance with facts over the variance without",
        [f"fact:{row.id}" for row in sources[sources["kind"] == "fact"].head(3).itertuples()],
    )
    kept |= {f"fact:{r.id}": explainer.fact(str(r.id)) for r in sources[sources["kind"] == "fact"].head(3).itertuples()}
    columns = ["headline", "headline_label", "kind", "label", "share", "figure"]
    return kept, name, pd.DataFrame(out, columns=columns)


def _other_prior(one: Figure, drawn: np.ndarray, prior: str, cells: list[str]) -> Figure:
    value = float(np.nanmedian(drawn)) if (~np.isnan(drawn)).any() else None
    return Figure(
        f"{one.id}.other", "result", f"{one.label}, draws under the {prior} prior", value, None, None, "fraction",
        f"the same over the draws under the {prior} prior alone: their median", tuple(cells),
    )  # fmt: skip


def _values(measure: str, shipped: ImportShare, looked: Dependence) -> np.ndarray:
    """Point and draws of one way of counting."""
    ways = {"imports": shipped.share, "touches": looked.touches, "first": looked.first_tier}
    return ways[measure] if measure in ways else looked.by_stage[measure]


def _heat(setting: Setting, issuer: str) -> pd.DataFrame:
    stages = setting.about.look_stages
    table = world_shares(setting.network, issuer, stages)
    place = {stage: i for i, stage in enumerate(stages)}
    order = {element: i for i, element in enumerate(setting.network.composition["element"].to_numpy())}
    return table.sort_values(["stage", "element"], key=lambda c: c.map(order if c.name == "element" else place))


def _map_tables(setting: Setting, economy: str, issuer: str, elements: list[str]) -> dict[str, pd.DataFrame]:
    places = pd.read_csv(setting.folder / "labels" / "economies.csv", dtype=str, keep_default_na=False)
    places = places.set_index("label")
    network = setting.network
    exposure = []
    for label in network.nodes["economy"].unique():
        share = import_share(network, None, label, issuer, elements, setting.about.traded_stages)
        if label == issuer or not share.tonnes[0] > 0:
            continue
        codes = [places.loc[label, "iso_numeric"]] if places.loc[label, "iso_numeric"] else []
        codes += [_numeric(setting, member) for member in str(places.loc[label, "members"]).split()]
        exposure += [(code, float(share.share[0])) for code in codes if code]
    trade = network.trade[(network.trade["origin"] == issuer) & (network.trade["destination"] != issuer)]
    size = trade.groupby("destination")["flow"].sum().sort_values(ascending=False)
    chosen = [d for d in size.index if places.loc[d, "lat"]][:8]
    chosen += [economy] if economy in size.index and economy not in chosen and places.loc[economy, "lat"] else []
    flows = [
        (
            float(places.loc[issuer, "lon"]), float(places.loc[issuer, "lat"]),
            float(places.loc[d, "lon"]), float(places.loc[d, "lat"]),
            float(size[d]), places.loc[issuer, "name"], places.loc[d, "name"], issuer,
        )
        for d in chosen
    ]  # fmt: skip
    columns = ["from_lon", "from_lat", "to_lon", "to_lat", "value", "from_name", "to_name", "economy"]
    return {
        "exposure": pd.DataFrame(exposure, columns=["iso_numeric", "value"]),
        "flows": pd.DataFrame(flows, columns=columns),
    }


def _numeric(setting: Setting, member: str) -> str:
    table = pd.read_csv(setting.folder / "labels" / "fact_economies.csv", dtype=str, keep_default_na=False)
    if "iso_numeric" not in table.columns:
        return ""
    found = table.loc[table["label"] == member, "iso_numeric"]
    return str(found.iloc[0]) if len(found) else ""
