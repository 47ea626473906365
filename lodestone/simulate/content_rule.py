"""The extraterritorial content rule: by value, on flows between third economies.

A product falls under the rule when the issuer's listed elements in it reach the threshold of its
value [1]_: mass content x price of the element x share of the issuer / value of the product, all
per kg of gross weight. Which price counts is not said, so a factor with a range stands on the left;
flows it carries across the threshold are uncertain and said to be.

.. [1] MOFCOM announcement No. 61 of 2025, measure CN-2025-61A of the catalogue.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.controls import Control
from lodestone.simulate.licence_terms import licence_ranges
from lodestone.simulate.nouns import Measure, Range
from lodestone.simulate.reach import issuer_content
from lodestone.simulate.scenario_fields import range_of
from lodestone.simulate.scope import elements_by_product, is_target, issuers, rows_of, scope_of

PURE = 0.99  # an element's price is read from a product that is this much of it
PRICE_FORMS = ("oxide", "metal")


def content_effects(
    measure: Measure,
    window: tuple[int, int],
    network: Network,
    assumptions: Mapping[str, Assumption],
    given: Mapping[str, xr.DataArray] | None,
) -> tuple[list[Control], list[str]]:
    """Licence controls on the flows between third economies that a content rule reaches.

    Returns
    -------
    (controls, notes)
        One control for flows that are above the threshold at any price in the range, one for those
        whose side is uncertain (with the chance of it as the central ``coverage``), and a note
        with the tonnes a year of each.
    """
    scope = scope_of(measure, network, assumptions["listing.trace_share"].central)
    if not scope.product.any():
        return [], [scope.why_nothing]
    if measure.threshold is None:
        return [], [
            "without a threshold it means re-export of the unchanged item, which has no "
            "flow of its own between makers and users"
        ]
    trade = network.trade
    third = ~trade["origin"].isin(issuers(measure)) & ~trade["destination"].isin(issuers(measure))
    third &= trade["origin"] != trade["destination"]
    rows = np.flatnonzero(rows_of(network, scope.product) & third.to_numpy() & is_target(measure, trade["destination"]))
    shares = given.get(measure.issuer) if given else None
    content = shares if shares is not None else issuer_content(network, measure.issuer)
    issuer_share = _at(content, trade["product"].to_numpy()[rows], trade["origin"].to_numpy()[rows])
    rows, issuer_share = rows[issuer_share > 0], issuer_share[issuer_share > 0]
    if not rows.size:
        return [], ["no flow between third economies holds the issuer's listed elements"]
    sold = trade["product"].to_numpy()[rows]
    chance = np.zeros(len(rows))
    for priced_only in (True, False):  # what is priced may pass the threshold by itself
        value = value_share(measure, network, priced_only).sel(product=sold).to_numpy()
        chance = np.maximum(chance, chance_covered(value * issuer_share, measure.threshold, assumptions))
    return _controls(measure, window, rows, chance, assumptions, trade["flow"].to_numpy()[rows])


def value_share(measure: Measure, network: Network, priced_only: bool = False) -> xr.DataArray:
    """Value of the listed elements in a product over the product's value, one number per product.

    Content [kg contained / kg gross] x composition x price [USD / kg contained] / unit value
    [USD / kg gross]. NaN where the product has no price; where one of its listed elements has none,
    NaN, or with ``priced_only`` the value of the others: a lower bound.
    """
    table = network.products.set_index("product")
    composition = network.composition.sel(product=table.index.to_numpy())
    composition = composition * elements_by_product(measure, network)
    price = element_prices(network).reindex(element=composition["element"].to_numpy())
    worth = (composition * price).where(composition > 0, 0.0).sum("element", skipna=priced_only)
    ratio = (table["content"] / table["unit_value"]).to_numpy(float)
    return worth * xr.DataArray(ratio, dims="product", coords={"product": worth["product"]})


def element_prices(network: Network) -> xr.DataArray:
    """USD of 2024 per kg of contained element, from the unit value of its oxide, else its metal."""
    table = network.products.set_index("product")
    composition = network.composition.sel(product=table.index.to_numpy())
    elements = composition["element"].to_numpy()
    found = np.full(len(elements), np.nan)
    for k, element in enumerate(elements):
        pure = table[(composition.sel(element=element) > PURE).to_numpy()]
        for form in PRICE_FORMS:
            priced = pure[(pure["form"] == form) & pure["unit_value"].notna() & (pure["content"] > 0)]
            if len(priced) and np.isnan(found[k]):
                found[k] = float((priced["unit_value"] / priced["content"]).mean())
    return xr.DataArray(found, dims="element", coords={"element": elements})


def chance_covered(share: np.ndarray, threshold: Range, assumptions: Mapping[str, Assumption]) -> np.ndarray:
    """Chance that a value share reaches the threshold, given the range of the price factor.

    The factor is triangular; NaN shares get the central value of ``content_rule.covered_unknown``.
    """
    factor = assumptions["content_rule.price_factor"]
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(share > 0, threshold.central / share, np.inf)
    chance = 1.0 - triangular_below(needed, factor.low, factor.central, factor.high)
    return np.where(np.isnan(share), assumptions["content_rule.covered_unknown"].central, chance)


def triangular_below(value: np.ndarray, low: float, central: float, high: float) -> np.ndarray:
    """Chance that a triangular number lies below ``value``.

    >>> triangular_below(np.array([0.0, 1.0, 3.0]), 0.5, 1.0, 2.0).round(4).tolist()
    [0.0, 0.3333, 1.0]
    """
    value = np.clip(value, low, high)
    if high == low:
        return (value > high).astype(float)
    rising = (value - low) ** 2 / max((high - low) * (central - low), 1e-300)
    falling = 1.0 - (high - value) ** 2 / max((high - low) * (high - central), 1e-300)
    return np.where(value < central, rising, falling)


def _at(content: xr.DataArray, products: np.ndarray, economies: np.ndarray) -> np.ndarray:
    wide = content.reindex(product=np.unique(products), economy=np.unique(economies), fill_value=0.0)
    picked = wide.sel(product=xr.DataArray(products, dims="row"), economy=xr.DataArray(economies, dims="row"))
    return np.asarray(picked.to_numpy(), dtype=float)


def _controls(
    measure: Measure,
    window: tuple[int, int],
    rows: np.ndarray,
    chance: np.ndarray,
    assumptions: Mapping[str, Assumption],
    flow: np.ndarray,
) -> tuple[list[Control], list[str]]:
    assert measure.licence is not None
    obey = range_of(assumptions["content_rule.compliance_share"])
    sure, unsure = chance >= 1.0, (chance > 0.0) & (chance < 1.0)
    found: list[Control] = []
    for name, part in (("certain", sure), ("uncertain", unsure)):
        if part.any():
            mean = float(np.average(chance[part], weights=flow[part]))
            low = obey.low if name == "certain" else 0.0
            shape = obey.distribution if name == "certain" else "triangular"
            reach = Range(low, obey.central * mean, obey.high, shape, obey.origin)
            ranges = {**licence_ranges(measure.licence), "coverage": reach}
            found.append(
                Control(f"{measure.id}:{name}:licence", "licence", rows[part], np.ones(int(part.sum())),
                        window[0], window[1], ranges, measure.origin)
            )  # fmt: skip
    note = (
        f"{flow[sure].sum():.3g} t a year between third economies are above the threshold, "
        f"{flow[unsure].sum():.3g} t are on an uncertain side of it"
    )
    return found, [note if found else "no flow between third economies reaches its threshold"]
