"""``lodestone exposure``: who an economy or a firm depends on, first tier and looked through."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from lodestone.cli.options import AsJson, AsOf

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Who depends on whom.")


@app.callback()
def root() -> None:
    """Hold what concerns all commands of the group."""


@app.command()
def show(
    economy: Annotated[str, typer.Argument(help="Label of the economy, ISO 3166 alpha-3.")],
    material: Annotated[str, typer.Option(help="Material; the largest if not given.")] = "",
    element: Annotated[list[str] | None, typer.Option(help="Elements, each on its own; may be repeated.")] = None,
    country: Annotated[str, typer.Option(help="Whose hold is asked about; the largest maker if not given.")] = "",
    year: Annotated[int, typer.Option(help="Baseline year; the material's own if not given.")] = 0,
    everything: Annotated[
        bool, typer.Option("--all", help="By supply site too, and the indices others publish.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Shares, concentration, look-through, ceilings and weeks of one economy, each with its interval."""
    from lodestone.baseline.material import base_year_of
    from lodestone.baseline.place import baseline_folder, default_material
    from lodestone.baseline.store import read_baseline
    from lodestone.cli.exposure_text import as_json as told
    from lodestone.cli.exposure_text import as_text
    from lodestone.exposure.view import view
    from lodestone.facts.place import data_folder

    folder = data_folder()
    name = material or default_material(folder)
    baseline = read_baseline(baseline_folder(folder, name, base_year_of(folder, name, year)))
    found = view(folder, baseline, economy, tuple(element or ()), country, everything)
    typer.echo(json.dumps(told(found), indent=1, allow_nan=False) if as_json else as_text(found, everything))


@app.command()
def bom(
    file: Annotated[Path, typer.Argument(help="CSV; columns as in the how-to on bills of materials.")],
    material: Annotated[str, typer.Option(help="Material; the largest if not given.")] = "",
    country: Annotated[str, typer.Option(help="Whose hold is asked about; the largest maker if not given.")] = "",
    year: Annotated[int, typer.Option(help="Baseline year; the material's own if not given.")] = 0,
    as_json: AsJson = False,
) -> None:
    """A firm's bill of materials: origin of each element, weeks until a stop, alternatives. Nothing is kept."""
    from lodestone.baseline.material import base_year_of
    from lodestone.baseline.place import baseline_folder, default_material
    from lodestone.baseline.store import read_baseline
    from lodestone.cli.bill_text import as_json as told
    from lodestone.cli.bill_text import as_text
    from lodestone.exposure.bill_view import bill_view
    from lodestone.exposure.bom import read_bill_rows
    from lodestone.facts.place import data_folder

    folder = data_folder()
    bill, faults = read_bill_rows(file)
    name = material or default_material(folder)
    baseline = read_baseline(baseline_folder(folder, name, base_year_of(folder, name, year)))
    found = bill_view(baseline, bill, country, faults)
    typer.echo(json.dumps(told(found), indent=1, allow_nan=False) if as_json else as_text(found))


@app.command()
def suppliers(
    file: Annotated[Path, typer.Argument(help="CSV: supplier, economy, product, share if wanted.")],
    material: Annotated[str, typer.Option(help="Material; the largest if not given.")] = "",
    country: Annotated[str, typer.Option(help="Whose hold is asked about; the largest maker if not given.")] = "",
    year: Annotated[int, typer.Option(help="Baseline year; the material's own if not given.")] = 0,
    names: Annotated[bool, typer.Option("--names", help="Put suppliers' and sites' names into the answer.")] = False,
    out: Annotated[Path | None, typer.Option(help="New folder for lines.csv and products.csv.")] = None,
    as_json: AsJson = False,
) -> None:
    """A firm's suppliers: sites, products and the way through the country. Names stay in the file unless asked for."""
    from lodestone.baseline.material import base_year_of
    from lodestone.baseline.place import baseline_folder, default_material
    from lodestone.baseline.store import read_baseline
    from lodestone.cli.suppliers_text import as_json as told
    from lodestone.cli.suppliers_text import as_text, write
    from lodestone.exposure.suppliers import read_supplier_list, supplier_exposure
    from lodestone.facts.place import data_folder
    from lodestone.facts.trade_partners import read_partners

    folder = data_folder()
    listed = read_supplier_list(file, read_partners(folder))
    name = material or default_material(folder)
    baseline = read_baseline(baseline_folder(folder, name, base_year_of(folder, name, year)))
    network = next(iter(baseline.networks.values()))
    found = supplier_exposure(network, folder, listed, country, names)
    if out is not None:
        write(found, out)
    typer.echo(json.dumps(told(found), indent=1, allow_nan=False) if as_json else as_text(found))


