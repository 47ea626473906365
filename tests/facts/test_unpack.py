"""Archives: what is safe comes out, everything else is refused before it can do harm."""

from __future__ import annotations

import gzip
import zipfile
from pathlib import Path

import pytest

from lodestone.errors import Faults
from lodestone.facts.unpack import unpack


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


def archive(path: Path, *members: tuple[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as handle:
        for name, content in members:
            handle.writestr(name, content)
    return path


def test_members_of_an_archive_and_a_gzip_file_come_out(tmp_path: Path, out: Path) -> None:
    packed = tmp_path / "flows.csv.gz"
    packed.write_bytes(gzip.compress(b"a,b\n1,2\n"))
    plain = tmp_path / "plain.csv"
    plain.write_bytes(b"c")
    found = unpack([archive(tmp_path / "two.zip", ("x/one.csv", b"1"), ("two.csv", b"2")), packed, plain], out)
    assert [document.name for document in found] == ["two.zip/x/one.csv", "two.zip/two.csv", "flows.csv", "plain.csv"]
    assert [document.path.read_bytes() for document in found] == [b"1", b"2", b"a,b\n1,2\n", b"c"]


@pytest.mark.parametrize("name", ["../evil.csv", "a/../../evil.csv", "/etc/evil.csv", "C:/evil.csv", "..\\evil.csv"])
def test_a_path_that_climbs_out_is_refused_and_nothing_is_written(tmp_path: Path, out: Path, name: str) -> None:
    with pytest.raises(Faults, match="climbs out of the archive"):
        unpack([archive(tmp_path / "evil.zip", ("good.csv", b"1"), (name, b"1"))], out)
    assert not list(out.iterdir())
    assert not (tmp_path / "evil.csv").exists()


def test_a_link_is_refused(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "link.zip"
    with zipfile.ZipFile(path, "w") as handle:
        link = zipfile.ZipInfo("link.csv")
        link.external_attr = 0o120777 << 16
        handle.writestr(link, "/etc/passwd")
    with pytest.raises(Faults, match="is a link"):
        unpack([path], out)


def test_a_bomb_stops_while_it_comes_out(tmp_path: Path, out: Path) -> None:
    with pytest.raises(Faults, match="expands past"):
        unpack([archive(tmp_path / "bomb.zip", ("bomb.csv", b"0" * 50_000_000))], out)
    assert not list(out.iterdir())


def test_a_gzip_bomb_stops_too(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "bomb.csv.gz"
    path.write_bytes(gzip.compress(b"0" * 50_000_000))
    with pytest.raises(Faults, match="expands past"):
        unpack([path], out)


def test_all_archives_together_have_one_bound(tmp_path: Path, out: Path) -> None:
    many = [archive(tmp_path / f"{n}.zip", ("a.csv", b"1234567890" * 50)) for n in range(4)]
    with pytest.raises(Faults, match="expands past"):
        unpack(many, out, largest=1_500)


@pytest.mark.parametrize("keep", [0.3, 0.7, 0.98])
def test_a_truncated_archive_is_refused(tmp_path: Path, out: Path, keep: float) -> None:
    whole = archive(tmp_path / "whole.zip", ("a.csv", bytes(range(256)) * 400)).read_bytes()
    broken, packed = tmp_path / "broken.zip", tmp_path / "broken.gz"
    broken.write_bytes(whole[: int(keep * len(whole))])
    squeezed = gzip.compress(bytes(range(256)) * 400)
    packed.write_bytes(squeezed[: int(keep * len(squeezed))])
    with pytest.raises(Faults) as refused:
        unpack([broken, packed], out)
    assert len(refused.value.faults) == 2
    assert all("broken or truncated" in fault.what for fault in refused.value.faults)


def test_a_missing_file_is_named(tmp_path: Path, out: Path) -> None:
    with pytest.raises(Faults, match=r"nowhere\.csv: there is no such file"):
        unpack([tmp_path / "nowhere.csv"], out)
