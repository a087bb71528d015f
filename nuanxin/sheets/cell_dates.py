"""Dates in every spelling, kept at the precision they were given in."""

import datetime as dt
import re
import unicodedata
from functools import lru_cache

from nuanxin.sheets.cell_texts import says_nothing
from nuanxin.sheets.grids import Broken, Cell, visible

DateOutcome = tuple[str | None, str, tuple[str, ...]]
UNPARSED: DateOutcome = (None, "date_unparsed", ())
_EPOCH = dt.date(1899, 12, 30)
_SERIALS = range(10_000, 80_000)
_ISO = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_PARTS = re.compile(
    r"(\d{4})\s*[年./\-\\、—–~]\s*(?:(\d{1,2})\s*(?:[月./\-\\、—–]\s*(?:(\d{1,2})\s*[日号]?)?)?)?[.\s]*"
)
_CLOCK = re.compile(r"[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?$")
_NUMERALS = {
    char: str(digit)
    for digits in ("〇一二三四五六七八九", "零壹贰叁肆伍陆柒捌玖")
    for digit, char in enumerate(digits)
}
_NUMERALS |= {"○": "0", "Ｏ": "0", "０": "0", "O": "0", "◯": "0"}


def read_date(value: Cell) -> DateOutcome:
    """Read a date as YYYY-MM-DD, YYYY-MM or YYYY.

    Two-digit years are not guessed. A number like 2012.1 may have been 2012.10 and is nobody's
    date; the text ``2012.1`` is what it says.
    """
    if isinstance(value, str):
        return _read_text(value)
    if isinstance(value, dt.date):
        return _whole(value.year, value.month, value.day)
    if isinstance(value, bool):
        return UNPARSED
    if isinstance(value, int | float):
        return _read_number(value)
    if isinstance(value, Broken):
        return None, value.code, ()
    return (None, "", ()) if value is None else UNPARSED


@lru_cache(maxsize=50_000)
def _read_text(value: str) -> DateOutcome:
    iso = _ISO.fullmatch(value)
    if iso:
        return _whole(int(iso[1]), int(iso[2]), int(iso[3]))
    text = unicodedata.normalize("NFKC", visible(value)).strip(" \t\r\n'’‘`\"")
    if not text or says_nothing(text):
        return None, "", ()
    text = re.sub(r"\s+", " ", _CLOCK.sub("", _western(text)))
    if text.isdigit() and text.isascii():
        return _read_digits(int(text), len(text))
    parts = _PARTS.fullmatch(text)
    if not parts:
        return UNPARSED
    return _dated(
        int(parts[1]), int(parts[2]) if parts[2] else None, int(parts[3]) if parts[3] else None
    )


def _read_number(value: float) -> DateOutcome:
    if float(value).is_integer():
        return _read_digits(int(value), len(str(int(value))))
    if 1900 <= value < 2100:
        month = repr(float(value)).split(".")[1]
        if month == "1":
            return None, "date_ambiguous", ()
        return _dated(int(value), int(month), None) if len(month) <= 2 else UNPARSED
    return _read_digits(int(value), 5) if int(value) in _SERIALS else UNPARSED


def _read_digits(number: int, length: int) -> DateOutcome:
    if length == 8:
        return _dated(number // 10_000, number // 100 % 100, number % 100)
    if length == 6:
        return _dated(number // 100, number % 100, None)
    if length == 4:
        return _dated(number, None, None)
    if length == 5 and number in _SERIALS:
        day = _EPOCH + dt.timedelta(days=number)
        return day.isoformat(), "", ("date_from_serial",)
    return UNPARSED


def _dated(year: int, month: int | None, day: int | None) -> DateOutcome:
    if not 1900 <= year <= 2100:
        return UNPARSED
    if month is None:
        return f"{year:04d}", "", ("date_year_only",)
    if not 1 <= month <= 12:
        return UNPARSED
    if day is None:
        return f"{year:04d}-{month:02d}", "", ("date_month_only",)
    return _whole(year, month, day)


def _whole(year: int, month: int, day: int) -> DateOutcome:
    try:
        date = dt.date(year, month, day)
    except ValueError:
        return UNPARSED
    return (date.isoformat(), "", ()) if 1900 <= year <= 2100 else UNPARSED


def _western(text: str) -> str:
    """Write Chinese numerals as digits: 二〇一九年十二月 is 2019年12月."""
    if not re.search(r"[〇○零一二三四五六七八九十◯]", text):
        return text

    def tens(match: re.Match[str]) -> str:
        before, after = match[1], match[2]
        return f"{_NUMERALS.get(before, '1')}{_NUMERALS.get(after, '0')}"

    text = re.sub(r"([二三]?)十([一二三四五六七八九]?)", tens, text)
    return "".join(_NUMERALS.get(char, char) for char in text)
