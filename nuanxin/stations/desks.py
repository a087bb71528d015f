"""What a keeper's desk reads: the stations they keep, today at their doors, what is planned."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db.models import Model, Prefetch, Q, QuerySet

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import Grant, User
from nuanxin.algorithms.calendars import Calendar
from nuanxin.algorithms.hours import DayView, week_view
from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core import clock
from nuanxin.core.actors import Actor, Role
from nuanxin.core.devices import Marks
from nuanxin.core.errors import NotFound
from nuanxin.core.scopes import reach
from nuanxin.regions.selectors import calendar
from nuanxin.stations import doors, policies, selectors
from nuanxin.stations.models import (
    Closure,
    DatedException,
    DeskDevice,
    Evidence,
    Fault,
    Host,
    Keeping,
    Station,
    StationQuerySet,
)

Row = dict[str, Any]
Hung = TypeVar("Hung", bound=Model)

TAP_DUE: Final = dt.timedelta(minutes=10)
"""So long after the posted opening a tap of the keeper is due."""
_EARLY: Final = dt.timedelta(hours=1)  # who unlocks an hour before has opened for these hours
_SEEN_LATELY: Final = dt.timedelta(hours=1)
_DAY: Final = dt.timedelta(days=1)
_HORIZON_DAYS: Final = 9


@dataclass(frozen=True, slots=True)
class DeskDoor:
    """One door at the desk.

    Parameters
    ----------
    station
        With host, exceptions, closures, evidence lines and record loaded.
    keeping
        Why it is on this desk; None for the office.
    row
        State and reason as riders see them, as in the finder's rows.
    today
        The posted hours of today; None when no hours are posted.
    words
        What was told at the door today, latest first.
    faults
        What does not work, latest first.
    opened_at
        When the keeper last said *open* today, unless they locked up since.
    is_tap_due
        Whether the posted hours began ten minutes ago and nobody tapped.
    """

    station: Station
    keeping: Keeping | None
    row: Row
    today: DayView | None
    words: list[Evidence]
    faults: list[Fault]
    opened_at: dt.datetime | None
    is_tap_due: bool


@dataclass(frozen=True, slots=True)
class Plans:
    """What is announced for a station and not over: closures, and other hours."""

    closures: list[Closure]
    exceptions: list[DatedException]


@dataclass(frozen=True, slots=True)
class Substitution:
    """Who keeps a station, and who could stand in."""

    keepings: list[Keeping]
    candidates: list[User]


def doors_of(user: User, keepings: Sequence[Keeping], *, now: dt.datetime) -> list[DeskDoor]:
    """Return the doors that a user keeps: own ones, as a substitute, or of a host.

    Parameters
    ----------
    user
        Who is signed in.
    keepings
        What they keep, see `keepings_of`.
    now
        The moment.

    Returns
    -------
    list of DeskDoor
        By station number; empty for somebody who keeps none.

    Notes
    -----
    At most eleven queries, whatever the number of stations.
    """
    by_station = {k.station_id: k for k in keepings if k.station_id}
    by_host = {k.host_id: k for k in keepings if k.host_id}
    within = reach(user, "union__path", roles={Role.KEEPER})
    kept = Q(pk__in=by_station) | Q(outlet__host__in=by_host)
    stations = list(_rows().filter(within, kept).order_by("code"))

    def why(station: Station) -> Keeping | None:
        own = by_station.get(station.pk)
        return own or (by_host.get(station.outlet.host_id) if station.outlet else None)

    return _doors(stations, {station.pk: why(station) for station in stations}, now)


def keepings_of(user: User, *, now: dt.datetime) -> list[Keeping]:
    """Return what a user keeps at a moment, own keepings last. One query."""
    in_force = Keeping.objects.in_force(now).filter(user=user).select_related("host")
    return list(in_force.order_by("-is_substitute", "since", "id"))


def door_at(code: str, *, actor: Actor, now: dt.datetime) -> DeskDoor:
    """Return one door with today's words.

    Raises
    ------
    NotFound
        When there is no such station, or the actor does not keep it.

    Notes
    -----
    At most thirteen queries.
    """
    station = _kept(_rows(), code, actor)
    return _doors([station], {}, now)[0]


def station_at(code: str, *, actor: Actor) -> Station:
    """Return a station that an actor keeps, its union loaded.

    Raises
    ------
    NotFound
        When there is no such station, or the actor does not keep it: the two look alike.

    Notes
    -----
    At most two queries.
    """
    return _kept(Station.objects.select_related("union", "outlet__host"), code, actor)


def report_at(station: Station, key: UUID) -> Evidence:
    """Return something told at a station's door. One query.

    Raises
    ------
    NotFound
        When it was told elsewhere, or never.
    """
    return _one(Evidence.objects.select_related("station__union"), station, key)


def fault_at(station: Station, key: UUID) -> Fault:
    """Return a fault of a station. One query.

    Raises
    ------
    NotFound
        When it is another station's, or nobody's.
    """
    return _one(Fault.objects.select_related("station__union"), station, key)


def keeping_at(station: Station, key: UUID) -> Keeping:
    """Return a substitution of a station. One query.

    Raises
    ------
    NotFound
        When it is another station's, or none.
    """
    substitutes = Keeping.objects.filter(is_substitute=True)
    return _one(substitutes.select_related("station__union"), station, key)


def host_at(key: UUID, *, actor: Actor) -> Host:
    """Return a host whose outlets an actor may close.

    Raises
    ------
    NotFound
        When there is no such host, the actor does not keep it, or has none of its stations in reach.

    Notes
    -----
    At most three queries.
    """
    host = Host.objects.filter(pk=key).first()
    if host is None or not policies.can_close_outlets(actor, host):
        raise NotFound
    return host


def is_device_known(user: User, marks: Marks, *, now: dt.datetime) -> bool:
    """Return whether a keeper's desk was opened with these marks within the hour. One query."""
    seen = DeskDevice.objects.filter(user=user, device_key=marks.device_key)
    here = seen.filter(origin_key=marks.origin_key, network_key=marks.network_key)
    return here.filter(seen_at__gt=now - _SEEN_LATELY).exists()


