"""World map: how exposed each economy is, and the flows that make it so.

Tables: ``exposure`` (iso_numeric, value as a fraction) and ``flows`` (from_lon, from_lat, to_lon,
to_lat, value; optional from_name, to_name, economy). Options: ``centre_longitude``, ``legend``,
``issuer`` (ISO numeric code of the economy drawn with a heavy outline).
"""

from __future__ import annotations

import json
import math
from functools import cache
from pathlib import Path

import pandas as pd

from lodestone.report.charts.place_labels import Box, project, spread
from lodestone.report.charts.theme import WIDTH, Spec, number, option, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import ALARM, DATA, EXPOSURE, INK, LAND, QUIET, colours

HEIGHT = 300
SCALE = 126.0
SHAPES = DATA / "map" / "natural-earth-4.1.0" / "countries-110m.json"
ANTARCTICA = "010"
CENTRES = (11.0, 150.0)  # the Atlantic view and the Pacific view; both cut where there is little land
STEPS = 40
BOW = 0.16
PIECE = 4.0  # half the side of a box along a line


def draw(chart: Chart) -> Spec:
    """Grey land, coloured exposure, bowed flows as wide as they are large, and their names."""
    exposure = table(chart, "exposure", ("iso_numeric", "value"))
    flows = table(chart, "flows", ("from_lon", "from_lat", "to_lon", "to_lat", "value"), ("from_name", "to_name"))
    exposure["iso_numeric"] = [str(code).split(".")[0].zfill(3) for code in exposure["iso_numeric"]]
    centre = number(chart, "centre_longitude", _centre(flows))
    land: Spec = {
        "data": _world(),
        "transform": [{"filter": f"datum.id !== '{ANTARCTICA}'"}],
        "mark": {"type": "geoshape", "fill": LAND, "stroke": "#ffffff", "strokeWidth": 0.5},
    }
    layers = [
        land,
        _exposure(exposure, option(chart, "legend", "Share of supply that depends on the issuer")),
    ]
    if "issuer" in chart.options:
        layers.append(_issuer(str(chart.options["issuer"]).split(".")[0].zfill(3)))
    if len(flows):
        layers += _flows(flows, centre)
    projection = {
        "type": "equalEarth",
        "rotate": [-centre, 0, 0],
        "scale": SCALE,
        "translate": [WIDTH / 2, 160],
    }
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [{**layer, "projection": projection} for layer in layers],
        "resolve": {"scale": {"color": "independent", "size": "independent", "strokeWidth": "independent"}},
    }


@cache
def _shapes(path: Path = SHAPES) -> dict[str, object]:
    shapes: dict[str, object] = json.loads(path.read_text(encoding="utf-8"))
    return shapes


def _world() -> Spec:
    """The outlines, read inline: no address is asked at any time."""
    return {"values": _shapes(), "format": {"type": "topojson", "feature": "countries"}}


def _centre(flows: pd.DataFrame) -> float:
    """The view whose middle lies nearer to where the flows go."""
    if not len(flows):
        return CENTRES[0]
    angles = [math.radians(longitude) for longitude in flows["to_lon"]]
    mean = math.degrees(math.atan2(sum(map(math.sin, angles)), sum(map(math.cos, angles))))
    return min(CENTRES, key=lambda centre: abs((mean - centre + 180) % 360 - 180))


def _exposure(exposure: pd.DataFrame, title: str) -> Spec:
    return {
        "data": _world(),
        "transform": [
            {
                "lookup": "id",
                "from": {
                    "data": {"values": rows(exposure[["iso_numeric", "value"]])},
                    "key": "iso_numeric",
                    "fields": ["value"],
                },
            },
            {"filter": "isValid(datum.value)"},
        ],
        "mark": {"type": "geoshape", "stroke": "#ffffff", "strokeWidth": 0.5},
        "encoding": {
            "color": {
                "field": "value",
                "type": "quantitative",
                "scale": {"type": "threshold", "domain": [0.2, 0.4, 0.6, 0.8, 0.95], "range": list(EXPOSURE)},
                "legend": {
                    "title": title,
                    "format": ".0%",
                    "orient": "bottom",
                    "direction": "horizontal",
                    "gradientLength": 260,
                    "gradientThickness": 10,
                    "offset": 0,
                },
            }
        },
    }


def _issuer(code: str) -> Spec:
    return {
        "data": _world(),
        "transform": [{"filter": f"datum.id === '{code}'"}],
        "mark": {"type": "geoshape", "fill": ALARM, "fillOpacity": 0.18, "stroke": ALARM, "strokeWidth": 1.4},
    }


