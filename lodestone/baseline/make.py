"""The whole baseline of a material and year: point under both priors, draws, spread, support."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import scipy.sparse as sp

from lodestone.baseline.bounds import FactsProgramme, grows_without_end, least_slack, output_selector
from lodestone.baseline.build import (
    Ingredients,
    Reconciled,
    build_network,
    checksum,
    gather,
    reconcile_once,
)
from lodestone.baseline.draws import collect_draws, draw_network, version_of
from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.baseline.prior import PRIORS
from lodestone.baseline.store import Baseline
from lodestone.errors import BalanceError
from lodestone.facts.nouns import FactTable

Progress = Callable[[int, int], None]
IMPOSSIBLE = 20.0  # times apart, published and ours, ...
FAR = 4.0  # ... and more standard deviations than this: no error of measurement


def make_baseline(
    folder: Path,
    material: str,
    year: int,
    facts: FactTable,
    *,
    draws: int = 200,
    seed: int = 2024,
    workers: int = 1,
    progress: Progress | None = None,
) -> Baseline:
    """Reconcile a material's year under both priors and draw it ``draws`` times.

    Parameters
    ----------
    folder : Path
        Data folder.
    material : str
    year : int
    facts : FactTable
        What is known; an earlier ``as_of`` gives an earlier view.
    draws : int
        Members of the set; they take the priors in turn. 0 leaves spreads missing.
    seed : int
    workers : int
        Processes; the digest is the same for any number.
    progress : callable, optional
        ``(done, total)`` after each draw.

    Returns
    -------
    Baseline

    Raises
    ------
    LodestoneError
        As `build.gather` and `build.reconcile_once`.
    """
    base = gather(folder, material, year, facts)
    points = {version: reconcile_once(base, version) for version in PRIORS}
    met = met_table(points)
    refuse_impossible(met)
    programme = least_slack(base, points[PRIORS[0]])
    drawn = _draw_all(base, seed, draws, workers, progress)
    spread = _spread(drawn, next(iter(points.values())))
    networks = {version: build_network(base, point, spread) for version, point in points.items()}
    kept, table = _trim(collect_draws(base, seed, drawn, "both"), networks) if drawn else (None, networks)
    if kept is None:
        point = points[PRIORS[0]]
        kept = collect_draws(base, seed, [point], "point")
    return Baseline(
        table,
        kept,
        np.array([version_of(k) for k in range(kept.size)]),
        support_table(base, points[PRIORS[0]]),
        met.assign(gives_way=met["name"].map(dict(zip(programme.names, programme.off, strict=True)))),
        points[PRIORS[0]].observations.skipped,
        max(point.solution.balance_error for point in points.values()),
        checksum(base),
        endless_elements(base, points[PRIORS[0]], programme),
        base.stand_ins,
    )


def refuse_impossible(met: pd.DataFrame) -> None:
    """Refuse facts so far from any year that balances that they cannot speak of these cells.

    Parameters
    ----------
    met : DataFrame
        As `met_table` gives it.

    Raises
    ------
    BalanceError
        If published and reconciled are `IMPOSSIBLE` times apart and more than `FAR` standard deviations:
        all such facts together.
    """
    pair = met[["value", "ours"]].abs()
    apart = pair.max(axis=1) >= IMPOSSIBLE * pair.min(axis=1)
    far = met[apart & (met["residual"].abs() > FAR) & (met["version"] == met["version"].iloc[0])]
    if far.empty:
        return
    told = "; ".join(
        f"'{row.name}' ({row.fact}) says {row.value:.6g}, the nearest year that balances {row.ours:.6g} "
        f"({row.residual:+.0f} standard deviations)"
        for row in far.itertuples()
    )
    raise BalanceError(
        f"these facts cannot balance with the others: {told}. "
        "Correct the fact, its row of observations.csv (cells, measure, sd_rel), or the makers and users it needs."
    )


def endless_elements(base: Ingredients, point: Reconciled, programme: FactsProgramme) -> tuple[str, ...]:
    """Elements whose separated output no tier A fact and no balance limits: their volume is undeterminable."""
    products = base.topology.products
    made = products.loc[products["kind"] == "oxide", "product"]
    found = []
    for element in base.topology.elements:
        held = point.parameters.composition.loc[made, element]
        weight = {str(product): float(share) for product, share in held.items() if share > 0}
        if grows_without_end(programme, output_selector(base, point, weight, None)):
            found.append(str(element))
    return tuple(found)


_SHARED: dict[str, Ingredients] = {}


def _start(base: Ingredients) -> None:
    _SHARED["base"] = base


def _one(job: tuple[int, int]) -> Reconciled:
    seed, member = job
    return draw_network(_SHARED["base"], version_of(member), seed, member)


def _draw_all(base: Ingredients, seed: int, draws: int, workers: int, progress: Progress | None) -> list[Reconciled]:
    jobs = [(seed, member) for member in range(draws)]
    drawn = []
    if workers == 1:
        _start(base)
        results = map(_one, jobs)
        for done, one in enumerate(results, start=1):
            drawn.append(_slim(one))
            if progress:
                progress(done, draws)
        return drawn
    with ProcessPoolExecutor(workers, initializer=_start, initargs=(base,)) as pool:
        for done, one in enumerate(pool.map(_one_slim, jobs, chunksize=4), start=1):
            drawn.append(one)
            if progress:
                progress(done, draws)
    return drawn


def _one_slim(job: tuple[int, int]) -> Reconciled:
    return _slim(_one(job))


def _slim(one: Reconciled) -> Reconciled:
    """A draw without its matrices, which would fill memory."""
    empty = sp.csr_matrix((0, 0))
    seen = replace(one.observations, matrix=empty, whole=empty)
    return replace(one, observations=seen, prior=replace(one.prior, spread=empty))


def _spread(drawn: list[Reconciled], point: Reconciled) -> pd.DataFrame | None:
    if not drawn:
        return None
    x = np.stack([one.solution.x for one in drawn])
    low, high = np.quantile(x, [0.05, 0.95], axis=0)
    return pd.DataFrame({"sd": x.std(axis=0, ddof=min(1, len(drawn) - 1)), "low": low, "high": high})


def _trim(draws: NetworkDraws, networks: dict[str, Network]) -> tuple[NetworkDraws, dict[str, Network]]:
    """Drop trade rows that are zero in both points and every draw; row order stays."""
    live = draws.trade.max(axis=0) > 0
    for network in networks.values():
        live |= network.trade["flow"].to_numpy() > 0
    trimmed = {
        version: replace(network, trade=network.trade[live].reset_index(drop=True))
        for version, network in networks.items()
    }
    return replace(draws, trade=np.ascontiguousarray(draws.trade[:, live])), trimmed


def cell_labels(base: Ingredients) -> np.ndarray:
    """The figure id of every cell in the order of x.

    Returns
    -------
    array of str (cells,)
        ``cell:activity|node``, ``cell:trade|product|origin|destination``, ``cell:stock|product|economy``
        or ``cell:use|sector|economy|product``.
    """
    cells = base.cells
    return np.concatenate(
        [
            "cell:activity|" + cells.nodes["node"],
            "cell:trade|" + cells.trade["product"] + "|" + cells.trade["origin"] + "|" + cells.trade["destination"],
            "cell:stock|" + cells.stock["product"] + "|" + cells.stock["economy"],
            "cell:use|" + cells.use["sector"] + "|" + cells.use["economy"] + "|" + cells.use["product"],
        ]
    )


def support_table(base: Ingredients, point: Reconciled) -> pd.DataFrame:
    """Which facts speak of which cell: columns cell, fact, observation, weight (of the cell in the statement).

    Returns
    -------
    DataFrame
        A row for each cell and statement, sorted by cell.
    """
    seen = point.observations
    matrix = sp.coo_matrix(abs(seen.matrix) + abs(seen.whole))
    labels = cell_labels(base)
    return pd.DataFrame(
        {
            "cell": labels[matrix.col],
            "fact": seen.table["fact"].to_numpy()[matrix.row],
            "observation": seen.table["name"].to_numpy()[matrix.row],
            "weight": matrix.data,
        }
    ).sort_values(["cell", "observation"], ignore_index=True)


def met_table(points: dict[str, Reconciled]) -> pd.DataFrame:
    """Each observation beside what the network says under each prior, in the fact's own unit.

    Returns
    -------
    DataFrame
        A row for each observation and prior: the columns of ``Observations.table`` and ``version``,
        ``ours`` (reconciled), ``before`` (prior alone), ``residual`` [standard deviations]. Shares are
        fractions.
    """
    tables = []
    for version, point in points.items():
        seen, x = point.observations, point.solution.x
        share = (seen.table["mode"] == "share").to_numpy()
        part, whole = seen.matrix @ x, seen.whole @ x
        ours = np.where(share, part / np.where(whole > 0, whole, 1.0), part)
        start = point.prior.centre
        before, all_before = seen.matrix @ start, seen.whole @ start
        tables.append(
            seen.table.drop(columns="row").assign(
                version=version,
                ours=ours,
                before=np.where(share, before / np.where(all_before > 0, all_before, 1.0), before),
                residual=point.solution.residual,
            )
        )
    return pd.concat(tables, ignore_index=True)
