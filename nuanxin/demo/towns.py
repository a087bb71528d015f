"""Where doors can stand: a middle for each town, and streets through it."""

import itertools
import math
import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_EARTH_M_PER_DEG: Final = 111_195.0
_STREETS: Final = [
    "人民路",
    "解放路",
    "中山路",
    "建设路",
    "新华路",
    "学院路",
    "滨江路",
    "工业路",
    "文化路",
    "环城北路",
    "环城南路",
    "东湖路",
    "兴业路",
    "迎宾大道",
    "望江街",
    "朝阳路",
    "和平路",
    "胜利街",
    "育才路",
    "府前街",
    "南门街",
    "西大街",
    "商城路",
    "青年路",
]
_SUBDISTRICT_BELOW: Final = (
    100  # GB/T 10114: 001-099 are sub-districts, 100-199 towns, 200- townships
)
_TOWNSHIP_FROM: Final = 200
_ISLANDS: Final = frozenset({"330305", "330902", "330903", "330921", "330922"})
_TRIES = 24
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Town:
    """A town with the seat of its county.

    Parameters
    ----------
    code, name, county
        Code and name of the town, code of its county.
    lat, lon
        The county's seat, degrees, WGS 84.
    """

    code: str
    name: str
    county: str
    lat: float
    lon: float

    @property
    def short(self) -> str:
        """The name without the word for its kind."""
        for ending in ("街道", "镇", "乡"):
            if self.name.endswith(ending) and len(self.name) > len(ending) + 1:
                return self.name.removesuffix(ending)
        return self.name

    @property
    def crowd(self) -> float:
        """How many doors it draws: sub-districts three times those of a township."""
        number = int(self.code[6:])
        return 3.0 if number < _SUBDISTRICT_BELOW else 2.0 if number < _TOWNSHIP_FROM else 1.0


@dataclass(frozen=True, slots=True)
class Street:
    """A straight street: its middle, its bearing and its length."""

    name: str
    middle: Point
    bearing_rad: float
    length_m: float

    def door(self, number: int, *, setback_m: float) -> Point:
        """Return the point of a house number; even numbers stand on the left side."""
        along_m = number * 6.0 - self.length_m / 2
        side = math.pi / 2 if number % 2 else -math.pi / 2
        at = moved(self.middle, along_m, self.bearing_rad)
        return moved(at, setback_m, self.bearing_rad + side)

    @property
    def last_number(self) -> int:
        """The highest house number."""
        return int(self.length_m // 6)


def lay_out(towns: Sequence[Town], *, seed: int) -> dict[str, list[Street]]:
    """Return the streets of every town, the busiest first.

    Parameters
    ----------
    towns
        Towns by code.
    seed
        A town's streets follow from the seed, its code and the seats alone.
    """
    seats = list(dict.fromkeys((town.lat, town.lon) for town in towns))
    return {town.code: _streets(town, seats, seed) for town in towns}


def moved(point: Point, metres: float, bearing_rad: float) -> Point:
    """Return the point some metres away, on the plane that touches the earth there."""
    lat, lon = point
    north = math.cos(bearing_rad) * metres / _EARTH_M_PER_DEG
    east = math.sin(bearing_rad) * metres / _EARTH_M_PER_DEG / math.cos(math.radians(lat))
    return lat + north, lon + east


def _streets(town: Town, seats: Sequence[Point], seed: int) -> list[Street]:
    rng = random.Random(f"streets {seed} {town.code}")
    middle = _middle(town, seats, rng)
    names = rng.sample(_STREETS, 3 + round(town.crowd))
    turn = rng.uniform(0, math.pi / 2)
    streets = []
    for rank, name in enumerate(names):
        # a grid: streets cross at right angles, the busiest ones nearest to the middle
        aside_m = (rank // 2) * 260.0 * (1 if rank % 4 < 2 else -1)
        bearing = turn + (rank % 2) * math.pi / 2
        length_m = rng.uniform(900, 1_300) + 300 * town.crowd
        streets.append(
            Street(name, moved(middle, aside_m, bearing + math.pi / 2), bearing, length_m)
        )
    return streets


def _middle(town: Town, seats: Sequence[Point], rng: random.Random) -> Point:
    """Return a middle that lies nearer to its own county's seat than to any other, if one is found."""
    seat = (town.lat, town.lon)
    near = [other for other in seats if other != seat and _distance_m(seat, other) < 40_000]
    tries = (_drawn(town, seat, shrink=0.94**attempt, rng=rng) for attempt in itertools.count())
    for point in itertools.islice(tries, _TRIES):
        own_m = _distance_m(point, seat)
        if all(own_m < _distance_m(point, other) for other in near):
            return point
    return _drawn(town, seat, shrink=0.1, rng=rng)


def _drawn(town: Town, seat: Point, *, shrink: float, rng: random.Random) -> Point:
    low_m, high_m = (400, 4_500) if town.crowd > 2 else (3_500, 12_000)
    island = 0.25 if town.county in _ISLANDS else 1.0
    return moved(seat, rng.uniform(low_m, high_m) * island * shrink, rng.uniform(0, 2 * math.pi))


def _distance_m(one: Point, other: Point) -> float:
    east = (one[1] - other[1]) * math.cos(math.radians(one[0]))
    return _EARTH_M_PER_DEG * math.hypot(one[0] - other[0], east)
