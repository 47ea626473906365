"""Reads a user's game: CSV ``coalition,value``, or JSON lists; all faults together, with row numbers.

Nothing is repaired: a missing coalition is not worth zero, and values that are worth more apart are told with the pair.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from lodestone.coordinate.game import JOIN, MOST_MEMBERS, coalition_sums, label, make_game, superadditivity_violations
from lodestone.coordinate.nouns import Game, Violation
from lodestone.errors import Fault, Faults
from lodestone.facts.user_table import Column, read_user_rows, read_user_text

COLUMNS = (Column("coalition", number=False, required=False), Column("value"))
LEAST_VALUE, LARGEST_VALUE = 1e-12, 1e18  # of what is not 0: past them shares no longer add up in double precision
NAMED_FAULTS = 20  # missing coalitions and pairs worth more apart that are named one by one
FORMS = (
    'Write a CSV file with columns coalition,value, or JSON: [["A+B", 3], ...], [{"coalition": ["A", "B"], "value": 3}, ...] '
    'or {"coalitions": [["A", "B"], ...], "values": [3, ...]}.'
)


@dataclass(frozen=True)
class Entry:
    """One row of a file: the members it names, the value, and its number: the line of a CSV file, the place in a list.

    ``sound``: whether its coalition can be told; a value that cannot be read is NaN.
    """

    row: int
    members: tuple[str, ...]
    value: float
    sound: bool = True


def read_game(path: Path, *, costs: bool = False, as_given: bool = False) -> Game:
    """The game of a file.

    Parameters
    ----------
    path : Path
        ``*.json``, or CSV. The members of a coalition are joined by ``+``, in any order; in JSON also a list of names.
    costs : bool
        Whether the values are costs; the game is then that of savings over paying alone.
    as_given : bool
        Whether values that are not superadditive are taken as they are.

    Returns
    -------
    Game
        Members in the order in which the file first names them.

    Raises
    ------
    Faults
        Everything wrong in the file together.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "game.csv"
    >>> _ = path.write_text("coalition,value\\nA,0\\nB,1\\nB+A,3\\n")
    >>> read_game(path).value.tolist()
    [0.0, 0.0, 1.0, 3.0]
    """
    faults: list[Fault] = []
    entries = _json_entries(path, faults) if path.suffix.lower() == ".json" else _csv_entries(path, faults)
    members = tuple(dict.fromkeys(name for entry in entries for name in entry.members))
    if not 2 <= len(members) <= MOST_MEMBERS:
        what = f"{len(members)} members are named"
        faults.append(Fault(str(path), None, None, what, f"A game has 2 to {MOST_MEMBERS} members joined by '{JOIN}'."))
        raise Faults(faults)
    rows = _rows_by_mask(path, entries, members, faults)
    value = np.full(1 << len(members), np.nan)
    value[0] = 0.0
    for mask, entry in rows.items():
        value[mask] = entry.value if mask else 0.0
    known = Game(members, coalition_sums(value[1 << np.arange(len(members))]) - value if costs else value)
    found, count = ((), 0) if as_given else superadditivity_violations(known, NAMED_FAULTS)  # pairs without a NaN
    faults += _apart(path, known, found, count, rows, "saves" if costs else "is worth")
    if faults:
        raise Faults(faults)
    return make_game(members, known.value)


def read_by_member(path: Path, members: Sequence[str], low: float = -math.inf) -> dict[str, np.ndarray]:
    """Numbers by member: a CSV file with a column ``member`` and a column of numbers for each name.

    Parameters
    ----------
    path : Path
    members : sequence of str
        Each has one row.
    low : float
        The least a number may be.

    Returns
    -------
    dict of str to array (n,)
        By the name of the column.

    Raises
    ------
    Faults
        Everything wrong in the file together.
    """
    first = next(iter(read_user_text(path).splitlines()), "")
    keys = [name.strip() for name in first.split(",") if name.strip() not in ("member", "note", "")]
    table, faults = read_user_rows(path, (Column("member", number=False), *(Column(key, low=low) for key in keys)))
    if not keys:
        faults.append(Fault(str(path), 1, None, "no column of numbers", "Add one beside member."))
    named = [str(row["member"]) for row in table.to_dict("records")]
    for line, name in zip(table["line"] if named else (), named, strict=True):
        if name not in members:
            what = f"'{name[:40]}' is no member"
            faults.append(Fault(str(path), int(line), "member", what, f"Members: {', '.join(members)}."))
    for member in members:
        if named.count(member) != 1:
            what = f"{member} has {named.count(member)} rows"
            faults.append(Fault(str(path), None, "member", what, "Give each member one."))
    if faults:
        raise Faults(faults)
    placed = table.set_index("member").loc[list(members)]
    return {key: placed[key].to_numpy(float) for key in keys}


def _csv_entries(path: Path, faults: list[Fault]) -> list[Entry]:
    table, found = read_user_rows(path, COLUMNS)
    faults += found
    if table.empty:
        raise Faults(faults)
    rows = table.to_dict("records")
    return [_entry(path, int(row["line"]), str(row["coalition"] or ""), float(row["value"]), faults) for row in rows]


def _entry(path: Path, row: int, coalition: object, value: object, faults: list[Fault]) -> Entry:
    """A row with its members in order of naming; those named twice are faults."""
    names = coalition.split(JOIN) if isinstance(coalition, str) else coalition
    if not isinstance(names, Sequence) or not all(isinstance(name, str) for name in names):
        faults.append(
            Fault(str(path), row, "coalition", f"{_short(coalition)} is no coalition", "Write names, as A+B.")
        )
        return Entry(row, (), math.nan, sound=False)
    held = tuple(name.strip() for name in names)
    if held == ("",):
        held = ()
    if "" in held:
        what = f"'{_short(coalition)}' has a member without a name"
        faults.append(Fault(str(path), row, "coalition", what, f"Put one '{JOIN}' between two names."))
    if len(set(held)) < len(held):
        what = f"'{_short(coalition)}' names a member twice"
        faults.append(Fault(str(path), row, "coalition", what, "Name each once."))
    if isinstance(value, bool) or not isinstance(value, (int, float)) or abs(value) == math.inf:
        faults.append(Fault(str(path), row, "value", f"{_short(value)} is not a finite number", "Write it as 1234.5."))
        value = math.nan
    elif value and not LEAST_VALUE <= abs(value) <= LARGEST_VALUE:
        what = f"{_short(value)} is not 0 and not between {LEAST_VALUE:g} and {LARGEST_VALUE:g}"
        faults.append(Fault(str(path), row, "value", what, "Write all values in another unit."))
        value = math.nan
    named = tuple(dict.fromkeys(name for name in held if name))
    return Entry(row, named, float(value), sound=len(named) == len(held))


def _json_entries(path: Path, faults: list[Fault]) -> list[Entry]:
    try:
        held = json.loads(read_user_text(path, "JSON"), parse_constant=lambda word: word)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", None)
        raise Faults([Fault(str(path), line, None, f"not valid JSON ({error})", FORMS)]) from error
    if isinstance(held, dict) and all(isinstance(held.get(key), list) for key in ("coalitions", "values")):
        coalitions, values = held["coalitions"], held["values"]
        if len(coalitions) != len(values):
            what = f"{len(coalitions)} coalitions and {len(values)} values"
            raise Faults([Fault(str(path), None, "values", what, "Give each coalition one value.")])
        held = [list(pair) for pair in zip(coalitions, values, strict=True)]
    if not isinstance(held, list) or not held:
        raise Faults([Fault(str(path), None, None, "no list of coalitions with their values", FORMS)])
    pairs = [(place, _pair(item)) for place, item in enumerate(held, start=1)]
    faults += [
        Fault(str(path), place, None, "neither a pair nor an object", FORMS) for place, pair in pairs if pair is None
    ]
    return [_entry(path, place, *pair, faults) for place, pair in pairs if pair is not None]


def _pair(item: Any) -> tuple[object, object] | None:
    if isinstance(item, dict) and set(item) == {"coalition", "value"}:
        return item["coalition"], item["value"]
    return (item[0], item[1]) if isinstance(item, list) and len(item) == 2 else None


def _rows_by_mask(path: Path, entries: list[Entry], members: tuple[str, ...], faults: list[Fault]) -> dict[int, Entry]:
    place = {member: 1 << i for i, member in enumerate(members)}
    rows: dict[int, Entry] = {}
    for entry in entries:
        if not entry.sound:
            continue
        mask = sum(place[name] for name in entry.members)
        if mask in rows:
            what = f"{label(members, mask)} stands in row {rows[mask].row} already"
            faults.append(Fault(str(path), entry.row, "coalition", what, "Keep one."))
        elif mask == 0 and entry.value != 0.0 and not math.isnan(entry.value):
            what = f"nobody is worth {entry.value:g}"
            faults.append(Fault(str(path), entry.row, "value", what, "The empty coalition is worth 0, or is left out."))
        rows.setdefault(mask, entry)
    missing = [mask for mask in range(1, 1 << len(members)) if mask not in rows]
    for mask in missing[:NAMED_FAULTS]:
        what = f"no value for {label(members, mask)}"
        faults.append(Fault(str(path), None, "coalition", what, "Add its row; a missing value is not zero."))
    if (more := len(missing) - NAMED_FAULTS) > 0:
        what = f"no value for {more} more of the {(1 << len(members)) - 1} coalitions of {', '.join(members)}"
        faults.append(Fault(str(path), None, "coalition", what, "Check the names: a misspelt one is a member more."))
    return rows


def _apart(
    path: Path, game: Game, found: tuple[Violation, ...], count: int, rows: dict[int, Entry], verb: str
) -> list[Fault]:
    place = {member: 1 << i for i, member in enumerate(game.members)}
    faults = []
    for pair in found:
        first, second = (sum(place[name] for name in side) for side in (pair.first, pair.second))
        what = (
            f"{label(game.members, first | second)} {verb} {game.value[first | second]:.6g}, {pair.shortfall:.6g} less than "
            f"{label(game.members, first)} ({game.value[first]:.6g}) and {label(game.members, second)} "
            f"({game.value[second]:.6g}) apart"
        )
        faults.append(
            Fault(str(path), rows[first | second].row, "value", what, "Check the three; --as-given takes them.")
        )
    if count > len(found):
        what = f"{count - len(found)} more pairs of coalitions are worth more apart"
        faults.append(Fault(str(path), None, "value", what, "Values are not superadditive: two can always act apart."))
    return faults


def _short(value: object) -> str:
    return str(value)[:40]
