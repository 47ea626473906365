"""A firm's bill of materials against a baseline: origin, weeks until a stop, who else could supply. Keeps nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.baseline.store import Baseline
from lodestone.errors import Fault, Faults
from lodestone.exposure.bom import BillExposure, BillOfMaterials, look_through_bill
from lodestone.exposure.look_through import mined_at, never_touching
from lodestone.exposure.stack import Stack
from lodestone.exposure.stage_balance import dominant_country, headline_stage, stages_of
from lodestone.exposure.survive import weeks_until_stock_out
from lodestone.labels import check_labels

LISTED = 0.005
MOST = 3
UNKNOWN = ""  # a supplier that is not known: the world's mix


@dataclass(frozen=True)
class BillView:
    """A bill looked through.

    ``looked``: see `BillExposure`. ``origin``: share by element and mining economy, largest first.
    ``stops``: part, element, supplier, stage, grams, touches (share passing through the country),
    stock_weeks, stop_weeks: weeks until the part stops when the country ships nothing more (NaN: the
    stock is not known). ``alternatives``: part, element, economy, share of world output of the stage
    outside the supplier and the country, touches.
    """

    country: str
    looked: BillExposure
    origin: pd.DataFrame
    stops: pd.DataFrame
    alternatives: pd.DataFrame


def bill_view(baseline: Baseline, bill: BillOfMaterials, country: str = "", faults: Sequence[Fault] = ()) -> BillView:
    """Look a bill through a baseline, at the point.

    Parameters
    ----------
    baseline : Baseline
    bill : BillOfMaterials
        From `lodestone.exposure.bom.read_bill_of_materials`. An empty supplier stands for the world's mix.
    country : str
        Whose hold is asked about; the largest maker of the headline stage if blank.
    faults : sequence of Fault
        What could not be read, from `lodestone.exposure.bom.read_bill_rows`; raised with those of the labels.

    Returns
    -------
    BillView

    Raises
    ------
    Faults
        If lines name a material, supplier or stage the baseline does not know: all of them together, with
        those given.
    LabelError
        If the country makes nothing in the baseline.
    """
    network = next(iter(baseline.networks.values()))
    country = country or dominant_country(network, headline_stage(network))
    check_labels([country], sorted(set(network.trade["origin"])), "economy")
    bill, faults = _named(network, bill, faults)
    if bill.lines.empty:
        raise Faults(faults)
    origin, touches, output = _shares(Stack(network, None), bill)
    try:
        looked = look_through_bill(bill, origin, touches, _grades(network))
    except Faults as stop:
        raise Faults(_by_line([*faults, *stop.faults])) from stop
    if faults:
        raise Faults(_by_line(faults))
    stops = _stops(looked, country)
    return BillView(country, looked, _origins(looked), stops, _alternatives(looked, touches, output, country))


def _named(network: Network, bill: BillOfMaterials, faults: Sequence[Fault]) -> tuple[BillOfMaterials, Sequence[Fault]]:
    """The lines without a fault, with products of the network as grades; and all faults, those given among them."""
    unread = {(fault.line, fault.column) for fault in faults}
    found = [
        Fault(bill.file, row["line"], column, what, f"Use one of: {', '.join(known)}.")
        for row in bill.lines.to_dict("records")
        for column, what, known in _unknown(network, row)
        if (row["line"], column) not in unread
    ]
    all_faults = [*faults, *found]
    lines = bill.lines[~bill.lines["line"].isin({fault.line for fault in all_faults})]
    named = [_grade(network, r.material, r.stage) or r.material for r in lines.itertuples()]
    return BillOfMaterials(bill.file, lines.assign(material=named)), all_faults


def _unknown(network: Network, row: dict[Any, Any]) -> Iterator[tuple[str, str, list[str]]]:
    """Column, what is wrong, and the labels known, for each label of a line that the network does not know."""
    material, stage, supplier = row["material"], row["stage"], row["supplier"]
    stages, makers = list(stages_of(network)), sorted(set(network.trade["origin"]))
    elements = sorted(str(e) for e in network.composition["element"].values)
    if stage not in stages:
        yield "stage", f"no stage '{stage}' in the baseline", stages
    if supplier != UNKNOWN and supplier not in makers:
        yield "supplier", f"no supplier '{supplier}' in the baseline", makers
    empty = pd.isna(stage)  # a fault already: then any stage will do
    if material not in elements and not any(_grade(network, material, at) for at in (stages if empty else [stage])):
        place = "" if empty else f" at {stage}"
        yield "material", f"no element or grade '{material}'{place}", [*elements, *_grade_names(network)]


def _by_line(faults: Iterable[Fault]) -> list[Fault]:
    return sorted(faults, key=lambda fault: fault.line or 0)


def _grade(network: Network, material: str, stage: str) -> str:
    """The product a grade is at a stage: its own label, or the stage's product that ends with it."""
    at = network.products.loc[network.products["stage"] == stage, "product"]
    found = [str(p) for p in at if material in (p, str(p).partition("_")[2])]
    elements = {str(e) for e in network.composition["element"].values}
    return found[0] if found and material not in elements else ""


