"""Levers made ready for one economy: what it can take, in tonnes and years; and what is left out, with the reason."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import xarray as xr

from lodestone.facts.assumptions import Assumption
from lodestone.respond.home import Home, home_use
from lodestone.respond.nouns import ANYONE, Lever
from lodestone.respond.options import Options
from lodestone.simulate.nouns import Range

MONTHS_A_YEAR = 12.0
STOCK, RESEARCH, SAVING = "stock", "research", ("thrift", "substitution")
PER_KG = 1000.0  # USD per kg and million USD per t
SHARES = ("share of home use", "share of home scrap")
SCRAP = "scrap"
Ends = Mapping[str, str]  # "lever.column" or an assumption's id -> "low" or "high"; the others are central


@dataclass(frozen=True)
class Ready:
    """``options`` for the programme; ``left_out``: (lever, why) for every lever that is not among them."""

    options: Options
    left_out: tuple[tuple[str, str], ...]


def make_ready(
    home: Home, levers: Sequence[Lever], assumptions: Mapping[str, Assumption], ends: Ends | None = None
) -> Ready:
    """What of the levers an economy can take.

    A supplier brings goods of its own ore. A plant at home runs on what reaches home; a plant abroad on what reaches it
    (see `lodestone.respond.home.feed_elsewhere`). What thrift and substitution save counts as brought. Research is no
    lever of the plan: what it is worth is asked by itself, on a tree that branches on its success.

    Parameters
    ----------
    home : Home
    levers : sequence of Lever
    assumptions : mapping of Assumption by id
        Ranges ``plan.*``.
    ends : mapping, optional
        Numbers taken at their low or high end instead of their central value.

    Returns
    -------
    Ready
    """
    ends = {} if ends is None else ends
    use, products = home_use(home), home.exports["product"].values.tolist()
    names = {str(one).rpartition("@")[0]: str(one) for one in home.activity["process"].values}
    rows, brought, widens, left = [], [], list[tuple[str, str, str]](), list[tuple[str, str]]()
    for lever in levers:
        if why := _why_not(home, lever, names, use):
            left.append((lever.lever, why))
            continue
        if lever.kind == STOCK:
            continue
        at_home = [names[one] for one in lever.processes if one in names and not abroad(home, lever)]
        most = _take(lever.most, f"{lever.lever}.most", ends)
        if lever.unit in SHARES:
            scrap = float((home.gives * home.activity).sum("process").where(home.form == SCRAP, 0.0).sum())
            most *= scrap if lever.unit == SHARES[1] else float(use.sel(product=_known(lever, products)).sum())
        years = [_take(lever.lead_months, f"{lever.lever}.lead_months", ends), lever.ramp_months]
        costs = [_take(getattr(lever, one), f"{lever.lever}.{one}", ends) for one in ("capex", "premium")]
        standard = lever.public_standard == "yes"
        rows.append((lever.lever, most, *costs, *(m / MONTHS_A_YEAR for m in years), lever.life_years, standard))
        brought.append([0.0 if at_home else lever.delivers.get(product, 0.0) for product in products])
        widens += [(lever.lever, node, str(home.stage.sel(process=node).item())) for node in at_home]
    columns = ["lever", "most", "capex", "premium", "lead", "ramp", "life", "public"]
    table = pd.DataFrame(rows, columns=columns).set_index("lever")
    index = {"lever": table.index.tolist(), "product": products}
    delivers = xr.DataArray(np.array(brought).reshape(len(rows), len(products)), index, ("lever", "product"))
    stocks = _stocks(home, levers, assumptions, use, ends)
    options = Options(
        table, delivers, tuple(widens), stocks["stockable"], stocks["most_held"], stocks["keeps"], stocks["holding"],
        stocks["steps"], stocks["dearer"],
    )  # fmt: skip
    return Ready(options, tuple(left))


def with_finding(
    options: Options, home: Home, lever: Lever, assumptions: Mapping[str, Assumption], ends: Ends | None = None
) -> Options | None:
    """The options with what a programme of research would find among them.

    Parameters
    ----------
    options : Options
    home : Home
    lever : Lever
        Of research.
    assumptions : mapping of Assumption by id
    ends : mapping, optional
        As of `make_ready`.

    Returns
    -------
    Options or None
        What is found costs no capital, the programme having paid for it, and starts at once where it succeeded; None where
        nobody at home takes what it would save.
    """
    as_saving = dataclasses.replace(lever, kind=SAVING[0], capex=Range(0.0, 0.0, 0.0), lead_months=Range(0.0, 0.0, 0.0))
    alone = make_ready(home, [as_saving], assumptions, ends).options
    if not len(alone.levers):
        return None
    return dataclasses.replace(
        options,
        levers=pd.concat([options.levers, alone.levers]),
        delivers=xr.concat([options.delivers, alone.delivers], "lever"),
        research=lever.lever,
    )


def open_to(home: Home, lever: Lever) -> bool:
    """Whether an economy may take a lever at all."""
    return lever.who == (ANYONE,) or home.economy in lever.who


def abroad(home: Home, lever: Lever) -> bool:
    """Whether a lever is a plant in another economy than the planner's and the issuer's, which runs on what reaches it."""
    return bool(lever.processes) and lever.economy not in ("", home.economy, home.issuer)


def _why_not(home: Home, lever: Lever, names: Mapping[str, str], use: xr.DataArray) -> str:
    """Why an economy cannot take a lever; blank where it can."""
    if not open_to(home, lever):
        return f"open to {', '.join(lever.who)} alone"
    if lever.kind == RESEARCH:
        return "asked by itself (--research), for it may fail"
    if lever.processes and lever.economy == home.issuer:
        return f"stands in {lever.economy}, which curbs"
    if lever.processes and not abroad(home, lever) and not any(one in names for one in lever.processes):
        return "no process at home of its kind"
    known = _known(lever, home.exports["product"].values.tolist())
    if not known or not float(use.sel(product=known).sum()) > 0.0:
        return f"nobody at home takes {', '.join(lever.delivers)}"
    return ""


def _known(lever: Lever, products: list[str]) -> list[str]:
    return [product for product in lever.delivers if product in products]


def _stocks(
    home: Home, levers: Sequence[Lever], assumptions: Mapping[str, Assumption], use: xr.DataArray, ends: Ends
) -> dict[str, xr.DataArray]:
    """Products that can be held, with what buying, holding and ageing cost."""

    def told(name: str) -> float:
        row = assumptions[name]
        return _take(Range(row.low, row.central, row.high), name, ends)

    stores: dict[str, float] = {}
    for lever in levers:
        if lever.kind == STOCK and open_to(home, lever):
            for product in lever.delivers:
                if product in use["product"].values and float(use.sel(product=product)) > 0.0:
                    stores[product] = PER_KG * _take(lever.capex, f"{lever.lever}.capex", ends)
    forms = {product: str(home.form.sel(product=product).item()) for product in stores}
    dearest = home.price.groupby(home.form.rename("form")).max()
    price = {
        p: _price(float(home.price.sel(product=p)), float(dearest.sel(form=f)) * told("plan.unknown_price"))
        for p, f in forms.items()
    }
    held = [product for product in stores if np.isfinite(price[product])]  # no price of its form: nothing to go by
    form = [forms[product] for product in held]
    buyable, effect = told("plan.buyable_share"), told("plan.purchase_price_effect")
    step = {"step": ["first half", "second half"]}

    def by(values: list[float]) -> xr.DataArray:
        return xr.DataArray(np.array(values, dtype=float), {"stocked": held}, ("stocked",))

    return {
        "stockable": by([price[product] + stores[product] for product in held]),
        "most_held": by(
            [told(f"plan.most_weeks:{f}") / 52.0 * float(use.sel(product=p)) for p, f in zip(held, form, strict=True)]
        ),
        "keeps": by([1.0 - told(f"plan.rotation_loss:{f}") for f in form]),
        "holding": by([told(f"plan.holding_cost:{f}") for f in form]),
        "steps": xr.DataArray([buyable / 2.0, buyable / 2.0], step, ("step",)),
        "dearer": xr.DataArray([effect * buyable / 2.0, 1.5 * effect * buyable], step, ("step",)),  # rise of the bill
    }


def _price(known: float, instead: float) -> float:
    return known if np.isfinite(known) else instead


def _take(given: Range, name: str, ends: Ends) -> float:
    return float(getattr(given, ends.get(name, "central")))
