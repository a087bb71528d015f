"""From rows of the database to the finder's columns."""

import datetime as dt
import functools
import json
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from django.db.models import Prefetch
from numpy.typing import NDArray

from nuanxin.algorithms.finder import FinderSnapshot, StationColumns, Vocabulary
from nuanxin.algorithms.finder_snapshot import KINDS
from nuanxin.algorithms.hours import ClosedDuring, Reading, compile_boundaries, parse_hours
from nuanxin.algorithms.records import NO_HOURS_RATE
from nuanxin.regions.selectors import calendar
from nuanxin.stations import doors, parameters
from nuanxin.stations.enums import Access, Condition, HostKind
from nuanxin.stations.models import (
    EvidenceLine,
    Facility,
    OpeningRecord,
    Station,
    StationFacility,
    StationGroup,
    StationQuerySet,
    WelcomedGroup,
)

PAST_DAYS = 1  # a span of last night may still be running
HORIZON_DAYS = 10
HOST_TYPES = [*HostKind.values, "self_built"]
_TYPE_STRENGTH = 50.0  # units of the general rate in a host type's rate, see `algorithms.records`
_GENERAL_RATE = 0.9
_NEVER = parse_hours("off")
_ALWAYS = parse_hours("24/7")
Key = TypeVar("Key", bound=Hashable)


class _Record(NamedTuple):
    """The columns of an opening record that the finder holds."""

    hits: bytes
    times: bytes
    shut_until: dt.datetime | None
    doubt_until: dt.datetime | None


_NO_RECORD = _Record(bytes(doors.CELLS), bytes(doors.CELLS), None, None)


def door_rows() -> StationQuerySet:
    """Return listed stations, by identifier, with everything a door page or a snapshot row needs.

    Notes
    -----
    Seven queries, whatever the number of stations.
    """
    return (
        Station.objects.listed()
        .select_related("brand", "outlet__host", "division__parent", "union", "record")
        .prefetch_related(
            Prefetch("facility_rows", StationFacility.objects.select_related("facility")),
            "group_rows__group",
            "exceptions",
            "closures",
            "evidence_lines",
        )
        .order_by("id")
    )


def snapshot_rows() -> StationQuerySet:
    """Return listed stations, by identifier, with what their hours need; links are read apart.

    Notes
    -----
    Three queries. A model instance for each of the many links would cost ten times as much.
    """
    return (
        Station.objects.listed()
        .select_related("brand", "outlet__host")
        .prefetch_related("exceptions", "closures")
        .order_by("id")
    )


@dataclass(frozen=True, slots=True)
class _Links:
    """What hangs on stations, by the station's key; facilities as (rank, code, bit), working ones."""

    facilities: dict[UUID, list[tuple[int, str, int]]]
    groups: dict[UUID, int]
    evidence: list[tuple[UUID, str, dt.datetime, float]]
    records: dict[UUID, _Record]


def _links() -> _Links:
    facilities: dict[UUID, list[tuple[int, str, int]]] = defaultdict(list)
    working = StationFacility.objects.filter(condition=Condition.WORKING).order_by()
    names = ("station_id", "facility__rank", "facility_id", "facility__bit")
    for key, *facility in working.values_list(*names).iterator():
        facilities[key].append(tuple(facility))
    groups: dict[UUID, int] = defaultdict(int)
    for key, bit in (
        StationGroup.objects.order_by().values_list("station_id", "group__bit").iterator()
    ):
        groups[key] |= 1 << bit
    evidence = EvidenceLine.objects.order_by().values_list("station_id", "kind", "at", "weight")
    columns = ("station_id", "hits", "times", "shut_until", "doubt_until")
    records = OpeningRecord.objects.order_by().values_list(*columns)
    return _Links(
        facilities,
        groups,
        list(evidence),
        {key: _Record(*rest) for key, *rest in records.iterator()},
    )


def build_snapshot(*, today: dt.date) -> FinderSnapshot:
    """Read every listed station and build the finder's snapshot for some days from yesterday on.

    Parameters
    ----------
    today
        Civil date.

    Returns
    -------
    FinderSnapshot
        Of the listed stations.

    Notes
    -----
    Eleven queries; time grows with stations, hours are compiled once for each distinct reading.
    """
    stations = list(snapshot_rows())
    first = today - dt.timedelta(days=PAST_DAYS)
    days = calendar(first - dt.timedelta(days=3), first + dt.timedelta(days=HORIZON_DAYS + 3))
    readings, schedule = _distinct(
        [doors.posted_reading(station) or _NEVER for station in stations]
    )
    permits, permit = _distinct([_permit(station) for station in stations])
    columns = _columns(stations, _links(), schedule, permit)
    compiled = functools.partial(
        compile_boundaries, day_from=first, days=HORIZON_DAYS, calendar=days
    )
    return FinderSnapshot(
        columns,
        host_rates=_host_rates(columns),
        hours=compiled(readings or [_NEVER]),
        permits=compiled(permits or [_ALWAYS]),
        calendar=days,
        vocabulary=Vocabulary(
            dict(Facility.objects.values_list("code", "bit")),
            dict(WelcomedGroup.objects.values_list("code", "bit")),
        ),
        params=parameters.openness_params(),
    )


