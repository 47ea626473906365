"""Projects that need the issuer's equipment or know-how: which, and what share of the pipeline they are."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from lodestone.exposure.interval import Row, exposure
from lodestone.exposure.nouns import Exposure

YES, NO, UNKNOWN = "yes", "no", "unknown"


def pipeline(sites: pd.DataFrame, year: int, country: str) -> pd.DataFrame:
    """Sites outside a country that begin after a year and are not yet said to operate.

    Parameters
    ----------
    sites : DataFrame
        As `lodestone.exposure.alternative.read_sites`.
    year : int
        Year of the baseline: what ran in it is no project.
    country : str
        Whose technology is asked about.

    Examples
    --------
    >>> sites = pd.DataFrame({
    ...     "site": ["A", "B"], "economy": ["BOR", "BOR"], "start": ["2023-01", "2027-01"],
    ...     "status": ["operating", "planned"],
    ... })
    >>> pipeline(sites, 2024, "ALB")["site"].tolist()
    ['B']
    """
    begins = sites["start"].str[:4].astype(int)
    chosen = sites[(begins > year) & (sites["economy"] != country) & (sites["status"] != "operating")]
    return chosen.reset_index(drop=True)


def share_needing_technology(projects: pd.DataFrame) -> pd.DataFrame:
    """Share of the pipeline's capacity that needs the issuer's technology, by what the sites are for.

    Parameters
    ----------
    projects : DataFrame
        From `pipeline`; ``needs_issuer_technology`` is yes, no or unknown.

    Returns
    -------
    DataFrame (group, stage, capacity, low, high, known)
        ``low`` counts sites said to need it, ``high`` those of which nothing is said as well; ``known``
        is the share of capacity of which something is said. [fraction; capacity in the sites' unit]

    Examples
    --------
    >>> projects = pd.DataFrame({
    ...     "group": ["X"] * 3, "stage": ["metal"] * 3, "unit": ["t"] * 3, "capacity": [60.0, 30.0, 10.0],
    ...     "needs_issuer_technology": ["no", "unknown", "yes"],
    ... })
    >>> share_needing_technology(projects)[["low", "high", "known"]].to_numpy().round(6).tolist()
    [[0.1, 0.4, 0.7]]
    """
    rows = []
    for (group, stage), part in projects.groupby(["group", "stage"], sort=True):
        whole = float(part["capacity"].sum())
        said = {word: float(part.loc[part["needs_issuer_technology"] == word, "capacity"].sum()) for word in (YES, NO)}
        if whole > 0:
            low, known = said[YES] / whole, (said[YES] + said[NO]) / whole
            rows.append((group, stage, whole, low, low + 1.0 - known, known))
    return pd.DataFrame(rows, columns=["group", "stage", "capacity", "low", "high", "known"])


def technology(economy: str, projects: pd.DataFrame, country: str, named: Callable[[str], str] = str) -> Exposure:
    """The indicator: share by group with the bounds of what is not said, then each project that needs it."""
    rows: list[Row] = []
    for part in share_needing_technology(projects).itertuples():
        value = part.low if part.known == 1.0 else float("nan")
        rows.append((named(str(part.group)), str(part.stage), "share of the pipeline", value, part.low, part.high))
    for site in projects[projects["needs_issuer_technology"] == YES].itertuples():
        label = f"{site.site} ({site.economy}), {site.status}"
        rows.append((named(str(site.group)), str(site.stage), label, 1.0, 1.0, 1.0))
    silent = projects.loc[projects["needs_issuer_technology"] == UNKNOWN, "site"].tolist()
    remarks = [f"Whether they need it is published of none of {', '.join(silent)}."] if silent else []
    return exposure(
        economy, "needs_issuer_technology",
        f"Share of the capacity being built outside {country} that needs its equipment or know-how; the interval runs "
        "from what is said to what is not denied.",
        "fraction", rows, remarks,
    )  # fmt: skip
