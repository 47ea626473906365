"""Labels of the ribbons: each ends before the next layer's bars."""

from __future__ import annotations

from itertools import pairwise

import pandas as pd

from lodestone.report.charts.sankey import BAR, LETTER, draw
from lodestone.report.charts.theme import WIDTH
from lodestone.report.nouns import Chart

LAYERS = ("mine", "separation", "metal", "alloy", "magnet", "use")


def _ribbons(label: str, last: str) -> Chart:
    """Six layers of a tall and a flat node each."""
    nodes = [
        (f"{layer}-{size}", layer, last if layer == "use" else label, value)
        for layer in LAYERS
        for size, value in (("tall", 90.0), ("flat", 10.0))
    ]
    links = [
        (f"{one}-{size}", f"{two}-{size}", value)
        for one, two in pairwise(LAYERS)
        for size, value in (("tall", 90.0), ("flat", 10.0))
    ]
    data = {
        "nodes": pd.DataFrame(nodes, columns=["id", "layer", "label", "value"]),
        "links": pd.DataFrame(links, columns=["from", "to", "value"]),
    }
    return Chart("way", "sankey", "The way.", "Ribbons.", data, {})


def test_a_long_label_ends_before_the_next_bar_and_the_last_on_the_page():
    layers = draw(_ribbons("Other members of a union", "A country with a name"))["layer"]
    bars = sorted({row["x"] for row in layers[1]["data"]["values"]})
    labels = layers[3]["data"]["values"]
    assert len({row["size"] for row in labels}) > 1  # smaller beside a flat bar
    assert len(labels) > 2 * len(LAYERS)  # two lines beside a tall one
    for row in labels:
        following = [x for x in bars if x > row["x"]]
        assert row["x"] + LETTER * row["size"] * len(row["text"]) < min(following, default=WIDTH)


def test_short_labels_of_the_last_layer_leave_their_room_to_the_ribbons():
    ends = [
        max(row["x"] for row in draw(_ribbons("A", last))["layer"][1]["data"]["values"]) for last in ("B", "B" * 20)
    ]
    assert ends[0] > ends[1] + BAR


def test_a_layer_that_some_goods_skip_has_its_part_of_the_whole():
    chart = _ribbons("A", "B")
    nodes = chart.data["nodes"]
    nodes = nodes[~((nodes["layer"] == "mine") & (nodes["value"] == 90.0))]
    links = chart.data["links"]
    data = {"nodes": nodes, "links": links[links["from"] != "mine-tall"]}
    labels = draw(Chart("way", "sankey", "The way.", "Ribbons.", data, {}))["layer"][3]["data"]["values"]
    first = min(row["x"] for row in labels)
    told = [row["text"] for row in labels if row["x"] == first]
    assert any("10" in text for text in told) and not any("100" in text for text in told)
