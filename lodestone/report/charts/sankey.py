"""Look-through origin: ribbons from mine to separation to metal to magnet to the economy that uses it.

Tables: ``nodes`` (id, layer, label, value; optional economy) and ``links`` (from, to, value; optional
economy). Layers stand in the order they first come. The ribbons are laid out here, for the chart
language has no such mark; each economy keeps its colour, and its name stands on each of its nodes.
"""

from __future__ import annotations

import textwrap
from dataclasses import dataclass

from lodestone.errors import FigureError
from lodestone.report.charts.theme import WIDTH, Spec, option, order, rows, table
from lodestone.report.nouns import Chart
from lodestone.report.palette import INK, QUIET, RULE, colours

HEIGHT = 330
MARGIN = 12.0
SLOT = 15.0
BAR = 12.0
STEPS = 24
LETTER = 0.514  # mean width of a letter, of its size
SIZE = 10.5  # of a label
GAP = 4.0  # between a bar and its label
HAIR = 1.5  # ribbons thinner than this have no white edge, which would be all there is of them


@dataclass
class Node:
    """A place in the layout: where it stands and how much of each side is already taken."""

    id: str
    layer: int
    label: str
    economy: str
    value: float
    x: float = 0.0
    top: float = 0.0
    height: float = 0.0
    left: float = 0.0
    right: float = 0.0


def draw(chart: Chart) -> Spec:
    """Nodes as bars, links as ribbons coloured by economy, shares of each layer in the labels."""
    frame = table(chart, "nodes", ("id", "layer", "label", "value"), ("economy",))
    links = rows(table(chart, "links", ("from", "to", "value"), ("economy",)))
    names = order(frame, "layer")
    nodes = {
        str(row["id"]): Node(
            str(row["id"]),
            names.index(str(row["layer"])),
            str(row["label"]),
            str(row["economy"] or row["label"]),
            float(row["value"]),
        )
        for row in rows(frame)
    }
    unknown = {str(end) for link in links for end in (link["from"], link["to"])} - set(nodes)
    if unknown:
        raise FigureError(f"links of chart '{chart.name}' name nodes that are not there: {', '.join(sorted(unknown))}.")
    room = _room(nodes, len(names))
    place(nodes, links, len(names), room)
    shade = colours(
        [node.economy for node in nodes.values()] + [str(link["economy"]) for link in links if link["economy"]]
    )
    headings = [
        {"x": _column(layer, len(names), room) + BAR / 2, "y": -14, "text": name} for layer, name in enumerate(names)
    ]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "layer": [
            *_ribbons(nodes, links, shade),
            _bars(nodes, shade),
            *_labels(nodes, len(names)),
            _text(headings, {"fontWeight": "bold", "fontSize": 11.5, "color": QUIET, "align": "center"}),
            _text([{"x": WIDTH / 2, "y": HEIGHT + 16, "text": option(chart, "note", "")}], {"color": QUIET}),
        ],
    }


def place(nodes: dict[str, Node], links: list[Spec], layers: int, room: float) -> None:
    """Stack each layer's nodes: the largest first in the first layer, then near what feeds them."""
    heaviest = max((sum(node.value for node in _of(nodes, layer)) for layer in range(layers)), default=1.0) or 1.0
    most = max((len(_of(nodes, layer)) for layer in range(layers)), default=1)
    scale = max(HEIGHT - most * SLOT * 0.8, HEIGHT * 0.35) / heaviest
    for layer in range(layers):
        stack = _of(nodes, layer)
        stack.sort(key=lambda node: (_pull(node, nodes, links) if layer else -node.value, -node.value, node.id))
        for node in stack:
            node.x, node.height = _column(layer, layers, room), max(node.value * scale, 0.8)
        slots = [max(node.height, SLOT) for node in stack]
        gap = min(16.0, max(3.0, (HEIGHT - sum(slots)) / max(len(stack) - 1, 1)))
        top = max(0.0, (HEIGHT - sum(slots) - gap * (len(stack) - 1)) / 2)
        for node, slot in zip(stack, slots, strict=True):
            node.top = top + (slot - node.height) / 2
            top += slot + gap


def _of(nodes: dict[str, Node], layer: int) -> list[Node]:
    return [node for node in nodes.values() if node.layer == layer]


def _room(nodes: dict[str, Node], layers: int) -> float:
    """What the labels of the last layer need beside its bars."""
    last = _of(nodes, layers - 1)
    total = sum(node.value for node in last) or 1.0
    return 2 * GAP + SIZE * LETTER * max((len(_words(node, total)) for node in last), default=0)


def _column(layer: int, layers: int, room: float) -> float:
    """Left edge of a layer's bars; room is left for the labels of the last layer."""
    return MARGIN + layer * (WIDTH - 2 * MARGIN - BAR - room) / max(layers - 1, 1)


def _pull(node: Node, nodes: dict[str, Node], links: list[Spec]) -> float:
    """Mean height of what feeds a node, weighted by the flow."""
    feeds = [(nodes[str(link["from"])], float(link["value"])) for link in links if str(link["to"]) == node.id]
    weight = sum(value for _, value in feeds)
    return sum((feed.top + feed.height / 2) * value for feed, value in feeds) / weight if weight else float(HEIGHT)


