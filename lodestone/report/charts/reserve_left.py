"""How long a shared reserve lasts: the share of its tonnes left by week, where all members are hit and where one is.

Table ``weeks``: week (of the scenario), case, share.
"""

from __future__ import annotations

from lodestone.report.charts.theme import WIDTH, Spec, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import ACCENT, ALARM

HEIGHT = 180
DASHES = ([1, 0], [6, 3])


def draw(chart: Chart) -> Spec:
    """A line for each case, told apart by colour and dash."""
    frame = table(chart, "weeks", ("week", "case", "share"))
    cases = list(dict.fromkeys(frame["case"]))
    legend: Spec = {"title": None, "orient": "top"}
    return {
        "width": WIDTH - 60,
        "height": HEIGHT,
        "data": {"values": rows(frame)},
        "mark": {"type": "line", "strokeWidth": 2},
        "encoding": {
            "x": {"field": "week", "type": "quantitative", "axis": {"title": "Week of the scenario", "tickMinStep": 1}},
            "y": {
                "field": "share",
                "type": "quantitative",
                "scale": {"domain": [0, 1]},
                "axis": {"title": "Left in the lots", "format": ".0%"},
            },
            "color": {
                "field": "case",
                "type": "nominal",
                "scale": {"domain": cases, "range": [ACCENT, ALARM][: len(cases)]},
                "legend": legend,
            },
            "strokeDash": {
                "field": "case",
                "type": "nominal",
                "scale": {"domain": cases, "range": list(DASHES)[: len(cases)]},
                "legend": legend,
            },
        },
    }
