"""A shared reserve's rule on a simulated curb: what it spares whom, beside the same tonnes held apart, and what it costs whom.

Three ways on the same luck: nothing held, the tonnes held by each who pays for them and for itself alone, and the reserve shared by its
rule. Two kinds of curb: the scenario's, and the scenario aimed at one member alone, for each. What sharing gains where all are hit is
that tonnes go to whom the rule puts first; what it gains where one is hit is that all the others' tonnes are there for it.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.coordinate.reserve_rule import BY_USE, EQUAL, ReserveFile, apart, reserve_rule, tonnes_of
from lodestone.errors import Fault, Faults
from lodestone.evidence.joint_run import losses_of
from lodestone.evidence.setting import Setting
from lodestone.evidence.unity_case import SHARE
from lodestone.impact.direct import SectorValue
from lodestone.respond.home import Home, home_use
from lodestone.respond.options import WEEKS_A_YEAR
from lodestone.simulate.circuit import build_circuit
from lodestone.simulate.compile import compile_controls
from lodestone.simulate.controls import Controls
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.nouns import Ensemble
from lodestone.simulate.series import DRAWN
from lodestone.simulate.series import HELD as LOT
from lodestone.simulate.shared_reserve import NO_RULE, ReserveRule, who_can_draw

NOTHING, APART, SHARED = "nothing held", "each its own", "shared"
WAYS = (NOTHING, APART, SHARED)
EVERYBODY = "all"
KG = 1e-3  # million USD per t, of USD per kg
UNKNOWN_PRICE = "plan.unknown_price"


@dataclass(frozen=True, eq=False)
class ReserveRun:
    """What a reserve's rule does.

    ``shares`` (member): of its cost. ``held``: by product and place, columns product, form, place, tonnes. ``products``: by product, columns
    tonnes, weeks (of use of those who may draw), price [USD per kg contained], assumed (whether no price is known), value and yearly
    [million USD of 2024; NaN where no price of its form is known], of_outside (tonnes over what reaches all but the issuer a
    year). ``takes``: by product, t a week of each that may draw and can process it; ``idle``: by product, those that may draw and
    cannot. ``cases``: everybody, then each member hit alone; ``weight`` (case). ``lost`` (way, case, member, draw): value added not
    made over the scenario [million USD of 2024]. ``drawn``, ``back`` (case, member, product): t drawn and given back, means over draws.
    ``first`` (case): week of the first tonne, median over draws in which there is one; NaN if there is none in most. ``left`` (case,
    week): share of the tonnes in the lots, mean. ``lacks``: by product, where all are hit, columns of each way: weeks of their need that
    members together lack over the scenario, means; held: whether the reserve holds it. ``inputs``: names of what was drawn.
    """

    told: ReserveFile
    members: tuple[str, ...]
    shares: np.ndarray
    held: pd.DataFrame
    products: pd.DataFrame
    takes: Mapping[str, Mapping[str, float]]
    idle: Mapping[str, tuple[str, ...]]
    cases: tuple[str, ...]
    weight: np.ndarray
    lost: np.ndarray
    drawn: np.ndarray
    back: np.ndarray
    first: np.ndarray
    left: np.ndarray
    lacks: pd.DataFrame
    inputs: tuple[str, ...]

    def mean(self, way: str) -> np.ndarray:
        """Expected loss of each member in a curb (member, draw), over who may be hit. [million USD of 2024]"""
        return np.asarray(np.tensordot(self.weight, self.lost[WAYS.index(way)], axes=1))


@dataclass(frozen=True)
class _Seen:
    lost: np.ndarray
    drawn: np.ndarray
    back: np.ndarray
    first: float
    left: np.ndarray
    lacks: pd.Series
    inputs: tuple[str, ...]


def find_reserve(
    setting: Setting,
    told: ReserveFile,
    homes: Mapping[str, Home],
    earned: Mapping[str, tuple[tuple[SectorValue, ...], xr.DataArray, Any]],
    request: Any,
    watch: Any,
) -> ReserveRun:
    """Run a shared reserve's rule under a scenario.

    Parameters
    ----------
    told : ReserveFile
    homes, earned : mapping by member
        As of `lodestone.respond.home.home_of` and `lodestone.evidence.plan_case.valued`.
    request : with draws, rule, seed, threads

    Returns
    -------
    ReserveRun
    """
    members = tuple(homes)
    use = {(m, str(p)): float(t) for m, home in homes.items() for p, t in home_use(home).to_series().items()}
    shares = _shares(told, members, use, {m: float(one[1].sum()) for m, one in earned.items()})
    rule = reserve_rule(told, members, use, _stake(homes, {m: one[1] for m, one in earned.items()}), shares)
    rules = {NOTHING: NO_RULE, APART: apart(rule, shares), SHARED: rule}
    cases = (EVERYBODY, *members) if len(members) > 1 else (EVERYBODY,)
    controls = {case: setting.controls if case == EVERYBODY else _aimed(setting, case) for case in cases}
    values = {member: one[0] for member, one in earned.items()}
    seen: dict[tuple[str, str], _Seen] = {}
    with watch("simulating the reserve", len(WAYS) * len(cases)) as tick:
        for case in cases:
            for way in WAYS:
                seen[way, case] = _run(setting, controls[case], rules[way], members, values, use, request)
                if tick is not None:
                    tick(len(seen), len(WAYS) * len(cases))
    aimed = setting.assumptions[SHARE].central if len(cases) > 1 else 0.0
    weight = np.array([1.0 - aimed, *(aimed / len(members) for _ in cases[1:])])
    shared = [seen[SHARED, case] for case in cases]
    circuit = build_circuit(setting.network)
    able = {one.product: who_can_draw(circuit, one) for one in rule.holdings}
    takes = {p: {e: _taken(setting, p, e) / WEEKS_A_YEAR for e in who} for p, who in able.items()}
    return ReserveRun(
        told, members, np.array([shares[m] for m in members]), _held(setting, rule), _products(setting, told, rule, members, use, homes, takes),
        takes, {one.product: tuple(e for e in one.rank if e not in able[one.product]) for one in rule.holdings},
        cases, weight, np.array([[seen[way, case].lost for case in cases] for way in WAYS]),
        np.array([one.drawn for one in shared]), np.array([one.back for one in shared]), np.array([one.first for one in shared]),
        np.array([one.left for one in shared]), _lacks({way: seen[way, EVERYBODY].lacks for way in WAYS}, rule),
        tuple(sorted({name for one in seen.values() for name in one.inputs})),
    )  # fmt: skip


def refuse_rule(setting: Setting, told: ReserveFile, members: Sequence[str]) -> None:
    """Refuse a rule that cannot be played by certain members.

    Raises
    ------
    Faults
        If it holds what the network does not have, or lets somebody pay who is no member.
    """
    known, faults = set(setting.network.products["product"]), []
    for held in told.holdings:
        if held.product not in known:
            faults.append(
                (
                    f"'{held.product}' is no product of this material",
                    f"Take one of its products.csv, e.g. {min(known)}.",
                )
            )
    if not isinstance(told.pays, str) and members:
        for payer in sorted(set(told.pays) - set(members)):
            faults.append((f"{payer} pays and is no member", f"Members are {', '.join(members)}."))
    if faults:
        raise Faults([Fault(told.title, None, None, *fault) for fault in faults])


def _shares(
    told: ReserveFile, members: Sequence[str], use: Mapping[tuple[str, str], float], worth: Mapping[str, float]
) -> dict[str, float]:
    """Who pays what share. By use: of each product in proportion to its use, products weighed by the tonnes held."""
    if not isinstance(told.pays, str):
        return {member: told.pays.get(member, 0.0) for member in members}
    if told.pays == EQUAL:
        return {member: 1.0 / len(members) for member in members}
    weight = dict(worth)
    if told.pays == BY_USE:
        weight = dict.fromkeys(members, 0.0)
        for held in told.holdings:
            total = sum(use.get((m, held.product), 0.0) for m in members)
            for member in members:
                part = use.get((member, held.product), 0.0) / total if total > 0.0 else 1.0 / len(members)
                weight[member] += part * tonnes_of(held, members, use)
    total = sum(weight.values())
    return {m: amount / total if total > 0.0 else 1.0 / len(members) for m, amount in weight.items()}


def _stake(homes: Mapping[str, Home], worth: Mapping[str, xr.DataArray]) -> dict[tuple[str, str], float]:
    """Value added of the uses that stop without a product, over what they take of it. [million USD a t]"""
    found = {}
    for member, home in homes.items():
        for product in home.needs["product"].values:
            needs = home.needs.sel(product=product).where(home.essential.sel(product=product), 0.0)
            tonnes = float(needs.sum())
            if tonnes > 0.0:
                found[member, str(product)] = float(worth[member].where(needs > 0.0, 0.0).sum()) / tonnes
    return found


def _aimed(setting: Setting, member: str) -> Controls:
    """The scenario's controls with every measure aimed at one member alone."""
    measures = tuple(dataclasses.replace(one, targets=(member,)) for one in setting.scenario.measures)
    scenario = dataclasses.replace(setting.scenario, measures=measures)
    return compile_controls(scenario, setting.network, setting.assumptions)


