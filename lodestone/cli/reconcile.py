"""``lodestone reconcile FILE``: a user's own small flow system, reconciled."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from lodestone.baseline.reconcile import Reconciliation

app = typer.Typer(rich_markup_mode=None)

SUSPICIOUS = 3.0


@app.command()
def reconcile(
    file: Annotated[Path, typer.Argument(help="YAML with variables and constraints.")],
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Reconcile a flow system: values, standard deviations, what the data determine."""
    import json

    title, result = _run(file)
    if as_json:
        typer.echo(json.dumps(as_plain(result, title), indent=2, allow_nan=False))
    else:
        typer.echo(as_text(result, title))


def _run(file: Path) -> tuple[str, Reconciliation]:
    from lodestone.baseline.reconcile import reconcile as run
    from lodestone.baseline.system_file import read_flow_system

    system = read_flow_system(file)
    return system.title, run(system.variables, system.constraints)


def as_plain(result: Reconciliation, title: str = "") -> dict[str, Any]:
    """The result as plain JSON types; what does not apply is null."""
    variables = {}
    for name, row in result.table.iterrows():
        variables[str(name)] = {key: None if value != value else value for key, value in row.items()}
    return {
        "title": title,
        "variables": variables,
        "objective": result.objective,
        "degrees_of_redundancy": result.degrees_of_redundancy,
        "p_value": None if result.degrees_of_redundancy == 0 else result.p_value,
        "iterations": result.iterations,
        "suspicious": suspicious(result),
    }


def suspicious(result: Reconciliation) -> list[str]:
    """Names of measurements moved by more than three standard deviations of their adjustment."""
    size = result.table["statistic"].abs()
    return [str(name) for name in size[size > SUSPICIOUS].sort_values(ascending=False).index]


def as_text(result: Reconciliation, title: str = "") -> str:
    """The result as lines of text for a terminal."""
    head = f"{'variable':<16}{'observed':>14}{'sd':>11}{'value':>14}{'sd':>11}{'moved/sd':>10}  "
    lines = [title] if title else []
    lines.append(head + "observability")
    for name, row in result.table.iterrows():
        lines.append(
            f"{name!s:<16}{_shown(row['observed']):>14}{_shown(row['observed_sd']):>11}"
            f"{_shown(row['value']):>14}{_shown(row['sd']):>11}{_shown(row['statistic'], 3):>10}"
            f"  {row['observability']}"
        )
    return "\n".join([*lines, "", *_verdict(result)])


def _verdict(result: Reconciliation) -> list[str]:
    degrees = result.degrees_of_redundancy
    if degrees == 0:
        return ["Nothing is redundant: no measurement checks another."]
    lines = [
        f"objective {result.objective:.4f} with {degrees} degree{'s' if degrees != 1 else ''} of "
        f"redundancy, p = {result.p_value:.3g}, {result.iterations} iterations"
    ]
    table = result.table
    for name in suspicious(result):
        lines.append(
            f"conflict: '{name}' was moved by {table.at[name, 'adjustment']:+.4g}, "
            f"{table.at[name, 'statistic']:+.1f} times what its standard deviation explains. "
            "Check the figure, its unit, or the constraints it stands in."
        )
    return lines


def _shown(value: float, digits: int = 7) -> str:
    return "-" if value != value else f"{value:.{digits}g}"
