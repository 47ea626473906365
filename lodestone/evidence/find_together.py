"""Acting together on the data, section by section: each is found by itself and left out where it is not asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lodestone.coordinate.reserve_rule import ReserveFile, read_reserve
from lodestone.errors import Fault, Faults, LabelError
from lodestone.evidence.counter_measures import find_counter_measures
from lodestone.evidence.find_leverage import HORIZON, Leverage, find_leverage
from lodestone.evidence.find_reserve import ReserveRun, find_reserve, refuse_rule
from lodestone.evidence.find_scramble import Scramble, find_scramble
from lodestone.evidence.find_unity import Unity, find_unity
from lodestone.evidence.joint_run import JointRun, joint_run
from lodestone.evidence.members import WHERE, chosen_members
from lodestone.evidence.months import only_issuer
from lodestone.evidence.plan_case import valued
from lodestone.evidence.plan_words import plan_words
from lodestone.evidence.requests import UnityRequest
from lodestone.evidence.setting import Setting
from lodestone.record.figure import Figure
from lodestone.respond.home import home_of
from lodestone.respond.levers import read_levers
from lodestone.respond.nouns import Lever
from lodestone.respond.ready import MONTHS_A_YEAR
from lodestone.simulate.scenario_labels import read_scenario_labels

SCRAMBLE, LEVERAGE, VALUES, RESERVE = "scramble", "leverage", "values", "reserve"
SECTIONS = (SCRAMBLE, LEVERAGE, VALUES, RESERVE)


@dataclass(frozen=True, eq=False)
class Together:
    """What a group asks of a curb; a section that was not asked for is None. ``run``: the curb with nothing done; ``below``: figures that what
    the sectors earn rests on; ``names``: labels in words."""

    members: tuple[str, ...]
    issuer: str
    scenario: str
    weeks: int
    run: JointRun
    scramble: Scramble | None
    leverage: Leverage | None
    unity: Unity | None
    reserve: ReserveRun | None
    below: tuple[Figure, ...]
    names: Mapping[str, str]


def find_together(setting: Setting, counter: Setting | None, request: Any, watch: Any) -> Together:
    """Run the curb once for all members and find each section that is asked for.

    Parameters
    ----------
    counter : Setting or None
        Of the scenario that holds members' own measures.

    Raises
    ------
    Faults
        As of `lodestone.evidence.members.chosen_members`; of a section that is not known, and of coalition values without
        plans or of one member.
    LabelError
        If plans are asked for and there are no levers for the material.
    """
    issuer = only_issuer(setting.scenario)
    members, rule = _asked(setting, request, issuer)
    levers = _levers(setting) if request.plans and LEVERAGE in request.sections else ()
    homes = {member: home_of(setting.network, member, issuer) for member in members}
    earned = {member: valued(setting, member, home) for member, home in homes.items()}
    values = {member: found[0] for member, found in earned.items()}
    below = {one.id: one for _, _, figures in earned.values() for one in figures}
    run = joint_run(setting, members, issuer, values, request, watch, "simulating the curb")
    scramble = find_scramble(setting, run, request, watch) if SCRAMBLE in request.sections else None
    leverage = None
    if LEVERAGE in request.sections:
        counters = find_counter_measures(setting, counter, members, issuer, request) if counter is not None else ()
        leverage = find_leverage(setting, run, homes, values, counters, levers, request, watch)
    unity = find_unity(setting, unity_asked(request, members), watch) if VALUES in request.sections else None
    reserve = find_reserve(setting, rule, homes, earned, request, watch) if rule is not None else None
    return Together(
        members, issuer, setting.scenario.name, setting.scenario.horizon_weeks, run, scramble, leverage, unity, reserve,
        tuple(below.values()), plan_words(setting),
    )  # fmt: skip


def _asked(setting: Setting, request: Any, issuer: str) -> tuple[tuple[str, ...], ReserveFile | None]:
    """The members of a request and its reserve's rule, what cannot be asked of them refused with all that is wrong with them."""
    faults = [
        Fault("--section", None, None, f"no section {one}", f"Ask for {', '.join(SECTIONS)}.")
        for one in dict.fromkeys(request.sections) if one not in SECTIONS
    ]  # fmt: skip
    if VALUES in request.sections and not request.plans:
        what = f"{VALUES} rest on members' plans, and --no-plans makes none"
        faults.append(Fault("--section", None, None, what, f"Leave out --no-plans, or {VALUES}."))
    members: tuple[str, ...] = ()
    try:
        members = chosen_members(setting, request.members, issuer)
    except Faults as found:
        faults += found.faults
    if VALUES in request.sections and len(members) == 1:
        what = f"{members[0]} alone makes no coalition"
        faults.append(Fault(WHERE, None, None, what, f"Name two members or more, or leave out {VALUES}."))
    rule = None
    if RESERVE in request.sections and not request.reserve:
        faults.append(Fault("--section", None, None, f"{RESERVE} needs a rule", "Name its file: --reserve FILE."))
    elif RESERVE in request.sections:
        try:
            rule = read_reserve(Path(request.reserve), setting.assumptions, read_scenario_labels(setting.folder))
            refuse_rule(setting, rule, members)
        except Faults as found:
            faults += found.faults
    if faults:
        raise Faults(faults)
    return members, rule


def unity_asked(request: Any, members: tuple[str, ...]) -> UnityRequest:
    """The same request as one for coalition values."""
    return UnityRequest(
        request.scenario, members, request.material, request.as_of, members=request.draws, seed=request.seed,
        replicates=request.replicates, rules=(request.rule,), threads=request.threads, inventory=request.inventory, demand=request.demand,
    )  # fmt: skip


def _levers(setting: Setting) -> tuple[Lever, ...]:
    try:
        return read_levers(setting.folder, setting.network.material, None, MONTHS_A_YEAR * HORIZON)
    except LabelError as error:
        raise LabelError(f"{error} Or ask with --no-plans.") from error
