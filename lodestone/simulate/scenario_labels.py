"""The labels a scenario may use, read from the label and topology tables of a data folder."""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

from lodestone.simulate.scenario_fields import FORMS, ScenarioLabels


def read_scenario_labels(folder: Path) -> ScenarioLabels:
    """The label sets of ``labels/`` and ``topology/`` below a data folder.

    Economies are those of the network and of the measures catalogue; an aggregate and a group of
    today's members are groups. A table that is not there leaves its kind of label unchecked.
    """
    labels = folder / "labels"
    network = _rows(labels / "economies.csv")
    single = {row["label"] for row in network if row["kind"] != "aggregate"}
    economies = single | {row["label"] for row in _rows(labels / "fact_economies.csv") if row["kind"] == "economy"}
    groups = {row["label"]: tuple(row["members"].split()) for row in network if row["members"]}
    today = dt.date.max.isoformat()
    for row in _rows(labels / "groups.csv"):
        if (row["to"] or today) == today and row["group"] not in groups:
            members = [r["member"] for r in _rows(labels / "groups.csv") if r["group"] == row["group"] and not r["to"]]
            groups[row["group"]] = tuple(_in_network(members, network, single))
    elements = _rows(labels / "elements.csv")
    topology = sorted((folder / "topology").glob("*/products.csv"))
    processes = [row for path in topology for row in _rows(path.with_name("processes.csv"))]
    return ScenarioLabels(
        elements=_set(elements, "label"),
        economies=frozenset(economies) or None,
        sectors=_set(_rows(labels / "sectors.csv"), "label"),
        products=_set([row for path in topology for row in _rows(path)], "product"),
        stages=_set(processes, "stage"),
        materials=frozenset({path.parent.name for path in topology} | {row["name"] for row in elements}) or None,
        forms=frozenset(FORMS),
        groups=groups,
    )


def _in_network(members: list[str], network: list[dict[str, str]], single: set[str]) -> list[str]:
    """Members as the network knows them: one that lies inside another economy gives that economy."""
    found: list[str] = []
    for member in members:
        inside = [row["label"] for row in network if row["label"] in single and member in row["members"].split()]
        label = inside[0] if inside else member
        if label not in found:
            found.append(label)
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


def _set(rows: list[dict[str, str]], column: str) -> frozenset[str] | None:
    return frozenset(row[column] for row in rows if row.get(column)) or None
