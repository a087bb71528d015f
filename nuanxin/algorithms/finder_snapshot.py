"""What the finder knows, in columns sorted by grid cell."""

import datetime as dt
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.hours import Boundaries
from nuanxin.algorithms.openness import EvidenceKind, OpennessParams

CELL_DEG = 0.005
CELLS_PER_ROW = 72_000
CIVIL = dt.timezone(dt.timedelta(hours=8))
KINDS = tuple(EvidenceKind)


@dataclass(frozen=True, slots=True)
class StationColumns:
    """One entry for each listed station, all of length n, in the order of their identifiers.

    Parameters
    ----------
    static_json
        Opening of the row as JSON, from ``{"id"`` up to and including the last comma before
        ``"state"``.
    lat_deg, lon_deg
        float64, WGS 84.
    facility_mask, group_mask
        uint64 and uint32 bits of the catalogue.
    is_open_access, is_24h, has_hours
        bool.
    schedule, permit
        int32 indices into the compiled boundaries of posted hours, and of the time outside planned
        closures; a station without hours has a schedule that is never open.
    evidence_at_s, evidence_weight
        int64 and float32, shape (n, 7), by kind; weight 0 means none.
    hits, times
        uint8, shape (n, 48), ``day_kind * 12 + hour // 2``.
    host_type
        int16 row of the host rates.
    shut_until_s, doubt_until_s
        int64 epoch seconds, 0 for not at all.
    """

    static_json: list[bytes]
    lat_deg: NDArray[np.float64]
    lon_deg: NDArray[np.float64]
    facility_mask: NDArray[np.uint64]
    group_mask: NDArray[np.uint32]
    is_open_access: NDArray[np.bool_]
    is_24h: NDArray[np.bool_]
    has_hours: NDArray[np.bool_]
    schedule: NDArray[np.int32]
    permit: NDArray[np.int32]
    evidence_at_s: NDArray[np.int64]
    evidence_weight: NDArray[np.float32]
    hits: NDArray[np.uint8]
    times: NDArray[np.uint8]
    host_type: NDArray[np.int16]
    shut_until_s: NDArray[np.int64]
    doubt_until_s: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Bits of the codes a query may name."""

    facility_bits: dict[str, int]
    group_bits: dict[str, int]


class FinderSnapshot:
    """Columns sorted by grid cell, with everything a query needs; never changed once built.

    Parameters
    ----------
    columns
        The stations.
    host_rates
        Rate of each host type, shape (types, 48), strictly between 0 and 1.
    hours, permits
        Boundaries of the distinct schedules, and of the distinct times outside planned closures,
        for the same days.
    calendar
        Kinds of the days of the boundaries.
    vocabulary
        Codes and their bits.
    params
        The numbers of the rules.
    """

    def __init__(
        self,
        columns: StationColumns,
        *,
        host_rates: NDArray[np.float64],
        hours: Boundaries,
        permits: Boundaries,
        calendar: Calendar,
        vocabulary: Vocabulary,
        params: OpennessParams,
    ) -> None:
        key = grid_key(columns.lat_deg, columns.lon_deg)
        order = np.argsort(key, kind="stable")
        self.rank = order.astype(np.int32)  # ties are broken by the order of identifiers
        self.cell_key = key[order]
        self.columns = _taken(columns, order)
        self.points = unit_vectors(self.columns.lat_deg, self.columns.lon_deg)
        self.hours, self.permits = hours, permits
        self.vocabulary, self.params = vocabulary, params
        self.host_rates = np.clip(host_rates, 0.01, 0.99)
        self.inverse_half_life = np.array([1.0 / params.rules[kind].half_life_s for kind in KINDS])
        self.day_kind, self.is_day_confirmed = _days(calendar, hours.day_from, hours.days)
        midnight = dt.datetime.combine(hours.day_from, dt.time(), CIVIL)
        self.first_s = int(midnight.timestamp())
        self.last_s = self.first_s + hours.days * 86_400

    def __len__(self) -> int:
        return len(self.rank)

    @property
    def megabytes(self) -> float:
        """Memory of the columns and the JSON texts, in 10^6 bytes."""
        arrays: list[NDArray[Any]] = [
            self.rank,
            self.cell_key,
            self.points,
            self.hours.flat,
            self.hours.start,
        ]
        arrays += [
            getattr(self.columns, f.name) for f in fields(StationColumns) if f.name != "static_json"
        ]
        texts = sum(len(text) + 33 for text in self.columns.static_json)  # 33: a bytes object's own
        return (sum(array.nbytes for array in arrays) + texts + 8 * len(self)) / 1e6


def grid_key(lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the grid cell of each point; cells of a row of the grid are consecutive."""
    row = np.floor((lat_deg + 90.0) / CELL_DEG).astype(np.int64)
    return row * CELLS_PER_ROW + np.floor((lon_deg + 180.0) / CELL_DEG).astype(np.int64)


def unit_vectors(lat_deg: NDArray[np.float64], lon_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points on the unit sphere, shape (n, 3)."""
    lat, lon = np.radians(lat_deg), np.radians(lon_deg)
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)


def _taken(columns: StationColumns, order: NDArray[np.intp]) -> StationColumns:
    taken: dict[str, Any] = {
        field.name: np.ascontiguousarray(getattr(columns, field.name)[order])
        for field in fields(StationColumns)
        if field.name != "static_json"
    }
    return StationColumns(static_json=[columns.static_json[index] for index in order], **taken)


def _days(
    calendar: Calendar, first: dt.date, count: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    days = [first + dt.timedelta(days=index) for index in range(count)]
    kinds = np.array([int(calendar.kind(day)) for day in days], dtype=np.int64)
    return kinds, np.array([calendar.is_confirmed(day) for day in days])
