"""Fixtures of the fact tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.facts.small_folder import Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A sound data folder of five rows, for one test to spoil."""
    return Place(tmp_path / "data")
