"""Made-up districts in which the truth about every door is known.

A district is a set of stations with posted hours and, hidden behind them, the minutes at which each
door really is open. Policies and estimates are judged against that truth; nothing that a platform
could not see is handed to them.

What is assumed, none of it measured in the field:

* Hosts come in the mix that published lists show: nearly all doors belong to somebody else, some
  7 % never close, four of five keep ordinary daytime hours.
* Seven in ten stations are *steady* (a day in fifty missed, minutes late), two in ten *slack* (one
  day in six missed, late, away at noon, early home, weekends skipped) and one in ten is *locked*: for
  show, open one day in ten. Banks and shops are better than that, community halls and self-built
  huts worse.
* Days missed come in spells; a keeper who steps out is gone for half an hour; some stay longer
  than posted. One station in twelve posts no hours at all.
* Few people try a locked door twice: it is tried less than half as often as another.

The second family differs in kind: a quarter of the stations change their habits, whole brands close
for a day or two, people keep silent about half the shut doors they find, a week of national holiday
falls into it, and groups of devices swear that an open door is shut.
"""

import datetime as dt
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.calendars import Calendar, DayKind, known_calendar
from nuanxin.algorithms.hours import compile_boundaries, parse_hours

__all__ = [
    "DAY_SLOTS",
    "HOSTS",
    "SHIFTING",
    "SLOT_S",
    "STEADY",
    "TEXTS",
    "Family",
    "HostKind",
    "Nature",
    "World",
    "make_world",
]

SLOT_S: Final = 300
DAY_SLOTS: Final = 288
_SLOT_MIN = SLOT_S // 60
_NOON = slice(12 * 12, 27 * 6)  # 12:00 to 13:30
_DAYTIME = (8 * 12, 20 * 12)

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class HostKind:
    """A kind of host: its share, the hours it posts, and the natures of its stations."""

    name: str
    share: float
    hours: tuple[tuple[str, float], ...]
    natures: tuple[float, float, float]


HOSTS: Final = (
    HostKind(
        "bank",
        0.24,
        (("WD 09:00-17:00", 0.6), ("Mo-Fr 09:00-17:00; Sa 09:30-16:00; PH off", 0.4)),
        (0.80, 0.15, 0.05),
    ),
    HostKind(
        "telecom",
        0.18,
        (("Mo-Su 08:30-18:00", 0.6), ("Mo-Su 09:00-20:00", 0.4)),
        (0.78, 0.16, 0.06),
    ),
    HostKind("petrol", 0.08, (("24/7", 0.4), ("06:00-22:00", 0.6)), (0.88, 0.09, 0.03)),
    HostKind(
        "community",
        0.26,
        (("WD 08:30-12:00,14:00-17:30", 0.7), ("Mo-Su 08:30-17:30", 0.3)),
        (0.52, 0.32, 0.16),
    ),
    HostKind("shop", 0.08, (("24/7", 0.3), ("07:00-23:00", 0.7)), (0.90, 0.08, 0.02)),
    HostKind(
        "self_built",
        0.12,
        (("08:00-20:00", 0.5), ("08:30-12:00,14:30-18:00", 0.3), ("09:00-17:00", 0.2)),
        (0.55, 0.28, 0.17),
    ),
    HostKind("unattended", 0.04, (("24/7", 0.5), ("06:00-24:00", 0.5)), (0.70, 0.12, 0.18)),
)
TEXTS: Final = tuple(sorted({text for host in HOSTS for text, _share in host.hours}))


@dataclass(frozen=True, slots=True)
class Nature:
    """How a keeper keeps hours: daily chances, and means of exponential minutes."""

    missed: tuple[float, float]
    late_min: float
    early_min: float
    noon_share: float
    weekend_share: float
    steps_out: float
    tried: float


NATURES: Final = (
    Nature((0.00, 0.04), 3.0, 3.0, 0.06, 0.03, 0.1, 1.0),
    Nature((0.05, 0.30), 20.0, 25.0, 0.50, 0.35, 0.7, 0.9),
    Nature((0.80, 1.00), 40.0, 60.0, 0.60, 0.80, 0.7, 0.4),
)
LOCKED = 2


@dataclass(frozen=True, slots=True)
class Family:
    """A kind of world.

    Parameters
    ----------
    name
        For tables.
    day_from
        First day.
    changed_share
        Share of stations whose nature changes in the last five weeks.
    brand_missed
        Chance that a brand's outlets all stay shut on a day.
    silence
        Share of those who find a door shut and tell nobody.
    attacks
        Chance, per station and day, of a burst of false reports about an open door.
    popularity_sigma
        Spread of how often stations are tried (log-normal).
    """

    name: str
    day_from: dt.date
    changed_share: float = 0.0
    brand_missed: float = 0.0
    silence: float = 0.0
    attacks: float = 0.0
    popularity_sigma: float = 0.7


