"""Grid cells over degrees: which points may lie within some metres of a place, and how many."""

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.geo import EARTH_RADIUS_M

M_PER_DEG: Final = EARTH_RADIUS_M * math.pi / 180.0
_SLACK: Final = 1.0 + 1e-9  # a hair, so that rounding leaves no point of the rim outside
_POLAR_DEG: Final = 89.0
_MOST_ROWS: Final = 512
_ROW_NUMBERS: Final = np.arange(_MOST_ROWS, dtype=np.int32)[:, None]


class Grid:
    """Points sorted by cell, so that the cells of one row of a box are one slice.

    Parameters
    ----------
    lat_deg, lon_deg
        Points, shape (n,), degrees.
    cell_deg
        Side of a cell, degrees of latitude and of longitude.
    """

    def __init__(
        self, lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], cell_deg: float
    ) -> None:
        self.cell_deg = cell_deg
        self.columns = _columns(cell_deg)
        keys = cell_keys(lat_deg, lon_deg, cell_deg)
        self.order = np.argsort(keys, kind="stable").astype(np.int32)
        self.keys = keys[self.order]
        self._rows = _ROW_NUMBERS * np.int32(self.columns)

    @property
    def nbytes(self) -> int:
        """Memory held, bytes."""
        return self.keys.nbytes + self.order.nbytes

    def near(
        self, lat_deg: float, lon_deg: float, reach_m: float
    ) -> tuple[NDArray[np.intp], float]:
        """Return at least all points within a distance, each once, and how far they are all.

        Parameters
        ----------
        lat_deg, lon_deg
            Place, degrees.
        reach_m
            Distance, metres, great circle.

        Returns
        -------
        indices : np.ndarray
            In no particular order; some may lie up to a cell beyond the box around the circle. Near
            a pole or the 180th meridian all points come.
        reached_m : float
            No point nearer than this is missing; not less than ``reach_m``.
        """
        half_lat = reach_m / M_PER_DEG * _SLACK
        rim = abs(lat_deg) + half_lat
        if rim >= _POLAR_DEG:
            return self.order.astype(np.intp), math.inf
        # the widest meridians of the circle lie at most this far: path length over least cosine
        half_lon = half_lat / math.cos(math.radians(rim)) * _SLACK
        cell, columns = self.cell_deg, self.columns
        first = int((lat_deg - half_lat + 90.0) / cell)
        count = int((lat_deg + half_lat + 90.0) / cell) - first + 1
        if abs(lon_deg) + half_lon >= 180.0 or count > _MOST_ROWS:
            return self.order.astype(np.intp), math.inf
        west = int((lon_deg - half_lon + 180.0) / cell)
        east = int((lon_deg + half_lon + 180.0) / cell) + 1
        left, right = first * columns + west, first * columns + east
        # int32 like the keys: another type would convert all of them for each question
        edges = self._rows[:count] + np.array((left, right), dtype=np.int32)
        order = self.order
        parts = [
            order[low:high] for low, high in self.keys.searchsorted(edges).tolist() if low < high
        ]
        found = np.concatenate(parts, dtype=np.intp) if parts else np.empty(0, dtype=np.intp)
        # whole cells come: how much further than asked, on the narrowest side
        over_lat = min(lat_deg + 90.0 - first * cell, (first + count) * cell - lat_deg - 90.0)
        over_lon = min(lon_deg + 180.0 - west * cell, east * cell - lon_deg - 180.0)
        flat = math.cos(math.radians(min(abs(lat_deg) + over_lat, 90.0)))
        return found, max(min(over_lat, over_lon * flat) * M_PER_DEG / _SLACK, reach_m)


class Density:
    """How many points lie around places, roughly: counts of cells of some sizes.

    Parameters
    ----------
    lat_deg, lon_deg
        Points, shape (n,), degrees.
    """

    _SIDES_DEG = (0.06, 0.3, 1.5)
    _ENTRY_BYTES = 100

    def __init__(self, lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]) -> None:
        self._levels = []
        for side_deg in self._SIDES_DEG:
            keys, counts = np.unique(cell_keys(lat_deg, lon_deg, side_deg), return_counts=True)
            found = dict(zip(keys.tolist(), counts.tolist(), strict=True))
            self._levels.append((side_deg, _columns(side_deg), found))

    @property
    def nbytes(self) -> int:
        """Memory held, bytes, as CPython lays out the dictionaries."""
        return sum(self._ENTRY_BYTES * len(counts) for _side, _columns, counts in self._levels)

    def radius_m(self, lat_deg: float, lon_deg: float, wanted: float) -> float:
        """Return about the distance within which so many points lie, metres; inf for a void."""
        per_deg2 = 0.0
        for side_deg, columns, counts in self._levels:
            row, column = int((lat_deg + 90.0) / side_deg), int((lon_deg + 180.0) / side_deg)
            count = counts.get(row * columns + column, 0)
            per_deg2 = count / (side_deg * side_deg)
            if count >= 0.5 * wanted:
                break
        if not per_deg2:
            return math.inf
        per_m2 = per_deg2 / (M_PER_DEG * M_PER_DEG * math.cos(math.radians(lat_deg)))
        return math.sqrt(wanted / (per_m2 * math.pi))


def _columns(cell_deg: float) -> int:
    return math.ceil(360.0 / cell_deg) + 1


def cell_keys(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], cell_deg: float
) -> NDArray[np.int32]:
    """Return the cell of each point, int32; the cells of a row from west to east follow each other."""
    row = np.floor((lat_deg + 90.0) / cell_deg).astype(np.int64)
    column = np.floor((lon_deg + 180.0) / cell_deg).astype(np.int64)
    return (row * _columns(cell_deg) + column).astype(np.int32)
