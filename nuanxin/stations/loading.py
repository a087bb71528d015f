"""From rows of the database to the finder's columns."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from django.db.models import CharField, Prefetch
from django.db.models.functions import Cast
from numpy.typing import NDArray

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.finder import FinderSnapshot, StationColumns, Vocabulary
from nuanxin.algorithms.finder_snapshot import KINDS
from nuanxin.algorithms.hours import ClosedDuring, Reading, parse_hours
from nuanxin.algorithms.records import NO_HOURS_RATE
from nuanxin.regions.selectors import calendar
from nuanxin.stations import doors, parameters
from nuanxin.stations.enums import Access, Condition, HostKind
from nuanxin.stations.models import (
    Closure,
    DatedException,
    EvidenceLine,
    Facility,
    OpeningRecord,
    Station,
    StationFacility,
    StationGroup,
    StationQuerySet,
    WelcomedGroup,
)

_MARGIN_DAYS = 3
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


class _Listed(NamedTuple):
    """The columns of a listed station that the snapshot holds, in the order of ``_LISTED``."""

    pk: UUID
    key: str
    code: str
    name: str
    brand: str
    address: str
    floor: str
    parking: str
    access: str
    lat: float
    lon: float
    staffed_hours: str
    self_service_hours: str
    host: str | None
    host_kind: str | None
    outlet_staffed_hours: str | None
    outlet_self_service_hours: str | None

    @property
    def posted_hours(self) -> tuple[str, str]:
        """As ``Station.posted_hours``."""
        own = (self.staffed_hours, self.self_service_hours)
        inherited = (self.outlet_staffed_hours or "", self.outlet_self_service_hours or "")
        return own if any(own) else inherited


_LISTED = (
    "pk", Cast("pk", CharField(max_length=36)), "code", "name", "brand__name_zh", "address", "floor", "parking", "access", "lat_wgs84",
    "lon_wgs84", "staffed_hours", "self_service_hours", "outlet__host__name", "outlet__host__kind",
    "outlet__staffed_hours", "outlet__self_service_hours",
)  # fmt: skip


def _listed() -> list[_Listed]:
    """Read the listed stations by identifier: a model instance for each would cost five times as much."""
    rows = Station.objects.listed().order_by("id").values_list(*_LISTED)
    return [_Listed(*row) for row in rows.iterator()]


@dataclass(frozen=True, slots=True)
class _Links:
    """What hangs on stations, by the station's key as text; facilities as (rank, code, bit)."""

    facilities: dict[str, list[tuple[int, str, int]]]
    groups: dict[str, int]
    evidence: list[tuple[str, str, dt.datetime, float]]
    records: dict[str, _Record]


# a UUID object for each of the many links would take half of the time
_KEY = Cast("station_id", CharField(max_length=36))


