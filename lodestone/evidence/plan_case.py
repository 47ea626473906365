"""A planning case: what the programme of one economy is written from, set up from facts and assumptions."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import xarray as xr

from lodestone.baseline.build import gather
from lodestone.baseline.explain import Explainer
from lodestone.evidence.curb_depth import Depth, curb_depths, curb_of
from lodestone.evidence.find_shortage import origins
from lodestone.evidence.find_values import find_values, refuse_unvalued
from lodestone.evidence.setting import Setting
from lodestone.facts.assumptions import Assumption
from lodestone.impact.direct import SectorValue
from lodestone.record.figure import Figure
from lodestone.respond.home import Home, home_of
from lodestone.respond.nouns import Lever
from lodestone.respond.options import Options, Rules, Terms
from lodestone.respond.outlook import HALF, QUARTER, Curb, Outlook, build_outlook
from lodestone.respond.programme import programme, rules_of
from lodestone.respond.ready import Ends, Ready, make_ready
from lodestone.respond.solve import Solved, solve

if TYPE_CHECKING:
    from linopy import Model

MILLION = 1000.0  # million in a billion
VALUE = "value."  # and a sector: the share of its industry that it is, as a number with ends
ABSENCE = "nonessential_weight"
WAYS = ("thrift", "substitution")  # by which uses do without
SAVED = tuple(f"{way}_{what}" for what in ("limit", "rate") for way in WAYS)  # assumptions of what uses can do without


@dataclass(frozen=True)
class Case:
    """A planning case: all that the programme is written from, and what that was made from (``levers``, ``assumptions``,
    ``yearly``: the probability asked for, 0 for the assumption's; ``below``: figures that what the sectors earn, need and
    hold rests on)."""

    home: Home
    ready: Ready
    terms: Terms
    curb: Curb
    outlook: Outlook
    values: tuple[SectorValue, ...]
    levers: tuple[Lever, ...] = ()
    assumptions: Mapping[str, Assumption] = field(default_factory=dict)
    yearly: float = 0.0
    below: tuple[Figure, ...] = ()


def find_case(setting: Setting, economy: str, issuer: str, levers: Sequence[Lever], request: Any, watch: Any) -> Case:
    """Set a planning case up.

    Parameters
    ----------
    request : with members, rules, seed, threads, probability (0: the assumption's), risk_weight, risk_level, ambiguity

    Raises
    ------
    FactError
        If no value added of the economy is published.
    """
    return find_cases(setting, (economy,), issuer, levers, request, watch)[0]


def find_cases(
    setting: Setting, economies: Sequence[str], issuer: str, levers: Sequence[Lever], request: Any, watch: Any
) -> tuple[Case, ...]:
    """Cases of several economies hit by the same curb: its depths are those of what they lose together, draw by draw.

    Parameters
    ----------
    request : as of `find_case`

    Raises
    ------
    FactError
        If no value added of an economy is published.
    """
    homes = [home_of(setting.network, economy, issuer) for economy in economies]
    earned = [valued(setting, economy, home) for economy, home in zip(economies, homes, strict=True)]
    every = xr.concat([worth for _, worth, _ in earned], "use")
    depths = curb_depths(setting, homes, every, levers, request, watch)
    return tuple(
        _case(setting, home, levers, request, depth, *one)
        for home, depth, one in zip(homes, depths, earned, strict=True)
    )


def cut_again(setting: Setting, cases: Sequence[Case], request: Any, watch: Any) -> tuple[Case, ...]:
    """The same cases with the curb simulated again, by another seed of the request."""
    every = xr.concat([case.terms.worth for case in cases], "use")
    depths = curb_depths(setting, [case.home for case in cases], every, cases[0].levers, request, watch)
    return tuple(
        dataclasses.replace(case, curb=curb, outlook=build_outlook(curb))
        for case, depth in zip(cases, depths, strict=True)
        for curb in (curb_of(depth, case.curb.yearly, case.curb.lasts),)
    )


def _case(
    setting: Setting,
    home: Home,
    levers: Sequence[Lever],
    request: Any,
    depth: Depth,
    values: tuple[SectorValue, ...],
    worth: xr.DataArray,
    below: tuple[Figure, ...],
) -> Case:
    terms = Terms(
        worth=worth,
        spread=setting.assumptions["impact.spread"].central,
        saves=_saves(setting.assumptions, home, _told(setting.assumptions, {})),
        pace=_pace(_told(setting.assumptions, {})),
        cover=depth.held,
        absence=absence_of(setting.assumptions, home),
        discount=0.0,
        left_of_stock=0.0,
        left_of_plant=0.0,
        risk_weight=request.risk_weight,
        risk_level=request.risk_level,
        ambiguity=request.ambiguity,
        first=tuple(request.first),
    )
    told = _told(setting.assumptions, {})
    curb = curb_of(depth, request.probability or told("plan.curb_probability"), _lasts(told))
    ready = make_ready(home, levers, setting.assumptions)
    bare = Case(
        home,
        ready,
        terms,
        curb,
        build_outlook(curb),
        values,
        tuple(levers),
        setting.assumptions,
        request.probability,
        below,
    )
    return case_at(bare, {})


def case_at(case: Case, ends: Ends) -> Case:
    """The same case with some assumptions and lever figures taken at an end; the curb is not simulated again.

    Parameters
    ----------
    case : Case
    ends : mapping
        "low" or "high" by the id of an assumption, by "lever.column" (see `lodestone.respond.ready.make_ready`), or by
        `VALUE` and a sector: the share of its industry that it is.
    """
    told = _told(case.assumptions, ends)
    if case.values:
        case = dataclasses.replace(case, terms=_terms_at(case, ends, told))
    curb = dataclasses.replace(case.curb, yearly=case.yearly or told("plan.curb_probability"), lasts=_lasts(told))
    terms = dataclasses.replace(
        case.terms,
        discount=told("plan.discount_rate"),
        left_of_stock=told("plan.terminal_value:stock"),
        left_of_plant=told("plan.terminal_value:capacity"),
    )
    ready = make_ready(case.home, case.levers, case.assumptions, ends)
    return dataclasses.replace(case, ready=ready, terms=terms, curb=curb, outlook=build_outlook(curb))


def _terms_at(case: Case, ends: Ends, told: Callable[[str], float]) -> Terms:
    """What sectors earn, how a lack turns into loss and what uses can do without, with some numbers at an end."""
    sectors = {f"{value.sector}@{case.home.economy}": value for value in case.values}
    worth = case.terms.worth.copy()
    for use, value in sectors.items():
        share = float(getattr(value, ends.get(VALUE + value.sector, "central")))
        if use in worth["use"].values:
            worth.loc[{"use": use}] = value.amount * share * MILLION
    return dataclasses.replace(
        case.terms,
        worth=worth,
        spread=told("impact.spread"),
        pace=_pace(told),
        saves=_saves(case.assumptions, case.home, told),
    )


def _told(assumptions: Mapping[str, Assumption], ends: Ends) -> Callable[[str], float]:
    def told(name: str) -> float:
        return float(getattr(assumptions[name], ends.get(name, "central")))

    return told


def _lasts(told: Callable[[str], float]) -> tuple[tuple[float, float], ...]:
    """Weeks a curb may last, and the probability of each."""
    long = told("plan.curb_long_share")
    short, lasting = (QUARTER * round(told(f"plan.curb_quarters:{one}")) for one in ("short", "long"))
    return (max(short, HALF), 1.0 - long), (max(lasting, 2 * HALF), long)


def write_case(case: Case, rules: Rules) -> Model:
    """The programme of a case under rules, written and not solved."""
    return programme(case.home, case.ready.options, case.terms, rules)(case.outlook.tree, case.outlook.data)


def solve_case(case: Case, rules: Rules, time_limit: float | None = None) -> Solved:
    """The programme of a case, written and solved."""
    return solve(write_case(case, rules), rules=rules_of(rules), time_limit=time_limit)


def without_levers(options: Options) -> Options:
    """The same options with nothing left to choose: no lever can be taken and no stock bought."""
    return dataclasses.replace(
        options, levers=options.levers.assign(most=0.0), steps=options.steps * 0.0, most_held=options.most_held * 0.0
    )


def valued(
    setting: Setting, economy: str, home: Home
) -> tuple[tuple[SectorValue, ...], xr.DataArray, tuple[Figure, ...]]:
    """What the sectors earn, the central value added of each use a year in million USD of 2024, and what both rest on."""
    refuse_unvalued(setting, economy)
    base = gather(setting.folder, setting.network.material, setting.network.year, setting.facts)
    explainer = Explainer(base, setting.baseline, setting.network.prior)
    origin, figures = origins(setting, base, explainer, economy, SAVED)
    values, _, leaves = find_values(setting, base, explainer, economy, origin)
    earns = {f"{value.sector}@{economy}": value.amount * value.central * MILLION for value in values}
    uses = home.needs["use"].values
    worth = xr.DataArray([earns.get(str(use), 0.0) for use in uses], {"use": uses}, ("use",))
    return values, worth, tuple({**figures, **leaves}.values())


def _saves(assumptions: Mapping[str, Assumption], home: Home, told: Callable[[str], float]) -> xr.DataArray:
    """Share of an input each use can do without in time, by thrift and by substitution, dims (use, way)."""
    uses = home.needs["use"].values
    found = [[told(_scoped(assumptions, f"{way}_limit", str(use).rpartition("@")[0])) for way in WAYS] for use in uses]
    return xr.DataArray(np.array(found).reshape(len(uses), len(WAYS)), {"use": uses, "way": list(WAYS)}, ("use", "way"))


def _pace(told: Callable[[str], float]) -> xr.DataArray:
    """How fast uses learn to do without, a week, dims (way,)."""
    return xr.DataArray([told(f"{way}_rate") for way in WAYS], {"way": list(WAYS)}, ("way",))


def absence_of(assumptions: Mapping[str, Assumption], home: Home) -> xr.DataArray:
    """Share of its output that a use loses without an input that is not essential, dims (use, product)."""
    found = xr.zeros_like(home.needs)
    for use in home.needs["use"].values:
        sector, _, economy = str(use).rpartition("@")
        for product in home.needs["product"].values:
            scopes = (f"{product}@{economy}", str(use), str(product), sector)
            row = next(
                (assumptions[f"{ABSENCE}:{one}"] for one in scopes if f"{ABSENCE}:{one}" in assumptions),
                assumptions[ABSENCE],
            )
            found.loc[{"use": use, "product": product}] = row.central
    return found


def _scoped(assumptions: Mapping[str, Assumption], name: str, scope: str) -> str:
    return f"{name}:{scope}" if f"{name}:{scope}" in assumptions else name
