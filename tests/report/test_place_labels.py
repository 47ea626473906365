"""Names on the map: none upon another, and where the projection of the charts puts them."""

from __future__ import annotations

import math
from itertools import combinations

import pandas as pd

from lodestone.report.charts.place_labels import LETTER, LINE, project, spread
from lodestone.report.palette import DATA


def _boxes(names, places):
    return [
        (
            x + right - LETTER * len(name) / 2,
            y + down - LINE / 2,
            x + right + LETTER * len(name) / 2,
            y + down + LINE / 2,
        )
        for name, (x, y), (right, down) in zip(names, places, spread(names, places), strict=True)
    ]


def test_eight_neighbours_do_not_write_over_each_other():
    names = ["Alba", "Borduria", "Carpania", "Dalmoria", "Elbonia", "Freedonia", "Grand Fenwick", "Hav"]
    places = [(3.0 * k, 2.0 * (k % 3)) for k in range(8)]
    for one, other in combinations(_boxes(names, places), 2):
        apart = one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
        assert apart, (one, other)


def test_a_name_stands_nearest_to_its_own_place():
    # the ends of the largest flows on the Pacific view, in the order the map names them
    held = pd.read_csv(DATA / "labels" / "economies.csv", keep_default_na=False).set_index("label")
    labels = ["CHN", "USA", "JPN", "KOR", "DEU", "VNM", "IND", "PHL"]
    names = [str(held.loc[label, "name"]) for label in labels]
    places = [project(float(held.loc[one, "lon"]), float(held.loc[one, "lat"]), 150.0, 126.0) for one in labels]
    x, y = places[0]
    lines = [
        (x + (to[0] - x) * part - 4, y + (to[1] - y) * part - 4, x + (to[0] - x) * part + 4, y + (to[1] - y) * part + 4)
        for to in places[1:]
        for part in (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
    ]
    for k, (right, down) in enumerate(spread(names, places, lines)):
        x, y, half = places[k][0] + right, places[k][1] + down, LETTER * len(names[k]) / 2

        def away(place, x=x, y=y, half=half):
            return math.hypot(max(abs(place[0] - x) - half, 0.0), max(abs(place[1] - y) - LINE / 2, 0.0))

        assert all(away(places[k]) <= away(other) for other in places if other != places[k]), names[k]


def test_the_projection_has_the_published_width_and_height_of_equal_earth():
    # Savric, Patterson and Jenny 2018: half width 2.70663 and half height 1.31737 for a unit sphere
    assert abs(project(180.0 - 1e-9, 0.0, 0.0, 1.0)[0] - 2.70663) < 1e-4
    assert abs(project(0.0, 90.0, 0.0, 1.0)[1] + 1.31737) < 1e-4
