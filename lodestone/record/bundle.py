"""The folder a run writes: inputs with checksums, scenario, seed, versions, results. Complete or absent."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from lodestone.errors import BundleError
from lodestone.record.figure import Figure, as_plain, from_plain

MANIFEST = "manifest.json"
FIGURES = "figures.json"
PARTS = ("numpy", "scipy", "pandas", "numba", "clarabel", "xarray")


@dataclass(frozen=True)
class Bundle:
    """A run's folder once read and checked.

    ``request`` is all that is needed to run again; ``inputs`` maps each input to its checksum;
    ``files`` maps each file to its checksum; ``dropped`` counts what the as-of date left out.
    """

    folder: Path
    request: dict[str, object]
    inputs: dict[str, str]
    files: dict[str, str]
    dropped: dict[str, int]
    versions: dict[str, str]
    figures: dict[str, Figure]


def write_bundle(
    folder: Path,
    write: Callable[[Path], None],
    *,
    request: dict[str, object],
    inputs: dict[str, str],
    dropped: dict[str, int],
    figures: Iterable[Figure],
) -> Path:
    """Write a bundle into a folder beside the target and move it into place when all of it is there.

    Parameters
    ----------
    folder : Path
        Absent, empty, or a bundle to replace.
    write : callable
        Fills the folder it is given with results.
    request : dict
        All that is needed to run again.
    inputs : dict
        Input -> checksum.
    dropped : dict
        Kind -> how many rows the as-of date left out.
    figures : iterable of Figure

    Returns
    -------
    Path
        ``folder``.

    Raises
    ------
    BundleError
        As `refuse_unwritable`.
    """
    refuse_unwritable(folder)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        write(work)
        table = [as_plain(figure) for figure in figures]
        told = json.dumps(table, indent=0, sort_keys=True, allow_nan=False)
        (work / FIGURES).write_text(told + "\n", encoding="utf-8")
        manifest = {
            "request": request,
            "inputs": inputs,
            "dropped": dropped,
            "versions": versions(),
            "files": {name: file_digest(work / name) for name in sorted(_names(work))},
        }
        (work / MANIFEST).write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        os.chmod(work, 0o755)  # mkdtemp is private, a bundle is handed on  # nosec B103
        if folder.exists():
            shutil.rmtree(folder)
        work.rename(folder)
    finally:
        if work.exists():
            shutil.rmtree(work)
    return folder


def refuse_unwritable(folder: Path) -> None:
    """Refuse a target that no bundle can be written to; asked before a run, so that no run is lost to it.

    Folders above the target that are missing are made.

    Raises
    ------
    BundleError
        If the target exists and is not a bundle (nothing that Lodestone did not write is replaced), or
        nothing can be written beside it.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        foreign = folder.exists() and not (folder / MANIFEST).is_file()
        if foreign and (not folder.is_dir() or any(folder.iterdir())):
            raise BundleError(f"{folder} exists and is not a bundle. Choose another --out, or empty it.")
        Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent)).rmdir()
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise BundleError(f"{folder} cannot be written ({reason}). Choose another --out.") from error


def read_bundle(folder: Path) -> Bundle:
    """Read a bundle and check every file against its manifest.

    Returns
    -------
    Bundle

    Raises
    ------
    BundleError
        If the folder is no bundle, or a file is missing or was changed: all of them named.
    """
    if not (folder / MANIFEST).is_file():
        raise BundleError(f"{folder} holds no {MANIFEST}. Name the folder a run printed.")
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        files: dict[str, str] = dict(manifest["files"])
    except (ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{folder}/{MANIFEST} cannot be read ({error}). Run again.") from error
    wrong = [
        name for name, digest in files.items() if not (folder / name).is_file() or file_digest(folder / name) != digest
    ]
    if wrong:
        raise BundleError(f"missing or changed in {folder}: {', '.join(wrong)}. Run again; a bundle is not edited.")
    try:
        rows = json.loads((folder / FIGURES).read_text(encoding="utf-8"))
        figures = {row["id"]: from_plain(row) for row in rows}
        parts = [manifest[name] for name in ("request", "inputs", "dropped", "versions")]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(f"{folder} is not a whole bundle ({error}). Run again.") from error
    request, inputs, dropped, used = parts
    return Bundle(folder, request, inputs, files, dropped, used, figures)


def file_digest(path: Path) -> str:
    """SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def versions() -> dict[str, str]:
    """What a repeat must share to be identical to the last digit."""
    found = {name: metadata.version(name) for name in PARTS}
    return {
        **found,
        "python": platform.python_version(),
        "platform": f"{platform.system()} {platform.machine()}",
    }


def _names(folder: Path) -> list[str]:
    return [str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()]
