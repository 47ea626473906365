"""The absorbing chain: shares stay shares, loops or not, and labels play no part."""

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.errors import BalanceError, LabelError
from lodestone.exposure.look_through import expected_visits, look_through, mined_at, never_touching

LAYERS = ("mine", "separation", "metal", "use")


def chain(weights, loop):
    """Four stages in three economies; metal may take back a share ``loop`` of its own scrap."""
    nodes = [(f"{s} {e}", e, s) for s in LAYERS for e in "ABC"]
    rows = []
    draws = iter(weights)
    for below, stage in pairwise(LAYERS):
        for buyer in "ABC":
            part = np.array([next(draws) for _ in "ABC"])
            part = part / part.sum() * (1 - loop * (stage == "metal"))
            rows += [(f"{stage} {buyer}", f"{below} {e}", s) for e, s in zip("ABC", part, strict=True)]
            if stage == "metal" and loop:
                rows.append((f"metal {buyer}", f"metal {'BCA'['ABC'.index(buyer)]}", loop))
    return (
        pd.DataFrame(rows, columns=["node", "draws_from", "share"]),
        pd.DataFrame(nodes, columns=["node", "economy", "stage"]),
    )


weights = st.lists(st.floats(0.05, 1.0), min_size=27, max_size=27)
loops = st.sampled_from([0.0, 0.3, 0.9])


@settings(max_examples=30)
@given(weights, loops)
def test_origin_sums_to_one_and_every_throughput_is_a_share(weight, loop):
    result = look_through(*chain(weight, loop), ["use A"])
    assert result.origin.sum().item() == pytest.approx(1.0)
    assert result.throughput.min().item() >= -1e-12
    assert result.throughput.max().item() <= 1 + 1e-9
    assert (result.touches >= result.throughput.max("stage") - 1e-9).all()
    np.testing.assert_allclose(result.throughput.sel(stage="mine"), result.origin, atol=1e-12)


@settings(max_examples=20)
@given(weights, loops)
def test_hit_probability_is_visits_over_visits_from_itself(weight, loop):
    intake, nodes = chain(weight, loop)
    result = look_through(intake, nodes, ["use A"])
    labels = list(nodes["node"])
    dense = np.zeros((12, 12))
    for node, source, share in intake.itertuples(index=False):
        dense[labels.index(node), labels.index(source)] = share
    visits = np.linalg.inv(np.eye(12) - dense)
    at, via = labels.index("use A"), labels.index("metal B")
    hit = visits[at, via] / visits[via, via]
    assert result.throughput.sel(buyer="use A", stage="metal", economy="B").item() == pytest.approx(hit)


@settings(max_examples=20)
@given(weights, loops, st.permutations("ABC"))
def test_relabelling_economies_changes_nothing(weight, loop, order):
    intake, nodes = chain(weight, loop)
    rename = dict(zip("ABC", order, strict=True))
    plain = look_through(intake, nodes, ["use A"])
    moved = look_through(
        intake.sample(frac=1, random_state=1), nodes.assign(economy=nodes["economy"].map(rename)), ["use A"]
    )
    for e in "ABC":
        for field in ("first_tier", "origin", "touches"):
            one, two = getattr(plain, field), getattr(moved, field)
            assert two.sel(economy=rename[e]).item() == pytest.approx(one.sel(economy=e).item())


def test_never_touching_equals_deleting_the_nodes_and_summing_what_is_left():
    intake, nodes = chain(np.linspace(0.1, 1, 27), 0.3)
    keep = nodes[nodes["economy"] != "B"]["node"].tolist()
    index = {label: k for k, label in enumerate(keep)}
    q = np.zeros((len(keep), len(keep)))
    for node, source, share in intake.itertuples(index=False):
        if node in index and source in index:
            q[index[node], index[source]] = share
    mines = np.array([label.startswith("mine") for label in keep])
    left = np.linalg.inv(np.eye(len(keep)) - q)[index["use A"]] @ mines
    touched = look_through(intake, nodes, ["use A"]).touches.sel(economy="B").item()
    assert 1 - touched == pytest.approx(left)


def test_with_a_loop_visits_exceed_one_and_the_share_does_not():
    intake = sp.csr_array([[0, 1.0, 0, 0], [0, 0.0, 1.0, 0], [0, 0.6, 0, 0.4], [0, 0, 0, 0]])
    drawn = np.array([1.0, 0, 0, 0])
    assert expected_visits(intake, drawn)[1] == pytest.approx(2.5)
    assert 1 - never_touching(intake, np.array([False, True, False, False]))[0] == pytest.approx(1.0)
    np.testing.assert_allclose(mined_at(intake, drawn), [0, 0, 0, 1.0], atol=1e-12)


def test_a_loop_no_mine_feeds_is_named():
    nodes = pd.DataFrame(
        [("a", "A", "metal"), ("b", "B", "metal"), ("m", "A", "mine")], columns=["node", "economy", "stage"]
    )
    intake = pd.DataFrame([("a", "b", 1.0), ("b", "a", 1.0)], columns=["node", "draws_from", "share"])
    with pytest.raises(BalanceError, match="'a' draws only from a loop"):
        look_through(intake, nodes)


@pytest.mark.parametrize(
    ("rows", "error", "words"),
    [
        ([("a", "m", 0.9)], BalanceError, "'a' sum to 0.9000"),
        ([("a", "m", float("nan"))], BalanceError, "draws nan"),
        ([("a", "x", 1.0)], LabelError, "'x' has no economy"),
    ],
)
def test_intake_that_is_not_shares_is_refused(rows, error, words):
    nodes = pd.DataFrame([("a", "A", "metal"), ("m", "A", "mine")], columns=["node", "economy", "stage"])
    with pytest.raises(error, match=words):
        look_through(pd.DataFrame(rows, columns=["node", "draws_from", "share"]), nodes)
    with pytest.raises(LabelError, match="twice"):
        look_through(pd.DataFrame(rows, columns=["node", "draws_from", "share"]), pd.concat([nodes, nodes]))
