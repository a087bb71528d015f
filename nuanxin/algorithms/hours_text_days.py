"""Reading sets of days and spans of dates out of tokens."""

from nuanxin.algorithms.hours_dates import MONTH_DAYS, MONTHS
from nuanxin.algorithms.hours_text_phrases import DateSpan, DaySet, MonthDay, Phrase, Reader

__all__ = ["read_dates_written", "read_days_written"]

_SUNDAY = 6
_ENGLISH = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SETS = {
    "weekend": DaySet(frozenset((5, 6))),
    "weekdays": DaySet(frozenset(range(5))),
    "plain_days": DaySet(frozenset(range(5))),
    "working": DaySet(classes=frozenset(("WD",))),
    "holiday": DaySet(classes=frozenset(("PH",))),
    "not_working": DaySet(frozenset((5, 6)), frozenset(("PH",)), is_not_working=True),
}
_VAGUE_SETS = {"school": "school_holidays", "festival": "festival"}
_DAYS = frozenset(("day", "day_en", *_SETS, *_VAGUE_SETS))
_JOINS = ("list", "and", "slash", "comma")


def read_days_written(reader: Reader) -> Phrase | None:
    """Return the set of days at the cursor, None if there is none.

    Holidays by name and school holidays in the list are left out and leave an issue.
    """
    begins_vague = reader.kind() in _VAGUE_SETS and _joins_days(reader, 1)
    if reader.kind() not in _DAYS - _VAGUE_SETS.keys() and not begins_vague:
        return None
    days, issues = DaySet(), list[str]()
    has_comma = False
    while reader.kind() in _DAYS:
        days, issues = _with_item(reader, days, issues)
        if reader.kind() == "text" and reader.token().text == "等" and reader.kind(1) in _SETS:
            reader.take()
            if reader.kind() == "not_working":
                reader.take()
            continue
        if _adjoins(reader, days):
            continue
        ahead = _joined_ahead(reader)
        if not ahead:
            break
        has_comma |= any(reader.kind(n) == "comma" for n in range(ahead))
        reader.at += ahead
    if "WD" in days.classes and days.weekdays & frozenset(range(5)):
        issues = [*issues, "workdays_or_weekdays"]
    return Phrase("days", days=days, issues=tuple(issues), text="comma" if has_comma else "")


def _adjoins(reader: Reader, days: DaySet) -> bool:
    """Whether the next item belongs to the list without a sign between, as in 周六周日节假日."""
    kind = reader.kind()
    is_plain = not days.classes and bool(days.weekdays) and reader.kind(-2) not in ("dash", "to")
    return is_plain and (
        kind in ("day", "day_en") or (kind == "holiday" and min(days.weekdays) > 4)
    )


def _joins_days(reader: Reader, ahead: int) -> bool:
    return reader.kind(ahead) in _JOINS and reader.kind(ahead + 1) in _DAYS


def _joined_ahead(reader: Reader) -> int:
    """Return how many tokens lie between this and the next item of the list; 0 at its end."""
    if reader.kind() not in _JOINS:
        return 0
    ahead = 1
    while reader.kind(ahead) in ("and", "of"):
        ahead += 1
    is_item = reader.kind(ahead) in _DAYS
    if is_item and reader.kind() == "comma" and reader.kind(ahead + 1) == "except":
        return 0  # 周一至周五,节假日除外: what is excepted belongs to no list
    return ahead if is_item else 0


def _with_item(reader: Reader, days: DaySet, issues: list[str]) -> tuple[DaySet, list[str]]:
    token = reader.take()
    if token.kind in _VAGUE_SETS:
        return days, [*issues, _VAGUE_SETS[token.kind]]
    if token.kind in _SETS:
        return days | _SETS[token.kind], issues
    first = last = _weekday(token.kind, token.groups[0] or "")
    if reader.kind() in ("dash", "to") and reader.kind(1) in ("day", "day_en"):
        reader.take()
        ending = reader.take()
        last = _weekday(ending.kind, ending.groups[0] or "")
        if reader.kind() in ("dash", "to") and reader.kind(1) in ("day", "day_en"):
            issues = [*issues, "days_unclear"]
    span = (last - first) % 7
    return days | DaySet(frozenset((first + n) % 7 for n in range(span + 1))), issues


