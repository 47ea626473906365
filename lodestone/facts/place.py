"""Where the curated data lies: beside the repository, inside the installed package, or elsewhere."""

from __future__ import annotations

import os
from pathlib import Path

from lodestone.errors import FactError

VARIABLE = "LODESTONE_DATA"


def data_folder() -> Path:
    """The folder that holds ``labels/`` and one folder for each producer.

    The environment variable ``LODESTONE_DATA`` goes first; then ``data/`` inside the package (an
    installed wheel); then ``data/`` beside the package (a checkout).

    Returns
    -------
    Path
        An existing folder with a folder ``labels`` in it.

    Raises
    ------
    FactError
        If ``LODESTONE_DATA`` names a folder without ``labels``, or no folder is found.

    Examples
    --------
    >>> (data_folder() / "labels").is_dir()
    True
    """
    named = os.environ.get(VARIABLE)
    if named:
        folder = Path(named).expanduser()
        if not (folder / "labels").is_dir():
            raise FactError(
                f"{VARIABLE} names {folder}, which holds no folder 'labels'. "
                f"Point it at a data folder, or unset it to use the data that comes with Lodestone."
            )
        return folder
    package = Path(__file__).resolve().parent.parent
    for folder in (package / "data", package.parent / "data"):
        if (folder / "labels").is_dir():
            return folder
    raise FactError(
        f"no data folder was found in {package} or beside it. Set {VARIABLE} to the folder that holds 'labels'."
    )
