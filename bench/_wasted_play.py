"""Playing evidence and trips through many districts at once.

Axes are always (setting, district, station): a setting is a rate of evidence with a share of liars,
and every setting sees the same districts, the same truth and the same trips.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bench._wasted_rules import IS_INSIDE, KINDS, NEVER_S, Bools, Floats, Ints, RuleArrays
from nuanxin.algorithms.openness import EvidenceKind, OpennessParams
from nuanxin.algorithms.records import CELLS, count_findings
from nuanxin.algorithms.reports import ReportParams
from nuanxin.algorithms.worlds import DAY_SLOTS, HOSTS, SLOT_S, World
from nuanxin.algorithms.worlds_evidence import draw_evidence

DAY_S = DAY_SLOTS * SLOT_S
RULES = ReportParams()
KEPT_REPORTS = 8  # of one door, the latest: at least half a report each, four close it
TYPE_STRENGTH = 50.0  # as the running system shrinks a host type's rate to the general one
GENERAL_RATE = 0.9

_REPORT = KINDS.index(EvidenceKind.DOOR_REPORT)
_KEEPER_OPEN = KINDS.index(EvidenceKind.KEEPER_OPEN)
_KEEPER_CLOSE = KINDS.index(EvidenceKind.KEEPER_CLOSE)
_REBUTTAL = KINDS.index(EvidenceKind.REBUTTAL)
_COUNTED = IS_INSIDE | np.isin(np.arange(len(KINDS)), [_REPORT, _KEEPER_CLOSE])


@dataclass(frozen=True, slots=True)
class Setting:
    """How much evidence there is, and how much of it is false."""

    rate: float
    liars: float


class Districts:
    """Several worlds of one family, stacked: arrays of shape (district, station, slot)."""

    def __init__(self, worlds: Sequence[World]) -> None:
        self.worlds = worlds
        self.day_kind = worlds[0].day_kind
        self.posted: Bools = np.stack([world.posted for world in worlds])
        self.is_open: Bools = np.stack([world.is_open for world in worlds])
        self.has_hours: Bools = np.stack([world.has_hours for world in worlds])
        self.host: Ints = np.stack([world.host for world in worlds])
        self.x_m: Floats = np.stack([world.x_m for world in worlds])
        self.y_m: Floats = np.stack([world.y_m for world in worlds])
        self.next_opening_s = _next_opening_s(self.posted)

    def cell(self, at_s: Ints) -> Ints:
        """Return the cell of kind of day and two-hour band."""
        cell: Ints = self.day_kind[at_s // DAY_S] * 12 + at_s % DAY_S // 7_200
        return cell


def _next_opening_s(posted: Bools) -> Ints:
    """Return for each slot the posted opening after it; a day past the end when there is none."""
    slots = posted.shape[-1]
    opens = np.full(posted.shape, slots + DAY_SLOTS, dtype=np.int32)
    first = posted[..., 1:] & ~posted[..., :-1]
    opens[..., :-1][first] = np.broadcast_to(np.arange(1, slots, dtype=np.int32), first.shape)[
        first
    ]
    reversed_min = np.minimum.accumulate(opens[..., ::-1], axis=-1)
    found: Ints = reversed_min[..., ::-1]
    return found


@dataclass(frozen=True, slots=True)
class Events:
    """All events of all settings and districts by time; ``place`` is a flat index of the three axes."""

    at_s: Ints
    place: Ints
    kind: Ints
    share: Floats
    is_posted: Bools
    next_opening_s: Ints
    cell: Ints


def draw_events(districts: Districts, settings: Sequence[Setting], seeds: Sequence[int]) -> Events:
    """Return the evidence of every setting in every district."""
    n_stations = districts.posted.shape[1]
    parts = []
    for s, setting in enumerate(settings):
        for d, (world, seed) in enumerate(zip(districts.worlds, seeds, strict=True)):
            told = draw_evidence(world, seed=seed, rate=setting.rate, liars=setting.liars)
            place = (s * len(seeds) + d) * n_stations + told.station
            slot = told.at_s // SLOT_S
            posted = districts.posted[d, told.station, slot] | ~districts.has_hours[d, told.station]
            opening = districts.next_opening_s[d, told.station, slot].astype(np.int64) * SLOT_S
            parts.append((told.at_s, place, told.kind, told.share, posted, opening))
    at_s, place, kind, share, posted, opening = (
        np.concatenate(column) for column in zip(*parts, strict=True)
    )
    order = np.argsort(at_s, kind="stable")
    at_s = at_s[order]
    return Events(
        at_s, place[order], kind[order], share[order], posted[order], opening[order],
        districts.cell(at_s),
    )  # fmt: skip


class Memory:
    """What the platform holds of every station: evidence lines, records, closures; flat by place."""

    def __init__(
        self, shape: tuple[int, int, int], params: OpennessParams, has_hours: Bools
    ) -> None:
        places = int(np.prod(shape))
        self.has_hours: Bools = np.broadcast_to(has_hours, shape).ravel()
        self.shape = shape
        self.rules = RuleArrays.of(params)
        self.at_s = np.full((places, len(KINDS)), NEVER_S, dtype=np.int64)
        self.weight = np.zeros((places, len(KINDS)))
        self.hits = np.zeros((places, CELLS), dtype=np.uint8)
        self.times = np.zeros((places, CELLS), dtype=np.uint8)
        self.shut_until_s = np.zeros(places, dtype=np.int64)
        self.doubt_until_s = np.zeros(places, dtype=np.int64)
        self.reported_s = np.full((places, KEPT_REPORTS), NEVER_S, dtype=np.int64)
        self.worth = np.zeros((places, KEPT_REPORTS))
        self.inside_s = np.full(places, NEVER_S, dtype=np.int64)
        self.told_open_s = np.full(places, NEVER_S, dtype=np.int64)
        self.told_shut_s = np.full(places, NEVER_S, dtype=np.int64)

    def count(self, events: Events, which: slice) -> None:
        """Count in the records what was found in posted hours, in the order of time."""
        chosen = np.arange(len(events.at_s))[which]
        chosen = chosen[_COUNTED[events.kind[chosen]] & events.is_posted[chosen]]
        for now in _one_each(chosen, events.place):
            place = events.place[now]
            self.hits[place], self.times[place] = count_findings(
                self.hits[place],
                self.times[place],
                cell=events.cell[now],
                is_open=IS_INSIDE[events.kind[now]],
                has_hours=self.has_hours[place],
            )

    def take(self, events: Events, which: slice) -> None:
        """Fold events into lines and closures, in the order of time."""
        for now in _one_each(np.arange(len(events.at_s))[which], events.place):
            self._take_one_each(events, now)

    def _take_one_each(self, events: Events, now: Ints) -> None:
        says_open = self.rules.weight[events.kind[now]] > 0
        for told_s, said in (
            (self.told_open_s, now[says_open]),
            (self.told_shut_s, now[~says_open]),
        ):
            told_s[events.place[said]] = events.at_s[said]
        # a report outside posted hours says nothing
        now = now[(events.kind[now] != _REPORT) | events.is_posted[now]]
        self._keep_closures(events, now)
        self._fold(events.place[now], events.kind[now], events.at_s[now], events.share[now])

    def _fold(self, place: Ints, kind: Ints, at_s: Ints, share: Floats) -> None:
        left = np.exp2(-(at_s - self.at_s[place, kind]) / self.rules.half_life_s[kind])
        total = self.weight[place, kind] * left + self.rules.weight[kind] * share
        cap = self.rules.cap[kind]
        self.weight[place, kind] = np.clip(total, -cap, cap)
        self.at_s[place, kind] = at_s
        # a keeper's later word takes the place of the earlier, opposite one
        for said, before in ((_KEEPER_OPEN, _KEEPER_CLOSE), (_KEEPER_CLOSE, _KEEPER_OPEN)):
            self.weight[place[kind == said], before] = 0.0

    def _keep_closures(self, events: Events, now: Ints) -> None:
        place, kind, at_s = events.place[now], events.kind[now], events.at_s[now]
        self._let_in(place, kind, at_s, events.share[now])
        taps = kind == _KEEPER_OPEN
        contested = place[taps & (at_s < self.shut_until_s[place])]
        self.doubt_until_s[contested] = self.shut_until_s[contested]
        self.shut_until_s[contested] = 0
        is_report = kind == _REPORT
        self._report(
            place[is_report], at_s[is_report], events.share[now][is_report],
            events.next_opening_s[now][is_report],
        )  # fmt: skip

    def _let_in(self, place: Ints, kind: Ints, at_s: Ints, share: Floats) -> None:
        """Free doors on a whole word from inside, lay them in doubt on half a one."""
        is_whole = IS_INSIDE[kind] & (share >= 1.0)
        held_s = np.maximum(self.shut_until_s[place], self.doubt_until_s[place])
        is_held = held_s > at_s
        half = IS_INSIDE[kind] & ~is_whole & is_held
        self.doubt_until_s[place[half]] = held_s[half]
        self.shut_until_s[place[half]] = 0
        freed, at_freed_s = place[is_whole & is_held], at_s[is_whole & is_held]
        answer = np.full(len(freed), _REBUTTAL)
        self._fold(freed, answer, at_freed_s, np.ones(len(freed)))
        whole = place[is_whole]
        self.shut_until_s[whole] = self.doubt_until_s[whole] = 0
        self.reported_s[whole] = NEVER_S
        self.inside_s[whole] = at_s[is_whole]

    def _report(self, place: Ints, at_s: Ints, share: Floats, opening_s: Ints) -> None:
        """Close a door, or lay it in doubt, once the reports of an hour are worth enough."""
        for kept, new in ((self.reported_s, at_s), (self.worth, share)):
            kept[place, :-1] = kept[place, 1:]
            kept[place, -1] = new
        counts = at_s[:, None] - self.reported_s[place] <= RULES.window_s
        enough = (self.worth[place] * counts).sum(axis=1) >= RULES.enough
        first_s = np.where(counts, self.reported_s[place], at_s[:, None]).min(axis=1)
        contradicted = self.inside_s[place] >= first_s - RULES.contradicted_s
        until = np.minimum(at_s + RULES.closure_s, opening_s)
        shut, doubted = enough & ~contradicted, enough & contradicted
        self.shut_until_s[place[enough]] = self.doubt_until_s[place[enough]] = 0
        self.shut_until_s[place[shut]] = until[shut]
        self.doubt_until_s[place[doubted]] = until[doubted]

    def host_rates(self, host: Ints) -> Floats:
        """Return the rate of each host type in each cell, learned over all districts of a setting.

        Doors without posted hours are left out; see `doors_at` for theirs.
        """
        settings, n_districts, stations = self.shape
        by_setting = (settings, n_districts * stations, CELLS)
        hits, times = self.hits.reshape(by_setting), self.times.reshape(by_setting)
        has_hours = self.has_hours.reshape(settings, -1)[0]
        member = ((host.ravel() == np.arange(len(HOSTS))[:, None]) & has_hours).astype(np.float64)
        found, seen = (np.einsum("hp,spc->shc", member, counts) for counts in (hits, times))
        rates: Floats = (found + TYPE_STRENGTH * GENERAL_RATE) / (seen + TYPE_STRENGTH)
        return rates


def _one_each(chosen: Ints, place: Ints) -> Iterator[Ints]:
    """Split events in order of time into batches in which no place occurs twice."""
    if not chosen.size:
        return
    by_place = np.argsort(place[chosen], kind="stable")
    sorted_places = place[chosen][by_place]
    first = np.flatnonzero(np.diff(sorted_places, prepend=-1))
    nth = np.empty(len(chosen), dtype=np.int64)
    nth[by_place] = np.arange(len(chosen)) - np.repeat(first, np.diff(first, append=len(chosen)))
    yield from np.split(chosen[np.argsort(nth, kind="stable")], np.cumsum(np.bincount(nth))[:-1])