def _weekday(kind: str, text: str) -> int:
    return (
        _ENGLISH.index(text) if kind == "day_en" else min("一二三四五六日天".index(text), _SUNDAY)
    )


def read_dates_written(reader: Reader) -> Phrase | None:
    """Return the spans of dates at the cursor, None if there are none."""
    spans: list[DateSpan] = []
    issues: list[str] = []
    while True:
        year = spans[-1].last_year or spans[-1].year if spans else None
        span = _read_span(reader, spans[-1].last[0] if spans else 0, year, issues)
        if span is None:
            break
        spans.append(span)
        if not (reader.kind() in _JOINS and _begins_date(reader, 1)):
            break
        reader.take()
    if not spans or not all(_exists(span) for span in spans):
        return None
    return Phrase("dates", dates=tuple(spans), issues=tuple(issues))


def _begins_date(reader: Reader, ahead: int) -> bool:
    return reader.kind(ahead) in (
        "month_day", "year_month", "months", "month", "slash_date", "dash_dates", "iso_date",
        "day_number", "month_en",
    )  # fmt: skip


def _read_span(reader: Reader, month: int, year: int | None, issues: list[str]) -> DateSpan | None:
    if reader.kind() == "months":
        months = reader.take().groups
        return DateSpan((int(months[0] or 0), 1), _end_of(int(months[2] or 0)), year)
    if reader.kind() == "dash_dates":
        numbers = [int(group or 0) for group in reader.take().groups]
        return DateSpan((numbers[0], numbers[1]), (numbers[2], numbers[3]), year)
    if reader.kind() == "dotted":
        return _read_dotted(reader, year)
    start = _read_date(reader, month)
    if start is None:
        return None
    first_year, first, is_month = start
    last, last_year = (_end_of(first[0]) if is_month else first), first_year or year
    if reader.kind() in ("dash", "to") or (reader.kind() == "start" and reader.kind(1) == "to"):
        mark = reader.at
        reader.skip("start", "dash", "to", "of", "next_year")
        ending = _read_end(reader, first[0])
        if ending is None:
            reader.at = mark
        else:
            last_year, last = (
                ending[0] or last_year,
                _end_of(ending[1][0]) if ending[2] else ending[1],
            )
    return DateSpan(first, last, first_year or year, last_year)


def _read_end(reader: Reader, month: int) -> tuple[int | None, MonthDay, bool] | None:
    if reader.kind() == "bare" and reader.kind(1) not in ("dash", "to"):
        return None, (month, int(reader.take().groups[0] or 0)), False
    return _read_date(reader, month)


def _read_date(reader: Reader, month: int) -> tuple[int | None, MonthDay, bool] | None:
    kind = reader.kind()
    groups = reader.token().groups if kind else ()
    if kind in ("month_day", "slash_date", "iso_date"):
        year, at_month, day = (int(group) if group else None for group in groups)
    elif kind == "year_month":
        year, at_month, day = int(groups[0] or 0), int(groups[1] or 0), None
    elif kind == "month":
        year, at_month, day = None, int(groups[0] or 0), None
    elif kind == "month_en":
        year, at_month = None, MONTHS[groups[0] or "jan"]
        day = int(groups[1]) if groups[1] else None
    elif kind == "day_number" and month:
        year, at_month, day = None, month, int(groups[0] or 0)
    else:
        return None
    reader.take()
    return year, (at_month or 0, day or 1), day is None


def _read_dotted(reader: Reader, year: int | None) -> DateSpan | None:
    first = reader.take().groups
    if not (reader.skip("dash", "to", "of", "next_year") and reader.kind() == "dotted"):
        return None
    last = reader.take().groups
    return DateSpan(
        (int(first[0] or 0), int(first[1] or 0)), (int(last[0] or 0), int(last[1] or 0)), year
    )


def _end_of(month: int) -> MonthDay:
    return month, MONTH_DAYS[month - 1] if 1 <= month <= 12 else 0


def _exists(span: DateSpan) -> bool:
    return all(
        1 <= month <= 12 and 1 <= day <= MONTH_DAYS[month - 1]
        for month, day in (span.first, span.last)
    )
