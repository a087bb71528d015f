"""One station's door: its reading of hours, its evidence, and its state at a moment."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.hours import (
    DatedException,
    Reading,
    is_round_the_clock,
    parse_hours,
    station_reading,
)
from nuanxin.algorithms.openness import Door, EvidenceKind, EvidenceLine, openness
from nuanxin.core import clock
from nuanxin.stations import parameters
from nuanxin.stations.models import Closure, OpeningRecord, Station
from nuanxin.stations.models import DatedException as ExceptionRow

CELLS = 48
_EPOCH_MIN = 8 * 60  # the civil clock is eight hours ahead of the epoch's


def reading(hours: tuple[str, str], exceptions: Iterable[ExceptionRow]) -> Reading | None:
    """Return what posted hours and dated exceptions say; None when no hours are posted.

    Parameters
    ----------
    hours
        Staffed and self-service hours as stored; empty for not posted.
    exceptions
        Rows of dated exceptions, the last one counting where several meet.
    """
    staffed, self_service = (parse_hours(text) if text else None for text in hours)
    dated = [
        DatedException(row.first_on, row.last_on, parse_hours(row.hours)) for row in exceptions
    ]
    return station_reading(staffed, self_service, exceptions=dated)


def posted_reading(station: Station) -> Reading | None:
    """Return what a station's posted hours and dated exceptions say.

    Planned closures are left out: they close a door whatever else is seen there.
    """
    return reading(station.posted_hours, station.exceptions.all())


def visible_reading(station: Station) -> Reading | None:
    """Return the posted reading with planned closures cut out, as a week view shows it."""
    posted = posted_reading(station)
    closures = [closure_minutes(closure) for closure in station.closures.all()]
    return station_reading(posted, closures=closures) if closures else posted


def is_in_hours(posted: Reading | None, moment: dt.datetime, days: Calendar) -> bool:
    """Return whether a moment lies in posted hours; any moment does at a door that posts none.

    Parameters
    ----------
    posted
        What is posted.
    moment
        Civil.
    days
        Calendar that covers the moment's day and the one before.
    """
    if posted is None:
        return True
    minute = moment.hour * 60 + moment.minute
    return any(first <= minute < last for first, last in posted.intervals(moment.date(), 1, days))


def posted_changes(
    station: Station, moment: dt.datetime, days: Calendar
) -> tuple[dt.datetime | None, dt.datetime | None]:
    """Return when the posted hours that now run end, and when the next ones begin; None for never.

    Parameters
    ----------
    station
        The station; two queries unless its exceptions are loaded.
    moment
        Civil.
    days
        Calendar from the day before the moment to nine days after.
    """
    closes_s, opens_s = _changes(posted_reading(station), int(moment.timestamp()), days)
    return _at(closes_s), _at(opens_s)


def closure_minutes(closure: Closure) -> tuple[int, int]:
    """Return a closure as civil minutes since 1970-01-01T00:00, outward to whole minutes."""
    first = int(closure.starts_at.timestamp()) // 60
    last = -(-int(closure.ends_at.timestamp()) // 60)
    return first + _EPOCH_MIN, last + _EPOCH_MIN


def is_24h(hours: tuple[str, str]) -> bool:
    """Return whether one of the posted hours, staffed and self-service, is round the clock."""
    return any(is_round_the_clock(parse_hours(text)) for text in hours if text)


def evidence_of(station: Station) -> dict[EvidenceKind, EvidenceLine]:
    """Return the folded evidence by kind."""
    return {
        EvidenceKind(line.kind): EvidenceLine(int(line.at.timestamp()), line.weight)
        for line in station.evidence_lines.all()
    }


def record_of(station: Station) -> OpeningRecord | None:
    """Return the opening record, or None for a station nobody has looked at."""
    return getattr(station, "record", None)


def epoch_s(moment: dt.datetime | None) -> int:
    """Return epoch seconds; 0 for no moment."""
    return int(moment.timestamp()) if moment else 0


def door_of(station: Station, *, at_s: int, days: Calendar, host_rate: float) -> Door:
    """Return everything known of a station for one moment, for the plain rules.

    Parameters
    ----------
    station
        As `selectors.door_rows` loads it.
    at_s
        The moment, epoch seconds.
    days
        Calendar that covers the moment's day.
    host_rate
        Rate of the host's type in the moment's cell.
    """
    moment = clock.from_epoch_s(at_s)
    on, minute = moment.date(), moment.hour * 60 + moment.minute
    posted = posted_reading(station)
    spans = posted.intervals(on, 1, days) if posted else []
    record, cell = record_of(station), days.kind(on) * 12 + moment.hour // 2
    return Door(
        has_hours=posted is not None,
        is_posted_open=any(first <= minute < last for first, last in spans),
        is_closure_filed=any(c.starts_at <= moment < c.ends_at for c in station.closures.all()),
        is_day_confirmed=days.is_confirmed(on),
        lines=evidence_of(station),
        hits=bytes(record.hits)[cell] if record else 0,
        times=bytes(record.times)[cell] if record else 0,
        host_rate=host_rate,
        shut_until_s=epoch_s(record.shut_until) if record else 0,
        doubt_until_s=epoch_s(record.doubt_until) if record else 0,
    )


def row_of(station: Station, *, now_s: int, days: Calendar, host_rate: float) -> dict[str, Any]:
    """Return the fields of a finder's row that speak of the door, at a moment without a journey.

    Returns
    -------
    dict
        ``state``, ``p``, ``closes_at``, ``stay_s``, ``opens_at``, ``reason``, ``record``.
    """
    door = door_of(station, at_s=now_s, days=days, host_rate=host_rate)
    answer = openness(door, arrival_s=now_s, params=parameters.openness_params())
    closes_s, opens_s = _next_changes(station, now_s, days)
    is_closed = answer.state.name == "CLOSED"
    return {
        "state": answer.state.name.lower(),
        "p": round(answer.p, 3),
        "closes_at": None if is_closed else _civil(closes_s),
        "stay_s": None if is_closed or closes_s is None else closes_s - now_s,
        "opens_at": _civil(opens_s) if is_closed else None,
        "reason": {"kind": answer.reason, "age_s": answer.age_s},
        "record": {"hits": door.hits, "times": door.times},
    }


def _next_changes(station: Station, now_s: int, days: Calendar) -> tuple[int | None, int | None]:
    """Return when it closes, if open now, and when it next opens; epoch seconds."""
    return _changes(visible_reading(station), now_s, days)


def _changes(reading: Reading | None, now_s: int, days: Calendar) -> tuple[int | None, int | None]:
    moment = clock.from_epoch_s(now_s)
    midnight_s = now_s - (moment.hour * 3600 + moment.minute * 60 + moment.second)
    spans = reading.intervals(moment.date(), 9, days) if reading else []
    minute = (now_s - midnight_s) // 60
    closes = next((last for first, last in spans if first <= minute < last), None)
    opens = next((first for first, _last in spans if first > minute), None)
    is_endless = closes is not None and closes >= 9 * 1440
    return (
        None if closes is None or is_endless else midnight_s + closes * 60,
        None if opens is None else midnight_s + opens * 60,
    )


def _civil(at_s: int | None) -> str | None:
    return clock.from_epoch_s(at_s).isoformat() if at_s is not None else None


def _at(at_s: int | None) -> dt.datetime | None:
    return clock.from_epoch_s(at_s) if at_s is not None else None
