"""Saltelli's design on named streams: in each run one group of inputs comes from another member.

A run of matrix A is member a's luck; of B, member b's; of AB_i, member a's for every input but those of
group i, which are member b's. Streams have names, so no quantile is mapped: the distribution of every
input is the run's own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from lodestone.errors import ScenarioError


@dataclass(frozen=True, eq=False)
class CrossedDesign:
    """Which member each input of a run is drawn from.

    Runs go in the order SALib reads: for each sample one of A, one of AB_i for each group, one of B.
    ``samples`` is the number of rows of A; ``groups`` are varied; ``group_of`` gives the group of an input
    by a word of its name (words stand between colons; the first that is listed counts).

    Examples
    --------
    >>> design = CrossedDesign(8, ("stocks", "price"), {"cover_weeks": "stocks", "choke_price": "price"})
    >>> design.size
    32
    >>> [design.source(run, "cover_weeks:wind") for run in range(4)]  # A, AB of stocks, AB of price, B
    [0, 8, 0, 8]
    """

    samples: int
    groups: tuple[str, ...]
    group_of: Mapping[str, str]

    @property
    def size(self) -> int:
        """Number of runs: samples times groups and two."""
        return self.samples * (len(self.groups) + 2)

    def source(self, run: int, name: str) -> int:
        """The member that an input of a run is drawn from.

        Raises
        ------
        ScenarioError
            If the input belongs to no group.
        """
        sample, place = divmod(run, len(self.groups) + 2)
        if place == 0:
            return sample
        last = place == len(self.groups) + 1
        return sample + self.samples * (last or self.group(name) == self.groups[place - 1])

    def members(self, name: str) -> Sequence[int]:
        """The member of every run that an input is drawn from."""
        return [self.source(run, name) for run in range(self.size)]

    def group(self, name: str) -> str:
        """The group of an input."""
        return _group(self, name)


@lru_cache(maxsize=2**12)
def _group(design: CrossedDesign, name: str) -> str:
    found = next((design.group_of[word] for word in name.split(":") if word in design.group_of), None)
    if found is None:
        raise ScenarioError(f"input '{name}' belongs to no group. Add a row for it to sensitivity/groups.csv.")
    return found
