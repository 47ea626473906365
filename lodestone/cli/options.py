"""Options that several commands take, each with the one help text it has everywhere."""

from __future__ import annotations

from typing import Annotated

import typer

Scenario = Annotated[str, typer.Argument(help="A scenario's name, or a file.")]
Material = Annotated[str, typer.Option(help="One of the scenario's materials; its first if not given.")]
Rule = Annotated[str, typer.Option(help="Rationing rule.")]
Weeks = Annotated[int, typer.Option(min=0, max=520, help="Horizon; the scenario's if 0.")]
Seed = Annotated[int, typer.Option(min=0, help="Seed of all streams.")]
AsOf = Annotated[str, typer.Option(help="Only what was known by this date (YYYY-MM-DD).")]
Threads = Annotated[int, typer.Option(min=1, max=256, help="Threads; the numbers do not depend on it.")]
Inventory = Annotated[str, typer.Option(help="CSV of your own stocks in place of the assumed ones.")]
Demand = Annotated[str, typer.Option(help="CSV of your own demand in place of the base year's.")]
AsJson = Annotated[bool, typer.Option("--json", help="For machines.")]
Cluster = Annotated[
    str, typer.Option(help="Address of a Dask scheduler that does the work: tcp://127.0.0.1:8786 or tls://HOST:8786.")
]
ClusterTls = Annotated[
    str, typer.Option(help="Folder with ca.pem, cert.pem and key.pem, for a scheduler on another machine.")
]
Kept = Annotated[
    str,
    typer.Option(
        help="Folder for finished tasks until all is done; the same call goes on from there. With --cluster out/unfinished."
    ),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what time and memory it would take, and run nothing.")]
