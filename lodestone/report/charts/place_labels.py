"""Where the names on the map stand, so that near neighbours do not write over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796  # the equal-earth projection's polynomial
LINE = 13.0  # height of a name
LETTER = 7.0  # mean width of a bold letter at 11 points
RINGS = (13.0, 24.0, 36.0, 48.0, 62.0)  # how far from its place a name may stand
AIR = 3.0  # free space kept around a name
LINE_HIDDEN = 0.04  # points further from its place that hiding a square point of a line is as bad as
MISTAKEN = 100.0  # the same for standing nearer to another place than to its own
TURNS = (90, 0, 180, 270, 45, 135, 315, 225)  # below first, then right, left, above, and the corners

Box = tuple[float, float, float, float]


def project(longitude: float, latitude: float, centre: float, scale: float) -> tuple[float, float]:
    """Where a place stands on an equal-earth map, in points right of and below the middle.

    >>> project(150.0, 0.0, 150.0, 126.0)
    (0.0, -0.0)
    >>> x, y = project(-170.0, 40.0, 150.0, 126.0)
    >>> x > 0 > y
    True
    """
    turned = math.radians((longitude - centre + 180.0) % 360.0 - 180.0)
    angle = math.asin(math.sqrt(3.0) / 2.0 * math.sin(math.radians(latitude)))
    square = angle * angle
    power = square**3
    slope = A1 + 3 * A2 * square + power * (7 * A3 + 9 * A4 * square)
    x = 2.0 / math.sqrt(3.0) * turned * math.cos(angle) / slope
    y = angle * (A1 + A2 * square + power * (A3 + A4 * square))
    return x * scale, -y * scale


def spread(
    names: Sequence[str], places: Sequence[tuple[float, float]], lines: Sequence[Box] = ()
) -> list[tuple[float, float]]:
    """The shift of each name from its place, earlier names first, none upon another.

    Parameters
    ----------
    names : sequence of str
    places : sequence of (x, y)
        Where each name's dot stands, in points; y grows downwards.
    lines : sequence of boxes, optional
        Pieces of lines that a name had better not stand on.

    Returns
    -------
    list of (right, down)
        Shifts in points. The spot that hides least of other names wins; among those, one near its place
        that could not be taken for the name of another and hides little of the lines; those below first.

    Examples
    --------
    >>> spread(["Alba", "Borduria"], [(0.0, 0.0), (300.0, 0.0)])
    [(0.0, 13.0), (0.0, 13.0)]
    >>> one, other = spread(["Alba", "Borduria"], [(0.0, 0.0), (4.0, 0.0)])
    >>> one != other
    True
    >>> spread(["Alba"], [(0.0, 0.0)], lines=[(-2.0, 0.0, 2.0, 60.0)])[0][1] < 13.0
    True
    """
    taken = [(x - 5.0, y - 5.0, x + 5.0, y + 5.0) for x, y in places]
    shifts = []
    for name, own in zip(names, places, strict=True):
        half = LETTER * len(name) / 2.0
        spots = [(_shift(turn, ring, half), ring) for ring in RINGS for turn in TURNS]
        costs = [_cost(_box(own[0] + right, own[1] + down, half), own, places, taken, lines, ring)
                 for (right, down), ring in spots]  # fmt: skip
        best = spots[costs.index(min(costs))][0]
        box = _box(own[0] + best[0], own[1] + best[1], half)
        taken.append((box[0] - AIR, box[1] - AIR, box[2] + AIR, box[3] + AIR))
        shifts.append(best)
    return shifts


def _cost(
    box: Box,
    own: tuple[float, float],
    places: Sequence[tuple[float, float]],
    taken: list[Box],
    lines: Sequence[Box],
    ring: float,
) -> tuple[float, float]:
    """What a spot hides of other names, and only among those that hide equally, how good it is otherwise."""
    hidden = LINE_HIDDEN * sum(_overlap(box, one) for one in lines)
    near = _distance(box, own)
    mistaken = any(_distance(box, place) < near for place in places if place != own)
    return sum(_overlap(box, other) for other in taken), ring + hidden + MISTAKEN * mistaken


def _shift(turn: float, ring: float, half: float) -> tuple[float, float]:
    along, down = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return round(along * (half + ring - 5.0), 1), round(down * ring, 1)


def _box(x: float, y: float, half: float) -> Box:
    return (x - half, y - LINE / 2.0, x + half, y + LINE / 2.0)


def _overlap(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(down, 0.0)


def _distance(box: Box, place: tuple[float, float]) -> float:
    across = max(box[0] - place[0], place[0] - box[2], 0.0)
    down = max(box[1] - place[1], place[1] - box[3], 0.0)
    return math.hypot(across, down)
