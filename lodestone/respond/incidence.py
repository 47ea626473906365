"""Which entry of one index is of which label of another, as arrays of ones and noughts that programmes multiply by."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import xarray as xr


def index(dim: str, labels: Sequence[str]) -> dict[str, list[str]]:
    """The coordinate of one dimension."""
    return {dim: list(labels)}


def along(index: dict[str, list[str]], values: Sequence[Any]) -> xr.DataArray:
    """Values along one dimension."""
    return xr.DataArray(list(values), index, tuple(index))


def matches(index: dict[str, list[str]], of: Sequence[Any], labels: dict[str, list[Any]]) -> xr.DataArray:
    """1 where an entry is of a label; labels that are pairs are named "a|b"."""
    ((dim, _),), ((other, wanted),) = index.items(), labels.items()
    names = ["|".join(one) if isinstance(one, tuple) else one for one in wanted]
    met = np.array([[float(one == label) for label in wanted] for one in of]).reshape(len(of), len(wanted))
    return xr.DataArray(met, {**index, other: names}, (dim, other))


def incidence(index: dict[str, list[str]], of: Sequence[str], products: np.ndarray) -> xr.DataArray:
    """1 where an entry is of a product."""
    return matches(index, of, {"product": products.tolist()})


def same(dim: str, labels: np.ndarray, products: np.ndarray) -> xr.DataArray:
    """1 where a label is the product."""
    return incidence({dim: labels.tolist()}, labels.tolist(), products)


def above_zero(values: xr.DataArray, first: str, second: str) -> list[tuple[str, str]]:
    """Pairs of labels at which something is there, in the order of the first, then of the second."""
    at = np.argwhere(values.transpose(first, second).values > 0.0)
    return [(str(values[first].values[i]), str(values[second].values[j])) for i, j in at]
