"""How much memory is free, so that what would not fit is refused before it starts."""

from __future__ import annotations

from pathlib import Path


def available_memory() -> float:
    """Bytes that can be had without swapping; infinite where the system does not say."""
    try:
        lines = Path("/proc/meminfo").read_text("ascii").splitlines()
        held = next(line for line in lines if line.startswith("MemAvailable"))
        return float(held.split()[1]) * 1024.0
    except (OSError, StopIteration):
        return float("inf")
