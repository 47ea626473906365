"""Governance scores the data hold, by economy; what they do not hold bounds an index and is never filled in."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pandas as pd


@dataclass(frozen=True)
class Governance:
    """``score`` by economy on the index's scale, ``worst`` its upper end (the lower is 0), ``source`` in words."""

    score: dict[str, float]
    worst: float
    source: str

    def missing(self, economies: list[str]) -> list[str]:
        """Those of some economies that have no score, in order."""
        return [economy for economy in economies if economy not in self.score]


def mean_of_six(folder: Path) -> Governance:
    """Mean of the six worldwide governance estimates, 2016 to 2019. [-2.5 to 2.5]

    Parameters
    ----------
    folder : Path
        Data folder; the table of ``checks/eu-supply-risk-2023``, the only one the data hold.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> round(mean_of_six(data_folder()).score["CHN"], 3)
    -0.36
    """
    table = pd.read_csv(folder / "checks" / "eu-supply-risk-2023" / "governance.csv", index_col="economy")
    score = {str(label): float(value) for label, value in table["mean_2016_19"].items()}
    return Governance(score, 2.5, "mean of the six governance estimates 2016 to 2019")


def political_instability(folder: Path) -> Governance:
    """Political stability alone, turned round and scaled, 2022. [0 to 1]

    Parameters
    ----------
    folder : Path
        Data folder; the tables of ``checks/geopolrisk-2022``.

    Examples
    --------
    >>> from lodestone.facts.place import data_folder
    >>> round(political_instability(data_folder()).score["CHN"], 3)
    0.588
    """
    place = folder / "checks" / "geopolrisk-2022"
    scores = pd.read_csv(place / "imports.csv").drop_duplicates("exporter_iso_numeric")
    labels = pd.read_csv(place / "exporters.csv").set_index("exporter_iso_numeric")["economy"]
    named = scores.set_index("exporter_iso_numeric")["instability_0_1"]
    score = {str(label): float(named[code]) for code, label in labels.items() if code in named.index}
    return Governance(score, 1.0, "political stability 2022")
