"""A shared reserve's rule as a file: what is held, in which form and where, who pays, who may draw when and in what order, how it is
filled again.

One YAML file of at most a megabyte, read with all its faults together; `reserve_rule` makes of it what the simulator runs.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from lodestone.errors import Faults
from lodestone.facts.assumptions import Assumption
from lodestone.respond.options import WEEKS_A_YEAR
from lodestone.simulate.scenario_fields import (
    Reading,
    ScenarioLabels,
    a_label,
    a_mapping,
    a_text,
    a_whole,
    did_you_mean,
    shown,
    some_labels,
)
from lodestone.simulate.scenario_text import Place, read_document
from lodestone.simulate.shared_reserve import Holding, ReserveRule

KEYS = ("title", "holdings", "pays", "draw", "refill", "note")
HELD = ("product", "weeks", "tonnes", "place")
DRAW = ("who", "order", "trigger", "delay_weeks", "rate", "floor", "owes_at_most")
REFILL = ("after_weeks", "share_of_arrivals")
BY_USE, EQUAL, VALUE = "use", "equal", "value_added"
PRO_RATA, STAKE = "pro_rata", "stake"
MOST_TONNES, MOST_WEEKS, MOST_OWED = 1e6, 520.0, 100.0
AFTER = 8  # weeks without lacking anything before a drawer gives back, where a file does not say
ASSUMED = {
    "trigger": "reserve_trigger",
    "delay_weeks": "reserve_delay_weeks",
    "rate": "reserve_rate",
    "floor": "reserve_floor",
}
PLACES = "Write 'use', or a share of it by economy, e.g. {JPN: 0.6, DEU: 0.4}."


@dataclass(frozen=True)
class Held:
    """One product of a reserve: ``weeks`` of use of all members or ``tonnes`` contained, the other NaN; ``place``: share of it by economy,
    empty: in proportion to use."""

    product: str
    weeks: float
    tonnes: float
    place: Mapping[str, float]


@dataclass(frozen=True)
class ReserveFile:
    """A rule as its file says it.

    ``pays``: a key (use, equal, value_added) or shares by economy. ``who`` may draw: economies, empty for all members. ``order``: pro_rata,
    stake (who loses most by a missing tonne first), or classes of economies, the first served first. ``owes_at_most``: times what it pays
    for of a product, infinite without limit. Trigger, rate and floor are shares, as of `lodestone.simulate.shared_reserve.ReserveRule`.
    """

    title: str
    holdings: tuple[Held, ...]
    pays: str | Mapping[str, float]
    who: tuple[str, ...]
    order: str | tuple[tuple[str, ...], ...]
    trigger: float
    delay: int
    rate: float
    floor: float
    owes_at_most: float
    after: int
    back: float
    note: str = ""
    checksum: str = ""
    assumed: tuple[str, ...] = ()


def read_reserve(path: Path, assumptions: Mapping[str, Assumption], labels: ScenarioLabels) -> ReserveFile:
    """Read a shared reserve's rule.

    Parameters
    ----------
    path : Path
    assumptions : mapping of Assumption by id
        What the file does not say of trigger, delay, rate and floor is their central value for a government's own stock.
    labels : ScenarioLabels
        Economies and products it may name; groups are spelled out.

    Returns
    -------
    ReserveFile
        ``assumed`` names what was taken from assumptions.

    Raises
    ------
    Faults
        All that is wrong in the file, with its lines.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from lodestone.facts.assumptions import read_assumptions
    >>> from lodestone.facts.place import data_folder
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder) / "rule.yaml"
    ...     _ = path.write_text("title: Ours\\nholdings:\\n  - {product: magnet, weeks: 4}\\n")
    ...     rule = read_reserve(path, read_assumptions(data_folder()), ScenarioLabels())
    >>> rule.holdings[0].weeks, rule.pays, rule.order, rule.delay, rule.back
    (4.0, 'use', 'pro_rata', 3, 0.0)
    """
    document = read_document(path)
    reading = Reading(document, labels, assumptions)
    keys = a_mapping(reading, (), document.values, KEYS) if not document.faults or document.values else {}
    for key, example in (("title", "title: ..."), ("holdings", "- {product: ..., weeks: 4}")):
        if not document.faults and key not in keys:
            reading.fault((), f"the rule has no {key}", f"Write '{example}'.")
    draw = a_mapping(reading, ("draw",), keys.get("draw", {}), DRAW)
    refill = a_mapping(reading, ("refill",), keys.get("refill", {}), REFILL)
    assumed = tuple(name for key, name in ASSUMED.items() if key not in draw)
    term = {key: _term(reading, draw, key) for key in ASSUMED}
    found = ReserveFile(
        title=a_text(reading, ("title",), keys["title"]) or "" if "title" in keys else "",
        holdings=_holdings(reading, keys["holdings"]) if "holdings" in keys else (),
        pays=_pays(reading, keys.get("pays", BY_USE)),
        who=_economies(reading, ("draw", "who"), draw.get("who", [])),
        order=_order(reading, draw.get("order", PRO_RATA)),
        trigger=term["trigger"], delay=round(term["delay_weeks"]), rate=term["rate"], floor=term["floor"],
        owes_at_most=_number(reading, ("draw", "owes_at_most"), draw["owes_at_most"], MOST_OWED) if "owes_at_most" in draw else np.inf,
        after=a_whole(reading, ("refill", "after_weeks"), refill.get("after_weeks", AFTER), 0, 520) or 0,
        back=_number(reading, ("refill", "share_of_arrivals"), refill.get("share_of_arrivals", 0.0), 1.0),
        note=a_text(reading, ("note",), keys["note"]) or "" if "note" in keys else "",
        assumed=assumed,
    )  # fmt: skip
    if document.faults:
        raise Faults(sorted(document.faults, key=lambda fault: fault.line or 0))
    return replace(found, checksum=hashlib.sha256(path.read_bytes()).hexdigest())


def reserve_rule(
    told: ReserveFile,
    members: Sequence[str],
    use: Mapping[tuple[str, str], float],
    stake: Mapping[tuple[str, str], float],
    shares: Mapping[str, float],
) -> ReserveRule:
    """The rule for certain members, as the simulator runs it.

    Parameters
    ----------
    told : ReserveFile
    members : sequence of str
    use : mapping by (member, product)
        What its makers and users take. [t contained a year]
    stake : mapping by (member, product)
        Value added that a missing tonne stops; none where only makers take it. [million USD a t]
    shares : mapping by member
        Of what all pay; they add up to one.

    Returns
    -------
    ReserveRule
        Holdings of nothing are left out.

    Examples
    --------
    >>> told = ReserveFile("Ours", (Held("magnet", 4.0, np.nan, {}),), "use", (), "stake", 0.95, 3, 0.7, 0.25, 1.0, 8, 0.0)
    >>> use, stake = {("B", "magnet"): 39.0, ("C", "magnet"): 13.0}, {("B", "magnet"): 1.0, ("C", "magnet"): 5.0}
    >>> rule = reserve_rule(told, ("B", "C"), use, stake, {"B": 0.5, "C": 0.5})
    >>> rule.holdings[0].lots, rule.holdings[0].rank, rule.holdings[0].right
    ({'B': 3.0, 'C': 1.0}, {'B': 1, 'C': 0}, {'B': 2.0, 'C': 2.0})
    """
    who = told.who or tuple(members)
    holdings = []
    for held in told.holdings:
        total = tonnes_of(held, members, use)
        if total <= 0.0:
            continue
        place = held.place or _in_proportion(members, held.product, use)
        right = {
            m: told.owes_at_most * shares[m] * total for m in who if np.isfinite(told.owes_at_most) and m in shares
        }
        holdings.append(
            Holding(
                held.product,
                {p: total * share for p, share in place.items()},
                _ranks(told, who, held.product, stake),
                right,
            )
        )
    return ReserveRule(tuple(holdings), told.trigger, told.delay, told.rate, told.floor, told.after, told.back)


def apart(rule: ReserveRule, shares: Mapping[str, float]) -> ReserveRule:
    """The same tonnes held by each who pays for them, at home and for itself alone, released by the same rule.

    Examples
    --------
    >>> rule = ReserveRule((Holding("magnet", {"B": 4.0}, {"B": 0, "C": 0}),), 0.95, 3, 0.7, 0.25)
    >>> [(one.lots, one.rank) for one in apart(rule, {"B": 0.75, "C": 0.25}).holdings]
    [({'B': 3.0}, {'B': 0}), ({'C': 1.0}, {'C': 0})]
    """
    holdings = [
        Holding(held.product, {member: sum(held.lots.values()) * share}, {member: 0})
        for held in rule.holdings for member, share in shares.items() if share > 0.0
    ]  # fmt: skip
    return replace(rule, holdings=tuple(holdings))


def tonnes_of(held: Held, members: Sequence[str], use: Mapping[tuple[str, str], float]) -> float:
    """What is held of a product. [t contained]"""
    if np.isfinite(held.tonnes):
        return held.tonnes
    return held.weeks * sum(use.get((member, held.product), 0.0) for member in members) / WEEKS_A_YEAR


def _in_proportion(members: Sequence[str], product: str, use: Mapping[tuple[str, str], float]) -> dict[str, float]:
    taken = {member: use.get((member, product), 0.0) for member in members}
    total = sum(taken.values())
    if total <= 0.0:
        return {member: 1.0 / len(members) for member in members}
    return {member: amount / total for member, amount in taken.items() if amount > 0.0}


def _ranks(
    told: ReserveFile, who: Sequence[str], product: str, stake: Mapping[tuple[str, str], float]
) -> dict[str, int]:
    """By who may draw: 0 served first. Those with the same stake, or in no class, stand together, the latter last."""
    if told.order == STAKE:
        worth = {one: stake.get((one, product), 0.0) for one in who}
        order = sorted(set(worth.values()), reverse=True)
        return {one: order.index(amount) for one, amount in worth.items()}
    if isinstance(told.order, str):
        return dict.fromkeys(who, 0)
    listed = {one: k for k, some in enumerate(told.order) for one in some}
    return {one: listed.get(one, len(told.order)) for one in who}


def _holdings(reading: Reading, value: object) -> tuple[Held, ...]:
    if not isinstance(value, list) or not value:
        reading.fault(("holdings",), "no list of what is held", "Write '- {product: ..., weeks: 4}' for each product.")
        return ()
    found: list[Held] = []
    for k, one in enumerate(value):
        place: Place = ("holdings", k)
        keys = a_mapping(reading, place, one, HELD)
        if not isinstance(one, dict):
            continue
        product = a_label(reading, (*place, "product"), keys.get("product"), reading.labels.products, "product")
        if product in [other.product for other in found]:
            reading.fault((*place, "product"), f"'{product}' is held twice", "Put its tonnes and places into one.")
        if ("weeks" in keys) == ("tonnes" in keys):
            reading.fault(place, "weeks or tonnes, one of them, must say how much is held", "Write e.g. weeks: 4.")
        weeks = _number(reading, (*place, "weeks"), keys["weeks"], MOST_WEEKS) if "weeks" in keys else np.nan
        tonnes = _number(reading, (*place, "tonnes"), keys["tonnes"], MOST_TONNES) if "tonnes" in keys else np.nan
        found.append(Held(product or "", weeks, tonnes, _places(reading, (*place, "place"), keys.get("place", BY_USE))))
    return tuple(found)


def _places(reading: Reading, place: Place, value: object) -> dict[str, float]:
    return {} if value == BY_USE else _shares(reading, place, value, PLACES)


def _pays(reading: Reading, value: object) -> str | dict[str, float]:
    if value in (BY_USE, EQUAL, VALUE):
        return str(value)
    step = f"Write {BY_USE}, {EQUAL} or {VALUE}, or a share by economy that add up to 1."
    if isinstance(value, str):
        reading.fault(("pays",), f"'{shown(value)}' is no key", step)
        return BY_USE
    return _shares(reading, ("pays",), value, step)


def _shares(reading: Reading, place: Place, value: object, step: str) -> dict[str, float]:
    """Shares by economy that add up to one."""
    if not isinstance(value, dict) or not value:
        reading.fault(place, f"'{shown(value)}' is no table of shares", step)
        return {}
    before = len(reading.document.faults)
    found = {}
    for economy, share in value.items():
        if a_label(reading, (*place, economy), economy, reading.labels.economies, "economy") is not None:
            found[economy] = _number(reading, (*place, economy), share, 1.0)
    total = sum(found.values())
    if len(reading.document.faults) == before and abs(total - 1.0) > 1e-6:
        reading.fault(place, f"the shares add up to {total:g}", "Shares add up to 1.")
    return {economy: share for economy, share in found.items() if share > 0.0}


def _economies(reading: Reading, place: Place, value: object) -> tuple[str, ...]:
    labels = reading.labels
    known = None if labels.economies is None else {*labels.economies, *labels.groups}
    named = some_labels(reading, place, value, known, "economy")
    return tuple(dict.fromkeys(member for one in named for member in labels.groups.get(one, (one,))))


def _order(reading: Reading, value: object) -> str | tuple[tuple[str, ...], ...]:
    if value in (PRO_RATA, STAKE):
        return str(value)
    place: Place = ("draw", "order")
    if not isinstance(value, list):
        what = f"'{shown(value)}' is no order of drawing"
        step = f"{did_you_mean(str(value), (PRO_RATA, STAKE))} Or list economies, the first served first: [[JPN, DEU], [USA]]."
        reading.fault(place, what, step)
        return PRO_RATA
    classes = tuple(_economies(reading, (*place, k), one) for k, one in enumerate(value))
    every = [one for some in classes for one in some]
    for one in sorted({one for one in every if every.count(one) > 1}):
        reading.fault(place, f"'{one}' stands in two classes", "Keep it in one.")
    return classes


def _term(reading: Reading, draw: Mapping[str, object], key: str) -> float:
    if key not in draw:
        return reading.assumptions[ASSUMED[key]].central
    return _number(reading, ("draw", key), draw[key], MOST_WEEKS if key == "delay_weeks" else 1.0)


def _number(reading: Reading, place: Place, value: object, most: float) -> float:
    """A number from 0 to ``most``."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0.0 <= value <= most:
        reading.fault(place, f"'{shown(value)}' is not a number from 0 to {most:g}", "Write one in that range.")
        return 0.0
    return float(value)