def plans_of(station: Station, *, now: dt.datetime) -> Plans:
    """Return the closures and other hours of a station that are not over. Two queries."""
    closures = Closure.objects.filter(station=station, ends_at__gt=now)
    exceptions = DatedException.objects.filter(station=station, last_on__gte=clock.civil_date(now))
    return Plans(
        list(closures.order_by("starts_at", "id")), list(exceptions.order_by("first_on", "id"))
    )


def substitution_of(station: Station, *, now: dt.datetime) -> Substitution:
    """Return who keeps a station, and the keepers under the same unions who could stand in.

    Parameters
    ----------
    station
        The station, its union loaded.
    now
        The moment.

    Returns
    -------
    Substitution
        Keepings by name; candidates by name, each with ``kept_now``: what they keep themselves, as
        far as the public map shows it, for they may hold their role over a union further up.

    Notes
    -----
    Four queries.
    """
    in_force = Keeping.objects.in_force(now)
    keepings = list(
        in_force.of_station(station)
        .select_related("user", "host")
        .order_by("is_substitute", "user__display_name", "id")
    )
    # unions are few levels deep: every one above the station by its path
    parts = policies.path_of(station).split("/")[:-1]
    paths = ["/".join(parts[: depth + 1]) + "/" for depth in range(len(parts))]
    grants = Grant.objects.in_force().filter(role=GrantedRole.KEEPER, union__path__in=paths)
    others = User.objects.filter(is_active=True, pk__in=grants.values("user"))
    # a substitute may stand in for longer
    lasting = [k.user_id for k in keepings if not k.is_substitute]
    free = others.exclude(pk__in=lasting).order_by("display_name", "pk")
    listed = Station.objects.listed()
    shown = Q(station__in=listed.values("pk")) | Q(host__in=listed.values("outlet__host"))
    kept = in_force.filter(shown).select_related("station", "host").order_by("since", "id")
    return Substitution(
        keepings, list(free.prefetch_related(Prefetch("keepings", kept, to_attr="kept_now")))
    )


def proof_station(digest: str, *, actor: Actor) -> Station:
    """Return the station that a photo was shown for, to those who may look at it.

    Raises
    ------
    NotFound
        When nothing has this fingerprint, or the actor is neither a keeper of the station nor of
        the office above it.

    Notes
    -----
    At most three queries.
    """
    told = Evidence.objects.filter(photo_digest=digest) if digest else Evidence.objects.none()
    shown = told.select_related("station__union").order_by("at").first()
    if shown is None:
        raise NotFound
    is_office = told.visible_to(actor).exists()
    if not is_office and not policies.can_keep_station(actor, shown.station):
        raise NotFound
    return shown.station


