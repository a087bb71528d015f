"""What people tell about the doors of a made-up district.

An *occasion* is one moment at which somebody could tell something: a rider at the door, a keeper at
the desk, a visit written down, a lock. A rate of one a day means one occasion for each station and
day on average, more at the popular ones; it does not mean one useful report. A visit or a lock says
nothing at a shut door, a keeper's tap comes in the morning whatever happens later, and some people
keep silent or lie, so that fewer events arrive than there are occasions.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.algorithms.worlds import (
    DAY_SLOTS,
    HOSTS,
    NATURES,
    SLOT_S,
    World,
)

__all__ = ["KINDS", "Evidence", "draw_evidence"]

KINDS: Final = tuple(EvidenceKind)
_CODE = {kind: index for index, kind in enumerate(KINDS)}
_UNATTENDED = [host.name for host in HOSTS].index("unattended")
_MIX = (0.55, 0.20, 0.20, 0.05)  # rider, keeper, visit, lock
_MIX_UNATTENDED = (0.50, 0.0, 0.10, 0.40)
_YOUNG_SHARE = 0.15  # riders whose device has been known for less than ten minutes
_FILES_CLOSURE = 0.3  # honest keepers who say so when they stay shut
_BURST = (3, 7)


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """Events by time.

    Parameters
    ----------
    at_s
        Shape (events,), int64, seconds since the midnight that begins the world.
    station
        Shape (events,), row of the world.
    kind
        Shape (events,), index into ``KINDS``.
    share
        Shape (events,), float64, 0 to 1: how much of a full event it is.
    """

    at_s: NDArray[np.int64]
    station: NDArray[np.int64]
    kind: NDArray[np.int64]
    share: NDArray[np.float64]


def draw_evidence(world: World, *, seed: int, rate: float, liars: float) -> Evidence:
    """Return everything that is told about a world.

    Parameters
    ----------
    world
        The district.
    seed
        The same seed, rate and share give the same events.
    rate
        Occasions for each station and day.
    liars
        Share of riders who say the opposite of what they found.

    Returns
    -------
    Evidence
        By time.
    """
    rng = np.random.default_rng([seed, 2, round(rate * 1000), round(liars * 1000)])
    station, slot = _occasions(rng, world, rate)
    mixes = np.cumsum([_MIX, _MIX_UNATTENDED], axis=1)[
        (world.host[station] == _UNATTENDED).astype(int)
    ]
    teller = (rng.random((len(station), 1)) >= mixes[:, :3]).sum(axis=1)
    slot = np.where(teller == 1, _morning(rng, world, station, slot), slot)
    is_open = world.is_open[station, slot]
    kind = np.select(
        [teller == 0, teller == 1, teller == 2],
        [
            _riders(rng, is_open, liars, world.family.silence),
            _keepers(rng, is_open, world.keeper_lies[station]),
            np.where(is_open, _CODE[EvidenceKind.VISIT], -1),
        ],
        np.where(is_open, _CODE[EvidenceKind.SENSOR], -1),
    )
    is_young = (teller == 0) & (rng.random(len(station)) < _YOUNG_SHARE)
    at_s = slot * SLOT_S + rng.integers(0, SLOT_S, len(slot))
    told = kind >= 0
    columns = (at_s[told], station[told], kind[told], np.where(is_young, 0.5, 1.0)[told])
    return _sorted(columns, _bursts(rng, world))


def _occasions(
    rng: np.random.Generator, world: World, rate: float
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return stations and slots: mostly in the hours meant, rarely at night."""
    n, slots = world.meant.shape
    tried = np.array([kind.tried for kind in NATURES])[world.nature]
    hour = np.arange(slots) % DAY_SLOTS // 12
    by_day = np.where((hour >= 7) & (hour < 22), 1.0, 0.15)
    weight = np.where(world.meant, 1.0, 0.02) * by_day * np.repeat(tried, DAY_SLOTS, axis=1)
    weight *= (world.popularity / weight.sum(axis=1))[:, None] * tried.mean(axis=1)[:, None]
    summed = np.cumsum(weight.ravel())
    count = rng.poisson(rate * n * slots / DAY_SLOTS)
    at = np.searchsorted(summed, rng.random(count) * summed[-1], "right")
    return at // slots, at % slots


def _morning(
    rng: np.random.Generator,
    world: World,
    station: NDArray[np.int64],
    slot: NDArray[np.int64],
) -> NDArray[np.int64]:
    """Return the slot of a keeper's morning tap: a while after the first opening of the day."""
    day = slot // DAY_SLOTS
    meant = world.meant.reshape(len(world.host), -1, DAY_SLOTS)[station, day]
    later = (rng.exponential(20 * 60 / SLOT_S, len(slot))).astype(np.int64)
    first = day * DAY_SLOTS + np.minimum(meant.argmax(axis=1) + later, DAY_SLOTS - 1)
    return np.where(meant.any(axis=1) & ~meant.all(axis=1), first, slot)


def _riders(
    rng: np.random.Generator, is_open: NDArray[np.bool_], liars: float, silence: float
) -> NDArray[np.int64]:
    lies = rng.random(len(is_open)) < liars
    says_open = is_open ^ lies
    is_silent = ~is_open & ~lies & (rng.random(len(is_open)) < silence)
    said = np.where(says_open, _CODE[EvidenceKind.INSIDE_SCAN], _CODE[EvidenceKind.DOOR_REPORT])
    return np.where(is_silent, -1, said)


def _keepers(
    rng: np.random.Generator, is_open: NDArray[np.bool_], lies: NDArray[np.bool_]
) -> NDArray[np.int64]:
    files = rng.random(len(is_open)) < _FILES_CLOSURE
    honest = np.where(files, _CODE[EvidenceKind.KEEPER_CLOSE], -1)
    return np.where(is_open | lies, _CODE[EvidenceKind.KEEPER_OPEN], honest)


_Columns = tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]


def _bursts(rng: np.random.Generator, world: World) -> _Columns:
    """Return false reports about open doors, several devices within half an hour."""
    n, slots = world.is_open.shape
    struck = rng.poisson(world.family.attacks * n * slots / DAY_SLOTS)
    station, slot = rng.integers(0, n, struck), rng.integers(0, slots, struck)
    hit = world.is_open[station, slot] & world.posted[station, slot]
    station, slot = station[hit], slot[hit]
    times = rng.integers(*_BURST, len(station))
    station, slot = np.repeat(station, times), np.repeat(slot, times)
    at_s = slot * SLOT_S + rng.integers(0, 1_800, len(slot))
    at_s = np.minimum(at_s, slots * SLOT_S - 1)
    report = np.full(len(slot), _CODE[EvidenceKind.DOOR_REPORT], dtype=np.int64)
    return at_s, station, report, np.where(rng.random(len(slot)) < 0.5, 0.5, 1.0)


def _sorted(*parts: _Columns) -> Evidence:
    at_s, station, kind, share = (np.concatenate(column) for column in zip(*parts, strict=True))
    order = np.argsort(at_s, kind="stable")
    return Evidence(at_s[order], station[order], kind[order], share[order])
