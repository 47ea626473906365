"""A material of one mine: ore, oxides, metals, an alloy, a magnet, a part; two economies, two elements.

The mine in AAA digs 200 t of oxide a year, of which 80 % is Nd2O3 and 20 % Dy2O3. Both economies
separate, reduce, cast and shape; swarf of the magnet shops goes back to a separator in AAA; motors and
pumps take the part, glass takes a tenth of the oxide. Every test may change rows before it gathers.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Mapping
from pathlib import Path

from lodestone.baseline.build import Ingredients, gather
from lodestone.facts.nouns import COLUMNS, FactTable
from lodestone.facts.read import read_facts
from lodestone.facts.sources import file_checksum

MATERIAL, YEAR = "toy", 2024
HERE, THERE = "AAA", "BBB"
SOURCES = """\
checksum: {checksum}
sources:
- {{id: office, producer: Office, title: Yearbook, edition: '2025', published: '2025-01', read: '2026-01-10',
   address: here, licence: facts only, tier: A, calendar: customs}}
- {{id: gazette, producer: Gazette, title: Page, edition: '2025', published: '2025-02', read: '2026-01-10',
   address: there, licence: facts only, tier: B}}
"""
TABLES = {
    "products": """\
product,kind,stage,form,hs,content_low,content,content_high,composition,home_share,note
ore,basket,mine,ore,253090,0.4,0.5,0.6,deposit:Alpha,0,
oxide_nd,oxide,separation,oxide,284690,0.85,0.857,0.86,element:Nd,0.5,
oxide_dy,oxide,separation,oxide,284690,0.86,0.871,0.88,element:Dy,0.5,
metal_nd,metal,metal,metal,280530,0.99,0.99,0.99,element:Nd,0.6,
metal_dy,metal,metal,metal,280530,0.99,0.99,0.99,element:Dy,0.6,
alloy_hot,alloy,alloy,alloy,720299,0.3,0.32,0.34,grade:hot,0.9,
magnet_hot,magnet,magnet,magnet,850511,0.28,0.3,0.32,grade:hot,0.5,
swarf_hot,scrap,magnet,scrap,720449,0.25,0.3,0.35,grade:hot,0.2,
component_motor,component,component,component,850131,0.02,0.03,0.04,mix:motor,0.5,
""",
    "grades": "grade,element,low,central,high\nhot,Nd,0.85,0.9,0.93\nhot,Dy,0.07,0.1,0.15\n",
    "mixes": "component,grade,share\nmotor,hot,1\n",
    "processes": """\
process,stage,rule,input,output,yield_low,yield,yield_high,scrap,scrap_collected
dig,mine,mine,,ore,,,,,
separate,separation,separate,ore,oxide_*,0.85,0.9,0.95,,
reduce_nd,metal,convert,oxide_nd,metal_nd,0.9,0.95,0.98,,
reduce_dy,metal,convert,oxide_dy,metal_dy,0.9,0.95,0.98,,
cast,alloy,blend,metal_*,alloy_hot,0.95,0.97,0.99,,
shape,magnet,shape,alloy_hot,magnet_hot,0.6,0.7,0.75,swarf_hot,0.9
recycle,recycling,separate,swarf_hot,oxide_*,0.85,0.9,0.95,,
assemble,component,assemble,magnet_*,component_motor,1,1,1,,
""",
    "makers": """\
process,economy,weight,amount_reo
dig,AAA,1,
separate,AAA,0.8,
separate,BBB,0.2,
reduce_nd,AAA,0.7,
reduce_nd,BBB,0.3,
reduce_dy,AAA,0.7,
reduce_dy,BBB,0.3,
cast,AAA,0.75,
cast,BBB,0.25,
shape,AAA,0.75,
shape,BBB,0.25,
recycle,AAA,1,
assemble,AAA,0.5,
assemble,BBB,0.5,
""",
    "uses": """\
sector,product,basis,low,central,high,essential
motors,component_motor,amount,50,60,70,yes
pumps,component_motor,amount,15,20,25,no
glass,oxide_nd,supply_share,0.05,0.1,0.15,no
""",
    "drivers": """\
sector,variable,product,period,source,world_source
motors,table,,,,
pumps,value_added,machines,2024,office,office
glass,table,,,,
""",
    "sector_weights": "sector,economy,weight\nmotors,AAA,3\nmotors,BBB,2\nglass,AAA,1\nglass,BBB,1\n",
    "fill": "economy,weight\nBBB,1\n",
    "material": """\
