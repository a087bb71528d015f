"""Reading a feed of sequence numbers that may be committed out of order.

A sequence gives its numbers before the transactions that use them end: number 8 may be seen while 7
is still on its way, and 7 may never come. A cursor that remembers only the last number would lose 7
for ever; this one remembers the gaps, reads them again, and forgets them when they are old.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, NamedTuple

__all__ = ["GAP_AGE_S", "REACH", "Cursor", "Gap", "advance", "begin"]

GAP_AGE_S: Final = 600.0
"""After so many seconds a gap is that of a transaction that was undone."""
_MOST_RANGES: Final = 24
REACH: Final = 1_000
"""So many numbers below the greatest visible one may still be on their way."""


class Gap(NamedTuple):
    """Numbers not seen yet, both ends included, and when they were first missed."""

    first: int
    last: int
    since_s: float


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a feed has been read.

    Parameters
    ----------
    last
        Greatest number seen; 0 for none.
    gaps
        What is missing below it, in order.
    """

    last: int = 0
    gaps: tuple[Gap, ...] = ()

    @property
    def missing(self) -> int:
        """How many numbers are missing."""
        return sum(gap.last - gap.first + 1 for gap in self.gaps)

    def ranges(self) -> list[tuple[int, int]]:
        """Return the stretches to read again, both ends included; few, so that the query stays short.

        Returns
        -------
        list of (first, last)
            Every missing number lies in one of them; when there are very many gaps, one stretch
            holds them all, and numbers already delivered with them.
        """
        if len(self.gaps) > _MOST_RANGES:
            return [(self.gaps[0].first, self.gaps[-1].last)]
        return [(gap.first, gap.last) for gap in self.gaps]


def begin(numbers: Iterable[int], *, now_s: float, reach: int = REACH) -> Cursor:
    """Return a cursor behind the newest numbers of a feed, for whoever reads everything next.

    Parameters
    ----------
    numbers
        What is visible among the newest ``reach`` numbers, in any order, or more; what is missing
        there may still come.
    now_s
        A clock that never goes back, seconds.
    reach
        So many numbers below the greatest visible one may still be on their way, >= 1.
    """
    seen = sorted(set(numbers))
    if not seen:
        return Cursor()
    least = max(0, seen[-1] - reach)
    near = [one for one in seen if one > least]
    return Cursor(seen[-1], tuple(_between(least, near, now_s)))


def advance(
    cursor: Cursor, numbers: Iterable[int], *, now_s: float, gap_age_s: float = GAP_AGE_S
) -> tuple[Cursor, list[int]]:
    """Take what was read: everything after the cursor's last number, and in its gaps.

    Parameters
    ----------
    cursor
        As it was when the feed was read.
    numbers
        What was visible there, in any order; numbers already delivered are passed over.
    now_s
        A clock that never goes back, seconds.
    gap_age_s
        Gaps older than this are forgotten.

    Returns
    -------
    cursor : Cursor
        For the next reading.
    fresh : list of int
        The numbers not delivered before, in order.

    Notes
    -----
    Every number is delivered once, in whatever order they are committed, if it comes within
    ``gap_age_s`` after a later one was first seen.
    """
    seen = sorted(set(numbers))
    late = [one for one in seen if one < cursor.last and _is_missing(cursor, one)]
    after = [one for one in seen if one > cursor.last]
    gaps = [
        left for gap in cursor.gaps if now_s - gap.since_s <= gap_age_s for left in _left(gap, late)
    ]
    gaps += _between(cursor.last, after, now_s)
    return Cursor(after[-1] if after else cursor.last, tuple(gaps)), late + after


def _is_missing(cursor: Cursor, number: int) -> bool:
    return any(gap.first <= number <= gap.last for gap in cursor.gaps)


def _left(gap: Gap, late: list[int]) -> list[Gap]:
    """Return what is left of a gap once some of its numbers have come."""
    inside = [one for one in late if gap.first <= one <= gap.last]
    return _between(gap.first - 1, [*inside, gap.last + 1], gap.since_s)


def _between(before: int, numbers: list[int], since_s: float) -> list[Gap]:
    """Return the gaps between numbers in order, the first of them after ``before``."""
    ends = zip([before, *numbers], numbers, strict=False)
    return [Gap(low + 1, high - 1, since_s) for low, high in ends if high - low > 1]
