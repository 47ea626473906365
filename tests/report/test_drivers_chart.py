"""The chart of what drives a result: one bar an input, its interval beside its share, split by what it rests on."""

from __future__ import annotations

import pandas as pd
import pytest

from lodestone.report.charts.drivers import draw
from lodestone.report.nouns import Chart


def drawn(**columns):
    frame = pd.DataFrame({"input": ["network", "network", "cover"], "share": [0.03, 0.07, 0.004],
                          "kind": ["fact", "prior", "assumption"], **columns})  # fmt: skip
    return draw(Chart("drivers", "drivers", "", "", {"drivers": frame}, {"explained": 0.104}))


@pytest.mark.parametrize(
    ("columns", "first"),
    [({"conf": [0.06, 0.06, 0.003]}, "10\u00a0\u00b1\u00a06\u00a0%"), ({}, "10\u00a0%")],
)
def test_a_bar_tells_its_whole_share_once_with_half_its_interval(columns, first):
    spec = drawn(**columns)
    assert [row["words"] for row in spec["data"]["values"]] == [first, "", "<1\u00a0%"]


def test_the_axis_says_how_much_the_inputs_explain():
    assert "explain 10% of it" in drawn()["layer"][0]["encoding"]["x"]["axis"]["title"]