def host_type_of(station: Station) -> int:
    """Return the row of a station in the host rates; doors without posted hours have the last."""
    if not any(station.posted_hours):
        return len(HOST_TYPES)
    return HOST_TYPES.index(station.outlet.host.kind if station.outlet else "self_built")


def _distinct(values: Sequence[Key]) -> tuple[list[Key], list[int]]:
    places: dict[Key, int] = {}
    index = [places.setdefault(value, len(places)) for value in values]
    return list(places), index


def _permit(station: Station) -> Reading:
    """Return the time outside planned closures, as a reading."""
    spans = tuple(doors.closure_minutes(row) for row in station.closures.all())
    return ClosedDuring(_ALWAYS, spans) if spans else _ALWAYS


def _columns(
    stations: list[Station], links: _Links, schedule: list[int], permit: list[int]
) -> StationColumns:
    at_s, weight = _evidence(stations, links)
    records = [links.records.get(station.pk, _NO_RECORD) for station in stations]
    around = [doors.is_24h(station) for station in stations]
    facilities = [sorted(links.facilities.get(station.pk, ())) for station in stations]
    masks = [sum(1 << bit for _rank, _code, bit in found) for found in facilities]
    return StationColumns(
        static_json=[
            _static_json(station, [code for _rank, code, _bit in found], is_24h=is_24h)
            for station, found, is_24h in zip(stations, facilities, around, strict=True)
        ],
        lat_deg=np.array([station.lat_wgs84 for station in stations], dtype=np.float64),
        lon_deg=np.array([station.lon_wgs84 for station in stations], dtype=np.float64),
        facility_mask=np.array(masks, dtype=np.uint64),
        group_mask=np.array([links.groups.get(s.pk, 0) for s in stations], dtype=np.uint32),
        is_open_access=np.array([s.access == Access.OPEN for s in stations], dtype=np.bool_),
        is_24h=np.array(around, dtype=np.bool_),
        has_hours=np.array([any(station.posted_hours) for station in stations], dtype=np.bool_),
        schedule=np.array(schedule, dtype=np.int32),
        permit=np.array(permit, dtype=np.int32),
        evidence_at_s=at_s,
        evidence_weight=weight,
        hits=_cells([record.hits for record in records]),
        times=_cells([record.times for record in records]),
        host_type=np.array([host_type_of(station) for station in stations], dtype=np.int16),
        shut_until_s=_moments([record.shut_until for record in records]),
        doubt_until_s=_moments([record.doubt_until for record in records]),
    )


def _static_json(station: Station, facilities: list[str], *, is_24h: bool) -> bytes:
    host = station.outlet.host.name if station.outlet else ""
    fields = {
        "id": str(station.pk),
        "code": station.code,
        "name": station.name,
        "brand": station.brand.name_zh,
        "host": host,
        "is_co_built": station.is_co_built,
        "address": station.address,
        "floor": station.floor,
        "parking": station.parking,
        "access": station.access,
        "facilities": facilities,
        "is_24h": is_24h,
        "lat": station.lat_wgs84,
        "lon": station.lon_wgs84,
    }
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return (text[:-1] + ",").encode()


def _evidence(
    stations: list[Station], links: _Links
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    row_of = {station.pk: row for row, station in enumerate(stations)}
    column = {kind.value: index for index, kind in enumerate(KINDS)}
    at_s = np.zeros((len(stations), len(KINDS)), dtype=np.int64)
    weights = np.zeros((len(stations), len(KINDS)), dtype=np.float32)
    for key, kind, at, weight in links.evidence:
        if (row := row_of.get(key)) is not None:
            at_s[row, column[kind]], weights[row, column[kind]] = int(at.timestamp()), weight
    return at_s, weights


def _cells(counts: list[bytes]) -> NDArray[np.uint8]:
    joined = b"".join(bytes(count) for count in counts)
    return np.frombuffer(joined, dtype=np.uint8).reshape(len(counts), doors.CELLS)


def _moments(moments: list[dt.datetime | None]) -> NDArray[np.int64]:
    return np.array([doors.epoch_s(moment) for moment in moments], dtype=np.int64)


def _host_rates(columns: StationColumns) -> NDArray[np.float64]:
    """Return the rate of each host type in each cell, shrunk to the general rate.

    The last row is of the doors without posted hours, of which nothing is presumed.
    """
    hits = np.zeros((len(HOST_TYPES) + 1, doors.CELLS))
    times = np.zeros((len(HOST_TYPES) + 1, doors.CELLS))
    np.add.at(hits, columns.host_type, columns.hits)
    np.add.at(times, columns.host_type, columns.times)
    rates: NDArray[np.float64] = (hits + _TYPE_STRENGTH * _GENERAL_RATE) / (times + _TYPE_STRENGTH)
    rates[-1] = NO_HOURS_RATE
    return rates