key,value,reason
words,toy,
base_year,2024,the only year
traded_stages,separation;metal,
traded_words,compounds and metals,
look_stages,mine;separation;metal;magnet,
headline_stage,magnet,
headline_words,magnets,
part_stages,magnet;component,
part_words,magnets and parts,
bottleneck_stage,separation,
bottleneck_words,separation,
bottleneck_note,,
layers,mine;separation;metal;alloy;magnet;component;use,
thin,Made up.,
""",
}
OBSERVATION = (
    "name", "mode", "value", "variable", "product", "element", "economy", "partner", "period", "source", "cell",
    "products", "origin", "destination", "processes", "measure", "factor", "sd_rel", "over_products",
    "over_origin", "over_destination", "over_processes",
)  # fmt: skip
ASSUMED = {
    "baseline.sd.tier.A": 0.05,
    "baseline.sd.tier.B": 0.15,
    "baseline.sd.derived": 0.05,
    "baseline.sd.age": 0.05,
    "baseline.sd.prior.activity": 0.4,
    "baseline.sd.prior.trade": 1.0,
    "baseline.sd.prior.stock": 1.0,
    "baseline.sd.prior.use": 0.3,
    "baseline.sd.prior.mine": 0.3,
    "baseline.sd.prior.floor": 0.02,
    "baseline.sd.prior.opening": 0.2,
    "capacity.spare.magnet": 0.2,
}


def table(columns: tuple[str, ...], rows: list[dict[str, str]]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


class SmallMaterial:
    """The tables, facts and assumptions above, to be changed and then written into a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.tables = dict(TABLES)
        self.assumed = dict(ASSUMED)
        self.facts: list[dict[str, str]] = []
        self.observations: list[dict[str, str]] = []
        self.rename: Mapping[str, str] = {}
        for element, share in (("Nd", 80.0), ("Dy", 20.0)):
            self.fact("basket_share", "Alpha", share, unit="%", element=element)
        self.fact("value_added", "machines", 100.0, economy="WLD", unit="USD")
        self.fact("value_added", "machines", 30.0, economy=HERE, unit="USD")
        self.see("mine", "mine_production", "ore", 200.0, economy=HERE, cell="output", products="ore", measure="oxide")

    def fact(self, variable: str, product: str, value: float, **cells: str) -> str:
        """Add a fact; returns its id."""
        name = f"one/{variable}/{len(self.facts)}"
        row = {"period": "2024", "unit": "t", "basis": "oxide", "status": "reported", "tier": "A"}
        row |= {"source": "office", "locator": "table 1", "known_from": "2025-01-31"}
        row |= {"id": name, "variable": variable, "product": product, "value": repr(value)} | cells
        self.facts.append(row)
        return name

    def see(
        self, name: str, variable: str, product: str, value: float, *, economy: str = "", partner: str = "",
        tier: str = "A", known_from: str = "2025-01-31", mode: str = "total", **cells: str,
    ) -> str:  # fmt: skip
        """Add a fact and the observation that reads it; returns the fact's id."""
        source = "office" if tier == "A" else "gazette"
        both = {"economy": economy, "partner": partner, "source": source}
        self.observations.append(
            {"name": name, "mode": mode, "variable": variable, "product": product, "period": "2024", "cell": "trade"}
            | {"measure": "contained", "factor": "1", "sd_rel": "0"}
            | both
            | cells
        )
        return self.fact(variable, product, value, tier=tier, known_from=known_from, **both)

    def magnets(self, name: str, value: float, **more: str) -> str:
        """A fact about magnets shipped from AAA to BBB, in contained tonnes."""
        places = {"economy": HERE, "partner": THERE, "origin": HERE, "destination": THERE}
        return self.see(
            name, "trade_quantity", f"magnets {name}", value, **({"products": "magnet_hot"} | places | more)
        )

    def edit(self, name: str, old: str, new: str) -> None:
        """Replace a text that stands once in one of the tables."""
        assert self.tables[name].count(old) == 1, (name, old)
        self.tables[name] = self.tables[name].replace(old, new)

    def write(self) -> Path:
        """Write everything; economies take the names of ``rename``."""
        place, edition = self.folder / "topology" / MATERIAL, self.folder / "one" / "2025"
        for folder in (place, edition, self.folder / "labels", self.folder / "assumptions"):
            folder.mkdir(parents=True, exist_ok=True)
        tables = {**self.tables, "observations": table(OBSERVATION, self.observations)}
        for name, text in tables.items():
            (place / f"{name}.csv").write_text(self._renamed(text), encoding="utf-8")
        (self.folder / "labels" / "elements.csv").write_text(
            "label,atomic_weight,metal_atoms,oxygen_atoms\nNd,144.24,2,3\nDy,162.5,2,3\n", encoding="utf-8"
        )
        economies = "label,members,kind\nAAA,,economy\nBBB,,economy\nWLD,AAA BBB,aggregate\n"
        (self.folder / "labels" / "economies.csv").write_text(self._renamed(economies), encoding="utf-8")
        columns = ("id", "name", "scope", "low", "central", "high", "unit", "distribution", "reason", "origin")
        assumed = [
            {"id": key, "low": repr(x), "central": repr(x), "high": repr(x), "distribution": "fixed", "reason": "toy"}
            for key, x in self.assumed.items()
        ]
        (self.folder / "assumptions" / "assumptions.csv").write_text(table(columns, assumed), encoding="utf-8")
        facts = edition / "facts.csv"
        facts.write_text(self._renamed(table(COLUMNS, self.facts)), encoding="utf-8")
        (edition / "source.yaml").write_text(SOURCES.format(checksum=file_checksum(facts)), encoding="utf-8")
        return self.folder

    def _renamed(self, text: str) -> str:
        for old, new in self.rename.items():
            text = text.replace(old, new)
        return text

    def known(self, as_of: str = "") -> FactTable:
        """The facts as read back from the written folder."""
        return read_facts(self.write(), dt.date.fromisoformat(as_of) if as_of else None)

    def gather(self, as_of: str = "") -> Ingredients:
        """What a reconciliation of this material starts from."""
        facts = self.known(as_of)
        return gather(self.folder, MATERIAL, YEAR, facts)
