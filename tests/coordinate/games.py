"""Games for tests: random ones of many kinds, degenerate ones among them, and bankruptcy."""

from __future__ import annotations

import numpy as np

from lodestone.coordinate.game import coalition_sums, make_game, sizes
from lodestone.coordinate.nouns import Game

KINDS = (
    "any",
    "few values",
    "symmetric",
    "weighted majority",
    "glove",
    "additive",
    "bankruptcy",
    "dummy",
    "empty core",
    "below",
)


def names(count: int) -> list[str]:
    return [f"m{i}" for i in range(count)]


def random_game(rng: np.random.Generator, count: int, kind: str) -> Game:
    """A game of whole numbers with a non-empty set of imputations."""
    size = sizes(count)
    masks = np.arange(1 << count)
    if kind == "any":
        value = rng.integers(0, 100, masks.size) * size
    elif kind == "few values":
        value = rng.integers(0, 3, masks.size)
    elif kind == "symmetric":
        value = np.sort(rng.integers(0, 20, count + 1))[size]
    elif kind == "weighted majority":
        weight = rng.integers(1, 8, count)
        value = (coalition_sums(weight) * 2 > weight.sum()).astype(int)
    elif kind == "glove":
        left = rng.integers(0, 2, count)
        value = np.minimum(coalition_sums(left), size - coalition_sums(left))
    elif kind == "additive":
        value = coalition_sums(rng.integers(0, 9, count))
    elif kind == "bankruptcy":
        claims = rng.integers(1, 50, count)
        value = np.maximum(0, rng.integers(0, claims.sum()) - coalition_sums(claims)[::-1])
    elif kind == "dummy":  # the last member adds nothing but what it has
        half = rng.integers(0, 30, 1 << (count - 1)) * size[: 1 << (count - 1)]
        value = np.concatenate([half, half + 5])
    elif kind == "empty core":
        value = np.where(size > count // 2, 80, 0)
    else:
        value = -rng.integers(0, 100, masks.size)
    value = value.astype(float)
    value[0] = 0.0
    value[-1] = max(value[-1], value[1 << np.arange(count)].sum())
    return make_game(names(count), value)


def bankruptcy(estate: float, claims: np.ndarray) -> Game:
    """What is left for a coalition after all others were paid in full."""
    value = np.maximum(0.0, estate - coalition_sums(claims)[::-1])
    value[0] = 0.0
    return make_game(names(len(claims)), value)


def talmud_rule(estate: float, claims: np.ndarray) -> np.ndarray:
    """Half the claims are met as equal awards, then losses are equal: the contested garment for any number."""
    half = claims / 2.0
    if estate <= half.sum():
        return equal_up_to(estate, half)
    return claims - equal_up_to(claims.sum() - estate, half)


def equal_up_to(amount: float, limits: np.ndarray) -> np.ndarray:
    """An amount divided equally, none past its limit."""
    given = np.zeros(len(limits))
    order = np.argsort(limits)
    for place, i in enumerate(order):
        given[i] = min(limits[i], amount / (len(limits) - place))
        amount -= given[i]
    return given
