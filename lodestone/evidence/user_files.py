"""A user's own stocks and demand, read from two small CSV files; they enter no shared file and no bundle.

Both files are checked cell by cell against the network: every fault is named with its line and column.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.errors import Fault, Faults
from lodestone.facts.user_table import Column, read_user_rows
from lodestone.simulate.blueprint import UserFigures, nodes_of
from lodestone.simulate.calendar import WEEKS_PER_YEAR
from lodestone.simulate.nouns import Range

MOST_WEEKS = 520.0
MOST_TONNES = 1e9
MOST_TIMES = 100.0
WEEKS, TONNES, RATIO, YEARLY = "weeks", "t", "ratio", "t/y"
_WHERE = (Column("sector", number=False, required=False), Column("economy", number=False, required=False))
_NUMBERS = (
    Column("low", low=0.0, high=MOST_TONNES, required=False),
    Column("central", low=0.0, high=MOST_TONNES),
    Column("high", low=0.0, high=MOST_TONNES, required=False),
)
INVENTORY = (*_WHERE, Column("product", number=False, required=False), *_NUMBERS,
             Column("unit", number=False, choices=(WEEKS, TONNES)))  # fmt: skip
DEMAND = (*_WHERE, Column("product", number=False, required=False), *_NUMBERS,
          Column("unit", number=False, choices=(RATIO, YEARLY)))  # fmt: skip


def read_user_figures(network: Network, inventory: str = "", demand: str = "") -> UserFigures:
    """The user's figures in place of ours; all faults of both files together.

    Parameters
    ----------
    network : Network
        Whose sectors, stages, economies and products the files may name.
    inventory : str
        Path of a CSV file with columns sector, economy, product, low, central, high, unit. ``sector`` is a
        sector of use, or a stage for what makers hold; blank: all. Blank economy: all. Blank product:
        every input. Unit ``weeks`` of use, or ``t`` of contained element (of one product).
    demand : str
        Path of a CSV file with the same columns; unit ``ratio`` to the base year, or ``t/y`` of one product.
        Only sectors of use have a demand. Blank low or high: the central value.

    Returns
    -------
    UserFigures

    Raises
    ------
    Faults
        Everything wrong in the files, each with its line and column.

    Examples
    --------
    >>> import tempfile
    >>> from tests.world import small_network
    >>> path = Path(tempfile.mkdtemp()) / "stock.csv"
    >>> _ = path.write_text("sector,economy,product,central,unit\\nmotors,BOR,magnet,6,t\\n")
    >>> figures = read_user_figures(small_network(), inventory=str(path))
    >>> round(figures.inventory["motors@BOR", "magnet"].central, 6)  # of 24 t a year
    13.0
    """
    faults: list[Fault] = []
    held: dict[tuple[str, str], Range | float] = {}
    wanted: dict[str, Range | float] = {}
    for path, columns in ((inventory, INVENTORY), (demand, DEMAND)):
        if not path:
            continue
        try:
            table, found = read_user_rows(Path(path), columns)
        except Faults as stop:
            faults += stop.faults
            continue
        faults += found
        wrong = {fault.line for fault in found}
        for row in table.to_dict("records"):
            here = _Row(path, row, network, faults)
            if row["line"] in wrong:
                here.check_labels(("process", "use") if columns is INVENTORY else ("use",))
            elif columns is INVENTORY:
                here.put_inventory(held)
            else:
                here.put_demand(wanted)
    if faults:
        raise Faults(faults)
    return UserFigures(held, wanted)


def checksum_of(path: str) -> str:
    """SHA-256 of a user's file: all of it that a bundle keeps."""
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


