"""Lowest and highest value of first-tier and stage shares that agrees with the tier A facts.

Looked-through shares are not here: they multiply shares of one step with shares of the next, and no linear
programme over the cells of a year holds such a product. A first-tier share is a floor for the
looked-through one of the same country, since what it ships has passed through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lodestone.baseline.bounds import Bounds, FactsProgramme, least_slack, output_selector, share_bounds
from lodestone.baseline.build import Ingredients, Reconciled
from lodestone.baseline.influence import trade_selector


@dataclass(frozen=True)
class Bounding:
    """What bounds are asked of: the ingredients, the point (central recipes), and the programme of its facts."""

    base: Ingredients
    point: Reconciled
    programme: FactsProgramme


def bounding(base: Ingredients, point: Reconciled) -> Bounding:
    """Find the least total slack once, for all shares of one baseline.

    Raises
    ------
    SolverError
        If the solver ends without an answer.
    """
    return Bounding(base, point, least_slack(base, point))


def import_bounds(
    asked: Bounding, economy: str, country: str, elements: Sequence[str], stages: Sequence[str], home: bool = False
) -> Bounds:
    """Bounds of a country's share of what an economy takes in of the products of some stages.

    Parameters
    ----------
    asked : Bounding
    economy, country : str
    elements : labels counted together, by mass
    stages : stages of the products
    home : bool
        True counts what the economy ships to itself in the whole, as first-tier dependence does; False
        leaves it out, as an import share does.

    Returns
    -------
    Bounds

    Raises
    ------
    SolverError
        If the solver ends without an answer.
    """
    weight = _weight(asked, elements, stages)
    rows = [trade_selector(asked.base, weight, origin, economy, home) for origin in (country, None)]
    return share_bounds(asked.programme, rows[0], rows[1])


def output_bounds(asked: Bounding, country: str, elements: Sequence[str], stage: str) -> Bounds:
    """Bounds of a country's share of the world's output of the products of a stage.

    Parameters and errors as `import_bounds`.
    """
    weight = _weight(asked, elements, [stage])
    rows = [output_selector(asked.base, asked.point, weight, place) for place in (country, None)]
    return share_bounds(asked.programme, rows[0], rows[1])


def _weight(asked: Bounding, elements: Sequence[str], stages: Sequence[str]) -> dict[str, float]:
    held = asked.point.parameters.composition[list(elements)].sum(axis=1)
    stage = asked.base.topology.products.set_index("product")["stage"]
    return {str(p): float(held[p]) for p in stage.index[stage.isin(list(stages))] if held[p] > 0}
