"""How a number is printed: digits, unit, interval, and the link to its origin.

A number reaches a page only through `printed`, which refuses one whose figure is unknown or leads
nowhere.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass

from lodestone.errors import FigureError
from lodestone.record.figure import Figure
from lodestone.report.nouns import Number

STYLES = ("share", "weeks", "months", "money", "tonnes", "count", "year", "people", "plain")
WITH_UNIT = ("people", "plain")  # styles whose unit, often long, stands by the value alone
SILENT = ("fraction", "1", "index", "ratio")  # units that say nothing on a page
SPACE = "\u00a0"
MINUS = "\u2212"
UNKNOWN = "unknown"
NEVER = "none within the horizon"
SCALES = {"billion": 1e9, "bn": 1e9, "million": 1e6, "m": 1e6, "thousand": 1e3}
BILLIONS_FROM = 0.95e8  # USD from which an amount is told in billions
LEAST_MONEY = 1e5  # USD below which an amount is no result
LEAST_PEOPLE = 10  # people, or years of their work, below which a number is no result
SOURCED = ("fact", "assumption", "measure", "parameter")


@dataclass(frozen=True)
class Printed:
    """What stands on the page: the value, its interval (may be empty), and the anchor of its origin."""

    value: str
    interval: str
    anchor: str

    @property
    def text(self) -> str:
        """Value and interval as in running text."""
        return f"{self.value} ({self.interval})" if self.interval else self.value


def anchor(figure: str) -> str:
    """The anchor of a figure's entry in the annex; letters, digits, ``.``, ``_`` and ``-`` only.

    >>> anchor("share.light")
    'fig-share.light'
    >>> anchor("share/light") != anchor("share light")
    True
    """
    plain = re.sub(r"[^A-Za-z0-9._-]", "-", figure)
    if plain == figure:
        return f"fig-{plain}"
    return f"fig-{plain}-{hashlib.sha256(figure.encode()).hexdigest()[:6]}"


def origin_fault(figure: Figure, figures: Mapping[str, Figure]) -> str:
    """Why a figure's number may not be printed, or nothing."""
    if figure.value is not None and math.isnan(figure.value):
        return "its value is not a number; use None for a value nobody knows"
    if not figure.origin and not figure.source:
        return "it names neither the figures it came from nor a source"
    if figure.kind in SOURCED and not figure.source:
        return f"a {figure.kind} needs a source"
    absent = [parent for parent in figure.origin if parent not in figures]
    if absent:
        return f"{len(absent)} of the figures it came from are not in the brief ({', '.join(absent[:3])})"
    return ""


def find(number: Number, figures: Mapping[str, Figure]) -> Figure:
    """The figure a number names.

    Raises
    ------
    FigureError
        If the figure is unknown, or has no origin or source.
    """
    figure = figures.get(number.figure)
    if figure is None:
        raise FigureError(
            f"no figure '{number.figure}' in the brief, so its number is not printed. "
            "Add the figure to Brief.figures or take the number out."
        )
    fault = origin_fault(figure, figures)
    if fault:
        raise FigureError(f"figure '{figure.id}' cannot be printed: {fault}. Give it an origin or a source.")
    return figure


def printed(number: Number, figures: Mapping[str, Figure]) -> Printed:
    """A number as it stands on a page.

    Parameters
    ----------
    number : Number
        The figure's id and the style.
    figures : mapping of id to Figure
        All figures of the brief. Shares as fractions, weeks, months, tonnes in their unit; money in
        USD of 2024, or in the thousands, millions or billions its unit names.

    Returns
    -------
    Printed

    Raises
    ------
    FigureError
        If the figure is unknown, leads nowhere, or the style is none of ``STYLES``.
    """
    figure = find(number, figures)
    if number.style not in STYLES:
        raise FigureError(f"unknown style '{number.style}' for figure '{figure.id}'. Use one of {', '.join(STYLES)}.")
    value, interval = figure_text(figure, number.style, number.interval)
    value = number.unknown if value == UNKNOWN else value
    return Printed(value, interval, anchor(figure.id))


