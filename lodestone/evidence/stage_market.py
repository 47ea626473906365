"""The market of a material at its bottleneck: which goods are in it, what they are worth, which flows supply it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.evidence.find_values import to_2024
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import leading_issuers
from lodestone.money import BASE_YEAR
from lodestone.simulate.blueprint import SCRAP
from lodestone.simulate.series import RESTRICTING

YEAR = 52  # weeks of the market view
KG_PER_T = 1000.0
BILLION = 1e9


@dataclass(frozen=True)
class StageMarket:
    """What is bought and sold past one stage outside the issuers, each element counted by what it costs there.

    ``elements``: those with a price. ``goods`` (product): made by the stage, or by others as the same product.
    ``worth`` (product, element): of the elements in the goods and in all that is made of them, 0 for other
    products. [billion USD of 2024 per t contained] ``leaving``, ``entering``: trade
    rows out of the issuers and into them. ``flows``: what a run must watch to see how much the issuers let through.
    ``facts``: behind the prices. ``notes``: what has no price of its own. ``why_not``: why there is no market view,
    where there is none; nothing is watched then.
    """

    stage: str
    elements: tuple[str, ...]
    issuers: frozenset[str]
    goods: np.ndarray
    worth: np.ndarray
    leaving: np.ndarray
    entering: np.ndarray
    flows: pd.DataFrame | None
    facts: tuple[str, ...]
    notes: tuple[str, ...]
    why_not: str = ""


def stage_market(setting: Setting) -> StageMarket:
    """The market past the bottleneck stage of the setting's material, outside whoever most measures come from."""
    network, stage = setting.network, setting.about.bottleneck_stage
    issuers = leading_issuers(setting.scenario)
    goods, past = _goods(network, stage)
    price, used, notes = _element_prices(setting, stage)
    priced = np.isfinite(price)
    worth = past[:, None] * network.composition.to_numpy()[:, priced] * price[priced] / BILLION
    rows = network.trade
    traded = rows["product"].isin(network.products["product"][worth.any(axis=1)]).to_numpy()
    out, into = (rows[end].isin(issuers).to_numpy() for end in ("origin", "destination"))
    leaving, entering = np.flatnonzero(out & ~into & traded), np.flatnonzero(~out & into & traded)
    why_not = _why_not(setting, worth, leaving)
    flows = pd.DataFrame({"trade_row": leaving, "weight": 1.0, "product": rows["product"].to_numpy()[leaving]})
    flows["series"] = "leaving: " + flows["product"]
    facts = tuple(fact for product in used for fact in setting.price_facts.get(product, ()))
    elements = tuple(str(one) for one in network.composition["element"].to_numpy()[priced])
    return StageMarket(
        stage, elements, issuers, goods, worth, leaving, entering, None if why_not else flows, facts, notes, why_not
    )


def _why_not(setting: Setting, worth: np.ndarray, leaving: np.ndarray) -> str:
    if not worth.any():
        return f"No price of {setting.about.words} is known at any stage, so there is no market view."
    if not _stopped(setting, leaving):
        words = setting.about.bottleneck_words
        return f"No measure holds back in the first year what comes from {words}, so the market stays as it was."
    return ""


def _stopped(setting: Setting, leaving: np.ndarray) -> bool:
    """Whether a control holds back any of these rows within the year."""
    return any(
        control.kind in RESTRICTING
        and control.week_from < YEAR
        and control.week_to > 0
        and np.isin(control.rows, leaving).any()
        for control in setting.controls.controls
    )


def _goods(network: Network, stage: str) -> tuple[np.ndarray, np.ndarray]:
    """By product: made by the stage; made by it or of what it makes, scrap aside."""
    products = network.products
    left_over = products.loc[products["kind"] == SCRAP, "product"]
    made = network.outputs[~network.outputs["product"].isin(left_over)]
    at_stage = network.nodes.loc[network.nodes["stage"] == stage, "node"]
    goods = set(made.loc[made["node"].isin(at_stage), "product"])
    past, more = set[str](), set(goods)
    while more - past:
        past |= more
        takers = network.inputs.loc[network.inputs["product"].isin(past), "node"]
        more = set(made.loc[made["node"].isin(takers), "product"])
    return products["product"].isin(goods).to_numpy(), products["product"].isin(past).to_numpy()


def _element_prices(setting: Setting, stage: str) -> tuple[np.ndarray, list[str], tuple[str, ...]]:
    """By element, USD of 2024 per t contained at the stage, or at the nearest that has a price; NaN without any.

    Also the products whose price is used, and what is said of those that are not the stage's own.
    """
    network, layers = setting.network, setting.about.layers
    products = network.products
    years = [_year(setting, product) for product in products["product"]]
    factor = to_2024(setting)
    level = np.array(list(map({year: factor(year) for year in set(years)}.__getitem__, years)))
    usd = (products["unit_value"] * KG_PER_T / products["content"]).to_numpy(float) * level
    node_activity = network.nodes.set_index("node")["activity"]
    made = network.outputs["coefficient"] * node_activity.loc[network.outputs["node"]].to_numpy()
    tonnes = made.groupby(network.outputs["product"]).sum().reindex(products["product"], fill_value=0.0).to_numpy()
    mass = network.composition.to_numpy() * tonnes[:, None]
    price = np.full(mass.shape[1], np.nan)
    used: list[str] = []
    notes: list[str] = []
    here = layers.index(stage)
    for other in sorted(layers, key=lambda one: (abs(layers.index(one) - here), layers.index(one))):
        priced = ((products["stage"] == other) & np.isfinite(usd)).to_numpy()
        held = mass[priced].sum(axis=0)
        new = np.isnan(price) & (held > 0.0)
        if not new.any():
            continue
        price[new] = (usd[priced] @ mass[priced])[new] / held[new]
        named = products["product"].to_numpy()[priced][(mass[priced][:, new] > 0.0).any(axis=1)].tolist()
        used += named
        if other != stage:
            notes.append(f"Goods of {stage} have no price of their own; that of {_words(named)} stands in.")
    if np.isnan(price).any():
        without = network.composition["element"].to_numpy()[np.isnan(price)].tolist()
        notes.append(f"Nothing is counted of {', '.join(without)}, of which no price is known.")
    return price, used, tuple(notes)


def _year(setting: Setting, product: str) -> int:
    """The year whose money a product's price is in."""
    facts = setting.price_facts.get(product, ())
    return int(str(setting.facts.rows.loc[facts[0], "period"])[:4]) if facts else BASE_YEAR


def _words(products: list[str]) -> str:
    return " and ".join(product.replace("_", " ") for product in products)
