"""Whole commands on a cluster of processes: a worker and a scheduler killed under them, certificates, and the how-to as it is written."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from lodestone.errors import ClusterError
from lodestone.executor import Way, map_tasks, work
from lodestone.executor.cluster import connected
from tests.executor.cluster import ROOT, Processes, free_port, processes, start_worker
from tests.executor.tasks import slow_draw

pytestmark = pytest.mark.proof
CALL = ("simulate", "october-2025-resumed", "--economy", "JPN", "--members", "320", "--weeks", "26", "--json")
PAGE = ROOT / "docs" / "how-to" / "run-on-a-cluster.md"


def begin(folder: Path, *words: str) -> subprocess.Popen[str]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "lodestone.cli", *CALL, *words], cwd=folder, env=env, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    )  # fmt: skip


def end(run: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = run.communicate(timeout=600)
    return run.returncode, out, err


def finished_tasks(folder: Path) -> int:
    return len(list((folder / "out" / "unfinished").rglob("*.task")))


def once_some_are_finished(folder: Path, run: subprocess.Popen[str], least: int = 3) -> None:
    while finished_tasks(folder) < least:
        assert run.poll() is None, f"the run ended before {least} tasks were finished"
        time.sleep(0.02)


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> str:
    code, out, err = end(begin(tmp_path_factory.mktemp("plain"), "--threads", "1"))
    assert code == 0, err
    return out


def test_two_threads_print_what_one_prints(tmp_path: Path, plain: str) -> None:
    assert end(begin(tmp_path, "--threads", "2"))[1] == plain


def test_a_run_under_which_a_worker_is_killed_prints_the_same(tmp_path: Path, plain: str) -> None:
    with processes(tmp_path) as running:
        run = begin(tmp_path, "--cluster", running.address)
        once_some_are_finished(tmp_path, run)
        running.workers[0].send_signal(signal.SIGKILL)
        code, out, err = end(run)
    assert (code, out) == (0, plain), err
    assert not (tmp_path / "out" / "unfinished").exists()


def test_a_run_under_which_the_scheduler_is_killed_goes_on_under_another(tmp_path: Path, plain: str) -> None:
    with processes(tmp_path / "first") as running:
        run = begin(tmp_path, "--cluster", running.address)
        once_some_are_finished(tmp_path, run)
        running.scheduler.send_signal(signal.SIGKILL)
        code, out, err = end(run)
    assert code == 2 and not out
    assert "was lost with" in err and "give the same command again" in err and "Traceback" not in err
    left = finished_tasks(tmp_path)
    assert left >= 3
    with processes(tmp_path / "second") as running:
        code, out, err = end(begin(tmp_path, "--cluster", running.address))
    assert (code, out) == (0, plain), err
    assert re.search(
        rf"simulating october-2025-resumed, pro_rata: {left} of 10 tasks were finished by an earlier call", err
    )
    assert not (tmp_path / "out" / "unfinished").exists()


def test_a_run_that_was_cut_short_goes_on_in_threads_here(tmp_path: Path, plain: str) -> None:
    run = begin(tmp_path, "--kept", str(tmp_path / "out" / "unfinished"))
    once_some_are_finished(tmp_path, run)
    run.kill()
    end(run)
    code, out, err = end(begin(tmp_path, "--kept", str(tmp_path / "out" / "unfinished")))
    assert (code, out) == (0, plain) and "were finished by an earlier call" in err


def certificates(folder: Path) -> Path:
    """Made by the page's own commands."""
    commands = next(body for body in page_blocks() if "openssl" in body)
    folder.mkdir()
    subprocess.run(["bash", "-ec", commands], cwd=folder, check=True, capture_output=True)
    return folder / "tls"


def tls_words(folder: Path) -> list[str]:
    files = (("ca-file", "ca"), ("cert", "cert"), ("key", "key"))
    return [
        "--protocol",
        "tls",
        *(word for name, file in files for word in (f"--tls-{name}", str(folder / f"{file}.pem"))),
    ]


def draw(running: Processes, folder: Path) -> dict[int, float]:
    with connected(running.address, str(folder), patience=20) as cluster, work(Way(cluster)):
        return map_tasks(slow_draw, 7, range(8))


def test_only_who_has_a_certificate_of_the_cluster_is_let_in(tmp_path: Path) -> None:
    ours, strangers = certificates(tmp_path / "ours"), certificates(tmp_path / "strangers")
    with processes(tmp_path / "run", workers=1, extra=tls_words(ours), scheme="tls") as running:
        assert draw(running, ours) == map_tasks(slow_draw, 7, range(8))
        with pytest.raises(ClusterError, match="no scheduler answers"):
            draw(running, strangers)
        in_the_clear = running.address.replace("tls", "tcp")
        with pytest.raises(ClusterError, match="no scheduler answers"), connected(in_the_clear):
            pass
        stranger = start_worker(running.address, tmp_path / "run", tls_words(strangers))
        try:
            with connected(running.address, str(ours)) as cluster:
                time.sleep(5.0)
                assert len(cluster.client.scheduler_info(n_workers=-1)["workers"]) == 1, (
                    "a stranger's worker was let in"
                )
        finally:
            stranger.kill()
            stranger.wait()


def page_blocks() -> list[str]:
    return re.findall(r"^```sh\n(.*?)^```$", PAGE.read_text("utf-8"), re.MULTILINE | re.DOTALL)


def test_the_how_to_runs_as_it_is_written(tmp_path: Path) -> None:
    script = "\n".join(page_blocks()).replace("8786", str(free_port())).replace("8787", str(free_port()))
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["bash", "-ec", script], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr[-3000:]
    assert done.stdout.count("rationing rule: pro rata") == 2
    first, second = done.stdout.split("october-2025-resumed:")[1:]
    assert first == second
