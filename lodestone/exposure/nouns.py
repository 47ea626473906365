"""What an economy is exposed to: `Exposure`, one indicator with its definition, values and intervals."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

EXPOSURE_COLUMNS = ("elements", "stage", "label", "value", "low", "high")


@dataclass(frozen=True)
class Exposure:
    """One indicator of one economy.

    ``definition`` is one plain sentence; ``unit`` that of ``value``, ``low`` and ``high`` in ``table``,
    which has `EXPOSURE_COLUMNS`: which elements (a group or one), at which stage, of whom or what
    (``label``: an economy, site, rule): the median and the 5 to 95 % of the draws, or the centre and ends
    of a stated range. NaN where no value is known and only bounds are. ``remarks`` say what a reader must know.
    """

    economy: str
    indicator: str
    definition: str
    unit: str
    table: pd.DataFrame
    remarks: tuple[str, ...] = ()