def _run(
    setting: Setting,
    controls: Controls,
    rule: ReserveRule,
    members: Sequence[str],
    values: Mapping[str, tuple[SectorValue, ...]],
    use: Mapping[tuple[str, str], float],
    request: Any,
) -> _Seen:
    nodes = setting.network.nodes
    uses = nodes.loc[(nodes["kind"] == "use") & nodes["economy"].isin(list(members)), "node"]
    served = {str(node): f"served:{node}" for node in uses}
    needed = {
        f"shortage:{product}@{member}": (member, product) for (member, product), tonnes in use.items() if tonnes > 0.0
    }
    run = simulate(
        setting.network, setting.baseline.draws, controls, setting.assumptions, scenario_name=setting.scenario.name,
        weeks=setting.scenario.horizon_weeks, members=request.draws, seed=request.seed, rule=request.rule,
        demand_growth=setting.scenario.demand_growth, user=setting.user, headline=[*served.values(), *needed], keep_series=False,
        reserve=rule, threads=request.threads,
    )  # fmt: skip
    table = run.series.iloc[list(run.headline_series)].reset_index(drop=True)
    at = {name: k for k, name in enumerate(table["series"])}
    lost, _, _ = losses_of(run, at, served, members, values, setting.assumptions, request.seed)
    products = list(dict.fromkeys(one.product for one in rule.holdings))
    drawn, back = np.zeros((len(members), len(products))), np.zeros((len(members), len(products)))
    of = table[table["kind"] == DRAWN]
    for row, economy, product in zip(of.index, of["economy"], of["product"], strict=True):
        if economy in members:
            where = members.index(economy), products.index(product)
            drawn[where] = np.maximum(run.headline[row], 0.0).sum(axis=1).mean()
            back[where] = np.maximum(-run.headline[row], 0.0).sum(axis=1).mean()
    weekly = run.headline[of.index] if len(of) else np.zeros((1, run.draws, run.weeks))
    gives = np.any(weekly > 0.0, axis=0)
    first = np.where(np.any(gives, axis=1), gives.argmax(axis=1), np.nan)
    total = sum(sum(one.lots.values()) for one in rule.holdings)
    lots = run.headline[table.index[table["kind"] == LOT]].sum(axis=0).mean(axis=0)
    some = np.isfinite(first)
    return _Seen(
        lost.sum(axis=2), drawn, back, float(np.median(first[some])) if some.mean() > 0.5 else np.nan,
        lots / total if total > 0.0 else np.ones(run.weeks), _lacking(run, at, needed, use), tuple(run.inputs),
    )  # fmt: skip


