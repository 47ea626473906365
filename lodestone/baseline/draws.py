"""Draws of a baseline: each member perturbed from its own streams and projected again, then stacked."""

from __future__ import annotations

import hashlib

import numpy as np

from lodestone.baseline.build import Ingredients, Reconciled, reconcile_once
from lodestone.baseline.nouns import NetworkDraws
from lodestone.baseline.parameters import sampler
from lodestone.baseline.prior import PRIORS
from lodestone.rng import stream

KEPT_BITS = 44  # of 53 in a draw: relative 6e-14, far inside the balance of 1e-9 it is held to


def draw_network(base: Ingredients, version: str, seed: int, member: int) -> Reconciled:
    """Draw ``member``: parameters, prior and facts perturbed from their own streams, then projected again.

    Parameters
    ----------
    version : one of ``PRIORS``
    seed, member : int
        Key of every stream: a member can be drawn alone.

    Returns
    -------
    Reconciled

    Raises
    ------
    BalanceError, SolverError
        As `reconcile_once`.
    """

    def noise(name: str, size: int) -> np.ndarray:
        return stream(seed, f"baseline.noise:{name}", member).standard_normal(size)

    return reconcile_once(base, version, sampler(seed, member), noise)


def collect_draws(base: Ingredients, seed: int, drawn: list[Reconciled], version: str) -> NetworkDraws:
    """Stack draws in the row order of the network they belong to.

    Parameters
    ----------
    drawn : list of Reconciled
        At least one.
    version : str
        What the set is called: a prior, or "both".

    Returns
    -------
    NetworkDraws
        Its checksum is the digest of the cells of all draws.
    """
    first = base.cells.starts
    x = np.stack([one.solution.x for one in drawn])
    kept = _shortened(x)
    users = len(base.cells.use[["sector", "economy"]].drop_duplicates())
    activity = np.concatenate([kept[:, : first[1]], np.ones((len(drawn), users))], axis=1)
    taken = _shortened(np.stack([one.recipe.inputs["coefficient"].to_numpy() for one in drawn]))
    outputs = _shortened(np.stack([one.recipe.outputs["coefficient"].to_numpy() for one in drawn]))
    digest = hashlib.sha256(np.ascontiguousarray(x).tobytes()).hexdigest()
    return NetworkDraws(
        prior=version,
        seed=seed,
        trade=kept[:, first[1] : first[2]],
        activity=activity,
        input_coefficient=np.concatenate([taken, kept[:, first[3] :]], axis=1),
        output_coefficient=outputs,
        stock_change=kept[:, first[2] : first[3]],
        checksum=digest,
    )


def _shortened(values: np.ndarray) -> np.ndarray:
    """Numbers to ``KEPT_BITS`` of mantissa: what lies below is noise that only makes files larger."""
    mantissa, exponent = np.frexp(values)
    return np.asarray(np.ldexp(np.round(mantissa * 2.0**KEPT_BITS) / 2.0**KEPT_BITS, exponent))


def version_of(member: int) -> str:
    """Which prior a member of a mixed set of draws takes: they alternate.

    >>> version_of(0) == version_of(2) != version_of(1)
    True
    """
    return PRIORS[member % len(PRIORS)]
