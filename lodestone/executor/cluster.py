"""Tasks on the workers of a Dask scheduler: a lost worker costs time, a lost scheduler ends the call and not what is kept.

What all tasks share is a task too, since what is only put on workers is lost with them. Results come straight from the
worker that made them, a few tasks ahead of what is read, so that neither the scheduler nor the client holds many.
"""

from __future__ import annotations

import itertools
import logging
import pickle  # nosec B403: of what this call itself sends, and of answers of workers that passed `refuse_open`
import socket
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from lodestone.errors import ClusterError, LodestoneError
from lodestone.executor.address import Address, Certificates, read_address, read_certificates, refuse_open
from lodestone.executor.kept import program_digest

if TYPE_CHECKING:
    from distributed import Client, Future

RETRIES = 3  # of a task whose worker failed
PATIENCE = 60.0  # seconds without any worker, or without a scheduler, before the call gives up
AHEAD = 2  # tasks a thread of the cluster, so that no worker waits for the next
SETTINGS = {
    "distributed.comm.timeouts.connect": "30s",
    "distributed.admin.large-graph-warning-threshold": "4GiB",  # what tasks share is sent as one, on purpose
}


class Cluster:
    """A client of a scheduler; does what `lodestone.executor.tasks.Workers` asks for."""

    def __init__(self, client: Client, address: Address) -> None:
        self.client, self.address = client, address

    def perform(
        self, function: Callable[[Any, Any], Any], shared: Any, keys: list[Any], finished: Callable[[Any, Any], None]
    ) -> None:
        """Do the tasks, and hand each result on in this thread as it comes.

        Raises
        ------
        ClusterError
            If the scheduler is lost, all workers are, or one runs another version of this program.
        Exception
            What the first failing task to come raised.
        """
        done, left, running = 0, iter(keys), dict["Future", Any]()
        try:
            body = pickle.dumps((function, shared), protocol=pickle.HIGHEST_PROTOCOL)
            ready = self.client.submit(_unpacked, body, program_digest(), pure=False, retries=RETRIES)
            while True:
                room = AHEAD * max(self._threads(), 1) - len(running)
                for key in itertools.islice(left, max(room, 0)):
                    running[self.client.submit(_performed, ready, key, pure=False, retries=RETRIES)] = key
                if not running:
                    return
                for future in self._any_of(list(running)):
                    if future.status == "error":
                        raise _Failed(future.exception())
                    well, result = future.result()
                    key = running.pop(future)
                    if not well:
                        raise result
                    finished(key, result)
                    done += 1
        except _Failed as failed:
            raise _told(failed.error) from failed.error
        except (OSError, CancelledError, RuntimeError) as error:
            if isinstance(error, RuntimeError) and self.client.status == "running":
                raise
            raise ClusterError(
                f"the scheduler at {self.address} was lost with {done} of {len(keys)} tasks done here ({type(error).__name__}). "
                "Start it and its workers, and give the same command again: it goes on from what is kept. "
                "Without --cluster, and with --kept, it goes on in this process."
            ) from error
        finally:
            if running and self.client.status == "running":
                self.client.cancel(list(running), force=True)

    def _threads(self) -> int:
        workers = self.client.scheduler_info(n_workers=-1)["workers"].values()
        return sum(int(worker["nthreads"]) for worker in workers)

    def _any_of(self, running: list[Future]) -> set[Future]:
        """Those that are done, as soon as there is one."""
        from distributed import wait

        last = time.monotonic()
        while True:
            try:
                with self.client.as_current():
                    return set(wait(running, timeout=2.0, return_when="FIRST_COMPLETED").done)
            except TimeoutError:
                pass
            if self.client.status != "running":
                if time.monotonic() - last > PATIENCE:
                    raise OSError("no scheduler")
            elif self._threads():
                last = time.monotonic()
            elif time.monotonic() - last > PATIENCE:
                raise ClusterError(
                    f"no worker has been left at {self.address} for {PATIENCE:.0f} s. Start one: "
                    f"dask worker {self.address} --nthreads 1"
                )


class _Failed(Exception):
    """A task failed on its worker, which is no fault of the connection, whatever it raised."""

    def __init__(self, error: BaseException) -> None:
        super().__init__(str(error))
        self.error = error


