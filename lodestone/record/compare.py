"""Two bundles side by side: is one a repeat of the other, and if not, what moved and why."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from lodestone.record.bundle import Bundle
from lodestone.record.figure import Figure

EQUAL_WITHIN = 1e-9


@dataclass(frozen=True)
class Move:
    """A figure that differs: values in the two runs and the relative difference (inf from zero)."""

    id: str
    label: str
    unit: str
    before: float | None
    after: float | None
    relative: float


@dataclass(frozen=True)
class Comparison:
    """``verdict``: identical (every figure to the last digit), equal within 1e-9, or differs."""

    verdict: str
    largest: Move | None
    moves: tuple[Move, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    changed_inputs: tuple[str, ...]
    changed_request: tuple[str, ...]
    changed_versions: tuple[str, ...]


def compare(before: Bundle, after: Bundle) -> Comparison:
    """What moved between two runs, largest first, and which inputs, request or versions differ.

    Parameters
    ----------
    before, after : Bundle

    Returns
    -------
    Comparison
        "identical" if every figure has the same value and interval, to the last digit.
    """
    a, b = before.figures, after.figures
    moves = [
        Move(
            name,
            a[name].label,
            a[name].unit,
            a[name].value,
            b[name].value,
            _relative(a[name].value, b[name].value),
        )
        for name in sorted(a.keys() & b.keys())
        if any(not _same(x, y) for x, y in _pairs(a[name], b[name]))
    ]
    moves.sort(key=lambda move: -move.relative)
    only_before, only_after = tuple(sorted(a.keys() - b.keys())), tuple(sorted(b.keys() - a.keys()))
    same = not moves and not only_before and not only_after
    close = not only_before and not only_after and all(_close(a[m.id], b[m.id]) for m in moves)
    verdict = "identical" if same else f"equal within {EQUAL_WITHIN:g}" if close else "differs"
    return Comparison(
        verdict,
        moves[0] if moves else None,
        tuple(moves),
        only_before,
        only_after,
        _changed(before.inputs, after.inputs),
        _changed(before.request, after.request),
        _changed(before.versions, after.versions),
    )


def _pairs(one: Figure, other: Figure) -> tuple[tuple[float | None, float | None], ...]:
    return ((one.value, other.value), (one.low, other.low), (one.high, other.high))


def _same(x: float | None, y: float | None) -> bool:
    """Equal to the last digit; two figures that are both not a number are the same."""
    return x == y or (x is not None and y is not None and math.isnan(x) and math.isnan(y))


def _close(one: Figure, other: Figure) -> bool:
    return all(
        _same(x, y) or (x is not None and y is not None and math.isclose(x, y, rel_tol=EQUAL_WITHIN, abs_tol=1e-12))
        for x, y in _pairs(one, other)
    )


def _relative(x: float | None, y: float | None) -> float:
    if _same(x, y):
        return 0.0
    if x is None or y is None or not (math.isfinite(x) and math.isfinite(y)) or x == 0:
        return math.inf
    return abs(y - x) / abs(x)


def _changed(one: Mapping[str, object], other: Mapping[str, object]) -> tuple[str, ...]:
    return tuple(name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name))
