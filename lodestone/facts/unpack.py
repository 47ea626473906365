"""Opens what a user hands over: plain files, ZIP and gzip, with bounds that hold before anything is written.

An archive is refused whole if a member climbs out of it, is encrypted or a link, or if what comes out is
more than the bounds allow: the sizes an archive states are not believed, bytes are counted as they come.
"""

from __future__ import annotations

import gzip
import hashlib
import stat
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path, PurePosixPath
from typing import IO

from lodestone.errors import Fault, Faults
from lodestone.facts.trade_nouns import Document

LARGEST_MEMBERS = 2_000
LARGEST_BYTES = 64 * 2**30
LARGEST_RATIO = 200  # the text of a trade table shrinks to a tenth; a bomb to a thousandth
SMALL = 2**20  # a member this small is harmless whatever its ratio
CHUNK = 2**20


def unpack(files: Sequence[Path], folder: Path, largest: int = LARGEST_BYTES) -> tuple[Document, ...]:
    """The documents in some files: each file itself, or every member of an archive, written below ``folder``.

    Parameters
    ----------
    files : sequence of Path
    folder : Path
        An existing folder for what archives hold. Members are written under numbers, never under their names.
    largest : int
        The most that may come out of all archives together. [bytes]

    Returns
    -------
    tuple of Document
        In the order of the files and of the archives' own lists.

    Raises
    ------
    Faults
        Every file that is missing or unreadable, truncated, too large, or unsafe to open.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> with zipfile.ZipFile(place / "a.zip", "w") as archive:
    ...     archive.writestr("table.csv", "a,b")
    >>> [document.name for document in unpack([place / "a.zip"], place)]
    ['a.zip/table.csv']
    """
    faults: list[Fault] = []
    documents: list[Document] = []
    left = largest
    for path in files:
        try:
            found = _open(path, folder, len(documents), left)
        except Faults as fault:
            faults += fault.faults
            continue
        except OSError as error:
            faults.append(Fault(str(path), None, None, f"cannot be read ({error.strerror})", "Check the path."))
            continue
        left -= sum(document.path.stat().st_size for document in found if document.path.parent == folder)
        documents += found
    if faults:
        raise Faults(faults)
    return tuple(documents)


def _open(path: Path, folder: Path, count: int, left: int) -> list[Document]:
    if not path.is_file():
        raise _stop(path.name, "there is no such file", "Check the path")
    with path.open("rb") as handle:
        head = handle.read(4)
    if head[:2] == b"PK" and path.suffix.lower() != ".xlsx":
        return _zip(path, folder, count, left)
    if head[:2] == b"\x1f\x8b":
        return _gzip(path, folder, count, left)
    return [Document(path.name, path, _checksum(path))]


def _zip(path: Path, folder: Path, count: int, left: int) -> list[Document]:
    try:
        with zipfile.ZipFile(path) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            faults = [fault for member in members if (fault := _unsafe(path, member))]
            if len(members) > LARGEST_MEMBERS:
                faults.append(Fault(path.name, None, None, f"holds {len(members):,} files", "Give those you mean."))
            if faults:
                raise Faults(faults)
            documents = []
            for number, member in enumerate(members, start=count):
                target = folder / f"{number:06d}{PurePosixPath(member.filename).suffix.lower()[:8]}"
                with archive.open(member) as source:
                    left -= _copy(source, target, f"{path.name}/{member.filename}", left, member.compress_size)
                documents.append(Document(f"{path.name}/{member.filename}", target, _checksum(target)))
            return documents
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError) as error:
        raise _stop(path.name, f"the archive is broken or truncated ({error})", "Fetch it again") from None


def _gzip(path: Path, folder: Path, count: int, left: int) -> list[Document]:
    name = path.name.removesuffix(".gz")
    target = folder / f"{count:06d}{PurePosixPath(name).suffix.lower()[:8]}"
    try:
        with gzip.open(path, "rb") as source:
            _copy(source, target, path.name, left, path.stat().st_size)
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise _stop(path.name, f"the archive is broken or truncated ({error})", "Fetch it again") from None
    return [Document(name, target, _checksum(target))]


def _unsafe(path: Path, member: zipfile.ZipInfo) -> Fault | None:
    name = member.filename.replace("\\", "/")
    parts = PurePosixPath(name).parts
    if name.startswith("/") or ".." in parts or (parts and ":" in parts[0]):
        return Fault(path.name, None, None, f"the path '{name[:80]}' climbs out of the archive", "Do not open it.")
    if member.flag_bits & 1:
        return Fault(path.name, None, None, f"'{name[:80]}' is encrypted", "Give it without a password.")
    if stat.S_ISLNK(member.external_attr >> 16):
        return Fault(path.name, None, None, f"'{name[:80]}' is a link", "Give the file itself.")
    return None


def _copy(source: IO[bytes] | gzip.GzipFile, target: Path, name: str, left: int, packed: int) -> int:
    """Write what comes out, counting; returns its size. [bytes]"""
    size = 0
    with target.open("wb") as sink:
        while chunk := source.read(CHUNK):
            size += len(chunk)
            if size > left or (size > SMALL and size > LARGEST_RATIO * max(packed, 1)):
                sink.close()
                target.unlink()
                what = f"expands past {min(left, LARGEST_RATIO * max(packed, 1)):,} bytes"
                raise _stop(name, what, "If it is really that large, unpack it yourself")
            sink.write(chunk)
    return size


def _checksum(path: Path) -> str:
    with path.open("rb") as handle:
        return "sha256:" + hashlib.file_digest(handle, "sha256").hexdigest()


def _stop(name: str, what: str, next_step: str) -> Faults:
    return Faults([Fault(name, None, None, what, f"{next_step}.")])
