"""What every indicator asks of its arguments: the dimensions it names, numbers everywhere, equal labels."""

from __future__ import annotations

from typing import Any

import numpy as np
import xarray as xr

from lodestone.errors import BalanceError, LabelError


def require_dims(array: xr.DataArray, name: str, *dims: str) -> None:
    """Refuse an array without the dimensions a function works along.

    Raises
    ------
    LabelError
        If one of ``dims`` is missing.

    Examples
    --------
    >>> require_dims(xr.DataArray([1.0], dims="economy"), "share", "economy")
    """
    missing = [dim for dim in dims if dim not in array.dims]
    if missing:
        raise LabelError(
            f"{name} has dimensions ({', '.join(map(str, array.dims))}) and lacks {', '.join(missing)}. "
            "Name the dimension, e.g. with DataArray(values, dims=(...))."
        )


def require_finite(array: xr.DataArray, name: str, *, negative: bool = False) -> None:
    """Refuse NaN and infinity, and negative numbers unless ``negative``.

    Raises
    ------
    BalanceError
        Naming the first offending cell.

    Examples
    --------
    >>> require_finite(xr.DataArray([0.0, 1.0], dims="economy"), "share")
    """
    values = np.asarray(array.values, dtype=float)
    bad = ~np.isfinite(values)
    if bad.any():
        raise BalanceError(
            f"{name} of {first_place(array, bad)} is not a number. "
            "Absent is not zero: leave the label out, or state the value."
        )
    if not negative and (values < 0).any():
        raise BalanceError(
            f"{name} of {first_place(array, values < 0)} is {values[values < 0][0]:.4g}, below zero. "
            "Check its sign and unit."
        )


def align_exactly(**arrays: xr.DataArray) -> tuple[xr.DataArray, ...]:
    """The arrays, on the same labels in the same order; labels that differ are an error.

    Raises
    ------
    LabelError
        If two arrays carry different labels along a shared dimension.

    Examples
    --------
    >>> one = xr.DataArray([1.0], dims="economy", coords={"economy": ["A"]})
    >>> two = xr.DataArray([1.0], dims="economy", coords={"economy": ["B"]})
    >>> align_exactly(supply=one, demand=two)
    Traceback (most recent call last):
    ...
    lodestone.errors.LabelError: supply and demand differ along economy: only one has A, B. ...
    """
    first_name, first = next(iter(arrays.items()))
    aligned = []
    for name, array in arrays.items():
        for dim in array.dims:
            if dim in first.dims and dim in array.indexes and dim in first.indexes:
                _same_labels(first_name, first, name, array, dim)
        try:
            aligned.append(array.reindex_like(first) if array is not first else array)
        except ValueError as error:
            raise LabelError(
                f"{first_name} and {name} cannot be laid side by side: {error}. Give both the same labels."
            ) from error
    try:
        return tuple(xr.align(*aligned, join="exact"))
    except ValueError as error:
        names = ", ".join(arrays)
        raise LabelError(f"{names} differ in labels or size: {error}. Give them the same labels.") from error


def _same_labels(name: str, array: xr.DataArray, other: str, second: xr.DataArray, dim: Any) -> None:
    one, two = array.indexes[dim], second.indexes[dim]
    for owner, index in ((name, one), (other, two)):
        if index.has_duplicates:
            label = index[index.duplicated()][0]
            raise LabelError(f"{owner} holds {dim} {label} twice. Add the rows up or keep one.")
    odd = sorted(map(str, one.symmetric_difference(two)))
    if odd:
        raise LabelError(
            f"{name} and {other} differ along {dim}: only one has {', '.join(odd[:8])}. "
            "Give both the same labels, with 0 where there is none."
        )


def first_place(array: xr.DataArray, where: np.ndarray) -> str:
    """Labels of the first cell marked in ``where``, for a message.

    Examples
    --------
    >>> array = xr.DataArray([1.0, 2.0], dims="economy", coords={"economy": ["A", "B"]})
    >>> first_place(array, np.array([False, True]))
    'economy B'
    """
    at = np.argwhere(where)[0] if where.ndim else []
    parts = [
        f"{dim} {array.indexes[dim][place] if dim in array.indexes else place}"
        for dim, place in zip(array.dims, at, strict=True)
    ]
    return ", ".join(parts) or "the only cell"
