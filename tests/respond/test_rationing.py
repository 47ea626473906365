"""Who gets what is scarce: makers and uses share by what they usually take, and a curb's depth by its own draws."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import xarray as xr

from lodestone.respond.home import Home
from lodestone.respond.options import Options, Rules, Terms
from lodestone.respond.outlook import Curb, build_outlook
from lodestone.respond.programme import programme
from lodestone.respond.rationing import precedence, served_first, sharing_of, slopes
from lodestone.respond.slots import slots_of
from lodestone.respond.solve import Solved, solve
from tests.respond.test_programme import options

PRODUCTS = ["magnet", "motor", "speaker"]
MAKERS, USES = ["motors@BOR", "speakers@BOR"], ["cars@BOR", "radios@BOR"]


def table(rows: list[str], dim: str, entries: dict[tuple[str, str], float]) -> xr.DataArray:
    found = xr.DataArray(np.zeros((len(rows), 3)), {dim: rows, "product": PRODUCTS}, (dim, "product"))
    for (row, product), value in entries.items():
        found.loc[{dim: row, "product": product}] = value
    return found


def by(dim: str, labels: list[str], values: list[float]) -> xr.DataArray:
    return xr.DataArray(values, {dim: labels}, (dim,))


def two_makers() -> Home:
    """Magnets from abroad go to motors (30 t) and speakers (10 t); each goes to one use."""
    needs = table(USES, "use", {("cars@BOR", "motor"): 30.0, ("radios@BOR", "speaker"): 10.0})
    return Home(
        "BOR", "ALB", by("product", PRODUCTS, [0.0, 1.0, 2.0]), by("product", PRODUCTS, [np.nan] * 3),
        xr.DataArray(["parts", "parts"], {"process": MAKERS}, ("process",)),
        by("process", MAKERS, [30.0, 10.0]), by("process", MAKERS, [40.0, 20.0]),
        table(MAKERS, "process", {("motors@BOR", "magnet"): 1.0, ("speakers@BOR", "magnet"): 1.0}),
        table(MAKERS, "process", {("motors@BOR", "motor"): 1.0, ("speakers@BOR", "speaker"): 1.0}),
        needs, needs > 0.0,
        xr.DataArray(
            np.array([[40.0, 0.0], [0.0, 0.0], [0.0, 0.0]]), {"product": PRODUCTS, "source": ["issuer", "elsewhere"]},
            ("product", "source"),
        ),
        by("product", PRODUCTS, [0.0] * 3), by("product", PRODUCTS, [0.0] * 3), by("product", PRODUCTS, [40.0, 0.0, 0.0]),
    )  # fmt: skip


def idle_options() -> Options:
    base = options(most=0.0, steps=0.0)
    stocked = by("stocked", ["magnet"], [200.0])
    return dataclasses.replace(
        base, delivers=base.delivers.isel(product=[0, 1, 2]).assign_coords(product=PRODUCTS) * 0.0, widens=(), stockable=stocked,
        most_held=xr.zeros_like(stocked), keeps=xr.ones_like(stocked), holding=xr.zeros_like(stocked),
    )  # fmt: skip


def curb(share: float, **more: xr.DataArray) -> Curb:
    coords = {"level": ["deep"], "product": PRODUCTS, "week": range(52)}
    cut = xr.DataArray(np.full((1, 3, 52), share), coords, tuple(coords))
    return Curb(0.5, ("deep",), (1.0,), ((26.0, 0.5), (52.0, 0.5)), cut, xr.ones_like(cut), **more)


def told(home: Home, motors: float = 100.0, radios: float = 1000.0, **changes: Any) -> Terms:
    worth = by("use", USES, [motors, radios])
    base = Terms(worth, 1.5, xr.zeros_like(worth), 0.0, xr.zeros_like(home.exports), 0.0, 0.0, 0.0)
    return dataclasses.replace(base, **changes)


def served(home: Home, terms: Terms, seen: Curb, rules: Rules | None = None) -> xr.DataArray:
    outlook = build_outlook(seen, (13.0,) * 4 + (52.0,), (1,))
    found: Solved = solve(programme(home, idle_options(), terms, rules or Rules())(outlook.tree, outlook.data))
    slots = slots_of(outlook.tree, outlook.data, home.exports["product"].values)
    return found.values["served"].sel(
        slot=[one for one, age in zip(slots.name, slots.age.values, strict=True) if age > 0.0]
    )


def test_makers_share_by_what_they_usually_take_whatever_is_lost_without_it() -> None:
    home = two_makers()
    found = served(home, told(home), curb(0.5))
    assert found.values == pytest.approx(np.full(found.shape, 0.5))
    free = served(home, told(home), curb(0.5), Rules(allotted=True))
    assert float(free.sel(use="radios@BOR").min()) == pytest.approx(1.0)  # ten times as dear: all it wants
    assert float(free.sel(use="cars@BOR").max()) == pytest.approx(1.0 / 3.0)


def test_what_one_maker_cannot_use_is_not_handed_to_the_other() -> None:
    home = two_makers()
    idle = dataclasses.replace(home, capacity=by("process", MAKERS, [3.0, 20.0]))
    found = served(idle, told(home), curb(0.5))
    assert float(found.sel(use="cars@BOR").max()) == pytest.approx(0.1)
    assert found.sel(use="radios@BOR").values == pytest.approx(0.5)


def test_a_maker_that_is_served_first_counts_before_others() -> None:
    home = two_makers()
    shared = dataclasses.replace(
        home, needs=table(USES, "use", {("cars@BOR", "magnet"): 30.0, ("radios@BOR", "magnet"): 10.0})
    )
    shared = dataclasses.replace(
        shared, essential=shared.needs > 0.0, activity=home.activity * 0.0, capacity=home.capacity * 0.0
    )
    assert sharing_of(shared).usual.values.tolist() == [40.0]
    assert sharing_of(shared, served_first(shared, ["cars"])).product == []
    counts = precedence(shared, told(home).worth, ["cars@BOR"], 1.5)
    assert float(counts.sel(use="cars@BOR")) > 30.0 * float(slopes(1.5).max() / slopes(1.5).min())
    found = served(shared, told(home, first=("cars",)), curb(0.8))
    assert float(found.sel(use="cars@BOR").min()) == pytest.approx(1.0)
    assert float(found.sel(use="radios@BOR").max()) == pytest.approx(0.2)


def test_an_input_that_is_not_essential_takes_off_its_share() -> None:
    home = two_makers()
    soft = dataclasses.replace(home, essential=home.needs > 20.0)
    found = served(soft, told(home, absence=0.4), curb(0.5))
    assert float(found.sel(use="radios@BOR").max()) == pytest.approx(1.0 - 0.4 * 0.5)
    assert float(found.sel(use="cars@BOR").max()) == pytest.approx(0.5)


def test_purchases_and_stocks_are_those_of_the_draws_of_a_depth() -> None:
    home = two_makers()
    shut = curb(0.0)
    mix = xr.DataArray(np.full((1, 3, 2), 1.0), {"level": ["deep"], "product": PRODUCTS, "source": ["issuer", "elsewhere"]},
                       ("level", "product", "source"))  # fmt: skip
    half = dataclasses.replace(curb(1.0), mix=mix * 0.5)
    assert served(home, told(home), half).values == pytest.approx(0.5)
    held = told(home, cover=by("product", PRODUCTS, [10.0, 0.0, 0.0]))
    cover = by("product", PRODUCTS, [0.5, 1.0, 1.0]).expand_dims(level=["deep"])
    weeks = [
        float((1.0 - served(home, held, dataclasses.replace(shut, cover=one))).sum())
        for one in (None, cover, cover * 4.0)
    ]
    assert weeks[1] > weeks[0] > weeks[2] > 0.0
