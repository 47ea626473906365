"""What text and commands need to know of a material beside its network: words, base year, where headlines stop.

Read from ``data/topology/<material>/material.csv``, rows of key, value, reason; no code names a stage.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lodestone.errors import BundleError, Fault, Faults, LabelError

FILE = "material.csv"
WORDS = (
    "words", "traded_words", "headline_stage", "headline_words", "part_words", "bottleneck_stage",
    "bottleneck_words", "bottleneck_note", "thin",
)  # fmt: skip
LISTS = ("traded_stages", "look_stages", "part_stages", "layers")
NUMBERS = ("base_year",)
EMPTY_ALLOWED = ("bottleneck_note",)


@dataclass(frozen=True)
class Material:
    """One material as its table describes it.

    Attributes
    ----------
    name, words : str
        Folder, and what a sentence calls it.
    base_year, base_year_reason
        The last year before its first binding curb that the facts allow, and what was carried back.
    traded_stages, traded_words
        Stages whose products count as its imports, and what customs call them.
    look_stages
        Stages the look-through reports one by one.
    headline_stage, headline_words
        Where headlines stop: the stage whose products an economy's users take.
    part_stages, part_words
        What carries the element into an economy past that.
    bottleneck_stage, bottleneck_words, bottleneck_note
        The stage new sites must replace, and what it still needs.
    layers
        Stages of the ribbons in order, "use" last.
    thin
        How thin the data are, in a sentence or two that every brief prints.
    """

    name: str
    words: str
    base_year: int
    base_year_reason: str
    traded_stages: tuple[str, ...]
    traded_words: str
    look_stages: tuple[str, ...]
    headline_stage: str
    headline_words: str
    part_stages: tuple[str, ...]
    part_words: str
    bottleneck_stage: str
    bottleneck_words: str
    bottleneck_note: str
    layers: tuple[str, ...]
    thin: str


def read_material(folder: Path, name: str) -> Material:
    """Read the table of one material.

    Parameters
    ----------
    folder : Path
        Data folder.
    name : str
        Folder below ``topology/``.

    Returns
    -------
    Material

    Raises
    ------
    LabelError
        If there is no such material: the known ones are listed.
    Faults
        If a key is missing or comes twice, a number is none, or a stage is made by no process: all together.

    Examples
    --------
    >>> from lodestone.baseline.place import default_material
    >>> from lodestone.facts.place import data_folder
    >>> read_material(data_folder(), default_material(data_folder())).base_year
    2024
    """
    place = folder / "topology" / name
    if not name or not place.is_dir():
        known = sorted(path.parent.name for path in (folder / "topology").glob("*/products.csv"))
        raise LabelError(f"no material '{name}' in {folder.name}/topology. Use one of: {', '.join(known)}.")
    if not (place / FILE).is_file():
        raise Faults(
            [Fault(f"{name}/{FILE}", None, None, "the table is missing", "Add it; see the how-to on materials.")]
        )
    table = pd.read_csv(place / FILE, dtype=str, keep_default_na=False)
    stages = set(pd.read_csv(place / "processes.csv", dtype=str, keep_default_na=False)["stage"]) | {"use"}
    faults = _faults(name, table, stages)
    if faults:
        raise Faults(faults)
    value = dict(zip(table["key"], table["value"], strict=True))
    reason = dict(zip(table["key"], table["reason"], strict=True))
    lists = {key: tuple(value[key].split(";")) for key in LISTS}
    return Material(
        name=name,
        base_year=int(value["base_year"]),
        base_year_reason=reason["base_year"],
        traded_stages=lists["traded_stages"],
        look_stages=lists["look_stages"],
        part_stages=lists["part_stages"],
        layers=lists["layers"],
        **{key: value[key] for key in WORDS},
    )


def base_year_of(folder: Path, name: str, asked: int | None) -> int:
    """The year to read: the one asked for where it has a baseline, or the material's own.

    Parameters
    ----------
    asked : int or None
        What a scenario or a command names; None or 0 takes the base year.

    Raises
    ------
    LabelError, Faults
        As `read_material`.
    BundleError
        If no baseline of the year asked for is stored: the base year and its reason are named.
    """
    material = read_material(folder, name)
    if not asked or asked == material.base_year:
        return material.base_year
    if (folder / "baseline" / name / str(asked) / "baseline.json").is_file():
        return asked
    raise BundleError(
        f"no baseline of {material.words} in {asked}; its base year is {material.base_year} "
        f"({material.base_year_reason}). Leave the year out, or run 'lodestone baseline {name} --year {asked} --rebuild'."
    )


def _faults(name: str, table: pd.DataFrame, stages: set[str]) -> list[Fault]:
    file = f"{name}/{FILE}"
    line = {str(key): row for row, key in enumerate(table["key"], start=2)}
    value = dict(zip(table["key"], table["value"], strict=True))
    faults = [
        Fault(file, row, "key", f"'{key}' comes twice", "Keep one row.")
        for row, (key, again) in enumerate(zip(table["key"], table.duplicated("key"), strict=True), start=2)
        if again
    ]
    for key in (*WORDS, *LISTS, *NUMBERS):
        if key not in value or not (value[key] or key in EMPTY_ALLOWED):
            faults.append(Fault(file, line.get(key), "value", f"'{key}' is missing", "Add the row."))
    for key in NUMBERS:
        if value.get(key) and not pd.notna(pd.to_numeric(value[key], errors="coerce")):
            faults.append(Fault(file, line[key], "value", f"'{value[key]}' is not a number", "Write a number."))
    for key in (*LISTS, "headline_stage", "bottleneck_stage"):
        for stage in value.get(key, "").split(";"):
            if stage and stage not in stages:
                advice = f"Use one of {', '.join(sorted(stages))}."
                faults.append(Fault(file, line[key], "value", f"no process of stage '{stage}'", advice))
    return faults
