"""The two memories of a door: one fading line for each kind of evidence, and the record of findings."""

import datetime as dt

import numpy as np

from nuanxin.algorithms.openness import INSIDE_KINDS, EvidenceKind, fold_evidence
from nuanxin.algorithms.openness import EvidenceLine as Line
from nuanxin.algorithms.records import BANDS, CELLS, count_findings
from nuanxin.core import clock
from nuanxin.core.ids import computed_id
from nuanxin.regions.selectors import calendar
from nuanxin.stations import doors
from nuanxin.stations.models import EvidenceLine, OpeningRecord, Station
from nuanxin.stations.parameters import openness_params

_FOUND_SHUT = frozenset({EvidenceKind.DOOR_REPORT, EvidenceKind.KEEPER_CLOSE})
# a keeper's two words never stand side by side: the later one takes the earlier one's place
_TAKES_PLACE_OF = {
    EvidenceKind.KEEPER_OPEN: EvidenceKind.KEEPER_CLOSE,
    EvidenceKind.KEEPER_CLOSE: EvidenceKind.KEEPER_OPEN,
}


def fold(station: Station, kind: EvidenceKind, at: dt.datetime, *, share: float = 1.0) -> None:
    """Fold one word into the station's line of its kind.

    Notes
    -----
    Three queries; a keeper's later word takes the place of the earlier, opposite one.
    """
    old = EvidenceLine.objects.filter(station=station, kind=kind).first()
    before = Line(int(old.at.timestamp()), old.weight) if old else None
    line = fold_evidence(before, kind, int(at.timestamp()), openness_params(), share=share)
    EvidenceLine.objects.update_or_create(
        id=computed_id("evidence", str(station.pk), kind),
        defaults={
            "station": station,
            "kind": kind,
            "at": clock.from_epoch_s(line.at_s),
            "weight": line.weight,
        },
    )
    drop_opposite(station, kind, at)


def drop_opposite(station: Station, kind: EvidenceKind, at: dt.datetime) -> None:
    """Drop what a keeper said before, where a word says the opposite. At most two queries."""
    if (opposite := _TAKES_PLACE_OF.get(kind)) is not None:
        EvidenceLine.objects.filter(station=station, kind=opposite, at__lte=at).delete()


def count(station: Station, kind: EvidenceKind, seen_at: dt.datetime) -> None:
    """Count what was found in posted hours, or at a door that posts none.

    A keeper's tap of *open* is a claim and no finding.

    Notes
    -----
    At most five queries.
    """
    is_open = kind in INSIDE_KINDS
    if not is_open and kind not in _FOUND_SHUT:
        return
    at = clock.from_epoch_s(int(seen_at.timestamp()))
    days = calendar(at.date() - dt.timedelta(days=1), at.date() + dt.timedelta(days=1))
    reading = doors.posted_reading(station)
    if not doors.is_in_hours(reading, at, days):
        return
    record, _is_new = OpeningRecord.objects.get_or_create(
        station=station, defaults={"hits": bytes(CELLS), "times": bytes(CELLS)}
    )
    hits, times = (np.frombuffer(bytes(c), np.uint8)[None] for c in (record.hits, record.times))
    hits, times = count_findings(
        hits,
        times,
        cell=np.array([days.kind(at.date()) * BANDS + at.hour // 2]),
        is_open=np.array([is_open]),
        has_hours=np.array([reading is not None]),
    )
    record.hits, record.times = hits.tobytes(), times.tobytes()
    record.save(update_fields=["hits", "times"])
