"""Labels of elements, economies, groups and sectors: read from tables, checked, never mixed up.

Every function takes the tables as arguments: which economies there are is data, and a user's own folder
serves as well as ours.
"""

from __future__ import annotations

import datetime as dt
import difflib
from collections.abc import Iterable, Sequence
from pathlib import Path

import pandas as pd

from lodestone.errors import LabelError

DESCRIBED = ("group", "rest")  # kinds of economy whose name is a description
NUMBERS = ("atomic_number", "atomic_weight", "metal_atoms", "oxygen_atoms", "lat", "lon")


def load_labels(folder: Path, table: str) -> pd.DataFrame:
    """One label table of a folder, e.g. ``elements``, indexed by label.

    Parameters
    ----------
    folder : Path
        The folder that holds ``elements.csv``, ``economies.csv`` and so on.
    table : str
        Its name without the ending.

    Returns
    -------
    DataFrame
        Text columns as text (codes keep their leading zeros, blank stays blank), the columns in
        ``NUMBERS`` as numbers (blank is NaN); row order as in the file.

    Raises
    ------
    LabelError
        If the file is missing, has no column ``label``, or a label is blank or comes twice.
    """
    path = Path(folder) / f"{table}.csv"
    if not path.is_file():
        held = ", ".join(sorted(p.stem for p in Path(folder).glob("*.csv"))) or "none"
        raise LabelError(f"{folder} has no label table {table}.csv. Tables there: {held}.")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    if "label" not in rows.columns:
        raise LabelError(f"{path} has no column 'label'. Name the column that holds the labels so.")
    twice = sorted(set(rows["label"][rows["label"].duplicated()]))
    if twice or (rows["label"] == "").any():
        what = f"holds {', '.join(twice)} twice" if twice else "has a row without a label"
        raise LabelError(f"{path} {what}. Give each row one label of its own.")
    for column in rows.columns.intersection(NUMBERS):
        rows[column] = pd.to_numeric(rows[column])
    return rows.set_index("label")


def check_labels(labels: Iterable[str], known: Iterable[str], what: str) -> None:
    """Raise for labels that are not known, naming the nearest ones.

    Parameters
    ----------
    labels, known : iterables of str
        What was given, and what there is.
    what : str
        The kind, for the message: "economy", "element", "sector".

    Raises
    ------
    LabelError
        With every unknown label at once.

    Examples
    --------
    >>> check_labels(["JPN"], ["JPN", "KOR"], "economy")
    >>> check_labels(["JAP"], ["JPN", "KOR"], "economy")
    Traceback (most recent call last):
    lodestone.errors.LabelError: economy 'JAP' is not known. Did you mean JPN?
    """
    known = list(known)
    faults = [f"{what} '{label}' is not known. {_nearest(label, known)}" for label in labels if label not in known]
    if faults:
        raise LabelError("\n".join(faults))


def expand(label: str, economies: pd.DataFrame) -> frozenset[str]:
    """The smallest economies a label stands for: itself, or its members' members.

    Parameters
    ----------
    label : str
        A label of the table, or a member that a row of it lists.
    economies : DataFrame
        From `load_labels`, with a column ``members`` (labels set apart by spaces; blank: none).

    Returns
    -------
    frozenset of str

    Raises
    ------
    LabelError
        If a row contains itself, through however many others.

    Examples
    --------
    >>> table = pd.DataFrame({"members": ["", "", "ALB BOR"]}, index=["ALB", "BOR", "UNION"])
    >>> sorted(expand("UNION", table))
    ['ALB', 'BOR']
    """
    return _expand(label, economies, ())


def refuse_overlap(labels: Sequence[str], economies: pd.DataFrame) -> None:
    """Raise if one economy of a set contains or overlaps another, or comes twice.

    Adding up such a set would count the same tonnes twice.

    Parameters
    ----------
    labels : sequence of str
        The set.
    economies : DataFrame
        From `load_labels`, with a column ``members``.

    Raises
    ------
    LabelError
        Naming each pair and what it shares.

    Examples
    --------
    >>> table = pd.DataFrame({"members": ["", "", "ALB BOR"]}, index=["ALB", "BOR", "UNION"])
    >>> refuse_overlap(["ALB", "BOR"], table)
    >>> refuse_overlap(["UNION", "ALB"], table)
    Traceback (most recent call last):
    lodestone.errors.LabelError: UNION contains ALB. Keep one of the two, or name the members apart.
    """
    faults = []
    for place, first in enumerate(labels):
        for second in labels[place + 1 :]:
            one, other = expand(first, economies), expand(second, economies)
            if first == second:
                faults.append(f"{first} comes twice. Name it once.")
            elif other <= one or one <= other:
                outer, inner = (first, second) if other <= one else (second, first)
                faults.append(f"{outer} contains {inner}. Keep one of the two, or name the members apart.")
            elif one & other:
                faults.append(f"{first} and {second} share {', '.join(sorted(one & other))}. Keep one of the two.")
    if faults:
        raise LabelError("\n".join(faults))


