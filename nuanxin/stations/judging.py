"""What one more word does to a door: closed by reports, in doubt, or freed again."""

import datetime as dt
import enum
from collections.abc import Iterable
from typing import Final

from nuanxin.algorithms.openness import INSIDE_KINDS, EvidenceKind
from nuanxin.algorithms.records import CELLS
from nuanxin.algorithms.reports import Place as ShownPlace
from nuanxin.algorithms.reports import Report, ReportParams, Verdict, independent, verdict
from nuanxin.core import clock
from nuanxin.regions.selectors import calendar
from nuanxin.stations import doors, memory
from nuanxin.stations.enums import ClosureReason, Outcome, Source
from nuanxin.stations.models import Closure, Evidence, OpeningRecord, Station

PARAMS: Final = ReportParams()
WHOLE: Final = 1.0
_SETTLED_BY: Final = dt.timedelta(seconds=PARAMS.contradicted_s)
_CLOSURE: Final = dt.timedelta(seconds=PARAMS.closure_s)
_WINDOW: Final = dt.timedelta(seconds=PARAMS.window_s)
_A_SECOND: Final = dt.timedelta(seconds=1)
_INSIDE: Final = [kind.value for kind in INSIDE_KINDS]
_HORIZON_DAYS: Final = 10


class Judgement(enum.Enum):
    """What a word did to the door."""

    NOTHING = enum.auto()
    REPORTED = enum.auto()
    CLOSED = enum.auto()
    DOUBTED = enum.auto()
    FREED = enum.auto()


def judge(*, station: Station, word: Evidence) -> Judgement:
    """Let a word that was just kept close a door, lay it in doubt or free it.

    Parameters
    ----------
    station
        The station, its row locked.
    word
        The word; worth something.

    Returns
    -------
    Judgement
        What it did.

    Notes
    -----
    At most eight queries.
    """
    if word.kind == EvidenceKind.DOOR_REPORT:
        return _report(station, word)
    if word.kind in _INSIDE:
        return _inside(station, word)
    if word.kind == EvidenceKind.KEEPER_OPEN:
        return _contest(station, word)
    if word.kind == EvidenceKind.KEEPER_CLOSE:
        _mark(_reports(station, word.at, back=_WINDOW, after=None), Outcome.BORNE_OUT)
    return Judgement.NOTHING


def _report(station: Station, word: Evidence) -> Judgement:
    inside = _seen_inside(station, word.at)
    rows = _reports(station, word.at, back=_WINDOW, after=inside.at if inside else None)
    known = _borne_out_devices(rows)
    reports = {row.pk: as_report(row, is_known=row.device_key in known) for row in rows}
    seen_inside_s = int(inside.at.timestamp()) if inside else None
    found = verdict(reports.values(), seen_inside_s=seen_inside_s, params=PARAMS)
    if found is Verdict.NOTHING:
        return Judgement.REPORTED
    until = _closed_until(station, word.at)
    if found is Verdict.DOUBT:
        _hold(station, shut_until=None, doubt_until=until)
        return Judgement.DOUBTED
    _hold(station, shut_until=until, doubt_until=None)
    counted = independent(reports.values(), PARAMS)
    _mark([row for row in rows if reports[row.pk] in counted], Outcome.BORNE_OUT)
    return Judgement.CLOSED


def _inside(station: Station, word: Evidence) -> Judgement:
    is_whole = word.worth >= WHOLE
    if is_whole:
        _end_absence(station, word.at)
    if is_whole and word.source != Source.KEEPER:
        _settle(station, word.at)
    held = OpeningRecord.objects.filter(pk=station.pk).first()
    ends = [end for end in (held.shut_until, held.doubt_until) if end] if held else []
    if not ends or max(ends) <= word.at:
        return Judgement.NOTHING
    if not is_whole:
        _hold(station, shut_until=None, doubt_until=max(ends))
        return Judgement.DOUBTED
    _hold(station, shut_until=None, doubt_until=None)
    if word.kind != EvidenceKind.REBUTTAL:
        memory.fold(station, EvidenceKind.REBUTTAL, word.at)
    return Judgement.FREED


