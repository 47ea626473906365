"""Time to recover and time to survive of a site, as linear programmes (risk exposure index)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import scipy.sparse as sp
import xarray as xr

from lodestone.errors import BalanceError, LabelError, SolverError
from lodestone.exposure.alignment import align_exactly, require_dims, require_finite


@dataclass(frozen=True)
class SupplyCase:
    """Sites that make products, and what is at stake for each product.

    ``capacity`` (site) [t a week], ``demand`` (product) [t a week], ``inventory`` (product) [t],
    ``loss`` (product) [money a lost t], ``can_make`` (site, product) [bool]: whether a site serves
    a product.
    """

    capacity: xr.DataArray
    demand: xr.DataArray
    inventory: xr.DataArray
    loss: xr.DataArray
    can_make: xr.DataArray


@dataclass(frozen=True)
class Disruption:
    """What a disruption of some sites costs while it lasts, at the best use of the others."""

    cost: float
    lost: xr.DataArray
    production: float
    time_to_survive: float


def supply_case(
    capacity: xr.DataArray,
    demand: xr.DataArray,
    inventory: xr.DataArray,
    loss: xr.DataArray,
    can_make: xr.DataArray | None = None,
) -> SupplyCase:
    """Check and align the parts of a case; every site serves every product unless told otherwise.

    Parameters
    ----------
    capacity, demand, inventory, loss, can_make
        As in `SupplyCase`, labelled.

    Returns
    -------
    SupplyCase

    Raises
    ------
    LabelError
        If dimensions are missing or labels differ.
    BalanceError
        If a number is NaN or negative.

    Examples
    --------
    >>> site, product = {"site": ["S"]}, {"product": ["P"]}
    >>> def one(value, label):
    ...     return xr.DataArray([value], dims=list(label), coords=label)
    >>> case = supply_case(one(3.0, site), one(5.0, product), one(4.0, product), one(1.0, product))
    >>> case.can_make.item()
    True
    """
    require_dims(capacity, "capacity", "site")
    for name, array in (("demand", demand), ("inventory", inventory), ("loss", loss)):
        require_dims(array, name, "product")
        require_finite(array, name)
    require_finite(capacity, "capacity")
    demand, inventory, loss = align_exactly(demand=demand, inventory=inventory, loss=loss)
    for name, array in (("site", capacity), ("product", demand)):
        if name not in array.indexes:
            raise LabelError(f"{name}s carry no labels, so results cannot be named. Add coordinates.")
    if can_make is None:
        coords = {"site": capacity["site"].values, "product": demand["product"].values}
        shape = (capacity.sizes["site"], demand.sizes["product"])
        can_make = xr.DataArray(np.ones(shape, bool), coords, ("site", "product"))
    require_dims(can_make, "can_make", "site", "product")
    for name, array in (("capacity", capacity), ("demand", demand)):
        align_exactly(**{"can_make": can_make, name: array})
    can_make = can_make.reindex(site=capacity["site"], product=demand["product"])
    return SupplyCase(capacity, demand, inventory, loss, can_make.transpose("site", "product"))


def disrupt(case: SupplyCase, down: tuple[str, ...], weeks: float) -> Disruption:
    """Cost of losing sites for their time to recover, and how long nothing need be lost.

    Two linear programmes [1]_: the least loss over ``weeks``, and the longest time in which
    inventory and the other sites meet all demand. Among equally cheap answers the one that makes
    least is reported. Sites are exposed when the time to survive is below the time to recover.

    Parameters
    ----------
    case : SupplyCase
    down : tuple of str
        Sites that make nothing.
    weeks : float
        Time to recover. [weeks]

    Returns
    -------
    Disruption
        ``cost`` [money], ``lost`` (product) [t], ``production`` [t], ``time_to_survive`` [weeks,
        infinite when the other sites meet demand for ever]

    Raises
    ------
    LabelError
        If a site of ``down`` is unknown.
    BalanceError
        If ``weeks`` is NaN or negative.
    SolverError
        If a programme ends without an optimum.

    Examples
    --------
    >>> site, product = {"site": ["S1", "S2"]}, {"product": ["P"]}
    >>> case = supply_case(
    ...     xr.DataArray([60.0, 50.0], dims="site", coords=site),
    ...     xr.DataArray([100.0], dims="product", coords=product),
    ...     xr.DataArray([45.0], dims="product", coords=product),
    ...     xr.DataArray([7.0], dims="product", coords=product),
    ... )
    >>> result = disrupt(case, ("S1",), weeks=2.0)
    >>> round(result.cost, 6), round(result.lost.item(), 6), round(result.time_to_survive, 6)
    (385.0, 55.0, 0.9)

    References
    ----------
    .. [1] D. Simchi-Levi et al., "Identifying risks and mitigating disruptions in the automotive
       supply chain", Interfaces, vol. 45, no. 5, pp. 375-390, 2015.
    """
    unknown = [site for site in down if site not in case.capacity.indexes["site"]]
    if unknown:
        raise LabelError(f"no site '{unknown[0]}' in the case. Use one of its labels.")
    if not (np.isfinite(weeks) and weeks >= 0):
        raise BalanceError(f"a time to recover of {weeks} weeks has no meaning. Give a number from 0.")
    running = case.capacity.where(~case.capacity["site"].isin(list(down)), 0.0)
    cost, lost, made = _least_loss(case, running, weeks)
    return Disruption(
        cost=cost,
        lost=case.demand.copy(data=lost),
        production=made,
        time_to_survive=_longest_time(case, running),
    )


def risk_exposure_index(case: SupplyCase, weeks: xr.DataArray) -> pd.DataFrame:
    """Each site down alone: cost, lost units, time to survive against time to recover, and the index.

    Parameters
    ----------
    case : SupplyCase
    weeks : DataArray, dims (site,)
        Time to recover of each site. [weeks]

    Returns
    -------
    DataFrame indexed by site
        ``cost``, ``lost``, ``production``, ``time_to_survive``, ``time_to_recover``, ``exposed``
        (survives for less than it takes to recover), ``risk_exposure_index`` (cost / largest cost;
        0 for all when nothing costs anything).

    Raises
    ------
    LabelError, BalanceError, SolverError
        As `disrupt`.

    Examples
    --------
    >>> site, product = {"site": ["S1", "S2"]}, {"product": ["P"]}
    >>> case = supply_case(
    ...     xr.DataArray([60.0, 50.0], dims="site", coords=site),
    ...     xr.DataArray([100.0], dims="product", coords=product),
    ...     xr.DataArray([45.0], dims="product", coords=product),
    ...     xr.DataArray([7.0], dims="product", coords=product),
    ... )
    >>> table = risk_exposure_index(case, xr.DataArray([2.0, 2.0], dims="site", coords=site))
    >>> table["risk_exposure_index"].round(3).tolist()
    [1.0, 0.636]
    """
    _, weeks = align_exactly(capacity=case.capacity, weeks=weeks)
    rows = {}
    for site in case.capacity["site"].values.tolist():
        wait = float(weeks.sel(site=site))
        result = disrupt(case, (site,), wait)
        rows[site] = {
            "cost": result.cost,
            "lost": float(result.lost.sum()),
            "production": result.production,
            "time_to_survive": result.time_to_survive,
            "time_to_recover": wait,
            "exposed": result.time_to_survive < wait,
        }
    table = pd.DataFrame.from_dict(rows, orient="index").rename_axis("site")
    worst = table["cost"].max()
    return table.assign(risk_exposure_index=table["cost"] / worst if worst > 0 else 0.0)


def _arcs(case: SupplyCase) -> tuple[sp.csr_array, sp.csr_array]:
    """(site, arc) and (product, arc): which site and product each arc joins."""
    site, product = np.nonzero(case.can_make.values)
    arc = np.arange(len(site))
    ones = np.ones(len(site))
    sites, products = case.can_make.shape
    return (
        sp.csr_array((ones, (site, arc)), shape=(sites, len(arc))),
        sp.csr_array((ones, (product, arc)), shape=(products, len(arc))),
    )


def _least_loss(case: SupplyCase, running: xr.DataArray, weeks: float) -> tuple[float, np.ndarray, float]:
    leaves, arrives = _arcs(case)
    arcs, products = arrives.shape[1], arrives.shape[0]
    need = case.demand.values * weeks - case.inventory.values
    unserved = sp.eye_array(products)
    limits = sp.block_array([[-arrives, -unserved], [leaves, None]], format="csr")
    right = np.concatenate([-need, running.values * weeks])
    money = np.concatenate([np.zeros(arcs), case.loss.values])
    best = _solve(money, limits, right)
    cost = float(money @ best)
    bound = cost * (1.0 + 1e-13)  # the solver has a tolerance of its own
    again = sp.vstack([limits, sp.csr_array(money[None, :])], format="csr")
    making = np.concatenate([np.ones(arcs), np.zeros(products)])
    least = _solve(making, again, np.concatenate([right, [bound]]))
    return cost, least[arcs:], float(least[:arcs].sum())


def _longest_time(case: SupplyCase, running: xr.DataArray) -> float:
    from scipy.optimize import linprog  # takes half a second, and most views ask for no programme

    leaves, arrives = _arcs(case)
    arcs = arrives.shape[1]
    limits = sp.block_array([[-arrives, case.demand.values[:, None]], [leaves, -running.values[:, None]]], format="csr")
    right = np.concatenate([case.inventory.values, np.zeros(leaves.shape[0])])
    goal = np.zeros(arcs + 1)
    goal[-1] = -1.0
    answer = linprog(goal, A_ub=limits, b_ub=right, bounds=(0, None), method="highs")
    if answer.status == 2:  # no time at all is always feasible: presolve takes some unbounded programmes for infeasible
        answer = linprog(goal, A_ub=limits, b_ub=right, bounds=(0, None), method="highs", options={"presolve": False})
    if answer.status == 3:
        return float("inf")
    if answer.status != 0:
        raise SolverError(f"the time to survive was not found: {answer.message} Check the case's units.")
    return float(answer.x[-1])


def _solve(goal: np.ndarray, limits: sp.csr_array, right: np.ndarray) -> np.ndarray:
    from scipy.optimize import linprog

    answer = linprog(goal, A_ub=limits, b_ub=right, bounds=(0, None), method="highs")
    if answer.status != 0:
        raise SolverError(f"the least loss was not found: {answer.message} Check the case's units.")
    return np.asarray(answer.x)
