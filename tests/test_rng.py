import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lodestone.errors import ScenarioError
from lodestone.rng import stream


def test_numbers_are_the_same_on_every_machine() -> None:
    numbers = stream(20261124, "licence.review_weeks", 3).integers(1000, size=5).tolist()
    assert numbers == [571, 277, 668, 73, 640]


@settings(max_examples=50)
@given(st.integers(0, 2**32), st.text(max_size=20), st.integers(0, 2**40))
def test_a_member_drawn_alone_is_the_member_drawn_among_others(seed: int, name: str, member: int) -> None:
    among = [stream(seed, name, member + k).random(4) for k in range(3)]
    assert np.array_equal(stream(seed, name, member + 2).random(4), among[2])
    assert not np.array_equal(among[0], among[1])


def test_streams_of_different_names_or_seeds_are_uncorrelated() -> None:
    one, other = stream(1, "cover").random(20_000), stream(1, "delay").random(20_000)
    third = stream(2, "cover").random(20_000)
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03
    assert abs(np.corrcoef(one, third)[0, 1]) < 0.03


@pytest.mark.parametrize(("seed", "member", "word"), [(-1, 0, "seed -1"), (0, -2, "member -2")])
def test_a_negative_seed_or_member_is_refused_by_name(seed: int, member: int, word: str) -> None:
    with pytest.raises(ScenarioError, match=word):
        stream(seed, "cover", member)
