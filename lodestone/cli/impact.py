"""``lodestone impact``: value added lost directly and indirectly, by sector, industry and economy."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lodestone.cli.options import AsJson, AsOf, Material, Scenario, Seed, Threads, Weeks

if TYPE_CHECKING:
    from lodestone.evidence.find_loss import Loss
    from lodestone.record.figure import Figure

app = typer.Typer(add_completion=False)
LAYOUTS = "saved, exiobase3, oecd, wiod, eora26"


@app.command()
def impact(
    scenario: Scenario,
    economy: Annotated[str, typer.Option(help="Whose loss.")],
    material: Material = "",
    rule: Annotated[list[str] | None, typer.Option(help="Rationing rule; may be repeated.")] = None,
    members: Annotated[int, typer.Option(min=1, max=100_000, help="Draws of the shortage.")] = 500,
    draws: Annotated[int, typer.Option(min=1, max=10_000, help="Draws followed through the table.")] = 128,
    weeks: Weeks = 0,
    seed: Seed = 1,
    table: Annotated[str, typer.Option(help="An input-output table of your own, file or folder.")] = "",
    layout: Annotated[str, typer.Option(help=f"Its layout: {LAYOUTS}.")] = "",
    table_year: Annotated[int, typer.Option(help="Its year.")] = 0,
    concordance: Annotated[
        str, typer.Option(help="CSV: industry_sector, sectors, makes, stops; ties its sectors to ours.")
    ] = "",
    as_of: AsOf = "",
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Follow a scenario's loss in one economy: direct by sector, indirect by industry and economy."""
    from lodestone.chain import impact as find
    from lodestone.cli.dates import date_option
    from lodestone.cli.progress import progress
    from lodestone.cli.simulate import at_least_two
    from lodestone.evidence.requests import ImpactRequest

    date_option(as_of)
    request = ImpactRequest(
        scenario, economy, material, as_of=as_of, members=members, draws=draws, seed=seed, weeks=weeks,
        rules=at_least_two(rule or ()), threads=threads, table=table, layout=layout, table_year=table_year,
        concordance=concordance,
    )  # fmt: skip
    found = find(request, progress)
    typer.echo(json.dumps(as_document(found), indent=1, ensure_ascii=False) if as_json else "\n".join(as_lines(found)))


def as_lines(found: Loss) -> list[str]:
    """Losses as lines of text: direct by sector, then where the first year's loss travels."""
    lines = [
        f"{found.economy} under {found.scenario} from {found.start.isoformat()}; billion USD of 2024, median (5 to 95 %)"
    ]
    for rule, impact in found.impacts.items():
        prefix = f"run:{found.economy}.{rule}"
        lines += ["", f"{rule.replace('_', ' ')}, {found.weeks} weeks, {found.members} draws: direct, each sector once"]
        lines += [
            f"  {sector.replace('_', ' '):<44}{_told(found.figures[f'{prefix}.value.{sector}'])}"
            for sector in impact.sectors
        ]
        lines += [
            f"  {'all sectors':<44}{_told(found.figures[f'{prefix}.value.total'])}",
            f"  {'all sectors, first year':<44}{_told(found.figures[f'{prefix}.value.first_year'])}",
        ]
        travel = found.travel[rule]
        if travel.why_not:
            lines.append(f"  {travel.why_not}")
            continue
        words = {"direct": "direct, as it enters the table", "indirect": "indirect, at home", "both": "both, at home",
                 "abroad": "indirect, abroad", "output": "gross output, at home"}  # fmt: skip
        lines.append(f"first year through the table, {found.draws} draws")
        lines += [
            f"  {word:<44}{_told(found.figures[travel.headline[f'travel.{key}']])}" for key, word in words.items()
        ]
        for rows in (travel.industries, travel.economies):
            lines += [f"    {row.label[:40]:<42}{_told(found.figures[row.figure])}" for row in rows.itertuples()]
        lines += [f"  note: {note}" for note in travel.notes]
    return lines + market_lines(found)


def market_lines(found: Loss) -> list[str]:
    """The market view as lines of text: what the market does, then the five parts of the loss and their sum."""
    market = found.market
    lines = ["", "Market view, one year, no stocks"]
    if market.why_not:
        return [*lines, f"  {market.why_not}"]
    words = {
        "issuer_share": "issuer's share of supply outside", "stopped": "share of it that stops", "price": "price, times the base",
        "dearest": "price of the element that rises most",
        "quantity": "bought, times the base", "rationed": "rationed, times the base", "using_industries": "using industries",
        "downstream": "downstream", "prices_paid": "prices paid", "producers_expand": "producers expand",
        "producers_earn": "producers earn", "total": "total",
    }  # fmt: skip
    lines += [
        f"  {word:<44}{_told(found.figures[market.headline[f'market.{key}']])}"
        for key, word in words.items()
        if f"market.{key}" in market.headline
    ]
    return lines + [f"  note: {note}" for note in market.notes]


def _told(figure: Figure) -> str:
    from lodestone.report.format import significant

    if figure.value is None or figure.low is None or figure.high is None:
        return "no published figure"
    value, low, high = (significant(one, 2) for one in (figure.value, figure.low, figure.high))
    return f"{value:>8}  ({low} to {high})"


def as_document(found: Loss) -> dict[str, Any]:
    """The same as plain values, with the id of every figure."""

    market = found.market

    def row(one: Figure) -> dict[str, Any]:
        return {
            "id": one.id,
            "label": one.label,
            "value": one.value,
            "low": one.low,
            "high": one.high,
            "unit": one.unit,
        }

    def rows(prefix: str) -> list[dict[str, Any]]:
        return [row(one) for one in found.figures.values() if one.id.startswith(prefix) and one.kind == "result"]

    return {
        "economy": found.economy, "scenario": found.scenario, "start": found.start.isoformat(), "weeks": found.weeks,
        "members": found.members, "draws": found.draws,
        "rules": {
            rule: {"figures": rows(f"run:{found.economy}.{rule}."), "notes": list(travel.notes), "why_not": travel.why_not,
                   "weekly": travel.chart.to_dict("records")}
            for rule, travel in found.travel.items()
        },
        "market": {"figures": [row(found.figures[name]) for name in market.headline.values()], "notes": list(market.notes),
                   "why_not": market.why_not},
    }  # fmt: skip