def _links() -> _Links:
    catalogue = {f.code: (f.rank, f.code, f.bit) for f in Facility.objects.all()}
    facilities: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    working = StationFacility.objects.filter(condition=Condition.WORKING).order_by()
    for key, code in working.values_list(_KEY, "facility_id").iterator():
        facilities[key].append(catalogue[code])
    groups: dict[str, int] = defaultdict(int)
    for key, bit in StationGroup.objects.order_by().values_list(_KEY, "group__bit").iterator():
        groups[key] |= 1 << bit
    evidence = EvidenceLine.objects.order_by().values_list(_KEY, "kind", "at", "weight")
    columns = ("hits", "times", "shut_until", "doubt_until")
    records = OpeningRecord.objects.order_by().values_list(_KEY, *columns)
    return _Links(
        facilities,
        groups,
        list(evidence.iterator()),
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
    Ten queries; time grows with stations, hours are compiled once for each distinct reading.
    """
    stations = _listed()
    exceptions, closures = _by_station(DatedException), _by_station(Closure)
    readings, schedule = _distinct(
        [doors.reading(s.posted_hours, exceptions.get(s.pk, ())) or _NEVER for s in stations]
    )
    permits, permit = _distinct([_permit(closures.get(s.pk, ())) for s in stations])
    columns = _columns(stations, _links(), schedule, permit)
    return FinderSnapshot(
        columns,
        host_rates=_host_rates(columns),
        readings=readings,
        permits=permits,
        calendar=days_around,
        today=today,
        vocabulary=Vocabulary(
            dict(Facility.objects.values_list("code", "bit")),
            dict(WelcomedGroup.objects.values_list("code", "bit")),
        ),
        params=parameters.openness_params(),
    )


def days_around(first: dt.date, days: int) -> Calendar:
    """Return the calendar of some days from a date on, and of a few around them. Two queries."""
    margin = dt.timedelta(days=_MARGIN_DAYS)
    return calendar(first - margin, first + dt.timedelta(days=days) + margin)


def host_type(kind: str | None, *, has_hours: bool) -> int:
    """Return the row of a kind of host in the host rates; doors without posted hours have the last.

    Parameters
    ----------
    kind
        None for a station the union built itself.
    """
    return HOST_TYPES.index(kind or "self_built") if has_hours else len(HOST_TYPES)


def _by_station(model: type[DatedException] | type[Closure]) -> dict[UUID, list[Any]]:
    """Return rows by the key of their station, in the model's order. One query."""
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in model.objects.all():
        grouped[row.station_id].append(row)
    return grouped


def _distinct(values: Sequence[Key]) -> tuple[list[Key], list[int]]:
    places: dict[Key, int] = {}
    index = [places.setdefault(value, len(places)) for value in values]
    return list(places), index


def _permit(closures: Sequence[Closure]) -> Reading:
    """Return the time outside planned closures, as a reading."""
    spans = tuple(doors.closure_minutes(row) for row in closures)
    return ClosedDuring(_ALWAYS, spans) if spans else _ALWAYS


def _columns(
    stations: list[_Listed], links: _Links, schedule: list[int], permit: list[int]
) -> StationColumns:
    at_s, weight = _evidence(stations, links)
    records = [links.records.get(station.key, _NO_RECORD) for station in stations]
    around = [doors.is_24h(station.posted_hours) for station in stations]
    facilities = [sorted(links.facilities.get(station.key, ())) for station in stations]
    masks = [sum(1 << bit for _rank, _code, bit in found) for found in facilities]
    return StationColumns(
        static_json=[
            _static_json(station, [code for _rank, code, _bit in found], is_24h=is_24h)
            for station, found, is_24h in zip(stations, facilities, around, strict=True)
        ],
        lat_deg=np.array([station.lat for station in stations], dtype=np.float64),
        lon_deg=np.array([station.lon for station in stations], dtype=np.float64),
        facility_mask=np.array(masks, dtype=np.uint64),
        group_mask=np.array([links.groups.get(s.key, 0) for s in stations], dtype=np.uint32),
        is_open_access=np.array([s.access == Access.OPEN for s in stations], dtype=np.bool_),
        is_24h=np.array(around, dtype=np.bool_),
        has_hours=np.array([any(station.posted_hours) for station in stations], dtype=np.bool_),
        schedule=np.array(schedule, dtype=np.int32),
        permit=np.array(permit, dtype=np.int32),
        evidence_at_s=at_s,
        evidence_weight=weight,
        hits=_cells([record.hits for record in records]),
        times=_cells([record.times for record in records]),
        host_type=np.array(
            [host_type(s.host_kind, has_hours=any(s.posted_hours)) for s in stations],
            dtype=np.int16,
        ),
        shut_until_s=_moments([record.shut_until for record in records]),
        doubt_until_s=_moments([record.doubt_until for record in records]),
    )


def _static_json(station: _Listed, facilities: list[str], *, is_24h: bool) -> bytes:
    fields = {
        "id": str(station.pk),
        "code": station.code,
        "name": station.name,
        "brand": station.brand,
        "host": station.host or "",
        "is_co_built": station.host is not None,
        "address": station.address,
        "floor": station.floor,
        "parking": station.parking,
        "access": station.access,
        "facilities": facilities,
        "is_24h": is_24h,
        "lat": station.lat,
        "lon": station.lon,
    }
    text = json.dumps(fields, ensure_ascii=False, separators=(",", ":"))
    return (text[:-1] + ",").encode()


def _evidence(
    stations: list[_Listed], links: _Links
) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    row_of = {station.key: row for row, station in enumerate(stations)}
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
