"""How producers of trade tables write an economy: numbers of the United Nations, two letters, names."""

from __future__ import annotations

import csv
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from lodestone.errors import FactError

Key = TypeVar("Key")
TABLE = "trade_partners.csv"
UNSPECIFIED, AGGREGATE = "unspecified", "aggregate"


@dataclass(frozen=True)
class Partners:
    """Labels (ISO 3166 alpha-3 and a few of our own) by each way of writing them, and the kind of each label."""

    kinds: dict[str, str]
    by_un_code: dict[int, str]
    by_iso2: dict[str, str]
    by_name: dict[str, str]

    def is_aggregate(self, label: str) -> bool:
        """Whether a label stands for several economies that are listed on their own."""
        return self.kinds.get(label) == AGGREGATE


def read_partners(folder: Path) -> Partners:
    """The table of a data folder (``labels/trade_partners.csv``).

    Raises
    ------
    FactError
        If the table is missing, or two economies share a code or a name.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> partners = read_partners(data_folder())
    >>> partners.by_un_code[842], partners.by_iso2["JP"], partners.by_name["viet nam"]
    ('USA', 'JPN', 'VNM')
    """
    path = folder / "labels" / TABLE
    if not path.is_file():
        raise FactError(f"{path}: the table of trade partners is missing. Add it, or name another data folder.")
    kinds: dict[str, str] = {}
    numbers: dict[int, str] = {}
    letters: dict[str, str] = {}
    names: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as handle:
        for row in csv.DictReader(handle):
            label = row["label"]
            kinds[label] = row["kind"]
            for code in _listed(row["un_codes"]):
                _put(path, numbers, int(code), label)
            for code in _listed(row["iso2"]):
                _put(path, letters, code, label)
            for name in (row["name"], *_listed(row["aliases"])):
                _put(path, names, name_key(name), label)
    return Partners(kinds, numbers, letters, names)


def name_key(name: str) -> str:
    """A name without what producers write differently: case and accents.

    >>> name_key("Côte d'Ivoire") == name_key("COTE D'IVOIRE")
    True
    """
    apart = unicodedata.normalize("NFKD", name.strip().casefold())
    return "".join(character for character in apart if not unicodedata.combining(character))


def _listed(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]


def _put(path: Path, table: dict[Key, str], key: Key, label: str) -> None:
    if table.setdefault(key, label) != label:
        raise FactError(f"{path}: '{key}' stands for {table[key]} and for {label}. Keep one of the two.")
