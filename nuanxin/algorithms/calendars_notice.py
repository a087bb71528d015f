"""Reading a holiday notice of the State Council as text: days off and make-up workdays, nothing guessed."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum
from typing import Final, NamedTuple

from nuanxin.algorithms.calendars import DayKind, is_plausible

__all__ = [
    "MAX_NOTICE_LENGTH",
    "NoticeDay",
    "NoticeFault",
    "NoticeFaultCode",
    "NoticeReading",
    "read_notice",
]

MAX_NOTICE_LENGTH: Final = 6000
_SATURDAY: Final = 5
_DAY: Final = timedelta(days=1)
_LONGEST: Final = 31  # days of one range; more is a slip of the pen

_NAMES: Final = {
    "元旦": "New Year's Day",
    "春节": "Spring Festival",
    "清明节": "Tomb-Sweeping Day",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat Festival",
    "中秋节": "Mid-Autumn Festival",
    "国庆节": "National Day",
}
_WEEKDAYS: Final = {name: number for number, name in enumerate("一二三四五六日")} | {"天": 6}

_ITEM = re.compile(r"(?:^|(?<=[。\n]))\s*[一二三四五六七八九十]+、")
_TITLE = re.compile(r"(国务院办公厅关于(\d{4})年部分节假日安排的通知)")
_NUMBER = re.compile(r"国办发明电[〔\[(]\d{4}[〕\])]\d+号")
_SIGNED = re.compile(r"^国务院办公厅(\d{4})年(\d{1,2})月(\d{1,2})日$")
_DATE = r"(?:(\d{4})年)?(?:(\d{1,2})月)?(\d{1,2})日(?:\(([^()]*)\))?"
_DAYS = re.compile(rf"、?{_DATE}(?:至{_DATE})?")
_WEEKDAY = re.compile(r"(?:周|星期)([一二三四五六日天])")
_OFF = re.compile(
    r"^(?P<days>.*?)放假(?:调休)?,?(?:(?:共)?(?P<count>\d+)天)?,?(?P<rest>不调休|与周末连休)?$"
)
_WORKED = re.compile(r"^(?P<days>.*)(?:正常)?上班$")
# a sentence with one of these speaks of days and must be understood
_ABOUT_DAYS = re.compile(r"\d日|放假|上班|补班|调休|连休")
_ADVICE = "鼓励"


class NoticeFaultCode(StrEnum):
    """Why a notice cannot be taken as it stands."""

    TOO_LONG = "too_long"
    NO_YEAR = "no_year"
    NO_ITEMS = "no_items"
    UNREAD = "unread"
    NO_SUCH_DATE = "no_such_date"
    WRONG_WEEKDAY = "wrong_weekday"
    WRONG_COUNT = "wrong_count"
    NOT_A_WEEKEND = "not_a_weekend"
    TWICE = "twice"
    OTHER_YEAR = "other_year"
    UNKNOWN_HOLIDAY = "unknown_holiday"
    MISSING_HOLIDAY = "missing_holiday"


class NoticeDay(NamedTuple):
    """One date that the notice moves: HOLIDAY or MAKEUP, and for which holiday."""

    on: date
    kind: DayKind
    name_zh: str
    name_en: str


class NoticeFault(NamedTuple):
    """What is wrong, in which sentence; ``found`` is what the sentence should have said, or a date."""

    code: NoticeFaultCode
    sentence: str
    found: str = ""


@dataclass(slots=True)
class NoticeReading:
    """What a notice says.

    Parameters
    ----------
    year
        The year it arranges; None when it does not say.
    title, document_number, published_on
        As far as the text has them.
    days
        By date, each date once.
    faults
        In the order of the text; with one of them the notice must not be published.
    passed_over
        Sentences that move no day: advice, and how the holidays are to be spent.
    """

    year: int | None = None
    title: str = ""
    document_number: str = ""
    published_on: date | None = None
    days: list[NoticeDay] = field(default_factory=list)
    faults: list[NoticeFault] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)


class _Refused(Exception):
    """A sentence that does not fit; carries its fault."""

    def __init__(self, code: NoticeFaultCode, found: str = "") -> None:
        super().__init__(code)
        self.code, self.found = code, found


def read_notice(text: str) -> NoticeReading:
    """Read the text of a yearly notice.

    Parameters
    ----------
    text
        As published: a title, numbered items such as ``一、元旦：1月1日（周四）至3日（周六）放假调休，
        共3天。1月4日（周日）上班。``, closing sentences. Line breaks and full-width signs do not
        matter.

    Returns
    -------
    NoticeReading
        Every sentence is a day off, a make-up workday, passed over because it moves no day, or a
        fault. A named weekday, a number of days and the weekend of a make-up day are checked.
        ``与周末连休`` joins the weekend days beside a holiday as far as they lie in the same year.
    """
    reading = NoticeReading()
    if len(text) > MAX_NOTICE_LENGTH:
        reading.faults.append(NoticeFault(NoticeFaultCode.TOO_LONG, text[:40]))
        return reading
    head, *items = _ITEM.split(unicodedata.normalize("NFKC", text).replace("\r", ""))
    _read_head(reading, re.sub(r"\s+", "", head))
    if reading.year is None:
        reading.faults.append(NoticeFault(NoticeFaultCode.NO_YEAR, head.strip()[:60]))
        return reading
    if not items:
        reading.faults.append(NoticeFault(NoticeFaultCode.NO_ITEMS, ""))
    named: set[str] = set()
    for item in items:
        named |= _read_item(reading, re.sub(r"\s+", "", item))
    if items:
        missing = [name for name in _NAMES if name not in named]
        reading.faults += [NoticeFault(NoticeFaultCode.MISSING_HOLIDAY, "", n) for n in missing]
    reading.days.sort()
    return reading


def _read_head(reading: NoticeReading, head: str) -> None:
    if match := _TITLE.search(head):
        reading.title, reading.year = match[1], int(match[2])
    if match := _NUMBER.search(head):
        reading.document_number = re.sub(r"[\[(](\d{4})[\])]", r"〔\1〕", match[0])


def _read_item(reading: NoticeReading, item: str) -> set[str]:
    name, colon, body = item.partition(":")
    names = name.split("、")
    if not colon or any(each not in _NAMES for each in names):
        reading.faults.append(NoticeFault(NoticeFaultCode.UNKNOWN_HOLIDAY, item[:60], name[:20]))
        return set()
    for sentence in filter(None, re.split("[。;]", body)):
        try:
            _read_sentence(reading, sentence, names)
        except _Refused as refused:
            reading.faults.append(NoticeFault(refused.code, sentence, refused.found))
    return set(names)


def _read_sentence(reading: NoticeReading, sentence: str, names: list[str]) -> None:
    if match := _SIGNED.match(sentence):
        reading.published_on = _day(*(int(part) for part in match.groups()))
    elif sentence.startswith(_ADVICE) or not _ABOUT_DAYS.search(sentence):
        reading.passed_over.append(sentence)
    elif match := _OFF.match(sentence):
        _add(reading, _days_off(reading, match), DayKind.HOLIDAY, names)
    elif match := _WORKED.match(sentence):
        days = list(_dates(reading, match["days"]))
        for on in days:
            if not is_plausible(on, DayKind.MAKEUP):
                raise _Refused(NoticeFaultCode.NOT_A_WEEKEND, on.isoformat())
        _add(reading, days, DayKind.MAKEUP, names)
    else:
        raise _Refused(NoticeFaultCode.UNREAD)


def _days_off(reading: NoticeReading, match: re.Match[str]) -> list[date]:
    days = list(_dates(reading, match["days"]))
    if match["rest"] == "与周末连休":
        days = _with_weekend(days, reading.year)
    if match["count"] and int(match["count"]) != len(days):
        raise _Refused(NoticeFaultCode.WRONG_COUNT, str(len(days)))
    return days


def _with_weekend(days: list[date], year: int | None) -> list[date]:
    joined = set(days)
    for on in days:
        for step in (-_DAY, _DAY):
            near = on + step
            while near.weekday() >= _SATURDAY and near.year == year:
                joined.add(near)
                near += step
    return sorted(joined)


def _add(reading: NoticeReading, days: list[date], kind: DayKind, names: list[str]) -> None:
    taken = {day.on for day in reading.days}
    english = " and ".join(_NAMES[name] for name in names)
    chinese = "、".join(names)
    if kind is DayKind.MAKEUP:
        chinese, english = f"{chinese}调休上班", f"Make-up workday for {english}"
    for on in days:
        if on in taken:
            raise _Refused(NoticeFaultCode.TWICE, on.isoformat())
        if not (on.year == reading.year or (on.year, on.month) == ((reading.year or 0) - 1, 12)):
            raise _Refused(NoticeFaultCode.OTHER_YEAR, on.isoformat())
    reading.days += [NoticeDay(on, kind, chinese, english) for on in days]


def _dates(reading: NoticeReading, text: str) -> Iterator[date]:
    """Yield the dates of a list of days and ranges; every character of it must be understood."""
    year, month, at = reading.year or 0, 0, 0
    while at < len(text) or not at:
        match = _DAYS.match(text, at)
        if match is None or (not at) == text.startswith("、", at):
            raise _Refused(NoticeFaultCode.UNREAD)
        at = match.end()
        ends: list[date] = []
        for parts in (match.groups()[:4], match.groups()[4:]):
            if parts[2] is None:
                continue
            year, month = int(parts[0] or year), int(parts[1] or month)
            ends.append(_day(year, month, int(parts[2])))
            _check_weekday(ends[-1], parts[3] or "")
        yield from _range(*ends) if len(ends) > 1 else ends


def _range(first: date, last: date) -> Iterator[date]:
    days = (last - first).days
    if not 0 < days < _LONGEST:
        raise _Refused(NoticeFaultCode.NO_SUCH_DATE, f"{first} – {last}")
    for offset in range(days + 1):
        yield first + offset * _DAY


def _day(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError as error:
        raise _Refused(NoticeFaultCode.NO_SUCH_DATE, f"{month}-{day}") from error


def _check_weekday(on: date, aside: str) -> None:
    match = _WEEKDAY.search(aside)
    if match and _WEEKDAYS[match[1]] != on.weekday():
        raise _Refused(NoticeFaultCode.WRONG_WEEKDAY, f"{on} 周{'一二三四五六日'[on.weekday()]}")
