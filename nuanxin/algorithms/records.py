"""How often a door was found open: counts by kind of day and two-hour band, and how they are kept.

A finding says most about its own cell, something about the rest of such days and about the same
hours of other days, and a little about everything else: a door that is for show is shut at all of
them. It is therefore counted in every cell, in units, and the prior of ``openness.py`` reads units.
``docs/adr/0002-openness.md`` tells how the units were chosen.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

__all__ = ["BANDS", "CELLS", "NO_HOURS_RATE", "UNITS", "count_findings", "spread_counts"]

BANDS: Final = 12
CELLS: Final = 48
OWN_UNITS: Final = 24
NEAR_UNITS: Final = 6
FAR_UNITS: Final = 2
FULL: Final = 255
NO_HOURS_RATE: Final = 0.2
"""Stands for the host type's rate at a door without posted hours: shut until it is seen open."""

Counts = NDArray[np.uint8]


def _units() -> Counts:
    kind, band = np.divmod(np.arange(CELLS), BANDS)
    is_near = (kind[:, None] == kind) | (band[:, None] == band)
    units = np.where(is_near, NEAR_UNITS, FAR_UNITS).astype(np.uint8)
    np.fill_diagonal(units, OWN_UNITS)
    return units


UNITS: Final = _units()
"""Shape (48, 48): what a finding in the row's cell adds to each column's cell."""
_OWN_ONLY: Final = np.eye(CELLS, dtype=np.uint8) * OWN_UNITS


def count_findings(
    hits: Counts,
    times: Counts,
    *,
    cell: NDArray[np.int64],
    is_open: NDArray[np.bool_],
    has_hours: NDArray[np.bool_],
) -> tuple[Counts, Counts]:
    """Return the records of some doors after one more finding at each.

    Parameters
    ----------
    hits, times
        Records so far, shape (m, 48), units of findings *open* and of all findings.
    cell
        Cell of each finding, shape (m,), kind of day times 12 plus two-hour band.
    is_open
        What was found, shape (m,).
    has_hours
        Whether the door posts hours, shape (m,). Without them nobody knows at which hours it means
        to be open, so a finding is counted in its own cell only.

    Returns
    -------
    hits, times
        New arrays of the same shape. A cell that would pass 255 units of findings is halved first,
        both counts rounded up, so that a door looked at often forgets.
    """
    units = np.where(has_hours[:, None], UNITS[cell], _OWN_ONLY[cell]).astype(np.int64)
    before = np.stack([hits, times]).astype(np.int64)
    kept = np.where(before[1] + units > FULL, (before + 1) // 2, before)
    after = kept + np.stack([units * is_open[:, None], units])
    found, seen = after.astype(np.uint8)
    return found, seen


def spread_counts(hits: NDArray[np.int64], times: NDArray[np.int64]) -> tuple[Counts, Counts]:
    """Return records for doors with posted hours, of which only plain counts by cell are known.

    Parameters
    ----------
    hits, times
        Findings *open* and all findings in each cell, shape (n, 48).

    Returns
    -------
    hits, times
        Units as `count_findings` counts them, shape (n, 48); a cell above 255 is halved until it fits.
    """
    units = np.stack([hits, times]) @ UNITS.astype(np.int64)
    while (is_full := units[1] > FULL).any():
        units = np.where(is_full, (units + 1) // 2, units)
    found, seen = units.astype(np.uint8)
    return found, seen
