"""One more tonne and one more week on the small world, beside a programme written anew with it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
import xarray as xr

from lodestone.respond.held import columns, hold, resolve, rows
from lodestone.respond.home import home_use
from lodestone.respond.one_more import TONNE, WEEK, OneMore, one_more
from lodestone.respond.options import Rules
from lodestone.respond.programme import programme
from lodestone.respond.solve import Solved, solve
from tests.respond.test_programme import CUT, HOME, options, terms

USE = home_use(HOME)
STOCKED = terms(cover=USE.where(USE > 0.0, 0.0) * 3.0 / 52.0)


def found() -> tuple[Solved, dict[tuple[str, str], OneMore]]:
    held = hold(programme(HOME, options(), STOCKED, Rules())(CUT.tree, CUT.data))
    base = resolve(held)
    answers = one_more(held, base, HOME, options(), STOCKED)
    assert resolve(held).objective == pytest.approx(base.objective)  # the programme is as it was
    return base, {(one.of, one.product): one for one in answers}


def anew(terms_now: object = STOCKED, tonnes: dict[str, float] | None = None) -> float:
    """Cost of a programme written anew, with so many tonnes in reserve from the first slot on."""
    model = programme(HOME, options(), terms_now, Rules())(CUT.tree, CUT.data)
    for product, more in (tonnes or {}).items():
        group = model.constraints["reserve"]
        first = group.rhs["slot"].values[0]
        here = (group.rhs["slot"] == first) & (group.rhs["stocked"] == product)
        group.update(rhs=xr.where(here, more, group.rhs))
    return float(solve(model).objective)


def test_one_more_tonne_and_week_are_worth_what_a_programme_written_anew_says() -> None:
    base, answers = found()
    assert {of for of, _ in answers} == {TONNE, WEEK}
    for (of, product), one in answers.items():
        if of == TONNE:
            assert one.more == pytest.approx(base.objective - anew(tonnes={product: 1.0}), rel=1e-4, abs=1e-6)
        else:
            grown = STOCKED.cover + xr.where(STOCKED.cover["product"] == product, USE / 52.0, 0.0)
            costs = base.objective - anew(dataclasses.replace(STOCKED, cover=grown))
            assert one.more == pytest.approx(costs, rel=1e-4, abs=1e-6)


def test_one_less_costs_no_less_than_one_more_gains() -> None:
    _, answers = found()
    both = [one for one in answers.values() if one.less is not None]
    assert both
    for one in both:
        assert one.less >= one.more - 1e-6
        assert one.builds_fixed >= one.more - 1e-6


def test_the_programme_has_the_rows_that_are_moved() -> None:
    held = hold(programme(HOME, options(), STOCKED, Rules())(CUT.tree, CUT.data))
    assert np.all(rows(held, "reserve").values >= 0)
    assert np.all(columns(held, "working").values >= 0)
