"""Shortage over time with its bands, by rationing rule.

Table ``bands``: week, rule, q05, q25, q50, q75, q95 (fractions of need unless ``format`` says else);
optional ``panel`` (one small picture each, such as a sector). Options: ``axis``, ``format`` (d3 number
format), ``measure_week`` (a vertical mark), ``measure_label``.
"""

from __future__ import annotations

from lodestone.report.charts.theme import WIDTH, Spec, number, option, order, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import DASHES, QUIET, RULES


def draw(chart: Chart) -> Spec:
    """A column a panel and a row a rule, all on one scale: outer band, inner band, median."""
    frame = table(chart, "bands", ("week", "rule", "q05", "q25", "q50", "q75", "q95"), ("panel",))
    rules = order(frame, "rule")
    panels = order(frame, "panel")
    top = max(float(frame["q95"].max()), 1e-9) * 1.05
    colour: Spec = {
        "field": "rule",
        "type": "nominal",
        "scale": {"domain": rules, "range": list(RULES[: len(rules)])},
        "legend": None,
    }
    dash = {**colour, "scale": {"domain": rules, "range": list(DASHES[: len(rules)])}}
    scale: Spec = {
        "domain": [0, min(top, 1.0) if option(chart, "format", ".0%").endswith("%") else top],
        "nice": False,
    }
    down: Spec = {
        "type": "quantitative",
        "scale": scale,
        "axis": {
            "title": None if panels else option(chart, "axis", "Share of need unmet"),
            "format": option(chart, "format", ".0%"),
            "tickCount": 5,
        },
    }
    across: Spec = {
        "field": "week",
        "type": "quantitative",
        "scale": {"nice": False},
        "axis": {"title": "Week", "grid": False},
    }
    layers: list[Spec] = [
        _band("q05", "q95", 0.18, across, down, colour),
        _band("q25", "q75", 0.34, across, down, colour),
        {
            "mark": {"type": "line", "strokeWidth": 2.2},
            "encoding": {"x": across, "y": {"field": "q50", **down}, "color": colour, "strokeDash": dash},
        },
    ]
    if "measure_week" in chart.options:
        layers += _mark(number(chart, "measure_week", 0.0), option(chart, "measure_label", ""))
    by_rule: Spec = {"field": "rule", "type": "nominal", "sort": rules}
    if panels:
        facet: Spec = {
            "column": {
                "field": "panel",
                "type": "nominal",
                "sort": panels,
                "header": {"title": None, "labelLimit": 160},
            },
            "row": {**by_rule, "header": {"title": None, "labelAngle": -90, "labelOrient": "left", "labelPadding": 14}},
        }
        across_count = len(panels)
    else:
        facet = {"column": {**by_rule, "header": {"title": None}}}
        across_count = len(rules)
    return {
        "data": {"values": rows(frame)},
        "facet": facet,
        "spec": {
            "width": (WIDTH - 90 - 14 * (across_count - 1)) / max(across_count, 1),
            "height": 92 if panels else 190,
            "layer": layers,
        },
        "spacing": 14,
    }


def _band(low: str, high: str, opacity: float, across: Spec, down: Spec, colour: Spec) -> Spec:
    return {
        "mark": {"type": "area", "opacity": opacity},
        "encoding": {"x": across, "y": {"field": low, **down}, "y2": {"field": high}, "color": colour},
    }


def _mark(week: float, label: str) -> list[Spec]:
    """A vertical line where the measure takes effect."""
    return [
        {"mark": {"type": "rule", "strokeDash": [3, 3], "color": QUIET}, "encoding": {"x": {"datum": week}}},
        {
            "mark": {
                "type": "text",
                "align": "left",
                "dx": 4,
                "color": QUIET,
                "fontSize": 10,
                "baseline": "top",
            },
            "encoding": {"x": {"datum": week}, "y": {"value": 2}, "text": {"value": label}},
        },
    ]
