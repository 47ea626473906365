"""The one calendar of the simulator: weeks, working days and customs months.

A model year is 52 weeks, so a weekly flow is the yearly flow over 52; a week has seven days, five of
them working days (a statutory limit of 45 working days is nine weeks). Week 0 begins on the
scenario's start date and holds seven days. Two model years therefore fall two and a half days short
of two calendar years: less than any transit time here, and said where months are shown.
"""

from __future__ import annotations

import datetime as dt

import numpy as np

WEEKS_PER_YEAR = 52
DAYS_PER_WEEK = 7
WORKING_DAYS_PER_WEEK = 5


def week_of(start: dt.date, day: dt.date) -> int:
    """The week, counted from ``start``, that ``day`` falls in; negative before the start.

    >>> week_of(dt.date(2025, 4, 4), dt.date(2025, 4, 11))
    1
    """
    return (day - start).days // DAYS_PER_WEEK


def week_start(start: dt.date, week: int) -> dt.date:
    """The first day of a week.

    >>> week_start(dt.date(2025, 4, 4), 1)
    datetime.date(2025, 4, 11)
    """
    return start + dt.timedelta(days=DAYS_PER_WEEK * week)


def weeks_of_working_days(days: float) -> float:
    """Working days as weeks.

    >>> weeks_of_working_days(45)
    9.0
    """
    return days / WORKING_DAYS_PER_WEEK


def customs_months(start: dt.date, weeks: int) -> tuple[tuple[str, ...], np.ndarray, np.ndarray]:
    """How weeks fall into the months in which customs publish.

    Parameters
    ----------
    start : date
        First day of week 0.
    weeks : int
        How many weeks follow.

    Returns
    -------
    months : tuple of str
        "YYYY-MM", in order.
    share : ndarray (month, week)
        Share of each week's seven days in the month; ``share @ weekly`` is the month's flow. Each
        column sums to 1.
    complete : ndarray of bool (month,)
        Whether the run holds every day of the month. Show only complete months beside customs.

    Examples
    --------
    >>> months, share, complete = customs_months(dt.date(2025, 4, 1), 6)
    >>> months, round(7 * share[0].sum()), complete.tolist()
    (('2025-04', '2025-05'), 30, [True, False])
    """
    labels: list[str] = []
    days: list[tuple[int, int]] = []
    for offset in range(weeks * DAYS_PER_WEEK):
        day = start + dt.timedelta(days=offset)
        label = f"{day:%Y-%m}"
        if not labels or labels[-1] != label:
            labels.append(label)
        days.append((len(labels) - 1, offset // DAYS_PER_WEEK))
    share = np.zeros((len(labels), weeks))
    for month, week in days:
        share[month, week] += 1.0 / DAYS_PER_WEEK
    found = share.sum(axis=1) * DAYS_PER_WEEK
    complete = np.array([abs(found[k] - _days_in(label)) < 0.5 for k, label in enumerate(labels)])
    return tuple(labels), share, complete


def _days_in(month: str) -> int:
    year, number = int(month[:4]), int(month[5:])
    following = dt.date(year + (number == 12), number % 12 + 1, 1)
    return (following - dt.date(year, number, 1)).days
