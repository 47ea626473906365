"""The issuer's share of an economy's supply, by element and stage.

Table ``shares``: element, stage, value as a fraction (absent where nothing is known); optional
``assumed`` (true where the share rests on assumption: the cell then carries a mark). Elements and
stages stand in the order they first come. Options: ``legend``.
"""

from __future__ import annotations

from lodestone.report.charts.theme import WIDTH, Spec, option, order, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import EXPOSURE, QUIET, text_on

BOUNDS = (0.2, 0.4, 0.6, 0.8)


def draw(chart: Chart) -> Spec:
    """A grid of shaded cells with the share in each: shade for the glance, digits for the reading."""
    frame = table(chart, "shares", ("element", "stage", "value"), ("assumed",))
    elements, stages = order(frame, "element"), order(frame, "stage")
    cells = [{**row, **_cell(row["value"], bool(row["assumed"]))} for row in rows(frame)]
    across = {"field": "element", "type": "ordinal", "sort": elements}
    down = {"field": "stage", "type": "ordinal", "sort": stages}
    tall = len(elements) <= 10
    width = min(WIDTH - 110, 72 * len(elements)) if tall else WIDTH - 110
    beside = (WIDTH - 110 - width) / 2  # a narrow grid stays small on the page
    axis: Spec = {
        "orient": "top",
        "labelAngle": 0,
        "title": None,
        "domain": False,
        "ticks": False,
        "labelPadding": 6,
    }
    return {
        "width": width,
        "padding": {"left": 5 + beside, "right": 5 + beside, "top": 5, "bottom": 5},
        "height": 32 * len(stages),
        "resolve": {"scale": {"color": "independent"}},
        "data": {"values": cells},
        "encoding": {
            "x": {**across, "axis": axis, "scale": {"padding": 0.03}},
            "y": {
                **down,
                "axis": {"title": None, "domain": False, "ticks": False},
                "scale": {"padding": 0.05},
            },
        },
        "layer": [
            {
                "mark": {"type": "rect", "cornerRadius": 2},
                "encoding": {
                    "color": {
                        "field": "value",
                        "type": "quantitative",
                        "scale": {"type": "threshold", "domain": list(BOUNDS), "range": list(EXPOSURE[1:])},
                        "legend": {
                            "title": option(
                                chart, "legend", "Share of supply; * rests on assumption; blank: no such product here"
                            ),
                            "format": ".0%",
                            "orient": "bottom",
                            "gradientLength": 260,
                            "gradientThickness": 10,
                        },
                    }
                },
            },
            {
                "mark": {"type": "text", "fontSize": 10.5 if tall else 9.5},
                "encoding": {
                    "text": {"field": "words", "type": "nominal"},
                    "color": {"field": "ink", "type": "nominal", "scale": None},
                },
            },
        ],
    }


def _cell(value: float | None, assumed: bool) -> Spec:
    """Words and ink of one cell."""
    if value is None:
        return {"words": "\u2013", "ink": QUIET}
    shade = EXPOSURE[1 + sum(value >= bound for bound in BOUNDS)]
    return {"words": f"{100 * value:.0f}{'*' if assumed else ''}", "ink": text_on(shade)}