STEADY: Final = Family("steady", dt.date(2026, 6, 22))
SHIFTING: Final = Family(
    "shifting",
    dt.date(2026, 8, 3),
    changed_share=0.25,
    brand_missed=0.015,
    silence=0.5,
    attacks=0.01,
    popularity_sigma=1.1,
)


@dataclass(frozen=True, slots=True, eq=False)
class World:
    """One district; n stations over d days in slots of five minutes.

    Parameters
    ----------
    family
        The kind of world.
    x_m, y_m
        Shape (n,), metres east and north in a square of 8 km.
    host
        Shape (n,), index into ``HOSTS``.
    text
        Shape (n,), index into ``TEXTS`` of the hours really meant.
    has_hours
        Shape (n,), whether those hours are posted.
    nature
        Shape (n, d), index into ``NATURES``; hidden.
    keeper_lies
        Shape (n,), whether the keeper taps *open* without looking; hidden.
    popularity
        Shape (n,), how often it is tried, mean 1.
    day_kind
        Shape (d,), values of ``DayKind``.
    posted
        Shape (n, d * 288), bool; all false without hours.
    meant
        Shape (n, d * 288), bool, the hours meant whether posted or not.
    is_open
        Shape (n, d * 288), bool; hidden.
    """

    family: Family
    x_m: Floats
    y_m: Floats
    host: Ints
    text: Ints
    has_hours: Bools
    nature: Ints
    keeper_lies: Bools
    popularity: Floats
    day_kind: Ints
    posted: Bools
    meant: Bools
    is_open: Bools


def make_world(
    family: Family, *, seed: int, stations: int = 80, days: int = 70, lying_keepers: float = 0.3
) -> World:
    """Return a district.

    Parameters
    ----------
    family
        The kind of world.
    seed
        The same seed gives the same district.
    stations, days
        Its size.
    lying_keepers
        Share of the keepers of slack and locked stations who tap *open* without looking.

    Returns
    -------
    World
        Stations in no particular order.
    """
    rng = np.random.default_rng([seed, 1])
    calendar = known_calendar(family.day_from.year)
    host = rng.choice(len(HOSTS), stations, p=[kind.share for kind in HOSTS])
    text = _texts(rng, host)
    nature = _natures(rng, host, days, family)
    hours = _hours(family.day_from, days, calendar)[text]
    has_hours = rng.random(stations) >= 1 / 12
    day_kind = calendar.kinds(family.day_from, days).astype(np.int64)
    is_open = _truth(rng, hours, nature, day_kind)
    is_open &= ~np.repeat(_brand_days(rng, host, days, family.brand_missed), DAY_SLOTS, axis=1)
    popularity = rng.lognormal(0.0, family.popularity_sigma, stations)
    return World(
        family=family,
        x_m=rng.uniform(0, 8_000, stations),
        y_m=rng.uniform(0, 8_000, stations),
        host=host,
        text=text,
        has_hours=has_hours,
        nature=nature,
        keeper_lies=(nature[:, 0] > 0) & (rng.random(stations) < lying_keepers),
        popularity=popularity / popularity.mean(),
        day_kind=day_kind,
        posted=hours & has_hours[:, None],
        meant=hours,
        is_open=is_open,
    )


def _texts(rng: np.random.Generator, host: Ints) -> Ints:
    picks = [rng.choice(len(HOSTS[h].hours), p=[s for _t, s in HOSTS[h].hours]) for h in host]
    return np.array(
        [TEXTS.index(HOSTS[h].hours[i][0]) for h, i in zip(host, picks, strict=True)],
        dtype=np.int64,
    )


def _natures(rng: np.random.Generator, host: Ints, days: int, family: Family) -> Ints:
    """Return the nature of each station on each day, drawn anew once for those who change."""
    cuts = np.cumsum([HOSTS[h].natures[:2] for h in host], axis=1)
    before, after = ((rng.random((len(host), 1)) >= cuts).sum(axis=1) for _time in range(2))
    changes_on = rng.integers(days - 35, days, len(host))
    changes_on[rng.random(len(host)) >= family.changed_share] = days
    changed = np.arange(days) >= changes_on[:, None]
    nature: Ints = np.where(changed, after[:, None], before[:, None]).astype(np.int64)
    return nature


def _hours(day_from: dt.date, days: int, calendar: Calendar) -> Bools:
    readings = [parse_hours(text) for text in TEXTS]
    boundaries = compile_boundaries(readings, day_from=day_from, days=days, calendar=calendar)
    minutes = np.arange(days * DAY_SLOTS) * _SLOT_MIN
    return boundaries.is_open(np.arange(len(TEXTS))[:, None], minutes)


