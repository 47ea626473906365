"""Acting together on the data, section by section: each is found by itself and left out where it is not asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lodestone.errors import GameError, LabelError
from lodestone.evidence.counter_measures import find_counter_measures
from lodestone.evidence.find_leverage import HORIZON, Leverage, find_leverage
from lodestone.evidence.find_scramble import Scramble, find_scramble
from lodestone.evidence.find_unity import Unity, find_unity
from lodestone.evidence.joint_run import JointRun, joint_run
from lodestone.evidence.members import chosen_members
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

SCRAMBLE, LEVERAGE, VALUES = "scramble", "leverage", "values"
SECTIONS = (SCRAMBLE, LEVERAGE, VALUES)


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
        As of `lodestone.evidence.members.chosen_members`.
    LabelError
        If plans are asked for and there are no levers for the material.
    GameError
        If a section is not known.
    """
    if unknown := [one for one in request.sections if one not in SECTIONS]:
        raise GameError(f"no section {', '.join(unknown)}. Ask for {', '.join(SECTIONS)}.")
    issuer = only_issuer(setting.scenario)
    members = chosen_members(setting, request.members, issuer)
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
    asked = VALUES in request.sections and request.plans and len(members) > 1
    unity = find_unity(setting, unity_asked(request, members), watch) if asked else None
    return Together(
        members, issuer, setting.scenario.name, setting.scenario.horizon_weeks, run, scramble, leverage, unity, tuple(below.values()),
        plan_words(setting),
    )  # fmt: skip


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
