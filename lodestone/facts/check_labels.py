"""The label tables that facts are checked against."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from lodestone.errors import FactError, Fault
from lodestone.facts.calendar import PublicationCalendar, read_calendars

ARTICLES = ("", "the")


@dataclass(frozen=True)
class Labels:
    """What a fact may name: variables with their units, economies, elements, calendars."""

    units: dict[str, frozenset[str]]
    may_be_negative: frozenset[str]
    economies: frozenset[str]
    elements: frozenset[str]
    calendars: dict[str, PublicationCalendar]


def read_labels(folder: Path) -> Labels:
    """The label tables of a data folder.

    Economies and elements of the facts are those of the model (``economies.csv``,
    ``elements.csv``) and the further ones sources speak of (``fact_economies.csv``,
    ``fact_elements.csv``).

    Raises
    ------
    FactError
        If a table is missing; the message names it.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> "t" in read_labels(data_folder()).units["mine_production"]
    True
    """
    labels = folder / "labels"
    variables = _table(labels / "variables.csv")
    return Labels(
        units={row["variable"]: frozenset(row["units"].split(";")) for row in variables},
        may_be_negative=frozenset(row["variable"] for row in variables if row["may_be_negative"] == "yes"),
        economies=_column(labels, ("economies.csv", "fact_economies.csv"), "label"),
        elements=_column(labels, ("elements.csv",), "label") | _column(labels, ("fact_elements.csv",), "element"),
        calendars=read_calendars(folder),
    )


def label_faults(folder: Path) -> list[Fault]:
    """Articles of economies that are none: a sentence would print them as they stand.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> label_faults(data_folder())
    []
    """
    shown = "labels/economies.csv"
    faults = []
    for line, row in enumerate(_table(folder / shown), start=2):
        article = row.get("article")
        if article is None:
            return [
                Fault(shown, 1, "article", "there is no such column", "Add it: 'the', or blank where none is said.")
            ]
        if article not in ARTICLES:
            what = f"'{article}' is no article"
            faults.append(Fault(shown, line, "article", what, "Write 'the', or leave it blank."))
        elif article and row["name"].lower().startswith(f"{article} "):
            what = f"the name '{row['name']}' begins with the article already"
            faults.append(Fault(shown, line, "name", what, "Write the name without it: tables print no article."))
    return faults


def _column(labels: Path, names: tuple[str, ...], column: str) -> frozenset[str]:
    return frozenset(row[column] for name in names for row in _table(labels / name))


def _table(path: Path) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.DictReader(handle))
    except OSError as error:
        raise FactError(f"{path}: cannot be read ({error.strerror}). Restore the label table.") from None
