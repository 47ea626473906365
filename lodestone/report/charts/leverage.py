"""Both sides of a curb over time: the issuer's own loss and the members' loss a quarter, under each response.

Table ``quarters``: quarter (1, 2, ...), side (own, members), response, low, middle, high (million USD of 2024 a quarter). Options ``own``
and ``members``: headings of the panels. The band is that of the first response; each response has a dash of its own.
"""

from __future__ import annotations

from lodestone.report.charts.theme import WIDTH, Spec, option, order, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import DASHES, RULES

LEFT, GAP, HEIGHT = 52, 44, 170


def draw(chart: Chart) -> Spec:
    """Two panels, each with its own scale: they differ by far more than a picture can show on one."""
    frame = table(chart, "quarters", ("quarter", "side", "response", "low", "middle", "high"))
    responses = order(frame, "response")
    width = (WIDTH - 2 * LEFT - GAP) / 2

    def panel(side: str) -> Spec:
        across: Spec = {
            "field": "quarter",
            "type": "ordinal",
            "axis": {"title": "Quarter of the curb", "labelAngle": 0},
        }
        up: Spec = {"type": "quantitative", "axis": {"title": "million USD of 2024 a quarter", "tickCount": 5}}
        colour: Spec = {
            "field": "response", "type": "nominal", "scale": {"domain": responses, "range": list(RULES[: len(responses)])},
            "legend": {"title": None, "symbolType": "stroke", "symbolSize": 300},
        }  # fmt: skip
        dash: Spec = {
            "field": "response", "type": "nominal",
            "scale": {"domain": responses, "range": [list(one) for one in DASHES[: len(responses)]]},
            "legend": {"title": None, "symbolType": "stroke", "symbolSize": 300},
        }  # fmt: skip
        return {
            "width": width,
            "height": HEIGHT,
            "title": {"text": option(chart, side, side), "anchor": "start", "fontSize": 12},
            "transform": [{"filter": f"datum.side == '{side}'"}],
            "layer": [
                {
                    "transform": [{"filter": f"datum.response == '{responses[0]}'"}],
                    "mark": {"type": "area", "opacity": 0.16, "color": RULES[0]},
                    "encoding": {"x": across, "y": {**up, "field": "low"}, "y2": {"field": "high"}},
                },
                {
                    "mark": {"type": "line", "strokeWidth": 2},
                    "encoding": {"x": across, "y": {**up, "field": "middle"}, "color": colour, "strokeDash": dash},
                },
            ],
        }

    return {"data": {"values": rows(frame)}, "hconcat": [panel("own"), panel("members")], "spacing": GAP}
