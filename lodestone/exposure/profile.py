"""An economy's exposure from its network: shares, concentration, reliance, N-1, look-through, ceilings.

Each function makes one `Exposure` from what is laid out once in a `Profile`; the indicators themselves
are the functions a published check calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.errors import LabelError
from lodestone.exposure.ceiling import distance_to_ceiling
from lodestone.exposure.concentration import herfindahl_hirschman_index, shares
from lodestone.exposure.interval import Row, exposure, middle, row
from lodestone.exposure.n_minus_1 import n_minus_1
from lodestone.exposure.nouns import Exposure
from lodestone.exposure.reliance import apparent_consumption, net_import_reliance
from lodestone.exposure.stack import Followed, Stack
from lodestone.exposure.stage_balance import (
    StageBalance,
    dominant_country,
    headline_stage,
    sourcing_of,
    stage_balance,
    stages_of,
)

SMALL = 1e-6  # t a year: below this an economy takes or makes nothing of a stage
PASSED = 2  # economies of a stage whose throughput is drawn
LISTED = 0.005  # shares below half a per cent are not listed


@dataclass(frozen=True)
class Profile:
    """Everything the indicators of one economy are read from, by group of elements.

    ``balance`` and ``sourcing`` (member, stage, economy of origin) in t contained a year, ``followed``
    the way back of the economy's intake of the headline stage; keys of its sets are (stage, economy)
    joined with "|", stage "" for any stage.
    """

    economy: str
    country: str
    stages: tuple[str, ...]
    headline: str
    groups: dict[str, tuple[str, ...]]
    stack: Stack
    balance: dict[str, StageBalance]
    sourcing: dict[str, xr.DataArray]
    followed: dict[str, Followed]


def profile(
    network: Network,
    draws: NetworkDraws | None,
    economy: str,
    groups: Mapping[str, Sequence[str]],
    country: str = "",
) -> Profile:
    """Lay out what the indicators of an economy need.

    Parameters
    ----------
    network, draws : the point and its draws; None gives the point alone
    economy : str
    groups : name -> elements counted together, by mass
    country : str
        Whose hold is asked about; the largest maker of the headline stage if blank.

    Returns
    -------
    Profile

    Raises
    ------
    LabelError
        If nothing of the network's products arrives in the economy, or the country makes nothing.
    """
    known = sorted(set(network.trade["destination"]))
    if economy not in known:
        raise LabelError(
            f"nothing arrives in '{economy}' in the baseline, so it depends on nobody. Use one of: {', '.join(known)}."
        )
    makers = sorted(set(network.trade["origin"]))
    headline = headline_stage(network)
    country = country or dominant_country(network, headline)
    if country not in makers:
        raise LabelError(f"'{country}' ships nothing in the baseline. Use one of: {', '.join(makers)}.")
    stack, point, stages = Stack(network, draws), Stack(network, None), stages_of(network)
    states = stack.builder.states
    place, stage_at = states["economy"].to_numpy(), states["stage"].to_numpy()
    sets = {f"|{country}": place == country}
    sets |= {f"{s}|{e}": (stage_at == s) & (place == e) for s in stages for e in sorted(set(place))}
    sets = {name: mask for name, mask in sets.items() if mask.any()}
    balance, sourcing, followed = {}, {}, {}
    for name, elements in groups.items():
        balance[name] = stage_balance(stack, elements, stages)
        sourcing[name] = sourcing_of(stack, economy, elements, stages)
        first = point.follow(point.demand(economy, headline, elements), elements, sets)
        wanted = {place: sets[place] for place in _worth_drawing(first, stages, country)}
        followed[name] = stack.follow(stack.demand(economy, headline, elements), elements, wanted)
    held = {name: tuple(elements) for name, elements in groups.items()}
    return Profile(economy, country, stages, headline, held, stack, balance, sourcing, followed)


def _worth_drawing(point: Followed, stages: Sequence[str], country: str) -> list[str]:
    """The country, at any stage and at each, and the economies most passes through at each stage."""
    kept = [name for name in point.met if name.partition("|")[2] == country]
    for stage in stages:
        at = [name for name in point.met if name.startswith(f"{stage}|")]
        kept += sorted(at, key=lambda name: -np.nan_to_num(point.met[name][0]))[:PASSED]
    return list(dict.fromkeys(kept))


def import_shares(known: Profile, most: int = 3) -> Exposure:
    """Largest suppliers of what an economy imports, by group and stage."""
    rows: list[Row] = []
    for group, supply in known.sourcing.items():
        abroad = supply.sel(economy=supply["economy"] != known.economy)
        labels, flows = abroad["economy"].values, abroad.values
        total = flows.sum(axis=2)
        for place, stage in enumerate(known.stages):
            if total[0, place] <= SMALL:
                continue
            share = _over(flows[:, place], total[:, place, None])
            size = middle(share)
            for supplier in np.argsort(-size, kind="stable")[:most]:
                if size[supplier] >= LISTED:
                    rows.append(row(group, stage, str(labels[supplier]), share[:, supplier]))
    return exposure(
        known.economy, "import_share", "Share of imports by the economy that ships them, by mass of the elements.",
        "fraction", rows, ("Who ships is not who mines: see look-through. Medians of shares need not add up to one.",),
    )  # fmt: skip


def concentration(known: Profile) -> Exposure:
    """Herfindahl-Hirschman index of world output, and of what the economy takes, by group and stage."""
    rows: list[Row] = []
    for group in known.groups:
        for word, supply in (
            ("world output", known.balance[group].production),
            ("own sourcing", known.sourcing[group]),
        ):
            held = _with_supply(supply)
            if held.sizes["stage"]:
                rows += _by_stage(group, word, herfindahl_hirschman_index(shares(held)))
    return exposure(
        known.economy, "herfindahl_hirschman_index",
        "Sum of squared supply shares: 1/n when n supply alike, 1 when one does; own output counts as a supplier.",
        "index", rows, ("An index of concentration; it is no loss and no probability.",),
    )  # fmt: skip


def reliance(known: Profile) -> Exposure:
    """Net import reliance by group and stage, where the economy uses anything of the stage in every draw."""
    rows: list[Row] = []
    for group, balance in known.balance.items():
        own = {name: getattr(balance, name).sel(economy=known.economy, drop=True) for name in BALANCE}
        used = apparent_consumption(**own)
        kept = (used > SMALL).all("member")
        if bool(kept.any()):
            values = net_import_reliance(**{name: array.sel(stage=kept.values) for name, array in own.items()})
            rows += _by_stage(group, known.economy, values)
    return exposure(
        known.economy, "net_import_reliance",
        "(Imports - exports - stock change) / apparent consumption at the stage; below zero for a net exporter.",
        "fraction", rows, ("Says nothing of material embedded in goods: an importer of parts relies on nobody for ore.",),
    )  # fmt: skip


BALANCE = ("production", "imports", "exports", "stock_change")


def supply_without_largest(known: Profile) -> Exposure:
    """N-1 of the world by group and stage, under both denominators, the point's largest supplier dropped."""
    rows: list[Row] = []
    for group, balance in known.balance.items():
        made = _with_supply(balance.production)
        largest = made.isel(member=0).idxmax("economy").values
        for dropped in sorted(set(largest.tolist())):
            part = made.sel(stage=largest == dropped)
            need = balance.intake.sel(stage=part["stage"])
            rest = need.sum("economy") - need.sel(economy=dropped)
            kept = (rest > SMALL).all("member").values
            if not kept.any():
                continue
            result = n_minus_1(part.sel(stage=kept), need.sel(stage=kept), str(dropped))
            for name, word in DENOMINATORS.items():
                rows += _by_stage(group, f"without {dropped}, {word}", result[name])
    rows.sort(key=lambda one: ([*known.groups].index(one[0]), known.stages.index(one[1])))
    return exposure(
        known.economy, "n_minus_1", "World output of a stage without its largest supplier, over demand; two denominators.",
        "fraction", rows, ("A yearly balance: no stocks, no substitution, and the loss is full and lasting.",),
    )  # fmt: skip


