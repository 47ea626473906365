"""Everything an economy is exposed to, in the order a reader wants it: the most important first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from lodestone.baseline.nouns import Network
from lodestone.baseline.store import Baseline
from lodestone.exposure import profile as of
from lodestone.exposure.alternative import read_sites
from lodestone.exposure.compatibility import cover_views, indices
from lodestone.exposure.cover import read_ceilings, read_cover_rules
from lodestone.exposure.nouns import Exposure
from lodestone.exposure.recovery import weeks_to_alternative
from lodestone.exposure.stage_balance import element_groups, stages_of
from lodestone.exposure.standing import time_to_survive
from lodestone.exposure.technology import pipeline, technology
from lodestone.exposure.time_limits import site_rows, sites_exposed, survive_and_recover, use_rows
from lodestone.facts.assumptions import read_assumptions
from lodestone.labels import check_labels

SITE_DRAWS = 100


@dataclass(frozen=True)
class View:
    """Indicators in order, and how they were asked for."""

    economy: str
    country: str
    material: str
    year: int
    draws: int
    indicators: tuple[Exposure, ...]


def view(
    folder: Path,
    baseline: Baseline,
    economy: str,
    elements: Sequence[str] = (),
    country: str = "",
    everything: bool = False,
) -> View:
    """Indicators of one economy.

    Parameters
    ----------
    folder : Path
        Data folder: label tables, sites, assumptions, rules.
    baseline : Baseline
        The first network lays out the chain; values are of its draws.
    economy : str
    elements : labels, optional
        Each on its own in place of groups.
    country : str
        Whose hold is asked about; the largest maker of the headline stage if blank.
    everything : bool
        By supply site too, and the indices others publish by element.

    Returns
    -------
    View

    Raises
    ------
    LabelError
        If the economy, country or an element is not in the baseline; the nearest are named.
    """
    network = next(iter(baseline.networks.values()))
    held = [str(e) for e in network.composition["element"].to_numpy()]
    check_labels(elements, held, "element")
    check_labels([economy], sorted({*network.nodes["economy"], *network.trade["destination"]}), "economy")
    groups = element_groups(folder, network)
    asked = {e: (e,) for e in elements} or (groups if everything else grouped(groups))
    known = of.profile(network, baseline.draws, economy, asked, country)
    assumptions = read_assumptions(folder)
    found = [
        of.never_touches(known), of.look_through(known), of.throughput(known), of.import_shares(known),
        of.supply_without_largest(known), of.concentration(known), of.reliance(known),
        of.ceilings(known, read_ceilings(folder)),
    ]  # fmt: skip
    sites = sites_of(folder, network.material)
    weeks = weeks_to_alternative(
        network, sites, known.country, groups, network.known, assumptions, folder, SITE_DRAWS
    )  # fmt: skip
    standing = time_to_survive(network, known.country, assumptions)
    found += survive_and_recover(economy, known.country, use_rows(network, standing, economy, groups, weeks))
    found.append(technology(economy, pipeline(sites, network.year, known.country), known.country))
    found.append(cover_views(known.stack, economy, elements or held, assumptions, read_cover_rules(folder)))
    if everything:
        wider = known if not elements else of.profile(network, baseline.draws, economy, groups, country)
        found += sites_exposed(economy, site_rows(wider, sites, weeks, assumptions, folder))
    if everything or elements:
        names = pd.read_csv(folder / "labels" / "elements.csv", keep_default_na=False).set_index("label")["name"]
        called = {e: str(names.get(e, e)) for e in elements or held}
        found += indices(known.stack, economy, known.country, processing_stage(network), called, folder)
    return View(economy, known.country, network.material, network.year, baseline.draws.size, tuple(found))


def grouped(groups: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Groups of several elements; where there are none, every element stands for itself."""
    return {name: held for name, held in groups.items() if len(held) > 1} or groups


def processing_stage(network: Network) -> str:
    """The first stage after the mine: what screening indices call processing.

    >>> from types import SimpleNamespace
    >>> rows = pd.DataFrame({"stage": ["mine", "separation", "metal"], "kind": ["basket", "oxide", "metal"]})
    >>> processing_stage(SimpleNamespace(products=rows))
    'separation'
    """
    stages = stages_of(network)
    return stages[min(1, len(stages) - 1)]


def sites_of(folder: Path, material: str) -> pd.DataFrame:
    """The sites table of a material; one without rows where the material has none."""
    if not (folder / "topology" / material / "sites.csv").is_file():
        columns = [
            "site",
            "economy",
            "stage",
            "group",
            "capacity",
            "unit",
            "start",
            "status",
            "needs_issuer_technology",
        ]
        return pd.DataFrame(columns=columns).astype({"capacity": float, "start": str})
    return read_sites(folder, material)
