"""What a run would take, before it is run: processor time, memory, disk. Draws are timed now on a few; solves rest on stated constants.

A draw costs what its network, horizon and measures cost, so eight are run and timed and the rest is multiplication. A programme
would have to be written to be timed, which takes as long as many draws; for these the seconds that the benchmarks named beside the
constants measured are taken, and the answer says so.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from lodestone.evidence.find_together import asked_of
from lodestone.evidence.months import only_issuer
from lodestone.evidence.requests import PlanRequest, SimulationRequest, TogetherRequest
from lodestone.evidence.setting import Setting
from lodestone.evidence.simulation import check_rules, chosen_economies
from lodestone.executor.tasks import TASK
from lodestone.respond.solve import expected
from lodestone.simulate.draw_record import CELL, ON_DISK
from lodestone.simulate.ensemble import LANES, LEVELS, build_setting, run_many

PROGRAM = 500e6  # bytes of a process with libraries, facts, baseline and compiled step: benchmarks/scaling.py
GROUP = 95e6  # bytes of a member's programme, written and solved: benchmarks/scaling.py --group
WRITE = 6.6  # seconds to write a member's programme with nothing done and with all: there
SOLVE, STEEP = 0.046, 1.27  # seconds a coalition of a group of two, and the exponent of the group's size: there
VARIABLES = 141_090  # of the largest plan of one economy that was measured (docs/explanation/planning.md)
OUTCOMES = 2  # simulations beside the curb's: without the plan and with it
PLANS = 4  # solved whole for every plan: it, nothing done, both under the simulator's curb
TRIED = 4  # ways of deciding held against each other on a curb
SETS = 8  # sets of mechanisms and games in which each coalition is valued
AGAIN = 17 / 16  # solves a coalition: every sixteenth is solved again


@dataclass(frozen=True)
class Estimate:
    """What a run would take.

    ``seconds``: of processor. ``memory``: bytes of this process at its peak; ``disk``: of a temporary file beside it. ``tasks``:
    what a cluster takes over, of ``task_seconds`` each; each sends ``sent`` bytes back. ``kept``: bytes on disk until all is done,
    where finished tasks are kept. ``worker``: bytes of a worker at its peak. ``rests_on``: what was timed, and which constants were taken.
    """

    what: tuple[str, ...]
    seconds: float
    memory: float
    disk: float
    tasks: int
    task_seconds: float
    sent: float
    kept: float
    worker: float
    rests_on: tuple[str, ...]


def find_estimate(setting: Setting, request: SimulationRequest | PlanRequest | TogetherRequest) -> Estimate:
    """What a request would take; faults that can be seen before a run are refused as the run would."""
    if isinstance(request, TogetherRequest):
        return estimate_together(setting, request, asked_of(setting, request, only_issuer(setting.scenario))[0])
    if isinstance(request, PlanRequest):
        chosen_economies(setting, (request.economy,))
        return estimate_plan(setting, request)
    check_rules(request.rules, request.first)
    chosen_economies(setting, request.economies)
    return estimate_simulation(setting, request)


@dataclass(frozen=True)
class Sample:
    """A few draws run: processor ``seconds`` of one; its ``weeks``, of which ``before`` the start, ``series`` and ``uses`` recorded, ``edges``."""

    seconds: float
    weeks: int
    before: int
    series: int
    uses: int
    edges: int

    @property
    def words(self) -> str:
        """What was timed."""
        return f"draw: {1e3 * self.seconds:.1f} ms of processor, timed now on {LANES}"


def run_sample(setting: Setting, rule: str, first: Sequence[str], seed: int) -> Sample:
    """Run a block of draws to load what is compiled, and another to time it."""
    run = build_setting(
        setting.network, setting.baseline.draws, setting.controls, setting.assumptions,
        weeks=setting.scenario.horizon_weeks, seed=seed, rule=rule, chosen=first,
        demand_growth=setting.scenario.demand_growth, user=setting.user,
    )  # fmt: skip
    run_many(run, range(LANES))
    began = time.thread_time()
    run_many(run, range(LANES, 2 * LANES))
    seconds = (time.thread_time() - began) / LANES
    return Sample(
        seconds, run.timing.weeks, -run.timing.first_week, len(run.series), len(run.layout.use_nodes), len(run.wiring.edge_pool)
    )  # fmt: skip


def record_bytes(series: int, weeks: int, draws: int) -> float:
    """Every week of every series of every draw.

    >>> record_bytes(1_291, 104, 10_000) / 1e9
    5.37056
    """
    return float(CELL * series * weeks * draws)


def reducing_bytes(weeks: int, draws: int) -> float:
    """What reducing one series of a record on disk holds at once: itself, in double precision and in order."""
    return 4.0 * 8.0 * weeks * draws


def estimate_simulation(setting: Setting, request: SimulationRequest) -> Estimate:
    """What `lodestone.evidence.simulation.simulate_uses` would take.

    Parameters
    ----------
    setting : Setting
    request : SimulationRequest
    """
    draw = run_sample(setting, request.rules[0], request.first, request.seed)
    rules, held = len(request.rules), 3 * request.cover_members
    draws = rules * (request.members + held)
    record = record_bytes(draw.series, draw.weeks, request.members)
    reduced = rules * (len(LEVELS) + 2) * 8.0 * draw.series * draw.weeks
    others = rules * (request.members + held) * draw.uses * 12.0
    task = record_bytes(draw.series, draw.weeks, TASK)
    weeks = f"{draw.weeks} weeks" + (f" and {draw.before} run in before" if draw.before else "")
    return Estimate(
        (f"{rules} rules of {request.members:,} draws, and 3 of {request.cover_members} with cover held: {draws:,} draws",
         f"{weeks}, {draw.series:,} weekly series, {draw.edges:,} edges"),
        draws * draw.seconds,
        PROGRAM + (record if record <= ON_DISK else reducing_bytes(draw.weeks, request.members)) + reduced + others,
        record if record > ON_DISK else 0.0,
        rules * (-(-request.members // TASK) + 3 * -(-request.cover_members // TASK)), TASK * draw.seconds, task, record + reduced,
        PROGRAM + 2.0 * task, (draw.words,),
    )  # fmt: skip


def estimate_plan(setting: Setting, request: PlanRequest) -> Estimate:
    """What a plan with all that is asked beside it would take; solves that start near another take less than is said.

    Parameters
    ----------
    request : PlanRequest
    """
    draw = run_sample(setting, request.rules[0], (), request.seed)
    draws = (1 + OUTCOMES) * request.members
    seconds, gigabytes = expected(VARIABLES)
    solves = PLANS + request.frontier + TRIED * request.tested + 2 * bool(request.worth) + 2 * bool(request.rests_on)
    beside = [
        name.replace("_", " ")
        for name in ("one_more", "break_even", "ends", "answering", "research")
        if getattr(request, name)
    ]
    told = [f"{draws:,} draws, {solves} solves of {VARIABLES:,} variables at most"]
    if beside:
        told.append(f"not counted, for their number depends on the plan: {', '.join(beside)}")
    return Estimate(
        tuple(told), draws * draw.seconds + solves * seconds, PROGRAM + 1e9 * gigabytes * (1 + (request.threads > 1 and request.tested > 1)),
        0.0, request.tested, TRIED * seconds, 1e3, 1e3 * request.tested, PROGRAM + 1e9 * gigabytes,
        (draw.words, f"solve: {seconds:.0f} s, {gigabytes:.1f} GB (constants of benchmarks/plan.py)"),
    )  # fmt: skip


def estimate_together(setting: Setting, request: TogetherRequest, members: Sequence[str]) -> Estimate:
    """What coalition values would take; the scramble and leverage are a simulation and some plans beside it.

    Parameters
    ----------
    request : TogetherRequest
    members : sequence of str
        The economies.
    """
    draw = run_sample(setting, request.rule, (), request.seed)
    count, values = len(members), "values" in request.sections
    replicates = request.replicates if values else 0
    draws = request.draws * (1 + replicates)
    solves = replicates * SETS * AGAIN * ((1 << count) - 1)
    each, writing = SOLVE * (count / 2.0) ** STEEP, WRITE * count
    told = [f"{draws:,} draws, {solves:,.0f} coalition solves of {count} members in {replicates} replicates"]
    if "leverage" in request.sections and request.plans:
        told.append(f"not counted: leverage, a plan of each of {count} members")
    return Estimate(
        tuple(told), draws * draw.seconds + solves * each + replicates * writing,
        PROGRAM + record_bytes(draw.series, draw.weeks, request.draws) + GROUP * count * min(request.threads, max(replicates, 1)),
        0.0, replicates, request.draws * draw.seconds + writing + solves / max(replicates, 1) * each, 1e6, 1e6 * replicates, PROGRAM + GROUP * count,
        (draw.words, f"coalition: {each:.2f} s, programmes of a replicate: {writing:.0f} s (constants of benchmarks/scaling.py)"),
    )  # fmt: skip
