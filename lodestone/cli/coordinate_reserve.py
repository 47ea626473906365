"""What a shared reserve's rule does, as lines of text and as plain values."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from lodestone.labels import capital

if TYPE_CHECKING:
    from lodestone.evidence.find_reserve import ReserveRun

LACKING = 1.0  # weeks of need: of what is not held, less is not told
NUMBERS = ("tonnes", "weeks", "price", "value", "yearly", "of_outside")
MOST = 8  # products not held that are told


def reserve_document(found: ReserveRun) -> dict[str, Any]:
    """A shared reserve as plain values: million USD of 2024, tonnes contained, weeks; None where no figure is known."""
    from lodestone.evidence.find_reserve import WAYS

    told = found.told
    return {
        "title": told.title, "checksum": told.checksum, "pays": dict(zip(found.members, map(float, found.shares), strict=True)),
        "order": told.order if isinstance(told.order, str) else [list(one) for one in told.order], "who": list(told.who or found.members),
        "trigger": told.trigger, "delay_weeks": told.delay, "rate": told.rate, "floor": told.floor, "owes_at_most": _plain(told.owes_at_most),
        "after_weeks": told.after, "share_of_arrivals": told.back, "assumed": list(told.assumed),
        "holdings": [
            {
                "product": str(product), "form": row["form"], **{name: _plain(row[name]) for name in NUMBERS},
                "price_assumed": bool(row["assumed"]), "can_process": dict(found.takes[str(product)]), "cannot": list(found.idle[str(product)]),
                "places": dict(found.held.loc[found.held["product"] == product, ["place", "tonnes"]].itertuples(index=False, name=None)),
            }
            for product, row in found.products.iterrows()
        ],
        "cases": [
            {
                "hit": case, "weight": float(found.weight[c]), "first_week": _plain(found.first[c]), "left": [float(one) for one in found.left[c]],
                "lost": {way: dict(zip(found.members, map(float, found.lost[w, c].mean(axis=1)), strict=True)) for w, way in enumerate(WAYS)},
                "drawn": _by(found, found.drawn[c]), "given_back": _by(found, found.back[c]),
            }
            for c, case in enumerate(found.cases)
        ],
        "weeks_lacking": [
            {"product": str(product), "held": bool(row["held"]), **{way: float(row[way]) for way in WAYS}} for product, row in found.lacks.iterrows()
        ],
    }  # fmt: skip


def _by(found: ReserveRun, table: np.ndarray) -> dict[str, dict[str, float]]:
    return {
        member: {str(p): float(t) for p, t in zip(found.products.index, row, strict=True) if t > 0.0}
        for member, row in zip(found.members, table, strict=True)
    }


def _plain(value: Any) -> float | None:
    return float(value) if np.isfinite(value) else None


def reserve_lines(found: ReserveRun, say: Callable[[str], str]) -> list[str]:
    """A shared reserve as lines of text."""
    from lodestone.evidence.find_reserve import APART, NOTHING, SHARED

    mean = {way: found.mean(way).mean(axis=1) for way in (NOTHING, APART, SHARED)}
    yearly = float(np.nansum(found.products["yearly"]))
    lines = [
        f"A SHARED RESERVE: {found.told.title}",
        f"  Held, t contained: worth {np.nansum(found.products['value']):,.0f} at base prices, {yearly:,.1f} a year in capital, holding and ageing",
    ]
    lines += [line for product in found.products.index for line in _product_lines(found, str(product), say)]
    lines += [
        "  Loss in a curb, means; where all members are hit, and where one is alone: nothing held / each its own / shared (by sharing)",
        *(f"    {_hit(case, say):<24}{_three(found.lost[:, c].sum(axis=1).mean(axis=1))}{_first(found, c)}" for c, case in enumerate(found.cases)),
        f"  By member, expected over who is hit ({1.0 - found.weight[0]:.0%} of curbs hit one alone): share of cost, a year; "
        "loss as above; pays from a chance a year of",
    ]  # fmt: skip
    for k, member in enumerate(found.members):
        pays, spared = found.shares[k] * yearly, mean[NOTHING][k] - mean[SHARED][k]
        even = f"{pays / spared:.1%}" if spared > 0.0 else "never"
        three = _three(np.array([mean[way][k] for way in (NOTHING, APART, SHARED)]))
        lines.append(f"    {capital(say(member)):<24}{found.shares[k]:>6.0%}{pays:>8,.1f}   {three}   {even}")
    total = np.array([mean[way].sum() for way in (NOTHING, APART, SHARED)])
    lines.append(f"    {'All':<24}{1.0:>6.0%}{yearly:>8,.1f}   {_three(total)}")
    return [*lines, *_lacking(found, say)]


def _product_lines(found: ReserveRun, product: str, say: Callable[[str], str]) -> list[str]:
    row = found.products.loc[product]
    lots = found.held[found.held["product"] == product].sort_values("tonnes", ascending=False, kind="stable")
    places = ", ".join(f"{say(str(one.place))} {one.tonnes:,.1f}" for one in lots.itertuples())
    able = ", ".join(say(e) for e, _ in sorted(found.takes[product].items(), key=lambda item: -item[1])) or "nobody"
    worth = (
        f"{row['value']:,.1f}{' at an assumed price' if row['assumed'] else ''}"
        if np.isfinite(row["value"])
        else "no price"
    )
    outside = (
        f"; {row['of_outside']:.0%} of what reaches all but the issuer a year" if np.isfinite(row["of_outside"]) else ""
    )
    lines = [
        f"    {capital(say(product))} ({row['form']}): {row['tonnes']:,.1f} t, {row['weeks']:.1f} weeks of who may draw; worth {worth}{outside}",
        f"      lies in {places}; can be processed by {able}",
    ]
    return (
        [*lines, f"      may draw but cannot use it: {', '.join(say(e) for e in found.idle[product])}"]
        if found.idle[product]
        else lines
    )


def _hit(case: str, say: Callable[[str], str]) -> str:
    from lodestone.evidence.find_reserve import EVERYBODY

    return "all members" if case == EVERYBODY else f"{capital(say(case))} alone"


def _three(lost: np.ndarray) -> str:
    return f"{lost[0]:>10,.0f} / {lost[1]:>10,.0f} / {lost[2]:>10,.0f} ({lost[1] - lost[2]:,.0f})"


def _first(found: ReserveRun, c: int) -> str:
    if not np.isfinite(found.first[c]):
        return "   not drawn on in most draws"
    return f"   first drawn in week {found.first[c]:.0f}; {found.left[c].min():.0%} left at the least"


def _lacking(found: ReserveRun, say: Callable[[str], str]) -> list[str]:
    from lodestone.evidence.find_reserve import WAYS

    held, others = found.lacks[found.lacks["held"]], found.lacks[~found.lacks["held"]]
    lines = ["  Weeks of their need that members together lack, all hit: nothing held / each its own / shared"]
    lines += [
        f"    {capital(say(str(p))):<40}{' / '.join(f'{row[way]:5.1f}' for way in WAYS)}" for p, row in held.iterrows()
    ]
    more = others[others[WAYS[0]] > LACKING].iloc[:MOST]
    if len(more):
        lines.append(
            "  Lacked too and not held: " + ", ".join(f"{say(str(p))} {row[WAYS[0]]:.1f}" for p, row in more.iterrows())
        )
    return lines
