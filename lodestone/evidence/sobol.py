"""First-order and total Sobol indices of groups of inputs, with the intervals SALib gives them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from lodestone.errors import ScenarioError

COLUMNS = ("group", "s1", "s1_conf", "st", "st_conf")


def sobol_indices(result: np.ndarray, groups: Sequence[str], seed: int) -> pd.DataFrame:
    """Share of a result's variance that each group explains alone, and with all it interacts with.

    Estimators of Saltelli et al. (2010) [1]_ as SALib has them: with V the variance over A and B,
    ``s1 = mean(B (AB_i - A)) / V`` and ``st = mean((A - AB_i)^2) / 2V``. They hold for any distribution of
    inputs that are independent between groups. An estimate may fall below 0 or above 1 by chance.

    Parameters
    ----------
    result : array (run,)
        In the order of `lodestone.simulate.crossed.CrossedDesign`.
    groups : sequence of str
    seed : int
        Of the resampling behind the intervals.

    Returns
    -------
    DataFrame with columns ``COLUMNS``
        By falling ``st``; ``*_conf`` is half the width of the 95 % interval. [fraction of variance]

    Raises
    ------
    ScenarioError
        If the result is the same in every run or not finite, or their number does not fit the groups.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> a, b = rng.random((2, 4000, 2))  # the result is x + 2 y: y explains 4 / 5
    >>> runs = np.column_stack([a @ [1, 2], b[:, 0] + 2 * a[:, 1],
    ...                         a[:, 0] + 2 * b[:, 1], b @ [1, 2]])
    >>> sobol_indices(runs.ravel(), ("x", "y"), seed=1)[["group", "st"]].round(1).values.tolist()
    [['y', 0.8], ['x', 0.2]]

    References
    ----------
    .. [1] A. Saltelli et al., Computer Physics Communications 181(2), 2010, doi:10.1016/j.cpc.2009.09.018.
    """
    from SALib.analyze import sobol  # brings a plotting library with it: half a second

    if len(result) == 0 or len(result) % (len(groups) + 2):
        raise ScenarioError(
            f"{len(result)} runs do not make whole samples of {len(groups) + 2}. Give them as the design orders them."
        )
    if not np.isfinite(result).all():
        raise ScenarioError("some run has no finite result. Cut it off at the horizon first.")
    if not np.ptp(result) > 0.0:
        raise ScenarioError(
            f"every run gives {result[0]:g}: there is no variance to share out. Ask for another headline or economy."
        )
    count = len(groups)
    problem = {"num_vars": count, "names": list(groups), "bounds": [[0.0, 1.0]] * count}
    found = sobol.analyze(problem, np.asarray(result, float), calc_second_order=False, seed=seed + 1)
    table = pd.DataFrame(
        {
            "group": list(groups),
            "s1": found["S1"],
            "s1_conf": found["S1_conf"],
            "st": found["ST"],
            "st_conf": found["ST_conf"],
        }
    )
    return table.sort_values("st", ascending=False, kind="stable", ignore_index=True)
