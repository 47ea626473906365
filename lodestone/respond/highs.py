"""The solver: a programme handed over to HiGHS, and options that are known to hold.

HiGHS refuses an option it does not know and then runs with the old one, so the answer to every option is
read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from lodestone.errors import SolverError

if TYPE_CHECKING:
    from highspy import Highs
    from linopy import Model

Option = str | int | float | bool


def in_solver(model: Model) -> Highs:
    """The programme as HiGHS holds it, silent; columns and rows in the order of linopy's labels.

    Parameters
    ----------
    model : linopy.Model

    Returns
    -------
    highspy.Highs
    """
    from linopy.io import to_highspy

    highs = to_highspy(model)
    set_options(highs, {"output_flag": False})
    return highs


def set_options(highs: Highs, options: Mapping[str, Option]) -> None:
    """Set options of HiGHS and read back that each holds.

    Parameters
    ----------
    highs : highspy.Highs
    options : mapping of str to value

    Raises
    ------
    SolverError
        Naming every option that was refused; the solver would have gone on with the old ones.

    Examples
    --------
    >>> import highspy
    >>> set_options(highspy.Highs(), {"output_flag": False, "solver": "no such method"})
    Traceback (most recent call last):
    ...
    lodestone.errors.SolverError: HiGHS refused the option solver = 'no such method'. ...
    """
    import highspy

    refused = []
    for name, value in options.items():
        answer = highs.setOptionValue(name, value)
        read, held = highs.getOptionValue(name)
        if answer != highspy.HighsStatus.kOk or read != highspy.HighsStatus.kOk or held != value:
            refused.append(f"{name} = {value!r}")
    if refused:
        raise SolverError(
            f"HiGHS refused the option {', '.join(refused)}. Take it out, or give a value that the installed HiGHS knows."
        )
