"""ARIO with inventories, the equations as they are written: small tables, one scenario, nothing clever.

The compiled form of ``ario_kernel`` is held against this one, and this one against BoARIO. Orders are
written out as a matrix here, buyer by seller, which is what the compiled form avoids.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lodestone.errors import ScenarioError
from lodestone.impact.table import Array, InputOutputTable

ORDER_RULES = ("alt", "classic")
DAYS_A_YEAR = 365.0
# What BoARIO 0.7.2 does and its description does not say; see docs/explanation/propagation.md.
PEER_NEGLIGIBLE = 1e-5 / DAYS_A_YEAR
PEER_RELATIVE, PEER_ABSOLUTE = 1e-5, 1e-8


@dataclass(frozen=True)
class ArioParameters:
    """How industries hold stocks, order and work overtime.

    ``inventory_days`` is the stock of each input, in days of use, that an industry means to hold: one
    number for all inputs or one for each sector of the table in its order; infinite for an input that
    never runs out. ``psi`` is the share of that stock below which output falls. ``restoring_days`` is the
    time over which a gap in stock is ordered. ``overproduction`` is the most an industry can make over
    its base output (1: none), reached over ``overproduction_days``. ``order_rule``: buyers split orders
    by base shares ("classic") or by base shares times the capacity their suppliers have left ("alt").
    ``negligible_input`` is the value of an input per value of output at or below which it never stops
    anyone. ``orders_fall``: False keeps every industry ordering at least what it used at the start, so
    that suppliers lose nothing when their customers stand still. ``step_days`` is the time step.
    ``as_boario`` repeats what BoARIO 0.7.2 does beyond the equations.
    """

    inventory_days: float | tuple[float, ...]
    psi: float
    restoring_days: float
    overproduction: float
    overproduction_days: float
    order_rule: str = "alt"
    negligible_input: float = 1e-5
    orders_fall: bool = True
    step_days: float = 1.0
    as_boario: bool = False


@dataclass(frozen=True)
class Economy:
    """A table as the equations need it; rows of ``inputs`` are sectors, whoever supplies them.

    ``output``, ``final_demand`` (industry) a day; ``flows`` (industry, industry) a year, as in the table;
    ``sector`` (industry) the number of each industry's sector; ``coefficient`` (sector, industry) input per output;
    ``cover`` (sector) stock meant to be held [days]; ``binding`` (sector, industry): whether a lack of
    the input stops the industry.
    """

    output: Array
    final_demand: Array
    flows: Array
    sector: np.ndarray
    coefficient: Array
    cover: Array
    binding: np.ndarray


def set_up(table: InputOutputTable, parameters: ArioParameters, essential: np.ndarray | None = None) -> Economy:
    """The state of rest that a run starts from.

    Parameters
    ----------
    essential : array (sector, industry) of bool, optional
        Whether an industry stops without an input. None: every input that is not negligible.

    Raises
    ------
    ScenarioError
        If a parameter is out of its range, or a stock would not last one time step; all at once.
    """
    sectors = {name: place for place, name in enumerate(table.sectors)}
    sector = np.array([sectors[name] for name in table.industries.get_level_values(1)])
    cover = np.broadcast_to(np.asarray(parameters.inventory_days, dtype=float), (len(sectors),)).copy()
    check_parameters(parameters, cover, table.sectors)
    output = table.output
    bought = np.array([table.intermediate[sector == place].sum(axis=0) for place in range(len(sectors))])
    coefficient = np.divide(bought, output, out=np.zeros_like(bought), where=output > 0.0)
    binding = coefficient > (PEER_NEGLIGIBLE if parameters.as_boario else parameters.negligible_input)
    if essential is not None:
        if essential.shape != binding.shape:
            raise ScenarioError(
                f"essential flags have shape {essential.shape}; give one for each of {len(sectors)} sectors as an "
                f"input and each of {len(output)} industries."
            )
        binding &= essential
    binding &= np.isfinite(cover)[:, None]
    return Economy(
        output / DAYS_A_YEAR,
        table.final_demand.sum(axis=1) / DAYS_A_YEAR,
        table.intermediate,
        sector,
        coefficient,
        cover,
        binding,
    )


def check_parameters(parameters: ArioParameters, cover: Array, sectors: tuple[str, ...]) -> None:
    """Raise ScenarioError for every parameter out of its range, all at once."""
    p = parameters
    rules = (
        (p.order_rule in ORDER_RULES, f"order rule '{p.order_rule}' is not one of {', '.join(ORDER_RULES)}"),
        (0.0 < p.psi <= 1.0, f"psi is {p.psi:g}; it is a share above 0 and not above 1"),
        (p.restoring_days > 0.0, f"restoring_days is {p.restoring_days:g}; it is above 0"),
        (p.overproduction >= 1.0, f"overproduction is {p.overproduction:g}; 1 means none, it is not below"),
        (p.overproduction_days > 0.0, f"overproduction_days is {p.overproduction_days:g}; it is above 0"),
        (p.negligible_input >= 0.0, f"negligible_input is {p.negligible_input:g}; it is not below 0"),
        (p.step_days > 0.0, f"step_days is {p.step_days:g}; it is above 0"),
    )
    faults = [text for holds, text in rules if not holds]
    if not faults:
        if p.step_days > min(p.restoring_days, p.overproduction_days):
            faults.append(f"step_days is {p.step_days:g}, longer than a time to adapt; take a shorter step")
        short = [name for name, days in zip(sectors, cover, strict=True) if not p.psi * days >= p.step_days]
        if short:
            faults.append(
                f"stocks of {', '.join(short[:5])} last {p.psi:g} x {min(cover):g} days, less than a step of "
                f"{p.step_days:g}; hold more or take a shorter step"
            )
    if faults:
        raise ScenarioError("the propagation cannot run: " + "; ".join(faults) + ".")


def check_lost(lost: Array) -> None:
    """Raise ScenarioError unless every share of capacity lost is a number from 0 to 1."""
    if not (np.isfinite(lost).all() and lost.min(initial=0.0) >= 0.0 and lost.max(initial=0.0) <= 1.0):
        raise ScenarioError(
            f"shares of capacity lost run from {lost.min():g} to {lost.max():g}; an industry cannot lose less than "
            "nothing or more than it makes. Correct the shock."
        )


def run_plain(economy: Economy, parameters: ArioParameters, lost: Array) -> tuple[Array, Array]:
    """Output and unmet final demand by step and industry, by the equations as written.

    Each step, in order:

    1. overproduction answers the scarcity of the step before;
    2. capacity is what the shock leaves, times overproduction; output meets demand up to capacity;
    3. an industry whose stock of a binding input is below psi times its target makes less, in proportion;
    4. what is made is shared among clients in proportion to what they ordered;
    5. stocks take what arrives and lose what was used;
    6. industries order what they used and a part of the gap to their target stock, from suppliers by
       the order rule.

    Parameters
    ----------
    lost : array (step, industry)
        Share of capacity that is gone. [fraction, 0 to 1]

    Returns
    -------
    (output, unmet final demand) : arrays (step, industry)
        [unit of the table, a day]

    Raises
    ------
    ScenarioError
        If a share lies outside 0 to 1 or is no number.

    Examples
    --------
    A mill loses half its capacity; its customer, with thirty days of stock, keeps going on day one:

    >>> import pandas as pd
    >>> from lodestone.impact.table import make_table
    >>> table = make_table(
    ...     pd.MultiIndex.from_tuples([("ALB", "mill"), ("ALB", "bakery")]),
    ...     np.array([[0.0, 365.0], [0.0, 0.0]]), np.array([[0.0], [730.0]]), ["ALB"],
    ...     unit="million", year=2020, source="example")
    >>> usual = ArioParameters(30.0, 0.8, 60.0, 1.25, 365.0)
    >>> output, _ = run_plain(set_up(table, usual), usual, np.tile([0.5, 0.0], (60, 1)))
    >>> output[0].tolist(), bool(output[-1, 1] < 1.5)
    ([0.5, 2.0], True)
    """
    p, e = parameters, economy
    check_lost(lost)
    step, count = p.step_days, len(e.output)
    groups = np.zeros((len(e.cover), count))
    groups[e.sector, np.arange(count)] = 1.0
    finite = np.isfinite(e.cover)
    cover = np.where(finite, e.cover, 0.0)[:, None]  # of an input that never runs out, no gap is ordered
    overproduction = np.ones(count)
    stock = cover * e.coefficient * e.output
    stock[~finite] = np.inf
    orders = e.flows / DAYS_A_YEAR
    output, unmet = np.empty((len(lost), count)), np.empty((len(lost), count))
    made = e.output
    for now in range(len(lost)):
        demand = orders.sum(axis=1) + e.final_demand
        if now > (1 if p.as_boario else 0):
            overproduction = _overproduction(overproduction, demand, made, p)
        capacity = e.output * (1.0 - lost[now]) * overproduction
        wanted = np.minimum(demand, capacity)
        needed = p.psi * cover * e.coefficient * wanted
        enough = np.divide(stock, needed, out=np.full(stock.shape, np.inf), where=e.binding & (needed > 0.0))
        made = wanted * np.minimum(1.0, enough.min(axis=0))
        served = np.divide(made, demand, out=np.zeros(count), where=demand > 0.0)
        used, received = e.coefficient * made, groups @ (orders * served[:, None])
        if not (p.as_boario and np.allclose(received, used, rtol=PEER_RELATIVE, atol=PEER_ABSOLUTE)):
            # An input that does not bind is used while it lasts; one that binds cannot fall below zero.
            stock = np.maximum(stock + step * (received - used), 0.0)
        gap = np.where(finite[:, None], cover * e.coefficient * wanted - np.where(finite[:, None], stock, 0.0), 0.0)
        if p.as_boario and _close(stock, cover * e.coefficient * wanted, finite):
            gap = np.zeros_like(gap)
        basis = made if p.orders_fall else np.maximum(made, e.output)
        need = e.coefficient * basis + np.maximum(gap, 0.0) / p.restoring_days
        orders = _shares(e, groups, capacity, p.order_rule) * need[e.sector]
        output[now], unmet[now] = made, e.final_demand * (1.0 - np.where(demand > 0.0, served, 1.0))
    return output, unmet


def _overproduction(now: Array, demand: Array, made: Array, p: ArioParameters) -> Array:
    scarcity = np.divide(demand - made, demand, out=np.zeros_like(demand), where=demand > 0.0)
    pace = p.step_days / p.overproduction_days
    if p.as_boario:  # idle industries fall as they rose, and return to the base only when scarcity is exactly zero
        change = (p.overproduction - now) * scarcity + (1.0 - now) * (scarcity == 0.0)
    else:
        change = np.where(scarcity > 0.0, (p.overproduction - now) * scarcity, 1.0 - now)
    return np.maximum(now + pace * change, 1.0)


def _shares(e: Economy, groups: Array, capacity: Array, order_rule: str) -> Array:
    """Of an industry's need for a sector's products, the part it orders from each supplier."""
    left = np.ones_like(e.output)
    if order_rule == "alt":
        left = np.divide(capacity, e.output, out=left, where=e.output > 0.0)
    weight = e.flows * left[:, None]
    total = (groups @ weight)[e.sector]
    return np.divide(weight, total, out=np.zeros_like(weight), where=total > 0.0)


def _close(stock: Array, target: Array, finite: np.ndarray) -> bool:
    return bool(np.allclose(stock[finite], target[finite], rtol=PEER_RELATIVE, atol=PEER_ABSOLUTE))
