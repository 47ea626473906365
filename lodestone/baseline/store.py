"""Baselines kept as Parquet: the network, its draws, what each cell rests on, and how facts were met."""

from __future__ import annotations

import datetime as dt
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.errors import BundleError

NOTE = "baseline.json"
TABLES = ("products", "nodes", "inputs", "outputs", "trade", "stock_change")
ARRAYS = ("trade", "activity", "input_coefficient", "output_coefficient", "stock_change")


@dataclass(frozen=True)
class Baseline:
    """A network per prior, one mixed set of draws, and the tables that explain them.

    ``support``: cell, fact, observation (a row for each cell a fact speaks of). ``met``: a row for each
    observation with its value, ours, residual in standard deviations, for each prior. ``draws`` take
    the priors in turn: even members the first, odd members the second. ``endless``: elements whose volume
    no tier A fact limits. ``stand_ins``: rows that rest on an earlier figure than they name, in words.
    """

    networks: dict[str, Network]
    draws: NetworkDraws
    draw_prior: np.ndarray
    support: pd.DataFrame
    met: pd.DataFrame
    skipped: tuple[str, ...]
    balance_error: float
    checksum: str
    endless: tuple[str, ...] = ()
    stand_ins: tuple[str, ...] = ()


def write_baseline(baseline: Baseline, folder: Path) -> None:
    """Write a baseline as Parquet files and ``baseline.json``; the folder is complete or as it was.

    Everything is written into a folder beside the target, which takes its place at the end.

    Parameters
    ----------
    baseline : Baseline
    folder : Path
        Absent, empty, or a baseline to replace.

    Raises
    ------
    BundleError
        If the folder holds something else: nothing that Lodestone did not write is replaced.
    """
    foreign = folder.exists() and not (folder / NOTE).is_file()
    if foreign and (not folder.is_dir() or any(folder.iterdir())):
        raise BundleError(f"{folder} exists and is not a baseline. Choose another --out, or empty it.")
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write_into(baseline, work)
        os.chmod(work, 0o755)  # mkdtemp is private, a baseline is handed on  # nosec B103
        if folder.exists():
            shutil.rmtree(folder)
        work.rename(folder)
    finally:
        if work.exists():
            shutil.rmtree(work)


def _write_into(baseline: Baseline, folder: Path) -> None:
    for version, network in baseline.networks.items():
        for name in TABLES:
            getattr(network, name).to_parquet(folder / f"{version}-{name}.parquet", index=False, compression="zstd")
        network.composition.to_pandas().to_parquet(folder / f"{version}-composition.parquet", compression="zstd")
    for name in ARRAYS:
        _write_draws(getattr(baseline.draws, name), folder, name)
    baseline.support.to_parquet(folder / "support.parquet", index=False, compression="zstd")
    baseline.met.to_parquet(folder / "met.parquet", index=False, compression="zstd")
    one = next(iter(baseline.networks.values()))
    about = {
        "material": one.material,
        "year": one.year,
        "known": one.known.isoformat(),
        "priors": list(baseline.networks),
        "seed": baseline.draws.seed,
        "draws": baseline.draws.size,
        "draws_digest": baseline.draws.checksum,
        "inputs_digest": baseline.checksum,
        "balance_error": baseline.balance_error,
        "skipped": list(baseline.skipped),
        "endless": list(baseline.endless),
        "stand_ins": list(baseline.stand_ins),
    }
    (folder / NOTE).write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def _write_draws(array: np.ndarray, folder: Path, name: str) -> None:
    """Rows as columns of draws, each different row once: all makers of a process share its coefficients."""
    rows = array.T
    first: dict[bytes, int] = {}
    place = np.array(
        [first.setdefault(row.tobytes(), len(first)) for row in np.ascontiguousarray(rows)], dtype=np.int32
    )
    kept = np.unique(place, return_index=True)[1]
    table = pd.DataFrame(rows[kept], columns=[str(k) for k in range(array.shape[0])])
    if len(kept) < len(place):
        pd.DataFrame({"row": place}).to_parquet(folder / f"draws-{name}-rows.parquet", index=False, compression="zstd")
    table.to_parquet(
        folder / f"draws-{name}.parquet", index=False, compression="zstd", compression_level=15,
        use_dictionary=False, use_byte_stream_split=True,
    )  # fmt: skip


def _read_draws(folder: Path, name: str) -> np.ndarray:
    array = pd.read_parquet(folder / f"draws-{name}.parquet").to_numpy()
    places = folder / f"draws-{name}-rows.parquet"
    if places.is_file():
        array = array[pd.read_parquet(places)["row"].to_numpy()]
    return np.ascontiguousarray(array.T)


def read_baseline(folder: Path) -> Baseline:
    """Read what `write_baseline` wrote.

    Parameters
    ----------
    folder : Path

    Returns
    -------
    Baseline

    Raises
    ------
    BundleError
        If the folder holds no baseline, or one of its files is missing or cannot be read.
    """
    note = folder / NOTE
    if not note.is_file():
        raise BundleError(f"no baseline in {folder}. Run 'lodestone baseline --rebuild'.")
    try:
        return _read_from(folder, note)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BundleError(
            f"the baseline in {folder} cannot be read ({error}). Run 'lodestone baseline --rebuild'."
        ) from error


def _read_from(folder: Path, note: Path) -> Baseline:
    about = json.loads(note.read_text(encoding="utf-8"))
    networks = {}
    for version in about["priors"]:
        tables = {name: pd.read_parquet(folder / f"{version}-{name}.parquet") for name in TABLES}
        mix = pd.read_parquet(folder / f"{version}-composition.parquet")
        composition = xr.DataArray(
            mix.to_numpy(),
            dims=("product", "element"),
            coords={"product": mix.index.to_numpy(dtype=str), "element": list(mix.columns)},
        )
        networks[version] = Network(
            material=about["material"],
            year=about["year"],
            known=dt.date.fromisoformat(about["known"]),
            prior=version,
            composition=composition,
            checksum=about["inputs_digest"],
            **tables,
        )
    arrays = {name: _read_draws(folder, name) for name in ARRAYS}
    draws = NetworkDraws(prior="both", seed=about["seed"], checksum=about["draws_digest"], **arrays)
    return Baseline(
        networks,
        draws,
        np.array([about["priors"][k % len(about["priors"])] for k in range(about["draws"])]),
        pd.read_parquet(folder / "support.parquet"),
        _with_newer_columns(pd.read_parquet(folder / "met.parquet")),
        tuple(about["skipped"]),
        about["balance_error"],
        about["inputs_digest"],
        tuple(about.get("endless", ())),
        tuple(about.get("stand_ins", ())),
    )


def _with_newer_columns(met: pd.DataFrame) -> pd.DataFrame:
    """A table stored before limits and conflicts were known has neither: no limit, conflicts not looked for."""
    newer = {"at_most": False, "gives_way": np.nan}
    return met.assign(**{name: value for name, value in newer.items() if name not in met.columns})
