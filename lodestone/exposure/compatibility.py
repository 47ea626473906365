"""The indices others publish, on our network: EU supply risk, GeoPolRisk, days of cover, and where they disagree.

Compatibility views: they rank, and never enter a plan. Where a governance score is missing the index has
bounds (best and worst score), not a value, and the economies without one are named.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.exposure.concentration import shares
from lodestone.exposure.cover import CoverRule, days_of_cover
from lodestone.exposure.eu_supply_risk import governance_weighted_concentration, scaled_governance, supply_risk
from lodestone.exposure.geopolrisk import geopolrisk
from lodestone.exposure.governance import Governance, mean_of_six, political_instability
from lodestone.exposure.interval import Row, exposure, spread
from lodestone.exposure.nouns import Exposure
from lodestone.exposure.stack import Stack
from lodestone.exposure.stage_balance import StageBalance, sourcing_of, stage_balance
from lodestone.facts.assumptions import Assumption

SMALL = 1e-6
LISTED = 0.001  # an economy below a thousandth of a mix is not named as missing
ROUNDING = 0.05  # the study prints one digit
OURS = "on our network"
PAIRS = 4  # of elements ranked in opposite order that are named
STUDY_STAGES = {"E": "extraction", "P": "processing"}


def published_supply_risk(folder: Path, names: Mapping[str, str]) -> pd.DataFrame:
    """The study's row of each element, by element label.

    Parameters
    ----------
    folder : Path
    names : element label -> name as the study writes it, in any case

    Returns
    -------
    DataFrame indexed by element
        As the study's table: ``SR``, ``EoL_RIR_pct``, ``SI_SR`` and the rest.
    """
    table = pd.read_csv(folder / "checks" / "eu-supply-risk-2023" / "results.csv")
    table.index = pd.Index(table["material"].str.lower())
    rows = {label: table.loc[name.lower()] for label, name in names.items() if name.lower() in table.index}
    return pd.DataFrame.from_dict(rows, orient="index")


def eu_bounds(
    made: xr.DataArray, taken: xr.DataArray, reliance: xr.DataArray, study: pd.DataFrame, governance: Governance
) -> tuple[xr.DataArray, xr.DataArray]:
    """Lowest and highest supply risk of one stage when missing scores are the best, and the worst.

    Parameters
    ----------
    made, taken : DataArray, dims (member, element, economy)
        World output, and what the assessed economy takes by origin. [t a year]
    reliance : DataArray, dims (member, element)
        Net import reliance in the study's form, held to 0 to 1. [fraction]
    study : rows of `published_supply_risk` for the same elements
        For the recycling input rate and the substitution index.
    governance : Governance

    Returns
    -------
    (low, high), dims (member, element)
        Trade parameters are 1 throughout. [-]
    """
    coords = {"element": list(study.index)}
    recycled = xr.DataArray(study["EoL_RIR_pct"].to_numpy(float) / 100.0, coords, ("element",))
    index = xr.DataArray(study["SI_SR"].to_numpy(float), coords, ("element",))
    held = reliance.clip(0.0, 1.0).sel(element=list(study.index))
    ends = []
    for missing in (governance.worst, -governance.worst):  # the best score is the highest
        world, own = (_weighted(mix.sel(element=list(study.index)), governance, missing) for mix in (made, taken))
        same = [array.broadcast_like(held) for array in (recycled, index)]
        ends.append(supply_risk(world, own, held, *same))
    return ends[0], ends[1]


def _weighted(mix: xr.DataArray, governance: Governance, missing: float) -> xr.DataArray:
    economies = mix["economy"].values
    score = xr.DataArray(
        [governance.score.get(str(e), missing) for e in economies], {"economy": economies}, ("economy",)
    )
    return governance_weighted_concentration(shares(mix), scaled_governance(score), xr.ones_like(score))


def geopolrisk_bounds(
    made: xr.DataArray, taken: xr.DataArray, home: str, governance: Governance
) -> tuple[xr.DataArray, xr.DataArray]:
    """Lowest and highest GeoPolRisk score of one stage when missing scores are 0, and 1.

    Parameters
    ----------
    made, taken : DataArray, dims (member, element, economy)
        World output; what the importer takes by origin, its own included. [t a year]
    home : str
        The importer; something must come to it of every element.

    Returns
    -------
    (low, high), dims (member, element)
        [fraction]
    """
    abroad = taken.sel(economy=taken["economy"] != home).rename(economy="partner")
    own = (
        made.sel(economy=home, drop=True)
        if home in made["economy"].values
        else xr.zeros_like(made.isel(economy=0, drop=True))
    )
    ends = []
    for missing in (0.0, governance.worst):
        unrest = xr.DataArray(
            [governance.score.get(str(e), missing) for e in abroad["partner"].values],
            {"partner": abroad["partner"].values}, ("partner",),
        )  # fmt: skip
        # the price, and so the midpoint, is not asked for: any value of the imports will do
        ends.append(geopolrisk(made, own, abroad, abroad, unrest).score)
    return ends[0], ends[1]


def indices(
    stack: Stack, economy: str, country: str, stage: str, names: Mapping[str, str], folder: Path
) -> tuple[Exposure, Exposure]:
    """EU supply risk and GeoPolRisk of an economy by element at one stage.

    Parameters
    ----------
    stack : Stack
    economy, country : str
        Whose indices, and whose share of the sourcing the rankings are held against.
    stage : str
        The stage the indices are of: processing, as the study calls it.
    names : element label -> its name
    folder : Path
        Data folder, for governance scores and the study's table.

    Returns
    -------
    (Exposure, Exposure)
        Intervals hold the draws and the missing scores. The study's published figure stands beside ours,
        and remarks name elements where it lies outside, pairs of elements that the index and the country's
        share of the sourcing rank in opposite order, and economies without a score.
    """
    six, one = mean_of_six(folder), political_instability(folder)
    made, taken, reliance = by_element(stack, economy, stage, list(names))
    kept = [str(e) for e in made["element"].values]
    study = published_supply_risk(folder, {element: names[element] for element in kept})
    risk: list[Row] = []
    outside = []
    if len(study):
        low, high = eu_bounds(made, taken, reliance, study, six)
        for element in study.index:
            ours = _bounded(str(element), stage, low.sel(element=element).values, high.sel(element=element).values)
            row = study.loc[element]
            published = float(row["SR"])
            risk += [
                ours,
                (
                    str(element),
                    STUDY_STAGES[str(row["stage_used"])],
                    "published for the EU",
                    published,
                    published,
                    published,
                ),
            ]
            if not ours[4] - ROUNDING <= published <= ours[5] + ROUNDING:
                outside.append(str(element))
    score = []
    if kept:
        low, high = geopolrisk_bounds(made, taken, economy, one)
        score = [_bounded(e, stage, low.sel(element=e).values, high.sel(element=e).values) for e in kept]
    lacking = set(six.missing(_counted(made) + _counted(taken)))
    remarks = [_lack(lacking, six)]
    if outside:
        remarks.append(f"The published figure lies outside ours for {', '.join(outside)}: other shares and years.")
    leaning = _share_of(taken, country)
    remarks.append(_opposite(country, leaning, {r[0]: (r[4], r[5]) for r in risk if r[2] == OURS}))
    far = taken.sel(economy=taken["economy"] != economy)
    told = [
        _lack(set(one.missing(_counted(far))), one),
        _opposite(country, leaning, {r[0]: (r[4], r[5]) for r in score}),
    ]
    return (
        exposure(
            economy, "eu_supply_risk",
            "Squared shares of world output and of own sourcing weighted by governance, times (1 - recycling), times the "
            "substitution index.",
            "index", risk, [r for r in remarks if r],
        ),
        exposure(
            economy, "geopolrisk", "Concentration of world output times the import-weighted instability of suppliers.",
            "index", score, [r for r in told if r],
        ),
    )  # fmt: skip


def by_element(
    stack: Stack, economy: str, stage: str, elements: Sequence[str]
) -> tuple[xr.DataArray, xr.DataArray, xr.DataArray]:
    """World output, an economy's sourcing, and its reliance at one stage, element by element.

    Returns
    -------
    made, taken : DataArray, dims (member, element, economy)
        Elements of which nothing is made, or of which nothing comes to the economy from abroad, are left
        out; a draw without any takes the point's. [t contained element a year]
    reliance : DataArray, dims (member, element)
        (imports - exports) / (production + imports - exports), the study's form; 1 where nothing is left.
    """
    kept, made, taken, reliance = [], [], [], []
    for element in elements:
        balance = stage_balance(stack, [element], [stage])
        output = balance.production.sel(stage=stage, drop=True)
        supply = sourcing_of(stack, economy, [element], [stage]).sel(stage=stage, drop=True)
        abroad = supply.sel(economy=supply["economy"] != economy).sum("economy")
        if float(output[0].sum()) <= SMALL or float(abroad[0]) <= SMALL:
            continue
        kept.append(element)
        made.append(output.where(output.sum("economy") > SMALL, output[0]))
        taken.append(supply.where(abroad > SMALL, supply[0]))
        reliance.append(_reliance(balance, economy))
    if not kept:
        none = np.zeros((stack.size, 0, 0))
        empty = xr.DataArray(none, {"element": [], "economy": []}, ("member", "element", "economy"))
        return empty, empty, empty.isel(economy=slice(0)).sum("economy")
    dim = pd.Index(kept, name="element")
    return _stacked(made, dim), _stacked(taken, dim), _stacked(reliance, dim)


def _stacked(arrays: list[xr.DataArray], element: pd.Index) -> xr.DataArray:
    return xr.concat(arrays, element).transpose("member", "element", ...)


def _bounded(element: str, stage: str, low: np.ndarray, high: np.ndarray) -> Row:
    """A value where nothing is missing, and bounds that hold the draws too."""
    middle, least, _ = spread(low)
    known = np.isclose(low[0], high[0], rtol=1e-12)
    return (element, stage, OURS, middle if known else np.nan, least, spread(high)[2])


def where_rankings_differ(
    ours: Mapping[str, float], bounds: Mapping[str, tuple[float, float]]
) -> list[tuple[str, str]]:
    """Pairs (first, second) that ours puts above and the index, bounds and all, puts below.

    Parameters
    ----------
    ours : label -> our share
    bounds : label -> (low, high) of the index

    Examples
    --------
    >>> where_rankings_differ({"A": 0.9, "B": 0.5, "C": 0.1}, {"A": (1, 2), "B": (3, 4), "C": (0, 5)})
    [('A', 'B')]
    """
    labels = sorted(set(ours) & set(bounds), key=lambda label: (-ours[label], label))
    return [
        (first, second)
        for place, first in enumerate(labels)
        for second in labels[place + 1 :]
        if ours[first] > ours[second] and bounds[first][1] < bounds[second][0]
    ]


def cover_views(
    stack: Stack,
    economy: str,
    elements: Sequence[str],
    assumptions: Mapping[str, Assumption],
    rules: Mapping[str, CoverRule],
) -> Exposure:
    """Days of cover of what an economy's state is assumed to hold, by form, under each scheme's rule.

    Parameters
    ----------
    stack : Stack
    economy : str
    elements : labels counted together
    assumptions : by id
        ``government_stock_weeks`` of the economy and form. [weeks of its intake]
    rules : as `lodestone.exposure.cover.read_cover_rules`

    Returns
    -------
    Exposure
        Rows for each form a holding is assumed of, and rule; infinite where a rule asks nothing of a
        net exporter. A remark says which rules are met and which are not. [days]
    """
    rows: list[Row] = []
    met: dict[str, list[str]] = {"met": [], "missed": [], "open": []}
    forms = _forms_held(stack, economy, assumptions)
    for form, stock in forms.items():
        flows = _yearly_flows(stack, economy, elements, form)
        for name, rule in rules.items():
            flow = flows[_flow_of(rule)]
            held = np.array([stock.central, stock.low, stock.high]) * flows["intake"] / 52.0
            days = days_of_cover(xr.DataArray(held, dims="level"), xr.DataArray(np.full(3, flow), dims="level"), rule)
            value, low, high = days.values
            rows.append((form, "", f"{name} (asks {rule.target_days:.0f} days)", value, low, high))
            verdict = "met" if low >= rule.target_days else "missed" if high < rule.target_days else "open"
            met[verdict].append(f"{form} by {name}")
    remarks = [f"{word.capitalize()}: {', '.join(held)}." for word, held in met.items() if held]
    if not rows:
        remarks = [
            f"No government holding of {economy} is known; nothing is counted, and every rule that asks for days is missed."
        ]
    else:
        remarks.append(
            "The holding is assumed with a range: quantities are secret. Disagreement between rules is that of their denominators."
        )
    return exposure(
        economy, "days_of_cover", "Days the counted part of the state's holding lasts at the yearly flow each scheme names.",
        "days", rows, remarks,
    )  # fmt: skip


def _forms_held(stack: Stack, economy: str, assumptions: Mapping[str, Assumption]) -> dict[str, Assumption]:
    forms = dict.fromkeys(stack.network.products["form"])
    held = {form: assumptions.get(f"government_stock_weeks:{economy}:{form}") for form in forms}
    return {str(form): stock for form, stock in held.items() if stock is not None and stock.high > 0}


def _yearly_flows(stack: Stack, economy: str, elements: Sequence[str], form: str) -> dict[str, float]:
    """Intake and net imports of an economy in products of a form, at the point. [t contained a year]"""
    trade, held = stack.network.trade, stack.held(elements)
    forms = stack.network.products.set_index("product")["form"]
    mass = (
        stack.flows["trade"][0]
        * held.loc[trade["product"]].to_numpy()
        * (forms.loc[trade["product"]] == form).to_numpy()
    )
    here, there = (trade["destination"] == economy).to_numpy(), (trade["origin"] == economy).to_numpy()
    return {"intake": float(mass[here].sum()), "net imports": max(float(mass[here].sum() - mass[there].sum()), 0.0)}


def _flow_of(rule: CoverRule) -> str:
    return "net imports" if rule.denominator.startswith("net imports") else "intake"


def _reliance(balance: StageBalance, economy: str) -> xr.DataArray:
    made, came, went = (
        getattr(balance, name).isel(stage=0, drop=True).sel(economy=economy, drop=True)
        for name in ("production", "imports", "exports")
    )
    used = made + came - went
    return xr.where(used > SMALL, (came - went) / used.where(used > SMALL, 1.0), 1.0)


def _counted(mix: xr.DataArray) -> list[str]:
    """Economies that hold more than a thousandth of the point's mix of some element."""
    if mix.size == 0:
        return []
    part = shares(mix.isel(member=0)).max("element")
    return [str(e) for e in mix["economy"].values[part.values > LISTED]]


def _share_of(taken: xr.DataArray, country: str) -> dict[str, float]:
    """A country's share of what the economy takes, by element, at the point."""
    if not taken.size or country not in taken["economy"].values:
        return {}
    part = shares(taken.isel(member=0)).sel(economy=country)
    return {str(e): float(part.sel(element=e)) for e in part["element"].values}


def _opposite(country: str, ours: Mapping[str, float], bounds: Mapping[str, tuple[float, float]]) -> str:
    pairs = where_rankings_differ(ours, bounds)
    if not pairs:
        return ""
    named = ", ".join(f"{first} above {second}" for first, second in pairs[:PAIRS])
    more = ", and other pairs so" if len(pairs) > PAIRS else ""
    return f"The share from {country} ranks {named}{more}; this index ranks them the other way round."


def _lack(missing: set[str], governance: Governance) -> str:
    if not missing:
        return ""
    return (
        f"No {governance.source} in the data for {', '.join(sorted(missing))}: bounds from the best to the worst score."
    )
