"""Small text files from people we do not know: size, encoding and aliases are checked before parsing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

from lodestone.errors import FactError

MAX_YAML_BYTES = 2_000_000
MAX_CSV_BYTES = 50_000_000

Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAYBE_ALIAS = re.compile(r"(?:^|[\s\[{,:?-])\*[^\s]", re.MULTILINE)


def read_text(path: Path, limit: int = MAX_YAML_BYTES) -> str:
    """The text of a file, if it is UTF-8 and no larger than ``limit``.

    Parameters
    ----------
    path : Path
    limit : int
        Largest size accepted. [bytes]

    Raises
    ------
    FactError
        If the file is missing, too large or not UTF-8; the message says what to do.
    """
    try:
        size = path.stat().st_size
    except OSError as error:
        raise FactError(f"{path}: cannot be read ({error.strerror}). Check the path and its rights.") from None
    if size > limit:
        raise FactError(
            f"{path}: has {size:,} bytes, more than the {limit:,} that are accepted. Split it into smaller files."
        )
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise FactError(f"{path}:{line}: holds a byte that is not UTF-8. Save the file as UTF-8.") from None


def read_yaml(path: Path, limit: int = MAX_YAML_BYTES) -> Any:
    """What a YAML file holds: plain lists, mappings, text, numbers and dates.

    Aliases are refused, since a few nested ones expand to gigabytes; so are tags that would build
    objects.

    Raises
    ------
    FactError
        If the file is too large, not UTF-8, not YAML, or uses aliases; file and line are named.

    Examples
    --------
    >>> import tempfile
    >>> folder = Path(tempfile.mkdtemp())
    >>> _ = (folder / "a.yaml").write_text("a: 1")
    >>> read_yaml(folder / "a.yaml")
    {'a': 1}
    >>> _ = (folder / "b.yaml").write_text("a: &x [1]" + chr(10) + "b: *x")
    >>> read_yaml(folder / "b.yaml")  # doctest: +ELLIPSIS
    Traceback (most recent call last):
    ...
    lodestone.errors.FactError: ...b.yaml:2: uses an alias (*). Write the value out where it is used.
    """
    text = read_text(path, limit)
    try:
        if _MAYBE_ALIAS.search(text):
            refuse_aliases(path, text)
        return yaml.load(text, Loader=Loader)  # a safe loader, in C where built  # nosec B506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{path}:{mark.line + 1}" if mark else str(path)
        problem = getattr(error, "problem", None) or "cannot be parsed"
        raise FactError(f"{place}: is not YAML as expected ({problem}). Mend that line.") from None
    except (ValueError, RecursionError) as error:
        raise FactError(
            f"{path}: cannot be read as YAML ({error}). Write dates as YYYY-MM-DD and nest less deeply."
        ) from None


def refuse_aliases(path: Path, text: str) -> None:
    """Raise `FactError` with the line of the first alias in ``text``, if there is one."""
    for event in yaml.parse(text, Loader=Loader):
        if isinstance(event, yaml.AliasEvent):
            line = event.start_mark.line + 1 if event.start_mark else 1
            raise FactError(f"{path}:{line}: uses an alias (*). Write the value out where it is used.")
