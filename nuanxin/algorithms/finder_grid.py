"""Grid cells over degrees: which points may lie within some metres of a place."""

import math

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.geo import EARTH_RADIUS_M

M_PER_DEG = EARTH_RADIUS_M * math.pi / 180.0
_SLACK = 1.0 + 1e-9  # a hair, so that rounding leaves no point of the rim outside
_POLAR_DEG = 89.0


class Grid:
    """Points sorted by cell, so that the cells of one row of a box are one slice.

    Parameters
    ----------
    lat_deg, lon_deg
        Points, shape (n,), degrees.
    cell_deg
        Side of a cell, degrees of latitude and of longitude.
    is_sorted
        Whether the points already come in the order of ``cell_keys``; then no order is kept.
    """

    def __init__(
        self,
        lat_deg: NDArray[np.float64],
        lon_deg: NDArray[np.float64],
        cell_deg: float,
        *,
        is_sorted: bool = False,
    ) -> None:
        self.cell_deg = cell_deg
        self.columns = math.ceil(360.0 / cell_deg) + 1
        keys = cell_keys(lat_deg, lon_deg, cell_deg)
        self.order = None if is_sorted else np.argsort(keys, kind="stable").astype(np.int32)
        self.keys = keys if self.order is None else keys[self.order]

    @property
    def nbytes(self) -> int:
        """Memory held, bytes."""
        return self.keys.nbytes + (0 if self.order is None else self.order.nbytes)

    def near(self, lat_deg: float, lon_deg: float, reach_m: float) -> NDArray[np.intp]:
        """Return at least all points within a distance, each once.

        Parameters
        ----------
        lat_deg, lon_deg
            Place, degrees.
        reach_m
            Distance, metres, great circle.

        Returns
        -------
        np.ndarray
            Indices, intp, in no particular order; some may lie up to a cell beyond the box around
            the circle. Near a pole or the 180th meridian all points come.
        """
        spans = self._spans(lat_deg, lon_deg, reach_m)
        if spans is None:
            return np.arange(len(self.keys))
        if self.order is None:
            parts: list[NDArray[np.integer]] = [np.arange(low, high) for low, high in spans]
        else:
            parts = [self.order[low:high] for low, high in spans]
        if len(parts) == 1:
            return parts[0].astype(np.intp)
        return np.concatenate(parts, dtype=np.intp) if parts else np.empty(0, dtype=np.intp)

    def count(self, lat_deg: float, lon_deg: float, reach_m: float) -> int:
        """Return how many points ``near`` would give."""
        spans = self._spans(lat_deg, lon_deg, reach_m)
        return len(self.keys) if spans is None else sum(high - low for low, high in spans)

    def _spans(self, lat: float, lon: float, reach_m: float) -> list[tuple[int, int]] | None:
        half_lat = reach_m / M_PER_DEG * _SLACK
        rim = abs(lat) + half_lat
        if rim >= _POLAR_DEG:
            return None
        # the widest meridians of the circle lie at most this far: path length over least cosine
        half_lon = half_lat / math.cos(math.radians(rim)) * _SLACK
        if abs(lon) + half_lon >= 180.0:
            return None
        cell, columns = self.cell_deg, self.columns
        first = int((lat - half_lat + 90.0) / cell)
        last = int((lat + half_lat + 90.0) / cell)
        left = int((lon - half_lon + 180.0) / cell)
        width = int((lon + half_lon + 180.0) / cell) - left
        low = np.arange(first * columns + left, last * columns + left + 1, columns, dtype=np.int32)
        lows = self.keys.searchsorted(low).tolist()
        highs = self.keys.searchsorted(low + np.int32(width), "right").tolist()
        return [span for span in zip(lows, highs, strict=True) if span[0] < span[1]]


def cell_keys(
    lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64], cell_deg: float
) -> NDArray[np.int32]:
    """Return the cell of each point, int32; the cells of a row from west to east follow each other."""
    columns = math.ceil(360.0 / cell_deg) + 1
    row = np.floor((lat_deg + 90.0) / cell_deg).astype(np.int64)
    return (row * columns + np.floor((lon_deg + 180.0) / cell_deg).astype(np.int64)).astype(
        np.int32
    )
