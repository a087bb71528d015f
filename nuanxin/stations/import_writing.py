"""Writing stations as an import leaves them, some hundred at a time, and taking new ones back."""

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any, Final, TypeVar
from uuid import UUID

from django.db import models
from django.utils.translation import gettext as _

from nuanxin.core import clock
from nuanxin.core.ids import computed_id
from nuanxin.sheets.kinds import Change, Values
from nuanxin.stations.enums import Datum, HostKind
from nuanxin.stations.import_resolving import canonical, outlet_id
from nuanxin.stations.models import (
    Host,
    OpeningRecord,
    Outlet,
    Station,
    StationChange,
    StationFacility,
    StationGroup,
)
from nuanxin.unions.models import Union
from nuanxin.unions.services import refuse_ended

_BATCH: Final = 500
_TEXTS: Final = (
    "code", "name", "address", "street", "floor", "entrance", "parking", "manager_name", "manager_phone",
    "staffed_hours", "self_service_hours",
)  # fmt: skip
# rows that follow from the station itself, or are written with it
_OWN: Final[tuple[type[models.Model], ...]] = (StationFacility, StationGroup, OpeningRecord)
Link = TypeVar("Link", StationFacility, StationGroup)


def write_stations(changes: Sequence[Change], *, is_undo: bool = False) -> None:
    """Write stations, in the transaction of the caller, and announce each that changed.

    Parameters
    ----------
    changes
        Distinct stations with all their fields as they shall be.
    is_undo
        Whether outlets that lose their last station go with it.

    Raises
    ------
    Conflict
        When one would be entered under a union that has ended.

    Notes
    -----
    At most twelve statements for some hundred stations, whatever their number.
    """
    if not changes:
        return
    moved = _write_hosts(changes)
    stored = Station.objects.in_bulk([UUID(c.key) for c in changes if c.before is not None])
    unions = _held_unions(changes)
    fresh = []
    for change in changes:
        before = stored.get(UUID(change.key))
        union_id = _union_id(change, before, unions, is_undo=is_undo)
        fresh.append(_station(change, before))
        fresh[-1].union_id = union_id
    left = {outlet_id(c.before) for c in changes if c.before} - {None}
    _upsert(Station, fresh)
    if is_undo:
        _drop_empty(left)
    _link(StationFacility, "facility_id", "facilities", changes)
    _link(StationGroup, "group_id", "groups", changes)
    announced = moved | {station.pk for station in fresh}
    StationChange.objects.bulk_create(
        [StationChange(station_id=pk) for pk in sorted(announced)], batch_size=_BATCH
    )


def withdraw_stations(keys: Sequence[str]) -> dict[str, str]:
    """Remove stations on which nothing hangs that somebody told or filed since.

    Parameters
    ----------
    keys
        Of stations.

    Returns
    -------
    dict
        Why those that stay do, by key.

    Notes
    -----
    One query for each table that points to stations, and the deletions. Outlets without a station
    and hosts without an outlet go with them.
    """
    wanted = [UUID(key) for key in keys]
    kept = {key: str(name) for key, name in _hangers_on(wanted)}
    gone = [key for key in wanted if key not in kept]
    outlets = set(
        Station.objects.filter(pk__in=gone, outlet__isnull=False).values_list("outlet", flat=True)
    )
    Station.objects.filter(pk__in=gone).delete()
    _drop_empty(outlets)
    StationChange.objects.bulk_create([StationChange(station_id=pk) for pk in gone])
    return {str(key): _("in use: %(what)s") % {"what": name} for key, name in kept.items()}


def _hangers_on(stations: list[UUID]) -> Iterable[tuple[UUID, Any]]:
    for relation in Station._meta.related_objects:
        model: Any = relation.related_model
        if model in _OWN or model is StationChange:
            continue
        name = f"{relation.field.name}_id"
        rows = model._default_manager.filter(**{f"{name}__in": stations}).order_by()
        for key in rows.values_list(name, flat=True).distinct():
            yield key, model._meta.verbose_name


def _drop_empty(outlets: set[Any]) -> None:
    empty = Outlet.objects.filter(pk__in=outlets, stations__isnull=True)
    hosts = set(empty.values_list("host", flat=True))
    Outlet.objects.filter(pk__in=list(empty.values_list("pk", flat=True))).delete()
    Host.objects.filter(pk__in=hosts, outlets__isnull=True, keepings__isnull=True).delete()


def _write_hosts(changes: Sequence[Change]) -> set[UUID]:
    """Write hosts and outlets; return the stations inside those that changed."""
    hosted = [c for c in changes if outlet_id(c.after)]
    hosts = Host.objects.in_bulk([computed_id("host", c.after["host"]) for c in hosted])
    outlets = Outlet.objects.in_bulk([outlet_id(c.after) for c in hosted])
    changed_hosts: dict[UUID, Host] = {}
    changed_outlets: dict[UUID, Outlet] = {}
    for change in hosted:
        host = _host(change, hosts)
        if host is not None:
            changed_hosts[host.pk] = hosts[host.pk] = host
        outlet = _outlet(change, outlets)
        if outlet is not None:
            changed_outlets[outlet.pk] = outlets[outlet.pk] = outlet
    _upsert(Host, list(changed_hosts.values()))
    _upsert(Outlet, list(changed_outlets.values()))
    inside = models.Q(outlet__in=list(changed_outlets)) | models.Q(
        outlet__host__in=list(changed_hosts)
    )
    return set(Station.objects.filter(inside).values_list("pk", flat=True))