class _Row:
    """One row of a file against the network; faults go to the list it is given."""

    def __init__(self, path: str, row: dict[Any, Any], network: Network, faults: list[Fault]) -> None:
        self.path, self.row, self.network, self.faults = path, row, network, faults
        self.before = len(faults)

    def fault(self, column: str, what: str, next_step: str) -> None:
        self.faults.append(Fault(self.path, int(self.row["line"]), column, what, next_step))

    @property
    def sound(self) -> bool:
        return len(self.faults) == self.before

    def check_labels(self, kinds: tuple[str, ...]) -> None:
        """The labels alone, of a row whose numbers cannot be used."""
        nodes, _ = self._place(kinds)
        self._products(nodes, one=False)

    def put_inventory(self, held: dict[tuple[str, str], Range | float]) -> None:
        nodes, label = self._place(("process", "use"))
        given = self._range(MOST_WEEKS if self.row["unit"] == WEEKS else MOST_TONNES)
        products = self._products(nodes, self.row["unit"] == TONNES)
        if not self.sound or given is None:
            return
        for product in products:
            if (label, product) in held:
                self.fault("product", f"'{product}' of {label} stands twice", "Keep one row.")
                continue
            per = self._use(nodes, product) / WEEKS_PER_YEAR if self.row["unit"] == TONNES else 1.0
            held[label, product] = _scaled(given, per)

    def put_demand(self, wanted: dict[str, Range | float]) -> None:
        nodes, label = self._place(("use",))
        given = self._range(MOST_TIMES if self.row["unit"] == RATIO else MOST_TONNES)
        products = self._products(nodes, self.row["unit"] == YEARLY)
        if self.sound and label in wanted:
            self.fault("sector", f"the demand of {label} stands twice", "Keep one row.")
        if not self.sound or given is None:
            return
        per = self._use(nodes, products[0]) if self.row["unit"] == YEARLY else 1.0
        wanted[label] = _scaled(given, per)

    def _place(self, kinds: tuple[str, ...]) -> tuple[np.ndarray, str]:
        """The node rows a sector and an economy name, and the label they go by."""
        table = self.network.nodes[self.network.nodes["kind"].isin(kinds)]
        sectors = sorted({*table["process"], *table["stage"]}) if "process" in kinds else sorted(set(table["process"]))
        sector, economy = str(self.row["sector"]), str(self.row["economy"])
        if not sector and not economy:
            self.fault("sector", "neither a sector nor an economy is named", "Name at least one.")
        if sector and sector not in sectors:
            self.fault("sector", f"'{sector[:40]}' is not known", f"Use one of: {', '.join(sectors[:40])}.")
        known = sorted(set(table["economy"]))
        if economy and economy not in known:
            self.fault("economy", f"'{economy[:40]}' is no economy of this network", f"Use one of: {', '.join(known)}.")
        label = f"{sector}@{economy}" if sector and economy else sector or economy
        nodes = nodes_of(self.network, label) if self.sound else np.zeros(0, dtype=np.int64)
        if self.sound and not nodes.size:
            self.fault("economy", f"{economy} has no {sector} in this network", "Leave the row out.")
        return nodes, label

    def _range(self, most: float) -> Range | None:
        central = float(self.row["central"])
        low, high = (central if np.isnan(self.row[name]) else float(self.row[name]) for name in ("low", "high"))
        if not low <= central <= high:
            self.fault("central", f"{low:g}, {central:g}, {high:g} are not in order", "Write low <= central <= high.")
            return None
        if high > most:
            self.fault("high", f"{high:g} {self.row['unit']} is more than {most:g}", "Check the unit.")
            return None
        shape = "fixed" if low == high else "triangular"
        return Range(low, central, high, shape, "own figure")

    def _products(self, nodes: np.ndarray, one: bool) -> list[str]:
        if not self.sound:
            return []
        table = self.network.inputs
        taken = sorted(set(table.loc[table["node"].isin(self.network.nodes["node"].iloc[nodes]), "product"]))
        product = str(self.row["product"])
        if not product and one:
            self.fault("product", f"{self.row['unit']} of no named product", f"Use one of: {', '.join(taken)}.")
        elif product and product not in taken:
            self.fault("product", f"'{product[:40]}' is no input there", f"Use one of: {', '.join(taken)}.")
        elif product and one and self._use(nodes, product) <= 0.0:
            self.fault("product", f"none of '{product}' is used there in the base year", "Give weeks or a ratio.")
        return [product] if product else taken

    def _use(self, nodes: np.ndarray, product: str) -> float:
        """Base-year use of a product by these nodes. [t a year]"""
        table = self.network.nodes.iloc[nodes]
        activity = pd.Series(table["activity"].to_numpy(), index=table["node"])
        rows = self.network.inputs[self.network.inputs["node"].isin(table["node"])]
        rows = rows[rows["product"] == product]
        return float((rows["coefficient"].to_numpy() * activity.loc[rows["node"]].to_numpy()).sum())


def _scaled(given: Range, per: float) -> Range:
    return Range(given.low / per, given.central / per, given.high / per, given.distribution, given.origin)
