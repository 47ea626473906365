"""Many members of one scenario: run, recorded, and reduced to quantiles and moments."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.errors import BalanceError, LabelError, ScenarioError
from lodestone.executor import map_blocks
from lodestone.facts.assumptions import Assumption
from lodestone.simulate.blueprint import Blueprint, UserFigures, build_blueprint
from lodestone.simulate.circuit import Wiring, build_circuit
from lodestone.simulate.controls import Controls
from lodestone.simulate.crossed import CrossedDesign
from lodestone.simulate.luck import Luck
from lodestone.simulate.nouns import Ensemble, Range
from lodestone.simulate.parameters import Member, sample_member
from lodestone.simulate.rationing import classify
from lodestone.simulate.schedule import Schedule, Timetable, build_timetable, longest_review, sample_schedule
from lodestone.simulate.series import ALWAYS_KEPT, issuers_of, lay_out, reserve_series, with_markets
from lodestone.simulate.shared_reserve import NO_RULE, ReserveRule, SharedReserve, lay_shared
from lodestone.simulate.state import Layout, Run, Runs, Timing

LEVELS = (0.05, 0.25, 0.5, 0.75, 0.95)
SHORTAGE_THRESHOLD = 0.95
LANES = 8  # members stepped side by side: what two blocks of them hold still fits a cache of 32 MB
ON_DISK = 1_200_000_000  # bytes of record beyond which it is kept in a temporary file
WORST_RESIDUAL = 1e-9

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Setting:
    """All that the members of one ensemble share; `run_one` repeats any of them alone."""

    plan: Blueprint
    timetable: Timetable
    wiring: Wiring
    layout: Layout
    timing: Timing
    series: pd.DataFrame
    seed: int
    pin: dict[str, str | float]
    shared: SharedReserve
    design: CrossedDesign | None = None


def simulate(
    network: Network,
    draws: NetworkDraws | None,
    controls: Controls,
    assumptions: Mapping[str, Assumption],
    *,
    scenario_name: str,
    weeks: int = 104,
    members: int = 1000,
    seed: int = 0,
    rule: str = "pro_rata",
    chosen: Sequence[str] = (),
    demand_growth: Mapping[str, Range] | None = None,
    user: UserFigures | None = None,
    watch: pd.DataFrame | None = None,
    headline: Sequence[str] = (),
    watch_economy: str = "",
    pin: Mapping[str, str | float] | None = None,
    without: frozenset[str] = frozenset(),
    design: CrossedDesign | None = None,
    reserve: ReserveRule = NO_RULE,
    shortage_threshold: float = SHORTAGE_THRESHOLD,
    levels: Sequence[float] = LEVELS,
    keep_series: bool = True,
    warm_up: bool = True,
    threads: int | None = None,
    progress: Progress | None = None,
) -> Ensemble:
    """Run a scenario's controls on a network, many times over.

    Parameters
    ----------
    network : Network
    draws : NetworkDraws, optional
        Member k runs on draw k modulo their number; without draws, all run on ``network``.
    controls : Controls
        Without any, the run is the reference: base-year flows every week.
    assumptions : mapping of Assumption by id
    weeks, members, seed : int
    rule : str
        Who is served first when there is too little, of ``RATIONING_RULES``.
    chosen : sequence of str
        Destinations served first under the political rule.
    demand_growth : mapping of Range by sector, a year
    user : UserFigures, optional
        A user's own inventories and demand.
    watch : DataFrame, optional
        Columns series, trade_row, weight: sums of shipments to record, in t contained element a week.
        Every draw of them is kept.
    headline : sequence of str
        Names of further series of which every draw is kept, e.g. "served:SECTOR@ECONOMY".
    watch_economy : str
        The economy of whose uses the unserved share of every week and draw is kept.
    pin : mapping, optional
        Inputs held at "low", "central", "high" or a number; see `lodestone.simulate.luck.Luck`.
    without : frozenset of str
        Mechanisms switched off, of ``MECHANISMS``.
    design : CrossedDesign, optional
        Which member each group of inputs of a run is drawn from; ``members`` is then its size.
    reserve : ReserveRule, optional
        Of a reserve that economies hold together; its lots and what is drawn from it are recorded, every draw of them kept.
    shortage_threshold : float
        A use is short in a week in which less than this share of its demand is served.
    keep_series : bool
        Whether weekly series are kept and reduced; without them ``series`` has the rows of ``watch`` and
        ``headline`` alone, and those, a reserve held together, first shortages, losses and what is watched of an economy are all that is left.
    warm_up : bool
        Begin before the scenario's start where controls were in force before, so that queues are full.
    threads : int, optional
    progress : callable, optional
        Called as ``progress(done, total)`` after each block of members.

    Returns
    -------
    Ensemble
        The same for any number of threads.

    Raises
    ------
    BalanceError
        If mass is lost in some member beyond rounding (a fault of this program).
    ScenarioError, LabelError
        If an argument cannot be used; the message says which.

    Examples
    --------
    >>> from lodestone.facts.assumptions import read_assumptions
    >>> from lodestone.facts.place import data_folder
    >>> from tests.world import small_network
    >>> still = simulate(small_network(), None, Controls((), ()), read_assumptions(data_folder()),
    ...                  scenario_name="none", weeks=8, members=2)
    >>> float(abs(still.mean[:6] - 1).max()) < 1e-9
    True
    """
    setting = build_setting(
        network, draws, controls, assumptions, weeks=weeks, seed=seed, rule=rule, chosen=chosen,
        demand_growth=demand_growth, user=user, watch=watch, pin=pin, without=without,
        shortage_threshold=shortage_threshold, warm_up=warm_up, reserve=reserve,
    )  # fmt: skip
    if design is not None:
        setting, members = replace(setting, design=design), design.size
    rows = np.flatnonzero(keep_series | _named(setting.series, headline))
    series = setting.series.iloc[rows].reset_index(drop=True)
    kept = _headline_rows(series, headline)
    nodes = network.nodes["node"].to_numpy()[setting.layout.use_nodes]
    own = _own_uses(nodes, watch_economy)
    unserved = np.empty((len(own), weeks, members), dtype=np.float32)
    record = _record_space(len(series), weeks, members)
    uses = len(setting.layout.use_nodes)
    first, lost = np.zeros((uses, members), dtype=np.int32), np.zeros((uses, members))
    drawn: list[dict[str, float]] = [{}] * members
    residual = np.zeros(members)

    def run_block(begin: int) -> None:
        end = min(begin + LANES, members)
        run, drawn[begin:end] = run_many(setting, range(begin, end))
        record[:, :, begin:end] = run.record[rows]
        unserved[:, :, begin:end] = 1.0 - run.record[own]
        first[:, begin:end], lost[:, begin:end] = run.first_shortage, run.lost_use
        residual[begin:end] = run.residual

    map_blocks(run_block, range(0, members, LANES), threads, progress)
    if residual.max(initial=0.0) > WORST_RESIDUAL:
        worst = int(np.argmax(residual))
        raise BalanceError(f"member {worst} loses {residual[worst]:.2g} of some flow. Report this with seed {seed}.")
    mean, sd, quantiles = _reduce(record, levels, threads)
    names = sorted(set().union(*drawn))
    inputs = {name: np.array([one.get(name, np.nan) for one in drawn]) for name in names}
    headline_record = np.ascontiguousarray(record[list(kept)].transpose(0, 2, 1))
    return Ensemble(
        scenario=scenario_name,
        rule=rule,
        seed=seed,
        draws=members,
        weeks=weeks,
        levels=tuple(levels),
        series=series,
        mean=mean,
        sd=sd,
        quantiles=quantiles,
        headline_series=kept,
        headline=headline_record,
        use_nodes=tuple(nodes),
        first_shortage=first,
        lost_use=lost,
        unserved_share=unserved,
        shortage_threshold=shortage_threshold,
        inputs=inputs,
        digest=_digest(mean, sd, quantiles, headline_record, first, lost, unserved, *inputs.values()),
    )


def build_setting(
    network: Network,
    draws: NetworkDraws | None,
    controls: Controls,
    assumptions: Mapping[str, Assumption],
    *,
    weeks: int,
    seed: int = 0,
    rule: str = "pro_rata",
    chosen: Sequence[str] = (),
    demand_growth: Mapping[str, Range] | None = None,
    user: UserFigures | None = None,
    watch: pd.DataFrame | None = None,
    pin: Mapping[str, str | float] | None = None,
    without: frozenset[str] = frozenset(),
    shortage_threshold: float = SHORTAGE_THRESHOLD,
    warm_up: bool = True,
    reserve: ReserveRule = NO_RULE,
) -> Setting:
    """Lay out network, controls and series for `run_one`; arguments as of `simulate`.

    Without controls no site fails either: the base year already holds its ordinary failures, and the
    run is the reference others are held against.
    """
    circuit = build_circuit(network)
    if not controls.controls:
        without = without | {"failures"}
    timetable = build_timetable(circuit, controls, warm_up)
    issuers = issuers_of(circuit, controls)
    wiring = classify(circuit, rule, assumptions, chosen, issuers)
    wiring, markets = with_markets(circuit, wiring, issuers)
    layout, series = lay_out(circuit, markets, watch)
    shared = lay_shared(circuit, assumptions, reserve)
    series = pd.concat([series, reserve_series(circuit, reserve, shared)], ignore_index=True)
    plan = build_blueprint(
        circuit, draws, assumptions, weeks=weeks, demand_growth=demand_growth, user=user, without=without
    )
    longest = int(np.ceil(max(row.high for row in plan.choices["transit_weeks"].rows)))
    timing = Timing(
        first_week=timetable.first_week,
        weeks=weeks,
        transit_ring=longest + 1,
        review_ring=longest_review(timetable) + 1,
        shortage_threshold=shortage_threshold,
    )
    return Setting(plan, timetable, wiring, layout, timing, series, seed, dict(pin or {}), shared)


def run_one(setting: Setting, member: int, oracle: bool = False) -> tuple[Run, dict[str, float]]:
    """One member alone: its run, and the value of every uncertain input it drew.

    With ``oracle`` the plain NumPy step runs in place of the compiled one; both give the same run.
    """
    numbers, schedule, drawn = _draw(setting, member)
    if oracle:
        from lodestone.simulate.step import run_member as run_plain

        run = run_plain(setting.wiring, numbers, schedule, setting.layout, setting.timing, setting.shared)
    else:
        from lodestone.simulate.kernel import run_member as run_compiled  # numba takes a second to import

        run = run_compiled(setting.wiring, numbers, schedule, setting.layout, setting.timing, setting.shared)
    return run, drawn


def run_many(setting: Setting, members: Sequence[int]) -> tuple[Runs, list[dict[str, float]]]:
    """Members side by side, and what each drew.

    A member's run does not depend on those beside it.
    """
    from lodestone.simulate.kernel import run_members

    numbers, schedules, drawn = zip(*(_draw(setting, member) for member in members), strict=True)
    runs = run_members(setting.wiring, numbers, schedules, setting.layout, setting.timing, setting.shared)
    return runs, list(drawn)


def _draw(setting: Setting, member: int) -> tuple[Member, Schedule, dict[str, float]]:
    crossed = setting.design
    luck = Luck(setting.seed, member, setting.pin, None if crossed is None else partial(crossed.source, member))
    schedule = sample_schedule(setting.timetable, luck)
    return sample_member(setting.plan, luck), schedule, luck.drawn


def _headline_rows(series: pd.DataFrame, headline: Sequence[str]) -> tuple[int, ...]:
    if unknown := set(headline) - set(series["series"]):
        raise ScenarioError(f"no series '{min(unknown)}' is recorded. Take names of the ensemble's series table.")
    return tuple(int(row) for row in np.flatnonzero(_named(series, headline)))


def _named(series: pd.DataFrame, headline: Sequence[str]) -> np.ndarray:
    return (series["kind"].isin(ALWAYS_KEPT) | series["series"].isin(list(headline))).to_numpy()


def _own_uses(nodes: np.ndarray, economy: str) -> np.ndarray:
    """Rows of the use nodes of one economy; none where no economy is named."""
    places = [str(node).rpartition("@")[2] for node in nodes]
    if economy and economy not in places:
        known = ", ".join(sorted(set(places)))
        raise LabelError(f"no use of '{economy}' in the network. Watch one of: {known}.")
    return np.flatnonzero(np.array(places) == economy)


def _record_space(series: int, weeks: int, members: int) -> np.ndarray:
    """Room for every draw (series, week, draw): in memory, or in a temporary file when it is large."""
    shape = (series, weeks, members)
    if 4 * series * weeks * members <= ON_DISK:
        return np.empty(shape, dtype=np.float32)
    with tempfile.NamedTemporaryFile(prefix="lodestone-record-") as handle:
        return np.memmap(handle, dtype=np.float32, mode="w+", shape=shape)


def _reduce(
    record: np.ndarray, levels: Sequence[float], threads: int | None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Mean, standard deviation and exact quantiles over draws, a few series at a time."""
    series, weeks, members = record.shape
    mean, sd = np.empty((series, weeks)), np.empty((series, weeks))
    quantiles = np.empty((len(levels), series, weeks))
    place = np.asarray(levels) * (members - 1)
    below = np.floor(place).astype(int)
    above = np.minimum(below + 1, members - 1)
    weight = (place - below)[:, None]
    ranks = sorted({*below.tolist(), *above.tolist()})

    def reduce_one(one: int) -> None:
        values = np.asarray(record[one], dtype=np.float64)
        mean[one] = values.mean(axis=1)
        sd[one] = values.std(axis=1, ddof=1) if members > 1 else 0.0
        ordered = np.partition(record[one], ranks, axis=1)
        low, high = ordered[:, below].T.astype(np.float64), ordered[:, above].T.astype(np.float64)
        quantiles[:, one] = low + weight * (high - low)

    map_blocks(reduce_one, range(series), threads)
    return mean, sd, quantiles


def _digest(*arrays: np.ndarray) -> str:
    digest = hashlib.sha256()
    for array in arrays:
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()
