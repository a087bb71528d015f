"""Sets of minutes as sorted lists of half-open intervals."""

from collections.abc import Iterable

__all__ = ["DAY_MIN", "Interval", "clip", "merge", "shift", "subtract"]

Interval = tuple[int, int]
"""``(start, end)``, minutes, start < end: open from the start up to, not including, the end."""

DAY_MIN = 1440


def merge(intervals: Iterable[Interval]) -> list[Interval]:
    """Return the union of some intervals.

    Parameters
    ----------
    intervals
        In any order; they may overlap or touch.

    Returns
    -------
    list[Interval]
        By start, disjoint; intervals that touch are joined.
    """
    merged: list[Interval] = []
    for start, end in sorted(intervals):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def subtract(intervals: Iterable[Interval], cuts: Iterable[Interval]) -> list[Interval]:
    """Return what is left of some intervals outside others.

    Parameters
    ----------
    intervals
        In any order; they may overlap or touch.
    cuts
        What to take away, likewise.

    Returns
    -------
    list[Interval]
        By start, disjoint; intervals that touch are joined.
    """
    left = merge(intervals)
    for cut_start, cut_end in cuts:
        left = [
            piece
            for start, end in left
            for piece in ((start, min(end, cut_start)), (max(start, cut_end), end))
            if piece[0] < piece[1]
        ]
    return left


def clip(intervals: Iterable[Interval], low: int, high: int) -> list[Interval]:
    """Return the parts of the intervals inside ``[low, high)``, in their order."""
    clipped = ((max(start, low), min(end, high)) for start, end in intervals)
    return [(start, end) for start, end in clipped if start < end]


def shift(intervals: Iterable[Interval], by_min: int) -> list[Interval]:
    """Return the intervals moved by some minutes, in their order."""
    return [(start + by_min, end + by_min) for start, end in intervals]
