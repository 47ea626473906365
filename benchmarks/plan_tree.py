"""What a smaller tree costs a real plan: the error of its decisions in the whole tree, and what it saves; and cuts beside one piece.

The case is that of `lodestone respond`: its curb is simulated first (two minutes). A tree is made smaller by keeping some of its
scenarios (forward selection), or written with fewer onsets or depths. Its plan's decisions, those of stage 0 or all
in calm, are then fixed in the programme of the whole tree, the rest is solved again, and what that costs above the whole tree's
own plan is the error. Expect the error to fall as scenarios are added, not at every step. Seconds are of the processor.
"""

from __future__ import annotations

import argparse
import dataclasses
import sys
import time
from collections.abc import Iterator
from contextlib import nullcontext

import numpy as np
import scipy.sparse as sp
import xarray as xr

from lodestone.chain import prepare
from lodestone.evidence.months import only_issuer
from lodestone.evidence.plan_case import Case, find_case
from lodestone.evidence.requests import PlanRequest
from lodestone.respond.benders import TwoStage, decompose
from lodestone.respond.held import Held, columns, cost_of, hold, resolve, set_bounds
from lodestone.respond.home import home_use
from lodestone.respond.levers import read_levers
from lodestone.respond.options import WEEKS_A_YEAR, Rules
from lodestone.respond.outlook import ONSETS, Curb, Outlook, build_outlook, in_calm
from lodestone.respond.programme import FIRST, programme
from lodestone.respond.reduce import reduce_tree
from lodestone.respond.solve import Solved
from lodestone.respond.tree import leaves, paths

KEPT = (30, 20, 10, 5)  # scenarios; no more than there are
QUICK = 5  # iterations
FEWER_ONSETS = (2, 6, 9, 11)  # of the stages at whose start a curb may begin


def points(case: Case) -> np.ndarray:
    """Of each scenario, by stage and product: years of the use at home that do not arrive."""
    use, data = home_use(case.home), case.outlook.data
    opens = data["opens"].sel(product=use["product"].values)
    lacks = (case.home.imports * (1.0 - opens)).sum("source") * data["weeks"] / WEEKS_A_YEAR
    by_node = (lacks.sum("part") / use.where(use > 0.0)).fillna(0.0).transpose("node", "product")
    walks = paths(case.outlook.tree).transpose("scenario", "stage").values
    return np.stack([by_node.sel(node=walk.tolist()).values.ravel() for walk in walks])


def two_depths(curb: Curb) -> Curb:
    """The two shallower depths as one, their mean."""
    weight = np.array(curb.weight)
    shares = xr.DataArray(weight[:2] / weight[:2].sum(), {"level": list(curb.level[:2])}, ("level",))

    def merged(table: xr.DataArray) -> xr.DataArray:
        shallow = (table.isel(level=slice(0, 2)) * shares).sum("level").expand_dims(level=[curb.level[1]])
        return xr.concat([shallow, table.isel(level=[2])], "level").transpose(*table.dims)

    return dataclasses.replace(
        curb, level=curb.level[1:], weight=(float(weight[:2].sum()), float(weight[2])), crosses=merged(curb.crosses),
        elsewhere=merged(curb.elsewhere), feeds=None if curb.feeds is None else merged(curb.feeds),
    )  # fmt: skip


def smaller(case: Case, coarser: bool) -> Iterator[tuple[str, Outlook]]:
    """Smaller trees of a case, by name: of fewer scenarios and, where asked for, of fewer onsets or depths."""
    whole = case.outlook
    for keep in (one for one in KEPT if one < len(leaves(whole.tree))):
        tree, found = reduce_tree(whole.tree, points(case), keep)
        yield (
            f"{keep} scenarios kept, distance {found.distance:.3f}",
            Outlook(tree, whole.data.sel(node=list(tree.node))),
        )
    if not coarser:
        return
    yield "two depths", build_outlook(two_depths(case.curb))
    yield f"{len(FEWER_ONSETS)} onsets", build_outlook(case.curb, onsets=FEWER_ONSETS)
    yield f"{len(FEWER_ONSETS)} onsets, two depths", build_outlook(two_depths(case.curb), onsets=FEWER_ONSETS)


