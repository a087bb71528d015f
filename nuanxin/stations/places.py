"""The index of typed places, built from the tables on first use and kept while they stand still."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from django.db.models import Max

from nuanxin.algorithms.places import PlaceEntry, PlaceIndex
from nuanxin.core import clock
from nuanxin.regions.enums import Level
from nuanxin.regions.models import Division
from nuanxin.regions.selectors import current_divisions
from nuanxin.stations.models import Station, StationChange

Point = tuple[float, float]
LOOK_S = 60.0
_LEVEL_WEIGHT = {Level.PROVINCE: 40.0, Level.CITY: 30.0, Level.COUNTY: 20.0, Level.TOWN: 10.0}


@dataclass(frozen=True, slots=True)
class _Spot:
    """What a listed station lends to the index."""

    code: str
    name: str
    host: str
    street: str
    town: str
    point: Point


@dataclass(frozen=True, slots=True)
class _Held:
    index: PlaceIndex
    seq: int
    fingerprint: int


class PlacesHolder:
    """Hold one index; look whether a name or a point changed at most once a minute.

    Evidence moves the change feed all day long and changes no name, so the tables are read again
    when the feed has moved, and the index is built again only when what was read differs.
    """

    def __init__(self) -> None:
        self._held: _Held | None = None
        self._looked_at = 0.0
        self._building = threading.Lock()

    def index(self) -> PlaceIndex:
        """Return an index that knows every name of a minute ago.

        Notes
        -----
        One query a minute, three more when the feed has moved; while one thread builds, the others
        go on with the old index.
        """
        held, ticks = self._held, time.monotonic()
        if held is not None and ticks - self._looked_at < LOOK_S:
            return held.index
        if not self._building.acquire(blocking=held is None):
            return held.index if held else self.index()
        try:
            self._held = self._refreshed(self._held)
            self._looked_at = time.monotonic()
            return self._held.index
        finally:
            self._building.release()

    def forget(self) -> None:
        """Drop the index; the next search builds it anew."""
        self._held = None

    def _refreshed(self, held: _Held | None) -> _Held:
        # the feed is read before the tables: a change in between is seen twice, never missed
        seq = StationChange.objects.aggregate(last=Max("seq"))["last"] or 0
        if held is not None and held.seq == seq:
            return held
        entries = list(_entries())
        fingerprint = hash(tuple(entries))
        if held is not None and held.fingerprint == fingerprint:
            return _Held(held.index, seq, fingerprint)
        return _Held(PlaceIndex.build(entries), seq, fingerprint)


holder = PlacesHolder()
index = holder.index


def _entries() -> Iterator[PlaceEntry]:
    spots = list(_spots())
    divisions = {division.code: division for division in current_divisions(on=clock.civil_date())}
    yield from _division_entries(divisions, spots)
    yield from _shared_entries(
        "street", {(s.street, s.town[:6]): s for s in spots if s.street}, divisions
    )
    yield from _shared_entries(
        "host", {(s.host, s.town[:6]): s for s in spots if s.host}, divisions
    )
    for spot in spots:
        context = _context(divisions, spot.town)
        yield PlaceEntry("station", spot.code, spot.name, context, *spot.point, 0.0)


def _spots() -> Iterator[_Spot]:
    rows = Station.objects.listed().order_by("code")
    names = (
        "code",
        "name",
        "outlet__host__name",
        "street",
        "division_id",
        "lat_wgs84",
        "lon_wgs84",
    )
    for code, name, host, street, town, lat, lon in rows.values_list(*names):
        yield _Spot(code, name, host or "", street, town, (lat, lon))


def _division_entries(divisions: dict[str, Division], spots: list[_Spot]) -> Iterator[PlaceEntry]:
    inside: dict[str, list[Point]] = {}
    for spot in spots:
        for length in (9, 6, 4):
            inside.setdefault(spot.town[:length], []).append(spot.point)
    for code, division in divisions.items():
        point = _division_point(division, divisions, inside)
        if point is not None:
            weight = _LEVEL_WEIGHT[Level(division.level)]
            context = _context(divisions, code[:-2]) if len(code) > 2 else ""
            yield PlaceEntry("division", code, division.name, context, *point, weight)


def _division_point(
    division: Division, divisions: dict[str, Division], inside: dict[str, list[Point]]
) -> Point | None:
    """Return the seat; for a town the middle of its stations, else its county's seat."""
    if division.level == Level.TOWN and (points := inside.get(division.code)):
        return fmean(lat for lat, _ in points), fmean(lon for _, lon in points)
    holder = divisions.get(division.code[:6], division)
    if holder.seat_lat_wgs84 is None or holder.seat_lon_wgs84 is None:
        return None
    return holder.seat_lat_wgs84, holder.seat_lon_wgs84


def _shared_entries(
    kind: str, spots: dict[tuple[str, str], _Spot], divisions: dict[str, Division]
) -> Iterator[PlaceEntry]:
    for (name, county), spot in spots.items():
        yield PlaceEntry(
            kind, f"{county}{name}", name, _context(divisions, county), *spot.point, 0.0
        )


def _context(divisions: dict[str, Division], code: str) -> str:
    """Return the names of city and county that hold a code."""
    holders = [
        divisions[part]
        for length in (4, 6)
        if (part := code[:length]) in divisions and len(code) >= length
    ]
    return "".join(division.name for division in holders)
