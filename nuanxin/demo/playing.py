"""Playing the demo: records of sixty days, planned closures, and evidence up to this minute."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

import numpy as np
from django.db import transaction

from nuanxin.algorithms.hours import (
    DatedException,
    Reading,
    compile_boundaries,
    parse_hours,
    station_reading,
)
from nuanxin.algorithms.records import spread_counts
from nuanxin.core import clock
from nuanxin.core.actors import SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.demo.sightings import (
    KINDS,
    Doors,
    last_inside_s,
    last_report_s,
    tally,
)
from nuanxin.demo.truth import HOUR_S, Posted, Truths, draw, truths_of
from nuanxin.regions.selectors import calendar
from nuanxin.stations import doors, services
from nuanxin.stations import models as rows
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.parameters import openness_params

RECORD_DAYS: Final = 60
PLAYED_S: Final = 86_400
CLOSURE_SHARE: Final = 0.004
ACTOR: Final = SystemActor("demo")
_BATCH = 500
# what a keeper without posted hours has in mind
_UNPOSTED: Final = parse_hours("Mo-Su 08:30-17:30")
_COLUMN: Final = {kind.value: index for index, kind in enumerate(KINDS)}
_NOTES: Final = {
    ClosureReason.REPAIR: "水电检修",
    ClosureReason.HOST: "网点装修",
    ClosureReason.OTHER: "站长外出培训",
}


@dataclass(frozen=True, slots=True)
class Cast:
    """The stations of a play: keys, truth and what is posted, in one order."""

    pks: list[UUID]
    truths: Truths
    posted: Posted


def catch_up(now: dt.datetime) -> int:
    """Bring the evidence of every listed station up to a moment, a day's at once.

    Parameters
    ----------
    now
        The moment, aware. What is told follows from the hidden truth and the moment alone; what
        visitors of the demo recorded is kept.

    Returns
    -------
    int
        Stations that changed; a second run at the same moment changes none.

    Notes
    -----
    Eight queries, one upsert for every 500 lines, one change row for each changed station. The play
    is played before the transaction: on SQLite nobody waits for it. Evidence that came in while it
    was played stays.
    """
    now_s = int(now.timestamp())
    cast = cast_of(since_s=now_s - PLAYED_S, now_s=now_s)
    played = _stored(cast.pks)
    before_s = played.at_s.copy()
    played.play(
        cast.truths,
        cast.posted,
        since_s=now_s - PLAYED_S,
        now_s=now_s,
        params=openness_params(),
    )
    with transaction.atomic():
        is_new = (played.at_s != before_s) & (_stored(cast.pks).at_s == before_s)
        changed = _write_lines(cast.pks, played, is_new) | _write_doors(cast, played, now_s)
        rows.StationChange.objects.bulk_create(
            [rows.StationChange(station_id=pk) for pk in sorted(changed)], batch_size=_BATCH
        )
    return len(changed)


@transaction.atomic
def write_records(*, now_s: int) -> int:
    """Give every listed station without one the record of the sixty days before a moment.

    Returns
    -------
    int
        Records written.

    Notes
    -----
    Six queries and one INSERT for every 500 stations.
    """
    hour = now_s // HOUR_S
    cast = cast_of(since_s=(hour - RECORD_DAYS * 24) * HOUR_S, now_s=now_s)
    hits, times = tally(cast.truths, cast.posted, hours=range(hour - RECORD_DAYS * 24, hour))
    counted = spread_counts(hits, times)
    have = set(rows.OpeningRecord.objects.values_list("pk", flat=True))
    fresh = [
        rows.OpeningRecord(station_id=pk, hits=one.tobytes(), times=other.tobytes())
        for pk, one, other in zip(cast.pks, *counted, strict=True)
        if pk not in have
    ]
    rows.OpeningRecord.objects.bulk_create(fresh, batch_size=_BATCH)
    return len(fresh)


def file_closures(*, now: dt.datetime) -> int:
    """File this week's planned closures through the service.

    Parameters
    ----------
    now
        The moment, aware; its ISO week chooses the stations and the days.

    Returns
    -------
    int
        Closures filed; none when this week's stand already.

    Notes
    -----
    Two queries, and four more for each closure.
    """
    on = clock.civil_date(now)
    monday = on - dt.timedelta(days=on.weekday())
    start = dt.datetime.combine(monday, dt.time(), tzinfo=clock.CIVIL_ZONE)
    mine = rows.Closure.objects.filter(filed_by=ACTOR.actor_key)
    if mine.filter(starts_at__gte=start, starts_at__lt=start + dt.timedelta(days=7)).exists():
        return 0
    codes = list(rows.Station.objects.listed().order_by("code").values_list("code", flat=True))
    drawn = draw(truths_of(codes).keys, 30, monday.toordinal())
    chosen = {
        code: float(share) / CLOSURE_SHARE
        for code, share in zip(codes, drawn, strict=True)
        if share < CLOSURE_SHARE
    }
    for station in rows.Station.objects.filter(code__in=chosen).select_related("union"):
        _file(station, start, chosen[station.code])
    return len(chosen)


def _file(station: rows.Station, monday: dt.datetime, drawn: float) -> None:
    reason, note = list(_NOTES.items())[int(drawn * 30) % len(_NOTES)]
    starts_at = monday + dt.timedelta(days=int(drawn * 6))
    services.file_closure(
        station=station,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(days=1 + int(drawn * 10) % 3),
        reason=reason,
        note=note,
        by=ACTOR,
    )


def cast_of(*, since_s: int, now_s: int) -> Cast:
    """Read the listed stations with what they post from a day before a moment to a day after now."""
    day_from = clock.from_epoch_s(since_s).date() - dt.timedelta(days=1)
    days = (clock.from_epoch_s(now_s).date() - day_from).days + 2
    known = calendar(day_from - dt.timedelta(days=3), day_from + dt.timedelta(days=days + 3))
    names = ("pk", "code", "staffed_hours", "self_service_hours")
    of_outlet = ("outlet__staffed_hours", "outlet__self_service_hours")
    found = list(rows.Station.objects.listed().order_by("pk").values_list(*names, *of_outlet))
    exceptions, closures = _by_station(rows.DatedException), _by_station(rows.Closure)
    readings: dict[Reading, int] = {}
    schedule, has_hours = [], []
    for pk, _code, *texts in found:
        own, inherited = (texts[0], texts[1]), (texts[2] or "", texts[3] or "")
        reading = _reading(own if any(own) else inherited, exceptions[pk], closures[pk])
        has_hours.append(reading is not None)
        schedule.append(readings.setdefault(reading or _UNPOSTED, len(readings)))
    posted = Posted(
        compile_boundaries(list(readings), day_from=day_from, days=days, calendar=known),
        np.array(schedule, dtype=np.int64),
        np.array(has_hours, dtype=np.bool_),
        known.kinds(day_from, days).astype(np.int64),
    )
    return Cast([row[0] for row in found], truths_of([row[1] for row in found]), posted)


def _by_station(model: Any) -> dict[UUID, list[Any]]:
    grouped: dict[UUID, list[Any]] = defaultdict(list)
    for row in model.objects.all():
        grouped[row.station_id].append(row)
    return grouped


def _reading(
    texts: tuple[str, str],
    exceptions: Iterable[rows.DatedException],
    closures: Iterable[rows.Closure],
) -> Reading | None:
    staffed, self_service = (parse_hours(text) if text else None for text in texts)
    return station_reading(
        staffed,
        self_service,
        exceptions=[
            DatedException(row.first_on, row.last_on, parse_hours(row.hours)) for row in exceptions
        ],
        closures=[doors.closure_minutes(row) for row in closures],
    )


def _stored(pks: list[UUID]) -> Doors:
    """Return the evidence that is stored."""
    stored, place = Doors.unseen(len(pks)), {pk: row for row, pk in enumerate(pks)}
    lines = rows.EvidenceLine.objects.order_by().values_list("station_id", "kind", "at", "weight")
    for pk, kind, at, weight in lines.iterator():
        if (row := place.get(pk)) is not None:
            stored.at_s[row, _COLUMN[kind]] = int(at.timestamp())
            stored.weight[row, _COLUMN[kind]] = weight
    return stored


def _write_lines(pks: list[UUID], played: Doors, is_new: Any) -> set[UUID]:
    places = np.argwhere(is_new)
    lines = [
        rows.EvidenceLine(
            id=computed_id("evidence", str(pks[row]), KINDS[column].value),
            station_id=pks[row],
            kind=KINDS[column].value,
            at=clock.from_epoch_s(int(played.at_s[row, column])),
            weight=float(played.weight[row, column]),
        )
        for row, column in places
    ]
    rows.EvidenceLine.objects.bulk_create(
        lines,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["at", "weight"],
    )
    return {line.station_id for line in lines}


def _write_doors(cast: Cast, played: Doors, now_s: int) -> set[UUID]:
    """Close doors by reports, lay them in doubt, and free those that were seen open since."""
    closed_s, doubtful_s = played.shut_until_s(cast.posted, now_s=now_s)
    is_freed = last_inside_s(played.at_s) > last_report_s(played.at_s)
    place = {pk: row for row, pk in enumerate(cast.pks)}
    current = rows.OpeningRecord.objects.only("pk", "shut_until", "doubt_until").in_bulk(
        [cast.pks[row] for row in np.flatnonzero((closed_s > 0) | (doubtful_s > 0))]
    )
    held = rows.OpeningRecord.objects.filter(shut_until__isnull=False)
    for record in held.only("pk", "shut_until", "doubt_until"):
        if record.pk in place and is_freed[place[record.pk]]:
            current[record.pk] = record
    changed = []
    for pk, record in current.items():
        row = place[pk]
        wanted = (_moment(closed_s[row]), _moment(doubtful_s[row]))
        if (record.shut_until, record.doubt_until) != wanted:
            record.shut_until, record.doubt_until = wanted
            changed.append(record)
    rows.OpeningRecord.objects.bulk_update(
        changed, ["shut_until", "doubt_until"], batch_size=_BATCH
    )
    return {record.pk for record in changed}


def _moment(at_s: int) -> dt.datetime | None:
    return clock.from_epoch_s(int(at_s)) if at_s else None
