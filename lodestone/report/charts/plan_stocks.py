"""What a plan holds while it stays calm: worth of the reserve, and weeks of use it covers, over time.

Table ``stocks``: date, product, worth (million USD), weeks (of the economy's use), what (as told when pointed at). In both
panels each product has one colour, in the order they first come.
"""

from __future__ import annotations

from lodestone.report.charts.theme import WIDTH, Spec, order, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import SPARE

LEFT, GAP, HEIGHT = 48, 40, 170


def draw(chart: Chart) -> Spec:
    """Two panels that share their years: worth as stacked areas, cover as lines with a dot at the end of each stage."""
    frame = table(chart, "stocks", ("date", "product", "worth", "weeks", "what"))
    products = order(frame, "product")
    frame["place"] = [products.index(product) for product in frame["product"]]
    colour: Spec = {
        "field": "product",
        "type": "nominal",
        "scale": {"domain": products, "range": [SPARE[k % len(SPARE)] for k in range(len(products))]},
        "legend": {"title": None, "symbolType": "square", "symbolSize": 90, "columns": 3},
    }
    across: Spec = {"field": "date", "type": "temporal", "axis": {"title": None, "format": "%Y", "tickCount": "year"}}
    width = (WIDTH - 2 * LEFT - GAP) / 2

    def up(field: str, title: str) -> Spec:
        return {"field": field, "type": "quantitative", "axis": {"title": title, "tickCount": 5}}

    held: Spec = {
        "width": width,
        "height": HEIGHT,
        "mark": {"type": "area", "interpolate": "linear", "opacity": 0.9},
        "encoding": {
            "x": across,
            "y": {**up("worth", "Worth, million USD of 2024"), "stack": "zero"},
            "color": colour,
            "order": {"field": "place", "type": "quantitative"},
        },
    }
    cover: Spec = {
        "width": width,
        "height": HEIGHT,
        "encoding": {"x": across, "y": up("weeks", "Cover, weeks of use"), "color": colour},
        "layer": [
            {"mark": {"type": "line", "strokeWidth": 2}},
            {
                "mark": {"type": "point", "filled": True, "size": 36, "opacity": 1, "aria": True},
                "encoding": {"description": {"field": "what"}},
            },
        ],
    }
    return {"data": {"values": rows(frame)}, "hconcat": [held, cover], "spacing": GAP}
