"""Which addresses of a scheduler are taken: loopback as it is, all others encrypted and with certificates both ways.

Who may send a task to a scheduler or a worker runs code on it, and who answers as one runs code here: tasks and results are
pickles. On loopback these are users of this machine; beyond it, only who has a certificate of the cluster's own authority.
"""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from lodestone.errors import ClusterError

FILES = ("ca.pem", "cert.pem", "key.pem")
SCHEMES = ("tcp", "tls")


class Address(NamedTuple):
    """Where a scheduler listens."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


class Certificates(NamedTuple):
    """The cluster's authority, this client's certificate and its key: PEM files."""

    authority: Path
    certificate: Path
    key: Path


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's own and reached by nobody else.

    Names are not looked up, since what they stand for may change; "localhost" alone is taken at its word.

    >>> [is_loopback(one) for one in ("127.0.0.1", "::1", "localhost", "10.0.0.7", "scheduler.example")]
    [True, True, True, False, False]
    """
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def read_address(text: str) -> Address:
    """The address of a scheduler, refused where strangers could reach it in the clear.

    Raises
    ------
    ClusterError
        If it is no address, or neither loopback nor TLS.

    Examples
    --------
    >>> str(read_address("tcp://127.0.0.1:8786"))
    'tcp://127.0.0.1:8786'
    >>> read_address("tcp://10.0.0.7:8786")
    Traceback (most recent call last):
    ...
    lodestone.errors.ClusterError: tcp://10.0.0.7:8786 is not on this machine and not encrypted: ...
    """
    try:
        parts = urlsplit(text)
        found = Address(parts.scheme, parts.hostname or "", parts.port or 0)
    except ValueError as error:
        raise ClusterError(f"'{text}' is no address of a scheduler ({error}). Write tcp://127.0.0.1:8786.") from error
    if found.scheme not in SCHEMES or not found.host or not found.port or parts.path or parts.query:
        raise ClusterError(
            f"'{text}' is no address of a scheduler. Write tcp://127.0.0.1:8786 for one on this machine, "
            "tls://HOST:8786 for one elsewhere."
        )
    refuse_open(found)
    return found


def refuse_open(address: Address) -> None:
    """Refuse an address that is neither loopback nor TLS: whoever reaches it can run code there."""
    if address.scheme != "tls" and not is_loopback(address.host):
        raise ClusterError(
            f"{address} is not on this machine and not encrypted: whoever reaches it could run code on it and read what is sent. "
            "On one machine start scheduler and workers with --host 127.0.0.1. On several start them with --protocol tls and "
            "certificates, and give tls:// with --cluster-tls FOLDER (docs/how-to/run-on-a-cluster.md)."
        )


def read_certificates(folder: str, address: Address) -> Certificates | None:
    """The three files of a folder; None for an address that is not encrypted.

    Raises
    ------
    ClusterError
        If TLS is asked for without a folder, or the folder without TLS; if files are missing, all of them named; if others
        may read the key.
    """
    if address.scheme != "tls":
        if folder:
            raise ClusterError(f"--cluster-tls is given and {address} is not encrypted. Write tls://, or leave it out.")
        return None
    if not folder:
        raise ClusterError(f"{address} needs certificates. Add --cluster-tls FOLDER with {', '.join(FILES)} in it.")
    paths = [Path(folder) / name for name in FILES]
    if missing := [path.name for path in paths if not path.is_file()]:
        raise ClusterError(f"{folder} holds no {', '.join(missing)}. It must hold {', '.join(FILES)}.")
    if paths[2].stat().st_mode & 0o077:
        raise ClusterError(f"{paths[2]} may be read by others. Make it yours alone: chmod 600 {paths[2]}")
    return Certificates(*paths)
