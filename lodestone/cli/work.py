"""Where a command's work is done, by its options: threads here, or a cluster; and what finished tasks are kept for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import typer

UNFINISHED = Path("out") / "unfinished"


@contextmanager
def at_work(cluster: str, cluster_tls: str, kept: str) -> Iterator[None]:
    """Do all tasks of what follows where the options say; with none of them, in threads of this process.

    Parameters
    ----------
    cluster : str
        Address of a scheduler; threads here if empty.
    cluster_tls : str
        Folder of certificates.
    kept : str
        Folder of finished tasks; with a cluster ``out/unfinished`` if empty, without one none.

    Raises
    ------
    ClusterError
        As of `lodestone.executor.cluster.connected` and `lodestone.executor.kept.Kept`; if there are certificates and no cluster.
    """
    if not (cluster or cluster_tls or kept):
        yield
        return
    from lodestone.errors import ClusterError
    from lodestone.executor import Way, work
    from lodestone.executor.kept import Kept

    if cluster_tls and not cluster:
        raise ClusterError("--cluster-tls is given and no --cluster. Add --cluster tls://HOST:8786, or leave it out.")
    with ExitStack() as stack:
        workers = None
        if cluster:
            from lodestone.executor.cluster import connected

            workers = stack.enter_context(connected(cluster, cluster_tls))
        folder = Kept(Path(kept) if kept else UNFINISHED)
        stack.enter_context(work(Way(workers, folder, lambda text: typer.echo(text, err=True))))
        yield
