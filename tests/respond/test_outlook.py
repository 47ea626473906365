"""The tree of a curb: how long it is in force, whatever the stages, and what a node is told of it."""

from __future__ import annotations

import numpy as np
import pytest
import xarray as xr

from lodestone.respond.outlook import ONSETS, STAGES, YEAR, Curb, build_outlook
from lodestone.respond.tree import paths, probability

WEEK = xr.DataArray(np.zeros((1, 1, 52)), {"level": ["total"], "product": ["oxide"]}, ("level", "product", "week"))
LENGTHS = ({26.0: 0.6, 104.0: 0.4}, {13.0: 1.0}, {20.0: 0.3, 60.0: 0.5, 300.0: 0.2}, {600.0: 1.0})


@pytest.mark.parametrize("lasts", LENGTHS)
@pytest.mark.parametrize(
    ("stages", "onsets"), [(STAGES, ONSETS), ((13.0,) * 6, (1, 3)), ((52.0, 52.0, 104.0, 156.0), (1, 2, 3))]
)
def test_a_curb_is_in_force_as_long_as_it_lasts_on_average(lasts, stages, onsets) -> None:
    seen = build_outlook(Curb(0.3, ("total",), (1.0,), tuple(lasts.items()), WEEK, WEEK), stages, onsets)
    chance = probability(seen.tree)
    inside = (seen.data["weeks"] * (seen.data["age"] > 0.0)).sum("part")
    starts, told = np.concatenate([[0.0], np.cumsum(stages)]), 0.0
    before, calm = 0, 1.0
    for stage in onsets:
        begins = 1.0 - 0.7 ** ((starts[stage] - starts[before]) / YEAR)
        mean = sum(p * min(weeks, starts[-1] - starts[stage]) for weeks, p in lasts.items())
        told, calm, before = told + calm * begins * mean, calm * (1.0 - begins), stage
    assert float((inside * chance).sum()) == pytest.approx(told, rel=1e-9)
    whole = seen.data["weeks"].sum("part")
    for _, way in paths(seen.tree).groupby("scenario"):
        nodes = way.values.ravel().tolist()
        assert float(whole.sel(node=nodes).sum()) == pytest.approx(sum(stages))
        begins = seen.data["begins"].sel(node=nodes).values * YEAR
        assert begins == pytest.approx(np.concatenate([[0.0], np.cumsum(whole.sel(node=nodes).values)[:-1]]))


def test_a_curb_that_begins_with_a_long_stage_is_over_where_it_may_end() -> None:
    seen = build_outlook(Curb(0.3, ("total",), (1.0,), ((26.0, 0.6), (104.0, 0.4)), WEEK, WEEK), STAGES, ONSETS)
    force = (seen.data["weeks"] * (seen.data["age"] > 0.0)).sum("part")
    whole = seen.data["weeks"].sum("part")
    assert [float(force.sel(node=node)) for node in ("8:total", "9:8:total", "9:8:total>9")] == [26.0, 78.0, 0.0]
    assert float(whole.sel(node="9:8:total")) == 78.0  # no gap in the middle of a long one
