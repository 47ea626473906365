"""One member's luck: every uncertain input drawn from its own stream, by name.

The value of an input depends on the run's seed, the input's name and the member alone, so two
policies or two rationing rules with the same seed meet the same luck, and any member can be drawn
again by itself.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from lodestone.errors import ScenarioError
from lodestone.facts.assumptions import Assumption
from lodestone.rng import stream
from lodestone.simulate.nouns import Range

PINS = ("low", "central", "high")
NETWORK = "network"  # the draw of the baseline, as an input among the others


class Luck:
    """Draws the inputs of one member and remembers what it drew.

    Parameters
    ----------
    seed, member : int
        Which run and which member.
    pin : mapping of str to str or float
        Inputs held instead of drawn: "low", "central" or "high" of their range, or a number. A key is
        an input's full name ("cover_weeks:wind"), its name without scope ("cover_weeks"), or "*".
    source : callable, optional
        Input's name -> the member it is drawn from, in place of ``member``; see `CrossedDesign`.

    Examples
    --------
    >>> luck = Luck(1, 0, {"cover_weeks": "low"})
    >>> luck.number("cover_weeks:wind", 2.0, 4.0, 8.0, "triangular"), luck.drawn
    (2.0, {'cover_weeks:wind': 2.0})
    """

    def __init__(
        self,
        seed: int,
        member: int,
        pin: Mapping[str, str | float] | None = None,
        source: Callable[[str], int] | None = None,
    ) -> None:
        self.seed, self.member, self.pin, self.source = seed, member, dict(pin or {}), source
        self.drawn: dict[str, float] = {}

    def number(self, name: str, low: float, central: float, high: float, distribution: str) -> float:
        """The value of one input; the same each time it is asked for."""
        if name not in self.drawn:
            pinned = self.pin.get(name, self.pin.get(name.split(":")[0], self.pin.get("*")))
            if pinned is None and distribution != "fixed" and low < high:
                self.drawn[name] = inverse(
                    _uniform(self.seed, name, self._member(name)), low, central, high, distribution
                )
            elif isinstance(pinned, str):
                if pinned not in PINS:
                    raise ScenarioError(f"input {name} pinned to '{pinned}'. Use one of {', '.join(PINS)} or a number.")
                self.drawn[name] = {"low": low, "central": central, "high": high}[pinned]
            else:
                self.drawn[name] = central if pinned is None else float(pinned)
        return self.drawn[name]

    def range(self, name: str, given: Range) -> float:
        """The value of a scenario's uncertain parameter."""
        return self.number(name, given.low, given.central, given.high, given.distribution)

    def assumption(self, row: Assumption) -> float:
        """The value of a row of the assumption table, under its id."""
        return self.number(row.id, row.low, row.central, row.high, row.distribution)

    def uniforms(self, name: str, count: int) -> np.ndarray:
        """Uniform numbers for as many parts, in the order of the network's rows."""
        return stream(self.seed, name, self._member(name)).random(count)

    def network(self, draws: int) -> int:
        """Which draw of the baseline this member runs on: its number modulo the draws, or drawn if crossed."""
        if self.source is None:
            return self.member % draws
        return int(_uniform(self.seed, NETWORK, self.source(NETWORK)) * draws)

    def _member(self, name: str) -> int:
        return self.member if self.source is None else self.source(name)


@lru_cache(maxsize=2**18)
def _uniform(seed: int, name: str, member: int) -> float:
    """The uniform number behind one input of one member, kept: the runs of a brief meet the same luck."""
    return float(stream(seed, name, member).random())


def inverse(uniform: float, low: float, central: float, high: float, distribution: str) -> float:
    """The quantile of a triangular or uniform distribution.

    >>> inverse(0.5, 0.0, 0.5, 1.0, "triangular"), inverse(0.25, 0.0, 0.5, 2.0, "uniform")
    (0.5, 0.5)
    """
    if distribution == "uniform" or high == low:
        return low + uniform * (high - low)
    width = high - low
    if uniform * width < central - low:
        return low + float(np.sqrt(uniform * width * (central - low)))
    return high - float(np.sqrt((1.0 - uniform) * width * (high - central)))


@dataclass(frozen=True)
class Choice:
    """Which row of the assumption table holds for each part (edge, slot, node) of a circuit."""

    rows: tuple[Assumption, ...]
    index: np.ndarray

    def draw(self, luck: Luck) -> np.ndarray:
        """One member's value for each part."""
        return np.array([luck.assumption(row) for row in self.rows])[self.index]


def choose(
    assumptions: Mapping[str, Assumption], name: str, parts: int, scopes: Callable[[int], Sequence[str]]
) -> Choice:
    """The row that holds for each part: the first of its scopes that has one, else the blank scope.

    Rows of one assumption have the id ``name`` (blank scope) or ``name:scope``.

    Raises
    ------
    ScenarioError
        If a part has neither.
    """
    by_scope = {row.scope: row for row in assumptions.values() if row.id.split(":")[0] == name}
    numbers: dict[str, int] = {}
    index = np.zeros(parts, dtype=np.int64)
    for part in range(parts):
        found = next((scope for scope in (*scopes(part), "") if scope in by_scope), None)
        if found is None:
            raise ScenarioError(
                f"no assumption '{name}' for any of {', '.join(scopes(part))}. Add a row with a blank scope "
                "to assumptions.csv."
            )
        index[part] = numbers.setdefault(found, len(numbers))
    return Choice(tuple(by_scope[scope] for scope in numbers), index)


def single(assumptions: Mapping[str, Assumption], name: str) -> Assumption:
    """The row that holds everywhere."""
    return choose(assumptions, name, 1, lambda _: ()).rows[0]
