"""``lodestone facts``: check all files of a data folder, list what it holds."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from lodestone.facts import FactTable

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="What was published: check and list.")

Folder = Annotated[
    Path | None, typer.Option("--data", help="Another data folder; the one that comes along if not given.")
]
SHOWN = (
    "variable",
    "product",
    "element",
    "economy",
    "partner",
    "period",
    "amount",
    "unit",
    "basis",
    "tier",
    "source",
)
WIDEST = 38


@app.command()
def check(folder: Folder = None) -> None:
    """Report every fault of every file, with file, line and column."""
    from lodestone.errors import Faults
    from lodestone.facts import check_folder, data_folder

    place = folder if folder is not None else data_folder()
    if faults := check_folder(place):
        raise Faults(faults)
    typer.echo(f"No fault found in {place}.")


@app.command("list")
def list_facts(
    variable: Annotated[str | None, typer.Option(help="As in labels/variables.csv.")] = None,
    economy: Annotated[str | None, typer.Option(help="Economy or partner.")] = None,
    partner: Annotated[str | None, typer.Option(help="Partner alone.")] = None,
    element: Annotated[str | None, typer.Option(help="Symbol.")] = None,
    product: Annotated[str | None, typer.Option(help="Part of the product's name.")] = None,
    tier: Annotated[str | None, typer.Option(help="Weakest tier accepted: A, B or C.")] = None,
    as_of: Annotated[str | None, typer.Option(help="Only what was known on this day (YYYY-MM-DD).")] = None,
    raw: Annotated[bool, typer.Option("--raw", help="As published, before corrections.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="All columns and the sources, as JSON.")] = False,
    folder: Folder = None,
) -> None:
    """List facts with their ids, sources and tiers."""
    from lodestone.cli.dates import date_option
    from lodestone.facts import read_facts, select_facts

    table = read_facts(folder, date_option(as_of or ""), corrected=not raw)
    _refuse_unknown(table, folder, [name for name in (economy, partner) if name], [element] if element else [])
    chosen = select_facts(
        table, variable=variable, economy=economy, partner=partner, element=element, product=product, tier=tier
    )
    if as_json:
        typer.echo(as_text_json(chosen))
    else:
        typer.echo(as_text(chosen))


def _refuse_unknown(table: FactTable, folder: Path | None, economies: list[str], elements: list[str]) -> None:
    """Refuse labels that neither the label tables nor the facts hold, with the nearest ones."""
    from lodestone.facts import data_folder
    from lodestone.facts.check_labels import read_labels
    from lodestone.labels import check_labels

    if not economies and not elements:
        return
    labels, rows = read_labels(folder or data_folder()), table.rows
    check_labels(economies, sorted(labels.economies | {*rows["economy"], *rows["partner"]} - {""}), "economy")
    check_labels(elements, sorted(labels.elements | {*rows["element"]} - {""}), "element")


def as_text(table: FactTable) -> str:
    """The rows as a table for a terminal, one line each, and a line that counts them."""
    rows = table.rows.assign(amount=[_amount(row) for row in table.rows.to_dict("records")])
    cells: list[tuple[str, ...]] = [("id", *SHOWN)]
    for identifier, row in zip(rows.index, rows.to_dict("records"), strict=True):
        cells.append((str(identifier), *(_short(str(row[name])) for name in SHOWN)))
    widths = [max(len(line[column]) for line in cells) for column in range(len(cells[0]))]
    lines = ["  ".join(text.ljust(width) for text, width in zip(line, widths, strict=True)).rstrip() for line in cells]
    dropped = sum(table.dropped.values())
    later = f"; {dropped:,} known only later" if dropped else ""
    lines.append(f"{len(rows):,} facts as of {table.as_of}{later}.")
    return "\n".join(lines)


def as_text_json(table: FactTable) -> str:
    """The rows with all columns, their sources, the date and the checksum, as JSON text."""
    import dataclasses
    import json

    rows = table.rows.assign(known_from=table.rows["known_from"].dt.strftime("%Y-%m-%d"))
    facts = [
        {"id": str(identifier), **{key: None if held != held else held for key, held in row.items()}}
        for identifier, row in zip(rows.index, rows.to_dict("records"), strict=True)
    ]
    named = {name for joined in table.rows["source"].unique() for name in joined.split(";")}
    document: dict[str, Any] = {
        "as_of": table.as_of.isoformat(),
        "checksum": table.checksum,
        "known_only_later": table.dropped,
        "facts": facts,
        "sources": {name: dataclasses.asdict(table.sources[name]) for name in sorted(named)},
    }
    return json.dumps(document, ensure_ascii=False, indent=1, allow_nan=False)


def _amount(row: Mapping[Hashable, Any]) -> str:
    value, low, high = (row[name] for name in ("value", "low", "high"))
    text = "" if value != value else f"{value:g}" if abs(value) < 1e5 else f"{value:,.0f}"
    if low == low or high == high:
        text += f" [{'' if low != low else f'{low:g}'}..{'' if high != high else f'{high:g}'}]"
    return text.strip()


def _short(text: str) -> str:
    return text if len(text) <= WIDEST else text[: WIDEST - 1] + "…"
