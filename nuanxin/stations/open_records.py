"""The open record of a station: what anybody may take with them, as a GeoJSON feature.

One record serves the whole file and the list of changes, so that whoever follows the changes holds
what the file holds. Everything in it stands on the station's public page too.
"""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Final
from uuid import UUID

from django.db.models import Q
from django.urls import reverse

from nuanxin.core import clock
from nuanxin.core.catalogue import Named
from nuanxin.regions.models import Division
from nuanxin.stations import doors
from nuanxin.stations.enums import Condition
from nuanxin.stations.models import (
    Brand,
    Closure,
    DatedException,
    Facility,
    Station,
    StationFacility,
    StationGroup,
    WelcomedGroup,
)

Feature = dict[str, Any]
CHUNK: Final = 500
"""Stations read at a time."""
_PLAIN: Final = (
    "code", "name", "address", "street", "floor", "floors_count", "entrance", "parking", "access", "tier",
)  # fmt: skip
_COLUMNS: Final = (
    *_PLAIN, "id", "brand_id", "division_id", "area_m2", "accepted_on", "manager_phone", "lat_wgs84", "lon_wgs84",
    "staffed_hours", "self_service_hours", "outlet__name", "outlet__host__name", "outlet__host__kind",
    "outlet__staffed_hours", "outlet__self_service_hours",
)  # fmt: skip


def features(
    within: Q, *, now: dt.datetime, absolute: str, after: UUID | None = None, limit: int = CHUNK
) -> list[Feature]:
    """Return the open records of listed stations, by identifier.

    Parameters
    ----------
    within
        Which stations; those not listed are left out in any case.
    now
        The present moment: closures and other hours that are over are not told.
    absolute
        Address of the site, without a slash at its end.
    after
        Only identifiers greater than this one.
    limit
        At most so many, <= `CHUNK`.

    Returns
    -------
    list of dict
        GeoJSON features, WGS 84, longitude first.

    Notes
    -----
    Five queries; the first alone when no station fits.
    """
    rows = Station.objects.listed().filter(within).order_by("id")
    if after is not None:
        rows = rows.filter(id__gt=after)
    found = list(rows.values(*_COLUMNS)[:limit])
    hung = _Hung([row["id"] for row in found], now)
    return [_feature(row, hung, absolute) for row in found]


def all_features(within: Q, *, now: dt.datetime, absolute: str) -> Iterator[list[Feature]]:
    """Yield the open records of all listed stations that fit, `CHUNK` at a time, by identifier.

    Parameters
    ----------
    within, now, absolute
        As for `features`.

    Notes
    -----
    Five queries for each chunk, none of them held open between two.
    """
    after: UUID | None = None
    while part := features(within, now=now, absolute=absolute, after=after):
        yield part
        if len(part) < CHUNK:
            return
        after = UUID(part[-1]["id"])


def under(division: str) -> Q:
    """Return the condition that a station lies in a division; the empty code is the whole country."""
    return Q(division__in=Division.objects.under(division)) if division else Q()


def words() -> dict[str, dict[str, Any]]:
    """Return what the codes of records are called: brands, facilities, groups, divisions.

    Returns
    -------
    dict
        By kind and code; divisions by their names, the others in both languages. Four queries.
    """
    kinds: dict[str, type[Named]] = {
        "brands": Brand,
        "facilities": Facility,
        "groups": WelcomedGroup,
    }
    named: dict[str, dict[str, Any]] = {
        kind: {
            word.code: {"zh": word.name_zh, "en": word.name_en}
            for word in model._default_manager.all()
        }
        for kind, model in kinds.items()
    }
    used = Station.objects.listed().order_by().values("division_id").distinct()
    towns = Division.objects.filter(pk__in=used).select_related("parent__parent__parent")
    divisions: dict[str, str] = {}
    for town in towns.order_by("code"):
        step: Division | None = town
        while step is not None:
            divisions[step.code] = step.name
            step = step.parent
    return named | {"divisions": dict(sorted(divisions.items()))}


class _Hung:
    """What hangs on some stations, by the station's key."""

    def __init__(self, keys: list[UUID], now: dt.datetime) -> None:
        self.facilities: dict[UUID, list[str]] = defaultdict(list)
        self.broken: dict[UUID, list[str]] = defaultdict(list)
        self.groups: dict[UUID, list[str]] = defaultdict(list)
        self.exceptions: dict[UUID, list[dict[str, str]]] = defaultdict(list)
        self.closures: dict[UUID, list[dict[str, str]]] = defaultdict(list)
        if keys:
            self._read({"station__in": keys}, now)

    def _read(self, own: dict[str, Any], now: dt.datetime) -> None:
        facilities = StationFacility.objects.filter(**own).order_by("facility__rank", "facility")
        for key, code, condition in facilities.values_list(
            "station_id", "facility_id", "condition"
        ):
            (self.facilities if condition == Condition.WORKING else self.broken)[key].append(code)
        groups = StationGroup.objects.filter(**own).order_by("group__rank", "group")
        for key, code in groups.values_list("station_id", "group_id"):
            self.groups[key].append(code)
        exceptions = DatedException.objects.filter(**own, last_on__gte=clock.civil_date(now))
        for row in exceptions.order_by("first_on", "id"):
            span = {"first_on": row.first_on.isoformat(), "last_on": row.last_on.isoformat()}
            self.exceptions[row.station_id].append(span | {"hours": row.hours})
        closures = Closure.objects.filter(**own, ends_at__gt=now)
        for closure in closures.order_by("starts_at", "id"):
            span = {"starts_at": _civil(closure.starts_at), "ends_at": _civil(closure.ends_at)}
            why = {"reason": closure.reason, "note": closure.note}
            self.closures[closure.station_id].append(span | why)


def _civil(moment: dt.datetime) -> str:
    return moment.astimezone(clock.CIVIL_ZONE).isoformat()


def _feature(row: dict[str, Any], hung: _Hung, absolute: str) -> Feature:
    key = row["id"]
    own = (row["staffed_hours"], row["self_service_hours"])
    inherited = (row["outlet__staffed_hours"] or "", row["outlet__self_service_hours"] or "")
    hours = own if any(own) else inherited
    properties = {name: row[name] for name in _PLAIN} | {
        "brand": row["brand_id"],
        "division": row["division_id"],
        "host": row["outlet__host__name"] or "",
        "host_kind": row["outlet__host__kind"] or "",
        "outlet": row["outlet__name"] or "",
        "area_m2": None if row["area_m2"] is None else float(row["area_m2"]),
        "accepted_on": row["accepted_on"].isoformat(),
        "phone": row["manager_phone"],
        "staffed_hours": hours[0],
        "self_service_hours": hours[1],
        "is_24h": doors.is_24h(hours),
        "exceptions": hung.exceptions[key],
        "closures": hung.closures[key],
        "facilities": hung.facilities[key],
        "facilities_out_of_order": hung.broken[key],
        "groups": hung.groups[key],
        "url": absolute + reverse("stations:station_detail", args=[row["code"]]),
    }
    return {
        "type": "Feature",
        "id": str(key),
        "geometry": {"type": "Point", "coordinates": [row["lon_wgs84"], row["lat_wgs84"]]},
        "properties": properties,
    }
