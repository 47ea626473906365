"""Baselines kept as Parquet: the network, its draws, what each cell rests on, and how facts were met."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.baseline.nouns import Network, NetworkDraws
from lodestone.errors import BundleError

TABLES = ("products", "nodes", "inputs", "outputs", "trade", "stock_change")
ARRAYS = ("trade", "activity", "input_coefficient", "output_coefficient", "stock_change")


@dataclass(frozen=True)
class Baseline:
    """A network per prior, one mixed set of draws, and the tables that explain them.

    ``support``: cell, fact, observation (a row for each cell a fact speaks of). ``met``: a row for each
    observation with its value, ours, residual in standard deviations, for each prior. ``draws`` take
    the priors in turn: even members the first, odd members the second.
    """

    networks: dict[str, Network]
    draws: NetworkDraws
    draw_prior: np.ndarray
    support: pd.DataFrame
    met: pd.DataFrame
    skipped: tuple[str, ...]
    balance_error: float
    checksum: str


def write_baseline(baseline: Baseline, folder: Path) -> None:
    """Write a baseline as Parquet files and ``baseline.json``; the folder is complete or absent."""
    folder.mkdir(parents=True, exist_ok=True)
    for version, network in baseline.networks.items():
        for name in TABLES:
            getattr(network, name).to_parquet(folder / f"{version}-{name}.parquet", index=False, compression="zstd")
        network.composition.to_pandas().to_parquet(folder / f"{version}-composition.parquet", compression="zstd")
    for name in ARRAYS:
        array = getattr(baseline.draws, name)
        table = pd.DataFrame(array.T, columns=[str(k) for k in range(array.shape[0])])
        table.to_parquet(folder / f"draws-{name}.parquet", index=False, compression="zstd")
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
    }
    (folder / "baseline.json").write_text(json.dumps(about, indent=1, sort_keys=True) + "\n", encoding="utf-8")


def read_baseline(folder: Path) -> Baseline:
    """Read what `write_baseline` wrote.

    Raises
    ------
    BundleError
        If the folder or one of its files is missing.
    """
    note = folder / "baseline.json"
    if not note.is_file():
        raise BundleError(f"no baseline in {folder.name}. Run 'lodestone baseline --rebuild'.")
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
    arrays = {
        name: np.ascontiguousarray(pd.read_parquet(folder / f"draws-{name}.parquet").to_numpy().T) for name in ARRAYS
    }
    draws = NetworkDraws(prior="both", seed=about["seed"], checksum=about["draws_digest"], **arrays)
    return Baseline(
        networks,
        draws,
        np.array([about["priors"][k % len(about["priors"])] for k in range(about["draws"])]),
        pd.read_parquet(folder / "support.parquet"),
        pd.read_parquet(folder / "met.parquet"),
        tuple(about["skipped"]),
        about["balance_error"],
        about["inputs_digest"],
    )
