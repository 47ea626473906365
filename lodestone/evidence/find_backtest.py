"""What back-tests of a material found of the bands: shares of what was seen that they held, as figures of a brief."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from lodestone.errors import FactError
from lodestone.evidence.scores import TOO_NARROW
from lodestone.record.figure import Figure

WORD = r"[^\W_]+"
FILE = "backtest/verdicts.csv"
COLUMNS = ("case", "material", "scenario", "mode", "as_of", "set", "cells", "inside_90", "inside_90_low", "inside_90_high",
           "verdict", "known_from")  # fmt: skip


@dataclass(frozen=True)
class Backtested:
    """Verdicts of the back-tests of one material; without rows where it has none.

    ``lead``: mode, as_of and, for each set of cells of the first case, set, share and cells (figure ids). ``narrow`` and
    ``sets``: figures of how many sets of all cases have bands that are too narrow, of how many.
    """

    figures: dict[str, Figure] = field(default_factory=dict)
    lead: pd.DataFrame = field(default_factory=pd.DataFrame)
    narrow: str = ""
    sets: str = ""


def read_verdicts(folder: Path) -> pd.DataFrame:
    """The verdicts of the back-test page, a row for each case and set of cells, the case that says most first.

    Parameters
    ----------
    folder : Path
        The data folder; one without the file has no rows.

    Raises
    ------
    FactError
        If the columns are not those the page writes.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> read_verdicts(data_folder())["inside_90_high"].between(0.0, 1.0).all().item()
    True
    """
    path = folder / FILE
    if not path.is_file():
        return pd.DataFrame(columns=list(COLUMNS))
    rows = pd.read_csv(path)
    if tuple(rows.columns) != COLUMNS:
        raise FactError(f"{path}: the columns are not {', '.join(COLUMNS)}. Make it anew with 'make backtest'.")
    return rows


def find_backtest(folder: Path, material: str, known: dt.date) -> Backtested:
    """The back-tests of a material whose outcome was known on a day.

    Parameters
    ----------
    folder : Path
        The data folder.
    material : str
    known : date
        The knowledge date of the brief.

    Returns
    -------
    Backtested
        Shares as fractions with their binomial interval of 95 %.
    """
    rows = read_verdicts(folder)
    rows = rows[(rows["material"] == material) & (rows["known_from"] <= known.isoformat())]
    if rows.empty:
        return Backtested()
    figures: dict[str, Figure] = {}
    lead = []
    for row in rows.itertuples():
        name, where = f"backtest:{'-'.join(re.findall(WORD, row.case))}.{row.set}", f"{FILE}: {row.case}, {row.set}"
        source = f"back-test of {row.scenario} as of {row.as_of}, {row.mode}"
        share = Figure(
            name, "parameter", f"share of {row.set} months inside their band, back-test '{row.case}'", float(row.inside_90),
            float(row.inside_90_low), float(row.inside_90_high), "fraction",
            f"observed cells inside the 5 to 95 % band of the draws over all cells, and its binomial interval: {row.verdict}",
            source=source, locator=where,
        )  # fmt: skip
        cells = Figure(
            f"{name}.cells", "parameter", f"months of {row.set} scored, back-test '{row.case}'", float(row.cells), None, None,
            "cells", "a month, a customs line and a destination each", source=source, locator=where,
        )  # fmt: skip
        figures |= {share.id: share, cells.id: cells}
        if row.case == rows["case"].iloc[0]:
            lead.append((row.mode, row.as_of, row.set, share.id, cells.id))
    below = tuple(name for name in figures if not name.endswith(".cells"))
    for word, number in (("narrow", int((rows["verdict"] == TOO_NARROW).sum())), ("sets", len(rows))):
        name, said = f"backtest:{material}.{word}", "too narrow" if word == "narrow" else "scored"
        figures[name] = Figure(
            name, "result", f"sets of back-tested cells whose bands are {said}", float(number), None, None, "sets",
            "a count over the cases of the material", below,
        )  # fmt: skip
    table = pd.DataFrame(lead, columns=["mode", "as_of", "set", "share", "cells"])
    return Backtested(figures, table, f"backtest:{material}.narrow", f"backtest:{material}.sets")