DENOMINATORS = {"cover_of_world_demand": "of world demand", "cover_of_rest_demand": "of the others' demand"}


def look_through(known: Profile, most: int = 4) -> Exposure:
    """Where the headline-stage intake was mined, looked through the whole chain."""
    rows: list[Row] = []
    for group, found in known.followed.items():
        if not found.total[0] > SMALL:
            continue
        size = pd.Series(middle(found.origin.to_numpy()), index=found.origin.columns)
        for place in size.sort_values(ascending=False, kind="stable").index[:most]:
            if size[place] >= LISTED:
                rows.append(row(group, known.headline, str(place), found.origin[place].to_numpy()))
    return exposure(
        known.economy, "look_through_origin", f"Share of the {known.headline} intake by the economy that mined it.",
        "fraction", rows, ("New scrap is followed back to the mine it came from.",),
    )  # fmt: skip


def throughput(known: Profile, most: int = 1) -> Exposure:
    """Share of the headline-stage intake that passes each stage in an economy at least once."""
    rows: list[Row] = []
    for group, found in known.followed.items():
        if not found.total[0] > SMALL:
            continue
        for stage in known.stages[: known.stages.index(known.headline) + 1]:
            size = {name: float(middle(found.met[name])) for name in found.met if name.startswith(f"{stage}|")}
            for name in sorted(size, key=lambda name: -size[name])[:most]:
                if size[name] >= LISTED:
                    rows.append(row(group, stage, name.partition("|")[2], found.met[name]))
    return exposure(
        known.economy, "throughput",
        f"Share of the {known.headline} intake whose way from the mine passes the stage in the economy at least once.",
        "fraction", rows, ("Shares of one stage may sum to more than 1; throughput and origin are never added.",),
    )  # fmt: skip


