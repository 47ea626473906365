"""What one run of the chain stands on, gathered before anything is asked of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lodestone.baseline.material import Material
from lodestone.baseline.nouns import Network
from lodestone.baseline.store import Baseline
from lodestone.facts.assumptions import Assumption
from lodestone.facts.nouns import FactTable
from lodestone.simulate.blueprint import UserFigures
from lodestone.simulate.controls import Controls
from lodestone.simulate.nouns import Scenario


@dataclass(frozen=True)
class Setting:
    """Facts, baseline, scenario and what the scenario does to the network. ``network`` has prices; ``about`` its words.

    ``user`` holds a user's own stocks and demand, ``user_files`` the checksum of each of their files.
    """

    folder: Path
    facts: FactTable
    assumptions: dict[str, Assumption]
    scenario: Scenario
    baseline: Baseline
    network: Network
    price_facts: dict[str, tuple[str, ...]]
    controls: Controls
    about: Material
    user: UserFigures = field(default_factory=UserFigures)
    user_files: Mapping[str, str] = field(default_factory=dict)

    def checksums(self) -> dict[str, str]:
        """The inputs of the run, each with its checksum."""
        table = hashlib.sha256((self.folder / "assumptions" / "assumptions.csv").read_bytes()).hexdigest()
        return {
            "facts": self.facts.checksum,
            "assumptions": table,
            "baseline": self.baseline.checksum,
            "baseline draws": self.baseline.draws.checksum,
            "scenario": self.scenario.checksum,
            **self.user_files,
        }