def write(case: Case, seen: Outlook) -> Held:
    """The programme of a case on a tree, in the solver."""
    return hold(programme(case.home, case.ready.options, case.terms, Rules())(seen.tree, seen.data))


def cost_with(held: Held, found: Solved, first_alone: bool) -> float:
    """What the whole tree costs with the decisions of another plan fixed: at stage 0, or at all nodes in calm."""
    moved = []
    for name in FIRST:
        place, value = columns(held, name), found.values[name]
        nodes = [one for one in value["node"].values.tolist() if in_calm(one)]
        nodes = nodes[:1] if first_alone else nodes
        at = place.sel(node=nodes).values.ravel()
        fixed = value.sel(node=nodes).transpose(*place.dims).values.ravel().clip(min=0.0)
        moved.append((at, np.array([held.highs.getCol(int(one))[3] for one in at])))
        set_bounds(held, at, fixed, fixed)
    cost = cost_of(held)
    for at, upper in moved:
        set_bounds(held, at, np.zeros(len(at)), upper)
    return float("nan") if cost is None else cost


def reductions(case: Case, coarser: bool) -> None:
    """Print a row a smaller tree."""
    began = time.process_time()
    held = write(case, case.outlook)
    best = resolve(held)
    assert best is not None
    sys.stdout.write(
        f"{'tree':<36} {'nodes':>5} {'variables':>9} {'seconds':>8} {'its own cost':>12} {'stage 0 fixed':>14} {'calm fixed':>11}\n"
        f"{'whole':<36} {len(case.outlook.tree.node):>5} {best.column_count:>9,} {time.process_time() - began:>8.1f} {best.objective:>12.2f}\n"
    )
    for name, seen in smaller(case, coarser):
        began = time.process_time()
        found = resolve(write(case, seen))
        assert found is not None
        took = time.process_time() - began
        above = [cost_with(held, found, alone) / best.objective - 1.0 for alone in (True, False)]
        sys.stdout.write(
            f"{name:<36} {len(seen.tree.node):>5} {found.column_count:>9,} {took:>8.1f} {found.objective:>12.2f} "
            f"{above[0]:>+14.3%} {above[1]:>+11.2%}\n"
        )
        sys.stdout.flush()


