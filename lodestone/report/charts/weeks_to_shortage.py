"""Weeks until the first shortage, by sector, initial cover and rationing rule.

Table ``weeks``: sector, cover (in the order low, central, high), rule, value; optional low, high
(weeks). An absent value means that no shortage came within the horizon. Options: ``horizon`` (weeks),
``axis``.
"""

from __future__ import annotations

import pandas as pd

from lodestone.report.charts.theme import WIDTH, Spec, number, option, order, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import INK, RULES, SHAPES


def draw(chart: Chart) -> Spec:
    """One panel a rule; in each, per sector, three dots with their ranges; an open arrow where none came."""
    frame = table(chart, "weeks", ("sector", "cover", "rule", "value"), ("low", "high"))
    for column in ("value", "low", "high"):
        frame[column] = pd.to_numeric(frame[column], errors="coerce")
    horizon = number(chart, "horizon", float(frame[["value", "high"]].max().max()))
    frame["never"] = frame["value"].isna()
    frame["at"] = frame["value"].clip(upper=horizon).fillna(horizon)
    frame["low"] = frame["low"].fillna(frame["at"]).clip(upper=horizon)
    frame["high"] = frame["high"].fillna(frame["at"]).clip(upper=horizon)
    sectors, covers, rules = order(frame, "sector"), order(frame, "cover"), order(frame, "rule")
    colour: Spec = {
        "field": "cover",
        "type": "nominal",
        "sort": covers,
        "scale": {"domain": covers, "range": [RULES[1], INK, RULES[0]][: len(covers)]},
        "legend": {"title": "Initial cover (open arrow: no shortage within the horizon)", "symbolSize": 70},
    }
    shape = {**colour, "scale": {"domain": covers, "range": list(SHAPES[: len(covers)])}}
    across: Spec = {
        "type": "quantitative",
        "scale": {"domain": [0, horizon * 1.04], "nice": False},
        "axis": {
            "title": option(chart, "axis", "Weeks from the start"),
            "tickMinStep": 1,
            "tickCount": 7,
        },
    }
    panel: Spec = {
        "width": (WIDTH - 178 - 24 * (len(rules) - 1)) / max(len(rules), 1),
        "height": {"step": 8.5 if len(sectors) > 6 else 12},
        "encoding": {
            "y": {
                "field": "sector",
                "type": "nominal",
                "sort": sectors,
                "axis": {"title": None, "domain": False, "ticks": False, "labelLimit": 176},
                "scale": {"paddingInner": 0.28},
            },
            "yOffset": {"field": "cover", "type": "nominal", "sort": covers},
        },
        "layer": [
            {
                "mark": {"type": "rule", "strokeWidth": 1.8, "opacity": 0.75},
                "transform": [{"filter": "!datum.never || datum.low < datum.at"}],
                "encoding": {"x": {"field": "low", **across}, "x2": {"field": "high"}, "color": colour},
            },
            {
                "mark": {"type": "point", "filled": True, "opacity": 1, "size": 46},
                "transform": [{"filter": "!datum.never"}],
                "encoding": {"x": {"field": "at", **across}, "color": colour, "shape": shape},
            },
            {
                "mark": {"type": "point", "shape": "triangle-right", "filled": False, "size": 38, "strokeWidth": 1.5},
                "transform": [{"filter": "datum.never"}],
                "encoding": {"x": {"field": "at", **across}, "color": colour},
            },
        ],
    }
    return {
        "data": {"values": rows(frame)},
        "facet": {
            "column": {"field": "rule", "type": "nominal", "sort": rules, "header": {"title": None}},
        },
        "spec": panel,
        "spacing": 24,
    }
