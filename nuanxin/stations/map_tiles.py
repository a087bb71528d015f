"""Stations on the tiles of the map, as the finder knows them this second."""

import json
from typing import Any, Final

import numpy as np
from django.utils.translation import gettext_lazy as _

from nuanxin.algorithms.clusters import ClusterIndex
from nuanxin.algorithms.datums import Datum, convert
from nuanxin.algorithms.finder import told_now
from nuanxin.core.errors import Invalid, NotFound
from nuanxin.stations import snapshots
from nuanxin.stations.loading import Directory
from nuanxin.stations.map_source import MapSource, map_source

LEAST_ZOOM: Final = 3
MOST_ZOOM: Final = 18
_FIVE_PLACES: Final = 5  # a metre


class _Kept:
    """The index of the last directory: built anew when a station came, went or moved."""

    def __init__(self) -> None:
        self._built: tuple[Directory, Datum, ClusterIndex, Any] | None = None

    def of(self, directory: Directory, datum: Datum) -> tuple[ClusterIndex, Any]:
        built = self._built
        if built is None or built[0] is not directory or built[1] is not datum:
            stood = np.array([place[2:] for place in directory.standing], dtype=np.float64)
            points = convert(stood.reshape(-1, 2), source=Datum.WGS84, target=datum)
            self._built = built = (directory, datum, ClusterIndex(points), points)
        return built[2], built[3]


_kept = _Kept()


def tile(zoom: int, x: int, y: int, *, now_s: int) -> dict[str, Any]:
    """Return clusters and single stations of a tile, in the datum of the map.

    Parameters
    ----------
    zoom, x, y
        As web maps number tiles, ``zoom`` from 3 to 18.
    now_s
        The present moment, epoch seconds.

    Returns
    -------
    dict
        ``clusters`` with ``count, lat, lon`` and ``stations`` with ``code, name, state, lat, lon``;
        each listed station once.

    Raises
    ------
    NotFound
        When no map is configured.
    Invalid
        When there is no such tile.

    Notes
    -----
    No query where a thread follows the feed. The index is built again when a station came, went or
    moved: 0.1 s for 200,000.
    """
    source = _lawful_source()
    if not LEAST_ZOOM <= zoom <= MOST_ZOOM or max(x, y) >> zoom:
        raise Invalid(_("There is no such tile."), code="bad_tile")
    loaded = snapshots.holder.held(now_s=now_s).loaded
    index, points = _kept.of(loaded.directory, source.datum)
    found = index.tile(zoom, x, y)
    rows = json.loads(told_now(loaded.snapshot, np.array(found.alone, dtype=np.intp), now_s=now_s))
    clusters = [{"count": each.count, **_point(each.lat, each.lon)} for each in found.clusters]
    stations = [
        {"code": row["code"], "name": row["name"], "state": row["state"], **_point(*points[place])}
        for row, place in zip(rows, found.alone, strict=True)
    ]
    return {"clusters": clusters, "stations": stations}


def extent(*, now_s: int) -> tuple[float, float, float, float] | None:
    """Return south, west, north and east of all listed stations in the datum of the map.

    Raises
    ------
    NotFound
        When no map is configured.

    Notes
    -----
    As `tile`; None when nothing is listed.
    """
    source = _lawful_source()
    loaded = snapshots.holder.held(now_s=now_s).loaded
    return _kept.of(loaded.directory, source.datum)[0].extent()


def _lawful_source() -> MapSource:
    if (source := map_source()) is None:
        raise NotFound
    return source


def _point(lat: float, lon: float) -> dict[str, float]:
    return {"lat": round(float(lat), _FIVE_PLACES), "lon": round(float(lon), _FIVE_PLACES)}
