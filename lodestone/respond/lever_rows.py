"""From a lever file, ours or a user's, to rows of cells: the hostile edge of the levers.

A CSV file holds one lever a row. A YAML file holds a list ``levers`` of mappings with the same names, in which a
range may be written ``[low, central, high]`` and shares as a mapping. Size, encoding, aliases, tags, depth and
every number are checked before anything is made of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

from lodestone.errors import Fault, Faults
from lodestone.facts.user_table import Column, check_cells, read_user_rows
from lodestone.simulate.scenario_text import Document, read_document

KINDS = ("stock", "supplier", "capacity", "recycling", "seabed", "thrift", "substitution", "research")
YEARLY, WEEKS, OF_USE, OF_SCRAP = "t/y", "weeks of home use", "share of home use", "share of home scrap"
UNITS = (YEARLY, WEEKS, OF_USE, OF_SCRAP)
BASES = ("sourced", "transferred", "assumed")
STANDARDS = ("yes", "no", "unknown")
RANGES = ("most", "capex", "premium", "lead_months")
LIMITS = {"most": 1e7, "capex": 1e5, "premium": 1e6, "lead_months": 1200.0}
LIST = "levers"  # the key of a YAML file
MOST_LEVERS = 2000
LONGEST = 2000  # letters of a cell


def _word(name: str, choices: tuple[str, ...] = (), required: bool = True) -> Column:
    return Column(name, number=False, required=required, choices=choices)


COLUMNS = (
    _word("lever"),
    _word("name"),
    _word("kind", KINDS),
    _word("who"),
    _word("economy", required=False),
    _word("process", required=False),
    _word("delivers"),
    _word("unit", UNITS),
    *(
        Column(f"{name}{part}", low=0.0, high=LIMITS[name])
        for name in RANGES
        for part in ("_low", "", "_high")
    ),
    Column("ramp_months", low=0.0, high=600.0),
    Column("life_years", low=1.0, high=100.0),
    _word("public_standard", STANDARDS),
    *(_word(f"basis_{what}", BASES) for what in ("capacity", "cost", "lead")),
    _word("facts", required=False),
    _word("exponent", required=False),
    _word("reason"),
)  # fmt: skip
NAMES = tuple(column.name for column in COLUMNS)


def read_lever_rows(path: Path) -> tuple[list[dict[str, object]], list[Fault]]:
    """The rows of a lever file with the line each begins on, and what is wrong with single cells.

    Parameters
    ----------
    path : Path
        Ends in ``.csv``, ``.yaml`` or ``.yml``.

    Returns
    -------
    rows : list of dict
        By column name, and ``line``. Numbers are NaN where a fault was found.
    faults : list of Fault

    Raises
    ------
    Faults
        If nothing can be read: another ending, no file, too large, not UTF-8, not CSV or YAML.
    """
    if path.suffix in (".yaml", ".yml"):
        rows, faults = _yaml_rows(path)
    elif path.suffix == ".csv":
        table, faults = read_user_rows(path, COLUMNS)
        rows = table.to_dict("records")
    else:
        raise Faults([Fault(str(path), None, None, "ends neither in .csv nor in .yaml", "Save it as one of the two.")])
    if len(rows) > MOST_LEVERS:
        raise Faults([Fault(str(path), None, None, f"holds more than {MOST_LEVERS} levers", "Split the question.")])
    return rows, [*faults, *_too_long(str(path), rows)]


def _too_long(file: str, rows: Iterable[Mapping[str, object]]) -> list[Fault]:
    return [
        Fault(file, int(str(row["line"])), name, f"has more than {LONGEST} letters", "Say it in a sentence.")
        for row in rows
        for name in NAMES
        if isinstance(row[name], str) and len(str(row[name])) > LONGEST
    ]


def _yaml_rows(path: Path) -> tuple[list[dict[str, object]], list[Fault]]:
    document = read_document(path)
    entries = document.values.get(LIST)
    if document.faults and not entries:
        raise Faults(document.faults)
    for key in document.values:
        if key != LIST:
            document.fault((key,), f"unknown key '{key[:40]}'", f"Write '{LIST}:' and entries below it.")
    if not isinstance(entries, list):
        document.fault((LIST,), f"has no list '{LIST}'", f"Write '{LIST}:' and an entry for each below it.")
        raise Faults(document.faults)
    if not entries:
        document.fault((LIST,), f"the list '{LIST}' is empty", "Add an entry, or leave the file out.")
    rows, faults = [], list[Fault]()
    for position, entry in enumerate(entries):
        if not isinstance(entry, dict):
            document.fault((LIST, position), "an entry is not a mapping", "Write 'lever: ...' and so on.")
            continue
        line = document.line((LIST, position)) or 1
        cells = _cells(entry, position, document)
        rows.append(check_cells(document.file, line, cells, COLUMNS, faults))
    return rows, [*document.faults, *faults]


def _cells(entry: Mapping[str, object], position: int, document: Document) -> dict[str, str]:
    """A mapping's values as the cells of a row; ranges and shares are spelled out."""
    cells: dict[str, str] = {}
    for key, value in entry.items():
        if key in RANGES and isinstance(value, list):
            if len(value) != 3:
                what = f"a range has three numbers, not {len(value)}"
                document.fault((LIST, position, key), what, "Write [low, central, high].")
                continue
            cells |= {f"{key}{part}": _text(one) for part, one in zip(("_low", "", "_high"), value, strict=True)}
        elif key in RANGES and f"{key}_low" not in entry:
            cells |= {f"{key}{part}": _text(value) for part in ("_low", "", "_high")}
        elif key not in NAMES:
            document.fault((LIST, position, key), f"unknown key '{key[:40]}'", f"Use one of {', '.join(NAMES)}.")
        elif isinstance(value, dict):
            cells[key] = ";".join(f"{label}:{_text(share)}" for label, share in value.items())
        elif isinstance(value, list):
            cells[key] = ";".join(_text(one) for one in value)
        else:
            cells[key] = _text(value)
    return cells


def _text(value: object) -> str:
    """A plain YAML value as it would stand in a cell; ``yes`` and ``no`` are truth values there."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()