def figure_text(figure: Figure, style: str, interval: bool = True) -> tuple[str, str]:
    """Value and interval of a figure in a style, money of both in one unit.

    An interval that says no more than the value is left out; where only the ends are known they stand
    in the value's place.

    >>> loss = Figure("loss", "result", "loss", 0.012, -3.1e8, 9.3e8, "USD", "", ("run",))
    >>> figure_text(loss, "money")
    ('USD\xa00', '\u22120.31 to 0.93\xa0bn')
    >>> figure_text(Figure("risk", "result", "risk", None, 4.63, 4.99, "index", "", ("run",)), "plain")
    ('4.63 to 4.99', '')
    """
    if not interval:
        return value_text(figure.value, style, figure.unit), ""
    beside = interval_text(figure, style)
    if figure.value is None:
        known = figure.low is not None and figure.high is not None
        return (f"{'USD' + SPACE if style == 'money' else ''}{beside}", "") if known else (UNKNOWN, beside)
    value = value_text(figure.value, style, figure.unit, _largest(figure))
    ends = {_end_text(end, style, figure) for end in (figure.low, figure.high)}
    return value, "" if ends == {_end_text(figure.value, style, figure)} else beside


def figure_style(figure: Figure) -> str:
    """The style that fits a figure's unit, for lists in which nobody chose one."""
    unit = figure.unit.lower()
    if unit in ("fraction", "share"):
        return "share"
    if unit in ("week", "weeks"):
        return "weeks"
    if unit in ("month", "months"):
        return "months"
    if "usd" in unit and "/" not in unit and " per " not in unit:
        return "money"
    if unit == "person-years":
        return "people"
    return "tonnes" if unit in ("t", "tonnes") else "plain"


def value_text(value: float | None, style: str, unit: str = "", largest: float = 0.0) -> str:
    """One value in a style; ``largest``: the largest amount it stands beside, in its unit, which sets that of money.

    >>> value_text(0.634, "share"), value_text(0.0042, "share"), value_text(0.997, "share")
    ('63\xa0%', '0.4\xa0%', '99.7\xa0%')
    >>> value_text(4.24e9, "money", "USD"), value_text(4240, "money", "million USD")
    ('USD\xa04.2\xa0bn', 'USD\xa04.2\xa0bn')
    >>> value_text(81.0, "money", "million USD", 2000.0), value_text(3e4, "money", "USD")
    ('USD\xa00.081\xa0bn', 'USD\xa0under 0.1\xa0million')
    >>> value_text(3e5, "money", "USD", 3.1e9), value_text(0.0, "money", "USD", 3.1e9)
    ('USD\xa00.3\xa0million', 'USD\xa00')
    >>> value_text(12345, "tonnes"), value_text(7.25, "weeks")
    ('12,300\xa0t', '7.2\xa0weeks')
    """
    if value is None:
        return UNKNOWN
    if math.isinf(value):
        return NEVER
    number, suffix = _number(value, style, unit, largest)
    if style == "money":
        return f"USD{SPACE}{number}{SPACE}{suffix}".rstrip()
    if number == "1" and suffix in ("weeks", "months"):
        suffix = suffix[:-1]
    return f"{number}{SPACE}{suffix}" if suffix else number


def interval_text(figure: Figure, style: str) -> str:
    """The interval of a figure as "low to high unit"; empty where there is none. The currency stands by the value.

    >>> interval_text(Figure("loss", "result", "loss", 4e9, 2e7, 9e9, "USD", "", ("run",)), "money")
    '0.02 to 9\xa0bn'
    """
    low, high = figure.low, figure.high
    if low is None and high is None:
        return ""
    if style == "money" and _largest(figure) * _scale(figure.unit) < LEAST_MONEY:
        return ""
    if low is None or high is None:
        bound = "at most" if low is None else "at least"
        return f"{bound} {_end_text(high if low is None else low, style, figure)}"
    if math.isinf(low):
        return "" if figure.value is not None and math.isinf(figure.value) else NEVER
    if math.isinf(high):
        return f"from {_end_text(low, style, figure)} to {NEVER}"
    first, unit_low = _number(low, style, figure.unit, _largest(figure))
    last, unit_high = _number(high, style, figure.unit, _largest(figure))
    if style in WITH_UNIT:
        return f"{first} to {last}"
    if unit_low == unit_high or first == "0":
        return f"{first} to {last}{SPACE}{unit_high}".rstrip()
    return f"{first}{SPACE}{unit_low} to {last}{SPACE}{unit_high}".rstrip()


