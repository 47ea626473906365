"""What user sectors cannot make, as a share of industries of an input-output table.

A user sector is a share of an industry, and its shortfall takes that share of the industry's capacity
and no more. The curbed mineral's own stock lives in the stage network alone: by the time a sector falls
short it has been used, and no stock of it is counted again here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from lodestone.errors import LabelError, ScenarioError
from lodestone.impact.nouns import Impact
from lodestone.impact.table import Array, InputOutputTable
from lodestone.labels import expand

CLOSE = 1e-9
A_BILLION = {"million USD": 1000.0}  # of a table's unit


@dataclass(frozen=True)
class SectorShortfall:
    """What a user sector cannot make, as a share of an industry of the table.

    ``economy`` and ``industry_sector`` name the industry, ``sector`` the user sector (several may be
    parts of one industry); ``share`` (draw) is the part of the industry that the sector is, in [0, 1];
    ``lost`` (draw, week) the share of the sector's output that is not made, in [0, 1].
    """

    economy: str
    sector: str
    industry_sector: str
    share: Array
    lost: Array


def shortfalls_of(
    table: InputOutputTable, concordance: pd.DataFrame, impact: Impact, economies: pd.DataFrame
) -> tuple[list[SectorShortfall], tuple[str, ...]]:
    """The shortfalls of an economy's user sectors, each as a share of its industry by value added.

    Parameters
    ----------
    concordance : DataFrame indexed by industry_sector
        Column ``sectors``: the user sectors that are a part of it, set apart by semicolons. Column
        ``industries``, if there: the published industries that are, which go before.
    impact : Impact
        Read for the sectors, what each earns a year (sector, draw) and the share of it not made each week.
    economies : DataFrame
        Label table with ``members``. Of a union without a row of its own in the table, every member
        there loses the same share.

    Returns
    -------
    (shortfalls, notes)
        The shares of an industry's sectors are drawn one by one. Where a draw makes them more than the
        industry, they are cut in proportion, and the notes say in how many draws and by how much.

    Raises
    ------
    LabelError
        If the table knows neither the economy nor a member of it, or the concordance not the sector.
    ScenarioError
        If the table's money is not known, or an industry makes nothing.
    """
    if table.unit not in A_BILLION:
        raise ScenarioError(f"the table is in {table.unit}, not in {' or '.join(A_BILLION)}. Convert it first.")
    here = [name for name in table.economies if name in expand(impact.economy, economies)]
    if not here:
        raise LabelError(
            f"economy '{impact.economy}' is not in the table, which has {', '.join(table.economies)}. "
            "Choose one of these, or bring a table that has it."
        )
    shares: dict[str, dict[str, Array]] = {}
    for sector, industry, year in zip(impact.sectors, impact.industries, impact.value_added_year, strict=True):
        home = _home(concordance, sector, industry)
        inside = np.array([(one in here) and (s == home) for one, s in table.industries])
        whole = table.value_added[inside].sum()
        if whole <= 0.0:
            raise ScenarioError(f"{home} of {impact.economy} earns nothing in the table, so no part of it is {sector}.")
        shares.setdefault(home, {})[sector] = year * A_BILLION[table.unit] / whole
    notes = []
    for home, parts in shares.items():
        total = np.sum(list(parts.values()), axis=0)
        over = total > 1.0 + CLOSE
        if over.any():
            notes.append(
                f"the sectors in {home} of {impact.economy} were drawn larger than the industry in "
                f"{int(over.sum())} of {len(total)} draws and cut in proportion, by {1 - 1 / total.max():.0%} at most"
            )
            shares[home] = {sector: share / np.maximum(total, 1.0) for sector, share in parts.items()}
    row = {sector: place for place, sector in enumerate(impact.sectors)}
    shortfalls = [
        SectorShortfall(one, sector, home, share, impact.share_lost[row[sector]])
        for home, parts in shares.items()
        for sector, share in parts.items()
        for one in here
        if (one, home) in table.industries and table.output[table.industries.get_loc((one, home))] > 0.0
    ]
    return shortfalls, tuple(notes)


def _home(concordance: pd.DataFrame, sector: str, industry: str) -> str:
    if industry and "industries" in concordance.columns:  # the makers of one use differ by material
        for name, cell in concordance["industries"].items():
            if industry in str(cell).split(";"):
                return str(name)
    homes = [str(name) for name, cell in concordance["sectors"].items() if sector in str(cell).split(";")]
    if len(homes) != 1:
        raise LabelError(
            f"sector '{sector}' is a part of {len(homes)} industries of the concordance. Name it in one row."
        )
    return homes[0]


def capacity_lost(table: InputOutputTable, shortfalls: Sequence[SectorShortfall]) -> tuple[np.ndarray, Array]:
    """Places in the table, and the share of their capacity that is gone (draw, place, week).

    Raises
    ------
    LabelError
        If an industry is not in the table.
    ScenarioError
        With every fault: shares or losses outside 0 to 1, parts larger than the whole, a sector twice.
    """
    if not shortfalls:
        raise ScenarioError("no sector falls short, so there is nothing to propagate. Give one shortfall or more.")
    draws, weeks = shortfalls[0].lost.shape
    faults, seen = [], set()
    gone: dict[int, Array] = {}
    for one in shortfalls:
        name = f"{one.sector} of {one.economy}"
        if (one.economy, one.industry_sector) not in table.industries:
            raise LabelError(
                f"the table has no {one.industry_sector} of {one.economy}. Economies there: {', '.join(table.economies)}."
            )
        if one.lost.shape != (draws, weeks) or one.share.shape != (draws,):
            faults.append(f"{name} has {one.lost.shape} losses and {one.share.shape} shares, others {(draws, weeks)}")
            continue
        if (one.economy, one.sector) in seen:
            faults.append(f"{name} comes twice")
        seen.add((one.economy, one.sector))
        for what, array in (("share of its industry", one.share), ("loss", one.lost)):
            if not (
                np.isfinite(array).all() and array.min(initial=0.0) >= 0.0 and array.max(initial=0.0) <= 1.0 + CLOSE
            ):
                faults.append(f"the {what} of {name} runs from {array.min():g} to {array.max():g}")
        place = int(table.industries.get_loc((one.economy, one.industry_sector)))
        if table.output[place] <= 0.0:
            faults.append(f"{one.industry_sector} of {one.economy}, which {one.sector} is a part of, makes nothing")
        gone[place] = gone.get(place, 0.0) + one.share[:, None] * one.lost
    faults += _parts_beyond_the_whole(table, shortfalls) if not faults else []
    if faults:
        raise ScenarioError("the shortfall cannot be sent on: " + "; ".join(faults) + ".")
    places = np.array(sorted(gone))
    # Parts may add up to one and a rounding error; anything more was refused above.
    return places, np.minimum(np.stack([gone[place] for place in places], axis=1), 1.0)


def _parts_beyond_the_whole(table: InputOutputTable, shortfalls: Sequence[SectorShortfall]) -> list[str]:
    parts: dict[tuple[str, str], Array] = {}
    for one in shortfalls:
        key = (one.economy, one.industry_sector)
        parts[key] = parts.get(key, np.zeros(len(one.share))) + one.share
    return [
        f"the sectors in {sector} of {economy} add up to {share.max():g} of it"
        for (economy, sector), share in parts.items()
        if (share > 1.0 + CLOSE).any()
    ]
