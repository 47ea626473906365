"""What a plan may do, as arrays of the programme: the levers of one economy, made ready for its own network."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

WEEKS_A_YEAR = 52.0


@dataclass(frozen=True)
class Options:
    """Levers by kind. Tonnes are of contained element; money is million USD of 2024.

    ``levers`` (row per lever with a commitment): name, most [t a year], capex [million USD per t a year], premium [USD
    per kg over the base price], lead and ramp [years], life [years], public (bool: whether it meets the minimum
    standard). ``delivers`` (lever, product): t per t for those that bring goods, else 0. ``widens``: (lever, process,
    stage) for those that raise the capacity of processes; those of one stage share what is committed.
    ``stockable`` (stocked): USD per kg at which a product is bought for the reserve, stores included; ``most_held``
    (stocked): t; ``keeps`` (stocked): share of it left after a year; ``holding`` (stocked): share of its price a year.
    ``research``: name of the lever that can be committed to where a programme of research has succeeded and nowhere else.
    ``steps`` (step): share that may be bought a year of what reaches all economies but the issuer; ``dearer``
    (step): by how much the price rises there.
    """

    levers: pd.DataFrame
    delivers: xr.DataArray
    widens: tuple[tuple[str, str, str], ...]
    stockable: xr.DataArray
    most_held: xr.DataArray
    keeps: xr.DataArray
    holding: xr.DataArray
    steps: xr.DataArray
    dearer: xr.DataArray
    research: str = ""


@dataclass(frozen=True)
class Terms:
    """What the planner is told. ``worth`` (use): value added of a year, million USD of 2024; ``spread``: exponent by which
    a lack turns into loss, at least 1 (see `lodestone.impact.direct`). ``saves`` (use, way): share of an input that a
    use can do without in time by thrift or by substitution, each of what the others leave; ``pace`` (way) a week; both without
    ``way`` where there is one. ``cover`` (product): t that makers and users hold. ``discount`` a year,
    real. ``left_of_stock``, ``left_of_plant``: share of its cost that a stock, or the unworn part of a plant, is
    worth at the end. ``risk_weight`` of the CVaR beside the mean; ``risk_level``. ``ambiguity``: total variation within which the
    scenarios' probabilities may be others; the mean is then the worst of them. ``absence`` (use, product): share of its output that
    a use loses when an input that is not essential is wholly missing. ``first``: sectors that are served first: they take no part
    in the rationing, and what they lack counts before what anybody else does (`lodestone.respond.rationing.precedence`).
    """

    worth: xr.DataArray
    spread: float
    saves: xr.DataArray
    pace: xr.DataArray | float
    cover: xr.DataArray
    discount: float
    left_of_stock: float
    left_of_plant: float
    risk_weight: float = 0.0
    risk_level: float = 0.9
    ambiguity: float = 0.0
    absence: xr.DataArray | float = 0.0
    first: tuple[str, ...] = ()

    def still_needs(self, age: xr.DataArray) -> xr.DataArray:
        """Share of its usual inputs that a unit of output of each use takes, so many weeks after a curb began.

        Examples
        --------
        >>> use = xr.DataArray([1.0], {"use": ["motors"]}, ("use",))
        >>> ways = {"way": ["thrift", "substitution"]}
        >>> saves, pace = use * xr.DataArray([0.1, 0.2], ways, ("way",)), xr.DataArray([0.1, 0.05], ways, ("way",))
        >>> terms = Terms(use, 1.0, saves, pace, use, 0.03, left_of_stock=0.8, left_of_plant=0.5)
        >>> terms.still_needs(xr.DataArray([0.0, 1e3], dims="slot")).values.round(3).tolist()
        [[1.0, 0.72]]
        """
        share = 1.0 - self.saves * (1.0 - np.exp(-self.pace * age))
        return share.prod("way") if "way" in share.dims else share


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a minister sets. ``budget``: million USD of 2024 a year, of plants, premiums, purchases and holding. ``ceiling``:
    largest share from one economy, from ``ceiling_years`` after now on, at each stage named in ``ceiling_forms``; not
    asked for while a curb is in force, and where ``fine`` is given (million USD of 2024 a tonne above it) missed at that
    price rather than not at all. ``standard``: whether levers must meet the minimum standard. ``kept_open``:
    share of the economy's new supply that is left to others. ``allotted``: whether somebody allots what is scarce to the
    uses that lose most without it; if not, no use of a product gets a larger share of its need than another could have.
    """

    budget: float | None = None
    ceiling: float | None = None
    ceiling_years: float = 3.0
    ceiling_forms: tuple[str, ...] = ()
    fine: float | None = None
    standard: bool = False
    kept_open: float = 0.0
    allotted: bool = False


def sold_at(age: xr.DataArray, terms: Terms) -> xr.DataArray:
    """Share of its price that released stock earns: all of it while a curb is in force, else what a stock left over is worth.

    Parameters
    ----------
    age : DataArray, dims (slot,)
        Weeks since a curb began; 0 while none is in force.
    terms : Terms

    Returns
    -------
    DataArray, dims (slot,)

    Examples
    --------
    >>> use = xr.DataArray([1.0], {"use": ["motors"]}, ("use",))
    >>> terms = Terms(use, 1.0, use, 0.0, use, 0.03, left_of_stock=0.8, left_of_plant=0.5)
    >>> sold_at(xr.DataArray([0.0, 6.5], dims="slot"), terms).values.tolist()
    [0.8, 1.0]
    """
    return xr.where(age > 0.0, 1.0, terms.left_of_stock)


def ready_share(
    age: np.ndarray, span: np.ndarray | float, lead: float, ramp: float, life: float = np.inf
) -> np.ndarray:
    """Mean share of a commitment that works over a span of time, when it was made ``age`` years before the span begins.

    Nothing before the lead time, then a straight ramp; each part of it ends when it has lasted its life.

    Examples
    --------
    >>> ready_share(np.array([0.0, 1.0, 2.0]), 1.0, 1.0, 1.0).tolist()
    [0.0, 0.5, 1.0]
    >>> ready_share(np.array([1.0, 2.0, 3.0, 4.0]), 1.0, 1.0, 1.0, life=2.0).tolist()
    [0.5, 1.0, 0.5, 0.0]
    """
    ramp = max(ramp, 1e-6)

    def area(t: np.ndarray) -> np.ndarray:  # of the ramp, from the lead time to t after it
        up = np.clip(t, 0.0, ramp)
        return up**2 / (2.0 * ramp) + np.maximum(t - ramp, 0.0)

    def worked(t: np.ndarray) -> np.ndarray:
        return area(t) - area(t - life)

    since = np.asarray(age, float) - lead
    return (worked(since + span) - worked(since)) / span
