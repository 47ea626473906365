"""The network of one material group in one year: who makes, moves and uses what.

Masses are tonnes of contained element a year, whatever the product; gross weight appears only at
the border (see ``content``). A product is a basket, an oxide, a metal, an alloy or magnet grade, or
a component, and has one composition everywhere, so a shipment keeps its elements together.

    node --outputs--> pool (product, economy) --trade--> store (product, economy) --inputs--> node

A node is a process in an economy (a mine, a separator of one basket class, a magnet grade's maker)
or the use of a sector in an economy. Its inputs and outputs are in fixed proportion to its activity.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

NODE_COLUMNS = (
    "node",  # unique label, "process@economy" or "sector@economy"
    "kind",  # "process" or "use"
    "process",  # the process, or the sector for a use
    "stage",
    "economy",
    "activity",  # process: t contained element of the reference input or output a year; use: 1.0
    "capacity",  # same unit as activity; inf where unknown (uses)
    "sd",
    "low",
    "high",
    "rule",  # "observed", "constrained" or "prior": how far data, not the prior, filled it
    "figure",
)
INPUT_COLUMNS = ("node", "product", "coefficient", "essential", "figure")
OUTPUT_COLUMNS = ("node", "product", "coefficient", "figure")
TRADE_COLUMNS = (
    "product",
    "origin",
    "destination",  # may equal origin: what an economy supplies to itself
    "flow",  # t contained element a year
    "sd",
    "low",
    "high",
    "rule",
    "figure",
)
STOCK_COLUMNS = ("product", "economy", "change", "sd", "figure")  # piled up in the base year, >= 0
PRODUCT_COLUMNS = ("product", "material", "kind", "stage", "form", "hs", "content", "unit_value")


@dataclass(frozen=True)
class Network:
    """One balanced year. Row order of every table is part of the network (draws follow it).

    Attributes
    ----------
    composition : DataArray, dims (product, element)
        Mass of each element in a tonne of contained element of the product. Rows sum to 1.
    products : DataFrame
        ``PRODUCT_COLUMNS``; ``content`` is contained element per gross weight [fraction],
        ``form`` the word measures use for it (ore, oxide, metal, alloy, magnet, component),
        ``unit_value`` USD of 2024 per kg of gross weight, NaN where no price is known.
    nodes, inputs, outputs, trade, stock_change : DataFrame
        The columns above. At every pool (product, economy): sum of outputs = sum of trade leaving
        + stock change. At every store (product, economy): sum of trade arriving = sum of inputs.
    """

    material: str
    year: int
    known: dt.date
    prior: str
    products: pd.DataFrame
    composition: xr.DataArray
    nodes: pd.DataFrame
    inputs: pd.DataFrame
    outputs: pd.DataFrame
    trade: pd.DataFrame
    stock_change: pd.DataFrame
    checksum: str


@dataclass(frozen=True)
class NetworkDraws:
    """Equally likely balanced networks, rows in the order of the `Network` they belong to.

    All arrays have the draw first: ``trade`` (draw, trade row), ``activity`` (draw, node row),
    ``input_coefficient``, ``output_coefficient``, ``stock_change``. Units as in `Network`.
    """

    prior: str
    seed: int
    trade: np.ndarray
    activity: np.ndarray
    input_coefficient: np.ndarray
    output_coefficient: np.ndarray
    stock_change: np.ndarray
    checksum: str

    @property
    def size(self) -> int:
        """How many draws: the sample size of data uncertainty, printed beside every interval."""
        return int(self.trade.shape[0])
