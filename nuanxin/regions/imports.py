"""Read the reference files of divisions and of the calendar, and hand them to the services."""

import csv
import datetime as dt
import gzip
from collections import defaultdict
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TypeVar

from nuanxin.algorithms.pinyin import pinyin_of
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid
from nuanxin.core.ids import computed_id
from nuanxin.regions.enums import CalendarDayKind, Level
from nuanxin.regions.models import CalendarNotice, Division, DivisionSuccession
from nuanxin.regions.services import (
    DayOfNotice,
    StoredCounts,
    publish_calendar_notice,
    store_divisions,
)

Line = dict[str, str]
_Item = TypeVar("_Item")
_BATCH = 8_000  # divisions of one transaction


def import_divisions(folder: Path, *, by: Actor, under: str = "") -> StoredCounts:
    """Store the divisions of ``divisions.csv.gz``, their seats and their successions.

    Parameters
    ----------
    folder
        Folder with ``divisions.csv.gz``, ``county_seats.csv`` and ``division_successions.csv``.
    by
        Who acts.
    under
        Only this division, what lies below it and what it lies in; empty for the whole country.

    Returns
    -------
    StoredCounts
        Divisions and successions together.

    Raises
    ------
    Invalid
        When a line cannot be read; the message names file and line. Nothing is written.
    NotAllowed
        When the actor may not write divisions.

    Notes
    -----
    Every file is read before the first row is written. Rows are written in batches, each a
    transaction of its own and shorter than a second, so that nobody else waits; after an
    interruption the same call completes the work.
    """
    seats = dict(_read(folder / "county_seats.csv", _seat))
    divisions = _read(
        folder / "divisions.csv.gz",
        partial(_division, seats),
        is_wanted=lambda line: _is_on_path(line["code"], under),
    )
    successions = _read(
        folder / "division_successions.csv",
        _succession,
        is_wanted=lambda line: (
            _is_on_path(line["from_code"], under) and _is_on_path(line["to_code"], under)
        ),
    )
    divisions.sort(key=lambda division: (len(division.code), division.code))
    counts = StoredCounts()
    for start in range(0, len(divisions), _BATCH):
        batch = divisions[start : start + _BATCH]
        counts += store_divisions(divisions=batch, successions=[], by=by)
    return counts + store_divisions(divisions=[], successions=successions, by=by)


def import_calendar(folder: Path, *, by: Actor) -> int:
    """Publish every holiday notice of ``calendar_notices.csv`` with its days.

    Parameters
    ----------
    folder
        Folder with ``calendar_notices.csv`` and ``calendar_days.csv``.
    by
        Who acts.

    Returns
    -------
    int
        Number of notices; those that are known already are published again, which writes nothing.

    Raises
    ------
    Invalid
        When a line cannot be read, or a notice breaks a rule of ``publish_calendar_notice``.
    NotAllowed
        When the actor may not edit the calendar.
    """
    days: dict[int, list[DayOfNotice]] = defaultdict(list)
    for year, day in _read(folder / "calendar_days.csv", _day):
        days[year].append(day)
    notices = _read(folder / "calendar_notices.csv", _notice)
    for notice in notices:
        publish_calendar_notice(
            year=notice.year,
            document_number=notice.document_number,
            published_on=notice.published_on,
            title=notice.title,
            days=days[notice.year],
            by=by,
        )
    return len(notices)


def _read(
    path: Path,
    reader: Callable[[Line], _Item],
    *,
    is_wanted: Callable[[Line], bool] = lambda line: True,
) -> list[_Item]:
    """Read a table whole; a line that cannot be read is reported with file and number."""
    items = []
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8", newline="") as handle:
        lines = csv.DictReader(handle)
        for line in lines:
            try:
                if is_wanted(line):
                    items.append(reader(line))
            except (KeyError, TypeError, ValueError) as error:
                message = f"{path.name}:{lines.line_num}: {error}"
                raise Invalid(message, code="import_rejected") from error
    return items


def _is_on_path(code: str, under: str) -> bool:
    return code.startswith(under) or under.startswith(code)


def _division(seats: Mapping[str, tuple[float, float]], line: Line) -> Division:
    code = line["code"]
    pinyin, initials = pinyin_of(line["name"])
    seat_lat, seat_lon = seats.get(code, (None, None))
    return Division(
        code=code,
        name=line["name"],
        level=Level.of_code(code).value,
        parent_id=line["parent"] or None,
        name_pinyin=pinyin,
        initials=initials,
        seat_lat_wgs84=seat_lat,
        seat_lon_wgs84=seat_lon,
        valid_from=_date(line["valid_from"]),
        valid_to=_date(line["valid_to"]),
    )


def _seat(line: Line) -> tuple[str, tuple[float, float]]:
    return line["code"], (float(line["lat_wgs84"]), float(line["lon_wgs84"]))


def _succession(line: Line) -> DivisionSuccession:
    key = (line["from_code"], line["to_code"], line["effective_on"])
    return DivisionSuccession(
        id=computed_id("division_succession", *key),
        predecessor_id=line["from_code"],
        successor_id=line["to_code"],
        effective_on=dt.date.fromisoformat(line["effective_on"]),
        note=line["note"],
    )


def _notice(line: Line) -> CalendarNotice:
    return CalendarNotice(
        year=int(line["year"]),
        document_number=line["document_number"],
        published_on=dt.date.fromisoformat(line["published_on"]),
        title=line["title"],
    )


def _day(line: Line) -> tuple[int, DayOfNotice]:
    kind = CalendarDayKind(line["kind"])
    date = dt.date.fromisoformat(line["date"])
    return int(line["notice_year"]), DayOfNotice(date, kind, line["name_zh"], line["name_en"])


def _date(text: str) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
