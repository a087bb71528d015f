"""What the finder knows, in columns sorted by grid cell."""

import copy
import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.finder_grid import Density, Grid, cell_keys
from nuanxin.algorithms.finder_horizon import CIVIL, STRIDE, CalendarOf, Horizon, Horizons
from nuanxin.algorithms.finder_query import MODES, ms_per_m
from nuanxin.algorithms.finder_static import StaticRows
from nuanxin.algorithms.geo import unit_xyz
from nuanxin.algorithms.hours import Reading, parse_hours
from nuanxin.algorithms.openness import INSIDE_KINDS, EvidenceKind, OpennessParams

CELLS: Final = 48
# one float64 holds the order of an answer exactly: closed, unknown, score, rank
SCORE_BELOW_MS: Final = 2.0**27
RANK_BELOW: Final = 2.0**24
UNKNOWN: Final = RANK_BELOW * SCORE_BELOW_MS
CLOSED: Final = 2.0 * UNKNOWN
_KEPT_CELLS: Final = 4
LAST_S: Final = 0xFFFF_FFFF  # moments are kept in 32 bits, until the year 2106
IS_24H: Final = 1
IS_OPEN_ACCESS: Final = 2
HAS_HOURS: Final = 4
KINDS: Final = tuple(EvidenceKind)
IS_INSIDE: Final = np.array([kind in INSIDE_KINDS for kind in KINDS])
_FINE_DEG: Final = 0.01
_COARSE_DEG: Final = 0.06
_FINE_TO_M: Final = 3_500.0
_ALWAYS: Final = parse_hours("24/7")
DOOR: Final = np.dtype(
    [
        ("at_s", "<u4", len(KINDS)), ("doubt_until_s", "<u4"), ("permit", "<u4"), ("host", "<u2"),
        ("present", "u1"), ("positive", "u1"), ("has_hours", "?"), ("", "u1"),
    ]
)  # fmt: skip
"""What a row tells of its door, in one piece: a few are read for each answer."""
DOOR_FORMAT: Final = f"<{len(KINDS)}I2IH2B?x"


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
        int32 indices into the readings of posted hours, and of the time outside planned closures; a
        station without hours has a reading that is never open.
    evidence_at_s, evidence_weight
        int64 and float32, shape (n, kinds), by kind; weight 0 means none.
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

    def take(self, chosen: NDArray[np.intp]) -> "StationColumns":
        """Return some of the stations, in the order given."""
        columns: dict[str, Any] = {
            name: getattr(self, name)[chosen] for name in self.__slots__ if name != "static_json"
        }
        texts = [self.static_json[place] for place in chosen.tolist()]
        return StationColumns(static_json=texts, **columns)


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
    readings, permits
        Distinct posted hours, and distinct times outside planned closures.
    calendar
        Kinds of any days.
    today
        The day for whose questions hours are compiled beforehand; for others, when first asked.
    vocabulary
        Codes and their bits.
    params
        The numbers of the rules.
    """

    facility_mask: NDArray[np.uint64]
    group_mask: NDArray[np.uint32]
    flags: NDArray[np.uint8]
    doors: NDArray[np.void]
    weight: NDArray[np.float32]
    has_closures: NDArray[np.bool_]
    shut_until_s: NDArray[np.float64]
    hours_base: NDArray[np.float64]
    is_unseen: NDArray[np.bool_]

    def __init__(
        self,
        columns: StationColumns,
        *,
        host_rates: NDArray[np.float64],
        readings: Sequence[Reading],
        permits: Sequence[Reading],
        calendar: CalendarOf,
        today: dt.date,
        vocabulary: Vocabulary,
        params: OpennessParams,
    ) -> None:
        order = np.argsort(cell_keys(columns.lat_deg, columns.lon_deg, _FINE_DEG), kind="stable")
        self.vocabulary, self.params = vocabulary, params
        _check_order(params, len(order))
        self._place(columns, order)
        # without hours nothing is posted shut: such a station counts as always open
        self._always = len(readings)
        self._compile(Horizons((*readings, _ALWAYS), permits, calendar, today))
        told = _told(columns, self._always, columns.schedule, columns.permit, _barred(permits))
        for name, column in told.items():
            setattr(self, name, column[order])
        self.records = np.ascontiguousarray(_records(columns)[order].T)
        self.host_rates = np.clip(host_rates, 0.01, 0.99)
        self._odds: dict[int, NDArray[np.float64]] = {}
        self._count()
        self._fold()

    def __len__(self) -> int:
        return len(self.half_points)

    def grid_for(self, reach_m: float) -> Grid:
        """Return the grid that covers a distance with few cells."""
        fine, coarse = self.grids
        return fine if reach_m < _FINE_TO_M else coarse

    def horizon(self, from_s: float, to_s: float) -> Horizon:
        """Return the compiled hours for a stretch of less than a day; the last few are kept."""
        if self._today.covers(from_s, to_s):
            return self._today
        return self.horizons.of_day(dt.datetime.fromtimestamp(from_s, CIVIL).date())

    def patched(
        self,
        index: NDArray[np.intp],
        columns: StationColumns,
        *,
        readings: Sequence[Reading],
        permits: Sequence[Reading],
    ) -> "FinderSnapshot":
        """Return a snapshot that knows some stations anew and shares the rest; this one stays.

        Parameters
        ----------
        index
            Places of the stations in the columns that this snapshot was built from, shape (m,), each
            once.
        columns
            What is known of them now, m entries in the same order; they stand where they stood.
        readings, permits
            What ``columns.schedule`` and ``columns.permit`` point into.

        Returns
        -------
        FinderSnapshot
            Answers as one built whole from the patched columns, with the same rates of host types.

        Notes
        -----
        Time for a copy of the columns that change; hours are compiled for new readings only.
        """
        rows = self.row_of[index].astype(np.intp)
        more = copy.copy(self)
        horizons, schedule, permit = self.horizons.knowing(readings, permits)
        more._compile(horizons)
        told = _told(
            columns, self._always, schedule[columns.schedule], permit[columns.permit], _barred(permits)
        )  # fmt: skip
        changed = {name for name, column in told.items() if more._put(name, rows, column)}
        more.static = self.static.patched(
            dict(zip(rows.tolist(), columns.static_json, strict=True))
        )
        more._put_records(rows, _records(columns))
        if "facility_mask" in changed:
            more._count()
        if changed & {"doors", "weight"}:
            more._fold()
        return more

    def _put(self, name: str, rows: NDArray[np.intp], part: NDArray[Any]) -> bool:
        """Put new values into a copy of a column, if they are new."""
        column = getattr(self, name)
        if column[rows].tobytes() == part.tobytes():
            return False
        column = column.copy()
        column[rows] = part
        setattr(self, name, column)
        return True

    def _put_records(self, rows: NDArray[np.intp], records: NDArray[np.uint16]) -> None:
        if not np.array_equal(self.records[:, rows], records.T):
            self.records = self.records.copy()
            self.records[:, rows] = records.T
        # what was computed for a cell stays good for the other stations
        self._odds = {cell: odds.copy() for cell, odds in tuple(self._odds.items())}
        for cell, odds in self._odds.items():
            odds[rows] = self._odds_of(cell, rows)

    def _compile(self, horizons: Horizons) -> None:
        self.horizons, self._today = horizons, horizons.today

    def _place(self, columns: StationColumns, order: NDArray[np.intp]) -> None:
        lat_deg, lon_deg = columns.lat_deg[order], columns.lon_deg[order]
        self.grids = [Grid(lat_deg, lon_deg, side) for side in (_FINE_DEG, _COARSE_DEG)]
        self.density = Density(lat_deg, lon_deg)
        # halved unit vectors: the length of a difference is half the chord
        self.half_points = np.ascontiguousarray(unit_xyz(lat_deg, lon_deg)) / 2.0
        self.static = StaticRows([columns.static_json[index] for index in order.tolist()])
        self.rank = order.astype(np.float64)
        self.row_of = np.empty(len(order), dtype=np.int32)
        self.row_of[order] = np.arange(len(order), dtype=np.int32)

    def _count(self) -> None:
        count = max(1, len(self))
        self.facility_share = [
            float(np.count_nonzero((self.facility_mask >> np.uint64(bit)) & np.uint64(1))) / count
            for bit in range(64)
        ]

    def _fold(self) -> None:
        at_s = self.doors["at_s"].astype(np.int64)
        self.as_of_s = int(at_s.max(initial=0))
        self.fading, self.left = _folded(at_s, self.weight, self.as_of_s, self.params)
        self.fading_ones = np.ones(len(self.fading))
        is_seen_inside = (self.weight > 0) & IS_INSIDE
        inside_s = np.where(is_seen_inside, at_s, 0).max(axis=1, initial=0)
        # until when somebody seen inside overrules posted hours that say closed
        self.inside_until_s = inside_s + float(self.params.inside_fresh_s)

    def odds_against(self, cell: int) -> NDArray[np.float64]:
        """Return each station's prior odds of a shut door in a cell, shape (n,); kept for the next."""
        odds = self._odds.get(cell)
        if odds is None:
            odds = self._odds_of(cell, slice(None))
            if len(self._odds) >= _KEPT_CELLS:
                self._odds.clear()
            self._odds[cell] = odds
        return odds

    def _odds_of(self, cell: int, rows: NDArray[np.intp] | slice) -> NDArray[np.float64]:
        record, strength = self.records[cell, rows], self.params.prior_strength
        hits = (record & 255) + strength * self.host_rates[self.doors["host"][rows], cell]
        odds: NDArray[np.float64] = ((record >> 8) + strength - hits) / hits
        return odds

    @property
    def megabytes(self) -> float:
        """Memory of all columns, grids, timetables and texts, in 10^6 bytes."""
        arrays = [part for part in vars(self).values() if isinstance(part, np.ndarray)]
        total: int = sum(part.nbytes for part in (*arrays, *self._odds.values()))
        total += sum(grid.nbytes for grid in self.grids)
        total += self.density.nbytes + self.static.nbytes
        return (total + self._today.hours.nbytes + self._today.permits.nbytes) / 1e6


