"""What a keeper does at the desk: open and lock up, show that it is open, mend, and hand over."""

import datetime as dt
import hashlib
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.accounts.models import User
from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor, Role
from nuanxin.core.devices import Marks
from nuanxin.core.errors import Conflict, Invalid
from nuanxin.core.ids import computed_id
from nuanxin.core.scopes import reach
from nuanxin.regions.selectors import calendar
from nuanxin.stations import day_word, doors, evidence, photos, policies, services
from nuanxin.stations.enums import ClosureReason, Condition, FaultState, Outcome
from nuanxin.stations.keepers import end_keeping as end_keeping
from nuanxin.stations.keepers import name_keeper as name_keeper
from nuanxin.stations.keepers import name_substitute as name_substitute
from nuanxin.stations.models import (
    Closure,
    DeskDevice,
    Evidence,
    Fault,
    Host,
    Station,
    StationFacility,
)

LONGEST_AWAY: Final = dt.timedelta(hours=12)
_SAME_TAP: Final = dt.timedelta(minutes=2)
_OWN_WORDS: Final = [EvidenceKind.KEEPER_OPEN, EvidenceKind.KEEPER_CLOSE, EvidenceKind.REBUTTAL]


@transaction.atomic
def open_door(*, station: Station, by: Actor, now: dt.datetime | None = None) -> Evidence:
    """Say that a station is open now; ends the keeper's own absence.

    Parameters
    ----------
    station
        The station, its union loaded.
    by
        Who acts; its keepers and the office.
    now
        The moment; the present one when left out. The same word at the same second is one.

    Returns
    -------
    Evidence
        The keeper's word: believed alone, and laid in doubt against reports.

    Raises
    ------
    NotAllowed
        For anybody else.

    Notes
    -----
    About twelve queries, one change row.
    """
    policies.can_keep_station(by, station).enforce()
    moment = now or clock.now()
    _end_absences(station, moment)
    return _say(station, EvidenceKind.KEEPER_OPEN, moment, by)


@transaction.atomic
def close_door(
    *,
    station: Station,
    by: Actor,
    back_at: dt.datetime | None = None,
    now: dt.datetime | None = None,
) -> Closure | None:
    """Say that a station is locked up, until the keeper is back or the posted hours end.

    Parameters
    ----------
    station
        The station, its union loaded.
    by
        Who acts; its keepers and the office.
    back_at
        When it opens again; left out, at the end of the posted hours that now run.
    now
        The moment; the present one when left out.

    Returns
    -------
    Closure or None
        The absence riders see; None outside posted hours, when the sign says closed anyway. A second
        tap within two minutes says nothing new at the door, but may give another time.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When ``back_at`` is past, or more than twelve hours ahead: that is a planned closure.

    Notes
    -----
    About fifteen queries, two change rows.
    """
    policies.can_keep_station(by, station).enforce()
    moment = now or clock.now()
    if back_at is not None and not moment < back_at <= moment + LONGEST_AWAY:
        sentence = _("Give a time within the next twelve hours, or announce a closure.")
        raise Invalid(sentence, code="bad_back_at", fields={"back_at": sentence})
    _end_absences(station, moment)
    if not _has_just_closed(station, by, moment):
        _say(station, EvidenceKind.KEEPER_CLOSE, moment, by)
    until = back_at or _end_of_hours(station, moment)
    if until is None or until <= moment:
        return None
    return services.file_closure(
        station=station, starts_at=moment, ends_at=until, reason=ClosureReason.AWAY, by=by
    )


