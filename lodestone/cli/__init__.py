"""The command line: arguments in, text out.

`COMMANDS` is the one list of what stands under ``lodestone``: a new group is a module with an
``app = typer.Typer()`` and a line here. A module is imported when its command is called and not
before, so that ``lodestone --help`` answers at once.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any, NamedTuple

import typer
from typer.core import TyperGroup

from lodestone.errors import LodestoneError


class Entry(NamedTuple):
    """A command or group: its name, the module that holds its ``app``, and what it does."""

    name: str
    module: str
    summary: str


COMMANDS = (
    Entry("brief", "lodestone.cli.brief", "From a dated curb to a sourced brief, in one command."),
    Entry("simulate", "lodestone.cli.simulate", "Weeks until each sector falls short, under several rationing rules."),
    Entry("impact", "lodestone.cli.impact", "What a shortage costs, directly and through the input-output table."),
    Entry(
        "respond", "lodestone.cli.respond", "What to buy, build, hold and save against a curb, and what is still lost."
    ),
    Entry(
        "coordinate",
        "lodestone.cli.coordinate",
        "What members gain by acting together: the scramble, leverage over time.",
    ),
    Entry(
        "game", "lodestone.cli.game", "Who gets what of acting together, on values of your own, and who would leave."
    ),
    Entry("round", "lodestone.cli.round", "Clear a round of joint buying; check a published one."),
    Entry("sensitivity", "lodestone.cli.sensitivity", "Which inputs a headline's spread comes from: Sobol indices."),
    Entry("why", "lodestone.cli.why", "Where a printed number comes from."),
    Entry("replay", "lodestone.cli.runs:replay_app", "Repeat a run and compare."),
    Entry("diff", "lodestone.cli.runs:diff_app", "What moved between two runs, and why."),
    Entry("exposure", "lodestone.cli.exposure", "Who depends on whom."),
    Entry("ingest", "lodestone.cli.ingest", "Trade tables as their producer publishes them into a store of your own."),
    Entry("facts", "lodestone.cli.facts", "What was published, by whom, known from when: check and list."),
    Entry(
        "baseline",
        "lodestone.cli.baseline",
        "The reconciled network of a material: what it rests on; rebuild it.",
    ),
    Entry("reconcile", "lodestone.cli.reconcile", "Reconcile a flow system of your own."),
    Entry("scenarios", "lodestone.cli.scenarios", "Scenario files: list, show what one holds, check your own."),
    Entry("screen", "lodestone.cli.screen", "A screening index on a table of your own."),
    Entry(
        "backtest", "lodestone.cli.backtest", "A scenario's months and first shortages scored against what was seen."
    ),
    Entry("verify", "lodestone.cli.verify", "Published figures beside ours, with deviations."),
)


class Group(TyperGroup):
    """The commands of `COMMANDS`, each imported on its first use."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Names in the order of `COMMANDS`."""
        return [entry.name for entry in COMMANDS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of this name; None if there is none."""
        for entry in COMMANDS:
            if entry.name == cmd_name:
                module, _, name = entry.module.partition(":")
                command = typer.main.get_command(getattr(import_module(module), name or "app"))
                command.name = cmd_name
                return command
        return None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list of commands in the help text, from `COMMANDS` alone."""
        with formatter.section("Commands"):
            formatter.write_dl([(entry.name, entry.summary) for entry in COMMANDS])


app = typer.Typer(
    cls=Group,
    add_completion=False,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="From a dated export curb to the shortage, its cost and the response, every number sourced.",
)


def _version(wanted: bool) -> None:
    if wanted:
        from lodestone import __version__

        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Hold what concerns all commands."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line; what the user can mend is printed without a traceback, exit code 2.

    Parameters
    ----------
    arguments : sequence of str, optional
        Words after ``lodestone``; those of the process if not given.
    """
    try:
        app(args=None if arguments is None else list(arguments), prog_name="lodestone")
    except LodestoneError as error:
        print(error, file=sys.stderr)
        sys.exit(error.exit_code)
