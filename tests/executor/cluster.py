"""A scheduler and its workers as processes over loopback, ended by their process ids."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
LOOPBACK = ("--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0", "--no-dashboard")


@dataclass
class Processes:
    """Where a scheduler listens, and the processes."""

    address: str
    folder: Path
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def listening(port: int, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except OSError:
            assert time.monotonic() < end, f"nothing listens on port {port}"
            time.sleep(0.05)


def start(words: Sequence[str], folder: Path) -> subprocess.Popen[bytes]:
    with (folder / "log.txt").open("ab") as log:
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *words], cwd=folder, stdout=log, stderr=log, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )  # fmt: skip


def start_worker(address: str, folder: Path, extra: Sequence[str] = ()) -> subprocess.Popen[bytes]:
    place = Path(tempfile.mkdtemp(dir=folder))
    words = ("worker", address, *LOOPBACK, "--nthreads", "1", "--no-nanny", "--local-directory", str(place), *extra)
    return start(words, folder)


@contextmanager
def processes(folder: Path, workers: int = 2, extra: Sequence[str] = (), scheme: str = "tcp") -> Iterator[Processes]:
    port = free_port()
    folder.mkdir(parents=True, exist_ok=True)
    scheduler = start(("scheduler", *LOOPBACK, "--port", str(port), *extra), folder)
    found = Processes(f"{scheme}://127.0.0.1:{port}", folder, scheduler)
    try:
        listening(port)
        found.workers += [start_worker(found.address, folder, extra) for _ in range(workers)]
        yield found
    finally:
        running = [scheduler, *found.workers]
        for one in running:
            one.kill()
        for one in running:
            one.wait()
