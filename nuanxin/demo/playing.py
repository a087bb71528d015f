"""Playing the demo: records of sixty days, and evidence up to this minute."""

import datetime as dt

from django.db import transaction

from nuanxin.algorithms.openness import fold_evidence
from nuanxin.core import clock
from nuanxin.core.ids import computed_id
from nuanxin.demo.truth import latest_event, record_of, truth_of
from nuanxin.regions.selectors import calendar
from nuanxin.stations import doors
from nuanxin.stations.loading import snapshot_rows
from nuanxin.stations.models import EvidenceLine, OpeningRecord, Station, StationChange
from nuanxin.stations.parameters import openness_params

_BATCH = 500


@transaction.atomic
def write_records() -> int:
    """Give every station without one its record of sixty days; return how many were written.

    Notes
    -----
    One query and one INSERT for every 500 stations.
    """
    codes = Station.objects.filter(record__isnull=True).values_list("pk", "code")
    rows = []
    for pk, code in codes:
        hits, times = record_of(code, truth_of(code))
        rows.append(OpeningRecord(station_id=pk, hits=hits, times=times))
    OpeningRecord.objects.bulk_create(rows, batch_size=_BATCH)
    return len(rows)


@transaction.atomic
def bring_evidence_up_to(*, now_s: int) -> int:
    """Write what keepers and riders saw in the hour before a moment at doors posted open.

    Parameters
    ----------
    now_s
        The moment, epoch seconds; the same moment writes the same evidence.

    Returns
    -------
    int
        Stations with evidence.

    Notes
    -----
    Five queries and one upsert for every 500 stations; one change row stands for them all.
    """
    moment = clock.from_epoch_s(now_s)
    on, minute = moment.date(), moment.hour * 60 + moment.minute
    days = calendar(on - dt.timedelta(days=3), on + dt.timedelta(days=3))
    posted: dict[object, bool] = {}
    lines = []
    for station in snapshot_rows():
        reading = doors.visible_reading(station)
        if reading not in posted:
            spans = reading.intervals(on, 1, days) if reading else []
            posted[reading] = any(first <= minute < last for first, last in spans)
        if posted[reading] and (line := _line(station, now_s)) is not None:
            lines.append(line)
    EvidenceLine.objects.bulk_create(
        lines,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["at", "weight"],
    )
    if lines:
        StationChange.objects.create(station_id=lines[0].station_id)
    return len(lines)


def _line(station: Station, now_s: int) -> EvidenceLine | None:
    seen = latest_event(station.code, truth_of(station.code), now_s=now_s)
    if seen is None:
        return None
    kind, age_s = seen
    line = fold_evidence(None, kind, now_s - age_s, openness_params())
    return EvidenceLine(
        id=computed_id("evidence", str(station.pk), kind),
        station_id=station.pk,
        kind=kind,
        at=clock.from_epoch_s(line.at_s),
        weight=line.weight,
    )