def group_members(group: str, on: dt.date, groups: pd.DataFrame) -> tuple[str, ...]:
    """Who belonged to a group on a date, in the order of the table.

    Parameters
    ----------
    group : str
        Label of the group.
    on : date
        The day asked about.
    groups : DataFrame
        Columns ``group``, ``member``, ``from`` (first day) and ``to`` (last day; blank while it
        lasts), dates as ISO text.

    Returns
    -------
    tuple of str

    Raises
    ------
    LabelError
        If the group is not known, or had no member on that day.

    Examples
    --------
    >>> table = pd.DataFrame(
    ...     [("PACT", "ALB", "1990-01-01", ""), ("PACT", "BOR", "1990-01-01", "2020-01-31")],
    ...     columns=["group", "member", "from", "to"],
    ... )
    >>> group_members("PACT", dt.date(2020, 1, 31), table), group_members("PACT", dt.date(2020, 2, 1), table)
    (('ALB', 'BOR'), ('ALB',))
    """
    check_labels([group], dict.fromkeys(groups["group"]), "group")
    rows = groups[groups["group"] == group]
    day = on.isoformat()
    held = rows[(rows["from"] <= day) & ((rows["to"] == "") | (rows["to"] >= day))]
    if held.empty:
        raise LabelError(f"group {group} had no member on {day}. It begins on {rows['from'].min()}.")
    return tuple(held["member"])


def load_groups(folder: Path) -> pd.DataFrame:
    """The dated membership table ``groups.csv`` of a folder, for `group_members`.

    Raises
    ------
    LabelError
        If the file or one of its columns is missing.
    """
    path = Path(folder) / "groups.csv"
    if not path.is_file():
        raise LabelError(f"{folder} has no groups.csv. Give the folder of the label tables.")
    rows = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")
    missing = {"group", "member", "from", "to"} - set(rows.columns)
    if missing:
        raise LabelError(f"{path} lacks the columns {', '.join(sorted(missing))}. Add them.")
    return rows


def _expand(label: str, economies: pd.DataFrame, above: tuple[str, ...]) -> frozenset[str]:
    if label in above:
        raise LabelError(f"{label} contains itself through {' > '.join((*above, label))}. Mend its members.")
    members = str(economies.at[label, "members"]).split() if label in economies.index else []
    if not members:
        return frozenset({label})
    return frozenset().union(*(_expand(member, economies, (*above, label)) for member in members))


def _nearest(label: str, known: Sequence[str]) -> str:
    folded = {name.casefold(): name for name in known}
    if label.casefold() in folded:
        return f"Did you mean {folded[label.casefold()]}?"
    near = difflib.get_close_matches(label.casefold(), folded, n=3, cutoff=0.5)
    if near:
        return f"Did you mean {' or '.join(folded[name] for name in near)}?"
    few = sorted(known)
    return f"Known: {', '.join(few[:12])}{' ...' if len(few) > 12 else ''}."


def possessive(name: str) -> str:
    """A name as an owner.

    >>> possessive("Alba"), possessive("Other members")
    ("Alba's", "Other members'")
    """
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def in_sentences(economies: pd.DataFrame) -> dict[str, str]:
    """Names of economies by label as a running sentence says them: with their article.

    Parameters
    ----------
    economies : DataFrame
        From `load_labels`, with columns ``name``, ``article`` (what stands before the name in a sentence; may be
        blank) and ``kind``. The name of a group or of the rest of the world describes it, so it begins small.

    Returns
    -------
    dict of str

    Examples
    --------
    >>> rows = [("Alba", "", "economy"), ("Borduran Isles", "the", "economy"), ("Other members", "the", "group")]
    >>> table = pd.DataFrame(rows, index=["ALB", "BOR", "OTHER"], columns=["name", "article", "kind"])
    >>> in_sentences(table)
    {'ALB': 'Alba', 'BOR': 'the Borduran Isles', 'OTHER': 'the other members'}
    """
    said = {}
    for label, row in economies.iterrows():
        name = str(row["name"])
        small = name[:1].lower() + name[1:] if row["kind"] in DESCRIBED else name
        said[str(label)] = f"{row['article']} {small}".strip()
    return said


def capital(words: str) -> str:
    """Words as a sentence begins with them.

    >>> capital("the Borduran Isles"), capital("")
    ('The Borduran Isles', '')
    """
    return words[:1].upper() + words[1:]