def _lacking(
    run: Ensemble, at: Mapping[str, int], needed: Mapping[str, tuple[str, str]], use: Mapping[tuple[str, str], float]
) -> pd.Series:
    """Weeks of their need of each product that members together lack over a run, mean over draws."""
    rows = [
        (product, use[m, product], run.headline[at[name]].sum(axis=1).mean()) for name, (m, product) in needed.items()
    ]
    table = pd.DataFrame(rows, columns=["product", "use", "weeks"])
    table["weighed"] = table["use"] * table["weeks"]
    by = table.groupby("product")[["use", "weighed"]].sum()
    return by["weighed"] / by["use"]


def _lacks(ways: Mapping[str, pd.Series], rule: ReserveRule) -> pd.DataFrame:
    held = {one.product for one in rule.holdings}
    table = pd.DataFrame(ways)
    return table.assign(held=[product in held for product in table.index]).sort_values(
        NOTHING, ascending=False, kind="stable"
    )


def _held(setting: Setting, rule: ReserveRule) -> pd.DataFrame:
    form = dict(zip(setting.network.products["product"], setting.network.products["form"], strict=True))
    rows = [(one.product, form[one.product], place, t) for one in rule.holdings for place, t in one.lots.items()]
    return pd.DataFrame(rows, columns=["product", "form", "place", "tonnes"])


