"""Bounds that let the finder pass over stations without judging them."""

import numpy as np
from numpy.typing import NDArray

STEPS = 255
"""A floor of the cost is kept in so many steps of the cost of a shut door."""
NEVER_S = 0


def cost_floors(
    hits: NDArray[np.uint8],
    times: NDArray[np.uint8],
    host_rates: NDArray[np.float64],
    lasting: NDArray[np.float64],
    *,
    strength: float,
) -> NDArray[np.uint8]:
    """Return for each cell and station a floor of 1 - p, the risk of a shut door.

    Parameters
    ----------
    hits, times
        Records, shape (n, cells).
    host_rates
        Rate of each station's host type, shape (n, cells), strictly between 0 and 1.
    lasting
        Most log-odds that the evidence can add, shape (n,), not negative.
    strength
        Weight of the host type's rate, in visits.

    Returns
    -------
    np.ndarray
        Shape (cells, n), uint8, in steps of 1 / ``STEPS``, rounded down.
    """
    floors = np.empty((hits.shape[1], hits.shape[0]), dtype=np.uint8)
    boost = np.exp(np.minimum(lasting, 700.0))
    for cell in range(hits.shape[1]):
        open_rate = hits[:, cell] + strength * host_rates[:, cell]
        shut_rate = times[:, cell] + strength - open_rate
        risk = shut_rate / (shut_rate + open_rate * boost)
        # a hair less, so that no rounding puts the floor above the risk
        floors[cell] = np.floor(risk * (STEPS * (1.0 - 1e-9)))
    return floors


def inside_latest(
    at_s: NDArray[np.uint32], weight: NDArray[np.float32], is_inside: NDArray[np.bool_]
) -> NDArray[np.uint32]:
    """Return the moment of each station's youngest positive evidence from inside.

    Parameters
    ----------
    at_s, weight
        Evidence by kind, shape (n, kinds), epoch seconds and signed log-odds.
    is_inside
        Which kinds come from inside, shape (kinds,).

    Returns
    -------
    np.ndarray
        Shape (n,), uint32, epoch seconds; 0 for none.
    """
    counts = (weight > 0) & is_inside
    latest: NDArray[np.uint32] = np.where(counts, at_s, np.uint32(NEVER_S)).max(axis=1)
    return latest