def _told(
    columns: StationColumns,
    always: int,
    schedule: NDArray[np.integer[Any]],
    permit: NDArray[np.integer[Any]],
    is_barred: NDArray[np.bool_],
) -> dict[str, NDArray[Any]]:
    """Return what a query reads of single stations, by the snapshot's names, in the columns' order.

    Parameters
    ----------
    always
        Place of the reading of stations that post no hours.
    schedule, permit
        Places of the others, shape (n,).
    is_barred
        Which of the permits that ``columns.permit`` points into leave a time out.
    """
    weight = columns.evidence_weight.astype(np.float32)
    doors = _doors(columns, permit, weight)
    return {
        "facility_mask": columns.facility_mask,
        "group_mask": columns.group_mask,
        "flags": (
            columns.is_24h * IS_24H
            + columns.is_open_access * IS_OPEN_ACCESS
            + columns.has_hours * HAS_HOURS
        ).astype(np.uint8),
        "doors": doors,
        "weight": weight,
        "has_closures": is_barred[columns.permit],
        "shut_until_s": columns.shut_until_s.astype(np.float64),
        "hours_base": np.where(columns.has_hours, schedule, always) * STRIDE,
        "is_unseen": ~doors["has_hours"] & (doors["present"] == 0),
    }


def _barred(permits: Sequence[Reading]) -> NDArray[np.bool_]:
    return np.array([reading != _ALWAYS for reading in permits], dtype=np.bool_)


