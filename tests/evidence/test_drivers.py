"""First-order indices from given data: those published for a known function, the draw of the network, and chance."""

from __future__ import annotations

import numpy as np
import pytest

from lodestone.evidence.drivers import find_drivers, share_of_groups
from lodestone.simulate.luck import NETWORK

# Ishigami and Homma (1990), a = 7, b = 0.1: first-order indices by integration, to four digits.
PUBLISHED = {"x1": 0.3139, "x2": 0.4424}


def ishigami(members: int, seed: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    x1, x2, x3 = np.random.default_rng(seed).uniform(-np.pi, np.pi, (3, members))
    return np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1), {"x1": x1, "x2": x2, "x3": x3}


def test_the_published_indices_of_the_ishigami_function():
    result, inputs = ishigami(4000, seed=3)
    found = find_drivers(result, inputs, np.arange(4000) % 200, seed=1)
    assert found.names == ("x2", "x1")  # x3 acts through x1 alone: nothing goes if it is known
    for name, share, conf in zip(found.names, found.share, found.conf, strict=True):
        assert share == pytest.approx(PUBLISHED[name], abs=0.03)
        assert 0.01 < conf < 0.05
    assert found.explained == pytest.approx(sum(PUBLISHED.values()), abs=0.05)


def test_intervals_hold_the_published_indices_at_the_size_of_a_brief():
    held = []
    for seed in range(20):
        result, inputs = ishigami(1000, seed)
        found = find_drivers(result, inputs, np.arange(1000) % 200, seed)
        told = dict(zip(found.names, zip(found.share, found.conf, strict=True), strict=True))
        held += [abs(told[name][0] - published) <= told[name][1] for name, published in PUBLISHED.items()]
    assert np.mean(held) >= 0.9


def test_the_draw_of_the_network_is_an_input_with_its_own_share():
    rng = np.random.default_rng(5)
    draw = np.arange(1000) % 200
    of_draw, a = rng.normal(size=200), rng.normal(size=1000)  # variances 1 and 4: a fifth and four fifths
    found = find_drivers(of_draw[draw] + 2 * a, {"a": a}, draw, seed=1)
    assert found.names == ("a", NETWORK)
    assert found.share == pytest.approx([0.8, 0.2], abs=0.06)
    assert 0.02 < found.conf[1] < 0.1


def test_groups_of_any_size_share_the_variance():
    rng = np.random.default_rng(6)
    group = rng.integers(300, size=2000)
    share, conf = share_of_groups(rng.normal(size=300)[group] + rng.normal(size=2000), group, seed=1)
    assert share == pytest.approx(0.5, abs=conf) and conf < 0.1


@pytest.mark.parametrize("group", [np.arange(50), np.zeros(50, int)])
def test_a_share_that_cannot_be_told_is_none_of_the_drivers(group):
    a = np.random.default_rng(7).random(50)
    assert np.isnan(share_of_groups(a, group, seed=1)).all()
    assert find_drivers(a, {"a": a}, group, seed=1).names == ("a",)


def test_useless_inputs_are_not_named():
    rng = np.random.default_rng(8)
    inputs = {f"n{k}": values for k, values in enumerate(rng.random((100, 1000)))}
    found = find_drivers(rng.random(1000), inputs, np.arange(1000) % 200, seed=1)
    assert len(found.names) <= 1


@pytest.mark.parametrize(
    ("result", "inputs"),
    [
        (np.zeros(100), {"a": np.arange(100.0)}),  # nothing varies
        (np.arange(12.0), {"a": np.arange(12.0)}),  # too few draws
        (np.arange(100.0) % 7, {"a": np.ones(100)}),  # no input moves
    ],
)
def test_without_anything_to_share_out_there_are_no_drivers(result, inputs):
    found = find_drivers(result, inputs, np.arange(len(result)), seed=1)
    assert found.names == () and found.explained == 0.0 and found.share.shape == found.conf.shape == (0,)


def test_the_same_seed_gives_the_same_intervals():
    result, inputs = ishigami(500, seed=9)
    first, second = (find_drivers(result, inputs, np.arange(500) % 50, seed=0) for _ in range(2))
    assert first.names == second.names and np.array_equal(first.conf, second.conf)