def never_touches(known: Profile) -> Exposure:
    """Share of the headline-stage intake whose whole way from the mine avoids the country."""
    rows = [
        row(group, known.headline, known.country, 1.0 - found.met[f"|{known.country}"])
        for group, found in known.followed.items()
        if found.total[0] > SMALL
    ]
    return exposure(
        known.economy, "never_touches",
        f"Share of the {known.headline} intake whose whole way from the mine avoids {known.country}.", "fraction", rows,
    )  # fmt: skip


def ceilings(known: Profile, rules: Mapping[str, float]) -> Exposure:
    """How far the largest supplier of the economy stands from each ceiling, by group and stage.

    Parameters
    ----------
    rules : name -> highest share of one country, its own output aside
    """
    rows: list[Row] = []
    for group, supply in known.sourcing.items():
        held = _with_supply(supply)
        abroad = held.sel(economy=held["economy"] != known.economy).isel(member=0).sum("economy")
        held = held.sel(stage=(abroad > SMALL).values)
        if not held.sizes["stage"]:
            continue
        for name, ceiling in rules.items():
            result = distance_to_ceiling(held, ceiling, known.economy)
            for place, stage in enumerate(held["stage"].values):
                supplier = result["supplier"].values[0, place]
                rows.append(row(group, str(stage), f"{supplier}, {name}", result["distance"].values[:, place]))
    rows.sort(key=lambda one: ([*known.groups].index(one[0]), known.stages.index(one[1])))
    return exposure(
        known.economy, "distance_to_ceiling",
        "Share of the largest foreign supplier in what the economy takes, less the ceiling; below zero the rule is met.",
        "fraction", rows, ("First tier: what arrives through a third country counts as that country's.",),
    )  # fmt: skip


def _with_supply(quantity: xr.DataArray) -> xr.DataArray:
    """The stages with any supply at the point; a draw without any takes the point's."""
    total = quantity.sum("economy")
    held = quantity.sel(stage=(total.isel(member=0) > SMALL).values)
    short = total.sel(stage=held["stage"]) <= SMALL
    return held.where(~short, held.isel(member=0)) if bool(short.any()) else held


def _by_stage(group: str, label: str, values: xr.DataArray) -> list[Row]:
    table = values.transpose("member", "stage").values
    return [row(group, str(stage), label, table[:, place]) for place, stage in enumerate(values["stage"].values)]


def _over(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.asarray(np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0))
