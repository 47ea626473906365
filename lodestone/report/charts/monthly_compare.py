"""Observed against simulated months, the simulated ones with their band.

Table ``months``: month (date), observed (absent where none), simulated, low, high; optional ``series``
(a panel each). Options: ``axis``, ``label`` (such as "hindcast: terms of the episode allowed"),
``simulated`` and ``observed`` (legend words).
"""

from __future__ import annotations

import pandas as pd

from lodestone.report.charts.theme import WIDTH, Spec, option, order, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import ALARM, QUIET, RULES


def draw(chart: Chart) -> Spec:
    """The simulated line in its band, the observed as filled dots."""
    frame = table(chart, "months", ("month", "observed", "simulated", "low", "high"), ("series",))
    frame["month"] = pd.to_datetime(frame["month"].astype(str)).dt.strftime("%Y-%m-%d")
    panels = order(frame, "series")
    across: Spec = {
        "field": "month",
        "type": "temporal",
        "axis": {
            "title": None,
            "format": "%b %Y",
            "grid": False,
            "tickCount": {"interval": "month", "step": _step(frame)},
        },
    }
    down: Spec = {
        "type": "quantitative",
        "axis": {"title": option(chart, "axis", "Tonnes a month"), "tickCount": 5},
    }
    words = [option(chart, "simulated", "Simulated, with band"), option(chart, "observed", "Observed")]
    colour: Spec = {"scale": {"domain": words, "range": [RULES[0], ALARM]}, "legend": {"title": None}}
    layers: list[Spec] = [
        {
            "mark": {"type": "area", "opacity": 0.22, "color": RULES[0]},
            "encoding": {"x": across, "y": {"field": "low", **down}, "y2": {"field": "high"}},
        },
        {
            "mark": {"type": "line", "strokeWidth": 2, "point": {"size": 18}},
            "encoding": {
                "x": across,
                "y": {"field": "simulated", **down},
                "color": {"datum": words[0], **colour},
            },
        },
        {
            "mark": {"type": "point", "filled": True, "shape": "diamond", "size": 90, "opacity": 1},
            "transform": [{"filter": "isValid(datum.observed)"}],
            "encoding": {
                "x": across,
                "y": {"field": "observed", **down},
                "color": {"datum": words[1], **colour},
            },
        },
    ]
    wide = len(panels) > 1
    panel: Spec = {
        "width": (WIDTH - 130) / 2 if wide else WIDTH - 70,
        "height": 150 if wide else 200,
        "layer": layers,
    }
    whole: Spec = {"data": {"values": rows(frame)}}
    label = option(chart, "label", "")
    if label:
        whole["title"] = {
            "text": label,
            "anchor": "start",
            "fontSize": 11,
            "fontWeight": "normal",
            "color": QUIET,
        }
    if not wide:
        return {**whole, **panel}
    header = {"title": None, "labelAnchor": "start"}
    facet = {"field": "series", "type": "nominal", "sort": panels, "header": header}
    return {**whole, "facet": facet, "columns": 2, "spec": panel, "resolve": {"scale": {"y": "independent"}}}


def _step(frame: pd.DataFrame) -> int:
    """Months between two ticks, so that a dozen labels fit."""
    count = frame["month"].nunique() * (2 if frame["series"].nunique() > 1 else 1)
    return max(1, -(-count // 9))
