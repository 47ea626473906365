"""Members of a group made ready to act together: their cases, hit by one curb, and their programmes in one solver."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lodestone.coordinate.coarse import coarse_outlook, with_selective
from lodestone.coordinate.game import MOST_MEMBERS
from lodestone.coordinate.reduced import reduced_blocks
from lodestone.coordinate.stack import stack_of
from lodestone.coordinate.unity import Table, set_table
from lodestone.errors import FactError, GameError
from lodestone.evidence.find_values import refuse_unvalued
from lodestone.evidence.months import only_issuer
from lodestone.evidence.plan_case import Case, cut_again, find_cases, without_levers
from lodestone.evidence.plan_research import SUCCESS, YEARS
from lodestone.evidence.setting import Setting
from lodestone.respond.lever_rows import YEARLY
from lodestone.respond.levers import read_levers
from lodestone.respond.nouns import Lever
from lodestone.respond.options import Rules
from lodestone.respond.programme import programme
from lodestone.respond.ready import RESEARCH, open_to, with_finding
from lodestone.respond.research import find_research
from lodestone.respond.solve import solve

SHARE = "unity.selective_share"
MOST_MONTHS = 108.0  # of the horizon


@dataclass(frozen=True, eq=False)
class Ready:
    """Members ready to act: their ``cases``, the ``table`` of their programmes, ``nothing`` (member): the expected loss of each with
    nothing done, million USD of 2024; ``existing``: by form of product, what all but the issuer make of it [t a year]."""

    cases: tuple[Case, ...]
    table: Table
    nothing: np.ndarray
    existing: Mapping[str, float] = field(default_factory=dict)


def refuse_members(setting: Setting, economies: Sequence[str]) -> None:
    """Refuse members that cannot be valued, all faults together.

    Raises
    ------
    GameError
        If fewer than two are named, or more than a game holds, one twice, one that is who curbs or none of the network's, or one
        without a published value added.
    """
    issuer, faults = only_issuer(setting.scenario), []
    known = set(setting.network.nodes["economy"])
    if not 2 <= len(set(economies)) <= MOST_MEMBERS:
        faults.append(f"{len(set(economies))} different members: name 2 to {MOST_MEMBERS}")
    faults += [
        f"{one} is named twice: name it once" for one in sorted({e for e in economies if list(economies).count(e) > 1})
    ]
    for one in dict.fromkeys(economies):
        if one == issuer:
            faults.append(f"{one} is who curbs: leave it out")
        elif one not in known:
            faults.append(f"no economy '{one}' in the network: use one of {', '.join(sorted(known - {issuer}))}")
        else:
            try:
                refuse_unvalued(setting, one)
            except FactError as error:
                faults.append(str(error).rstrip("."))
    if faults:
        raise GameError("; ".join(faults) + ".")


def find_cases_of(setting: Setting, request: Any, watch: Any) -> tuple[Case, ...]:
    """The planning cases of all members under one curb.

    Parameters
    ----------
    request : UnityRequest
    """
    refuse_members(setting, request.economies)
    own = Path(request.levers) if request.levers else None
    levers = read_levers(setting.folder, setting.network.material, own, MOST_MONTHS)
    return find_cases(setting, request.economies, only_issuer(setting.scenario), levers, request, watch)


def made_ready(setting: Setting, cases: Sequence[Case], watch: Any) -> Ready:
    """Write, trim and load the programmes of all, and let all act alone: who has most at stake acts first."""
    names = [case.home.economy for case in cases]
    share = setting.assumptions[SHARE].central
    parts, nothing = [], []
    with watch("writing the members' programmes", len(cases)) as tick:
        for done, case in enumerate(cases, 1):
            curb = with_selective(case.curb, case.home.economy, names, share)
            seen = coarse_outlook(curb)
            parts.append((case.home, case.ready.options, case.terms, seen))
            idle = without_levers(case.ready.options)
            nothing.append(solve(programme(case.home, idle, case.terms, Rules())(seen.tree, seen.data)).objective)
            if tick is not None:
                tick(done, len(cases))
    shared, rank = shared_projects(cases), np.array(nothing)
    table = set_table(stack_of(reduced_blocks(parts, shared, rank), shared), rank)
    return Ready(tuple(cases), table, rank, _existing(setting))


def _existing(setting: Setting) -> dict[str, float]:
    """What all but who curbs make, by form of product. [t contained a year]"""
    network = setting.network
    nodes = network.nodes.set_index("node")
    made = network.outputs["coefficient"].to_numpy() * nodes["activity"].loc[network.outputs["node"]].to_numpy()
    elsewhere = (nodes["economy"].loc[network.outputs["node"]] != only_issuer(setting.scenario)).to_numpy()
    form = network.products.set_index("product")["form"].loc[network.outputs["product"]].to_numpy()
    found = pd.Series(np.where(elsewhere, made, 0.0)).groupby(form).sum()
    return {str(name): float(amount) for name, amount in found.items()}


def shared_projects(cases: Sequence[Case]) -> dict[str, float]:
    """Projects that stand at one place in the world, whoever takes them, and what there is of each. [t a year]"""
    found: dict[str, float] = {}
    for case in cases:
        placed = {one.lever for one in case.levers if one.economy and one.unit == YEARLY}
        for lever, most in case.ready.options.levers["most"].items():
            if lever in placed:
                found[str(lever)] = float(most)
    return found


def with_seed(setting: Setting, cases: Sequence[Case], request: Any, seed: int, watch: Any) -> tuple[Case, ...]:
    """The same members under the same curb simulated with other luck."""
    return cut_again(setting, cases, dataclasses.replace(request, seed=seed), watch)


@dataclass(frozen=True, eq=False)
class Programme:
    """A programme of research. ``worth`` (member): what it would save each at its central probability of success, the cost not taken off;
    ``cost``: of the programme once. [million USD of 2024]"""

    lever: str
    name: str
    worth: np.ndarray
    cost: float


def find_programmes(cases: Sequence[Case], watch: Any) -> tuple[Programme, ...]:
    """What each programme of research is worth to each member, on the coarse tree without curbs that single one out.

    A member to which it is not open, that takes none of what it would save, or by whose horizon it would not show, gains nothing.
    """
    asked = [one for one in cases[0].levers if one.kind == RESEARCH]
    asked = [one for one in asked if {f"{SUCCESS}:{one.lever}", f"{YEARS}:{one.lever}"} <= set(cases[0].assumptions)]
    found = [np.zeros(len(cases)) for _ in asked]
    with watch("asking what research would be worth", len(cases) if asked else 0) as tick:
        for place, case in enumerate(cases if asked else ()):
            seen = coarse_outlook(case.curb)
            build = programme(case.home, case.ready.options, case.terms, Rules())
            without = solve(build(seen.tree, seen.data)).objective
            for worth, lever in zip(found, asked, strict=True):
                worth[place] = _worth(case, lever, seen, without)
            if tick is not None:
                tick(place + 1, len(cases))
    return tuple(
        Programme(lever.lever, lever.name, worth, lever.capex.central)
        for worth, lever in zip(found, asked, strict=True)
    )


def _worth(case: Case, lever: Lever, seen: Any, without: float) -> float:
    options = with_finding(case.ready.options, case.home, lever, case.assumptions)
    if options is None or not open_to(case.home, lever):
        return 0.0
    success, years = (case.assumptions[f"{name}:{lever.lever}"].central for name in (SUCCESS, YEARS))
    one = find_research(
        lever.lever, years, (success,) * 3, (lever.capex.central,) * 3,
        programme(case.home, options, case.terms, Rules()), seen, without,
    )  # fmt: skip
    return 0.0 if one is None else one.worth[1]
