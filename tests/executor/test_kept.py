"""Finished tasks on disk: read again whole or not at all, and only from a folder that is one's own."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from lodestone.errors import ClusterError
from lodestone.executor import Way, keep_whole, map_tasks, work
from lodestone.executor.kept import Kept


@dataclass(frozen=True)
class Inputs:
    values: np.ndarray
    names: frozenset[str]


def add(shared: Inputs, key: int) -> np.ndarray:
    return shared.values + key


def test_a_task_cut_short_or_changed_counts_as_absent(tmp_path: Path) -> None:
    group = Kept(tmp_path).group("inputs")
    group.write(3, np.arange(4))
    (path,) = group.folder.iterdir()
    whole = path.read_bytes()
    assert group.read(3)[1].tolist() == [0, 1, 2, 3]
    for damaged in (whole[:-1], whole[:10], b"", whole[:-1] + bytes([whole[-1] ^ 1])):
        path.write_bytes(damaged)
        assert group.read(3) == (False, None)


def test_a_result_that_cannot_be_written_leaves_nothing(tmp_path: Path) -> None:
    group = Kept(tmp_path).group("inputs")
    with pytest.raises((AttributeError, TypeError, Exception)):
        group.write(3, lambda: None)
    assert not group.folder.exists() or not list(group.folder.iterdir())


def test_other_inputs_and_another_function_are_another_group(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    one = Inputs(np.arange(3.0), frozenset({"b", "a"}))
    same = Inputs(np.arange(3.0), frozenset({"a", "b"}))
    other = Inputs(np.arange(3.0) + 1e-15, frozenset({"a", "b"}))
    assert kept.group(one).folder == kept.group(same).folder != kept.group(other).folder


def test_a_set_has_the_same_digest_in_every_process() -> None:
    asks = "from lodestone.executor.kept import content_digest; print(content_digest(('x', frozenset('abcdef'))))"
    told = {
        subprocess.run(
            [sys.executable, "-c", asks],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1 and len(told.pop().strip()) == 32


def test_a_whole_takes_the_place_of_its_tasks_and_is_not_worked_out_again(tmp_path: Path) -> None:
    told: list[str] = []
    calls: list[int] = []
    inputs = Inputs(np.arange(3.0), frozenset())

    def compute() -> float:
        calls.append(1)
        return float(sum(one.sum() for one in map_tasks(add, inputs, range(4)).values()))

    with pytest.raises(KeyboardInterrupt), work(Way(None, Kept(tmp_path / "kept"), told.append)):
        assert keep_whole(inputs, compute, "the sum") == 30.0
        assert len(list((tmp_path / "kept").rglob("*.task"))) == 1
        raise KeyboardInterrupt
    with work(Way(None, Kept(tmp_path / "kept"), told.append)):
        assert keep_whole(inputs, compute, "the sum") == 30.0
    assert len(calls) == 1
    assert told == ["the sum: finished by an earlier call"]
    assert not (tmp_path / "kept").exists()


def test_a_folder_that_others_may_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o777)
    with pytest.raises(ClusterError, match="may be written to by others"):
        Kept(tmp_path)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ClusterError, match=r"cannot hold finished tasks .*Choose another --kept"):
        Kept(tmp_path / "file" / "kept")
