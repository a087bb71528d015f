"""The index of typed places, built from the tables on first use and kept while they stand still."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from statistics import fmean

from nuanxin.algorithms.places import PlaceEntry, PlaceIndex
from nuanxin.core import clock
from nuanxin.regions.enums import Level
from nuanxin.regions.models import Division
from nuanxin.regions.selectors import current_divisions
from nuanxin.stations.models import Station, StationChange

Point = tuple[float, float]
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


class _Holder:
    def __init__(self) -> None:
        self._index: PlaceIndex | None = None
        self._seq = -1
        self._building = threading.Lock()

    def index(self) -> PlaceIndex:
        """Return the index; one query to see whether a station changed since it was built."""
        last = StationChange.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
        with self._building:
            if self._index is None or last != self._seq:
                self._index, self._seq = PlaceIndex.build(list(_entries())), last
            return self._index


_holder = _Holder()
index = _holder.index


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
