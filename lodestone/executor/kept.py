"""Finished tasks on disk, so that a call that was cut short goes on where it stopped.

Each task lies in a file of its own, under the digest of the program, the task's function and all that it was given. A file
is written under another name and then renamed, and carries the digest of what it holds: one that was cut short or changed counts as
absent. Files hold pickles, so a folder that others may write to is not used.
"""

from __future__ import annotations

import hashlib
import os
import pickle  # nosec B403: of files that only their owner can write
import shutil
import stat
import tempfile
from collections.abc import Hashable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from importlib import metadata
from pathlib import Path
from typing import Any

from lodestone.errors import ClusterError

DIGEST = hashlib.sha256().digest_size
PARTS = ("numpy", "scipy", "pandas", "xarray", "numba", "highspy", "clarabel", "linopy")  # what numbers depend on


@lru_cache(maxsize=1)
def program_digest() -> str:
    """Of this program's source and of the libraries that its numbers depend on: two with the same give the same numbers."""
    told = hashlib.sha256()
    root = Path(__file__).parent.parent
    for path in sorted(root.rglob("*.py")):
        told.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    for name in PARTS:
        told.update(f"{name} {metadata.version(name)}\0".encode())
    return told.hexdigest()


def content_digest(inputs: Any) -> str:
    """By content, the same in every process; arrays, tables and dataclasses too.

    >>> content_digest(frozenset("abc")) == content_digest(frozenset("cba")) != content_digest(frozenset("ab"))
    True
    """
    from dask.tokenize import normalize_token, tokenize

    @normalize_token.register(frozenset)
    def _(
        held: frozenset[Any],
    ) -> tuple[str, list[str]]:  # dask pickles one, in an order that differs between processes
        return "frozenset", sorted(tokenize(one, ensure_deterministic=True) for one in held)

    return str(tokenize(inputs, ensure_deterministic=True))


class Group:
    """Finished tasks of one function on one shared input, a file each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def read(self, key: Hashable) -> tuple[bool, Any]:
        """Whether a task is there, and its result."""
        try:
            held = self._path(key).read_bytes()
        except OSError:
            return False, None
        digest, body = held[:DIGEST], held[DIGEST:]
        if hashlib.sha256(body).digest() != digest:
            return False, None
        return True, pickle.loads(body)  # nosec B301

    def write(self, key: Hashable, result: Any) -> None:
        """Keep a task's result, complete or not at all."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        body = pickle.dumps(result, protocol=pickle.HIGHEST_PROTOCOL)
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".part-")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(hashlib.sha256(body).digest())
                file.write(body)
            os.replace(name, self._path(key))
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise

    def _path(self, key: Hashable) -> Path:
        return self.folder / f"{hashlib.sha256(repr(key).encode()).hexdigest()[:24]}.task"


class Kept:
    """A folder of groups, and which of them this call has touched.

    Raises
    ------
    ClusterError
        If the folder cannot be made, is another's, or may be written to by others.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._touched: dict[Path, None] = {}
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            told = folder.stat()
        except OSError as error:
            raise ClusterError(
                f"{folder} cannot hold finished tasks ({error.strerror}). Choose another --kept."
            ) from error
        if told.st_uid != os.getuid() or told.st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            raise ClusterError(
                f"{folder} may be written to by others, and what lies there is run when it is read. "
                "Make it your own (chmod go-w), or choose another --kept."
            )

    def group(self, inputs: Any) -> Group:
        """The group of a function and what it is given."""
        path = self.folder / content_digest((program_digest(), inputs))
        self._touched[path] = None
        return Group(path)

    @contextmanager
    def parts_of_a_whole(self) -> Iterator[None]:
        """Drop the groups touched in what follows once it ends well."""
        before = dict(self._touched)
        yield
        for path in [path for path in self._touched if path not in before]:
            shutil.rmtree(path, ignore_errors=True)
            del self._touched[path]

    def drop(self) -> None:
        """Remove all that this call has touched, and the folder if nothing else is in it."""
        for path in self._touched:
            shutil.rmtree(path, ignore_errors=True)
        self._touched.clear()
        if not any(self.folder.iterdir()):
            self.folder.rmdir()
