"""Two bundles side by side: is one a repeat of the other, and if not, what moved and why."""

from __future__ import annotations

import math
from dataclasses import dataclass

from lodestone.record.bundle import Bundle

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
    """``verdict``: identical (same bytes in every figure), equal within 1e-9, or differs."""

    verdict: str
    largest: Move | None
    moves: tuple[Move, ...]
    only_before: tuple[str, ...]
    only_after: tuple[str, ...]
    changed_inputs: tuple[str, ...]
    changed_request: tuple[str, ...]
    changed_versions: tuple[str, ...]


def compare(before: Bundle, after: Bundle) -> Comparison:
    """What moved between two runs, largest first, and which inputs, request or versions differ."""
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
        if any(getattr(a[name], part) != getattr(b[name], part) for part in ("value", "low", "high"))
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


def _close(one: object, other: object) -> bool:
    pairs = [(getattr(one, part), getattr(other, part)) for part in ("value", "low", "high")]
    return all(
        x == y or (x is not None and y is not None and math.isclose(x, y, rel_tol=EQUAL_WITHIN, abs_tol=1e-12))
        for x, y in pairs
    )


def _relative(x: float | None, y: float | None) -> float:
    if x is None or y is None or (isinstance(x, float) and math.isnan(x)):
        return math.inf if x != y else 0.0
    return abs(y - x) / abs(x) if x else (math.inf if y else 0.0)


def _changed(one: dict, other: dict) -> tuple[str, ...]:
    return tuple(name for name in sorted(one.keys() | other.keys()) if one.get(name) != other.get(name))
