"""Leverage: what a curb costs the side that imposes it, beside what it costs the side it is aimed at, and when it pays.

Power over an input comes from its share: with a constant elasticity of substitution the last points of a share count most,
which `ces_price_ratio` says and which holds above an elasticity of one only. A hard chokepoint has none; there the loss comes
from the simulator's tonnes.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lodestone.errors import GameError


@dataclass(frozen=True, eq=False)
class OwnLoss:
    """What holding goods back costs the seller, (draw, period). ``forgone``: sales not made, at base prices; ``dearer``: what is
    earned more on goods that still cross. [money a period]"""

    forgone: np.ndarray
    dearer: np.ndarray

    @property
    def net(self) -> np.ndarray:
        """Sales forgone less what the rest brings more; below zero where the curb earns more than it forgoes."""
        return self.forgone - self.dearer


def own_loss(base: np.ndarray, sent: np.ndarray, worth: np.ndarray, price: np.ndarray) -> OwnLoss:
    """Sales that a seller does not make in a curb, and the higher price of those it makes.

    It is revenue, not profit: what is not sold may be sold later, and what is not made is not paid for.

    Parameters
    ----------
    base : array (product, draw)
        Sent a week without a curb. [t]
    sent : array (product, draw, week)
        Sent in it. [t]
    worth : array (product,)
        Base price. [money/t]
    price : array (product, draw, week)
        Over the base price, outside; 1 where none is known.

    Returns
    -------
    OwnLoss
        By week.

    Raises
    ------
    GameError
        If shapes do not fit.

    Examples
    --------
    Half is held back and the rest sells at twice the price:

    >>> found = own_loss(np.array([[10.0]]), np.array([[[5.0]]]), np.array([3.0]), np.array([[[2.0]]]))
    >>> found.forgone.tolist(), found.dearer.tolist(), found.net.tolist()
    ([[15.0]], [[15.0]], [[0.0]])
    """
    if sent.shape != price.shape or sent.shape[:2] != base.shape or worth.shape != base.shape[:1]:
        raise GameError(
            f"shapes {base.shape}, {sent.shape}, {worth.shape} and {price.shape} do not fit. Give (product, draw), "
            "(product, draw, week), (product,) and (product, draw, week)."
        )
    forgone = np.einsum("p,pdw->dw", worth, base[:, :, None] - sent)
    return OwnLoss(forgone, np.einsum("p,pdw->dw", worth, sent * (price - 1.0)))


def by_period(weekly: np.ndarray, weeks: int) -> np.ndarray:
    """Weeks summed into periods of so many; the last may be shorter.

    Parameters
    ----------
    weekly : array (..., week)
    weeks : int

    Returns
    -------
    array (..., period)

    Examples
    --------
    >>> by_period(np.ones((1, 5)), 2).tolist()
    [[2.0, 2.0, 1.0]]
    """
    return np.add.reduceat(weekly, np.arange(0, weekly.shape[-1], weeks), axis=-1)


def present_value(a_year: float, first: float, last: float, rate: float) -> float:
    """A level yearly amount from one time to another, discounted continuously to now.

    Parameters
    ----------
    a_year : float
        [money a year]
    first, last : float
        Years from now.
    rate : float
        Real discount rate, a year.

    Returns
    -------
    float
        [money]

    Examples
    --------
    >>> present_value(10.0, 2.0, 5.0, 0.0)
    30.0
    >>> round(present_value(10.0, 0.0, 1.0, 0.05), 3)
    9.76
    """
    force = np.log1p(rate)
    years = max(last - first, 0.0)
    if force == 0.0:
        return a_year * years
    return float(a_year * (np.exp(-force * first) - np.exp(-force * (first + years))) / force)


def break_even(own: np.ndarray, target: np.ndarray) -> np.ndarray:
    """The probability that the target gives way from which a curb pays, where giving way is worth to the issuer what it spares the target.

    The issuer gains ``probability x what the target spares itself`` and pays its own loss. A target gives way to nothing that is worth more to it
    than its loss, so that is the most that can be asked for. Above one the curb pays at no probability; below zero, at any.

    Parameters
    ----------
    own, target : array
        Of one shape; the target's loss 0 or more. [money]

    Returns
    -------
    array
        inf where the target loses nothing.

    Examples
    --------
    >>> break_even(np.array([1.0, 1.0]), np.array([4.0, 0.0])).tolist()
    [0.25, inf]
    """
    own, target = np.asarray(own, dtype=float), np.asarray(target, dtype=float)
    return np.where(target > 0.0, own / np.where(target > 0.0, target, 1.0), np.inf)


def target_loss_that_pays_not(own: np.ndarray, probability: float) -> np.ndarray:
    """What the target may still lose at most so that a curb does not pay at a probability of giving way.

    Parameters
    ----------
    own : array
        The issuer's loss. [money]
    probability : float
        Above 0.

    Returns
    -------
    array
        0 where the issuer loses nothing: no response alone makes its curb dear.

    Examples
    --------
    >>> target_loss_that_pays_not(np.array([1.0, -1.0]), 0.1).tolist()
    [10.0, 0.0]
    """
    if not 0.0 < probability <= 1.0:
        raise GameError(f"a probability of giving way of {probability:g} says nothing. Give one above 0, up to 1.")
    return np.maximum(np.asarray(own, dtype=float), 0.0) / probability


def duty(value: np.ndarray, rate: np.ndarray, elasticity: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """What a duty costs those who levy it and those whose goods pay it, in a year.

    Parameters
    ----------
    value : array
        Goods at base prices. [money a year]
    rate : array
        Of the duty, as a share of the price.
    elasticity : array
        The seller's part falls by the price to this power.

    Returns
    -------
    array, array
        Paid more by the levying side's own users, the duty on what still comes (its treasury gets it); sales the seller loses.

    Examples
    --------
    >>> paid, lost = duty(np.array([100.0]), np.array([0.25]), np.array([1.0]))
    >>> paid.round(9).tolist(), lost.round(9).tolist()
    ([20.0], [20.0])
    """
    left = (1.0 + rate) ** -elasticity
    return value * rate * left, value * (1.0 - left)


def ces_price_ratio(share: float, elasticity: float) -> float:
    """How many times dearer an input bundle gets when a source with this share is gone, under constant elasticity of substitution.

    Parameters
    ----------
    share : float
        The source's share of spending, 0 to below 1.
    elasticity : float
        Between sources, above 1.

    Returns
    -------
    float

    Raises
    ------
    GameError
        If the elasticity is one or less: each source is then essential and no price replaces it.

    Examples
    --------
    >>> round(ces_price_ratio(0.5, 2.0), 9), round(ces_price_ratio(0.98, 2.0), 9)
    (2.0, 50.0)
    """
    if not elasticity > 1.0:
        raise GameError(
            f"at an elasticity of {elasticity:g} every source is essential and its loss has no price. Take one above 1, "
            "or the simulator, which counts tonnes."
        )
    if not 0.0 <= share < 1.0:
        raise GameError(f"a share of {share:g} leaves no other source. Give 0 to below 1.")
    return float((1.0 - share) ** (1.0 / (1.0 - elasticity)))


def ces_loss(share: float, elasticity: float, cost_share: float) -> float:
    """Log loss of output when a source of an input is gone: the input's cost share times the log of `ces_price_ratio`.

    Examples
    --------
    A tenth of a per cent of cost, half of it from the source: 6.9 basis points.

    >>> round(1e4 * ces_loss(0.5, 2.0, 0.001), 1)
    6.9
    """
    return cost_share * float(np.log(ces_price_ratio(share, elasticity)))
