"""What keepers, riders, visits and locks of the demo tell, hour by hour, from the hidden truth."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from nuanxin.algorithms.openness import INSIDE_KINDS, EvidenceKind, OpennessParams
from nuanxin.demo.truth import (
    CIVIL_S,
    HOUR_S,
    Bools,
    Floats,
    Ints,
    Posted,
    Truths,
    draw,
    is_really_open,
)

KINDS: Final = tuple(EvidenceKind)
_CODE: Final = {kind: index for index, kind in enumerate(KINDS)}
_INSIDE: Final = [_CODE[kind] for kind in KINDS if kind in INSIDE_KINDS]
CELLS: Final = 48
NOTHING: Final = -1
TOGETHER_S: Final = 3_600
SHUT_S: Final = 14_400
_FOUND_UNPOSTED: Final = 0.3
# occasions by civil hour: two peaks around the meals, few at night
_BUSY: Final = np.array(
    [1, 1, 1, 1, 1, 2, 3, 5, 7, 7, 8, 11, 11, 9, 7, 6, 6, 9, 10, 8, 5, 4, 2, 1], dtype=float
)
_PROFILE: Final = _BUSY / _BUSY.sum()


@dataclass(frozen=True, slots=True, eq=False)
class Sightings:
    """What somebody could tell in one hour, at most one thing for each door; m of the n doors.

    Parameters
    ----------
    row
        Shape (m,), rows of the doors, increasing, each posted open at the moment (or meant to be).
    at_s
        Shape (m,), moments, epoch seconds.
    kind
        Shape (m,), index into ``KINDS``; ``NOTHING`` where nobody tells anything.
    found
        Shape (m,), whether the door is open then.
    """

    row: Ints
    at_s: Ints
    kind: Ints
    found: Bools


def sightings(truths: Truths, posted: Posted, *, hour: int) -> Sightings:
    """Return what is told in one hour.

    Parameters
    ----------
    truths, posted
        Of the same n doors; ``posted`` covers the hour.
    hour
        Hours since the epoch; the same hour gives the same sightings.
    """
    rate = truths.seen_per_day * _PROFILE[(hour * HOUR_S + CIVIL_S) // HOUR_S % 24]
    # few find the way to a door that posts nothing
    is_known = posted.has_hours | (draw(truths.keys, 7) < _FOUND_UNPOSTED)
    row = np.flatnonzero(is_known & (draw(truths.keys, 21, hour) < rate))
    at_s = hour * HOUR_S + (draw(truths.keys[row], 20, hour) * HOUR_S).astype(np.int64)
    is_posted = posted.take(row).is_open(at_s)
    row, at_s = row[is_posted], at_s[is_posted]
    of_rows = truths.take(row)
    found = is_really_open(of_rows, posted.take(row), at_s)
    return Sightings(
        row, at_s, np.where(found, _told_open(of_rows, hour), _told_shut(of_rows, hour)), found
    )


def tally(truths: Truths, posted: Posted, *, hours: range) -> tuple[Ints, Ints]:
    """Return how often doors were found open, and looked at, in some hours.

    Parameters
    ----------
    truths, posted
        Of the same n doors; ``posted`` covers the hours.
    hours
        Hours since the epoch.

    Returns
    -------
    hits, times
        Shape (n, 48), int64, by kind of day and two-hour band; doors without posted hours stay zero.
    """
    hits = np.zeros((len(truths.keys), CELLS), dtype=np.int64)
    times = np.zeros_like(hits)
    for hour in hours:
        seen = sightings(truths, posted, hour=hour)
        minute = int(posted.minute_of(np.array([hour * HOUR_S]))[0])
        cell = int(posted.day_kinds[minute // 1_440]) * 12 + minute % 1_440 // 120
        counts = posted.has_hours[seen.row]
        times[seen.row, cell] += counts
        hits[seen.row, cell] += counts & seen.found
    return hits, times


@dataclass(slots=True, eq=False)
class Doors:
    """The folded evidence of n doors, and since when reports have closed them.

    Parameters
    ----------
    at_s, weight
        Shape (n, kinds): last moment (0 for none) and signed log-odds of each line.
    shut_s
        Shape (n,), the last of the reports that closed it; 0 for none.
    tapped_s
        Shape (n,), the keeper's last tap of *open* after that; 0 for none.
    """

    at_s: Ints
    weight: Floats
    shut_s: Ints
    tapped_s: Ints

    @classmethod
    def unseen(cls, count: int) -> "Doors":
        """Return doors about which nothing has been told."""
        lines = (count, len(KINDS))
        nothing = np.zeros(count, dtype=np.int64)
        return cls(np.zeros(lines, dtype=np.int64), np.zeros(lines), nothing, nothing.copy())

    def play(
        self, truths: Truths, posted: Posted, *, since_s: int, now_s: int, params: OpennessParams
    ) -> None:
        """Fold in what is told from one moment to another.

        Notes
        -----
        Only what is later than a line is folded into it, so playing the same time twice changes
        nothing, and what somebody else recorded meanwhile is kept.
        """
        reported_s = np.zeros_like(self.shut_s)
        for hour in range(since_s // HOUR_S, now_s // HOUR_S + 1):
            seen = sightings(truths, posted, hour=hour)
            is_told = (seen.at_s <= now_s) & (seen.kind != NOTHING)
            row, at_s, kind = seen.row[is_told], seen.at_s[is_told], seen.kind[is_told]
            self._fold(row, at_s, kind, params)
            self._close(row, at_s, kind, reported_s)

    def _fold(self, row: Ints, at_s: Ints, kind: Ints, params: OpennessParams) -> None:
        """Fold as ``openness.fold_evidence`` does, all doors at once."""
        is_new = at_s > self.at_s[row, kind]
        row, at_s, kind = row[is_new], at_s[is_new], kind[is_new]
        rules = [params.rules[name] for name in KINDS]
        weight, half_life_s, cap = (
            np.array([getattr(rule, name) for rule in rules])[kind]
            for name in ("weight", "half_life_s", "cap")
        )
        left = self.weight[row, kind] * np.exp2(-(at_s - self.at_s[row, kind]) / half_life_s)
        self.weight[row, kind] = np.clip(left + weight, -cap, cap)
        self.at_s[row, kind] = at_s

    def _close(self, row: Ints, at_s: Ints, kind: Ints, reported_s: Ints) -> None:
        """Close doors that two reports within an hour find shut; open those that are seen open."""
        is_report = kind == _CODE[EvidenceKind.DOOR_REPORT]
        reporting, seen_s = row[is_report], at_s[is_report]
        is_closing = (seen_s - reported_s[reporting] <= TOGETHER_S) | (
            seen_s - self.shut_s[reporting] <= SHUT_S
        )
        self.shut_s[reporting[is_closing]] = seen_s[is_closing]
        reported_s[reporting] = seen_s
        is_open = np.isin(kind, _INSIDE)
        self.shut_s[row[is_open]] = reported_s[row[is_open]] = 0
        is_tap = kind == _CODE[EvidenceKind.KEEPER_OPEN]
        self.tapped_s[row[is_tap]] = at_s[is_tap]

    def shut_until_s(self, posted: Posted, *, now_s: int) -> tuple[Ints, Ints]:
        """Return until when reports keep doors closed, and until when in doubt; 0 for not now.

        Returns
        -------
        closed_s, doubtful_s
            Shape (n,): the earlier of four hours after the last report and the next posted opening;
            after the keeper's tap the door is in doubt for that time instead.
        """
        asked_s = np.where(self.shut_s > 0, self.shut_s, now_s)
        until_s = np.minimum(asked_s + SHUT_S, posted.opens_s(asked_s))
        until_s = np.where((self.shut_s > 0) & (until_s > now_s), until_s, 0)
        is_tapped = self.tapped_s > self.shut_s
        return np.where(is_tapped, 0, until_s), np.where(is_tapped, until_s, 0)


def last_inside_s(at_s: Ints) -> Ints:
    """Return the last moment at which a door was seen open from inside; 0 for never."""
    last: Ints = at_s[:, _INSIDE].max(axis=1)
    return last


def last_report_s(at_s: Ints) -> Ints:
    """Return the last moment at which a door was reported shut; 0 for never."""
    last: Ints = at_s[:, _CODE[EvidenceKind.DOOR_REPORT]]
    return last


def _told_open(truths: Truths, hour: int) -> Ints:
    who, rare = draw(truths.keys, 22, hour), draw(truths.keys, 23, hour)
    kinds = [EvidenceKind.INSIDE_SCAN, EvidenceKind.KEEPER_OPEN, EvidenceKind.VISIT]
    codes = np.array([*(_CODE[kind] for kind in kinds), _CODE[EvidenceKind.SENSOR]])
    told: Ints = codes[np.searchsorted([0.55, 0.75, 0.95], who, "right")]
    return np.where(rare < 0.002, _CODE[EvidenceKind.INSPECTION], told)


def _told_shut(truths: Truths, hour: int) -> Ints:
    """Riders report a shut door or keep silent; keepers lie, say so, or keep silent."""
    who, speaks = draw(truths.keys, 22, hour), draw(truths.keys, 24, hour)
    report = np.where(speaks < 0.7, _CODE[EvidenceKind.DOOR_REPORT], NOTHING)
    honest = np.where(speaks < 0.3, _CODE[EvidenceKind.KEEPER_CLOSE], NOTHING)
    keeper = np.where(truths.lies, _CODE[EvidenceKind.KEEPER_OPEN], honest)
    told: Ints = np.where(who < 0.75, np.where(who < 0.55, report, keeper), report)
    return told