def _taken(setting: Setting, product: str, economy: str) -> float:
    """What an economy's makers and users take of a product. [t contained a year]"""
    activity = setting.network.nodes.set_index("node")["activity"]
    place = setting.network.nodes.set_index("node")["economy"]
    inputs = setting.network.inputs[setting.network.inputs["product"] == product]
    here = inputs[place.loc[inputs["node"]].to_numpy() == economy]
    return float((here["coefficient"].to_numpy() * activity.loc[here["node"]].to_numpy()).sum())


def _products(
    setting: Setting,
    told: ReserveFile,
    rule: ReserveRule,
    members: Sequence[str],
    use: Mapping[tuple[str, str], float],
    homes: Mapping[str, Home],
    takes: Mapping[str, Mapping[str, float]],
) -> pd.DataFrame:
    """By product what is held, for how long it lasts those who may draw, and what it costs."""
    about = setting.network.products.set_index("product")
    price = (about["unit_value"] / about["content"]).astype(float)
    dearest = price.groupby(about["form"]).max()
    number = {name: row.central for name, row in setting.assumptions.items()}
    outside = next(iter(homes.values()))
    rows = []
    for held in rule.holdings:
        form, tonnes = str(about["form"].loc[held.product]), sum(held.lots.values())
        assumed = not np.isfinite(price.loc[held.product])
        each = dearest.loc[form] * number[UNKNOWN_PRICE] if assumed else price.loc[held.product]
        value = tonnes * each * KG
        keeping = [number.get(f"{name}:{form}", np.nan) for name in ("plan.holding_cost", "plan.rotation_loss")]
        weekly = sum(takes[held.product].values())
        reaches = (
            float(outside.outside.sel(product=held.product)) if held.product in outside.outside["product"] else 0.0
        )
        rows.append((
            held.product, form, tonnes, tonnes / weekly if weekly > 0.0 else np.inf, each, assumed, value,
            value * (number["plan.discount_rate"] + sum(keeping)), tonnes / reaches if reaches > 0.0 else np.nan,
        ))  # fmt: skip
    columns = ["product", "form", "tonnes", "weeks", "price", "assumed", "value", "yearly", "of_outside"]
    return pd.DataFrame(rows, columns=columns).set_index("product")
