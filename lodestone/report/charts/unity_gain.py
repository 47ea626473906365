"""Who gains from acting together: what each member saves itself, and its share of what all save; what lies between is paid.

Table ``members``: member, share, low, high, saves (million USD, expected and discounted), what (as told when pointed at).
"""

from __future__ import annotations

from lodestone.report.charts.theme import WIDTH, Spec, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import ACCENT, ALARM, INK

ROW = 26  # pixels a member


def draw(chart: Chart) -> Spec:
    """A bar for each member's share with its interval, and a dot for what it saves before anybody pays anybody."""
    frame = table(chart, "members", ("member", "share", "low", "high", "saves", "what"))
    member: Spec = {"field": "member", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 160}}
    money: Spec = {
        "type": "quantitative",
        "axis": {"title": "Million USD of 2024, expected and discounted", "tickCount": 8},
    }
    kinds = ["share of the gain", "saves before transfers"]
    colour: Spec = {
        "type": "nominal",
        "scale": {"domain": kinds, "range": [ACCENT, ALARM]},
        "legend": {"title": None, "orient": "top"},
    }

    def of(field: str, kind: str, mark: Spec) -> Spec:
        return {
            "mark": {**mark, "aria": True},
            "transform": [{"calculate": f"'{kind}'", "as": "kind"}],
            "encoding": {
                "y": member,
                "x": {**money, "field": field},
                "color": {**colour, "field": "kind"},
                "description": {"field": "what"},
            },
        }

    reach: Spec = {
        "mark": {"type": "rule", "color": INK, "strokeWidth": 1.5},
        "transform": [{"filter": "isValid(datum.low)"}],
        "encoding": {"y": member, "x": {**money, "field": "low"}, "x2": {"field": "high"}},
    }
    bars = of("share", kinds[0], {"type": "bar", "height": {"band": 0.6}, "opacity": 0.75})
    dots = of("saves", kinds[1], {"type": "point", "filled": True, "size": 70, "opacity": 1})
    return {
        "width": WIDTH - 150,
        "height": ROW * len(frame),
        "data": {"values": rows(frame)},
        "layer": [bars, reach, dots],
    }