def _rows() -> StationQuerySet:
    rows = Station.objects.select_related("brand", "union", "outlet__host", "record")
    return rows.prefetch_related("exceptions", "closures", "evidence_lines")


def _kept(rows: StationQuerySet, code: str, actor: Actor) -> Station:
    station = rows.filter(code=code).first()
    if station is None or not policies.can_keep_station(actor, station):
        raise NotFound
    return station


def _one(rows: QuerySet[Hung], station: Station, key: UUID) -> Hung:
    found = rows.filter(pk=key, station=station).first()
    if found is None:
        raise NotFound
    return found


def _doors(
    stations: Sequence[Station], why: dict[UUID, Keeping | None], now: dt.datetime
) -> list[DeskDoor]:
    if not stations:
        return []
    moment = now.astimezone(clock.CIVIL_ZONE)
    days = calendar(moment.date() - _DAY, moment.date() + dt.timedelta(days=_HORIZON_DAYS))
    keys = [station.pk for station in stations]
    words, faults = _words_today(keys, moment), _pending_faults(keys)
    return [
        _door(station, why.get(station.pk), words[station.pk], faults[station.pk], moment, days)
        for station in stations
    ]


def _door(
    station: Station,
    keeping: Keeping | None,
    words: list[Evidence],
    faults: list[Fault],
    moment: dt.datetime,
    days: Calendar,
) -> DeskDoor:
    now_s = int(moment.timestamp())
    cell = days.kind(moment.date()) * 12 + moment.hour // 2
    rate = selectors.host_rate(station, cell=cell, now_s=now_s)
    row = doors.row_of(station, now_s=now_s, days=days, host_rate=rate)
    posted = doors.posted_reading(station)
    week = week_view(posted, day_from=moment.date(), calendar=days) if posted else ()
    return DeskDoor(
        station=station,
        keeping=keeping,
        row=row,
        today=week[0] if week else None,
        words=words,
        faults=faults,
        opened_at=_opened_at(words),
        is_tap_due=row["reason"]["kind"] != "closure" and _is_tap_due(week, words, moment),
    )


def _words_today(keys: Collection[UUID], moment: dt.datetime) -> dict[UUID, list[Evidence]]:
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    told = Evidence.objects.filter(station__in=keys, at__gte=midnight)
    grouped: dict[UUID, list[Evidence]] = defaultdict(list)
    for word in told.order_by("-at", "id"):
        grouped[word.station_id].append(word)
    return grouped


def _pending_faults(keys: Collection[UUID]) -> dict[UUID, list[Fault]]:
    faults = Fault.objects.pending().filter(station__in=keys).select_related("facility")
    grouped: dict[UUID, list[Fault]] = defaultdict(list)
    for fault in faults.order_by("-at", "id"):
        grouped[fault.station_id].append(fault)
    return grouped


def _opened_at(words: Sequence[Evidence]) -> dt.datetime | None:
    own = {EvidenceKind.KEEPER_OPEN, EvidenceKind.KEEPER_CLOSE, EvidenceKind.REBUTTAL}
    last = next((word for word in words if word.kind in own), None)
    return last.at if last and last.kind != EvidenceKind.KEEPER_CLOSE else None


def _is_tap_due(week: Sequence[DayView], words: Sequence[Evidence], moment: dt.datetime) -> bool:
    """Return whether posted hours that run began some time today without a word of the keeper."""
    minute = moment.hour * 60 + moment.minute
    bars = week[0].bars if week else ()
    bar = next((b for b in bars if b.start_min <= minute < b.end_min), None)
    if bar is None or bar.start_min == 0:  # round the clock, or open since yesterday
        return False
    midnight = moment.replace(hour=0, minute=0, second=0, microsecond=0)
    opening = midnight + dt.timedelta(minutes=bar.start_min)
    own = (EvidenceKind.KEEPER_OPEN, EvidenceKind.KEEPER_CLOSE, EvidenceKind.REBUTTAL)
    has_tapped = any(word.kind in own and word.at >= opening - _EARLY for word in words)
    return moment >= opening + TAP_DUE and not has_tapped
