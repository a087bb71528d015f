"""What the finder knows, in columns sorted by grid cell."""

import datetime as dt
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.finder_bounds import cost_floors, inside_latest
from nuanxin.algorithms.finder_grid import Grid, cell_keys
from nuanxin.algorithms.finder_static import StaticRows
from nuanxin.algorithms.finder_timetable import Timetable
from nuanxin.algorithms.geo import unit_xyz
from nuanxin.algorithms.hours import Boundaries
from nuanxin.algorithms.openness import INSIDE_KINDS, EvidenceKind, OpennessParams

FINE_DEG, COARSE_DEG = 0.01, 0.08
COARSE_FROM_M = 6_000.0  # from this reach on, the coarse grid takes fewer slices
CELLS = 48
BAND_S = 7_200
LAST_S = 0xFFFF_FFFF  # moments are kept in 32 bits, until the year 2106
HAS_HOURS, IS_24H, IS_OPEN_ACCESS = 1, 2, 4
CIVIL = dt.timezone(dt.timedelta(hours=8))
KINDS = tuple(EvidenceKind)
DOOR = np.dtype(
    [
        ("rank", "<u4"), ("schedule", "<u4"), ("permit", "<u4"), ("shut_until_s", "<u4"),
        ("doubt_until_s", "<u4"), ("host", "<u2"), ("flags", "u1"), ("present", "u1"),
        ("at_s", "<u4", len(KINDS)), ("weight", "<f4", len(KINDS)),
    ]
)  # fmt: skip
"""All that is judged of one door, in one piece: a row is read with one call."""
DOOR_FORMAT = f"<5IHBB{len(KINDS)}I{len(KINDS)}f"


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

    Raises
    ------
    ValueError
        When hours and permits are not compiled for the same days.
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
        if (hours.day_from, hours.days) != (permits.day_from, permits.days):
            msg = "hours and permits must be compiled for the same days"
            raise ValueError(msg)
        order = np.argsort(cell_keys(columns.lat_deg, columns.lon_deg, FINE_DEG), kind="stable")
        self.host_rates = np.clip(host_rates, 0.01, 0.99)
        self.vocabulary, self.params = vocabulary, params
        self._place(columns, order)
        self._know(columns, order)
        self.hours, self.permits = Timetable(hours), Timetable(permits)
        self._date(calendar, hours.day_from, hours.days)

    def __len__(self) -> int:
        return len(self.points)

    def _place(self, columns: StationColumns, order: NDArray[np.intp]) -> None:
        lat_deg, lon_deg = columns.lat_deg[order], columns.lon_deg[order]
        self.fine = Grid(lat_deg, lon_deg, FINE_DEG, is_sorted=True)
        self.coarse = Grid(lat_deg, lon_deg, COARSE_DEG)
        self.points = np.ascontiguousarray(unit_xyz(lat_deg, lon_deg))
        self.point_view = self.points.reshape(-1).data
        self.facility_mask = columns.facility_mask[order]
        self.group_mask = columns.group_mask[order]
        self.static = StaticRows([columns.static_json[index] for index in order.tolist()])
        bits = np.arange(64, dtype=np.uint64)
        count = max(1, len(order))
        self.facility_share = [
            float(np.count_nonzero((columns.facility_mask >> bit) & np.uint64(1))) / count
            for bit in bits
        ]

    def _know(self, columns: StationColumns, order: NDArray[np.intp]) -> None:
        self.doors = _doors(columns, order)
        self.flags = np.ascontiguousarray(self.doors["flags"])
        self.schedule = columns.schedule[order].astype(np.int32)
        self.hits, self.times = columns.hits[order], columns.times[order]
        # bytes of arrays, for reading one number without making a NumPy scalar
        self.door_view = self.doors.view(np.uint8).data
        self.hits_view = self.hits.reshape(-1).data
        self.times_view = self.times.reshape(-1).data
        self.rates = self.host_rates.tolist()
        self.half_lives_s = [self.params.rules[kind].half_life_s for kind in KINDS]
        self.as_of_s = int(self.doors["at_s"].max(initial=0))
        self.cost_floor = cost_floors(
            self.hits,
            self.times,
            self.host_rates[columns.host_type[order]],
            _lasting(self.doors, self.as_of_s, np.array(self.half_lives_s)),
            strength=self.params.prior_strength,
        )
        is_inside = np.array([kind in INSIDE_KINDS for kind in KINDS])
        self.inside_latest_s = inside_latest(self.doors["at_s"], self.doors["weight"], is_inside)

    def _date(self, calendar: Calendar, first: dt.date, count: int) -> None:
        kinds, confirmed = calendar.kinds(first, count), calendar.confirmed(first, count)
        self.first_s = int(dt.datetime.combine(first, dt.time(), CIVIL).timestamp())
        self.last_s = self.first_s + count * 86_400
        # one entry for each two-hour band of the horizon
        self.cell_of_band = [int(kind) * 12 + band for kind in kinds for band in range(12)]
        self.is_band_confirmed = [bool(sure) for sure in confirmed for _band in range(12)]

    def bands(self, from_s: int, to_s: int) -> range | None:
        """Return the two-hour bands that a stretch of time touches; None when it leaves the horizon."""
        if from_s < self.first_s or to_s >= self.last_s:
            return None
        return range((from_s - self.first_s) // BAND_S, (to_s - self.first_s) // BAND_S + 1)

    @property
    def megabytes(self) -> float:
        """Memory of all columns, grids, timetables and texts, in 10^6 bytes."""
        arrays = (
            self.points, self.facility_mask, self.group_mask, self.doors, self.flags, self.schedule,
            self.hits, self.times, self.cost_floor, self.inside_latest_s,
        )  # fmt: skip
        others = (self.fine, self.coarse, self.static, self.hours, self.permits)
        return sum(part.nbytes for part in (*arrays, *others)) / 1e6


def _doors(columns: StationColumns, order: NDArray[np.intp]) -> NDArray[np.void]:
    doors = np.zeros(len(order), dtype=DOOR)
    weight = columns.evidence_weight[order]
    doors["rank"] = order
    doors["schedule"], doors["permit"] = columns.schedule[order], columns.permit[order]
    doors["shut_until_s"] = columns.shut_until_s[order].clip(0, LAST_S)
    doors["doubt_until_s"] = columns.doubt_until_s[order].clip(0, LAST_S)
    doors["host"] = columns.host_type[order]
    doors["flags"] = (
        columns.has_hours[order] * HAS_HOURS
        + columns.is_24h[order] * IS_24H
        + columns.is_open_access[order] * IS_OPEN_ACCESS
    )
    doors["present"] = ((weight != 0) << np.arange(len(KINDS))).sum(axis=1)
    doors["weight"] = weight
    doors["at_s"] = np.where(weight != 0, columns.evidence_at_s[order], 0).clip(0, LAST_S)
    return doors


def _lasting(
    doors: NDArray[np.void], as_of_s: int, half_lives_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return the positive log-odds of each door at the youngest evidence; never more from then on."""
    total = np.zeros(len(doors))
    for kind, half_life_s in enumerate(half_lives_s):
        age_s = as_of_s - doors["at_s"][:, kind].astype(np.int64)
        total += doors["weight"][:, kind].clip(0) * np.exp2(-age_s / half_life_s)
    return total


def unit_vector(lat_deg: float, lon_deg: float) -> tuple[float, float, float]:
    """Return one point as a unit vector, as ``unit_xyz`` does."""
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    flat = math.cos(lat)
    return flat * math.cos(lon), flat * math.sin(lon), math.sin(lat)
