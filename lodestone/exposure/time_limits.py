"""Time to survive beside time to recover, by use and by supply site, as indicators of an economy."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.exposure.interval import Row, exposure
from lodestone.exposure.nouns import Exposure
from lodestone.exposure.profile import Profile
from lodestone.exposure.recovery import contained_per_unit, site_elements
from lodestone.exposure.site_risk import COVERS, Recovery, site_risk, supply_sites
from lodestone.exposure.stage_balance import sourcing_of, stage_balance, stages_of
from lodestone.exposure.standing import Standing, by_use
from lodestone.facts.assumptions import Assumption

SMALL = 1e-6
Weeks = Mapping[tuple[str, str], np.ndarray]


def quantiles(draws: np.ndarray) -> tuple[float, float, float]:
    """Median, 5 and 95 % of weeks that may be infinite; never between a finite and an infinite week.

    >>> quantiles(np.array([1.0, 2.0, np.inf]))
    (2.0, 1.0, inf)
    """
    low, middle, high = np.quantile(draws, [0.05, 0.5, 0.95], method="inverted_cdf")
    return float(middle), float(low), float(high)


def use_rows(
    network: Network, standing: Standing, economy: str, groups: Mapping[str, tuple[str, ...]], weeks: Weeks
) -> pd.DataFrame:
    """Each use of an economy: weeks it survives, weeks until what it needs is replaced, and by what.

    Returns
    -------
    DataFrame (process, survive, survive_low, survive_high, recover, recover_low, recover_high, waits_for)
        ``waits_for`` is the (group, stage) of the sites table that takes longest, blank where the table
        holds no site for anything the use needs. [weeks]
    """
    rows = []
    for use in by_use(standing, economy).itertuples():
        needed = {key: weeks[key] for key in _needed(network, f"{use.process}@{economy}", groups, weeks)}
        if needed:
            longest = max(needed, key=lambda key: (float(np.mean(np.minimum(needed[key], 1e4))), key))
            recover = quantiles(np.max(list(needed.values()), axis=0))
            waits = " ".join(dict.fromkeys(longest))
        else:
            recover, waits = (np.nan, np.nan, np.nan), ""
        rows.append((use.process, use.central, use.low, use.high, *recover, waits))
    ends = [f"{name}{end}" for name in ("survive", "recover") for end in ("", "_low", "_high")]
    return pd.DataFrame(rows, columns=["process", *ends, "waits_for"])


def _needed(network: Network, node: str, groups: Mapping[str, tuple[str, ...]], weeks: Weeks) -> list[tuple[str, str]]:
    """Which entries of the sites table a use waits for: those of elements in what it takes, upstream of it."""
    stages = stages_of(network)
    products = network.products.set_index("product")["stage"]
    taken = network.inputs.loc[(network.inputs["node"] == node) & network.inputs["essential"].astype(bool), "product"]
    found = []
    for group, stage in weeks:
        elements = [*groups[group]] if group in groups else [str(e) for e in network.composition["element"].values]
        for product in taken:
            later = products[product] not in stages or stages.index(products[product]) >= stages.index(stage)
            if later and float(network.composition.sel(product=product, element=elements).sum()) > SMALL:
                found.append((group, stage))
                break
    return found


def survive_and_recover(economy: str, country: str, rows: pd.DataFrame) -> tuple[Exposure, Exposure]:
    """`use_rows` as two indicators."""
    survive: list[Row] = [("", "use", r.process, r.survive, r.survive_low, r.survive_high) for r in rows.itertuples()]
    recover: list[Row] = [
        ("", "use", f"{r.process} (waits for {r.waits_for})", r.recover, r.recover_low, r.recover_high)
        for r in rows.itertuples()
        if r.waits_for
    ]
    return (
        exposure(
            economy, "time_to_survive",
            f"Weeks until a use falls short once {country} ships nothing abroad and nobody adapts; interval over the assumed "
            "low to high stocks of the whole chain.",
            "weeks", survive, ("Covers are assumptions; goods underway and finished stock are not counted.",),
        ),
        exposure(
            economy, "time_to_recover",
            f"Weeks until sites elsewhere replace what {country} ships, the slowest of what the use needs.",
            "weeks", recover, ("Announced sites with drawn delay, ramp and delivered share; none is booked for one economy.",),
        ),
    )  # fmt: skip


def site_rows(
    known: Profile, sites: pd.DataFrame, weeks: Weeks, assumptions: Mapping[str, Assumption], folder: Path
) -> pd.DataFrame:
    """Each supply site of an economy down alone, for every group and stage of the sites table.

    Parameters
    ----------
    known : Profile
    sites : as `lodestone.exposure.alternative.read_sites`
        Those that ran in the network's year are plants of their own.
    weeks : from `lodestone.exposure.recovery.weeks_to_alternative`
    assumptions : by id
        ``failure_weeks`` (a lost site's return), ``capacity.spare.<stage>``, ``cover_weeks`` of the next stage.
    folder : Path
        Data folder.

    Returns
    -------
    DataFrame
        ``group``, ``stage`` and the columns of `lodestone.exposure.site_risk.site_risk`.
    """
    network, found = known.stack.network, []
    ran = sites[(sites["start"].str[:4].astype(int) <= network.year) & (sites["status"] == "operating")]
    failure = assumptions["failure_weeks"]
    for (group, stage), draws in weeks.items():
        elements = site_elements(network, sites[sites["group"] == group], group, known.groups)
        supply = sourcing_of(known.stack, known.economy, elements, [stage]).isel(member=0, stage=0)
        if float(supply.sum()) <= SMALL:
            continue
        produced = stage_balance(known.stack, elements, [stage]).production.isel(member=0, stage=0)
        plants = ran[(ran["group"] == group) & (ran["stage"] == stage)]
        factor = [contained_per_unit(network, str(unit), stage, elements, folder) for unit in plants["unit"]]
        spare = assumptions.get(f"capacity.spare.{stage}", assumptions.get("spare_capacity"))
        cover = _cover_after(known, stage, assumptions)
        middle, low, high = quantiles(draws)
        table = site_risk(
            supply_sites(
                supply, produced, plants.assign(capacity=plants["capacity"] * factor), spare.central if spare else 0.0
            ),
            known.country,
            {name: float(getattr(cover, name)) for name in COVERS},
            Recovery((failure.low, failure.central, failure.high), (low, middle, high)),
        )
        found.append(table.assign(group=group, stage=stage))
    return pd.concat(found, ignore_index=True) if found else pd.DataFrame()


def _cover_after(known: Profile, stage: str, assumptions: Mapping[str, Assumption]) -> Assumption:
    """Stock of those who take the stage's products in the economy: the next stage's cover."""
    after = known.stages[known.stages.index(stage) + 1 :]
    names = [f"cover_weeks:{s}{at}" for s in after[:1] for at in (f"@{known.economy}", "")]
    return next(assumptions[name] for name in [*names, "cover_weeks"] if name in assumptions)


def sites_exposed(economy: str, rows: pd.DataFrame) -> tuple[Exposure, Exposure]:
    """`site_rows` as two indicators; a remark names the sites that take longer to recover than others survive."""
    survive: list[Row] = [
        (r.group, r.stage, r.site, r.survive, r.survive_low, r.survive_high) for r in rows.itertuples()
    ]
    recover: list[Row] = [
        (r.group, r.stage, r.site, r.recover, r.recover_low, r.recover_high) for r in rows.itertuples()
    ]
    exposed = [f"{r.site} ({r.group})" for r in rows.itertuples() if r.exposed]
    remarks = [f"Exposed, survives for less than it takes to recover: {', '.join(exposed)}."] if exposed else []
    aggregate = "A site is a plant of the sites table, or all else an economy makes as one aggregate."
    return (
        exposure(
            economy, "time_to_survive_by_site",
            "Weeks in which stock and the other sites' spare capacity meet all need while a site is down.",
            "weeks", survive, (aggregate, *remarks),
        ),
        exposure(
            economy, "time_to_recover_by_site",
            "Weeks until a site's supply is back: repair for a site, sites elsewhere for the country asked about.",
            "weeks", recover,
        ),
    )  # fmt: skip
