"""Where the reconciliation starts: unknowns that follow from one constraint alone, then guesses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from lodestone.baseline.constraints import Constraint, gradient, residual


def starting_values(
    known: Mapping[str, float], names: Sequence[str], constraints: Sequence[Constraint]
) -> NDArray[np.float64]:
    """A value for every variable, near a consistent state.

    An unknown that stands alone in a constraint, to the first power, is computed from it; this
    repeats until nothing new follows. The rest start at the median size of what is known, each a
    little apart, so that no two unknowns start in a symmetry the data do not have.

    Parameters
    ----------
    known : mapping of name to value
        Measurements and constants.
    names : sequence of str
        All variables, in the order of the result.
    constraints : sequence of Constraint
        Each one variable at least.

    Returns
    -------
    array (variable)

    Examples
    --------
    >>> from lodestone.baseline.constraints import parse_constraint
    >>> known = {"f3": 300.0, "TC34": 0.5}
    >>> starting_values(known, ["f3", "f4", "TC34"], [parse_constraint("f4 = TC34 * f3")])
    array([300. , 150. ,   0.5])
    """
    found = dict(known)
    waiting = list(constraints)
    progress = True
    while progress:
        progress = False
        for constraint in list(waiting):
            missing = set(constraint.variables).difference(found)
            if len(missing) > 1:
                continue
            waiting.remove(constraint)
            if missing:
                progress |= _solve_for(missing.pop(), constraint, found)
    typical = float(np.median(np.abs(list(known.values())))) if known else 1.0
    guesses = ((typical or 1.0) * (1.0 + (0.6180339887 * k) % 1.0) for k in range(len(names)))
    return np.array([found.get(name, guess) for name, guess in zip(names, guesses, strict=True)])


def _solve_for(name: str, constraint: Constraint, found: dict[str, float]) -> bool:
    if any(monomial.count(name) > 1 for monomial, _ in constraint.terms):
        return False
    trial = {**found, name: 0.0}
    slope = gradient(constraint, trial)[name]
    if slope == 0.0:
        return False
    found[name] = -residual(constraint, trial) / slope
    return True
