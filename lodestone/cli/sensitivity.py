"""``lodestone sensitivity``: what the spread of a headline comes from, by group of inputs."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from lodestone.cli.options import AsJson, AsOf, Material, Rule, Scenario, Seed, Threads, Weeks

if TYPE_CHECKING:
    from lodestone.evidence.sensitivity import Sensitivity

app = typer.Typer(add_completion=False)


@app.command()
def sensitivity(
    scenario: Scenario,
    economy: Annotated[str, typer.Option(help="Whose headline.")],
    headline: Annotated[
        list[str] | None,
        typer.Option(
            help="value.total, value.first_year, weeks.first, jobs.total, or value, jobs, weeks, lost.SECTOR."
        ),
    ] = None,
    samples: Annotated[
        int, typer.Option(min=16, max=100_000, help="Base samples; each is a run for every group and two more.")
    ] = 256,
    material: Material = "",
    rule: Rule = "pro_rata",
    weeks: Weeks = 0,
    seed: Seed = 1,
    as_of: AsOf = "",
    threads: Threads = 2,
    as_json: AsJson = False,
) -> None:
    """Share out a headline's variance over groups of inputs: first-order and total Sobol indices."""
    from lodestone.chain import sensitivity as find
    from lodestone.cli.dates import date_option
    from lodestone.cli.progress import progress
    from lodestone.evidence.requests import SensitivityRequest

    date_option(as_of)
    request = SensitivityRequest(
        scenario, economy, tuple(headline or ("value.total", "weeks.first")), material, as_of=as_of, samples=samples,
        rule=rule, weeks=weeks, seed=seed, threads=threads,
    )  # fmt: skip
    found = find(request, progress)
    typer.echo(json.dumps(as_document(found), indent=1, ensure_ascii=False) if as_json else "\n".join(as_lines(found)))


def as_lines(found: Sensitivity) -> list[str]:
    """The indices as lines of text, a block for each headline."""
    lines = [
        f"{found.economy} under {found.scenario}, {found.rule.replace('_', ' ')}, {found.weeks} weeks; "
        f"{found.samples} samples, {found.runs} runs",
        "share of the variance: alone (first order), and with all a group interacts with (total); ± half the 95 % interval",
    ]
    for one in found.moments.itertuples():
        lines += ["", f"{one.headline}: mean {one.mean:.4g}, standard deviation {one.sd:.3g}"]
        rows = found.table[found.table["headline"] == one.headline]
        lines.append(f"  {'':<36}{'alone':>16}{'total':>18}")
        lines += [
            f"  {row.words:<36}{row.s1:>8.2f} ± {row.s1_conf:.2f}{row.st:>12.2f} ± {row.st_conf:.2f}"
            for row in rows.itertuples()
        ]
        lines.append(f"  {'sum of the groups alone':<36}{rows['s1'].sum():>8.2f}")
    return [*lines, *(f"note: {note}" for note in found.notes)]


def as_document(found: Sensitivity) -> dict[str, Any]:
    """The same as plain values."""
    return {
        "economy": found.economy, "scenario": found.scenario, "rule": found.rule, "weeks": found.weeks,
        "samples": found.samples, "runs": found.runs, "notes": list(found.notes),
        "headlines": [
            {**one, "groups": found.table[found.table["headline"] == one["headline"]]
             .drop(columns="headline").to_dict("records")}
            for one in found.moments.to_dict("records")
        ],
    }  # fmt: skip
