"""What a host can give: the most of a by-product that a process can recover in an economy.

A by-product is not mined for itself. Its host (liquor of another metal's refinery, a residue, a fly ash)
passes by in tonnes a year, holds so many grams a tonne, and only a share of that can be got out. The three
are rows of the assumption table, each with its range:

    limit = host_tonnes x host_content x host_recovery

A price lifts recovery to this limit and no further.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from lodestone.errors import Fault, Faults
from lodestone.facts.assumptions import Assumption

RECOVER = "recover"  # the rule of a process that has a host
FACTORS = ("host_tonnes", "host_content", "host_recovery")  # t a year, g per t, share
GRAMS_PER_TONNE = 1e6

Value = Callable[[Assumption], float]


def host_rows(process: str, economy: str, assumptions: Mapping[str, Assumption]) -> tuple[Assumption, ...]:
    """The rows that make the limit of a process in an economy, the most exact scope first.

    Parameters
    ----------
    process, economy : str
    assumptions : mapping of Assumption by id
        ``host_tonnes:PROCESS@ECONOMY``, ``host_content:PROCESS``, ``host_recovery:PROCESS``; each may
        be given for the economy or for the process alone.

    Returns
    -------
    tuple of Assumption
        One for each of ``FACTORS``; empty where the process has no host tonnage.
    """
    found = []
    for factor in FACTORS:
        names = (f"{factor}:{process}@{economy}", f"{factor}:{process}")
        row = next((assumptions[name] for name in names if name in assumptions), None)
        if row is None:
            return ()
        found.append(row)
    return tuple(found)


def host_limit(rows: tuple[Assumption, ...], value: Value = lambda row: row.central) -> float:
    """Most that can be recovered. [t contained element a year]

    Examples
    --------
    >>> rows = tuple(
    ...     Assumption(name, "", "", low, low, low, unit, "fixed", "toy", "judgement")
    ...     for name, low, unit in (("host_tonnes", 4e6, "t"), ("host_content", 50.0, "g/t"), ("host_recovery", 0.5, ""))
    ... )
    >>> host_limit(rows)
    100.0
    """
    tonnes, content, recovery = (value(row) for row in rows)
    return tonnes * content * recovery / GRAMS_PER_TONNE


def node_hosts(nodes: pd.DataFrame, assumptions: Mapping[str, Assumption]) -> dict[int, tuple[Assumption, ...]]:
    """Row of each node that has a host, with the rows of its limit.

    Parameters
    ----------
    nodes : DataFrame with process, economy
    """
    found = {
        row: host_rows(str(process), str(economy), assumptions)
        for row, (process, economy) in enumerate(zip(nodes["process"], nodes["economy"], strict=True))
    }
    return {row: rows for row, rows in found.items() if rows}


def check_hosts(material: str, nodes: pd.DataFrame, assumptions: Mapping[str, Assumption]) -> None:
    """Refuse a recovery whose host is not stated.

    Parameters
    ----------
    nodes : DataFrame with process, economy, rule

    Raises
    ------
    Faults
        Each maker of a ``recover`` process without its three rows: all of them together.
    """
    known = node_hosts(nodes, assumptions)
    faults = [
        Fault(
            f"{material}/makers.csv", row + 2, "process",
            f"'{process}' in {economy} recovers a by-product and its host is not stated",
            f"Add host_tonnes:{process}@{economy}, host_content:{process} and host_recovery:{process} to assumptions.csv.",
        )
        for row, (process, economy, rule) in enumerate(zip(nodes["process"], nodes["economy"], nodes["rule"], strict=True))
        if rule == RECOVER and row not in known
    ]  # fmt: skip
    if faults:
        raise Faults(faults)
