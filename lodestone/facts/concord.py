"""Revisions of customs codes brought together by families, from correlation tables a user supplies.

A code that was split or merged cannot be followed alone: nobody published which part of the trade went where. Its family is
the smallest set of codes, over all revisions in the tables, that was never split off from or merged with another [1]_. Trade
of a family is comparable over the years; trade of one code in it is not.

References
----------
.. [1] J. R. Pierce and P. K. Schott, "Concording U.S. Harmonized System Codes over Time", Journal of Official
   Statistics, vol. 28, no. 1, pp. 53-68, 2012.
"""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path

from lodestone.errors import Fault, Faults, LabelError
from lodestone.facts.user_table import read_user_text

Code = tuple[str, str]  # revision, code


def read_families(tables: Iterable[Path]) -> dict[Code, frozenset[Code]]:
    """The family of each code in some correlation tables.

    Parameters
    ----------
    tables : iterable of Path
        CSV, two columns each, named by the revisions (``HS22,HS17``): one row for each pair of codes that correspond,
        as in the correlation tables of the United Nations Statistics Division.

    Returns
    -------
    dict (revision, code) -> frozenset of (revision, code)

    Raises
    ------
    Faults
        If a table has not two columns of the same number of digits, or a cell is no code.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "hs22-hs17.csv"
    >>> _ = path.write_text("HS22,HS17\\n854921,854810\\n854929,854810\\n850511,850511\\n")
    >>> families = read_families([path])
    >>> sorted(families["HS17", "854810"])
    [('HS17', '854810'), ('HS22', '854921'), ('HS22', '854929')]
    """
    parent: dict[Code, Code] = {}
    faults: list[Fault] = []
    for path in tables:
        for one, other in _pairs(path, faults):
            parent[_root(parent, one)] = _root(parent, other)
    if faults:
        raise Faults(faults)
    members: dict[Code, set[Code]] = defaultdict(set)
    for code in list(parent):
        members[_root(parent, code)].add(code)
    return {code: frozenset(members[_root(parent, code)]) for code in parent}


def codes_in(families: dict[Code, frozenset[Code]], asked: Code, revision: str) -> tuple[str, ...]:
    """The codes of a family in another revision.

    Parameters
    ----------
    families : dict
        From `read_families`.
    asked : (revision, code)
        A whole code of a table, or the beginning of codes.
    revision : str
        Whose codes are wanted.

    Raises
    ------
    LabelError
        If the tables do not hold the code, or its family has no code in that revision.
    """
    begun = [code for code in families if code[0] == asked[0] and code[1].startswith(asked[1])]
    if not begun:
        raise LabelError(f"no table holds {asked[1]} of {asked[0]}. Give a table with a column {asked[0]}.")
    found = {code for one in begun for held, code in families[one] if held == revision}
    if not found:
        raise LabelError(f"no table leads from {asked[1]} of {asked[0]} to {revision}. Give the tables in between.")
    return tuple(sorted(found))


def _pairs(path: Path, faults: list[Fault]) -> list[tuple[Code, Code]]:
    rows = list(csv.reader(io.StringIO(read_user_text(path), newline="")))
    header = [cell.strip() for cell in rows[0]] if rows else []
    if len(header) != 2 or header[0] == header[1] or not all(header):
        step = "Name two revisions, e.g. HS22,HS17."
        faults.append(Fault(str(path), 1, None, "the header does not name two revisions", step))
        return []
    pairs = []
    for line, row in enumerate(rows[1:], start=2):
        cells = [cell.strip() for cell in row]
        if len(cells) != 2 or not all(cell.isascii() and cell.isdigit() for cell in cells):
            faults.append(Fault(str(path), line, None, f"'{','.join(row)[:40]}' is no pair of codes", "Write digits."))
        elif len(cells[0]) != len(cells[1]):
            what = f"{cells[0]} and {cells[1]} have not the same number of digits"
            faults.append(Fault(str(path), line, None, what, "Keep leading zeros."))
        else:
            pairs.append(((header[0], cells[0]), (header[1], cells[1])))
    return pairs


def _root(parent: dict[Code, Code], code: Code) -> Code:
    parent.setdefault(code, code)
    while parent[code] != code:
        parent[code] = parent[parent[code]]
        code = parent[code]
    return code
