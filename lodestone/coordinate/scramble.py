"""The scramble for what is left of one product outside the issuer: members alone, every firm for itself, or one buyer.

All bid on one rising supply curve: what sellers elsewhere have not under contract and can make more at a higher price, less
what buyers who are no members still take at it. Three games are told apart:

- **each member one buyer**: a Cournot-Nash equilibrium; each knows that its own tonnes raise the price for all of its tonnes;
- **price takers**: every firm for itself, the limit of the first with more and more buyers; at the choke price tonnes go pro rata;
- **together**: one buyer for all members, tonnes to where the next one saves most.

A member's loss is convex in what it lacks and the supply curve is concave in the price. So what a member buys falls as the
price rises, what is for sale rises, and the two meet once: the equilibrium exists, is the only one, and halving finds it.
At the choke price members share one limit; the equilibrium taken is then the one in which it costs each the same at the
margin (Rosen's normalised equilibrium), which is again the only one.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from lodestone.errors import GameError

HALVINGS = 42
LOWEST = 1e-6  # of the base price: where halving begins
LEAST_SPARE = 1e-12  # stands for makers without spare capacity, who at a lower price still sell less


@dataclass(frozen=True, eq=False)
class Supply:
    """What can be bought outside the issuer, all of shape (draw,).

    ``offered``: t a year that sellers elsewhere can send at base prices; ``open_share``: what of it is under no contract;
    ``spare``: share by which they can make more; ``others``: t a year that buyers who are no members lack at base prices;
    ``supply_response`` and ``price_elasticity``: how output and the others' demand answer to the price, both above zero;
    ``choke_price``: the highest price, over the base price. As the price nears it the others leave one by one, so that all that is for
    sale at it is there for members: they are those whose losses are reckoned, and they hold out.
    """

    offered: np.ndarray
    open_share: np.ndarray
    spare: np.ndarray
    others: np.ndarray
    supply_response: np.ndarray
    price_elasticity: np.ndarray
    choke_price: np.ndarray

    def tonnes(self, price: np.ndarray) -> np.ndarray:
        """What members can have at a price over the base price. [t a year]"""
        room = np.maximum(self.spare, LEAST_SPARE)
        with np.errstate(over="ignore"):  # far below the base price nobody sells
            more = room * (1.0 - price ** (-self.supply_response / room))
        stay = np.maximum(self.choke_price - price, 0.0) / (self.choke_price - 1.0)
        return np.asarray(self.offered * (self.open_share + more) - self.others * stay * price**-self.price_elasticity)

    def slope(self, price: np.ndarray) -> np.ndarray:
        """Tonnes more for a price higher by one base price. [t a year]"""
        room = np.maximum(self.spare, LEAST_SPARE)
        with np.errstate(over="ignore"):
            made = self.offered * self.supply_response * price ** (-self.supply_response / room - 1.0)
        stay = np.maximum(self.choke_price - price, 0.0) / (self.choke_price - 1.0)
        leave = stay * self.price_elasticity / price + 1.0 / (self.choke_price - 1.0)
        return np.asarray(made + self.others * leave * price**-self.price_elasticity)


@dataclass(frozen=True, eq=False)
class Buyers:
    """Members who lack a product.

    ``gap`` (draw, member): t a year they would buy at base prices; ``need`` (member): t a year they use at full output.
    ``worth`` (draw, member, use): value added a year; ``exposed`` (member, use): share of it that stops with none of the
    product; ``saved`` (draw, member, use): share that a use can do without. ``spread`` (draw,): a use that lacks the share u loses
    the share u^spread of its value added. ``base_price`` (draw,): money/t. [money: one unit throughout]
    """

    members: tuple[str, ...]
    gap: np.ndarray
    need: np.ndarray
    worth: np.ndarray
    exposed: np.ndarray
    saved: np.ndarray
    spread: np.ndarray
    base_price: np.ndarray


@dataclass(frozen=True, eq=False)
class Bought:
    """How one game ends. ``price`` (draw,): over the base price; ``tonnes``, ``short``, ``loss``, ``premium`` (draw, member): bought
    and still lacking [t a year], value added lost, and what is paid above base prices [money a year]. ``rationed`` (draw,): whether the
    choke price was reached."""

    members: tuple[str, ...]
    price: np.ndarray
    tonnes: np.ndarray
    short: np.ndarray
    loss: np.ndarray
    premium: np.ndarray
    rationed: np.ndarray

    @property
    def cost(self) -> np.ndarray:
        """Loss and premium of all members together, (draw,). [money a year]"""
        return np.asarray((self.loss + self.premium).sum(axis=1))


def make_buyers(
    members: Sequence[str],
    gap: np.ndarray,
    need: np.ndarray,
    worth: np.ndarray,
    exposed: np.ndarray,
    saved: np.ndarray,
    spread: np.ndarray,
    base_price: np.ndarray,
) -> Buyers:
    """Buyers from their numbers, all faults together.

    Raises
    ------
    GameError
        If shapes do not fit, or a number is out of its range.

    Examples
    --------
    >>> two = make_buyers("AB", [[4, 2]], [10, 10], [[[100], [100]]], [[1], [1]], [[[0], [0]]], [2], [0.1])
    >>> two.gap.shape
    (1, 2)
    """
    arrays = [np.asarray(x, dtype=float) for x in (gap, need, worth, exposed, saved, spread, base_price)]
    lacks, use, earns, share, spared, power, price = arrays
    draws, count = len(power), len(members)
    uses = share.shape[-1] if share.ndim else 0
    shapes = ((draws, count), (count,), (draws, count, uses), (count, uses), (draws, count, uses), (draws,), (draws,))
    rules = (
        (count > 0 and len(set(members)) == count, "members need different names"),
        (
            all(a.shape == s for a, s in zip(arrays, shapes, strict=True)),
            f"shapes are {[a.shape for a in arrays]}, not {list(shapes)}",
        ),
        (all(np.isfinite(a).all() and (a >= 0.0).all() for a in arrays), "numbers must be 0 or more and finite"),
        (bool((use > 0.0).all()), "needs must be above 0"),
        (bool((power >= 1.0).all()), "spread must be 1 or more: the next tonne never saves more than the one before"),
        (bool((price > 0.0).all()), "base prices must be above 0"),
    )
    if faults := [text for holds, text in rules if not holds]:
        raise GameError("the scramble cannot be set up: " + "; ".join(faults) + ".")
    return Buyers(tuple(members), lacks, use, earns, share, spared, power, price)


def make_supply(
    offered: np.ndarray,
    open_share: np.ndarray,
    spare: np.ndarray,
    others: np.ndarray,
    supply_response: np.ndarray,
    price_elasticity: np.ndarray,
    choke_price: np.ndarray,
) -> Supply:
    """A supply curve from its numbers, all faults together.

    Raises
    ------
    GameError
        If a number is out of its range, or nothing answers to the price.
    """
    arrays = [
        np.atleast_1d(np.asarray(x, dtype=float))
        for x in (offered, open_share, spare, others, supply_response, price_elasticity, choke_price)
    ]
    rules = (
        (len({a.shape for a in arrays}) == 1, "give one number a draw of each"),
        (all(np.isfinite(a).all() and (a >= 0.0).all() for a in arrays), "numbers must be 0 or more and finite"),
        (bool((arrays[1] <= 1.0).all()), "the open share is 0 to 1"),
        (bool((arrays[4] > 0.0).all() and (arrays[5] > 0.0).all()), "response and elasticity are above 0"),
        (bool((arrays[6] > 1.0).all()), "the choke price is above 1"),
        (bool((arrays[0] * arrays[2] + arrays[3] > 0.0).all()), "nothing answers to the price: no spare capacity and no others"),
    )  # fmt: skip
    if faults := [text for holds, text in rules if not holds]:
        raise GameError("what can be bought cannot be set up: " + "; ".join(faults) + ".")
    return Supply(*arrays)


def each_alone(buyers: Buyers, supply: Supply) -> Bought:
    """Each member one buyer that knows its tonnes raise the price: the Cournot-Nash equilibrium.

    Parameters
    ----------
    buyers : Buyers
    supply : Supply
        With ``tonnes``, concave in the price, ``slope`` and ``choke_price``.

    Returns
    -------
    Bought

    Examples
    --------
    A member that buys alone is one buyer:

    >>> one = make_buyers("A", [[4]], [10], [[[100]]], [[1]], [[[0]]], [2], [0.1])
    >>> curve = make_supply([20], [0.1], [0.2], [2], [0.2], [0.3], [12])
    >>> bool(np.isclose(each_alone(one, curve).price, together(one, curve).price)[0])
    True
    """

    def marginal(price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return price * buyers.base_price, buyers.base_price / supply.slope(price)

    return _meet(buyers, supply, marginal, pro_rata=False)


def price_takers(buyers: Buyers, supply: Supply) -> Bought:
    """Every firm for itself at the market's price; what is for sale at the choke price goes pro rata to what is wanted at it."""

    def marginal(price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return price * buyers.base_price, np.zeros_like(price)

    return _meet(buyers, supply, marginal, pro_rata=True)


def together(buyers: Buyers, supply: Supply) -> Bought:
    """One buyer for all members: the least loss and premium of all, tonnes to where the next one saves most."""

    def marginal(price: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        dearer = np.maximum(supply.tonnes(price), 0.0) / supply.slope(price)
        return (price + dearer) * buyers.base_price, np.zeros_like(price)

    return _meet(buyers, supply, marginal, pro_rata=False)


def loss_of(buyers: Buyers, short: np.ndarray) -> np.ndarray:
    """Value added that members lose by a lack of so many tonnes, (draw, member). [money a year]"""
    lack = (short / buyers.need)[:, :, None] * buyers.exposed - buyers.saved
    return np.asarray((buyers.worth * np.maximum(lack, 0.0) ** buyers.spread[:, None, None]).sum(axis=2))


def _saves(buyers: Buyers, tonnes: np.ndarray) -> np.ndarray:
    """Value added that the next tonne saves, (draw, member). [money/t]"""
    share = ((buyers.gap - tonnes) / buyers.need)[:, :, None]
    lack = share * buyers.exposed - buyers.saved
    power = buyers.spread[:, None, None]
    steep = np.where(lack > 0.0, np.maximum(lack, 1e-300) ** (power - 1.0), 0.0)
    return np.asarray((buyers.worth * power * steep * buyers.exposed).sum(axis=2) / buyers.need)


def _wanted(buyers: Buyers, level: np.ndarray, own: np.ndarray) -> np.ndarray:
    """Tonnes at which the next one saves what it costs: ``level`` and ``own`` times the tonnes bought, (draw, member)."""
    low, high = np.zeros_like(buyers.gap), buyers.gap.copy()
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        more = _saves(buyers, middle) + buyers.base_price[:, None] > level[:, None] + own[:, None] * middle
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    return np.asarray(np.where(buyers.gap - low < 1e-12 * np.maximum(buyers.gap, 1.0), buyers.gap, low))


def _meet(
    buyers: Buyers,
    supply: Supply,
    marginal: Callable[[np.ndarray], tuple[np.ndarray, np.ndarray]],
    pro_rata: bool,
) -> Bought:
    """The price at which what is wanted is for sale, and where that is past the choke price, what is for sale there shared out."""
    low, high = np.full(len(buyers.gap), np.log(LOWEST)), np.log(supply.choke_price)
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        price = np.exp(middle)
        over = _wanted(buyers, *marginal(price)).sum(axis=1) > supply.tonnes(price)
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    at = np.exp(high)
    most = np.maximum(supply.tonnes(supply.choke_price), 0.0)
    level, own = marginal(supply.choke_price)
    wanted = _wanted(buyers, level, own)
    rationed = wanted.sum(axis=1) > most
    price = np.where(rationed, supply.choke_price, at)
    if pro_rata:
        tonnes = wanted * (most / np.maximum(wanted.sum(axis=1), 1e-300))[:, None]
    else:
        tonnes = _shared(buyers, level, own, most) if rationed.any() else wanted
    open_market = _between(
        _wanted(buyers, *marginal(np.exp(high))), _wanted(buyers, *marginal(np.exp(low))), supply.tonnes(price)
    )
    tonnes = np.where(rationed[:, None], tonnes, open_market)
    short = np.maximum(buyers.gap - tonnes, 0.0)
    premium = ((price - 1.0) * buyers.base_price)[:, None] * tonnes
    return Bought(buyers.members, price, tonnes, short, loss_of(buyers, short), premium, rationed)


def _shared(buyers: Buyers, level: np.ndarray, own: np.ndarray, most: np.ndarray) -> np.ndarray:
    """What is for sale shared so that going without costs each the same at the margin."""
    low = np.zeros(len(most))
    high = _saves(buyers, np.zeros_like(buyers.gap)).max(axis=1) + buyers.base_price
    for _ in range(HALVINGS):
        middle = (low + high) / 2.0
        over = _wanted(buyers, level + middle, own).sum(axis=1) > most
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return _between(_wanted(buyers, level + high, own), _wanted(buyers, level + low, own), most)


def _between(least: np.ndarray, largest: np.ndarray, total: np.ndarray) -> np.ndarray:
    """Tonnes between two that add up to a total: where the next tonne is worth the same to several, each gets its part."""
    below, above = least.sum(axis=1), largest.sum(axis=1)
    part = np.clip((total - below) / np.where(above > below, above - below, 1.0), 0.0, 1.0)
    return np.asarray(least + part[:, None] * (largest - least))