def _flows(flows: pd.DataFrame, centre: float) -> list[Spec]:
    """Bowed lines, an arrow head on each, and the names of both ends."""
    largest = float(flows["value"].max()) or 1.0
    lines, heads = [], []
    shades = colours([str(name) for name in flows["economy"]]) if "economy" in flows else {}
    for row in rows(flows.sort_values("value", ascending=False)):
        path = bowed(row["from_lon"], row["from_lat"], row["to_lon"], row["to_lat"])
        width = 0.9 + 7.0 * row["value"] / largest
        shade = shades.get(str(row.get("economy")), INK)
        lines.append(
            {
                "type": "Feature",
                "geometry": {"type": "LineString", "coordinates": path},
                "properties": {"width": width, "value": row["value"], "shade": shade},
            }
        )
        heads.append({**_head(path), "size": 28 + 9 * width**1.5, "shade": shade})
    stroke: Spec = {"field": "properties.shade", "type": "nominal", "scale": None}
    thick: Spec = {"field": "properties.width", "type": "quantitative", "scale": None}
    halo: Spec = {"type": "geoshape", "filled": False, "stroke": "#ffffff", "strokeCap": "round"}
    line: Spec = {"type": "geoshape", "filled": False, "strokeCap": "round", "opacity": 0.85}
    data: Spec = {"values": lines}
    wider: Spec = {"calculate": "datum.properties.width + 1.6", "as": "halo"}
    return [
        {
            "data": data,
            "transform": [wider],
            "mark": {**halo, "opacity": 0.8},
            "encoding": {"strokeWidth": {"field": "halo", "type": "quantitative", "scale": None}},
        },
        {"data": data, "mark": line, "encoding": {"stroke": stroke, "strokeWidth": thick}},
        _heads(heads),
        *_names(flows, centre),
    ]


def bowed(from_lon: float, from_lat: float, to_lon: float, to_lat: float) -> list[list[float]]:
    """A line bowed to the pole side, the short way round, as longitude and latitude.

    >>> path = bowed(170, 10, -170, 10)
    >>> path[0], path[-1], path[20][1] > 10
    ([170.0, 10.0], [-170.0, 10.0], True)
    """
    across = (to_lon - from_lon + 180) % 360 - 180
    up = to_lat - from_lat
    length = math.hypot(across, up)
    side = 1 if across >= 0 else -1
    middle_lon = from_lon + across / 2 - side * BOW * up
    middle_lat = min(78.0, from_lat + up / 2 + max(side * BOW * across, 0.04 * length))
    path = []
    for step in range(STEPS + 1):
        part = step / STEPS
        keep, bend, arrive = (1 - part) ** 2, 2 * part * (1 - part), part**2
        longitude = keep * from_lon + bend * middle_lon + arrive * (from_lon + across)
        latitude = keep * from_lat + bend * middle_lat + arrive * to_lat
        path.append([round((longitude + 180) % 360 - 180, 3), round(latitude, 3)])
    return path


def _head(path: list[list[float]]) -> Spec:
    """Where the arrow head sits, past the middle, and its turn in degrees clockwise from up."""
    at = round(0.62 * STEPS)
    (lon_a, lat_a), (lon_b, lat_b) = path[at - 1], path[at + 1]
    across = ((lon_b - lon_a + 180) % 360 - 180) * math.cos(math.radians((lat_a + lat_b) / 2)) ** 0.5
    turn = math.degrees(math.atan2(across, lat_b - lat_a))
    return {"lon": path[at][0], "lat": path[at][1], "angle": round(turn, 1)}


def _heads(heads: list[Spec]) -> Spec:
    return {
        "data": {"values": heads},
        "mark": {
            "type": "point",
            "shape": "triangle",
            "filled": True,
            "opacity": 1,
            "stroke": "#fff",
            "strokeWidth": 1,
        },
        "encoding": {
            "longitude": {"field": "lon", "type": "quantitative"},
            "latitude": {"field": "lat", "type": "quantitative"},
            "angle": {"field": "angle", "type": "quantitative", "scale": None},
            "size": {"field": "size", "type": "quantitative", "scale": None},
            "fill": {"field": "shade", "type": "nominal", "scale": None},
        },
    }


def _pieces(flows: pd.DataFrame, centre: float) -> list[Box]:
    """Small boxes along each line, for names to keep off."""
    paths = [bowed(row["from_lon"], row["from_lat"], row["to_lon"], row["to_lat"]) for row in rows(flows)]
    points = [project(longitude, latitude, centre, SCALE) for path in paths for longitude, latitude in path]
    return [(x - PIECE, y - PIECE, x + PIECE, y + PIECE) for x, y in points]


def _names(flows: pd.DataFrame, centre: float) -> list[Spec]:
    """The name of each end, once, dark on a light edge, where it hides no other name."""
    ends = [("from_name", "from_lon", "from_lat"), ("to_name", "to_lon", "to_lat")]
    places = {
        str(row[name]): {"name": str(row[name]), "lon": row[lon], "lat": row[lat]}
        for name, lon, lat in ends
        for row in rows(flows.sort_values("value", ascending=False))
        if row[name]
    }
    if not places:
        return []
    where: Spec = {
        "longitude": {"field": "lon", "type": "quantitative"},
        "latitude": {"field": "lat", "type": "quantitative"},
    }
    text: Spec = {"text": {"field": "name", "type": "nominal"}, **where}
    mark: Spec = {"type": "text", "fontSize": 11, "fontWeight": "bold", "baseline": "middle"}
    dots: Spec = {
        "data": {"values": list(places.values())},
        "mark": {"type": "circle", "size": 22, "color": QUIET, "opacity": 1},
        "encoding": where,
    }
    shifts = spread(
        list(places),
        [project(float(at["lon"]), float(at["lat"]), centre, SCALE) for at in places.values()],
        _pieces(flows, centre),
    )
    layers = [dots]
    for place, (right, down) in zip(places.values(), shifts, strict=True):
        data: Spec = {"values": [place]}
        at = {**mark, "dx": right, "dy": down}
        layers += [
            {"data": data, "mark": {**at, "color": "#fff", "stroke": "#fff", "strokeWidth": 3}, "encoding": text},
            {"data": data, "mark": {**at, "color": INK}, "encoding": text},
        ]
    return layers
