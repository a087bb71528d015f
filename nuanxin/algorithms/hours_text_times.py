"""Resolving the times of a range: which half of the day, which day, and whether that is sure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from nuanxin.algorithms.hours_intervals import DAY_MIN, Interval
from nuanxin.algorithms.hours_text_phrases import Point, Range

__all__ = ["Resolved", "resolve"]

_HALF = 720
_NOON_FROM, _EVENING_FROM, _MORNING_FROM = 10, 5, 6


class Resolved(NamedTuple):
    """Readings of one range, the likeliest first; none when the times contradict themselves."""

    spans: tuple[Interval, ...]
    is_sure: bool


def resolve(ranges: Sequence[tuple[Range, str]]) -> list[Resolved]:
    """Return what the ranges of one day say, each in the light of the one before.

    Parameters
    ----------
    ranges
        In the order of the text; with each the part of the day that a word before it names, or "".

    Returns
    -------
    list[Resolved]
        One each, spans in minutes, 0 <= start < 1440, start < end <= 2880.
    """
    resolved: list[Resolved] = []
    before = 0
    for span, hint in ranges:
        each = _resolve(span, hint, before)
        resolved.append(each)
        before = each.spans[0][1] if each.spans else before
    return resolved


def _resolve(span: Range, hint: str, before: int) -> Resolved:
    start, end = span.start, span.end
    start_period = start.period or ("" if start.is_fixed else hint)
    if _contradicts(replace(start, period=start_period)):
        start_period = start.period
    if _contradicts(start) or _contradicts(end):
        return Resolved((), is_sure=False)
    starts = _starts(start, start_period)
    is_sure = len(starts) == 1
    spans = [pair for at in starts for pair in _ends(at, end, start_period, start)]
    if not spans:
        return Resolved((), is_sure=False)
    if _is_plain(start, start_period) and before:
        return _by_order(
            spans, before, end, is_plain_end=_is_plain(end, end.period or start_period)
        )
    if is_sure and _is_plain(start, start_period):
        return _first_plain(start, end, spans)
    return Resolved(tuple(spans), is_sure=is_sure and len(spans) == 1)


def _is_plain(point: Point, period: str) -> bool:
    return not point.is_fixed and not period


def _contradicts(point: Point) -> bool:
    hour, period = point.hour, point.period
    if period == "dawn":
        return hour > _MORNING_FROM and hour != 12
    if period == "am":
        return hour > 12
    if period == "noon":
        return not (_NOON_FROM <= hour <= 15 or 1 <= hour <= 3)
    if period == "pm":
        return hour == 0 or hour > 23
    return period == "eve" and (1 <= hour < _EVENING_FROM or 12 < hour < 17)


def _minute(point: Point, period: str) -> int:
    """Return the minute of the day; 1440 for a midnight said to be in the evening."""
    hour = point.hour
    if (
        (period == "pm" and hour < 12)
        or (period == "eve" and _EVENING_FROM <= hour < 12)
        or (period == "noon" and hour < _NOON_FROM)
    ):
        hour += 12
    elif period == "eve" and hour in (0, 12):
        hour = 24
    elif period == "dawn" and hour == 12:
        hour = 0
    return hour * 60 + point.minute


def _starts(start: Point, period: str) -> list[int]:
    return [_minute(start, period) % DAY_MIN]


def _ends(start_min: int, end: Point, start_period: str, start: Point) -> Iterator[Interval]:
    period = end.period
    at = _minute(end, period)
    if end.is_next_day:
        if at + DAY_MIN - start_min <= DAY_MIN + _HALF and at <= DAY_MIN - 1:
            yield start_min, at + DAY_MIN
        return
    if at == 0:
        at = DAY_MIN
    if period or end.is_fixed:
        yield from _fixed_end(start_min, at, end, start)
        return
    if start_period == "eve" and at == _HALF:
        yield start_min, DAY_MIN
        return
    if start_period in ("pm", "eve", "noon") and at < _HALF:
        later = at + _HALF
        if later > start_min:
            yield start_min, later
        elif start_period == "eve":
            yield start_min, at + DAY_MIN
        else:
            yield start_min, at + DAY_MIN
            yield start_min, later + DAY_MIN
        return
    yield from _plain_end(start_min, at, start, start_period)


def _fixed_end(start_min: int, at: int, end: Point, start: Point) -> Iterator[Interval]:
    if at > start_min:
        yield start_min, at
        return
    is_early = end.period in ("dawn", "am") or at <= _HALF
    if (start_min >= _HALF and is_early) or end.period == "dawn":
        yield start_min, at + DAY_MIN
    elif at + _HALF > start_min and not end.period:
        yield start_min, at + _HALF
        yield start_min, at + DAY_MIN


def _plain_end(start_min: int, at: int, start: Point, start_period: str) -> Iterator[Interval]:
    if at > start_min:
        yield start_min, at
        return
    if at + _HALF <= start_min:
        yield start_min, at + DAY_MIN
        return
    yield start_min, at + _HALF
    if start_period not in ("am", "dawn"):
        yield start_min, at + DAY_MIN


def _by_order(spans: list[Interval], before: int, end: Point, *, is_plain_end: bool) -> Resolved:
    start, close = spans[0]
    if start >= before:
        return Resolved(tuple(spans), is_sure=len(spans) == 1)
    shifted = start + _HALF
    if is_plain_end and close <= _HALF:
        close += _HALF
    if before <= shifted < close <= DAY_MIN:
        return Resolved(((shifted, close),), is_sure=True)
    return Resolved(tuple(spans), is_sure=False)


def _first_plain(start: Point, end: Point, spans: list[Interval]) -> Resolved:
    """Return the first range of a day that begins at a plain hour: morning, unless in doubt."""
    begin, close = spans[0]
    doubtful_early = start.hour < _MORNING_FROM and (end.hour <= 12 or end.period)
    doubtful_late = end.period == "eve" and start.hour < _MORNING_FROM + 1
    if start.hour in range(1, _MORNING_FROM + 1) and (doubtful_early or doubtful_late):
        later = (begin + _HALF, close + (_HALF if close <= _HALF else 0))
        readings = [*spans, later] if later[0] < later[1] else spans
        return Resolved(tuple(readings), is_sure=len(readings) == 1)
    return Resolved(tuple(spans), is_sure=len(spans) == 1)
