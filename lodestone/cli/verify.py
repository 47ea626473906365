"""``lodestone verify``: published figures beside ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from lodestone.evidence.published import PublishedCheck

app = typer.Typer(rich_markup_mode=None)


@app.command()
def verify(
    group: Annotated[list[str] | None, typer.Argument(help="Groups to run; all if none is named.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Compute published figures with our functions and print both; exit code 1 if one deviates."""
    import json
    from dataclasses import asdict

    from lodestone.evidence.published import DEVIATES, GROUPS, published_checks

    checks = published_checks(tuple(group) if group else tuple(GROUPS))
    if as_json:
        typer.echo(json.dumps([asdict(check) for check in checks], indent=2, allow_nan=False))
    else:
        typer.echo(as_text(checks))
    if any(check.verdict == DEVIATES for check in checks):
        raise typer.Exit(1)


def as_text(checks: Sequence[PublishedCheck]) -> str:
    """Checks as lines of text, by group, with the reasons of expected failures and a count."""
    lines: list[str] = []
    for name in dict.fromkeys(check.group for check in checks):
        members = [check for check in checks if check.group == name]
        lines += [name, *(f"  after: {title}" for title in _titles(members))]
        lines += [line for check in members for line in _lines(check)]
        lines.append("")
    return "\n".join([*lines, _count(checks)])


def _titles(checks: Sequence[PublishedCheck]) -> list[str]:
    own = " (our own example: guards against regressions, no evidence)"
    return list(dict.fromkeys(c.source + (own if c.tier == "C" else "") for c in checks))


def _lines(check: PublishedCheck) -> list[str]:
    line = f"  {check.name:<56} {check.published:>14.8g} {check.ours:>14.8g} {check.deviation:>+10.1e}  {check.verdict}"
    return [line, f"    because {check.reason}"] if check.reason else [line]


def _count(checks: Sequence[PublishedCheck]) -> str:
    verdicts = [check.verdict for check in checks]
    parts = [f"{verdicts.count(v)} {v}" for v in dict.fromkeys(verdicts)]
    return (
        f"{len(checks)} figures: {', '.join(parts)}. "
        "A match shows that the arithmetic is that of the publication, not that the model is right."
    )
