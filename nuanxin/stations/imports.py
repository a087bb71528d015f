"""Importing stations: all rows or none, the same file twice changes nothing."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db import models, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from nuanxin.core import audit, clock
from nuanxin.core.actors import Actor
from nuanxin.core.errors import DomainError
from nuanxin.core.ids import computed_id
from nuanxin.core.policies import Decision
from nuanxin.regions.models import Division
from nuanxin.stations import policies
from nuanxin.stations.enums import Lifecycle
from nuanxin.stations.import_rows import Fault, Sheet, StationRow
from nuanxin.stations.models import (
    Brand,
    Facility,
    Host,
    Outlet,
    Station,
    StationChange,
    StationFacility,
    StationGroup,
    WelcomedGroup,
)
from nuanxin.unions.models import Union

_BATCH = 500
M = TypeVar("M", bound=models.Model)
Link = TypeVar("Link", StationFacility, StationGroup)


class ImportRejected(DomainError):
    """The file has faults; nothing was written."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__(
            _("%(count)d faults; nothing was imported.") % {"count": len(faults)},
            code="import_rejected",
        )
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many stations were new, changed and the same."""

    new_count: int
    changed_count: int
    same_count: int


def import_stations(*, sheet: Sheet, by: Actor) -> Outcome:
    """Enter all stations of a sheet, or none.

    Parameters
    ----------
    sheet
        Checked rows and faults.
    by
        Who imports; needs officer rights over every union the rows name.

    Returns
    -------
    Outcome
        Counts of stations.

    Raises
    ------
    ImportRejected
        When the sheet has faults, or a row names an unknown brand, division, union, facility or
        group, or a union or station outside the actor's scope; ``faults`` names row, column and
        reason of each.
    NotAllowed
        When nothing the sheet names lies inside the actor's scope.

    Notes
    -----
    About twelve queries and one batch of writes for every 500 stations, one transaction, one
    audit row for the whole file; a station whose row is unchanged is not written.
    """
    faults = sheet.faults + _unknown_references(sheet.rows)
    if faults:
        raise ImportRejected(sorted(faults, key=lambda fault: (fault.row, fault.column)))
    with transaction.atomic():
        unions = Union.objects.in_bulk([r.union for r in sheet.rows if r.union], field_name="code")
        stored = Station.objects.select_related("union").in_bulk(
            [computed_id("station", row.fields["code"]) for row in sheet.rows]
        )
        _check_reach(sheet.rows, unions, stored, by)
        moved = _write_hosts(sheet.rows)
        outcome = _write_stations(sheet.rows, unions, stored, moved)
        audit.record(
            by=by,
            verb="station.imported",
            subject_type="stations.station",
            subject_key="import",
            data={
                "new": outcome.new_count,
                "changed": outcome.changed_count,
                "same": outcome.same_count,
            },
        )
    return outcome


def preview_stations(*, sheet: Sheet, by: Actor) -> Outcome:
    """Return what importing a sheet would do, and do nothing.

    Parameters
    ----------
    sheet, by
        As for ``import_stations``.

    Returns
    -------
    Outcome
        Counts of stations.

    Raises
    ------
    ImportRejected, NotAllowed
        As ``import_stations`` would.

    Notes
    -----
    The import itself, rolled back: it holds the write lock as long as the import would.
    """
    with transaction.atomic():
        outcome = import_stations(sheet=sheet, by=by)
        transaction.set_rollback(True)
    return outcome


def _check_reach(
    rows: list[StationRow], unions: dict[str, Union], stored: dict[Any, Station], by: Actor
) -> None:
    """Refuse rows out of the actor's reach; where a station stands now counts as where it is put."""
    allowed: dict[str, Decision] = {}

    def may(union: Union | None) -> Decision:
        path = union.path if union else ""
        return allowed.setdefault(path, policies.can_enter_stations(by, union_path=path))

    faults = []
    for row in rows:
        station = stored.get(computed_id("station", row.fields["code"]))
        if not may(unions.get(row.union)):
            faults.append(Fault(row.row, "union", _("this union is not one of yours")))
        elif station and not may(station.union):
            faults.append(Fault(row.row, "code", _("this station stands in another union")))
    if faults and not any(allowed.values()):
        next(iter(allowed.values())).enforce()
    if faults:
        raise ImportRejected(faults)


def _unknown_references(rows: list[StationRow]) -> list[Fault]:
    reason = _("unknown: %s")
    wanted: list[tuple[str, type[models.Model], Callable[[StationRow], Iterable[str]]]] = [
        ("brand", Brand, lambda row: [row.brand]),
        ("division", Division, lambda row: [row.division]),
        ("facilities", Facility, lambda row: row.facilities),
        ("groups", WelcomedGroup, lambda row: row.groups),
    ]
    faults = []
    for column, model, keys in wanted:
        known = set(model._default_manager.values_list("pk", flat=True))
        faults += [
            Fault(r.row, column, reason % key) for r in rows for key in keys(r) if key not in known
        ]
    known_unions = set(Union.objects.values_list("code", flat=True))
    faults += [
        Fault(r.row, "union", reason % r.union)
        for r in rows
        if r.union and r.union not in known_unions
    ]
    return faults


