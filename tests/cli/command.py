"""One command run as a user runs it: its exit code and what it printed."""

from __future__ import annotations

import pytest

from lodestone.cli import main


def told_by(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    """Exit code, standard output and standard error of ``lodestone WORDS``."""
    code = 0
    try:
        main(words)
    except SystemExit as end:
        code = int(end.code or 0)
    told = capsys.readouterr()
    return code, told.out, told.err