def _grade_names(network: Network) -> list[str]:
    single = network.composition.max("element").to_series() > 1.0 - 1e-9
    return [str(p) for p in network.products["product"] if not single[p]]


def _grades(network: Network) -> xr.DataArray:
    """Contained element per gram of grade: composition times content, so that iron and the like are left out."""
    content = network.products.set_index("product")["content"].loc[network.composition["product"].values]
    grams = network.composition * xr.DataArray(content.to_numpy(float), dims="product")
    return grams.rename(product="grade")


def _shares(stack: Stack, bill: BillOfMaterials) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray]:
    """Origin, touches and output by element, stage and supplying economy, for the elements of the bill."""
    network, flows = stack.network, stack.member(0)
    states = stack.builder.states
    economies = sorted(states["economy"].unique())
    held = _grades(network).to_series()
    grades = set(bill.lines["material"]) & set(network.products["product"])
    elements = [
        str(e)
        for e in network.composition["element"].values
        if e in set(bill.lines["material"]) or any(held[g, e] > 0 for g in grades)
    ]
    stages = list(dict.fromkeys(bill.lines["stage"]))
    dims = ("element", "stage", "economy")
    shape = (len(elements), len(stages), len(economies) + 1)
    coords = {"element": elements, "stage": stages, "economy": [*economies, UNKNOWN]}
    origin = np.full((*shape, len(economies)), np.nan)
    touch = np.full((*shape, len(economies)), np.nan)
    output = np.zeros(shape)
    place = states["economy"].to_numpy()
    for i, element in enumerate(elements):
        graph = stack.builder.graph(flows, [element])
        avoids = {e: never_touching(graph.intake, place == e) for e in economies}
        for j, stage in enumerate(stages):
            at = (states["stage"] == stage).to_numpy()
            for k, economy in enumerate([*economies, UNKNOWN]):
                made = graph.output * (at if economy == UNKNOWN else at & (place == economy))
                if made.sum() <= 0:
                    continue
                output[i, j, k] = made.sum()
                share = made / made.sum()
                mined = mined_at(graph.intake, share)
                origin[i, j, k] = [mined[place == e].sum() for e in economies]
                touch[i, j, k] = [1.0 - share @ avoids[e] for e in economies]
    return (
        xr.DataArray(origin, {**coords, "origin": economies}, (*dims, "origin")),
        xr.DataArray(touch, {**coords, "country": economies}, (*dims, "country")),
        xr.DataArray(output, coords, dims),
    )


def _origins(looked: BillExposure) -> pd.DataFrame:
    grams = looked.origin.groupby(["element", "origin"], as_index=False)["grams"].sum()
    total = grams.groupby("element")["grams"].transform("sum")
    table = grams.assign(share=grams["grams"] / total)
    return table[table["share"] >= LISTED].sort_values(["element", "share"], ascending=[True, False], ignore_index=True)


def _stops(looked: BillExposure, country: str) -> pd.DataFrame:
    """Weeks until each part stops: its stock against the share of its supply that passes through the country."""
    touch = looked.touches[looked.touches["country"] == country]
    keys = ["part", "element", "supplier"]
    share = touch.drop_duplicates(keys).set_index(keys)["share"]
    rows = looked.parts.copy()
    rows["touches"] = [float(share.get((r.part, r.element, r.supplier), 0.0)) for r in rows.itertuples()]
    known = rows["stock_weeks"].notna().to_numpy()
    weeks = np.full(len(rows), np.nan)
    if known.any():
        arriving = xr.DataArray(1.0 - rows.loc[known, "touches"].clip(0.0, 1.0).to_numpy(), dims="row")
        stock = xr.DataArray(rows.loc[known, "stock_weeks"].to_numpy(float), dims="row")
        weeks[known] = weeks_until_stock_out(stock, xr.ones_like(stock), arriving).values
    rows["stop_weeks"] = weeks
    return rows[["part", "element", "supplier", "stage", "grams", "touches", "stock_weeks", "stop_weeks"]]


def _alternatives(looked: BillExposure, touches: xr.DataArray, output: xr.DataArray, country: str) -> pd.DataFrame:
    """Other economies that make each part's element at its stage, largest first, and how far they avoid the country."""
    rows = []
    for part in looked.parts.drop_duplicates(["part", "element", "supplier"]).itertuples():
        made = output.sel(element=part.element, stage=part.stage).drop_sel(economy=UNKNOWN).to_series()
        world = made.sum()
        for economy, amount in (
            made.drop([part.supplier, country], errors="ignore").sort_values(ascending=False).head(MOST).items()
        ):
            if amount >= LISTED * world:
                touch = float(touches.sel(element=part.element, stage=part.stage, economy=economy, country=country))
                rows.append((part.part, part.element, part.stage, str(economy), amount / world, touch))
    return pd.DataFrame(rows, columns=["part", "element", "stage", "economy", "share", "touches"])
