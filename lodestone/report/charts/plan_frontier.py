"""Security against cost: expected loss of value added left by a plan, over what it costs, as the yearly budget grows.

Table ``points``: cost, loss (million USD, expected and discounted), what (as told when pointed at), chosen (whether it is the
plan of the page).
"""

from __future__ import annotations

from lodestone.report.charts.theme import WIDTH, Spec, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import ACCENT, ALARM, INK


def draw(chart: Chart) -> Spec:
    """A line through the plans with a dot for each; the page's own plan is named."""
    frame = table(chart, "points", ("cost", "loss", "what", "chosen"))
    encoding: Spec = {
        "x": {
            "field": "cost",
            "type": "quantitative",
            "scale": {"type": "sqrt"},  # most is gained by the first money
            "axis": {
                "title": "Cost of the plan, million USD of 2024, expected and discounted (square-root scale)",
                "tickCount": 8,
            },
        },
        "y": {
            "field": "loss",
            "type": "quantitative",
            "axis": {"title": "Expected loss left, million USD", "tickCount": 6},
        },
    }
    dots: Spec = {
        "mark": {"type": "point", "filled": True, "size": 70, "opacity": 1, "aria": True},
        "encoding": {
            "color": {"condition": {"test": "datum.chosen", "value": ALARM}, "value": ACCENT},
            "description": {"field": "what"},
        },
    }
    name: Spec = {
        "mark": {"type": "text", "align": "right", "dx": -8, "dy": -10, "color": INK},
        "transform": [{"filter": "datum.chosen"}],
        "encoding": {"text": {"value": "this plan"}},
    }
    line: Spec = {"mark": {"type": "line", "strokeWidth": 2, "color": ACCENT}}
    return {
        "width": WIDTH - 90,
        "height": 190,
        "data": {"values": rows(frame)},
        "encoding": encoding,
        "layer": [line, dots, name],
    }
