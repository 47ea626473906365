"""What a run would take, as lines for a terminal."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from lodestone.evidence.estimate import Estimate
    from lodestone.evidence.requests import PlanRequest, SimulationRequest, TogetherRequest

LONG = 60.0  # seconds of processor from which a run is announced


def tell_first(
    request: SimulationRequest | PlanRequest | TogetherRequest, dry_run: bool, as_json: bool, threads: int, cluster: str
) -> bool:
    """Say what a run would take: all of it where nothing else is asked, else one line before a long run.

    Returns
    -------
    bool
        Whether that is all that was asked.
    """
    from lodestone.chain import prepare
    from lodestone.cli.progress import progress
    from lodestone.evidence.estimate import find_estimate

    expected = find_estimate(prepare(request, progress), request)
    if dry_run:
        lines = estimate_lines(expected, threads, cluster)
        typer.echo(json.dumps(asdict(expected), indent=1) if as_json else "\n".join(lines))
    elif told := announced(expected):
        typer.echo(told, err=True)
    return dry_run


def announced(found: Estimate) -> str:
    """One line before a long run; nothing before a short one."""
    if found.seconds < LONG:
        return ""
    beside = f" and {_bytes(found.disk)} in a temporary file" if found.disk else ""
    return (
        f"This takes about {_time(found.seconds)} of processor and {_bytes(found.memory)}{beside}; --dry-run says more."
    )


def estimate_lines(found: Estimate, threads: int, cluster: str) -> list[str]:
    """An estimate in words; ``cluster`` is the address that was given, or nothing."""
    lines = ["Nothing was run. It would take about", *(f"  {one}" for one in found.what)]
    lines.append(
        f"  processor  {_time(found.seconds)}; by {threads} threads that have a core each {_time(found.seconds / threads)}"
    )
    lines.append(
        f"  memory     {_bytes(found.memory)} here"
        + (f", and {_bytes(found.disk)} in a temporary file" if found.disk else "")
    )
    if found.tasks:
        lines.append(
            f"  a cluster  {found.tasks:,} tasks of about {_time(found.task_seconds)}, {_bytes(found.sent)} back from each; "
            f"{_bytes(found.worker)} a worker, {_bytes(found.kept)} kept on disk until all is done"
        )  # fmt: skip
    if cluster:
        lines.append(f"  at {cluster}: the time of the tasks over the number of its workers, and the rest here")
    return [*lines, *(f"  {one}" for one in found.rests_on)]


def _time(seconds: float) -> str:
    """Two figures of a time.

    >>> [_time(one) for one in (0.45, 42.0, 330.0, 9000.0)]
    ['0.5 s', '42 s', '5.5 min', '2.5 h']
    """
    if seconds < 10.0:
        return f"{seconds:.1f} s"
    if seconds < 120.0:
        return f"{seconds:.0f} s"
    return f"{seconds / 60.0:.1f} min" if seconds < 7200.0 else f"{seconds / 3600.0:.1f} h"


def _bytes(count: float) -> str:
    """Two figures of a size.

    >>> [_bytes(one) for one in (1200.0, 17e6, 5.4e9)]
    ['1 kB', '17 MB', '5.4 GB']
    """
    if count < 1e6:
        return f"{count / 1e3:.0f} kB"
    return f"{count / 1e6:.0f} MB" if count < 1e9 else f"{count / 1e9:.1f} GB"
