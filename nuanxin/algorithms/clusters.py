"""Clusters of points on the square tiles of web maps, for any number of points.

Points are kept in Z-order: whatever lies in a tile, and in each cell of it, is one stretch of that
order. Two binary searches find a stretch and running sums give its centre, so a tile costs the same
among two hundred stations and two hundred thousand.
"""

import itertools
import math
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

__all__ = ["DEEPEST", "Cluster", "ClusterIndex", "Tile", "tile_of"]

DEEPEST: Final = 18
"""Zoom from which on every point of a tile is told by itself."""
MOST_ALONE: Final = 100
"""At the deepest zoom; a tile that holds more is told in clusters there too."""
_DEPTH: Final = 24  # bits for each axis; at the equator 2.4 m
_SPLIT: Final = 2  # a tile is halved so often each way: 16 cells of 64 pixels
_CELLS: Final = 1 << 2 * _SPLIT
_LAST_LAT: Final = 85.0511  # where the square world of web maps ends


@dataclass(frozen=True, slots=True)
class Cluster:
    """Several points of one cell: how many, and their mean in degrees."""

    count: int
    lat: float
    lon: float


@dataclass(frozen=True, slots=True)
class Tile:
    """What lies in a tile: clusters in Z-order of their cells, and places of points alone in theirs."""

    clusters: list[Cluster]
    alone: list[int]


class ClusterIndex:
    """Points in Z-order of the Web Mercator square; never changed once built.

    Parameters
    ----------
    points_deg
        Shape (n, 2), float64, columns (lat, lon), degrees, in whatever datum the map is drawn in.
    """

    def __init__(self, points_deg: npt.NDArray[np.float64]) -> None:
        codes = _codes(points_deg)
        self._order = np.argsort(codes, kind="stable")
        self._codes = codes[self._order]
        self._points = points_deg
        sums = np.cumsum(points_deg[self._order], axis=0)
        self._sums = np.vstack([np.zeros((1, 2)), sums])

    def __len__(self) -> int:
        return len(self._codes)

    def tile(self, zoom: int, x: int, y: int) -> Tile:
        """Return what lies in a tile.

        Parameters
        ----------
        zoom
            0 to 22; the world is ``2**zoom`` tiles wide.
        x, y
            From the west and from the north, 0 to ``2**zoom - 1``.

        Returns
        -------
        Tile
            Each point once, in a cluster or alone; places count the points as they were given.

        Raises
        ------
        ValueError
            When there is no such tile.

        Notes
        -----
        Seventeen binary searches.
        """
        if not (0 <= zoom <= _DEPTH - _SPLIT and 0 <= x < 1 << zoom and 0 <= y < 1 << zoom):
            msg = f"there is no tile {zoom}/{x}/{y}"
            raise ValueError(msg)
        cell = 1 << 2 * (_DEPTH - zoom - _SPLIT)
        first = int(_interleaved(np.array([x], np.uint64), np.array([y], np.uint64))[0])
        edges = [(first * _CELLS + number) * cell for number in range(_CELLS + 1)]
        cuts = np.searchsorted(self._codes, np.array(edges, dtype=np.uint64)).tolist()
        if zoom >= DEEPEST and cuts[-1] - cuts[0] <= MOST_ALONE:
            return Tile([], self._order[cuts[0] : cuts[-1]].tolist())
        clusters: list[Cluster] = []
        alone: list[int] = []
        for start, end in itertools.pairwise(cuts):
            if end - start == 1:
                alone.append(int(self._order[start]))
            elif end > start:
                clusters.append(self._cluster(start, end))
        return Tile(clusters, alone)

    def extent(self) -> tuple[float, float, float, float] | None:
        """Return south, west, north, east in degrees; None without points."""
        if not len(self):
            return None
        south, west = self._points.min(axis=0).tolist()
        north, east = self._points.max(axis=0).tolist()
        return south, west, north, east

    def _cluster(self, start: int, end: int) -> Cluster:
        count = end - start
        lat, lon = ((self._sums[end] - self._sums[start]) / count).tolist()
        return Cluster(count, lat, lon)


def tile_of(lat_deg: float, lon_deg: float, zoom: int) -> tuple[int, int]:
    """Return the numbers (x, y) of the tile in which a point lies."""
    square = _square(np.array([[lat_deg, lon_deg]]), zoom)
    return int(square[0, 0]), int(square[0, 1])


def _codes(points_deg: npt.NDArray[np.float64]) -> npt.NDArray[np.uint64]:
    square = _square(points_deg, _DEPTH)
    return _interleaved(square[:, 0], square[:, 1])


def _square(points_deg: npt.NDArray[np.float64], depth: int) -> npt.NDArray[np.uint64]:
    """Return whole numbers (x, y) in the Web Mercator square of ``2**depth`` each way."""
    lat = np.radians(np.clip(points_deg[:, 0], -_LAST_LAT, _LAST_LAT))
    x = (points_deg[:, 1] + 180.0) / 360.0
    y = (1.0 - np.arcsinh(np.tan(lat)) / math.pi) / 2.0
    side = 1 << depth
    scaled = np.floor(np.stack([x, y], axis=1) * side)
    return np.clip(scaled, 0, side - 1).astype(np.uint64)


def _interleaved(x: npt.NDArray[np.uint64], y: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return Morton codes: the bits of x in the even places, those of y in the odd ones."""
    codes: npt.NDArray[np.uint64] = _spread(x) | (_spread(y) << np.uint64(1))
    return codes


def _spread(numbers: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Return numbers below 2**32 with a nought between each two bits."""
    spread = numbers
    for shift, mask in (
        (16, 0x0000FFFF0000FFFF),
        (8, 0x00FF00FF00FF00FF),
        (4, 0x0F0F0F0F0F0F0F0F),
        (2, 0x3333333333333333),
        (1, 0x5555555555555555),
    ):
        spread = (spread | (spread << np.uint64(shift))) & np.uint64(mask)
    return spread
