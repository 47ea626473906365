"""A user that waits for one input: what it goes on ordering of another, and what that does to who shares it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import xarray as xr

from lodestone.baseline.nouns import Network
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.ensemble import build_setting, run_one
from tests.simulate.two_nodes import PINS, STILL, TERMS, fixed, two_nodes

USE, STOP = 10.0, 150  # t a week of each product by each user; the week in which the ban on magnets ends


def two_inputs(sharing: bool) -> Network:
    """Motors in Bora need magnets and glass; ``sharing`` adds lamps there that need glass alone."""
    one = two_nodes()
    maker, user = one.nodes.iloc[:1], one.nodes.iloc[1:]
    glass = 520.0 * (2 if sharing else 1)
    blower = maker.assign(node="blow@ALB", process="blow", stage="glass", activity=glass)
    lamps = user.assign(node="lamps@BOR", process="lamps")
    inputs = [one.inputs, one.inputs.assign(product="glass")]
    inputs += [one.inputs.assign(node="lamps@BOR", product="glass")] if sharing else []
    return replace(
        one,
        products=pd.concat([one.products, one.products.assign(product="glass", stage="glass")], ignore_index=True),
        composition=xr.DataArray(
            [[1.0], [1.0]], dims=("product", "element"), coords={"product": ["magnet", "glass"], "element": ["heavy"]}
        ),
        nodes=pd.concat([maker, blower, user, *([lamps] if sharing else [])], ignore_index=True),
        inputs=pd.concat(inputs, ignore_index=True),
        outputs=pd.concat([one.outputs, one.outputs.assign(node="blow@ALB", product="glass")], ignore_index=True),
        trade=pd.concat([one.trade, one.trade.assign(product="glass", flow=glass)], ignore_index=True),
    )


def without_magnets(sharing: bool, reorder: float, transit: float, review: float) -> tuple[np.ndarray, np.ndarray]:
    """Served shares of the uses and tonnes of glass that crossed, by week; the same compiled and plain."""
    acts = [Control("BAN:blocked", "blocked", np.array([0]), np.ones(1), 0, STOP, {"share": fixed(1.0)}, "toy")]
    if review:
        terms = {name: fixed(value) for name, value in {**TERMS, "review_weeks": review}.items()}
        acts += [Control("DESK:licence", "licence", np.array([1]), np.ones(1), 0, 999, terms, "toy")]
    setting = build_setting(
        two_inputs(sharing), None, Controls(tuple(acts), ()), read_assumptions(data_folder()), weeks=200,
        watch=pd.DataFrame({"series": ["glass"], "trade_row": [1], "weight": [1.0]}),
        pin={**PINS, "cover_weeks": 30.0 if sharing else 4.0, "reorder_weeks": reorder, "transit_weeks": transit},
        without=STILL,
    )  # fmt: skip
    fast, plain = (run_one(setting, 0, oracle)[0].record for oracle in (False, True))
    np.testing.assert_allclose(fast, plain, rtol=1e-9, atol=1e-9)
    return fast[: 2 if sharing else 1], fast[-1]


@pytest.mark.parametrize("reorder", [2.0, 4.0, 8.0])
@pytest.mark.parametrize("transit", [1.0, 6.0])
@pytest.mark.parametrize("review", [0.0, 8.0])
def test_who_is_stopped_ends_its_orders_of_what_it_cannot_use_and_resumes_in_time(reorder, transit, review):
    served, glass = without_magnets(False, reorder, transit, review)
    assert served[0, 20:STOP].max() < 1e-9
    assert glass[STOP - 50 : STOP].max() < 0.01 * USE
    # its cover was full before: what it may pile up is what was and should be on its way, and a refill
    used = USE * served[0].sum()
    assert glass.sum() - used < USE * (transit + review + reorder + 1.0 + 4.0)
    assert served[0, STOP + 10 :].min() > 1.0 - 1e-9, "it stops again for what it did not order"


@pytest.mark.parametrize("reorder", [2.0, 4.0, 8.0])
@pytest.mark.parametrize("transit", [1.0, 6.0])
@pytest.mark.parametrize("review", [0.0, 8.0])
def test_who_shares_a_store_with_one_that_is_stopped_is_served_and_orders_settle(reorder, transit, review):
    served, glass = without_magnets(True, reorder, transit, review)
    assert served[0, 60:STOP].max() < 1e-9
    assert served[1].min() > 1.0 - 1e-9
    assert np.abs(glass[STOP - 20 : STOP] - USE).max() < 0.05 * USE
