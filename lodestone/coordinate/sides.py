"""Which clubs hold, from what everybody gets in each: a member that leaves and an outsider that joins change the partition."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from lodestone.coordinate.game import ROUNDING


@dataclass(frozen=True, eq=False)
class Sides:
    """By bit mask of a club's members; arrays of shape (2^n, n) or (2^n,).

    ``elsewhere``: what an economy gets when it alone changes sides: a member leaves, an outsider joins. ``internally_stable``: no
    member gains by leaving; ``externally_stable``: no outsider gains by joining. ``stable_with_transfers``: the club has enough to pay
    every member what it would get outside.
    """

    elsewhere: np.ndarray
    internally_stable: np.ndarray
    externally_stable: np.ndarray
    stable_with_transfers: np.ndarray


def sides(members: Sequence[str], payoff: np.ndarray) -> Sides:
    """Who would change sides, club by club.

    Parameters
    ----------
    members : sequence of str
    payoff : array (2^n, n)
        What each economy gets where that club forms and the rest stay alone.

    Returns
    -------
    Sides
        A difference below 1e-9 of the largest payoff is rounding.

    Examples
    --------
    Two gain 1 each together; an outsider has nothing:

    >>> pair = sides("AB", np.array([[0.0, 0.0], [0.0, 0.0], [0.0, 0.0], [1.0, 1.0]]))
    >>> pair.internally_stable.tolist(), pair.externally_stable.tolist()
    ([True, True, True, True], [True, False, False, True])
    """
    n = len(members)
    masks, bits = np.arange(1 << n), 1 << np.arange(n)
    elsewhere = payoff[masks[:, None] ^ bits, np.arange(n)]
    belongs = (masks[:, None] & bits) > 0
    slack = ROUNDING * max(1.0, float(np.abs(payoff).max()))
    gains = elsewhere > payoff + slack
    enough = np.where(belongs, payoff - elsewhere, 0.0).sum(axis=1) >= -slack
    return Sides(elsewhere, ~(gains & belongs).any(axis=1), ~(gains & ~belongs).any(axis=1), enough)
