"""``lodestone simulate``: weeks until each sector falls short, weeks lost, months beside customs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lodestone.cli.options import (
    AsJson,
    AsOf,
    Cluster,
    ClusterTls,
    Demand,
    DryRun,
    Inventory,
    Kept,
    Material,
    Scenario,
    Seed,
    Threads,
    Weeks,
)

if TYPE_CHECKING:
    from lodestone.evidence.months import Months
    from lodestone.evidence.simulation import Simulation

app = typer.Typer(add_completion=False)
MANY = 5_000  # draws from which a run may be long
RULES = ("pro_rata", "home_first")  # a loss is reported under at least two


@app.command()
def simulate(
    scenario: Scenario,
    economy: Annotated[list[str] | None, typer.Option(help="Only this economy; may be repeated.")] = None,
    material: Material = "",
    rule: Annotated[
        list[str] | None,
        typer.Option(help="Rationing rule: pro_rata, sector_priority, home_first, political; may be repeated."),
    ] = None,
    first: Annotated[
        list[str] | None, typer.Option(help="Destination the political rule serves first; may be repeated.")
    ] = None,
    members: Annotated[int, typer.Option(min=1, max=100_000, help="Draws.")] = 500,
    weeks: Weeks = 0,
    seed: Seed = 1,
    inventory: Inventory = "",
    demand: Demand = "",
    as_of: AsOf = "",
    compare: Annotated[
        str, typer.Option(help="Customs line, e.g. eight digits: the issuer's exports by month beside customs.")
    ] = "",
    beside: Annotated[str, typer.Option(help="Another scenario beside this one in the months.")] = "",
    threads: Threads = 2,
    cluster: Cluster = "",
    cluster_tls: ClusterTls = "",
    kept: Kept = "",
    dry_run: DryRun = False,
    all_draws: Annotated[bool, typer.Option("--all-draws", help="With --out: every draw, as Parquet.")] = False,
    out: Annotated[str, typer.Option(help="Folder to write: tables, figures, manifest.")] = "",
    as_json: AsJson = False,
) -> None:
    """Simulate a scenario week by week under at least two rationing rules."""
    from lodestone.chain import simulate as write
    from lodestone.chain import simulation
    from lodestone.cli.dates import date_option
    from lodestone.cli.progress import progress
    from lodestone.cli.work import at_work
    from lodestone.errors import LodestoneError
    from lodestone.evidence.requests import SimulationRequest

    date_option(as_of)
    if beside and not compare:
        raise LodestoneError("--beside puts a second scenario into the months. Add --compare CODE, or leave it out.")
    if all_draws and not out:
        raise LodestoneError("--all-draws is written to a file. Add --out FOLDER.")
    request = SimulationRequest(
        scenario, material, tuple(economy or ()), as_of=as_of, members=members, seed=seed, rules=at_least_two(rule or ()),
        first=tuple(first or ()), weeks=weeks, cover_members=min(members, 50), threads=threads,
        inventory=inventory, demand=demand, compare=compare, beside=beside, all_draws=all_draws,
    )  # fmt: skip
    if dry_run or members >= MANY:
        from lodestone.cli.estimate_text import tell_first

        if tell_first(request, dry_run, as_json, threads, cluster):
            return
    folder: Path | None = None
    with at_work(cluster, cluster_tls, kept):
        if out:
            folder, found = write(request, Path(out), progress)
        else:
            found = simulation(request, progress)[1]
    if as_json:
        typer.echo(json.dumps(as_document(found, folder), indent=1, ensure_ascii=False))
        return
    typer.echo("\n".join(as_lines(found, bool(economy))))
    if folder is not None:
        typer.echo(f"Written to {folder}; 'lodestone replay {folder}' repeats it.")


def at_least_two(rules: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """The rules asked for, and where that is one, the first of the defaults beside it.

    >>> at_least_two(()), at_least_two(["home_first"]), at_least_two(["political", "pro_rata"])
    (('pro_rata', 'home_first'), ('home_first', 'pro_rata'), ('political', 'pro_rata'))
    """
    asked = tuple(dict.fromkeys(rules))
    if len(asked) > 1:
        return asked
    return (*asked, *(rule for rule in RULES if rule not in asked))[:2]


def as_lines(found: Simulation, whole: bool) -> list[str]:
    """A run as a page for a terminal; every sector where economies were named, else the first to stop."""
    if found.table.empty:
        return [f"{found.scenario} changes nothing in this network:", *(f"  {note}" for note in found.notes)]
    lines = [
        f"{found.scenario}: {found.weeks} weeks from {found.start}, {found.members} draws ({found.cover_members} with cover held)",
        "Weeks until the first shortage with low, central and high initial cover (medians; - none in the",
        "horizon), draws that fall short, weeks of output not served (median, 5 to 95 %)",
        *(
            [f"Weeks count from {found.start}; the first measure takes effect on {found.effective}."]
            if found.effective
            else []
        ),
        *(
            [
                f"Measures in force since {found.run_in} are run in before {found.start}, from full stocks; 0 is a use that",
                "was short of what it would take undisturbed by then.",
            ]
            if found.run_in
            else []
        ),
        "",
    ]
    table = found.table if whole else _first_to_stop(found.table)
    width = max(len(f"{row.economy} {row.sector}") for row in table.itertuples())
    for rule, part in table.groupby("rule", sort=False):
        lines.append(f"rationing rule: {str(rule).replace('_', ' ')}")
        for row in part.itertuples():
            name = f"{row.economy} {str(row.sector).replace('_', ' ')}"
            held = " ".join(_weeks(value).rjust(4) for value in (row.weeks_low, row.weeks_central, row.weeks_high))
            lost = f"{row.lost:5.1f} ({row.lost_low:.1f} to {row.lost_high:.1f})"
            lines.append(f"  {name.ljust(width)} {held}  {row.chance:5.0%}  {lost}")
    if not whole:
        lines += ["", "The sector that loses most in each economy; name one with --economy to see all."]
    if found.months is not None:
        lines += ["", *month_lines(found.months)]
    return lines + (["", *found.notes] if found.notes else [])


def month_lines(months: Months) -> list[str]:
    """Months beside customs as a table for a terminal."""
    from lodestone.evidence.months import LABEL

    names = list(dict.fromkeys(months.table["scenario"]))
    lines = [f"Exports under {months.code} from {months.origin}, t gross a month ({LABEL})"]
    lines += [f"and, in brackets, with {months.year} = 100", "month    observed       "]
    lines[-1] += "  ".join(name.ljust(42) for name in names)
    for month, part in months.table.groupby("month", sort=False):
        seen = part.iloc[0]
        cells = [
            f"{row['median']:6,.0f} [{row.low:,.0f} to {row.high:,.0f}] ({row.median_index:.0f})".ljust(42)
            for _, row in part.iterrows()
        ]
        lines.append(f"{month}  {seen.observed:6,.0f} ({seen.observed_index:3.0f})   " + "  ".join(cells).rstrip())
    lines.append("mean absolute error, t and index points")
    for row in months.errors.to_dict("records"):
        lines.append(f"  {row['scenario']}, {row['months']} months: {row['tonnes']:,.0f} t, {row['index']:.0f}")
    for name, rows in months.rows_used.items():
        lines.append(f"observations of the episode used by {name}: {', '.join(rows) or 'none'}")
    return lines


def as_document(found: Simulation, folder: Path | None) -> dict[str, Any]:
    """A run as plain values; weeks that do not come within the horizon are null."""
    import math

    def plain(value: Any) -> Any:
        return None if isinstance(value, float) and not math.isfinite(value) else value

    def rows(table: Any) -> list[dict[str, Any]]:
        return [{key: plain(value) for key, value in row.items()} for row in table.to_dict("records")]

    document: dict[str, Any] = {
        "scenario": found.scenario, "start": found.start.isoformat(),
        "first_effective": found.effective.isoformat() if found.effective else None,
        "run_in_from": found.run_in.isoformat() if found.run_in else None,
        "weeks": found.weeks, "members": found.members,
        "changes_nothing": found.table.empty, "notes": list(found.notes), "uses": rows(found.table),
    }  # fmt: skip
    if found.months is not None:
        document["months"] = {
            "customs_line": found.months.code, "origin": found.months.origin, "table": rows(found.months.table),
            "errors": rows(found.months.errors), "rows_used": {k: list(v) for k, v in found.months.rows_used.items()},
        }  # fmt: skip
    if folder is not None:
        document["folder"] = str(folder)
    return document


def _first_to_stop(table: Any) -> Any:
    """The row of each economy and rule that loses most."""
    worst = table.sort_values(["lost", "weeks_central"], ascending=[False, True], kind="stable")
    return worst.drop_duplicates(["economy", "rule"]).sort_values(["rule", "economy"], kind="stable")


def _weeks(value: float) -> str:
    return "-" if value is None or value == float("inf") else f"{value:.0f}"