def _truth(rng: np.random.Generator, hours: Bools, nature: Ints, day_kind: Ints) -> Bools:
    """Return when the doors really are open: the hours, as their keepers keep them."""
    n, days = nature.shape
    late, early = (
        rng.exponential(1.0, (n, days)) * _habit(nature, name) for name in ("late_min", "early_min")
    )
    stays = np.where(rng.random(n) < 0.15, rng.uniform(20, 60, n), 0.0)[:, None]
    since, until, after = (_slots_from(hours, way) * _SLOT_MIN for way in ("in", "to", "out"))
    is_open: Bools = hours & (since >= np.repeat(late, DAY_SLOTS, axis=1))
    is_open &= until > np.repeat(early, DAY_SLOTS, axis=1)
    is_open |= ~hours & (after < stays)
    by_slot: Bools = is_open.reshape(n, days, DAY_SLOTS)
    by_slot &= ~_missed(rng, nature, day_kind)[:, :, None]
    is_round: Bools = np.all(hours, axis=1, keepdims=True)
    likes_noon = rng.random((n, 1)) < _habit(nature, "noon_share")
    at_noon: Bools = likes_noon & (rng.random((n, days)) < 0.8)
    by_slot[:, :, _NOON] &= ~(at_noon & ~is_round)[:, :, None]
    kept: Bools = (by_slot & ~_away(rng, nature)).reshape(n, -1)
    return kept


def _habit(nature: Ints, name: str) -> Floats:
    of_nature: Floats = np.array([getattr(kind, name) for kind in NATURES])[nature]
    return of_nature


def _slots_from(hours: Bools, way: str) -> Ints:
    """Return slots since opening (``in``), to closing (``to``) or since closing (``out``)."""
    if way == "to":
        return _slots_from(hours[:, ::-1], "in")[:, ::-1] + 1
    inside = hours if way == "in" else ~hours
    slot = np.arange(hours.shape[1])
    begins = inside.copy()
    begins[:, 1:] &= ~inside[:, :-1]
    begins[:, 0] = False  # what lasts since before the first slot has lasted for ever
    last = np.maximum.accumulate(np.where(begins, slot, -10_000), axis=1)
    slots: Ints = slot - last
    return slots


def _missed(rng: np.random.Generator, nature: Ints, day_kind: Ints) -> Bools:
    """Return the days on which a door stays shut: spells, skipped weekends, holidays."""
    n, days = nature.shape
    low, high = (np.array([kind.missed[side] for kind in NATURES])[nature] for side in (0, 1))
    rate = low + (high - low) * rng.random((n, 1))
    missed: Bools = np.zeros((n, days), dtype=bool)
    missed[:, 0] = rng.random(n) < rate[:, 0]
    for day in range(1, days):
        # half of those shut yesterday are shut again; the long-run rate stays what it is
        again = 0.5 + 0.5 * rate[:, day]
        anew = 0.5 * rate[:, day]
        missed[:, day] = rng.random(n) < np.where(missed[:, day - 1], again, anew)
    skips = rng.random((n, 1)) < _habit(nature, "weekend_share")
    rests = rng.random((n, 1)) < np.array([0.3, 0.8, 1.0])[nature]
    skipped = (skips & (day_kind == DayKind.REST)) | (rests & (day_kind == DayKind.HOLIDAY))
    shut: Bools = missed | skipped
    return shut


def _away(rng: np.random.Generator, nature: Ints) -> Bools:
    """Return when a keeper has stepped out, at most twice a day."""
    n, days = nature.shape
    slot = np.arange(DAY_SLOTS)
    away: Bools = np.zeros((n, days, DAY_SLOTS), dtype=bool)
    for _time in range(2):
        goes = rng.random((n, days)) < _habit(nature, "steps_out") / 2
        start = rng.integers(*_DAYTIME, (n, days))
        end = start + 2 + rng.exponential(30 / _SLOT_MIN, (n, days))
        away |= goes[..., None] & (slot >= start[..., None]) & (slot < end[..., None])
    return away


def _brand_days(rng: np.random.Generator, host: Ints, days: int, rate: float) -> Bools:
    """Return for each station the days on which its brand stays shut; four brands to a kind."""
    brand = host * 4 + rng.integers(0, 4, len(host))
    first = rng.random((len(HOSTS) * 4, days)) < rate / 1.5
    second = np.roll(first, 1, axis=1) & (rng.random(first.shape) < 0.5)
    shut: Bools = (first | second)[brand]
    return shut
