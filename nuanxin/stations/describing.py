"""What a station says of itself beside its hours: how to find it, what is inside, whom it welcomes."""

import datetime as dt
from collections.abc import Collection
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext as _

from nuanxin.core import audit
from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid
from nuanxin.core.ids import computed_id
from nuanxin.stations import policies
from nuanxin.stations.enums import Condition
from nuanxin.stations.models import (
    Facility,
    Station,
    StationFacility,
    StationGroup,
    WelcomedGroup,
)
from nuanxin.stations.services import announce

DESCRIBED: Final = (
    "name",
    "address",
    "street",
    "floor",
    "floors_count",
    "area_m2",
    "entrance",
    "parking",
    "access",
    "manager_name",
    "manager_phone",
)
"""The columns that describe a station; what riders rely on (hours, point, stage) has acts of its own."""


@transaction.atomic
def describe_station(*, station: Station, values: dict[str, Any], by: Actor) -> Station:
    """Change how a station describes itself.

    Parameters
    ----------
    station
        The station, its union loaded.
    values
        New values of some of the columns `DESCRIBED`.
    by
        Who acts; needs officer rights over the station's union.

    Returns
    -------
    Station
        Saved; the same values again write nothing.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.
    Invalid
        When a station would have no name or no address.

    Notes
    -----
    One UPDATE, one change row, one audit row that names the columns, never a name or a telephone.
    """
    policies.can_edit_station(by, station).enforce()
    changed = [
        name for name in DESCRIBED if name in values and getattr(station, name) != values[name]
    ]
    for name in changed:
        if name in ("name", "address") and not values[name]:
            sentence = _("A station has a name and an address.")
            raise Invalid(sentence, code="not_described", fields={name: sentence})
        setattr(station, name, values[name])
    if changed:
        station.save(update_fields=[*changed, "search_text"])
        _tell(station, "station.described", by, {"columns": changed})
    return station


@transaction.atomic
def set_facility(
    *,
    station: Station,
    facility: Facility,
    condition: Condition | None,
    by: Actor,
    expires_on: dt.date | None = None,
) -> StationFacility | None:
    """Say that a facility is in a station, and in which condition; or that it is not there.

    Parameters
    ----------
    station
        The station, its union loaded.
    facility
        A facility of the catalogue.
    condition
        None takes it out of the station.
    by
        Who acts; needs officer rights over the station's union.
    expires_on
        Until when its consumables last; None when it has none.

    Returns
    -------
    StationFacility or None
        Saved; None when it is not there. The same again writes nothing.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.

    Notes
    -----
    Two queries, one change row, one audit row.
    """
    policies.can_edit_station(by, station).enforce()
    key = computed_id("station_facility", str(station.pk), facility.pk)
    held = StationFacility.objects.filter(station=station, facility=facility).first()
    before = (held.condition, held.expires_on) if held else None
    if before == (None if condition is None else (condition, expires_on)):
        return held
    if condition is None:
        StationFacility.objects.filter(station=station, facility=facility).delete()
        held = None
    else:
        held = held or StationFacility(id=key, station=station, facility=facility)
        held.condition, held.expires_on = condition, expires_on
        held.save()
    _tell(
        station,
        "station.facility_set",
        by,
        {
            "facility": facility.pk,
            "condition": condition or "",
            "expires_on": str(expires_on or ""),
        },
    )
    return held


@transaction.atomic
def set_groups(*, station: Station, groups: Collection[WelcomedGroup], by: Actor) -> Station:
    """Say which groups a station welcomes.

    Parameters
    ----------
    station
        The station, its union loaded.
    groups
        All of them; those left out are welcomed no longer.
    by
        Who acts; needs officer rights over the station's union.

    Returns
    -------
    Station
        The same; the same groups again write nothing.

    Raises
    ------
    NotAllowed
        Outside the actor's scope.

    Notes
    -----
    Three queries, one change row, one audit row.
    """
    policies.can_edit_station(by, station).enforce()
    wanted = {group.pk for group in groups}
    stored = set(station.group_rows.values_list("group_id", flat=True))
    if wanted == stored:
        return station
    station.group_rows.exclude(group__in=wanted).delete()
    StationGroup.objects.bulk_create(
        StationGroup(
            id=computed_id("station_group", str(station.pk), code), station=station, group_id=code
        )
        for code in sorted(wanted - stored)
    )
    _tell(station, "station.groups_set", by, {"before": sorted(stored), "after": sorted(wanted)})
    return station


def _tell(station: Station, verb: str, by: Actor, data: dict[str, Any]) -> None:
    announce(station)
    audit.record(by=by, verb=verb, subject=station, scope_path=policies.path_of(station), data=data)
