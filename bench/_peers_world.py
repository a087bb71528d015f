"""The stations and the questions on which the finder is compared with other stores.

The question is one that every store can answer: the ten nearest stations that are posted open and
have what one needs, by distance, as JSON.
"""

import dataclasses
import datetime as dt
import json
from dataclasses import dataclass
from functools import lru_cache
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bench.finder import BITS, CALENDAR, CIVIL, PAIRS, TEXTS, TODAY, columns_of, snapshot_of
from nuanxin.algorithms.finder import FinderSnapshot, StationColumns
from nuanxin.algorithms.finder_query import MODES
from nuanxin.algorithms.geo import EARTH_RADIUS_M, unit_xyz
from nuanxin.algorithms.hours import parse_hours

LIMIT: Final = 10
RADIUS_M: Final = MODES["ebike"].radius_m
# in the evening, when a good half of the doors is shut
_CLOCK: Final = dt.time(19, 40)
# Redis keeps a position as the cell of 2 x 26 bits in which it lies, and gives back its middle
_CELLS: Final = 1 << 26
_LAT_BOUND_DEG: Final = 85.05112878
# stores differ in the last digits of the Earth's radius and of a written distance: 0.2 mm together
_CLEAR_M: Final = 0.0005


@dataclass(frozen=True, slots=True)
class Question:
    """One question, in the words of each store."""

    query: bytes
    lat: float
    lon: float
    mask: int


@dataclass(frozen=True, slots=True)
class World:
    """What all stores hold, and what they are asked.

    Parameters
    ----------
    columns
        Stations with posted hours and without evidence; at each lies the middle of a cell of Redis.
    snapshot
        The finder's.
    questions
        Each has ten answers within the radius, and no two machines could differ about them.
    now_s
        Moment of asking, epoch seconds.
    minute
        The same as a minute of the week, from Monday's midnight.
    week
        Open minutes [start, end) of each schedule in that week.
    """

    columns: StationColumns
    snapshot: FinderSnapshot
    questions: list[Question]
    now_s: int
    minute: int
    week: list[list[tuple[int, int]]]

    @property
    def is_open(self) -> list[bool]:
        """Which schedules are open at the moment of asking."""
        return [any(a <= self.minute < b for a, b in spans) for spans in self.week]


def world_of(stations: int, questions: int, seed: int) -> World:
    """Draw the world of a comparison.

    Parameters
    ----------
    stations, questions
        How many.
    seed
        Of both.
    """
    rng = np.random.default_rng(seed)
    columns = _plainly_posted(columns_of(stations, rng))
    monday = TODAY - dt.timedelta(days=TODAY.weekday())
    moment = dt.datetime.combine(TODAY, _CLOCK, CIVIL)
    midnight = dt.datetime.combine(monday, dt.time(), CIVIL)
    world = World(
        columns=columns,
        snapshot=snapshot_of(columns),
        questions=[],
        now_s=int(moment.timestamp()),
        minute=int((moment - midnight).total_seconds()) // 60,
        week=[list(parse_hours(text).intervals(monday, 7, CALENDAR)) for text in TEXTS],
    )
    scan = Scan(world)
    for number in count():
        if len(world.questions) == questions:
            break
        question = _drawn(columns, number, rng)
        if scan.is_clear(question):
            world.questions.append(question)
    return world


class Scan:
    """The plain answer: every station's distance, one after another in the order of distance."""

    def __init__(self, world: World) -> None:
        self._columns = world.columns
        self._points = unit_xyz(world.columns.lat_deg, world.columns.lon_deg)
        self._is_open = np.array(world.is_open)[world.columns.schedule]

    def answer(self, question: Question) -> bytes:
        """Return the whole answer."""
        rows, metres = self._nearest(question, LIMIT)
        texts = [
            b'%b"distance_m":%d}' % (self._columns.static_json[row], round(far_m))
            for row, far_m in zip(rows.tolist(), metres.tolist(), strict=True)
        ]
        return b'{"stations":[%b]}' % b",".join(texts)

    def is_clear(self, question: Question) -> bool:
        """Return whether ten lie within the radius, and neither order nor whole metres hang on a hair."""
        _rows, metres = self._nearest(question, LIMIT + 1)
        if len(metres) <= LIMIT or metres[LIMIT - 1] > RADIUS_M - 1:
            return False
        from_half = np.abs(metres - np.floor(metres) - 0.5)
        return bool(min(np.diff(metres).min(), from_half.min()) > _CLEAR_M)

    def _nearest(
        self, question: Question, most: int
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        fits, points = self._fitting(question.mask)
        apart = points - unit_xyz(question.lat, question.lon)
        half_chord = np.sqrt(np.einsum("ij,ij->i", apart, apart)) / 2.0
        order = half_chord.argsort()[:most]
        metres = 2.0 * EARTH_RADIUS_M * np.arcsin(half_chord[order])
        return fits[order], metres

    @lru_cache(maxsize=8)  # noqa: B019  lives as long as the measure
    def _fitting(self, mask: int) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        wanted = np.uint64(mask)
        fits = np.flatnonzero(self._is_open & ((self._columns.facility_mask & wanted) == wanted))
        return fits, self._points[fits]


def _plainly_posted(columns: StationColumns) -> StationColumns:
    """Return stations of which nothing is known but hours and amenities, where Redis can keep them."""
    lat_deg = _middle(columns.lat_deg, _LAT_BOUND_DEG)
    lon_deg = _middle(columns.lon_deg, 180.0)
    return dataclasses.replace(
        columns,
        lat_deg=lat_deg,
        lon_deg=lon_deg,
        has_hours=np.ones_like(columns.has_hours),
        evidence_weight=np.zeros_like(columns.evidence_weight),
        shut_until_s=np.zeros_like(columns.shut_until_s),
        doubt_until_s=np.zeros_like(columns.doubt_until_s),
    )


def _middle(degrees: NDArray[np.float64], bound_deg: float) -> NDArray[np.float64]:
    cell = np.floor((degrees + bound_deg) / (2 * bound_deg) * _CELLS)
    middle: NDArray[np.float64] = (cell + 0.5) / _CELLS * (2 * bound_deg) - bound_deg
    return middle


def _drawn(columns: StationColumns, number: int, rng: np.random.Generator) -> Question:
    """Ask within a kilometre or two of a station; every other time for two amenities."""
    near = int(rng.integers(0, len(columns.lat_deg)))
    lat = round(float(columns.lat_deg[near] + rng.normal(0, 0.01)), 4)
    lon = round(float(columns.lon_deg[near] + rng.normal(0, 0.01)), 4)
    needed = PAIRS[number // 2 % len(PAIRS)] if number % 2 else ()
    query = f"lat={lat:.4f}&lon={lon:.4f}" + (f"&need={','.join(needed)}" if needed else "")
    return Question(query.encode(), lat, lon, sum(1 << BITS[code] for code in needed))


def listed(answer: bytes) -> list[tuple[str, int]]:
    """Return identifiers and whole metres of an answer."""
    return [(row["id"], row["distance_m"]) for row in json.loads(answer)["stations"]]
