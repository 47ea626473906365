"""``lodestone verify``: published figures beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from lodestone.evidence.published import PublishedCheck

app = typer.Typer(rich_markup_mode=None)
SMALL = 1e-9  # deviations below this are rounding and differ between machines
MEANING = (
    "A match shows that the arithmetic is that of the publication, not that the model is right: "
    "matching an index proves plumbing, not the model."
)


@app.command()
def verify(
    wanted: Annotated[
        list[str] | None, typer.Argument(metavar="[CHECK]...", help="Checks, or groups A, B, C; all if none is named.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
    page: Annotated[str, typer.Option(help="Write the run as a page (Markdown) to this file.")] = "",
) -> None:
    """Compute published figures with our functions and print both.

    Exit code 1 if one deviates, or if one of group A does not match.
    """
    import json

    from lodestone.errors import FactError
    from lodestone.evidence.published import fails, published_checks

    checks = published_checks(tuple(wanted or ()))
    if page:
        try:
            Path(page).write_text(as_page(checks), encoding="utf-8")
        except OSError as error:
            raise FactError(f"cannot write the page to {page}: {error.strerror}. Name a file in a folder.") from error
    if as_json:
        typer.echo(json.dumps([as_data(check) for check in checks], indent=2, allow_nan=False))
    else:
        typer.echo(as_text(checks))
    if any(fails(check) for check in checks):
        raise typer.Exit(1)


def as_data(check: PublishedCheck) -> dict[str, Any]:
    """A row as plain values; the wider tolerance is null where there is none."""
    from dataclasses import asdict
    from math import isnan

    return asdict(check) | {"wide_tolerance": None if isnan(check.wide_tolerance) else check.wide_tolerance}


def as_text(checks: Sequence[PublishedCheck]) -> str:
    """Rows as lines of text, by group and check, with the reasons of expected failures and counts."""
    from lodestone.evidence.published import GROUPS

    lines: list[str] = []
    for group, meaning in GROUPS.items():
        rows = [row for row in checks if row.group == group]
        if rows:
            lines += [f"Group {group}: {meaning}", ""]
        for name, members in _by_check(rows):
            lines += [name, *(f"  after: {title}" for title in _titles(members))]
            lines += [line for row in members for line in _lines(row)]
            lines.append("")
    return "\n".join([*lines, *_counts(checks), MEANING])


def as_page(checks: Sequence[PublishedCheck]) -> str:
    """The run as a page of the documentation; deviations that are mere rounding are not spelled out."""
    from lodestone.evidence.published import GROUPS, not_claimed

    lines = [
        "# Published figures beside ours", "",
        "Made by `lodestone verify --page docs/reference/verify.md`; a test runs the checks again and holds the page "
        "against them.", "",
        "Each row is computed by the functions a brief calls, on the inputs of the publication. The verdict is *match* "
        "within the tolerance, *within* inside the wider one that stands after it, *expected fail* for the reason given, "
        "*deviates* otherwise. Tolerances are absolute, in the unit of the figure; a "
        f"deviation below {SMALL:g} is rounding and printed as 0.", "",
        f"**{MEANING}** No row validates a loss in money or a week of shortage.", "",
        *[f"- {line}" for line in _counts(checks)],
    ]  # fmt: skip
    for group, meaning in GROUPS.items():
        rows = [row for row in checks if row.group == group]
        lines += ["", f"## Group {group}", "", f"{meaning[0].upper()}{meaning[1:]}."] if rows else []
        for name, members in _by_check(rows):
            lines += ["", f"### {name}", "", f"After: {'; '.join(_titles(members))}.", ""]
            lines += [
                "| figure | published | ours | deviation | tolerance | verdict |",
                "|---|---:|---:|---:|---:|---|",
            ]
            lines += [_page_row(row) for row in members]
            lines += [f"\n{row.name}: {row.reason}." for row in members if row.reason]
    lines += ["", "## Not claimed", "", "Published figures that were read and that no check here claims, and why.", ""]
    lines += [f"- {figures}: {reason}." for figures, reason in not_claimed()]
    return "\n".join(lines) + "\n"


def _page_row(row: PublishedCheck) -> str:
    wide = "" if not row.wide_tolerance > row.tolerance else f", {row.wide_tolerance:.1g}"
    deviation = "0" if abs(row.deviation) < SMALL else f"{row.deviation:+.1e}"
    ours = 0.0 if abs(row.ours) < SMALL else row.ours
    cells = (row.name, f"{row.published:.8g}", f"{ours:.8g}", deviation, f"{row.tolerance:.1g}{wide}", row.verdict)
    return f"| {' | '.join(cells)} |"


def _by_check(rows: Sequence[PublishedCheck]) -> list[tuple[str, list[PublishedCheck]]]:
    return [(name, [r for r in rows if r.check == name]) for name in dict.fromkeys(row.check for row in rows)]


def _titles(checks: Sequence[PublishedCheck]) -> list[str]:
    own = " (our own example: guards against regressions, no evidence)"
    return list(dict.fromkeys(c.source + (own if c.tier == "C" else "") for c in checks))


def _lines(row: PublishedCheck) -> list[str]:
    line = (
        f"  {row.name:<56} {row.published:>14.8g} {row.ours:>14.8g} {row.deviation:>+10.1e} "
        f"{row.tolerance:>8.1g}  {row.verdict}"
    )
    return [line, f"    because {row.reason}"] if row.reason else [line]


def _counts(checks: Sequence[PublishedCheck]) -> list[str]:
    lines = []
    for group in dict.fromkeys(row.group for row in checks):
        verdicts = [row.verdict for row in checks if row.group == group]
        parts = [f"{verdicts.count(v)} {v}" for v in dict.fromkeys(verdicts)]
        lines.append(f"Group {group}: {len(verdicts)} figures: {', '.join(parts)}.")
    return lines
