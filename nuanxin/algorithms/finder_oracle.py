"""The finder's answer by looking at every station in turn; what the fast finder is held to.

Standard library only, no index, no arrays: the order of an answer can be read off `search`.
Posted hours come from a callable, so that this module knows no calendar and no hours text.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from nuanxin.algorithms.finder_query import TravelMode
from nuanxin.algorithms.openness import (
    Door,
    EvidenceKind,
    EvidenceLine,
    Openness,
    OpennessParams,
    State,
    openness,
)

__all__ = [
    "Answer",
    "Hit",
    "PlainStation",
    "Posted",
    "PostedBy",
    "distance_m",
    "search",
    "visit",
]

_EARTH_RADIUS_M = 6_371_008.8
_CELLS = 48
_GOOD = (State.CONFIRMED, State.EXPECTED)


@dataclass(frozen=True, slots=True)
class PlainStation:
    """One station as the finder knows it, without its hours.

    Parameters
    ----------
    key
        Identifier; ties are broken by its order.
    lat_deg, lon_deg
        WGS 84.
    is_24h
        Whether its hours never end.
    lines
        Evidence by kind.
    hits, times
        The record, 48 cells of ``day_kind * 12 + local_hour // 2``.
    host_rates
        Rate of the host's type in the same cells, 0 to 1.
    shut_until_s, doubt_until_s
        Until when reports keep it closed or in doubt, epoch seconds; 0 for not at all.
    """

    key: str
    lat_deg: float
    lon_deg: float
    is_24h: bool = False
    lines: Mapping[EvidenceKind, EvidenceLine] = field(default_factory=dict)
    hits: Sequence[int] = (0,) * _CELLS
    times: Sequence[int] = (0,) * _CELLS
    host_rates: Sequence[float] = (0.9,) * _CELLS
    shut_until_s: int = 0
    doubt_until_s: int = 0


@dataclass(frozen=True, slots=True)
class Posted:
    """What is posted of one station at one moment.

    Parameters
    ----------
    is_open
        Whether the posted hours say open.
    closes_s
        Next closing or beginning of a planned closure, epoch seconds; None when none is known.
    opens_s
        Next moment at which the posted hours hold and no planned closure does; None when none is
        known.
    is_confirmed
        Whether the kind of that day is certain.
    has_hours
        Whether any hours are posted.
    is_closure_filed
        Whether a planned closure covers the moment.
    cell
        ``day_kind * 12 + local_hour // 2`` of the moment.
    """

    is_open: bool
    closes_s: int | None = None
    opens_s: int | None = None
    is_confirmed: bool = True
    has_hours: bool = True
    is_closure_filed: bool = False
    cell: int = 0


PostedBy = Callable[[PlainStation, int], Posted]
"""What is posted of a station at a moment (epoch seconds)."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One station as it would be reached.

    Parameters
    ----------
    station, posted, openness
        The station, and what is posted and known of it on arrival.
    distance_m
        As the crow flies.
    travel_ms, arrival_s
        The journey; arrival in epoch seconds.
    score_ms
        Travel plus the expected cost of a shut door; less is better.
    """

    station: PlainStation
    posted: Posted
    openness: Openness
    distance_m: float
    travel_ms: int
    arrival_s: int
    score_ms: int


@dataclass(frozen=True, slots=True)
class Answer:
    """Hits in order, and what to fall back on when none of them is confirmed or expected."""

    hits: list[Hit]
    next_to_open: Hit | None = None
    nearest_24h: Hit | None = None


def search(
    stations: Iterable[PlainStation],
    *,
    lat_deg: float,
    lon_deg: float,
    mode: TravelMode,
    departs_s: int,
    posted: PostedBy,
    limit: int,
    params: OpennessParams,
    fits: Callable[[PlainStation], bool] = lambda _station: True,
    rest_s: int = 0,
) -> Answer:
    """Return the stations best to go to, looking at every one.

    Parameters
    ----------
    stations
        All of them, in any order.
    lat_deg, lon_deg
        Where one is, WGS 84.
    mode
        How one travels.
    departs_s
        Departure, epoch seconds.
    posted
        What is posted of a station at a moment.
    limit
        At most so many hits, >= 1.
    params
        The numbers of the rules.
    fits
        Which stations are wanted at all.
    rest_s
        Stations that close sooner than this after arrival are left out, seconds.

    Returns
    -------
    Answer
        Hits within the mode's radius by (unknown last, score, key). Closed stations are left out,
        unless nothing else is there. Without a confirmed or expected hit, also the closed station
        that opens first (ties by travel, then key) and the nearest round-the-clock station that is
        not closed (by travel, then key).

    Raises
    ------
    ValueError
        When ``limit`` is less than 1.
    """
    if limit < 1:
        msg = f"an answer holds at least one station, not {limit}"
        raise ValueError(msg)
    reached = [
        visit(station, lat_deg, lon_deg, mode, departs_s=departs_s, posted=posted, params=params)
        for station in stations
        if fits(station)
    ]
    near = [hit for hit in reached if hit.distance_m <= mode.radius_m and _has_time(hit, rest_s)]
    hits = sorted([hit for hit in near if not _is_closed(hit)] or near, key=_order)[:limit]
    if any(hit.openness.state in _GOOD for hit in hits):
        return Answer(hits)
    opening = [hit for hit in near if _is_closed(hit) and hit.posted.opens_s is not None]
    round_the_clock = [hit for hit in near if hit.station.is_24h and not _is_closed(hit)]
    return Answer(
        hits,
        next_to_open=min(opening, key=_by_opening, default=None),
        nearest_24h=min(round_the_clock, key=_by_travel, default=None),
    )


def visit(
    station: PlainStation,
    lat_deg: float,
    lon_deg: float,
    mode: TravelMode,
    *,
    departs_s: int,
    posted: PostedBy,
    params: OpennessParams,
) -> Hit:
    """Return one station as it would be reached.

    Parameters
    ----------
    station
        The station.
    lat_deg, lon_deg, mode, departs_s, posted, params
        As for ``search``.

    Returns
    -------
    Hit
        Judged at the moment of arrival.
    """
    metres = distance_m(lat_deg, lon_deg, station.lat_deg, station.lon_deg)
    travel_ms = round(metres * mode.detour / mode.speed_mps * 1000)
    arrival_s = departs_s + travel_ms // 1000
    claim = posted(station, arrival_s)
    told = openness(_door(station, claim), arrival_s=arrival_s, params=params)
    score_ms = travel_ms + round((1.0 - told.p) * params.shut_cost_ms)
    return Hit(station, claim, told, metres, travel_ms, arrival_s, score_ms)


def distance_m(lat_a_deg: float, lon_a_deg: float, lat_b_deg: float, lon_b_deg: float) -> float:
    """Return the great-circle distance of two points in metres.

    Parameters
    ----------
    lat_a_deg, lon_a_deg, lat_b_deg, lon_b_deg
        Degrees.

    Returns
    -------
    float
        On a sphere of radius 6 371 008.8 m.

    References
    ----------
    .. [1] R. W. Sinnott, "Virtues of the Haversine", Sky & Telescope 68(2), 1984.
    """
    lat_a, lat_b = math.radians(lat_a_deg), math.radians(lat_b_deg)
    east = math.radians(lon_b_deg - lon_a_deg)
    h = (
        math.sin((lat_b - lat_a) / 2) ** 2
        + math.cos(lat_a) * math.cos(lat_b) * math.sin(east / 2) ** 2
    )
    return 2.0 * _EARTH_RADIUS_M * math.asin(min(1.0, math.sqrt(h)))


def _door(station: PlainStation, posted: Posted) -> Door:
    return Door(
        has_hours=posted.has_hours,
        is_posted_open=posted.is_open,
        is_closure_filed=posted.is_closure_filed,
        is_day_confirmed=posted.is_confirmed,
        lines=station.lines,
        hits=station.hits[posted.cell],
        times=station.times[posted.cell],
        host_rate=station.host_rates[posted.cell],
        shut_until_s=station.shut_until_s,
        doubt_until_s=station.doubt_until_s,
    )


def _has_time(hit: Hit, rest_s: int) -> bool:
    closes_s = hit.posted.closes_s
    if not rest_s or closes_s is None or not hit.posted.is_open or _is_closed(hit):
        return True
    return closes_s - hit.arrival_s >= rest_s


def _is_closed(hit: Hit) -> bool:
    return hit.openness.state is State.CLOSED


def _order(hit: Hit) -> tuple[bool, int, str]:
    return (hit.openness.state is State.UNKNOWN, hit.score_ms, hit.station.key)


def _by_opening(hit: Hit) -> tuple[int, int, str]:
    return (hit.posted.opens_s or 0, hit.travel_ms, hit.station.key)


def _by_travel(hit: Hit) -> tuple[int, str]:
    return (hit.travel_ms, hit.station.key)
