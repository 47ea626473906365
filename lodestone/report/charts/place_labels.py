"""Where the names on the map stand, so that near neighbours do not write over each other."""

from __future__ import annotations

import math
from collections.abc import Sequence

A1, A2, A3, A4 = 1.340264, -0.081106, 0.000893, 0.003796  # the equal-earth projection's polynomial
LINE = 13.0  # height of a name
LETTER = 7.0  # mean width of a bold letter at 11 points
RINGS = (13.0, 24.0, 36.0, 48.0, 62.0)  # how far from its place a name may stand
TURNS = (90, 0, 180, 270, 45, 135, 315, 225)  # below first, then right, left, above, and the corners


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


def spread(names: Sequence[str], places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The shift of each name from its place, earlier names first, none upon another.

    Parameters
    ----------
    names : sequence of str
    places : sequence of (x, y)
        Where each name's dot stands, in points; y grows downwards.

    Returns
    -------
    list of (right, down)
        Shifts in points. The first free spot wins, near ones tried first; if all are taken, the one
        that hides least.

    Examples
    --------
    >>> spread(["Alba", "Borduria"], [(0.0, 0.0), (300.0, 0.0)])
    [(0.0, 13.0), (0.0, 13.0)]
    >>> one, other = spread(["Alba", "Borduria"], [(0.0, 0.0), (4.0, 0.0)])
    >>> one != other
    True
    """
    taken = [(x - 5.0, y - 5.0, x + 5.0, y + 5.0) for x, y in places]
    shifts = []
    for name, (x, y) in zip(names, places, strict=True):
        half = LETTER * len(name) / 2.0
        best, least = (0.0, RINGS[0]), math.inf
        for ring in RINGS:
            for turn in TURNS:
                along, down = math.cos(math.radians(turn)), math.sin(math.radians(turn))
                shift = (round(along * (half + ring - 5.0), 1), round(down * ring, 1))
                box = _box(x + shift[0], y + shift[1], half)
                hidden = sum(_overlap(box, other) for other in taken)
                if hidden < least:
                    best, least = shift, hidden
            if least == 0.0:
                break
        taken.append(_box(x + best[0], y + best[1], half))
        shifts.append(best)
    return shifts


Box = tuple[float, float, float, float]


def _box(x: float, y: float, half: float) -> Box:
    return (x - half, y - LINE / 2.0, x + half, y + LINE / 2.0)


def _overlap(one: Box, other: Box) -> float:
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return max(across, 0.0) * max(down, 0.0)
