"""Which schedulers are spoken to: this machine's own, and others encrypted; everybody else is refused with what to do."""

from __future__ import annotations

from pathlib import Path

import pytest

from lodestone.errors import ClusterError
from lodestone.executor.address import read_address, read_certificates
from lodestone.executor.cluster import _refuse_listening


@pytest.mark.parametrize(
    "text", ["tcp://127.0.0.1:8786", "tcp://localhost:1", "tcp://[::1]:8786", "tls://10.0.0.7:8786"]
)
def test_loopback_and_encrypted_addresses_are_taken_as_written(text: str) -> None:
    assert str(read_address(text)) == text


@pytest.mark.parametrize(
    "host", ["10.0.0.7", "0.0.0.0", "[::]", "scheduler.example", "127.0.0.1.example", "8.8.8.8", "[fe80::1]"]
)
def test_what_strangers_reach_in_the_clear_is_refused_with_what_to_do(host: str) -> None:
    with pytest.raises(
        ClusterError, match=r"not encrypted: .*--host 127\.0\.0\.1.*--protocol tls.*--cluster-tls FOLDER"
    ):
        read_address(f"tcp://{host}:8786")


@pytest.mark.parametrize("text", ["127.0.0.1:8786", "tcp://127.0.0.1", "tcp://:8786", "inproc://1/2/3", "ucx://127.0.0.1:1",
                                  "tcp://127.0.0.1:99999", "http://127.0.0.1:80", "tcp://127.0.0.1:8786/x", ""])  # fmt: skip
def test_what_is_no_address_is_refused_with_how_to_write_one(text: str) -> None:
    with pytest.raises(ClusterError, match=r"is no address of a scheduler.*Write tcp://127\.0\.0\.1:8786"):
        read_address(text)


@pytest.mark.parametrize("told", ["tcp://0.0.0.0:40365", "tcp://[::]:40365", "tcp://10.1.2.3:40365"])
def test_a_worker_that_listens_on_every_interface_is_refused(told: str) -> None:
    with pytest.raises(ClusterError, match="not on this machine and not encrypted"):
        _refuse_listening(told)
    _refuse_listening("tcp://127.0.0.1:40365")
    _refuse_listening("tls://0.0.0.0:40365")


def test_certificates_are_asked_for_where_they_are_needed_and_only_there(tmp_path: Path) -> None:
    away, here = read_address("tls://10.0.0.7:8786"), read_address("tcp://127.0.0.1:8786")
    with pytest.raises(ClusterError, match="needs certificates"):
        read_certificates("", away)
    with pytest.raises(ClusterError, match=r"holds no ca\.pem, cert\.pem, key\.pem"):
        read_certificates(str(tmp_path), away)
    with pytest.raises(ClusterError, match="is not encrypted. Write tls://"):
        read_certificates(str(tmp_path), here)
    assert read_certificates("", here) is None


def test_a_key_that_others_may_read_is_refused(tmp_path: Path) -> None:
    for name in ("ca.pem", "cert.pem", "key.pem"):
        (tmp_path / name).write_text("")
    (tmp_path / "key.pem").chmod(0o644)
    with pytest.raises(ClusterError, match="may be read by others.*chmod 600"):
        read_certificates(str(tmp_path), read_address("tls://10.0.0.7:8786"))
    (tmp_path / "key.pem").chmod(0o600)
    found = read_certificates(str(tmp_path), read_address("tls://10.0.0.7:8786"))
    assert found is not None and found.key == tmp_path / "key.pem"