@transaction.atomic
def show_live(*, station: Station, photo: bytes, word: str, by: Actor) -> Evidence:
    """Show by a photo of the day's word that a station is open, against whatever was reported.

    Parameters
    ----------
    station
        The station, its union loaded.
    photo
        The picture as it was given; kept re-encoded, seen by the office alone.
    word
        The word of the day that stands in the picture.
    by
        Who acts; its keepers and the office.

    Returns
    -------
    Evidence
        A rebuttal: the door is *confirmed*. The same picture from the same person within two
        minutes is the same tap and changes nothing.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When the word is not this day's, or the file no picture.
    Conflict
        When the same picture was shown before.

    Notes
    -----
    About fifteen queries, one file, one change row, one audit row.
    """
    policies.can_keep_station(by, station).enforce()
    now = clock.now()
    if not day_word.is_word(station, word, on=clock.civil_date(now)):
        sentence = _("That is not today's word.")
        raise Invalid(sentence, code="wrong_word", fields={"word": sentence})
    digest = hashlib.sha256(photo).hexdigest()
    shown = Evidence.objects.filter(photo_digest=digest).order_by("-at").first()
    if shown is not None and _is_same_tap(shown, station, by, now):
        return shown
    if shown is not None:
        raise Conflict(_("This picture was shown before; take a new one."), code="photo_shown")
    photos.keep_proof(digest, photo)
    _end_absences(station, now)
    told = evidence.take(
        station=station,
        finding=evidence.Finding(EvidenceKind.REBUTTAL, now),
        telling=evidence.Telling(
            evidence.source_of(by),
            key=(by.actor_key,),
            actor_key=by.actor_key,
            photo_digest=digest,
        ),
    )
    _audit(station, "station.shown_live", by, {"digest": digest})
    return told


@transaction.atomic
def contest_report(*, report: Evidence, by: Actor) -> Evidence:
    """Say that a report of a shut door is wrong; the office sees it, and the door is in doubt.

    Parameters
    ----------
    report
        A report of a shut door, its station and the station's union loaded.
    by
        Who acts; keepers of the station and the office.

    Returns
    -------
    Evidence
        The report, marked; contesting it again changes nothing.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When it is no report, or was contradicted by others already.

    Notes
    -----
    As `open_door`, and one audit row.
    """
    policies.can_keep_station(by, report.station).enforce()
    if report.kind != EvidenceKind.DOOR_REPORT or report.outcome == Outcome.CONTRADICTED:
        raise Invalid(_("There is nothing to contest here."), code="not_contestable")
    if report.contested_at is None:
        report.contested_at = clock.now()
        report.save(update_fields=["contested_at"])
        open_door(station=report.station, by=by)
        _audit(report.station, "station.report_contested", by, {"report": str(report.pk)})
    return report


@transaction.atomic
def end_fault(*, fault: Fault, is_mended: bool, by: Actor) -> Fault:
    """Say that a fault is mended, or was none; the facility counts as working again.

    Parameters
    ----------
    fault
        The fault, its station and the station's union loaded.
    is_mended
        Whether there was something to mend.
    by
        Who acts; keepers of the station and the office.

    Returns
    -------
    Fault
        Saved, with everything else pending about the same facility; one that ended stays as it is.

    Raises
    ------
    NotAllowed
        For anybody else.

    Notes
    -----
    Four queries, one change row, one audit row.
    """
    policies.can_keep_station(by, fault.station).enforce()
    if fault.ended_at is not None:
        return fault
    state = FaultState.MENDED if is_mended else FaultState.REFUSED
    pending = Fault.objects.pending().filter(station=fault.station, facility=fault.facility)
    pending.update(state=state, ended_at=clock.now(), ended_by=by.actor_key)
    held = StationFacility.objects.filter(station=fault.station, facility=fault.facility)
    if held.exclude(condition=Condition.WORKING).update(condition=Condition.WORKING):
        services.announce(fault.station)
    _audit(fault.station, "station.fault_ended", by, {"fault": str(fault.pk), "state": state})
    fault.refresh_from_db()
    return fault


@transaction.atomic
def close_outlets(
    *, host: Host, starts_at: dt.datetime, ends_at: dt.datetime, reason: ClosureReason, by: Actor,
    note: str = "",
) -> list[Closure]:  # fmt: skip
    """File one planned closure for all outlets of a host.

    Parameters
    ----------
    host
        The host.
    starts_at, ends_at, reason, note
        As for `services.file_closure`.
    by
        Who acts; keepers of the host, and the office for the stations of its own subtree.

    Returns
    -------
    list of Closure
        One for each listed station, by station number.

    Raises
    ------
    NotAllowed
        For anybody else.
    Invalid
        When it ends before it starts, or the host has no station in the actor's reach.

    Notes
    -----
    Three queries, and seven more for each station.
    """
    closures = [
        services.file_closure(
            station=station, starts_at=starts_at, ends_at=ends_at, reason=reason, note=note, by=by
        )
        for station in outlets_of(host, by)
    ]
    if not closures:
        raise Invalid(_("This host has no station here."), code="no_outlet")
    return closures


