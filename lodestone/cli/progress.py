"""A progress line on standard error for anything that may take longer than two seconds."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(what: str, total: int) -> Iterator[Callable[[int, int], None]]:
    """A callback ``(done, total)`` that redraws one line, at most ten times a second; silent if not a terminal.

    What is begun is said at once, so that a long step without parts is announced too.
    """
    started, last = time.monotonic(), 0.0
    shown = sys.stderr.isatty()
    if shown:
        sys.stderr.write(f"\r{what} ...")
        sys.stderr.flush()

    def tick(done: int, of: int = total) -> None:
        nonlocal last
        now = time.monotonic()
        if shown and (now - last > 0.1 or done == of) and now - started > 0.5:
            last = now
            left = (now - started) / max(done, 1) * (of - done)
            sys.stderr.write(f"\r{what}: {done} of {of}, about {left:.0f} s left   ")
            sys.stderr.flush()

    try:
        yield tick
    finally:
        if shown:
            sys.stderr.write("\r" + " " * 100 + "\r")
