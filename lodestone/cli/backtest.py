"""``lodestone backtest``: simulated months and first shortages scored against those seen, beside naive forecasts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lodestone.cli.options import AsJson, Material, Rule, Scenario, Seed, Threads

if TYPE_CHECKING:
    from lodestone.evidence.backtest import Backtest, Score

app = typer.Typer(add_completion=False)
SHOWN = 12  # rows set aside that a terminal shows; --json has all
MODES = ("", "forecast", "hindcast")


@app.command()
def backtest(
    case: Scenario,
    as_of: Annotated[
        str, typer.Option(help="The date of the forecast (YYYY-MM-DD); months from its own on are scored.")
    ],
    observations: Annotated[
        list[str] | None,
        typer.Option(help="CSV of months or of disruptions in place of the facts; may be given once for each."),
    ] = None,
    mode: Annotated[str, typer.Option(help="forecast or hindcast; whichever the case is if not given.")] = "",
    line: Annotated[list[str] | None, typer.Option(help="Only this customs line; may be repeated.")] = None,
    material: Material = "",
    relative: Annotated[bool, typer.Option("--relative", help="In points of last year's mean month.")] = False,
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Also with approvals up 20 points and no over-compliance.")
    ] = False,
    rule: Rule = "pro_rata",
    members: Annotated[int, typer.Option(min=20, max=100_000, help="Draws.")] = 300,
    seed: Seed = 1,
    threads: Threads = 2,
    out: Annotated[str, typer.Option(help="Folder to write: tables, figures, manifest.")] = "",
    as_json: AsJson = False,
) -> None:
    """Score a case; skill is claimed only where the interval of a difference excludes zero."""
    from lodestone.chain import backtest as find
    from lodestone.chain import backtest_bundle
    from lodestone.cli.dates import date_option
    from lodestone.cli.progress import progress
    from lodestone.errors import LodestoneError
    from lodestone.evidence.requests import BacktestRequest

    date_option(as_of)
    if mode not in MODES:
        raise LodestoneError(f"'{mode}' is no mode. Use forecast or hindcast, or leave --mode out.")
    request = BacktestRequest(
        case, as_of, mode, material, tuple(observations or ()), tuple(line or ()), relative, mutate, members, seed, rule,
        threads,
    )  # fmt: skip
    folder: Path | None = None
    if out:
        folder, found = backtest_bundle(request, Path(out), progress)
    else:
        found = find(request, progress)
    if as_json:
        document = as_document(found) | ({"folder": str(folder)} if folder is not None else {})
        typer.echo(json.dumps(document, indent=1, ensure_ascii=False))
        return
    typer.echo("\n".join(as_lines(found)))
    if folder is not None:
        typer.echo(f"Written to {folder}; 'lodestone replay {folder}' repeats it.")


def as_lines(found: Backtest) -> list[str]:
    """A back-test as a page for a terminal."""
    lines = [
        f"{found.scenario} as of {found.as_of}: {found.mode.upper()}; {found.members} draws; customs {', '.join(found.lines)}; {found.unit}",
        *(f"  {reason}" for reason in found.reasons),
        *([f"  not known then: {', '.join(found.left_out)}"] if found.left_out else []),
        *ground_lines(found),
        "",
        "month    to    observed   median (5 to 95 %)           CRPS  persistence  seasonal  licence share",
    ]
    for row in found.score.cells.itertuples():
        band = f"{row.median:,.0f} ({row.p05:,.0f} to {row.p95:,.0f})"
        theirs = "  ".join(_number(value).rjust(9) for value in (row.crps_persistence, row.crps_seasonal, row.crps_cut))
        lines.append(f"{row.month}  {row.destination:<5} {row.observed:8,.0f}   {band:<25} {row.crps:7,.0f}  {theirs}")
    lines += ["", *score_lines(found.score)]
    for row in found.mutation.itertuples():
        lines.append(
            f"approvals up 20 points, no over-compliance (wrong on purpose), {row.set}, {row.months} months: CRPS "
            f"{row.crps_mutated:,.0f} in place of {row.crps:,.0f}: {row.difference:+,.1f} ({row.low:+,.1f} to {row.high:+,.1f})"
        )
    if len(found.changed):
        lines.append("  drawn, on average (a share stops at 1): " + "; ".join(
            f"{row.input} {row.own:.3g} becomes {'nothing' if row.mutated != row.mutated else format(row.mutated, '.3g')}"
            for row in found.changed.itertuples()
        ))  # fmt: skip
    lines += ["", *stop_lines(found)]
    if found.set_aside:
        lines += ["", f"set aside, {len(found.set_aside)} rows; nothing is scored twice:"]
        lines += [f"  {note}" for note in found.set_aside[:SHOWN]]
        if len(found.set_aside) > SHOWN:
            lines.append(f"  and {len(found.set_aside) - SHOWN} more (--json)")
    return lines


def ground_lines(found: Backtest) -> list[str]:
    """What a baseline as of the date had to do without."""
    if not found.stand_ins + found.left_to_prior:
        return []
    return [
        f"  baseline of the date: {len(found.stand_ins)} earlier figures stand in for later ones, {len(found.left_to_prior)} "
        "observations are left to the prior (--json names them)"
    ]


def score_lines(score: Score) -> list[str]:
    """Coverage, width and scores, and the differences to each naive forecast."""
    from lodestone.evidence.naive import NAMES

    lines = []
    for row in score.sets.itertuples():
        lines.append(f"{row.set}: {row.cells} cells in {row.months} months, no two overlap; mean CRPS {row.crps:,.0f}")
        for level in (90, 50):
            told = [
                getattr(row, f"{name}_{level}{end}")
                for name, end in (("inside", ""), ("inside", "_low"), ("inside", "_high"))
            ]
            lines.append(
                f"  {level} % bands hold {told[0]:.0%} (binomial {told[1]:.0%} to {told[2]:.0%}); mean width "
                f"{getattr(row, f'width_{level}'):,.0f}"
                + (f"; interval score {row.interval_score:,.0f}" if level == 90 else "")
            )
        naive = score.differences[score.differences["set"] == row.set]
        if naive.empty:
            lines.append("  no naive forecast could be made of these cells: no earlier month was out by the date")
        for one in naive.itertuples():
            lines.append(
                f"  CRPS less that of {NAMES[str(one.naive)]} ({one.crps_naive:,.0f}): {one.difference:+,.0f} "
                f"({one.low:+,.0f} to {one.high:+,.0f}; {one.cells} cells, {one.blocks} blocks): {one.verdict}"
            )
    return lines


def stop_lines(found: Backtest) -> list[str]:
    """First reported stops beside simulated first shortages."""
    if found.stops.empty:
        return ["no reported stop of a sector of this network falls into the run"]
    lines = ["first reported stop, weeks from the date, beside the simulated first shortage (median, 5 to 95 %)"]
    for row in found.stops.itertuples():
        lines.append(
            f"  {row.economy} {row.sector}: {row.reported}, week {row.week:.0f}; simulated {row.median:.0f} ({row.p05:.0f} to "
            f"{row.p95:.0f}); {row.chance_by_then:.0%} of draws by then, {row.chance:.0%} in the run; CRPS {row.crps:.1f} weeks "
            f"('never' {row.crps_never:.1f}, 'at once' {row.crps_at_once:.1f}); {row.row}"
        )
    return lines


def as_document(found: Backtest) -> dict[str, Any]:
    """The same as plain values; null where a naive forecast has nothing to go on."""
    from lodestone.evidence.backtest_record import tables

    plain = {
        name: [
            {key: None if isinstance(value, float) and value != value else value for key, value in row.items()}
            for row in table.to_dict("records")
        ]
        for name, table in tables(found).items()
    }
    return {
        "scenario": found.scenario, "mode": found.mode, "reasons": list(found.reasons), "as_of": found.as_of.isoformat(),
        "unit": found.unit, "members": found.members, "customs_lines": list(found.lines), "left_out": list(found.left_out),
        "earlier_figures": list(found.stand_ins), "left_to_prior": list(found.left_to_prior), **plain, "set_aside": list(found.set_aside),
    }  # fmt: skip


def _number(value: float) -> str:
    return "-" if value != value else f"{value:,.0f}"
