"""Who shares what is scarce: products that several at home take, and what each of them usually takes.

Each taker gets at most its usual share of what there is: a maker of parts as well as a factory that uses them. What one
cannot use, because it lacks something else, lies idle; nobody hands it to whoever would lose most without it. A programme
that may hand it on allots parts among makers by what is lost without them, which no market does.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import xarray as xr

from lodestone.respond.home import Home
from lodestone.respond.incidence import above_zero, along, index

KNOTS = (0.0, 0.1, 0.25, 0.5, 0.75, 1.0)  # shares of need missing between which the loss curve is taken as straight

MORE = 1.01  # than anybody else's last tonne, so that no two are alike


@dataclass(frozen=True)
class Sharing:
    """Products that several share. Tonnes are of contained element, a year.

    ``product``: their names. ``usual`` (rationed): what makers and uses that share take of each in the base year. ``top``
    (product): how far above usual a maker could take it, capacity over activity, at least 1; all products of the
    economy. ``uses``, ``makers``: pairs of (use, product), (process, product) that share, ``of_uses`` (pair), ``of_makers``
    (taker) the usual share of each, and ``takes`` (taker) tonnes a tonne of activity.
    """

    product: list[str]
    usual: xr.DataArray
    top: xr.DataArray
    uses: list[tuple[str, str]]
    makers: list[tuple[str, str]]
    of_uses: xr.DataArray
    of_makers: xr.DataArray
    takes: xr.DataArray


def sharing_of(home: Home, apart: Sequence[str] = (), nobody: bool = False) -> Sharing:
    """The products of which several take at home.

    Parameters
    ----------
    home : Home
    apart : sequence of str
        Uses that are served before all others and do not share.
    nobody : bool
        Whether somebody allots what is scarce, so that no product is shared by rule.

    Returns
    -------
    Sharing

    Examples
    --------
    >>> from lodestone.respond.home import home_of
    >>> from tests.world import small_network
    >>> found = sharing_of(home_of(small_network(), "BOR", "ALB"))
    >>> found.product, found.usual.values.round(1).tolist(), found.of_uses.values.round(1).tolist()
    (['magnet'], [30.0], [0.8, 0.2])
    """
    takes = (home.takes * home.activity).transpose("process", "product")
    makers = above_zero(takes, "process", "product")
    uses = [(use, product) for use, product in above_zero(home.needs, "use", "product") if use not in set(apart)]
    count = Counter(product for _, product in [*makers, *uses])
    shared = [str(one) for one in home.exports["product"].values if count[str(one)] > 1 and not nobody]
    makers = [(process, product) for process, product in makers if product in shared]
    uses = [(use, product) for use, product in uses if product in shared]
    needs = home.needs.sel(use=[one for one in home.needs["use"].values if str(one) not in set(apart)])
    usual = takes.sum("process") + needs.sum("use")
    more = (home.capacity / home.activity.where(home.activity > 0.0)).fillna(1.0)
    top = more.where(takes > 0.0, 1.0).reduce(np.max, "process", initial=1.0)
    return Sharing(
        shared,
        usual.sel(product=shared).rename(product="rationed"),
        top.reindex(product=home.exports["product"].values),
        uses,
        makers,
        _at(needs / usual.where(usual > 0.0), uses, "use", "pair"),
        _at(takes / usual.where(usual > 0.0), makers, "process", "taker"),
        _at(home.takes, makers, "process", "taker"),
    )


def _at(table: xr.DataArray, pairs: list[tuple[str, str]], dim: str, into: str) -> xr.DataArray:
    """A table's entries at some pairs of labels."""
    named = index(into, [f"{one}<{product}" for one, product in pairs])
    pick = {dim: along(named, [one for one, _ in pairs]), "product": along(named, [product for _, product in pairs])}
    return table.sel(pick).drop_vars([dim, "product"])


def served_first(home: Home, sectors: Sequence[str]) -> list[str]:
    """The uses of the sectors that are served first."""
    return [str(use) for use in home.needs["use"].values if str(use).rpartition("@")[0] in sectors]


def slopes(spread: float) -> np.ndarray:
    """What is lost more with each share missing, piece by piece of the loss curve, of a year's value added.

    >>> slopes(1.0).tolist()
    [1.0, 1.0, 1.0, 1.0, 1.0]
    """
    knots = np.array(KNOTS)
    return np.diff(knots**spread) / np.diff(knots)


def precedence(home: Home, worth: xr.DataArray, first: Sequence[str], spread: float) -> xr.DataArray:
    """By how much the loss of a use counts so that those served first get every tonne before anybody else.

    The first share that a use served first lacks then counts as much, a tonne, as the last that any other lacks of an input
    that both take.

    Parameters
    ----------
    home : Home
    worth : DataArray, dims (use,)
        Value added of a year.
    first : sequence of str
        Uses served first.
    spread : float
        Exponent of the loss curve.

    Returns
    -------
    DataArray, dims (use,)
        1 for the others.
    """
    counts, steep = xr.ones_like(worth), slopes(spread)
    tonne = worth / home.needs.where(home.needs > 0.0)
    others = [one for one in home.needs["use"].values if str(one) not in set(first)]
    for use in first:
        ratio = (tonne.sel(use=others).max("use") / tonne.sel(use=use)).max().fillna(1.0)
        counts.loc[{"use": use}] = max(1.0, MORE * float(ratio) * float(steep.max() / steep.min()))
    return counts
