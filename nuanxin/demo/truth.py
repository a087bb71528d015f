"""The hidden truth of the demo: how each door's hours are really kept. Only the demo's players read it.

Everything is a pure function of (seed, station number, day or hour): nothing is stored, and any
moment can be asked for in any order.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.calendars import DayKind
from nuanxin.algorithms.hours import Boundaries

HOUR_S: Final = 3_600
CIVIL_S: Final = 28_800
_DAY_MIN: Final = 1_440
_NOON: Final = (12 * 60, 13 * 60 + 30)
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]

# share of stations, days missed, mean minutes late and early, share that naps at noon, share that
# stays shut at weekends though posted open, share of keepers who tap "open" without looking
_NATURES: Final = (
    ("steady", 0.80, (0.00, 0.03), 3.0, 3.0, 0.03, 0.02, 0.0),
    ("slack", 0.14, (0.05, 0.30), 20.0, 25.0, 0.45, 0.30, 0.3),
    ("locked", 0.06, (0.80, 1.00), 40.0, 60.0, 0.60, 0.80, 0.5),
)


@dataclass(frozen=True, slots=True, eq=False)
class Truths:
    """How n doors behave, one array entry for each.

    Parameters
    ----------
    keys
        Shape (n,), uint64, from which everything else about a door is drawn.
    nature
        Shape (n,), int64, row of steady, slack, locked.
    missed
        Share of days on which it stays shut, 0 to 1.
    late_min, early_min
        Mean minutes by which it opens late and closes early.
    naps, skips_rest
        Whether it is shut at noon, and on days of rest, whatever is posted.
    lies
        Whether its keeper taps *open* without looking.
    seen_per_day
        How often somebody could tell something about it, occasions a day.
    """

    keys: NDArray[np.uint64]
    nature: Ints
    missed: Floats
    late_min: Floats
    early_min: Floats
    naps: Bools
    skips_rest: Bools
    lies: Bools
    seen_per_day: Floats

    def take(self, rows: Ints) -> "Truths":
        """Return the truth of some rows alone, in their order."""
        return Truths(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})


def truths_of(codes: Sequence[str], *, seed: int = 2024) -> Truths:
    """Return the truth of stations by their numbers.

    Parameters
    ----------
    codes
        Station numbers; the same number and seed give the same truth, whatever stands beside it.
    seed
        Everything drawn follows from it.
    """
    keys = np.array([_key(seed, code) for code in codes], dtype=np.uint64)
    cuts = np.cumsum([nature[1] for nature in _NATURES])[:-1]
    nature = np.searchsorted(cuts, draw(keys, 1), "right").astype(np.int64)

    def of(column: int) -> NDArray[Any]:
        return np.array([row[column] for row in _NATURES])[nature]

    missed = of(2)
    return Truths(
        keys=keys,
        nature=nature,
        missed=missed[:, 0] + (missed[:, 1] - missed[:, 0]) * draw(keys, 2),
        late_min=of(3),
        early_min=of(4),
        naps=draw(keys, 3) < of(5),
        skips_rest=draw(keys, 4) < of(6),
        lies=draw(keys, 5) < of(7),
        seen_per_day=np.array([0.5, 1.0, 2.0, 4.0, 7.0])[(draw(keys, 6) * 5).astype(np.int64)],
    )


def draw(keys: NDArray[np.uint64], *salts: int) -> Floats:
    """Return one number in [0, 1) for each key; other salts give independent numbers.

    References
    ----------
    .. [1] G. L. Steele, D. Lea, C. H. Flood, "Fast splittable pseudorandom number generators",
       OOPSLA 2014 (the mixing function of SplitMix64).
    """
    mixed = keys
    for salt in salts:
        step = (0x9E3779B97F4A7C15 * (salt + 1)) & 0xFFFF_FFFF_FFFF_FFFF
        mixed = mixed + np.uint64(step)
        mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        mixed = mixed ^ (mixed >> np.uint64(31))
    drawn: Floats = (mixed >> np.uint64(11)).astype(np.float64) / 2.0**53
    return drawn


@dataclass(frozen=True, slots=True, eq=False)
class Posted:
    """What is posted at n doors over some days.

    Parameters
    ----------
    hours
        Boundaries of the distinct readings; begin a day before the first moment asked for.
    schedule
        Shape (n,), int64, index of each door's reading.
    has_hours
        Shape (n,), whether the reading is posted; if not, it is only what the keeper has in mind.
    day_kinds
        Shape (days,), kinds of the days of ``hours``.
    """

    hours: Boundaries
    schedule: Ints
    has_hours: Bools
    day_kinds: Ints

    def take(self, rows: Ints) -> "Posted":
        """Return what is posted at some rows alone, in their order."""
        return Posted(self.hours, self.schedule[rows], self.has_hours[rows], self.day_kinds)

    def minute_of(self, at_s: Ints) -> Ints:
        """Return minutes since the first midnight of ``hours`` for epoch seconds."""
        first_day = self.hours.day_from.toordinal() - _EPOCH_ORDINAL
        return (at_s + CIVIL_S) // 60 - first_day * _DAY_MIN

    def is_open(self, at_s: Ints) -> Bools:
        """Return which doors are open by their readings; one moment for each door."""
        return self.hours.is_open(self.schedule, self.minute_of(at_s))

    def opens_s(self, at_s: Ints) -> Ints:
        """Return the next opening of each door after a moment, epoch seconds, far ahead for none."""
        minute = self.minute_of(at_s)
        return at_s - at_s % 60 + (self.hours.opens(self.schedule, minute) - minute) * 60


_EPOCH_ORDINAL: Final = 719_163  # date(1970, 1, 1).toordinal()


def is_really_open(truths: Truths, posted: Posted, at_s: Ints) -> Bools:
    """Return which doors are really open, one moment for each.

    Parameters
    ----------
    truths, posted
        Of the same n doors.
    at_s
        Shape (n,), epoch seconds.

    Returns
    -------
    np.ndarray
        Shape (n,), bool: posted open, and kept open by somebody.
    """
    minute = posted.minute_of(at_s)
    hours, sid = posted.hours, posted.schedule
    is_open = hours.is_open(sid, minute)
    passed = np.searchsorted(hours.flat, sid * hours.horizon_min + minute, "right")
    since = sid * hours.horizon_min + minute - hours.flat[np.maximum(passed - 1, 0)]
    until = hours.closes(sid, minute) - minute
    is_round = is_open & (since + until > _DAY_MIN)
    day, in_day = minute // _DAY_MIN, minute % _DAY_MIN
    civil_day = day + hours.day_from.toordinal()
    day_key = truths.keys + civil_day.astype(np.uint64)
    rests = np.isin(posted.day_kinds[day], [DayKind.REST, DayKind.HOLIDAY])
    is_noon = (in_day >= _NOON[0]) & (in_day < _NOON[1])
    is_open &= draw(day_key, 10) >= truths.missed
    is_open &= ~(truths.skips_rest & rests)
    is_open &= ~(truths.naps & is_noon & ~is_round)
    is_open &= is_round | (since >= _exponential(draw(day_key, 11)) * truths.late_min)
    is_open &= is_round | (until > _exponential(draw(day_key, 12)) * truths.early_min)
    return is_open


def _exponential(uniform: Floats) -> Floats:
    drawn: Floats = -np.log1p(-uniform)
    return drawn


def _key(seed: int, code: str) -> int:
    digest = hashlib.blake2b(f"{seed} {code}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")
