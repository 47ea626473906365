"""Where baselines are kept inside a data folder."""

from __future__ import annotations

from pathlib import Path

from lodestone.errors import LabelError


def baseline_folder(folder: Path, material: str, year: int) -> Path:
    """The folder of one material's baseline of one year.

    >>> baseline_folder(Path("data"), "toy", 2024).as_posix()
    'data/baseline/toy/2024'
    """
    return folder / "baseline" / material / str(year)


def default_material(folder: Path) -> str:
    """The material a command takes when none is named: the one with the most products.

    Raises
    ------
    LabelError
        If the data folder holds no material.
    """
    places = sorted(path.parent for path in (folder / "topology").glob("*/products.csv"))
    if not places:
        raise LabelError("no material in the data folder. Add data/topology/<material>/.")
    return max(places, key=lambda place: sum(1 for _ in (place / "products.csv").open(encoding="utf-8"))).name
