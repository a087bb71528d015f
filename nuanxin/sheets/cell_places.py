"""Coordinates in one cell or two, in degrees or in minutes and seconds, and hours as text."""

import datetime as dt
import re
import unicodedata

from nuanxin.sheets.cell_texts import NOTHING, Outcome, as_text, says_nothing
from nuanxin.sheets.grids import Broken, Cell, is_blank

_DMS = re.compile(
    r"(\d{1,3}(?:\.\d+)?)\s*[°度º˚]\s*(?:(\d{1,2}(?:\.\d+)?)\s*[′'’‘分]\s*)?(?:(\d{1,2}(?:\.\d+)?)\s*(?:″|\"|''|”|“|′′|秒))?"
)
_DECIMAL = re.compile(r"(?<![\d.])-?\d{1,3}(?:\.\d+)?(?![\d.])")
_PLAIN = re.compile(r"\d{1,3}\.\d{1,15}", re.ASCII)
_LATITUDES = (3.0, 54.5)
_LONGITUDES = (73.0, 136.0)
# a time of day as a spreadsheet keeps it, exported as text
_SHARE = re.compile(r"0?\.\d{3,}", re.ASCII)
_TIME_RANGE = re.compile(r"(\d{1,2}:\d{2})\s*[-—–―－~～〜]+\s*(\d{1,2}:\d{2})")
Point = tuple[float | None, float | None, tuple[str, ...]]


def read_point(lng: Cell, lat: Cell, both: Cell) -> Point:
    """Read a position in China.

    Returns
    -------
    tuple
        Longitude, latitude (degrees, or None and None), warnings: ``coord_swapped``,
        ``coord_split`` (both stood in one cell), ``coord_from_dms``, ``coord_invalid``.
    """
    if (
        isinstance(lng, str)
        and isinstance(lat, str)
        and _PLAIN.fullmatch(lng)
        and _PLAIN.fullmatch(lat)
    ):
        lng, lat = float(lng), float(lat)
    if isinstance(lng, float) and isinstance(lat, float) and _inside(lng, lat):
        return lng, lat, ()
    warnings: list[str] = []
    numbers: list[float] = []
    cells = [cell for cell in (lng, lat) if not is_blank(cell)] or [both]
    if all(is_blank(cell) or _is_nothing(cell) for cell in cells):
        return None, None, ()
    for cell in cells:
        found, from_dms = _degrees(cell)
        numbers += found
        warnings += ["coord_from_dms"] if from_dms and "coord_from_dms" not in warnings else []
        warnings += ["coord_split"] if len(found) == 2 and "coord_split" not in warnings else []
    return _ordered(numbers, warnings)


def _ordered(numbers: list[float], warnings: list[str]) -> Point:
    if len(numbers) == 4 and numbers[:2] == numbers[2:]:
        numbers = numbers[:2]
    if len(numbers) != 2:
        return None, None, ("coord_invalid",)
    first, second = numbers
    if _inside(first, second):
        return first, second, tuple(warnings)
    if _inside(second, first):
        # in one cell either order is usual; in two columns it contradicts the headings
        return (
            second,
            first,
            tuple(warnings if "coord_split" in warnings else [*warnings, "coord_swapped"]),
        )
    return None, None, ("coord_invalid",)


def _inside(lng: float, lat: float) -> bool:
    return _LONGITUDES[0] <= lng <= _LONGITUDES[1] and _LATITUDES[0] <= lat <= _LATITUDES[1]


def _is_nothing(cell: Cell) -> bool:
    return isinstance(cell, str) and says_nothing(cell)


def _degrees(cell: Cell) -> tuple[list[float], bool]:
    if isinstance(cell, int | float) and not isinstance(cell, bool):
        return [float(cell)], False
    text = unicodedata.normalize("NFC", as_text(cell)).translate(_HALF)
    parts = list(_DMS.finditer(text))
    if parts and (any(part[2] for part in parts) or len(parts) in (1, 2)):
        return [float(p[1]) + float(p[2] or 0) / 60 + float(p[3] or 0) / 3600 for p in parts], any(
            p[2] for p in parts
        )
    return [float(number) for number in _DECIMAL.findall(text)], False


# digits, colon and full stop alone: brackets stay as they were written
_CLOCK_HALF = {code: code - 0xFEE0 for code in (*range(0xFF10, 0xFF1B), 0xFF0E)}
_HALF = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


def read_hours(value: Cell) -> Outcome:
    """Read hours as text; each line is a part, a time serial is a time of day."""
    if isinstance(value, Broken):
        return None, value.code, ()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M"), "", ()
    if isinstance(value, dt.datetime):
        return value.strftime("%H:%M"), "", ("time_from_serial",)
    if isinstance(value, dt.timedelta):
        return _of_day(value.total_seconds() / 86400)
    if isinstance(value, float) and 0 <= value < 1:
        return _of_day(value)
    text = as_text(value).translate(_CLOCK_HALF)
    if _SHARE.fullmatch(text):
        return _of_day(float(text))
    if not text or says_nothing(text):
        return NOTHING
    lines = [
        re.sub(r"[ \t\u3000\u00a0]+", " ", line).strip(" ;") for line in re.split(r"[\r\n]+", text)
    ]
    return _TIME_RANGE.sub(r"\1-\2", "; ".join(line for line in lines if line)), "", ()


def _of_day(share: float) -> Outcome:
    minutes = round(share * 1440)
    if not 0 <= minutes < 1440:
        return None, "time_invalid", ()
    return f"{minutes // 60:02d}:{minutes % 60:02d}", "", ("time_from_serial",)
