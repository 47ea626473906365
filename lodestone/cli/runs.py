"""Where runs lie, and commands over two of them: replay and diff."""

from __future__ import annotations

import json
import math
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from lodestone.cli.options import AsJson
from lodestone.errors import BundleError
from lodestone.record.compare import Move
from lodestone.record.figure import plain_number

replay_app = typer.Typer(add_completion=False)
diff_app = typer.Typer(add_completion=False)


def newest_run(folder: Path = Path("out")) -> Path:
    """The folder of the newest bundle under ``out/``.

    Raises
    ------
    BundleError
        If there is none.
    """
    found = sorted(folder.glob("*/manifest.json"), key=lambda path: path.stat().st_mtime)
    if not found:
        raise BundleError(f"no run under {folder}/. Run 'lodestone brief' first, or name a folder with --run.")
    return found[-1].parent


@replay_app.command()
def replay(
    folder: Annotated[str, typer.Argument(help="Folder of a run.")],
    as_json: AsJson = False,
) -> None:
    """Repeat a run and say: identical, equal within rounding, or differs, with the largest difference."""
    from lodestone.chain import replay as repeat
    from lodestone.cli.progress import progress

    with tempfile.TemporaryDirectory(prefix="lodestone-") as place:
        found = repeat(Path(folder), Path(place) / "again", progress)
    _tell(found, as_json)


@diff_app.command()
def diff(
    before: Annotated[str, typer.Argument(help="Folder of a run.")],
    after: Annotated[str, typer.Argument(help="Folder of another run.")],
    most: Annotated[int, typer.Option(min=1, help="Moves listed.")] = 20,
    as_json: AsJson = False,
) -> None:
    """Say what moved between two runs and which inputs differ."""
    from lodestone.record.bundle import read_bundle
    from lodestone.record.compare import compare

    _tell(compare(read_bundle(Path(before)), read_bundle(Path(after))), as_json, most)


def _moved(move: Move) -> str:
    """Before and after, and by how much where that is a number."""
    before, after = (
        "unknown" if (held := plain_number(value)) is None else str(held) for value in (move.before, move.after)
    )
    if math.isfinite(move.relative):
        return f"{before} to {after} {move.unit} ({100 * move.relative:.3g} %)"
    return f"{before} to {after} {move.unit} ({'from nothing' if move.before == 0 else 'no ratio'})"


def _tell(found: object, as_json: bool, most: int = 20) -> None:
    from dataclasses import asdict

    from lodestone.record.compare import Comparison

    assert isinstance(found, Comparison)
    if as_json:
        told = asdict(found)
        for move in filter(None, (*told["moves"], told["largest"])):
            move |= {name: plain_number(move[name]) for name in ("before", "after")}
            move["relative"] = move["relative"] if math.isfinite(move["relative"]) else None  # from zero or without end
        typer.echo(json.dumps(told, indent=1, allow_nan=False))
        return
    typer.echo(found.verdict)
    for name, values in (
        ("inputs", found.changed_inputs),
        ("request", found.changed_request),
        ("versions", found.changed_versions),
    ):
        if values:
            typer.echo(f"  different {name}: {', '.join(values)}")
    for move in found.moves[:most]:
        typer.echo(f"  {move.label}: {_moved(move)}")
    if found.only_before or found.only_after:
        typer.echo(f"  figures only before: {len(found.only_before)}, only after: {len(found.only_after)}")
