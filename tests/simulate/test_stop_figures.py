"""How often a sector of an economy falls short, and which is first."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from lodestone.simulate.figures import stop_figures

NODES = ("cars@ALB", "phones@ALB", "cars@BOR")
ORIGIN = {"cars": ("fact:c",), "phones": ("fact:p",)}


def told(first_shortage: list[list[int]]) -> dict[str, float | None]:
    ensemble = SimpleNamespace(use_nodes=NODES, first_shortage=np.array(first_shortage))
    return {one.id: one.value for one in stop_figures("run", ensemble, "ALB", ORIGIN)}


def test_draws_are_counted_by_the_first_sector_of_the_economy_alone():
    # draws: phones at once; both in week 3; nobody; cars in week 9; the other economy counts for nothing
    found = told([[-1, 3, -1, 9], [0, 3, -1, 20], [0, 0, 0, 0]])
    assert found == {"run.stops": 0.75, "run.at_once": 0.25, "run.first.cars": 0.5}


def test_where_nobody_falls_short_nobody_is_first():
    assert told([[-1, -1], [-1, -1], [0, 0]]) == {"run.stops": 0.0, "run.at_once": 0.0}
