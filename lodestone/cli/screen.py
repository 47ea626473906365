"""``lodestone screen``: a screening index on a user's own table."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

app = typer.Typer(rich_markup_mode=None)

SAY = (
    "A screening index ranks materials. It is no loss, no probability, and compares only within "
    "one table and one method."
)


class Method(StrEnum):
    """The screening methods there are."""

    eu_supply_risk = "eu-supply-risk"
    geopolrisk = "geopolrisk"


@app.command()
def screen(
    file: Annotated[Path, typer.Argument(help="CSV; columns as in the how-to on screening.")],
    method: Annotated[Method, typer.Option(help="Which index.")],
    reference_midpoint: Annotated[
        float | None, typer.Option(help="GeoPolRisk: midpoint of the reference material.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compute a screening index for each material of a table; all faults of the table together."""
    import json

    rows = _rows(file, method, reference_midpoint)
    if as_json:
        typer.echo(json.dumps({"method": method.value, "materials": rows}, indent=2, allow_nan=False))
    else:
        typer.echo(as_text(rows))


def _rows(file: Path, method: Method, reference: float | None) -> dict[str, dict[str, Any]]:
    from lodestone.exposure import screening

    if method is Method.eu_supply_risk:
        table = screening.screen_eu_supply_risk(screening.read_eu_table(file))
    else:
        table = screening.screen_geopolrisk(screening.read_geopolrisk_table(file), reference)
    return {
        str(name): {str(k): None if v != v else v for k, v in row.items()}
        for name, row in zip(table.index, table.to_dict("records"), strict=True)
    }


def as_text(rows: dict[str, dict[str, Any]]) -> str:
    """Rows as lines of text for a terminal."""
    names = list(next(iter(rows.values())))
    lines = [f"{'material':<20}" + "".join(f"{name:>24}" for name in names)]
    for material, row in rows.items():
        lines.append(f"{material:<20}" + "".join(f"{_shown(row[name]):>24}" for name in names))
    return "\n".join([*lines, "", SAY])


def _shown(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:.6g}" if isinstance(value, float) else str(value)
