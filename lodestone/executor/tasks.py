"""Independent tasks, wherever they are done: in threads of this process or on the workers of a cluster.

Where work is done is no argument of what is computed, for no number depends on it; so it is said once, around a whole
command (`work`), and asked for here. A task sees what all tasks share and its own key, and no other task. What is done with
a result must not depend on the order in which results come: write it to a place of its own, and sum in the order of keys.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

from lodestone.executor.kept import Kept
from lodestone.executor.threads import Progress, map_blocks

Shared = TypeVar("Shared")
Key = TypeVar("Key", bound=Hashable)
Result = TypeVar("Result")
TASK = 32  # members a task where results travel or are kept: half a second of work, some 17 MB of weekly series


class Workers(Protocol):
    """What does tasks elsewhere; `lodestone.executor.cluster.Cluster` is one."""

    def perform(
        self, function: Callable[[Any, Any], Any], shared: Any, keys: list[Any], finished: Callable[[Any, Any], None]
    ) -> None:
        """Call ``finished(key, result)`` in this thread for each key, in the order in which results come."""


@dataclass(frozen=True)
class Way:
    """How tasks are done. ``workers``: who does them, threads here if None. ``kept``: where finished tasks lie until all is done,
    nowhere if None. ``say`` is told once what an earlier call had finished."""

    workers: Workers | None = None
    kept: Kept | None = None
    say: Callable[[str], None] = lambda _text: None


HERE = Way()  # threads of this process, nothing kept
_WAY: ContextVar[Way] = ContextVar("lodestone-way", default=HERE)


@contextmanager
def work(way: Way) -> Iterator[None]:
    """Do all tasks of what follows in this way; what is kept is dropped once it ends well.

    It holds for this thread. Tasks that a task begins are done in threads beside it.

    Examples
    --------
    >>> with work(Way()):
    ...     map_tasks(pow, 2, [1, 2, 3])
    {1: 2, 2: 4, 3: 8}
    """
    token = _WAY.set(way)
    try:
        yield
        if way.kept is not None:
            way.kept.drop()
    finally:
        _WAY.reset(token)


def in_parts(count: int, here: int) -> list[tuple[int, int]]:
    """Members 0 to ``count`` in ranges of ``here`` in threads of this process; in ranges of `TASK` where results travel or are kept.

    Examples
    --------
    >>> in_parts(10, here=4)
    [(0, 4), (4, 8), (8, 10)]
    """
    way = _WAY.get()
    size = here if way.workers is None and way.kept is None else TASK
    return [(begin, min(begin + size, count)) for begin in range(0, count, size)]


def each_task(
    function: Callable[[Shared, Key], Result],
    shared: Shared,
    keys: Iterable[Key],
    take: Callable[[Key, Result], None],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    what: str = "",
) -> None:
    """Do a task for each key and hand each result on as it comes.

    Parameters
    ----------
    function : callable
        A module's function of (shared, key): a cluster finds it by name. Its result must be picklable there.
    shared : object
        What all tasks need; sent once.
    keys : iterable
        Distinct.
    take : callable
        Given (key, result), in any order, from any thread: must not depend on either.
    threads : int, optional
        How many at once in this process; the number of processors when left out.
    progress : callable, optional
        Called as ``progress(done, total)``.
    what : str
        What the tasks are, in words.

    Raises
    ------
    ScenarioError
        As of `lodestone.executor.threads.map_blocks`.
    ClusterError
        If the cluster is lost; what was finished is kept if the way keeps anything.
    Exception
        What a failing task raised.
    """
    way, keys = _WAY.get(), list(keys)
    group = None if way.kept is None else way.kept.group((function.__module__, function.__qualname__, shared))
    left = keys
    if group is not None:
        left = []
        for key in keys:
            found, result = group.read(key)
            if found:
                take(key, result)
            else:
                left.append(key)
        if len(left) < len(keys):
            way.say(f"{what or 'tasks'}: {len(keys) - len(left)} of {len(keys)} tasks were finished by an earlier call")
    before, total = len(keys) - len(left), len(keys)

    def finished(key: Key, result: Result) -> None:
        if group is not None:
            group.write(key, result)
        take(key, result)

    def tick(done: int, _of: int) -> None:
        if progress is not None:
            progress(before + done, total)

    if way.workers is None:
        map_blocks(lambda key: finished(key, function(shared, key)), left, threads, tick)
        return
    done = 0

    def arrived(key: Key, result: Result) -> None:
        nonlocal done
        finished(key, result)
        done += 1
        tick(done, total)

    if left:
        way.workers.perform(function, shared, left, arrived)


def map_tasks(
    function: Callable[[Shared, Key], Result],
    shared: Shared,
    keys: Iterable[Key],
    *,
    threads: int | None = None,
    progress: Progress | None = None,
    what: str = "",
) -> dict[Key, Result]:
    """Do a task for each key; all results in the order of the keys. Arguments as of `each_task`.

    Examples
    --------
    >>> map_tasks(pow, 10, [3, 1])
    {3: 1000, 1: 10}
    """
    keys, found = list(keys), dict[Key, Result]()
    each_task(function, shared, keys, found.__setitem__, threads=threads, progress=progress, what=what)
    return {key: found[key] for key in keys}


def keep_whole(inputs: Any, compute: Callable[[], Result], what: str = "") -> Result:
    """Compute something out of tasks; where finished tasks are kept, keep the whole in their place.

    Parameters
    ----------
    inputs : object
        All that the result depends on.
    compute : callable
        Does the tasks and puts them together.
    what : str
        What it is, in words.

    Examples
    --------
    >>> keep_whole("inputs", lambda: sum(map_tasks(pow, 2, [1, 2]).values()))
    6
    """
    way = _WAY.get()
    if way.kept is None:
        return compute()
    group = way.kept.group(("whole", inputs))
    found, result = group.read("whole")
    if found:
        way.say(f"{what or 'a part'}: finished by an earlier call")
        return result
    with way.kept.parts_of_a_whole():
        result = compute()
        group.write("whole", result)
    return result