def _ribbons(nodes: dict[str, Node], links: list[Spec], shade: dict[str, str]) -> list[Spec]:
    """Each link as an area between two smooth edges; the small ones lie on top."""
    points = []
    ordered = sorted(
        enumerate(links), key=lambda pair: (nodes[str(pair[1]["from"])].top, nodes[str(pair[1]["to"])].top)
    )
    for place_, link in ordered:
        start, end = nodes[str(link["from"])], nodes[str(link["to"])]
        value = float(link["value"])
        thick_a = start.height * value / start.value if start.value else 0.0
        thick_b = end.height * value / end.value if end.value else 0.0
        above_a, above_b = start.top + start.right, end.top + end.left
        start.right, end.left = start.right + thick_a, end.left + thick_b
        economy = str(link["economy"] or start.economy)
        for step in range(STEPS + 1):
            part = step / STEPS
            ease = part * part * (3 - 2 * part)
            top = above_a + (above_b - above_a) * ease
            points.append(
                {
                    "link": place_,
                    "x": round(start.x + BAR + (end.x - start.x - BAR) * part, 2),
                    "y": round(top, 2),
                    "y2": round(top + thick_a + (thick_b - thick_a) * ease, 2),
                    "shade": shade[economy],
                    "edge": 0.6 if min(thick_a, thick_b) > HAIR else 0.0,
                }
            )
    return [
        {
            "data": {"values": points},
            "mark": {"type": "area", "opacity": 0.5, "line": False, "stroke": "#ffffff"},
            "encoding": {
                "strokeWidth": {"field": "edge", "type": "quantitative", "scale": None},
                "x": _x(),
                "y": _y(),
                "y2": {"field": "y2"},
                "detail": {"field": "link", "type": "nominal"},
                "fill": {"field": "shade", "type": "nominal", "scale": None},
            },
        }
    ]


def _bars(nodes: dict[str, Node], shade: dict[str, str]) -> Spec:
    bars = [
        {
            "x": node.x,
            "x2": node.x + BAR,
            "y": node.top,
            "y2": node.top + node.height,
            "shade": shade[node.economy],
        }
        for node in nodes.values()
    ]
    return {
        "data": {"values": bars},
        "mark": {"type": "rect", "stroke": RULE, "strokeWidth": 0.3},
        "encoding": {
            "x": _x(),
            "x2": {"field": "x2"},
            "y": _y(),
            "y2": {"field": "y2"},
            "fill": {"field": "shade", "type": "nominal", "scale": None},
        },
    }


def _labels(nodes: dict[str, Node], layers: int) -> list[Spec]:
    """Name and share of the layer beside each bar, on a light edge so that ribbons do not hide it.

    A label ends before the next bar: on two lines beside a tall bar, in smaller letters beside a flat one.
    """
    starts = [min(node.x for node in _of(nodes, layer)) for layer in range(layers)]
    labels = []
    for layer in range(layers):
        passing = (sum(node.value for node in _of(nodes, one)) for one in (layer, layers - 1))
        total = max(passing) or 1.0  # some goods begin later: a layer they skip is a part of what is taken in
        free = (starts[layer + 1] if layer + 1 < layers else WIDTH) - starts[layer] - BAR - 2 * GAP
        for node in _of(nodes, layer):
            words = _words(node, total)
            lines = textwrap.wrap(words, int(free / (SIZE * LETTER))) if node.height >= 3 * SIZE else [words]
            size = min(SIZE, free / (LETTER * max(map(len, lines))))
            for k, line in enumerate(lines):
                y = node.top + node.height / 2 + 1.25 * SIZE * (k - (len(lines) - 1) / 2)
                labels.append({"x": node.x + BAR + GAP, "y": y, "text": line, "size": size})
    style: Spec = {"align": "left"}
    return [
        _text(labels, {**style, "color": "#ffffff", "stroke": "#ffffff", "strokeWidth": 3, "opacity": 0.85}),
        _text(labels, {**style, "color": INK}),
    ]


def _words(node: Node, total: float) -> str:
    share = 100 * node.value / total
    return f"{node.label} {share:.0f}\u00a0%" if share >= 1 else f"{node.label} <1\u00a0%"


def _text(values: list[Spec], style: Spec) -> Spec:
    encoding: Spec = {"x": _x(), "y": _y(), "text": {"field": "text", "type": "nominal"}}
    if values and "size" in values[0]:
        encoding["size"] = {"field": "size", "type": "quantitative", "scale": None}
    return {"data": {"values": values}, "mark": {"type": "text", "baseline": "middle", **style}, "encoding": encoding}


def _x() -> Spec:
    return {
        "field": "x",
        "type": "quantitative",
        "scale": {"domain": [0, WIDTH], "nice": False},
        "axis": None,
    }


def _y() -> Spec:
    domain = {"domain": [HEIGHT, 0], "nice": False, "zero": False}
    return {"field": "y", "type": "quantitative", "scale": domain, "axis": None}
