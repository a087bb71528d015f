"""Reading clock times and ranges of them out of tokens."""

from dataclasses import replace

from nuanxin.algorithms.hours_text_phrases import Phrase, Point, Range, Reader
from nuanxin.algorithms.hours_text_tokens import CLOCKS, TextToken

__all__ = ["read_clock"]

_QUARTERS = {"半": 30, "一": 15, "1": 15, "三": 45, "3": 45}
_LONGEST_GAP = 14
_DAY_HOURS = 24
_NAMED = {"noon": Point(12, 0, is_fixed=True), "midnight": Point(24, 0, is_fixed=True)}
_NAMED["正午"] = _NAMED["noon"]


def read_clock(reader: Reader) -> Phrase | None:
    """Return the range or the single time at the cursor, None if there is none."""
    first = _read_point(reader)
    if first is None:
        return None
    start, kinds = first
    behind_start = reader.at
    if _skip_to_end(reader):
        second = _read_point(reader)
        if second is not None and (found := _as_range(reader, start, second[0], kinds, second[1])):
            return found
    reader.at = behind_start
    if kinds in ("bare", "compact") or (kinds == "dotted" and not _is_only_time(reader)):
        return None
    return Phrase("point", points=(start,))


def _stands_at_time(reader: Reader, ahead: int) -> bool:
    while reader.kind(ahead) in ("of", "next_year"):
        ahead += 1
    kind = reader.kind(ahead)
    return kind in CLOCKS or kind == "next_day" or kind.startswith("period_")


def _as_range(
    reader: Reader, start: Point, end: Point, start_kind: str, end_kind: str
) -> Phrase | None:
    kinds = {start_kind, end_kind}
    if "compact" in kinds and kinds != {"compact"}:
        return None
    has_period = start.period or end.period
    if (
        "dotted" in kinds
        and kinds != {"dotted"}
        and not (has_period and kinds == {"clock", "dotted"})
    ):
        return None
    return Phrase("range", ranges=(Range(start, end),), text=start_kind)


def _read_point(reader: Reader) -> tuple[Point, str] | None:
    period, is_next_day = "", False
    while True:
        kind = reader.kind()
        if kind.startswith("period_"):
            period = kind.removeprefix("period_") if not period else _both(period, kind)
            reader.take()
            reader.skip("of", "colon", "from")
        elif kind == "next_day":
            is_next_day = True
            reader.take()
            reader.skip("of")
        else:
            break
    if reader.kind() not in CLOCKS:
        return None
    token = reader.take()
    point = _point(token)
    if point is None:
        return None
    kind = token.kind
    if period:
        kind = "clock" if kind in ("bare", "dotted") else kind
        point = replace(point, period=period, is_bare=False)
    return replace(point, is_next_day=is_next_day), kind


def _both(period: str, kind: str) -> str:
    second = kind.removeprefix("period_")
    return second if {period, second} != {"am", "pm"} else period


def _point(token: TextToken) -> Point | None:
    if token.kind == "clock_named":
        return _NAMED[token.text]
    hour = int(token.groups[0] or 0)
    minute, half = _minute(token)
    is_fixed = hour > 12 or (token.groups[0] or "").startswith("0") or hour == 0
    if token.kind == "bare" and token.text.startswith("0"):
        return None
    if hour > _DAY_HOURS or minute > 59 or (hour == _DAY_HOURS and minute):
        return None
    if half:
        if not 1 <= hour <= 12:
            return Point(hour, minute, is_fixed=True) if half == "pm" and hour > 12 else None
        return Point(hour % 12 + (12 if half == "pm" else 0), minute, is_fixed=True)
    return Point(hour, minute, is_fixed=is_fixed, is_bare=token.kind == "bare")


def _minute(token: TextToken) -> tuple[int, str]:
    groups = token.groups
    if token.kind == "clock":
        return int(groups[1] or 0), _half(groups[2])
    if token.kind == "clock_ampm":
        return 0, _half(groups[1])
    if token.kind in ("dotted", "compact"):
        return int(groups[1] or 0), ""
    if token.kind == "clock_word" and groups[1]:
        mark = groups[1][0]
        if mark in "整钟":
            return 0, ""
        if "刻" in groups[1] or mark == "半":
            return _QUARTERS[mark], ""
        return int(groups[1].removesuffix("分")), ""
    return 0, ""


def _half(text: str | None) -> str:
    return (text or "").replace(".", "")


def _is_only_time(reader: Reader) -> bool:
    token = reader.tokens[reader.at - 1]
    hour, minute = int(token.groups[0] or 0), token.groups[1] or ""
    return len(minute) == 2 and not (1 <= hour <= 12 and 1 <= int(minute) <= 31)


def _skip_to_end(reader: Reader) -> bool:
    """Step behind the mark between two times; in prose, words may stand before a 至."""
    if reader.skip("dash"):
        return True
    prose = 0
    while reader.kind() in ("open", "start", "text", "noise", "of", "comma", "to"):
        if reader.kind() == "to" and _stands_at_time(reader, 1):
            break
        if reader.kind() == "comma" and reader.kind(1) != "to":
            return False
        prose += len(reader.take().text)
    return prose <= _LONGEST_GAP and reader.kind() == "to" and reader.skip("to", "of", "next_year")
