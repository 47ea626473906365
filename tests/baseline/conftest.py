"""The small material, fresh for each test."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.baseline.small_material import SmallMaterial


@pytest.fixture
def small(tmp_path: Path) -> SmallMaterial:
    return SmallMaterial(tmp_path)
