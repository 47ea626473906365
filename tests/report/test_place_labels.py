"""Names on the map: none upon another, and where the projection of the charts puts them."""

from __future__ import annotations

from itertools import combinations

from lodestone.report.charts.place_labels import LETTER, LINE, project, spread


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


def test_the_projection_has_the_published_width_and_height_of_equal_earth():
    # Savric, Patterson and Jenny 2018: half width 2.70663 and half height 1.31737 for a unit sphere
    assert abs(project(180.0 - 1e-9, 0.0, 0.0, 1.0)[0] - 2.70663) < 1e-4
    assert abs(project(0.0, 90.0, 0.0, 1.0)[1] + 1.31737) < 1e-4
