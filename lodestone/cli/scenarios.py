"""``lodestone scenarios``: list, show and check scenario files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

if TYPE_CHECKING:
    from lodestone.simulate.nouns import Measure, Range, Scenario

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None, help="Scenario files: list, show, check.")

AsJson = Annotated[bool, typer.Option("--json", help="As JSON.")]
AsOf = Annotated[str | None, typer.Option("--as-of", help="Only measures known on this day (YYYY-MM-DD).")]


@app.command("list")
def list_scenarios(as_of: AsOf = None, as_json: AsJson = False) -> None:
    """Name and title of every scenario that comes along; with a date, those of which something was known by it."""
    import json

    from lodestone.simulate.place import scenario_folder
    from lodestone.simulate.scenario import scenario_names
    from lodestone.simulate.scenario_text import read_document

    folder = scenario_folder()
    titles = {
        name: str(read_document(folder / f"{name}.yaml").values.get("title", "")) for name in scenario_names(folder)
    }
    late = {name: left for name in titles if (left := _left_out(name, as_of))} if as_of else {}
    gone = [name for name, left in late.items() if left.nothing_else]
    rows: list[dict[str, Any]] = [{"name": name, "title": titles[name]} for name in titles if name not in gone]
    if as_of:
        rows = [row | {"left_out": list(late[row["name"]].ids) if row["name"] in late else []} for row in rows]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    width = max((len(row["name"]) for row in rows), default=0)
    for row in rows:
        later = f" (left out, announced later: {', '.join(row['left_out'])})" if row.get("left_out") else ""
        typer.echo(f"{row['name'].ljust(width)}  {row['title']}{later}")
    if gone:
        typer.echo(f"not listed, all of it announced later: {', '.join(gone)}")


@app.command()
def show(
    name: Annotated[str, typer.Argument(help="A name from the list, or a file.")],
    as_of: AsOf = None,
    as_json: AsJson = False,
) -> None:
    """What a scenario holds once composed: measures, dates, terms, shocks, notes."""
    import json

    scenario = _read(name, as_of)
    typer.echo(json.dumps(as_document(scenario), ensure_ascii=False, indent=1) if as_json else as_text(scenario))


@app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="Names from the list, or files.")],
    as_json: AsJson = False,
) -> None:
    """Report every fault of every file, with its line; exit code 2 if there is one."""
    import json

    from lodestone.errors import Faults
    from lodestone.simulate.scenario import check_scenario

    faults = [fault for name in files for fault in check_scenario(name, *_tables(None))]
    if as_json:
        rows = [
            {"file": f.file, "line": f.line, "column": f.column, "what": f.what, "next_step": f.next_step}
            for f in faults
        ]
        typer.echo(json.dumps({"faults": rows}, ensure_ascii=False, indent=1))
    if faults:
        raise Faults(faults)
    if not as_json:
        typer.echo(f"No fault found in {', '.join(files)}.")


class _Late(NamedTuple):
    """Measures of a scenario announced after a date, and whether nothing of it is left without them."""

    ids: tuple[str, ...]
    nothing_else: bool


def _left_out(name: str, as_of: str | None) -> _Late | None:
    held = _read(name, as_of)
    if not held.left_out:
        return None
    return _Late(tuple(dict.fromkeys(held.left_out)), not (held.measures or held.shocks or held.demand_growth))


def _read(name: str, as_of: str | None) -> Scenario:
    from lodestone.cli.dates import date_option
    from lodestone.facts.read import known_date
    from lodestone.simulate.scenario import read_scenario

    return read_scenario(name, *_tables(known_date(date_option(as_of or ""))))


def _tables(as_of: dt.date | None) -> tuple[Any, ...]:
    """The arguments that follow the name in `read_scenario`, from the folders in use."""
    from lodestone.facts import data_folder
    from lodestone.facts.assumptions import read_assumptions
    from lodestone.facts.catalogues import read_measures
    from lodestone.simulate.place import scenario_folder
    from lodestone.simulate.scenario_labels import read_scenario_labels

    data = data_folder()
    labels = read_scenario_labels(data)
    return read_measures(data), read_assumptions(data), scenario_folder(), as_of, labels


def as_document(scenario: Scenario) -> dict[str, Any]:
    """A scenario as plain values, dates as text."""
    import dataclasses

    def plain(value: Any) -> Any:
        if isinstance(value, dt.date):
            return value.isoformat()
        if isinstance(value, dict):
            return {key: plain(inner) for key, inner in value.items()}
        if isinstance(value, (list, tuple)):
            return [plain(inner) for inner in value]
        return value

    return {key: plain(value) for key, value in dataclasses.asdict(scenario).items()}


def as_text(scenario: Scenario) -> str:
    """A scenario as a page for a terminal."""
    lines = [
        scenario.title,
        f"  {scenario.source}; by {scenario.author}",
        f"  {', '.join(scenario.materials)}" + (f" of {scenario.year}" if scenario.year else ", each of its base year"),
        f"  {scenario.horizon_weeks} weeks from {scenario.start}",
    ]
    lines += ["", "Measures"] if scenario.measures else ["", "No measures"]
    for measure in scenario.measures:
        lines += _measure_lines(measure)
    if scenario.left_out:
        lines += ["", f"Left out, announced later: {', '.join(scenario.left_out)}"]
    if scenario.shocks:
        lines += ["", "Shocks"]
    for shock in scenario.shocks:
        left = f"{shock.factor.low:g}..{shock.factor.central:g}..{shock.factor.high:g}"
        until = f" to {shock.end}" if shock.end else " on"
        lines.append(f"  {shock.economy} {shock.stage}: {left} of capacity left from {shock.start}{until}")
    for sector, growth in scenario.demand_growth.items():
        lines.append(f"  demand of {sector}: {growth.low:+.0%}..{growth.central:+.0%}..{growth.high:+.0%} a year")
    if scenario.rows_used:
        lines += ["", "Observations of the episode used", *(f"  {row}" for row in scenario.rows_used)]
    if scenario.notes:
        lines += ["", scenario.notes]
    return "\n".join(lines)


def _percent(share: Range) -> str:
    return f"{share.low:.0%}..{share.central:.0%}..{share.high:.0%}"


def _measure_lines(measure: Measure) -> list[str]:
    end = f" to {measure.ended}" if measure.ended else " on"
    what = " ".join((*measure.elements, *measure.products)) or "nothing named"
    lines = [
        f"  {measure.id}: {measure.kind} by {measure.issuer} towards {' '.join(measure.targets)}",
        f"    {measure.effective}{end}; {what}; {' '.join(measure.forms) or 'no form named'}",
    ]
    lines += [f"    suspended {start} to {stop or 'an unknown day'}" for start, stop in measure.suspended]
    if measure.end_uses:
        lines.append(f"    end uses {' '.join(measure.end_uses)}")
    if measure.licence and measure.kind == "licence":
        approved = measure.licence.share_applications_approved
        lines.append(f"    approved {_percent(approved)} ({approved.origin})")
    for start, terms in measure.licence_dated:
        lines.append(f"    from {start} approved {_percent(terms.share_applications_approved)}")
    if measure.reference:
        lines.append(f"    {measure.reference}")
    if measure.issuer_cost:
        lines.append(f"    costs the issuer: {measure.issuer_cost}")
    return lines