def _end_text(end: float | None, style: str, figure: Figure) -> str:
    """The value or one end of a figure, in the unit of all three."""
    return value_text(end, style, figure.unit, _largest(figure))


def _largest(figure: Figure) -> float:
    """The largest amount among a figure's value and ends."""
    told = (figure.value, figure.low, figure.high)
    return max((abs(one) for one in told if one is not None and math.isfinite(one)), default=0.0)


def _number(value: float, style: str, unit: str, largest: float = 0.0) -> tuple[str, str]:
    """Digits and unit of a finite value."""
    if style == "share":
        return _percent(value), "%"
    if style in ("weeks", "months"):
        return (_grouped(value, 1) if 0 < abs(value) < 9.95 else _grouped(value, 0)), style
    if style == "money":
        return _money(value * _scale(unit), largest * _scale(unit))
    if style == "tonnes":
        return significant(value, 3), "t"
    if style == "count":
        return _grouped(value, 0), ""
    if style == "year":
        return f"{value:.0f}", ""
    if style == "people" and 0 < value < LEAST_PEOPLE:
        return f"fewer than {LEAST_PEOPLE}", unit
    return significant(value, 3), "" if unit in SILENT else unit


def _percent(value: float) -> str:
    """A fraction in per cent: whole, with one digit within a point of nothing or of everything."""
    percent = 100 * value
    if percent in (0, 100):
        return f"{percent:.0f}"
    if 0 < abs(percent) < 0.05:
        return "<0.1"
    near_edge = abs(percent) < 0.95 or 99.05 < percent < 100
    if near_edge and percent > 99.95:
        return ">99.9"
    return _grouped(percent, 1 if near_edge else 0)


def _money(usd: float, largest: float) -> tuple[str, str]:
    """USD in billions where it or what stands beside it reaches 100 million, else in millions; two digits.

    What would be nothing in billions stands in millions. What is under a tenth of a million is no result of a run but
    what its solver leaves: it is told as such.
    """
    size = max(abs(usd), largest)
    if abs(usd) < LEAST_MONEY and (usd == 0 or size >= LEAST_MONEY):
        return "0", ""
    if abs(usd) < LEAST_MONEY:
        return f"under {LEAST_MONEY / 1e6:g}", "million"
    in_billions = size >= BILLIONS_FROM and round(usd / 1e9, 3) != 0
    scale, places, word = (1e9, 3, "bn") if in_billions else (1e6, 1, "million")
    rounded = round(usd / scale, places) if abs(usd) < scale else usd / scale
    return significant(rounded, 2), word


def _scale(unit: str) -> float:
    """What a money unit multiplies: 1e6 for "million USD of 2024"."""
    for word in re.split(r"[\s_]+", unit.lower()):
        if word in SCALES:
            return SCALES[word]
    return 1.0


def significant(value: float, digits: int) -> str:
    """A number with so many significant digits, thousands grouped.

    >>> significant(1234.5, 3), significant(0.04567, 2), significant(0, 3), significant(-12.0, 3)
    ('1,230', '0.046', '0', '\\u221212')
    """
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, places)
    text = _grouped(rounded, max(places, 0))
    return text.rstrip("0").rstrip(".") if "." in text and places > 1 and abs(value) < 1 else _trim(text)


def _trim(text: str) -> str:
    """ "12.0" as "12"; "4.20" stays, for its last digit was known."""
    whole, dot, decimals = text.partition(".")
    return whole if dot and not decimals.strip("0") else text


def _grouped(value: float, places: int) -> str:
    """Decimal digits with thousands commas and a true minus sign; never "-0"."""
    text = f"{abs(value):,.{places}f}"
    negative = value < 0 and any(digit in "123456789" for digit in text)
    return f"{MINUS}{text}" if negative else text
