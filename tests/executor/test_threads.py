import time
from collections.abc import Callable

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from lodestone.errors import ScenarioError
from lodestone.executor import beside, map_blocks
from lodestone.rng import stream


def draw(block: range) -> np.ndarray:
    return np.array([stream(1, "block", member).random() for member in block])


BLOCKS = [range(start, start + 8) for start in range(0, 64, 8)]


def test_one_thread_and_many_give_the_same_numbers_in_the_same_order() -> None:
    alone, together = map_blocks(draw, BLOCKS, threads=1), map_blocks(draw, BLOCKS, threads=4)
    assert list(alone) == list(together) == BLOCKS
    assert np.concatenate(list(alone.values())).tobytes() == np.concatenate(list(together.values())).tobytes()


def test_results_follow_the_keys_even_when_later_blocks_end_first() -> None:
    def wait(key: int) -> int:
        time.sleep(0.02 * (4 - key))
        return key * 10

    assert list(map_blocks(wait, range(4), threads=4).items()) == [(0, 0), (1, 10), (2, 20), (3, 30)]


def test_progress_counts_every_block_once() -> None:
    seen: list[tuple[int, int]] = []
    map_blocks(draw, BLOCKS, threads=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(k, len(BLOCKS)) for k in range(1, len(BLOCKS) + 1)]


def test_a_failing_block_stops_the_others_and_raises_its_own_error() -> None:
    begun: list[int] = []

    def fail(key: int) -> int:
        begun.append(key)
        if key == 1:
            raise ScenarioError("block 1 has no measure. Give it one.")
        time.sleep(0.01)
        return key

    with pytest.raises(ScenarioError, match="block 1"):
        map_blocks(fail, range(200), threads=2)
    assert len(begun) < 200


def test_no_blocks_give_no_results() -> None:
    assert map_blocks(draw, []) == {}


def test_a_key_that_comes_twice_and_no_threads_are_refused() -> None:
    with pytest.raises(ScenarioError, match="same key"):
        map_blocks(draw, [range(1), range(1)])
    with pytest.raises(ScenarioError, match="0 threads"):
        map_blocks(draw, BLOCKS, threads=0)


def test_work_beside_is_dropped_when_its_caller_fails() -> None:
    steps: list[int] = []

    def work(step: Callable[[], None]) -> None:
        for number in range(1000):
            step()
            steps.append(number)
            time.sleep(0.002)

    with pytest.raises(ValueError, match="gone"), beside(work):
        time.sleep(0.02)
        raise ValueError("gone")
    assert 0 < len(steps) < 500


def test_work_beside_raises_its_own_error_where_it_is_waited_for() -> None:
    def work(_step: Callable[[], None]) -> int:
        raise ScenarioError("broken")

    with pytest.raises(ScenarioError, match="broken"), beside(work) as wait:
        wait()


def test_libraries_are_held_to_one_thread_in_both_and_free_again_after() -> None:
    def threads(_step: Callable[[], None] | None = None) -> list[int]:
        return [one["num_threads"] for one in threadpool_info()]

    before = threads()
    with beside(threads) as wait:
        map_blocks(draw, BLOCKS, threads=2)
        assert set(threads()) == set(wait()) == {1}
    assert threads() == before
