"""The same numbers on one thread, on two and on a cluster of processes; what a lost worker and a lost scheduler cost."""

from __future__ import annotations

import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from distributed.scheduler import KilledWorker

from lodestone.errors import ClusterError, Faults
from lodestone.executor import Way, map_tasks, work
from lodestone.executor import cluster as module
from lodestone.executor.cluster import connected
from lodestone.executor.kept import Kept
from lodestone.facts.assumptions import read_assumptions
from lodestone.facts.place import data_folder
from lodestone.simulate.controls import Control, Controls
from lodestone.simulate.ensemble import simulate
from lodestone.simulate.nouns import Ensemble, Range
from tests.executor.cluster import Processes, processes
from tests.executor.tasks import broken, missing, refused, slow_draw
from tests.world import small_network

KEYS = list(range(40))


def after(tasks: int, process: subprocess.Popen[bytes]) -> Callable[[int, int], None]:
    def kill(done: int, _total: int) -> None:
        if done == tasks:
            process.kill()

    return kill


def draws(way: Way, progress=None) -> dict[int, float]:
    with work(way):
        return map_tasks(slow_draw, 7, KEYS, progress=progress, what="drawing")


@pytest.fixture(scope="module")
def alone() -> dict[int, float]:
    return map_tasks(slow_draw, 7, KEYS, threads=8)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Processes]:
    with processes(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def cut_in_half(**how: int) -> Ensemble:
    network = small_network()
    abroad = (network.trade["origin"] != network.trade["destination"]).to_numpy().nonzero()[0]
    cut = Control("CUT", "blocked", abroad, np.ones(len(abroad)), 2, 40, {"share": Range(0.2, 0.5, 0.9)}, "x")
    return simulate(
        network, None, Controls((cut,), ()), read_assumptions(data_folder()), scenario_name="cut", weeks=20, members=150,
        watch_economy=str(network.nodes["economy"].iloc[-1]), **how,
    )  # fmt: skip


def test_one_thread_two_threads_and_a_cluster_give_one_digest(running: Processes) -> None:
    digests = [cut_in_half(threads=1).digest, cut_in_half(threads=2).digest]
    with connected(running.address) as cluster, work(Way(cluster)):
        digests.append(cut_in_half().digest)
    assert digests[0] == digests[1] == digests[2]
    assert cut_in_half(seed=2).digest != digests[0]


def test_what_a_user_can_mend_comes_back_from_a_worker_whole(running: Processes) -> None:
    with connected(running.address) as cluster, work(Way(cluster)), pytest.raises(Faults) as told:
        map_tasks(refused, 7, [3])
    assert [str(fault) for fault in told.value.faults] == [
        "levers.csv:3: no number. Write one.",
        "b.csv:2: no. Mend it.",
    ]
    assert str(told.value).startswith("2 faults found:")


@pytest.mark.parametrize(("task", "error"), [(broken, ZeroDivisionError), (missing, FileNotFoundError)])
def test_a_fault_of_the_program_on_a_worker_is_raised_as_it_is(task, error, running: Processes) -> None:
    with connected(running.address) as cluster, work(Way(cluster)), pytest.raises(error):
        map_tasks(task, 7, [3])


def test_a_task_that_ends_with_every_worker_is_told_in_words() -> None:
    last = SimpleNamespace(address="tcp://127.0.0.1:4711")
    told = module._told(KilledWorker("task", last, 3))
    assert isinstance(told, ClusterError)
    assert "tcp://127.0.0.1:4711 the last" in str(told) and "give each worker more" in str(told)


def test_a_worker_with_another_version_is_refused(running: Processes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "program_digest", lambda: "of another version")
    with (
        connected(running.address) as cluster, work(Way(cluster)),
        pytest.raises(ClusterError, match="runs another version of this program"),
    ):  # fmt: skip
        map_tasks(slow_draw, 7, [3])


def test_a_killed_worker_costs_time_and_a_killed_scheduler_leaves_what_is_done(
    tmp_path: Path, alone: dict[int, float]
) -> None:
    told: list[str] = []
    with processes(tmp_path / "first") as running, connected(running.address) as cluster:
        cluster.client.wait_for_workers(2)
        assert list(draws(Way(cluster), after(5, running.workers[0])).items()) == list(alone.items())
        assert running.workers[0].poll() is not None
        with pytest.raises(ClusterError, match=r"was lost with \d+ of 40 tasks done here"):
            draws(Way(cluster, Kept(tmp_path / "kept"), told.append), after(5, running.scheduler))
    finished = len(list((tmp_path / "kept").rglob("*.task")))
    assert 5 <= finished < len(KEYS)
    assert not told
    begun: list[int] = []
    assert draws(Way(None, Kept(tmp_path / "kept"), told.append), lambda done, _: begun.append(done)) == alone
    assert told == [f"drawing: {finished} of 40 tasks were finished by an earlier call"]
    assert min(begun) == finished + 1
    assert not (tmp_path / "kept").exists(), "what is kept goes once all is done"


def test_nobody_at_an_address_is_said_in_a_moment_with_what_to_start() -> None:
    begun = time.monotonic()
    with pytest.raises(ClusterError, match="no scheduler answers at tcp://127.0.0.1:9. Start one: dask scheduler"), \
            connected("tcp://127.0.0.1:9"):  # fmt: skip
        pass
    assert time.monotonic() - begun < 2


def test_a_scheduler_without_workers_is_said_with_what_to_start(tmp_path: Path) -> None:
    with (
        processes(tmp_path, workers=0) as running,
        pytest.raises(ClusterError, match="no worker came to .* Start one: dask worker tcp://127.0.0.1:"),
        connected(running.address, patience=0.5),
    ):
        pass