def _write_hosts(rows: list[StationRow]) -> set[Any]:
    """Write hosts and outlets; return the stations that stand in what has changed."""
    named = {computed_id("host", row.host[0]): row.host for row in rows if row.host[0]}
    hosts = _upsert(
        Host, [Host(id=key, name=name, kind=kind) for key, (name, kind) in named.items()]
    )
    outlets = {
        outlet_id: Outlet(id=outlet_id, host_id=computed_id("host", row.host[0]), **row.outlet)
        for row in rows
        if (outlet_id := _outlet_id(row))
    }
    changed = _upsert(Outlet, list(outlets.values()))
    conditions = [Q(outlet__in=chunk) for chunk in _chunks(changed)]
    conditions += [Q(outlet__host__in=chunk) for chunk in _chunks(hosts)]
    return {
        key
        for condition in conditions
        for key in Station.objects.filter(condition).values_list("pk", flat=True)
    }


def _outlet_id(row: StationRow) -> Any:
    return computed_id("outlet", row.host[0], row.outlet["name"]) if row.outlet else None


def _write_stations(
    rows: list[StationRow], unions: dict[str, Union], stored: dict[Any, Station], moved: set[Any]
) -> Outcome:
    fresh = [_station(row, unions, stored) for row in rows]
    facilities = [
        StationFacility(
            id=computed_id("station_facility", str(station.pk), code),
            station=station,
            facility_id=code,
        )
        for station, row in zip(fresh, rows, strict=True)
        for code in row.facilities
    ]
    groups = [
        StationGroup(
            id=computed_id("station_group", str(station.pk), code), station=station, group_id=code
        )
        for station, row in zip(fresh, rows, strict=True)
        for code in row.groups
    ]
    keys = {station.pk for station in fresh}
    changed = {station.pk for station in _upsert(Station, fresh)} | (moved & keys)
    changed |= _replace_links(StationFacility, facilities, [s.pk for s in fresh])
    changed |= _replace_links(StationGroup, groups, [s.pk for s in fresh])
    StationChange.objects.bulk_create(
        [StationChange(station_id=pk) for pk in sorted(changed | moved)], batch_size=_BATCH
    )
    new_count = len(fresh) - len(stored)
    return Outcome(new_count, len(changed) - new_count, len(fresh) - len(changed))


def _station(row: StationRow, unions: dict[str, Union], known: dict[Any, Station]) -> Station:
    station = Station(id=computed_id("station", row.fields["code"]), **row.fields)
    stored = known.get(station.pk)
    station.brand_id, station.division_id = row.brand, row.division
    station.union = unions.get(row.union)
    station.outlet_id = _outlet_id(row)
    point = (station.lat_wgs84, station.lon_wgs84)
    is_same_point = stored is not None and point == (stored.lat_wgs84, stored.lon_wgs84)
    checked_at = stored.coordinates_checked_at if stored and is_same_point else None
    was_accepted = stored is not None and stored.lifecycle == Lifecycle.ACCEPTED
    if is_same_point and (checked_at or was_accepted):
        station.coordinates_checked_at = checked_at
    elif station.lifecycle == Lifecycle.ACCEPTED and point != (None, None):
        # acceptance includes the check of the point on site
        station.coordinates_checked_at = clock.now()
    return station


def _upsert(model: type[M], rows: list[M]) -> list[M]:
    """Write the rows that are new or differ from what is stored, and return them."""
    names = [field.attname for field in model._meta.concrete_fields]
    stored: dict[Any, tuple[Any, ...]] = {}
    for chunk in _chunks([row.pk for row in rows]):
        kept = model._default_manager.filter(pk__in=chunk).values_list("pk", *names)
        stored |= {values[0]: values[1:] for values in kept}
    differing = [
        row for row in rows if stored.get(row.pk) != tuple(getattr(row, name) for name in names)
    ]
    model._default_manager.bulk_create(
        differing,
        batch_size=_BATCH,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=[f.name for f in model._meta.concrete_fields if not f.primary_key],
    )
    return differing


def _replace_links(model: type[Link], wanted: list[Link], stations: list[Any]) -> set[Any]:
    """Make the links of some stations exactly the wanted ones; return the stations that changed."""
    keep = {link.pk: link for link in wanted}
    stored: dict[Any, Any] = {}
    for chunk in _chunks(stations):
        stored |= dict(
            model._default_manager.filter(station_id__in=chunk).values_list("pk", "station_id")
        )
    gone = [pk for pk in stored if pk not in keep]
    for chunk in _chunks(gone):
        model._default_manager.filter(pk__in=chunk).delete()
    fresh = [link for pk, link in keep.items() if pk not in stored]
    model._default_manager.bulk_create(fresh, batch_size=_BATCH)
    return {stored[pk] for pk in gone} | {link.station_id for link in fresh}


def _chunks(keys: list[Any]) -> Iterable[list[Any]]:
    return (keys[start : start + _BATCH] for start in range(0, len(keys), _BATCH))