def outlets_of(host: Host, by: Actor) -> list[Station]:
    """Return the listed stations of a host that one closure of its outlets would close.

    Parameters
    ----------
    host
        The host.
    by
        Who would file it.

    Returns
    -------
    list of Station
        Those under the unions over which the actor keeps doors or holds office, by station number,
        their unions loaded.

    Raises
    ------
    NotAllowed
        For anybody who may not close the host's outlets.

    Notes
    -----
    At most three queries.
    """
    policies.can_close_outlets(by, host).enforce()
    listed = Station.objects.listed().filter(outlet__host=host)
    within = reach(by, "union__path", roles={*policies.OFFICE, Role.KEEPER})
    return list(listed.filter(within).select_related("union").order_by("code"))


@transaction.atomic
def remember_desk(*, user: User, marks: Marks) -> DeskDevice:
    """Remember on which device a keeper's desk was opened: its word counts nothing at that door.

    Notes
    -----
    Two queries; no audit row, for it says nothing but that somebody came to work.
    """
    device, _is_new = DeskDevice.objects.update_or_create(
        id=computed_id("desk_device", str(user.pk), marks.device_key),
        defaults={
            "user": user,
            "device_key": marks.device_key,
            "origin_key": marks.origin_key,
            "network_key": marks.network_key,
            "seen_at": clock.now(),
        },
    )
    return device


def _say(station: Station, kind: EvidenceKind, now: dt.datetime, by: Actor) -> Evidence:
    return evidence.take(
        station=station,
        finding=evidence.Finding(kind, now),
        telling=evidence.Telling(
            evidence.source_of(by), key=(by.actor_key,), actor_key=by.actor_key
        ),
    )


def _is_same_tap(shown: Evidence, station: Station, by: Actor, now: dt.datetime) -> bool:
    told = (shown.station_id, shown.actor_key)
    return told == (station.pk, by.actor_key) and now - shown.at <= _SAME_TAP


def _has_just_closed(station: Station, by: Actor, now: dt.datetime) -> bool:
    """Return whether the same person locked up just now: it would be counted as found shut twice."""
    own = Evidence.objects.filter(
        station=station, kind__in=_OWN_WORDS, actor_key=by.actor_key, at__gte=now - _SAME_TAP
    )
    last = own.order_by("-at", "id").first()
    return last is not None and last.kind == EvidenceKind.KEEPER_CLOSE


def _end_absences(station: Station, now: dt.datetime) -> None:
    """End the keeper's own absences that run; planned closures stay."""
    running = Closure.objects.filter(
        station=station, reason=ClosureReason.AWAY, starts_at__lte=now, ends_at__gt=now
    )
    running.filter(starts_at=now).delete()  # one that lasted no time never was
    running.update(ends_at=now)


def _end_of_hours(station: Station, now: dt.datetime) -> dt.datetime | None:
    """Return when the posted hours that now run end, at most twelve hours ahead."""
    moment = now.astimezone(clock.CIVIL_ZONE)
    days = calendar(moment.date() - dt.timedelta(days=1), moment.date() + dt.timedelta(days=10))
    posted = doors.posted_reading(station)
    if not doors.is_in_hours(posted, moment, days):
        return None
    closes_at, _opens_at = doors.posted_changes(station, moment, days)
    return min(closes_at or now + LONGEST_AWAY, now + LONGEST_AWAY)


def _audit(station: Station, verb: str, by: Actor, data: dict[str, str]) -> None:
    audit.record(by=by, verb=verb, subject=station, scope_path=policies.path_of(station), data=data)