def _told(error: BaseException) -> BaseException:
    """What a failed task raised; in words where its workers died one after another."""
    from distributed.scheduler import KilledWorker

    if not isinstance(error, KilledWorker):
        return error
    return ClusterError(
        f"a task ended with each worker that tried it ({error.last_worker.address} the last), most often for want of memory. "
        "See --dry-run for what a worker needs, give each worker more, and give the same command again: it goes on from what is kept."
    )


@contextmanager
def connected(address: str, tls_folder: str = "", patience: float = PATIENCE) -> Iterator[Cluster]:
    """A cluster by the address of its scheduler, with at least one worker.

    Parameters
    ----------
    address : str
        ``tcp://`` on loopback, or ``tls://``.
    tls_folder : str
        With ca.pem, cert.pem and key.pem, for ``tls://``.
    patience : float
        Seconds to wait for a first worker.

    Raises
    ------
    ClusterError
        If the address is refused, nobody answers, scheduler or workers listen where strangers reach them in the clear, or
        there is no worker.
    """
    where = read_address(address)
    certificates = read_certificates(tls_folder, where)
    import dask
    from distributed import Client

    for name in ("distributed.client", "distributed.utils"):
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)  # what is lost is said in our words, without a traceback

    with dask.config.set(SETTINGS):
        try:
            socket.create_connection((where.host, where.port), timeout=10).close()  # Dask tries to the end of its time
            client = Client(
                str(where), timeout=30, security=_security(certificates), direct_to_workers=True, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise ClusterError(
                f"no scheduler answers at {where}. Start one: dask scheduler --host {where.host} --port {where.port}"
            ) from error
        try:
            _refuse_strangers(client, where, patience)
            yield Cluster(client, where)
        finally:
            client.close(timeout=2)


def _security(certificates: Certificates | None) -> Any:
    if certificates is None:
        return None
    from distributed import Security

    return Security(
        tls_ca_file=str(certificates.authority), tls_client_cert=str(certificates.certificate),
        tls_client_key=str(certificates.key), require_encryption=True,
    )  # fmt: skip


def _refuse_strangers(client: Client, where: Address, patience: float) -> None:
    """Refuse a scheduler or worker that listens beyond this machine in the clear; workers to come look at themselves."""
    try:
        client.wait_for_workers(1, timeout=patience)
    except TimeoutError as error:
        raise ClusterError(
            f"no worker came to {where} within {patience:.0f} s. Start one: dask worker {where} --nthreads 1"
        ) from error
    for listens in [
        *client.run_on_scheduler(_scheduler_listens),
        *itertools.chain(*client.run(_worker_listens).values()),
    ]:
        _refuse_listening(listens)


def _scheduler_listens(dask_scheduler: Any) -> list[str]:
    return [one.listen_address for one in dask_scheduler.listeners]


def _worker_listens(dask_worker: Any) -> list[str]:
    return [one.listen_address for one in dask_worker.listeners]


def _refuse_listening(told: str) -> None:
    scheme, _, rest = told.partition("://")
    host, _, port = rest.rpartition(":")
    refuse_open(Address(scheme, host.strip("[]"), int(port)))


def _unpacked(body: bytes, digest: str) -> Any:
    """The function and what its tasks share, on a worker; or why this worker may not do them."""
    if digest != program_digest():
        return ClusterError(
            "a worker runs another version of this program or of a library that numbers depend on. Install the same on all, "
            "by the same requirements.lock."
        )
    from threadpoolctl import threadpool_limits

    threadpool_limits(limits=1)  # for good: a worker is one thread, and sums keep their order
    return pickle.loads(body)  # nosec B301


def _performed(ready: Any, key: Any) -> tuple[bool, Any]:
    """Whether a task went well, and its result; what a user can mend is no reason to try again."""
    if isinstance(ready, LodestoneError):
        return False, ready
    from distributed import get_worker

    function, shared = ready
    try:
        for told in _worker_listens(get_worker()):
            _refuse_listening(told)
        return True, function(shared, key)
    except LodestoneError as error:
        return False, error
