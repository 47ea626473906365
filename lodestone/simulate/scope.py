"""What a measure covers: products by element and form, trade rows by issuer and target, weeks by date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.simulate.calendar import DAYS_PER_WEEK
from lodestone.simulate.nouns import Measure, Scenario
from lodestone.simulate.scenario_fields import EVERYTHING

FORM_WORDS = {
    "ore": ("ore", "concentrate"),
    "oxide": ("oxide", "compound"),
    "compound": ("compound", "oxide"),
    "alloy": ("alloy", "powder"),
}  # a product's form: the words of a measure that cover it (others: the word itself)
ALLOY_FORMS = ("alloy", "magnet", "scrap", "component")  # listed by ``elements_in_alloys``
KNOW_HOW_FORMS = ("technology", "equipment")


@dataclass(frozen=True)
class Scope:
    """What a measure covers in one network."""

    product: np.ndarray  # bool by product: contains a listed element in a listed form
    neighbour: np.ndarray  # bool by product: not covered, but under the same customs code
    rows: np.ndarray  # trade rows of covered products between issuer and targets
    neighbour_rows: np.ndarray
    why_nothing: str  # in words, where no trade row is covered


def scope_of(measure: Measure, network: Network, trace: float) -> Scope:
    """Products and trade rows a measure covers.

    A product is covered when its form is listed and it holds more than ``trace`` of a listed
    element (from the alloy on, of one that makes an alloy or magnet listed); a magnet grade without
    one is not, but shares the customs code and may be held. Components are covered only where the
    measure names them.

    Parameters
    ----------
    trace : float
        Share of contained mass up to which an element counts as absent. [0..1]
    """
    listed = _lists_element(measure, network, trace)
    formed = np.array([_form_listed(form, measure.forms) for form in network.products["form"]])
    named = network.products["product"].isin(measure.products).to_numpy()
    product = (listed & formed) | named
    codes = [frozenset(str(code).split(";")) - {"", "nan"} for code in network.products["hs"]]
    shared = frozenset().union(*(codes[k] for k in np.flatnonzero(product)))
    neighbour = ~product & formed & np.array([bool(code & shared) for code in codes])
    between = between_issuer_and_targets(measure, network)
    rows = rows_of(network, product) & between
    return Scope(
        product=product,
        neighbour=neighbour,
        rows=np.flatnonzero(rows),
        neighbour_rows=np.flatnonzero(rows_of(network, neighbour) & between),
        why_nothing="" if rows.any() else _why_nothing(measure, network, listed, formed, product),
    )


def rows_of(network: Network, product: np.ndarray) -> np.ndarray:
    """Trade rows whose product is marked; a route without a flow at the point is one, for it may flow in a draw."""
    marked = set(network.products["product"].to_numpy()[product])
    return network.trade["product"].isin(marked).to_numpy()


def between_issuer_and_targets(measure: Measure, network: Network) -> np.ndarray:
    """Trade rows that cross from the issuer to its targets (or back, at an import border)."""
    home, away = ("origin", "destination") if measure.border == "export" else ("destination", "origin")
    trade = network.trade
    return (trade[home].isin(issuers(measure)) & is_target(measure, trade[away])).to_numpy()


def issuers(measure: Measure) -> tuple[str, ...]:
    """The economies that take the measure: the members where the issuer is a group."""
    return measure.issuers or (measure.issuer,)


def is_target(measure: Measure, economies: Iterable[str]) -> np.ndarray:
    """Whether each economy is a target; EVERYTHING is every economy but the issuer."""
    if EVERYTHING in measure.targets:
        return np.array([economy not in issuers(measure) for economy in economies], dtype=bool)
    return np.array([economy in measure.targets for economy in economies], dtype=bool)


def _lists_element(measure: Measure, network: Network, trace: float) -> np.ndarray:
    mark = elements_by_product(measure, network)
    return ((network.composition * mark).max("element") > trace).sel(product=mark["product"]).to_numpy()


def elements_by_product(measure: Measure, network: Network) -> xr.DataArray:
    """Which elements make each product listed: 1 or 0, dims (product, element)."""
    elements = network.composition["element"].to_numpy()
    raw = np.isin(elements, measure.elements) | (EVERYTHING in measure.elements)
    later = np.isin(elements, measure.elements_in_alloys) if measure.elements_in_alloys else raw
    alloyed = network.products["form"].isin(ALLOY_FORMS).to_numpy()
    return xr.DataArray(
        np.where(alloyed[:, None], later[None, :], raw[None, :]).astype(float),
        dims=("product", "element"),
        coords={"product": network.products["product"].to_numpy(), "element": elements},
    )


def _form_listed(form: str, forms: tuple[str, ...]) -> bool:
    return EVERYTHING in forms or any(word in forms for word in FORM_WORDS.get(form, (form,)))


def _why_nothing(
    measure: Measure, network: Network, listed: np.ndarray, formed: np.ndarray, product: np.ndarray
) -> str:
    if not measure.elements and not measure.products:
        return "it names no element and no product, so it covers none here"
    if not listed.any() and not measure.products:
        return f"no product of this network contains {' or '.join(measure.elements)}"
    if not product.any():
        forms = ", ".join(sorted({str(form) for form in network.products["form"][listed]}))
        return (
            f"none of the forms it lists ({', '.join(measure.forms) or 'none'}) is a form in which the "
            f"network holds its elements ({forms})"
        )
    way = "from" if measure.border == "export" else "to"
    return f"no route of what it covers runs {way} {measure.issuer} {_towards(measure)}"


def _towards(measure: Measure) -> str:
    word = "to" if measure.border == "export" else "from"
    return f"{word} {'any other economy' if EVERYTHING in measure.targets else ', '.join(measure.targets)}"


def weeks_in_force(measure: Measure, scenario: Scenario) -> tuple[tuple[tuple[int, int], ...], str]:
    """The windows of weeks in which a measure is in force, and why there is none if there is none.

    The measure runs from ``effective`` to the day before ``ended``, less its own suspensions and
    those of the scenario's suspension measures. A week counts when most of its days do. Windows
    that end before the scenario starts or begin past its horizon are dropped; a window that began
    earlier keeps its negative first week.
    """
    dates = [(measure.effective, measure.ended or dt.date.max)]
    for start, end in (*measure.suspended, *_suspensions(measure, scenario)):
        dates = [part for window in dates for part in _without(window, start, end or dt.date.max)]
    if not dates:
        return (), "it is suspended for the whole of its term"
    weeks = [(week_nearest(scenario, start), week_nearest(scenario, end)) for start, end in dates]
    inside = [(a, min(b, scenario.horizon_weeks)) for a, b in weeks if b > max(a, 0) and a < scenario.horizon_weeks]
    if inside:
        return tuple(inside), ""
    if all(b <= 0 for _, b in weeks):
        return (), f"it ended or was suspended ({dates[-1][1]}) before the scenario starts ({scenario.start})"
    if all(a >= scenario.horizon_weeks for a, _ in weeks):
        return (), f"it takes effect ({dates[0][0]}) after the scenario's {scenario.horizon_weeks} weeks"
    return (), "it is in force for less than half a week of the scenario"


def week_nearest(scenario: Scenario, day: dt.date) -> int:
    """The first week most of which lies on or after a day, from the scenario's start."""
    return int(np.floor((day - scenario.start).days / DAYS_PER_WEEK + 0.5))


def _suspensions(measure: Measure, scenario: Scenario) -> list[tuple[dt.date, dt.date | None]]:
    return [
        (other.effective, other.ended)
        for other in scenario.measures
        if other.kind == "suspension" and measure.id in other.suspends
    ]


def _without(window: tuple[dt.date, dt.date], start: dt.date, end: dt.date) -> list[tuple[dt.date, dt.date]]:
    first, last = window
    parts = [(first, min(last, start)), (max(first, end), last)]
    return [(a, b) for a, b in parts if a < b]