def _end_absence(station: Station, at: dt.datetime) -> None:
    """Somebody is inside: the keeper is back, and only forgot to say so."""
    running = Closure.objects.filter(
        station=station, reason=ClosureReason.AWAY, starts_at__lt=at, ends_at__gt=at
    )
    running.update(ends_at=at)


def _contest(station: Station, word: Evidence) -> Judgement:
    """Lay the door in doubt: a keeper's word against reports, and neither is taken for the truth."""
    held = OpeningRecord.objects.filter(pk=station.pk, shut_until__gt=word.at).first()
    if held is None:
        return Judgement.NOTHING
    _hold(station, shut_until=None, doubt_until=held.shut_until)
    return Judgement.DOUBTED


def _settle(station: Station, at: dt.datetime) -> None:
    """Somebody is inside: what was reported just before is contradicted, the rest is overtaken."""
    reports = _reports(station, at, back=_CLOSURE, after=None)
    fresh = [row for row in reports if row.at > at - _SETTLED_BY]
    _mark(fresh, Outcome.CONTRADICTED)
    older = [row for row in reports if row not in fresh and row.outcome == Outcome.WAITING]
    _mark(older, Outcome.OVERTAKEN)


def _seen_inside(station: Station, until: dt.datetime) -> Evidence | None:
    """Return the last whole word from inside: reports before it are settled."""
    words = Evidence.objects.filter(station=station, at__lte=until, kind__in=_INSIDE)
    return words.filter(worth__gte=WHOLE).order_by("-at", "id").first()


def _reports(
    station: Station, until: dt.datetime, *, back: dt.timedelta, after: dt.datetime | None
) -> list[Evidence]:
    """Return the reports that count in the time up to a moment, later than another moment."""
    since = until - back - _A_SECOND
    reports = Evidence.objects.between(max(since, after or since), until)
    return list(reports.filter(station=station, kind=EvidenceKind.DOOR_REPORT, worth__gt=0))


def as_report(row: Evidence, *, is_known: bool) -> Report:
    """Return a report as the rules weigh it.

    Parameters
    ----------
    row
        A report of a shut door.
    is_known
        Whether others bore out an earlier word of its device.
    """
    own = str(row.pk)
    return Report(
        at_s=int(row.at.timestamp()),
        worth=row.worth,
        device=row.device_key or own,
        origin=row.origin_key or own,
        network=row.network_key or own,
        # the office and programs stand at the door when they say so
        place=ShownPlace(row.place) if row.place else ShownPlace.DOOR_CODE,
        is_known=is_known,
    )


def _borne_out_devices(rows: list[Evidence]) -> set[str]:
    devices = {row.device_key for row in rows if row.device_key}
    earlier = Evidence.objects.filter(device_key__in=devices, outcome=Outcome.BORNE_OUT)
    return set(earlier.order_by().values_list("device_key", flat=True).distinct())


def _closed_until(station: Station, at: dt.datetime) -> dt.datetime:
    """Return the earlier of four hours after a report and the next posted opening."""
    moment = at.astimezone(clock.CIVIL_ZONE)
    days = calendar(
        moment.date() - dt.timedelta(days=1), moment.date() + dt.timedelta(days=_HORIZON_DAYS)
    )
    _closes_at, opens_at = doors.posted_changes(station, moment, days)
    return min(end for end in (at + _CLOSURE, opens_at) if end is not None)


def _hold(
    station: Station, *, shut_until: dt.datetime | None, doubt_until: dt.datetime | None
) -> None:
    OpeningRecord.objects.update_or_create(
        station=station,
        defaults={"shut_until": shut_until, "doubt_until": doubt_until},
        create_defaults={
            "hits": bytes(CELLS),
            "times": bytes(CELLS),
            "shut_until": shut_until,
            "doubt_until": doubt_until,
        },
    )


def _mark(rows: Iterable[Evidence], outcome: Outcome) -> None:
    Evidence.objects.filter(pk__in=[row.pk for row in rows]).update(outcome=outcome)
