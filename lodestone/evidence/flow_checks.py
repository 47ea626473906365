"""Published checks of flows and tables: reconciliation, RAS."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from lodestone.baseline.ras import odds_ratio, ras
from lodestone.baseline.reconcile import UNDETERMINABLE, reconcile
from lodestone.baseline.system_file import read_flow_system


def cencic(folder: Path) -> dict[str, float]:
    """The worked example of Cencic (2016): values, sds, path, observability.

    The second to last constraint's coefficient is what makes the last two flows determinable; the
    example is run once with and once without it.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(cencic(data_folder() / "checks" / "cencic-2016")["value flow1"], 5)
    102.42596
    """
    system = read_flow_system(folder / "system.yaml")
    result = reconcile(system.variables, system.constraints)
    figures: dict[str, float] = {}
    for variable in system.variables:
        if variable.name == "TC67":
            continue
        figures[f"value {variable.name}"] = float(result.table.at[variable.name, "value"])
        if variable.value is None or variable.sd is not None:
            figures[f"sd {variable.name}"] = float(result.table.at[variable.name, "sd"])
    without = [replace(v, value=None) if v.name == "TC67" else v for v in system.variables]
    kinds = reconcile(without, system.constraints).table["observability"]
    hidden = kinds.index[kinds == UNDETERMINABLE]
    figures["iterations"] = float(result.iterations)
    figures["flow1 after one iteration"] = float(result.first_iteration["flow1"])
    figures["objective"] = result.objective
    figures[f"undeterminable without the split ({', '.join(hidden)})"] = float(len(hidden))
    return figures


def ras_table(folder: Path) -> dict[str, float]:
    """A seed scaled to totals, every cell, and an odds ratio the scaling must not touch.

    Examples
    --------
    >>> from lodestone.facts import data_folder
    >>> round(ras_table(data_folder() / "checks" / "ras")["odds ratio of the first block"], 6)
    10.730683
    """
    rows = pd.read_csv(folder / "seed.csv", index_col="row")
    columns = [name for name in rows.columns if name != "row_target"]
    seed = rows.drop("column_target")
    table = ras(
        seed[columns].to_numpy(float),
        seed["row_target"].to_numpy(float),
        rows.loc["column_target", columns].to_numpy(float),
        tolerance=1e-14,
    )
    figures = {
        f"cell {row},{column}": float(table[i, j])
        for i, row in enumerate(seed.index)
        for j, column in enumerate(columns)
    }
    figures["odds ratio of the first block"] = odds_ratio(table, (0, 1), (0, 1))
    return figures