Store = Annotated[Path, typer.Option(help="Folder of the store that 'lodestone ingest' made.")]
Table = Annotated[str, typer.Option(help="Kind of table, where the store holds several.")]
Nomenclature = Annotated[str, typer.Option(help="Revision of the codes, where the store holds several.")]


@app.command()
def trade(
    hs: Annotated[str, typer.Option(help="Customs code; all codes that begin with it count together.")],
    importer: Annotated[str, typer.Option(help="ISO 3166 alpha-3, or a group of economies.")],
    store: Store,
    year: Annotated[int, typer.Option(help="The newest in the store if not given.")] = 0,
    table: Table = "",
    nomenclature: Nomenclature = "",
    as_of: AsOf = "",
    concord: Annotated[list[Path] | None, typer.Option(help="Correlation table of two revisions; repeat.")] = None,
    written_in: Annotated[str, typer.Option(help="Revision that --hs is written in, with --concord.")] = "",
    content: Annotated[Path | None, typer.Option(help="CSV of content factors: product weight to element.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="Every supplier and every odd unit value.")] = False,
    as_json: AsJson = False,
) -> None:
    """Who ships a product to an importer: shares, concentration, mirror gaps, odd unit values, re-exports."""
    from lodestone.cli.dates import date_option
    from lodestone.cli.trade_text import exposure_as_json, exposure_as_text
    from lodestone.errors import LodestoneError
    from lodestone.exposure.trade import trade_exposure
    from lodestone.facts.concord import read_families
    from lodestone.facts.content_factors import read_content_factors
    from lodestone.facts.place import data_folder

    if bool(concord) != bool(written_in):
        raise LodestoneError("Give --concord TABLE and --written-in REVISION together.")
    found = trade_exposure(
        store,
        data_folder(),
        hs,
        importer,
        year,
        table,
        nomenclature,
        date_option(as_of),
        families=(read_families(concord), written_in) if concord else None,
        factors=read_content_factors(content) if content else (),
    )
    told = json.dumps(exposure_as_json(found), indent=1, allow_nan=False) if as_json else None
    typer.echo(told or exposure_as_text(found, everything))


@app.command()
def ranking(
    store: Store,
    importer: Annotated[str, typer.Option(help="ISO 3166 alpha-3, or a group of economies.")] = "",
    by: Annotated[str, typer.Option(help="Order: supplier_dependence, top_share, value and others.")] = "",
    least_value: Annotated[float, typer.Option(min=0, help="Smaller purchases are not shown. [thousand]")] = 1_000.0,
    rows: Annotated[int, typer.Option(min=1, help="Products to print.")] = 20,
    table: Table = "",
    nomenclature: Nomenclature = "",
    as_of: AsOf = "",
    out: Annotated[Path | None, typer.Option(help="Without importer: Parquet file for all, every year.")] = None,
    as_json: AsJson = False,
) -> None:
    """All products an importer buys, the one it could replace least first; or every importer's into a file."""
    from lodestone.cli.dates import date_option
    from lodestone.cli.trade_text import ranking_as_json, ranking_as_text
    from lodestone.errors import LodestoneError
    from lodestone.exposure.trade_ranking import ORDERS, trade_ranking, write_groups
    from lodestone.facts.place import data_folder

    if bool(importer) == (out is not None):
        raise LodestoneError("Give --importer for one ranking, or --out FILE for every importer, product and year.")
    if out is not None:
        typer.echo(f"{write_groups(store, out, table, nomenclature):,} rows written to {out}.")
        return

    found = trade_ranking(
        store, data_folder(), importer, by or ORDERS[0], least_value, table, nomenclature, date_option(as_of)
    )
    told = json.dumps(ranking_as_json(found), indent=1, allow_nan=False) if as_json else None
    typer.echo(told or ranking_as_text(found, rows))
