"""What ``lodestone exposure suppliers`` prints and writes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from lodestone.errors import LodestoneError
from lodestone.exposure.suppliers import SupplierExposure


def as_json(found: SupplierExposure) -> dict[str, Any]:
    """For machines; what is not known is null."""
    return {
        "country": found.country,
        "material": found.material,
        "lines": _records(found.lines),
        "products": _records(found.products),
    }


def as_text(found: SupplierExposure) -> str:
    """For people."""
    aside = int((found.lines["set_aside"] != "").sum())
    read = len(found.lines)
    lines = [
        f"{found.material}: hold of {found.country}. {read} lines read, {read - aside} matched, {aside} set aside.",
        "",
        "LINES: share of what the supplier's economy makes of it that passes through the country, least and most by element.",
    ]
    for row in found.lines.to_dict("records"):
        who = f"line {row['line']}" + (f" {row['supplier']}" if "supplier" in row else "")
        way = row["set_aside"] or _between(row["touches_low"], row["touches_high"])
        sites = f"; {row['sites']} known site{'s' if row['sites'] != 1 else ''}" if row["sites"] else ""
        named = f" ({row['site_names']})" if row.get("site_names") else ""
        lines.append(f"  {who}  {row['economy']}  {row['product']}  {way}{sites}{named}")
    if len(found.products):
        lines += ["", "PRODUCTS: share of your purchases that passes through the country, and what share is covered."]
        lines += [
            f"  {row['product']}  {_between(row['touches_low'], row['touches_high'])}, "
            f"{100 * row['covered']:.1f} % covered of {100 * row['share']:.1f} % given"
            for row in found.products.to_dict("records")
        ]
    return "\n".join(lines)


def write(found: SupplierExposure, folder: Path) -> None:
    """Put ``lines.csv`` and ``products.csv`` into a new folder.

    Raises
    ------
    LodestoneError
        If there is something of that name, or it cannot be made.
    """
    try:
        folder.mkdir(parents=True)
        found.lines.to_csv(folder / "lines.csv", index=False)
        found.products.to_csv(folder / "products.csv", index=False)
    except FileExistsError:
        raise LodestoneError(f"{folder} is there already. Give a new folder.") from None
    except OSError as error:
        raise LodestoneError(f"{folder} cannot be written ({error.strerror}). Give another folder.") from None


def _between(low: float, high: float) -> str:
    return f"{100 * low:.1f} %" if high - low < 0.0005 else f"{100 * low:.1f} to {100 * high:.1f} %"


def _records(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {key: None if isinstance(cell, float) and cell != cell else cell for key, cell in row.items()}
        for row in table.to_dict("records")
    ]
