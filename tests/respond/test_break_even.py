"""Where a lever enters the plan on the small world: by probability, and by price, beside programmes written anew."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest

from lodestone.respond.break_even import LEVER, NEAR, RESERVE, Price, break_even, costs_at, prices
from lodestone.respond.held import Held, hold, resolve
from lodestone.respond.options import Options, Rules, Terms
from lodestone.respond.outlook import Curb, Outlook, build_outlook
from lodestone.respond.programme import programme
from lodestone.respond.solve import Solved, solve
from tests.respond.test_programme import CUT, CUT_CURB, HOME, ONSETS, STAGES, options, outlook, terms

GRID = (0.001, 0.02, 0.2, 0.6)


def outlook_of(curb: Curb) -> Outlook:
    return build_outlook(curb, STAGES, ONSETS)


def loaded(can: Options | None = None, told: Terms | None = None, seen: Outlook = CUT) -> Held:
    return hold(programme(HOME, can or options(), told or terms(), Rules())(seen.tree, seen.data))


def at(yearly: float) -> Outlook:
    return outlook_of(dataclasses.replace(CUT_CURB, yearly=yearly))


@pytest.mark.parametrize("caution", [{}, {"risk_weight": 2.0}, {"ambiguity": 0.2}], ids=str)
def test_costs_at_another_probability_are_those_of_a_programme_written_for_it(caution: dict[str, float]) -> None:
    told = terms(**caution)
    held, other = loaded(told=told), at(0.05)
    anew = programme(HOME, options(), told, Rules())(other.tree, other.data)
    base = np.array(held.highs.getLp().col_cost_)
    assert not np.allclose(base, anew.matrices.c)
    np.testing.assert_allclose(costs_at(held, base, CUT.tree, other.tree), anew.matrices.c, rtol=1e-9, atol=1e-12)


def test_a_lever_enters_where_programmes_written_anew_begin_to_take_it() -> None:
    held = loaded()
    base = resolve(held).objective
    found = break_even(held, CUT, CUT_CURB, outlook_of, GRID)
    assert resolve(held).objective == pytest.approx(base)
    assert {one.kind for one in found} == {LEVER, RESERVE}
    bought = []
    for yearly in GRID:
        seen = at(yearly)
        values = solve(programme(HOME, options(), terms(), Rules())(seen.tree, seen.data)).values
        bought.append(float(values["fills"].sum()) > 1e-4)
    reserves = [one for one in found if one.kind == RESERVE and one.enters is not None]
    assert min(one.enters for one in reserves) == GRID[bought.index(True)]
    assert all(one.below < one.enters for one in reserves)
    assert any(one.below > 0.0 for one in reserves)


def dear(column: str, price: float) -> Options:
    can = options(most=40.0, steps=0.0)
    return dataclasses.replace(can, levers=can.levers.assign(**{column: price}))


def left_alone(can: Options, seen: Outlook) -> tuple[Price, ...]:
    held = loaded(can, seen=seen)
    plan: Solved = resolve(held)
    dearer = {}
    for column in ("premium", "capex"):
        levers = can.levers.assign(**{column: can.levers[column] + 1.0})
        dearer[column] = np.array(loaded(dataclasses.replace(can, levers=levers), seen=seen).model.matrices.c)
    return prices(held, plan, dearer, can)


def committed(can: Options, lever: str, seen: Outlook) -> float:
    values = solve(programme(HOME, can, terms(), Rules())(seen.tree, seen.data)).values
    calm = [node for node in seen.tree.node if ":" not in node]
    return float(values["commit"].sel(lever=lever, node=calm).sum())


@pytest.mark.proof
def test_levers_left_alone_are_taken_at_the_price_found_and_not_above_it() -> None:
    checked = 0
    for missing, column, price in (
        ("oxide_heavy", "premium", 1e5),
        ("oxide_heavy", "capex", 500.0),
        ("magnet", "premium", 1e5),
        ("magnet", "capex", 500.0),
    ):
        seen, can = outlook({missing: 0.3}), dear(column, price)
        for one in left_alone(can, seen):
            found = getattr(one, column)
            if found is None:
                continue
            checked += 1
            for at, taken in ((found, True), (found + 2.0 * NEAR * price, False)):
                levers = can.levers.copy()
                levers.loc[one.lever, column] = at
                anew = committed(dataclasses.replace(can, levers=levers), one.lever, seen)
                assert (anew > 1e-6) is taken, (one, at, anew)
    assert checked == 2