def _is_said(change: Change, name: str) -> bool:
    """Whether a change is about this field, rather than carrying it along."""
    value = change.after.get(name)
    return value is not None if change.before is None else change.before.get(name) != value


def _host(change: Change, known: dict[UUID, Host]) -> Host | None:
    """Return the host to be written; None when it stands as it should."""
    name, kind = change.after["host"], change.after.get("host_kind")
    pk = computed_id("host", name)
    host = known.get(pk)
    if host is None:
        return Host(id=pk, name=name, kind=kind or HostKind.COMMUNITY)
    if kind and kind != host.kind and _is_said(change, "host_kind"):
        host.kind = kind
        return host
    return None


_OUTLET_HOURS: Final = {
    "outlet_hours": "staffed_hours",
    "outlet_self_service_hours": "self_service_hours",
}


def _outlet(change: Change, known: dict[Any, Outlet]) -> Outlet | None:
    """Return the outlet to be written; None when it stands as it should."""
    pk, after = outlet_id(change.after), change.after
    outlet = known.get(pk)
    if outlet is None and pk is not None:
        return Outlet(
            id=pk,
            host_id=computed_id("host", after["host"]),
            name=after.get("outlet") or after["name"],
            address=after["address"],
            **{column: after.get(name) or "" for name, column in _OUTLET_HOURS.items()},
        )
    differing = {
        column: after.get(name) or ""
        for name, column in _OUTLET_HOURS.items()
        if _is_said(change, name) and (after.get(name) or "") != getattr(outlet, column)
    }
    for column, hours in differing.items():
        setattr(outlet, column, hours)
    return outlet if differing else None


def _held_unions(changes: Sequence[Change]) -> dict[str, Union]:
    """Hold the unions that stations are entered under, the higher ones first: none ends meanwhile."""
    named = Union.objects.filter(code__in={change.after.get("union") for change in changes})
    return {each.code: each for each in named.select_for_update(no_key=True).order_by("path")}


def _union_id(
    change: Change, stored: Station | None, unions: dict[str, Union], *, is_undo: bool
) -> UUID | None:
    """Return under which union a station stands; nothing is entered under one that has ended."""
    union = unions.get(change.after.get("union") or "")
    if union is None or not union.is_ended or (stored and stored.union_id == union.pk):
        return union.pk if union else None
    if is_undo and stored:
        return stored.union_id  # it cannot go back there: it stays where it is
    refuse_ended(union)
    return union.pk


def _station(change: Change, stored: Station | None) -> Station:
    after = change.after
    station = stored or Station(id=UUID(change.key), source_datum=Datum.WGS84)
    for name in _TEXTS:
        setattr(station, name, after.get(name) or "")
    for name in ("access", "tier", "lifecycle", "floors_count"):
        if after.get(name):
            setattr(station, name, after[name])
    station.brand_id, station.division_id = after["brand"], after["division"]
    station.outlet_id = outlet_id(after)
    station.area_m2 = None if after.get("area_m2") is None else Decimal(str(after["area_m2"]))
    accepted_on = after.get("accepted_on")
    station.accepted_on = dt.date.fromisoformat(accepted_on) if accepted_on else None
    _set_point(station, after)
    return station


def _set_point(station: Station, after: Values) -> None:
    point = after.get("point")
    if point is None:
        station.lat_wgs84 = station.lon_wgs84 = None
        station.source_y = station.source_x = ""
    else:
        station.source_datum, station.source_y, station.source_x = point[:3]
        station.lat_wgs84, station.lon_wgs84 = point[3:] or canonical(point)
    if not after.get("is_checked"):
        station.coordinates_checked_at = None
    elif station.coordinates_checked_at is None:
        station.coordinates_checked_at = clock.now()


def _upsert(model: type[Any], rows: Sequence[Any]) -> None:
    model._default_manager.bulk_create(
        rows,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[f.name for f in model._meta.concrete_fields if not f.primary_key],
    )


def _link(model: type[Link], column: str, name: str, changes: Sequence[Change]) -> None:
    """Make the links of the stations whose list of words changed exactly the wanted ones."""
    about = {UUID(c.key): set(c.after.get(name) or ()) for c in changes if _is_said(c, name)}
    rows = model._default_manager.filter(station_id__in=list(about))
    stored = {
        (station, code): pk for pk, station, code in rows.values_list("pk", "station_id", column)
    }
    gone = [pk for (station, code), pk in stored.items() if code not in about[station]]
    model._default_manager.filter(pk__in=gone).delete()
    kind = _LINK_KINDS[model]
    model._default_manager.bulk_create(
        [
            model(id=computed_id(kind, str(station), code), station_id=station, **{column: code})
            for station, codes in about.items()
            for code in sorted(codes)
            if (station, code) not in stored
        ],
        batch_size=_BATCH,
    )


_LINK_KINDS: Final[dict[type[Any], str]] = {
    StationFacility: "station_facility",
    StationGroup: "station_group",
}