def two_stages(held: Held) -> tuple[TwoStage, int]:
    """A programme in the solver as all that is decided in calm, and what follows each onset and depth; and how many of the latter.

    Every row but those of the scenario without a curb belongs to one onset; limits of variables become rows.
    """
    lp = held.highs.getLp()
    size, count = lp.num_col_, lp.num_row_
    matrix = sp.csc_array((lp.a_matrix_.value_, lp.a_matrix_.index_, lp.a_matrix_.start_), shape=(count, size)).tocsr()
    if lp.a_matrix_.format_.name == "kRowwise":
        matrix = sp.csr_array((lp.a_matrix_.value_, lp.a_matrix_.index_, lp.a_matrix_.start_), shape=(count, size))
    group = np.full(size, -1)
    names: dict[str, int] = {}
    for name in held.model.variables:
        place = columns(held, str(name))
        dim = next(one for one in ("node", "slot", "scenario") if one in place.dims)
        of = []
        for one in place[dim].values.tolist():
            node = str(one).rpartition("/")[0] if dim == "slot" else str(one)
            onset = node.partition(":")[2].partition(">")[0] if node.count(":") > 1 else node.partition(">")[0]
            of.append(-1 if in_calm(node) else names.setdefault(onset, len(names)))
        spread = xr.DataArray(of, {dim: place[dim].values}, (dim,)).broadcast_like(place).transpose(*place.dims)
        group[place.values[place.values >= 0]] = spread.values[place.values >= 0]
    lower, upper, cost = (np.array(one) for one in (lp.row_lower_, lp.row_upper_, lp.col_cost_))
    most = np.array(lp.col_upper_)
    entry = matrix.tocoo()
    row_group = np.full(count, -1)
    np.maximum.at(row_group, entry.row, group[entry.col])
    assert all((group[entry.col] == -1) | (group[entry.col] == row_group[entry.row]))
    calm = np.flatnonzero(group == -1)
    mine = matrix[row_group == -1][:, calm]
    low, high = lower[row_group == -1], upper[row_group == -1]
    above, below, bound = np.isfinite(high), np.isfinite(low), np.isfinite(most[calm])
    first_rows = sp.vstack([mine[above], -mine[below], sp.eye_array(len(calm)).tocsr()[bound]])
    limits = np.concatenate([high[above], -low[below], most[calm][bound]])
    parts: list[tuple[sp.csr_array, sp.csr_array, np.ndarray, np.ndarray]] = []
    share = 1.0 / len(names)
    for k in range(len(names)):
        of_rows, of_columns = np.flatnonzero(row_group == k), np.flatnonzero(group == k)
        bound = np.flatnonzero(np.isfinite(most[of_columns]))
        low, high = lower[of_rows], upper[of_rows]
        slack = np.where(low == high, 0.0, np.where(np.isfinite(high), 1.0, -1.0))
        loose = np.flatnonzero(slack)
        slacks = sp.csr_array((slack[loose], (loose, np.arange(len(loose)))), shape=(len(of_rows), len(loose)))
        own = sp.block_array(
            [
                [matrix[of_rows][:, of_columns], slacks, None],
                [sp.eye_array(len(of_columns)).tocsr()[bound], None, sp.eye_array(len(bound))],
            ]
        )  # fmt: skip
        technology = sp.vstack([matrix[of_rows][:, calm], sp.csr_array((len(bound), len(calm)))])
        right = np.concatenate([np.where(np.isfinite(high), high, low), most[of_columns][bound]])
        price = np.concatenate([cost[of_columns] / share, np.zeros(len(loose) + len(bound))])
        parts.append((sp.csr_array(technology), sp.csr_array(own), right, price))
    technologies, recourses, rights, prices = (tuple(part) for part in zip(*parts, strict=True))
    return TwoStage(
        cost[calm],
        sp.csr_array(first_rows),
        limits,
        np.full(len(names), share),
        technologies,
        recourses,
        rights,
        prices,
    ), len(names)


def cuts(case: Case, most_iterations: int) -> None:
    """Print what the programme costs by cuts beside one piece."""
    began = time.process_time()
    held = write(case, case.outlook)
    best = cost_of(held)
    whole = time.process_time() - began
    problem, count = two_stages(held)
    began = time.process_time()
    found = decompose(problem, most_iterations=most_iterations)
    sys.stdout.write(
        f"one piece {best:.4f} in {whole:.1f} s; by cuts, {len(problem.first_cost):,} decisions in calm and {count} onsets and depths: "
        f"{found.objective:.4f} (gap {found.gap:.1e}) after {len(found.bounds)} iterations, {found.cut_count} cuts, "
        f"{found.cold_count} answers solved from nothing, {time.process_time() - began:.1f} s\n"
    )


def main() -> None:
    """Measure and print."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--quick", action="store_true", help="a tree of two onsets, ten draws, few iterations")
    asked.add_argument(
        "--cuts", type=int, default=0, metavar="N", help="by cuts beside one piece, at most N iterations"
    )
    asked.add_argument("--scenario", default="october-2025-resumed")
    asked.add_argument("--economy", default="JPN")
    asked.add_argument("--members", type=int, default=100)
    given = asked.parse_args()
    request = PlanRequest(given.scenario, given.economy, members=10 if given.quick else given.members)
    setting = prepare(request, lambda what, total: nullcontext(None))
    levers = read_levers(setting.folder, setting.network.material, None)
    case = find_case(
        setting, given.economy, only_issuer(setting.scenario), levers, request, lambda what, total: nullcontext(None)
    )
    if given.quick:
        case = dataclasses.replace(case, outlook=build_outlook(case.curb, onsets=ONSETS[-2:]))
    if given.cuts or given.quick:
        cuts(case, given.cuts or QUICK)
    if not given.cuts:
        reductions(case, coarser=not given.quick)


if __name__ == "__main__":
    main()
