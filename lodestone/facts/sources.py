"""The publications behind the facts: ``source.yaml`` of a folder, read into `Source`."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from lodestone.errors import FactError
from lodestone.facts.documents import read_yaml
from lodestone.facts.nouns import Source

SOURCE_FILE = "source.yaml"
SOURCE_KEYS = (
    "id",
    "producer",
    "title",
    "edition",
    "published",
    "read",
    "address",
    "licence",
    "tier",
)


def file_checksum(path: Path) -> str:
    """``sha256:`` and the digest of a file's bytes.

    Examples
    --------
    >>> import tempfile
    >>> path = Path(tempfile.mkdtemp()) / "empty"
    >>> path.write_bytes(b"")
    0
    >>> file_checksum(path)[:16]
    'sha256:e3b0c4429'
    """
    return "sha256:" + hashlib.sha256(path.read_bytes()).hexdigest()


def read_sources(folder: Path) -> dict[str, Source]:
    """The sources a folder names, by id.

    Parameters
    ----------
    folder : Path
        Holds ``source.yaml`` with ``checksum`` (of ``facts.csv``) and a list ``sources``.

    Returns
    -------
    dict of str to Source
        Each carries the folder's checksum.

    Raises
    ------
    FactError
        If the file is missing, is not YAML as expected, or an entry lacks a key.
    """
    path = folder / SOURCE_FILE
    document = read_yaml(path)
    if not isinstance(document, dict) or not isinstance(document.get("sources"), list):
        raise FactError(f"{path}: has no list 'sources'. Write 'sources:' and one entry for each publication.")
    checksum = str(document.get("checksum", ""))
    return {source.id: source for source in (_source(path, entry, checksum) for entry in document["sources"])}


def _source(path: Path, entry: Any, checksum: str) -> Source:
    if not isinstance(entry, dict):
        raise FactError(f"{path}: an entry of 'sources' is not a mapping. Write 'id: ...' and so on.")
    missing = [key for key in SOURCE_KEYS if entry.get(key) is None]
    if missing:
        raise FactError(
            f"{path}: source {entry.get('id', '(without id)')} lacks {', '.join(missing)}. "
            f"Add what is missing; leave an unknown text as ''."
        )
    return Source(**{key: str(entry[key]) for key in SOURCE_KEYS}, checksum=checksum)
