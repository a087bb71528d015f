"""From rows of the database to the finder's columns."""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar
from uuid import UUID

import numpy as np
from django.db.models import CharField, Model, QuerySet
from django.db.models.functions import Cast
from numpy.typing import NDArray

from nuanxin.algorithms.finder import StationColumns
from nuanxin.algorithms.finder_snapshot import KINDS
from nuanxin.algorithms.hours import ClosedDuring, Reading, parse_hours
from nuanxin.algorithms.records import NO_HOURS_RATE
from nuanxin.stations import doors
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
)

HOST_TYPES = [*HostKind.values, "self_built"]
_TYPE_STRENGTH = 50.0  # units of the general rate in a host type's rate, see `algorithms.records`
_GENERAL_RATE = 0.9
_NEVER = parse_hours("off")
_ALWAYS = parse_hours("24/7")
_CHUNK = 500  # keys in one statement; SQLite takes a limited number of values
Key = TypeVar("Key", bound=Hashable)
Keys = Sequence[UUID] | None
"""Keys of the stations to read; None for all."""
Row = TypeVar("Row", bound=Model)


class _Record(NamedTuple):
    """The columns of an opening record that the finder holds."""

    hits: bytes
    times: bytes
    shut_until: dt.datetime | None
    doubt_until: dt.datetime | None


_NO_RECORD = _Record(bytes(doors.CELLS), bytes(doors.CELLS), None, None)


class Listed(NamedTuple):
    """The columns of a listed station that the snapshot holds, in the order of ``_LISTED``."""

    pk: UUID
    key: str
    division: str
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
    "pk", Cast("pk", CharField(max_length=36)), "division_id", "code", "name", "brand__name_zh", "address", "floor", "parking", "access",
    "lat_wgs84", "lon_wgs84", "staffed_hours", "self_service_hours", "outlet__host__name", "outlet__host__kind",
    "outlet__staffed_hours", "outlet__self_service_hours",
)  # fmt: skip


def _listed(keys: Keys) -> list[Listed]:
    """Read the listed stations by identifier: a model instance for each would cost five times as much."""
    rows = _chosen(Station.objects.listed().order_by("id"), "pk", keys)
    found = [Listed(*row) for part in rows for row in part.values_list(*_LISTED).iterator()]
    return sorted(found, key=lambda station: station.pk) if keys else found


def _chosen(rows: QuerySet[Row], field: str, keys: Keys) -> Iterator[QuerySet[Row]]:
    """Return the rows of some stations, in as many queries as the database wants."""
    if keys is None:
        yield rows
        return
    for start in range(0, len(keys), _CHUNK):
        yield rows.filter(**{f"{field}__in": keys[start : start + _CHUNK]})


class Read(NamedTuple):
    """Listed stations, their columns, and the distinct readings that these point into."""

    stations: list[Listed]
    columns: StationColumns
    readings: list[Reading]
    permits: list[Reading]


@dataclass(frozen=True, slots=True)
class _Links:
    """What hangs on stations, by the station's key as text; facilities as (rank, code, bit)."""

    facilities: dict[str, list[tuple[int, str, int]]]
    groups: dict[str, int]
    evidence: list[tuple[str, str, dt.datetime, float]]
    records: dict[str, _Record]


# a UUID object for each of the many links would take half of the time
_KEY = Cast("station_id", CharField(max_length=36))


def _links(catalogue: list[Facility], keys: Keys) -> _Links:
    known = {f.code: (f.rank, f.code, f.bit) for f in catalogue}
    facilities: dict[str, list[tuple[int, str, int]]] = defaultdict(list)
    working = StationFacility.objects.filter(condition=Condition.WORKING)
    for key, code in _linked(working, keys, "facility_id"):
        if (
            code in known
        ):  # else it came after the catalogue was read, and its own change is on its way
            facilities[key].append(known[code])
    groups: dict[str, int] = defaultdict(int)
    for key, bit in _linked(StationGroup.objects.all(), keys, "group__bit"):
        groups[key] |= 1 << bit
    evidence = _linked(EvidenceLine.objects.all(), keys, "kind", "at", "weight")
    columns = ("hits", "times", "shut_until", "doubt_until")
    records = _linked(OpeningRecord.objects.all(), keys, *columns)
    return _Links(
        facilities, groups, list(evidence), {key: _Record(*rest) for key, *rest in records}
    )


def _linked(rows: QuerySet[Row], keys: Keys, *columns: str) -> Iterator[Any]:
    for part in _chosen(rows.order_by(), "station_id", keys):
        yield from part.values_list(_KEY, *columns).iterator()


def read_columns(catalogue: list[Facility], keys: Keys = None) -> Read:
    """Read listed stations, by identifier, into columns.

    Parameters
    ----------
    catalogue
        All facilities.
    keys
        Of these stations alone; None for all.

    Notes
    -----
    Seven queries for all, or for every 500 keys; time grows with the stations read.
    """
    stations = _listed(keys)
    exceptions, closures = _by_station(DatedException, keys), _by_station(Closure, keys)
    readings, schedule = _distinct(
        [doors.reading(s.posted_hours, exceptions.get(s.pk, ())) or _NEVER for s in stations]
    )
    permits, permit = _distinct([_permit(closures.get(s.pk, ())) for s in stations])
    columns = _columns(stations, _links(catalogue, keys), schedule, permit)
    return Read(stations, columns, readings, permits)


def host_type(kind: str | None, *, has_hours: bool) -> int:
    """Return the row of a kind of host in the host rates; doors without posted hours have the last.

    Parameters
    ----------
    kind
        None for a station the union built itself.
    """
    return HOST_TYPES.index(kind or "self_built") if has_hours else len(HOST_TYPES)


def _by_station(model: type[DatedException] | type[Closure], keys: Keys) -> dict[UUID, list[Any]]:
    """Return rows by the key of their station, in the model's order."""
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    rows: QuerySet[Any] = model._default_manager.all()
    for part in _chosen(rows, "station_id", keys):
        for row in part:
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
    stations: list[Listed], links: _Links, schedule: list[int], permit: list[int]
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


def _static_json(station: Listed, facilities: list[str], *, is_24h: bool) -> bytes:
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
    stations: list[Listed], links: _Links
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


def host_rates(columns: StationColumns) -> NDArray[np.float64]:
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
