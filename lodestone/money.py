"""All money in USD of one year: converted at the rate of the amount's own year, then moved with US prices.

The order matters. Moving an amount with its own country's prices first and converting at today's rate
answers another question, and differs by tens of per cent after a year like 2022.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lodestone.errors import FactError

BASE_YEAR = 2024


@dataclass(frozen=True)
class MoneyTable:
    """Exchange rates and US prices, from dated facts.

    Attributes
    ----------
    rate : mapping of (currency, year) to float
        Yearly average, units of the currency for one USD. The USD itself needs no row.
    price_level : mapping of year to float
        US price index, any base; only ratios are used. See `chain_level`.
    base_year : int
        The year in whose USD amounts are returned.
    """

    rate: Mapping[tuple[str, int], float]
    price_level: Mapping[int, float]
    base_year: int = BASE_YEAR


def usd(amount: float, currency: str, year: int, table: MoneyTable) -> float:
    """An amount of some year's money in USD of the table's base year.

    Parameters
    ----------
    amount : float
        [currency of ``year``, nominal]
    currency : str
        ISO 4217, "USD" included.
    year : int
        The year in whose prices the amount stands.
    table : MoneyTable
        Rates and US prices.

    Returns
    -------
    float
        [USD of ``table.base_year``]

    Raises
    ------
    FactError
        If the table has no rate or price level for that year; the message names the years it has.

    Examples
    --------
    A yen amount of 2022, when 131.5 yen bought a dollar and US prices stood 6 % below those of 2024:

    >>> table = MoneyTable({("JPY", 2022): 131.5}, {2022: 94.0, 2024: 100.0})
    >>> round(usd(131.5e9, "JPY", 2022, table) / 1e9, 3)
    1.064
    """
    return amount / _rate(currency, year, table) * _level(table.base_year, table) / _level(year, table)


def chain_level(level: Mapping[int, float], change: Mapping[int, float]) -> dict[int, float]:
    """A price index continued by yearly changes where its own years end.

    Statistical offices publish the level later than the change; years the level has are kept.

    Parameters
    ----------
    level : mapping of year to float
        The index.
    change : mapping of year to float
        Change on the year before. [% a year]

    Returns
    -------
    dict of year to float
        The index with the years that follow its last one, as far as changes reach without a gap.

    Raises
    ------
    FactError
        If ``level`` is empty.

    Examples
    --------
    >>> chain_level({2022: 96.0, 2023: 100.0}, {2023: 9.9, 2024: 3.0})
    {2022: 96.0, 2023: 100.0, 2024: 103.0}
    """
    if not level:
        raise FactError("a price index without a year cannot be continued. Give at least one year's level.")
    chained = dict(level)
    year = max(chained) + 1
    while year in change:
        chained[year] = chained[year - 1] * (1.0 + change[year] / 100.0)
        year += 1
    return chained


def _rate(currency: str, year: int, table: MoneyTable) -> float:
    if currency == "USD":
        return 1.0
    if (currency, year) in table.rate:
        return table.rate[currency, year]
    held = sorted(y for c, y in table.rate if c == currency)
    if not held:
        raise FactError(f"no exchange rate of {currency} is known. Add its yearly averages to the facts on money.")
    raise FactError(f"no exchange rate of {currency} is known for {year}, only {held[0]} to {held[-1]}. Add that year.")


def _level(year: int, table: MoneyTable) -> float:
    if year in table.price_level:
        return table.price_level[year]
    held = sorted(table.price_level)
    known = f"only {held[0]} to {held[-1]}" if held else "nor for any other year"
    raise FactError(f"no US price level is known for {year}, {known}. Add that year to the facts on money.")
