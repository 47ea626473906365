"""Work on many blocks at once: results in the order of their keys, whatever the threads.

The seam to a larger machine: whoever has ``map_blocks`` can hand the same blocks to a cluster and get
the same numbers, for no block sees another and nothing is summed here.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Hashable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from threading import Event
from typing import TypeVar

from threadpoolctl import threadpool_limits

from lodestone.errors import ScenarioError

Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")
Progress = Callable[[int, int], None]


class Dropped(Exception):
    """Raised in work that nobody waits for any more."""


@contextmanager
def beside(work: Callable[[Callable[[], None]], Result]) -> Iterator[Callable[[], Result]]:
    """Do work in a thread of its own while the caller goes on.

    The libraries below are held to one thread for both, so that no number depends on which of the two is
    ahead. Where the caller fails or is interrupted, the work is dropped at its next step.

    Parameters
    ----------
    work : callable
        Given a function that raises once the work is dropped: call it between steps.

    Yields
    ------
    callable
        Waits for the work and returns what it returned, or raises what it raised.

    Examples
    --------
    >>> with beside(lambda step: sum(range(5))) as wait:
    ...     here = 1
    >>> here + wait()
    11
    """
    dropped = Event()

    def step() -> None:
        if dropped.is_set():
            raise Dropped

    with threadpool_limits(limits=1), ThreadPoolExecutor(1, "lodestone-beside") as pool:
        future = pool.submit(work, step)
        try:
            yield future.result
        except BaseException:
            dropped.set()
            raise


def map_blocks(
    function: Callable[[Key], Result],
    keys: Iterable[Key],
    threads: int | None = None,
    progress: Progress | None = None,
) -> dict[Key, Result]:
    """Apply a function to each block and return the results in the order of the keys.

    The libraries below (BLAS, OpenMP) are held to one thread meanwhile: two levels of threads fight
    over the cores, and the number of threads inside a matrix product changes its last digits.

    Parameters
    ----------
    function : callable
        Takes one key. Must not depend on other blocks; should release the interpreter lock.
    keys : iterable
        Distinct names of the blocks, e.g. ranges of members.
    threads : int, optional
        How many at once; the number of processors when left out.
    progress : callable, optional
        Called as ``progress(done, total)`` after each block, from the calling thread.

    Returns
    -------
    dict
        Result by key, in the order of ``keys``: the same with one thread and with many.

    Raises
    ------
    ScenarioError
        If ``threads`` is below one or a key comes twice.
    Exception
        What the first failing block (in the order of keys) raised; blocks not begun are dropped.

    Examples
    --------
    >>> map_blocks(lambda block: sum(block), [(0, 1), (2, 3)], threads=2)
    {(0, 1): 1, (2, 3): 5}
    """
    keys = list(keys)
    if len(set(keys)) != len(keys):
        raise ScenarioError("two blocks have the same key. Give each block a key of its own.")
    workers = min(threads if threads is not None else os.cpu_count() or 1, max(len(keys), 1))
    if workers < 1:
        raise ScenarioError(f"{threads} threads cannot do any work. Ask for one or more.")
    with threadpool_limits(limits=1), ThreadPoolExecutor(workers, "lodestone-block") as pool:
        futures: dict[Future[Result], Key] = {pool.submit(function, key): key for key in keys}
        try:
            for done, future in enumerate(as_completed(futures), start=1):
                if future.exception() is not None:
                    break
                if progress is not None:
                    progress(done, len(keys))
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
        # A cancelled block stands behind a failed one: raising in key order meets the failure itself.
        failed = [future for future in futures if not future.cancelled() and future.exception() is not None]
        if failed:
            failed[0].result()
        return {key: future.result() for future, key in futures.items()}
