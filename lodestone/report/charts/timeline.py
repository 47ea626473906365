"""Measures over time: when announced, when in force, when suspended.

Table ``measures``: measure, start (date), end (date, absent while it lasts), status (announced, in
force, suspended, ended, unknown; of a commitment: being built, delivering); optional ``reference``. One measure may have several rows, one a
status. Options: ``as_of`` (date of a vertical line), ``until`` (right edge), ``whole`` (labels share the width with the bars).
"""

from __future__ import annotations

import pandas as pd

from lodestone.report.charts.theme import WIDTH, Spec, option, order, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import INK, QUIET

STATUS = {
    "announced": "#d9a441",
    "in force": "#8c1c13",
    "suspended": "#9fb3c4",
    "ended": "#d5dade",
    "unknown": "#6b7785",
    "being built": "#d9a441",
    "delivering": "#1d4e6b",
}


def draw(chart: Chart) -> Spec:
    """A bar per measure and status; an open end runs to the edge with an arrow."""
    frame = table(chart, "measures", ("measure", "start", "end", "status"), ("reference",))
    starts, ends = pd.to_datetime(frame["start"].astype(str)), pd.to_datetime(frame["end"], errors="coerce")
    as_of = option(chart, "as_of", "")
    last = max([*starts.dropna(), *ends.dropna(), *([pd.Timestamp(as_of)] if as_of else [])])
    edge = pd.Timestamp(option(chart, "until", "")) if "until" in chart.options else last + pd.Timedelta(days=60)
    frame["start"] = starts.dt.strftime("%Y-%m-%d")
    frame["open"] = ends.isna()
    frame["end"] = ends.fillna(edge).dt.strftime("%Y-%m-%d")
    known = [status for status in STATUS if status in set(frame["status"])]
    other = [status for status in order(frame, "status") if status not in STATUS]
    colour: Spec = {
        "field": "status",
        "type": "nominal",
        "scale": {"domain": known + other, "range": [STATUS.get(status, QUIET) for status in known + other]},
        "legend": {"title": None, "symbolType": "square", "symbolSize": 110},
    }
    down: Spec = {
        "field": "measure",
        "type": "nominal",
        "sort": order(frame, "measure"),
        "axis": {"title": None, "domain": False, "ticks": False, "labelLimit": 250, "grid": True},
    }
    domain = [str(frame["start"].min()), edge.strftime("%Y-%m-%d")]
    across: Spec = {
        "type": "temporal",
        "scale": {"domain": domain},
        "axis": {"title": None, "format": "%b %Y", "tickCount": 7},
    }
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.55}, "cornerRadius": 1},
            "encoding": {
                "x": {"field": "start", **across},
                "x2": {"field": "end"},
                "y": down,
                "color": colour,
            },
        },
        {
            "mark": {
                "type": "point",
                "shape": "triangle-right",
                "filled": True,
                "size": 60,
                "color": INK,
                "opacity": 1,
            },
            "transform": [{"filter": "datum.open"}],
            "encoding": {"x": {"field": "end", **across}, "y": down},
        },
    ]
    if as_of:
        at: Spec = {"datum": as_of, "type": "temporal"}
        layers += [
            {"mark": {"type": "rule", "strokeDash": [3, 3], "color": QUIET}, "encoding": {"x": at}},
            {
                "mark": {
                    "type": "text",
                    "align": "right",
                    "dx": -4,
                    "baseline": "bottom",
                    "color": QUIET,
                    "fontSize": 10,
                },
                "encoding": {"x": at, "y": {"value": -3}, "text": {"value": f"as of {as_of}"}},
            },
        ]
    size: Spec = {"width": WIDTH - 270}
    if "whole" in chart.options:
        size = {"width": WIDTH, "autosize": {"type": "fit-x", "contains": "padding"}}
    return {**size, "height": {"step": 26}, "data": {"values": rows(frame)}, "layer": layers}
