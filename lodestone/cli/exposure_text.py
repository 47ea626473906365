"""An economy's exposure as text for a terminal and as plain values for JSON."""

from __future__ import annotations

import math
import textwrap
from typing import Any

from lodestone.exposure.nouns import Exposure
from lodestone.exposure.view import View

WIDTH = 118
ABREAST = 3  # labels that come again in every row are printed side by side
MORE = "By supply site, EU supply risk and GeoPolRisk by element: add --all. One element: --element."


def as_text(found: View, everything: bool) -> str:
    """Indicators under a heading each, with definition, rows, and remarks."""
    lines = [
        f"{found.economy}: {found.material.replace('_', ' ')}, {found.year}; hold of {found.country}. "
        f"Medians of {found.draws} baseline draws, in brackets their 5 to 95 %, or a centre and its stated range."
    ]
    for one in found.indicators:
        if len(one.table) or one.remarks:
            lines += ["", *_indicator(one)]
    return "\n".join(lines if everything else [*lines, "", MORE])


def _indicator(one: Exposure) -> list[str]:
    lines = [one.indicator.replace("_", " ").upper(), *textwrap.wrap(one.definition, WIDTH)]
    labels = [str(label).replace("_", " ") for label in one.table["label"]]
    places = list(zip(one.table["elements"], one.table["stage"], strict=True))
    printed = [f"{value(r.value, one.unit)} {_interval(r, one.unit)}".rstrip() for r in one.table.itertuples()]
    columns = list(dict.fromkeys(labels))
    if 1 < len(columns) <= ABREAST and len(set(places)) < len(places):
        cells = dict(zip(zip(places, labels, strict=True), printed, strict=True))
        rows = [("", "", *columns)]
        rows += [(*place, *(cells.get((place, column), "") for column in columns)) for place in dict.fromkeys(places)]
    else:
        rows = [(*place, label, text) for place, label, text in zip(places, labels, printed, strict=True)]
    sizes = [max(len(str(row[k])) for row in rows) for k in range(len(rows[0]))] if rows else []
    lines += ["  " + "  ".join(str(c).ljust(n) for c, n in zip(row, sizes, strict=True) if n).rstrip() for row in rows]
    for remark in one.remarks:
        lines += textwrap.wrap(f"  {remark}", WIDTH, subsequent_indent="  ")
    return lines


def _interval(row: Any, unit: str) -> str:
    if math.isnan(row.low) or row.low == row.value == row.high:
        return ""
    return f"({value(row.low, unit, bare=True)} to {value(row.high, unit)})"


def value(number: float, unit: str, bare: bool = False) -> str:
    """One value in its unit; a dash where none is known.

    >>> value(0.634, "fraction"), value(float("nan"), "index"), value(float("inf"), "weeks")
    ('63.4 %', '-', 'past the horizon')
    """
    if math.isnan(number):
        return "-"
    if math.isinf(number):
        return "past the horizon"
    if unit == "fraction":
        return f"{100 * number:.1f}" + ("" if bare else " %")
    if unit == "index":
        return f"{number:.2f}"
    return f"{number:.1f}" + ("" if bare else f" {unit}")


def as_json(found: View) -> dict[str, Any]:
    """The same as plain values; null where nothing is known, text for what never ends."""
    return {
        "economy": found.economy, "country": found.country, "material": found.material, "year": found.year,
        "draws": found.draws,
        "indicators": [
            {
                "indicator": one.indicator, "definition": one.definition, "unit": one.unit, "remarks": list(one.remarks),
                "rows": [{k: plain(v) for k, v in row.items()} for row in one.table.to_dict("records")],
            }
            for one in found.indicators
        ],
    }  # fmt: skip


def plain(cell: Any) -> Any:
    """A cell JSON can hold.

    >>> plain(float("nan")), plain(float("inf")), plain(0.5)
    (None, 'past the horizon', 0.5)
    """
    if isinstance(cell, float):
        return None if math.isnan(cell) else "past the horizon" if math.isinf(cell) else cell
    return cell
