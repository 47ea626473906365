"""A bill of materials looked through, as text for a terminal and as plain values for JSON."""

from __future__ import annotations

from typing import Any

import pandas as pd

from lodestone.cli.exposure_text import plain, value
from lodestone.exposure.bill_view import BillView

ANY = "world mix"


def as_text(found: BillView) -> str:
    """Origin by element, weeks until each part stops, and who else makes it."""
    lines = [
        f"Hold of {found.country}. Values at the point of the baseline. Nothing of the file is kept.",
        "",
        "ORIGIN",
    ]
    for element, rows in found.origin.groupby("element", sort=False):
        mined = ", ".join(f"{r.origin} {value(r.share, 'fraction')}" for r in rows.itertuples())
        lines.append(f"  {element:<3} {found.looked.elements.loc[element, 'grams']:10.2f} g   mined in {mined}")
    lines += ["", f"STOPS, if {found.country} ships nothing more and nobody adapts"]
    lines += _table(
        [("part", "element", "stage", "supplier", "through", "stock", "stops after")],
        [
            (
                r.part, r.element, r.stage, r.supplier or ANY, value(r.touches, "fraction"), value(r.stock_weeks, "weeks"),
                "stock not known" if pd.isna(r.stop_weeks) else value(r.stop_weeks, "weeks"),
            )
            for r in found.stops.itertuples()
        ],
    )  # fmt: skip
    lines += ["", "ALTERNATIVES, by share of world output of the stage"]
    rows = [
        (r.part, r.element, r.stage, r.economy, value(r.share, "fraction"), value(r.touches, "fraction"))
        for r in found.alternatives.itertuples()
    ]
    lines += _table([("part", "element", "stage", "economy", "makes", "through")], rows) if rows else ["  none known"]
    return "\n".join([*lines, "", f"'through': share that passes through {found.country} on its way from the mine."])


def _table(head: list[tuple[str, ...]], rows: list[tuple[str, ...]]) -> list[str]:
    table = [*head, *rows]
    sizes = [max(len(row[k]) for row in table) for k in range(len(head[0]))]
    return ["  " + "  ".join(cell.ljust(size) for cell, size in zip(row, sizes, strict=True)).rstrip() for row in table]


def as_json(found: BillView) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "country": found.country,
        "elements": _rows(found.looked.elements.reset_index()),
        "origin": _rows(found.origin),
        "stops": _rows(found.stops),
        "alternatives": _rows(found.alternatives),
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(k): plain(v) for k, v in row.items()} for row in table.to_dict("records")]
