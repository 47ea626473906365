"""Where the scenario files lie: beside the repository, inside the installed package, or elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from lodestone.errors import ScenarioError

VARIABLE = "LODESTONE_SCENARIOS"


def scenario_folder() -> Path:
    """The folder of scenario files.

    The environment variable ``LODESTONE_SCENARIOS`` goes first; then ``scenarios/`` inside the
    package (an installed wheel); then ``scenarios/`` beside the package (a checkout).

    Raises
    ------
    ScenarioError
        If the variable names no folder, or none is found.

    Examples
    --------
    >>> (scenario_folder() / "announcement-18.yaml").exists()
    True
    """
    named = os.environ.get(VARIABLE)
    if named:
        folder = Path(named).expanduser()
        if not folder.is_dir():
            raise ScenarioError(f"{VARIABLE} names {folder}, which is no folder. Point it at scenario files.")
        return folder
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "scenarios", package.parent / "scenarios"):
        if folder.is_dir():
            return folder
    raise ScenarioError(f"no folder of scenarios was found in {package} or beside it. Set {VARIABLE}.")