def _records(columns: StationColumns) -> NDArray[np.uint16]:
    # both counts of a cell in one number; stations of one neighbourhood side by side
    return (columns.times.astype(np.uint16) << np.uint16(8)) | columns.hits


def _doors(
    columns: StationColumns, permit: NDArray[np.integer[Any]], weight: NDArray[np.float32]
) -> NDArray[np.void]:
    doors = np.zeros(len(weight), dtype=DOOR)
    bits = 1 << np.arange(len(KINDS))
    doors["at_s"] = np.where(weight != 0, columns.evidence_at_s, 0).clip(0, LAST_S)
    doors["doubt_until_s"] = columns.doubt_until_s.clip(0, LAST_S)
    doors["permit"] = permit
    doors["host"] = columns.host_type
    doors["present"] = ((weight != 0) * bits).sum(axis=1)
    doors["positive"] = ((weight > 0) * bits).sum(axis=1)
    doors["has_hours"] = columns.has_hours
    return doors


def _folded(
    at_s: NDArray[np.int64], weight: NDArray[np.float32], as_of_s: int, params: OpennessParams
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return -1 / each half-life, and what is left at a moment of the evidence that fades so.

    Kinds that fade alike are one column: their sum fades as they do.
    """
    half_lives_s = np.array([params.rules[kind].half_life_s for kind in KINDS])
    distinct_s = np.unique(half_lives_s)
    left_of_kind = weight * np.exp2((at_s - as_of_s) / half_lives_s)
    left = [left_of_kind[:, half_lives_s == one].sum(axis=1) for one in distinct_s]
    return -1.0 / distinct_s, np.ascontiguousarray(np.stack(left, axis=1))


def _check_order(params: OpennessParams, count: int) -> None:
    """Refuse scores or ranks that one float64 could not order together."""
    slowest_ms = max(mode.radius_m * ms_per_m(mode) for mode in MODES.values())
    if slowest_ms + params.shut_cost_ms >= SCORE_BELOW_MS or count >= RANK_BELOW:
        msg = "scores or ranks leave the range that one number can order"
        raise ValueError(msg)


def unit_vector(lat_deg: float, lon_deg: float) -> tuple[float, float, float]:
    """Return one point as a unit vector, as ``unit_xyz`` does."""
    lat, lon = math.radians(lat_deg), math.radians(lon_deg)
    flat = math.cos(lat)
    return flat * math.cos(lon), flat * math.sin(lon), math.sin(lat)
