"""The price floor a project needs, and what the public pays if it makes up the difference to the market.

A floor is the price at which a project earns back its capital, at the discount rate over its life, and its costs above those of
the base price. Whoever guarantees it (a contract for difference) pays the floor less the market price while that is lower, and
nothing while it is higher.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, log, nan

from lodestone.respond.home import Home
from lodestone.respond.nouns import Lever
from lodestone.respond.options import Options, Terms
from lodestone.respond.plan import Plan
from lodestone.respond.programme import KG
from lodestone.simulate.nouns import Range

SELLING = ("supplier", "capacity", "recycling", "seabed")  # kinds of levers that sell what they bring
USD_A_KG = 1000.0  # of a million USD per t


@dataclass(frozen=True)
class PriceFloor:
    """What a lever's goods must fetch, and what making that up costs the public. Low, central and high by the ranges of its capital
    and premium; lead time, life and discount rate central.

    ``taken``: whether the plan commits to it in calm; ``tonnes``: contained a year, of the plan, or all there is of it. ``base``:
    price in calm, NaN where one of its products has none [USD of 2024 per kg contained]. ``capital``: levelised; ``above``:
    floor less base price [USD per kg]. ``a_year``: the public's bill at full output at base prices; ``to_horizon``: the same
    discounted over the horizon of the plan, were it calm throughout [million USD of 2024].
    """

    lever: str
    taken: bool
    tonnes: float
    base: float
    capital: Range
    above: Range
    a_year: Range
    to_horizon: Range


def levelised_capital(capex: float, discount: float, life: float, wait: float) -> float:
    """Capital for each unit of output: the level payment that returns it with interest over the years of output.

    Parameters
    ----------
    capex : float
        Million USD per t of yearly output, spent at the decision.
    discount : float
        Real rate. [fraction a year]
    life : float
        Years of output.
    wait : float
        Years from the decision to output, over which interest runs.

    Returns
    -------
    float
        USD per kg.

    Examples
    --------
    >>> round(levelised_capital(0.1, 0.05, 10.0, 0.0), 2)  # 100 USD for a kg a year; annuity factor 0.1295
    12.95
    >>> levelised_capital(0.1, 0.0, 10.0, 3.0)
    10.0
    """
    share = discount / (1.0 - (1.0 + discount) ** -life) if discount > 0.0 else 1.0 / life
    return capex * USD_A_KG * (1.0 + discount) ** wait * share


def top_up(floor: float, market: float, tonnes: float) -> float:
    """What making up the difference between a floor and the market price costs in a year; nothing while the market is above.

    Parameters
    ----------
    floor, market : float
        USD per kg.
    tonnes : float
        Sold in the year.

    Returns
    -------
    float
        Million USD.

    Examples
    --------
    >>> top_up(80.0, 60.0, 150.0), top_up(80.0, 95.0, 150.0)
    (3.0, 0.0)
    """
    return max(floor - market, 0.0) * KG * tonnes


def worth_over(a_year: float, begins: float, ends: float, discount: float) -> float:
    """A level payment from one time to another, discounted to now.

    Parameters
    ----------
    a_year : float
        Million USD.
    begins, ends : float
        Years from now.
    discount : float
        Real rate. [fraction a year]

    Returns
    -------
    float
        Million USD.

    Examples
    --------
    >>> worth_over(2.0, 1.0, 4.0, 0.0), worth_over(2.0, 4.0, 1.0, 0.05)
    (6.0, 0.0)
    """
    if ends <= begins:
        return 0.0
    rate = log(1.0 + discount)
    return a_year * (((1.0 + discount) ** -begins - (1.0 + discount) ** -ends) / rate if rate > 0.0 else ends - begins)


def price_floors(
    levers: Sequence[Lever], home: Home, options: Options, terms: Terms, plan: Plan, horizon: float, every: bool = False
) -> tuple[PriceFloor, ...]:
    """The floors of the levers a plan commits to in calm, or of every one the economy can take.

    Parameters
    ----------
    levers : sequence of Lever
    home : Home
        Whose prices are those of calm.
    options : Options
    terms : Terms
    plan : Plan
    horizon : float
        Years from now.
    every : bool
        Whether levers are told that the plan leaves alone, as if all there is of each were taken now.

    Returns
    -------
    tuple of PriceFloor
        Suppliers and plants alone: who saves or substitutes sells nothing. In the order of the levers.
    """
    calm = plan.commitments[plan.commitments["in_calm"]]
    found = []
    for lever in levers:
        if lever.kind not in SELLING or lever.lever not in options.levers.index:
            continue
        mine = calm[calm["lever"] == lever.lever]
        taken = len(mine) > 0
        if taken or (every and float(options.levers.loc[lever.lever, "most"]) > 0.0):
            bought = [(float(row.years), float(row.t_a_year)) for row in mine.itertuples()]
            whole = [(0.0, float(options.levers.loc[lever.lever, "most"]))]
            found.append(_floor(lever, home, options, terms, bought if taken else whole, horizon, taken))
    return tuple(found)


def _floor(
    lever: Lever,
    home: Home,
    options: Options,
    terms: Terms,
    parts: list[tuple[float, float]],
    horizon: float,
    taken: bool,
) -> PriceFloor:
    figures, base = options.levers.loc[lever.lever], _base_price(lever, home)
    wait = float(figures["lead"]) + float(figures["ramp"]) / 2.0  # half of the ramp stands for all of it
    market = base if isfinite(base) else 0.0  # only the difference counts
    years_at_full = [(years + wait, part) for years, part in parts]

    def at(end: str) -> tuple[float, float, float, float]:
        capital = levelised_capital(getattr(lever.capex, end), terms.discount, float(figures["life"]), wait)
        above = capital + float(getattr(lever.premium, end))
        bills = [(begins, top_up(market + above, market, part)) for begins, part in years_at_full]
        whole = sum((worth_over(bill, begins, horizon, terms.discount) for begins, bill in bills), 0.0)
        return capital, above, sum((bill for _, bill in bills), 0.0), whole

    ends = zip(at("low"), at("central"), at("high"), strict=True)
    tonnes = sum((part for _, part in parts), 0.0)
    return PriceFloor(lever.lever, taken, tonnes, base, *(Range(low, central, high) for low, central, high in ends))


def _base_price(lever: Lever, home: Home) -> float:
    """Price in calm of a kilogram of what a lever delivers, in its proportions."""
    known = home.price["product"].values.tolist()
    total = sum(lever.delivers.values())
    if not total > 0.0 or any(product not in known for product in lever.delivers):
        return nan
    return sum(share * float(home.price.sel(product=product)) for product, share in lever.delivers.items()) / total
