"""Listed stations in the Human Services Data Specification 3.0 of Open Referral.

A station is one service at one location, its union the organization that provides it. Texts are in
Chinese whatever the reader's language: they are data. Identifiers are computed, so that they are the
same in every answer and for ever.
"""

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from nuanxin.algorithms.calendars import Calendar
from nuanxin.core import clock
from nuanxin.core.catalogue import Named
from nuanxin.core.errors import NotFound
from nuanxin.core.ids import computed_id
from nuanxin.regions.enums import Level
from nuanxin.stations import presentation
from nuanxin.stations.enums import Condition
from nuanxin.stations.hsds_schedules import DAYS, schedules
from nuanxin.stations.loading import days_around
from nuanxin.stations.models import Station, StationQuerySet
from nuanxin.unions.models import Union

Item = dict[str, Any]
VERSION: Final = "3.0"
MOST: Final = 200
"""Things on a page."""
HOTLINE: Final = "12351"
_LANGUAGE: Final = "zh"
_STATES: Final = {True: "temporarily closed", False: "active"}


def service_page(*, page: int, per_page: int, organization: UUID | None, now: dt.datetime, absolute: str) -> Item:  # fmt: skip
    """Return a page of services, by identifier of the station.

    Parameters
    ----------
    page, per_page
        Number of the page, from 1, and things on it, at most `MOST`.
    organization
        Only services of this one; None for all.
    now
        The present moment: a service may be closed at it.
    absolute
        Address of the site, without a slash at its end.

    Returns
    -------
    dict
        A page of HSDS: ``total_items``, ``total_pages``, ``page_number``, ``size``, ``first_page``,
        ``last_page``, ``empty``, ``contents``. A page beyond the last is empty.

    Notes
    -----
    At most eight queries.
    """
    rows = _stations().filter(Q() if organization is None else Q(union=organization))
    return _page(rows, page, per_page, lambda station: _service(station, now, absolute))


def place_page(*, page: int, per_page: int, now: dt.datetime, absolute: str) -> Item:
    """Return a page of services at their locations; see `service_page`."""
    return _page(_stations(), page, per_page, lambda station: _place(station, now, absolute))


def organization_page(*, page: int, per_page: int) -> Item:
    """Return a page of the unions that have listed stations, and of those above them, by path.

    Notes
    -----
    Four queries at most.
    """
    used = Station.objects.listed().order_by().values_list("union__path", flat=True).distinct()
    codes = {code for path in used if path for code in path.split("/") if code}
    unions = Union.objects.filter(code__in=codes).select_related("division").order_by("path")
    return _page(unions, page, per_page, _organization)


def service(key: UUID, *, now: dt.datetime, absolute: str) -> Item:
    """Return one service with everything that hangs on it.

    Parameters
    ----------
    key
        Identifier of the station, which is that of the service.
    now, absolute
        As for `service_page`.

    Raises
    ------
    NotFound
        When no listed station has it.

    Notes
    -----
    At most nine queries.
    """
    station = _stations().filter(pk=key).first()
    if station is None:
        raise NotFound
    today = clock.civil_date(now)
    calendar = days_around(today, DAYS)
    with translation.override(settings.LANGUAGE_CODE):
        return _full(station, now=now, today=today, calendar=calendar, absolute=absolute)


def _stations() -> StationQuerySet:
    rows = Station.objects.listed().order_by("id")
    return rows.select_related(
        "brand", "outlet__host", "union__division", "division__parent__parent__parent"
    ).prefetch_related("facility_rows__facility", "group_rows__group", "exceptions", "closures")


def _page(rows: "QuerySet[Any]", page: int, per_page: int, item_of: Callable[[Any], Item]) -> Item:
    total = rows.order_by().count()
    pages = -(-total // per_page)
    start = (page - 1) * per_page
    with translation.override(settings.LANGUAGE_CODE):
        contents = [item_of(row) for row in rows[start : start + per_page]] if start < total else []
    return {
        "total_items": total,
        "total_pages": pages,
        "page_number": page,
        "size": len(contents),
        "first_page": page == 1,
        "last_page": page >= pages,
        "empty": not contents,
        "contents": contents,
    }


def _own(kind: str, station: Station, *parts: str) -> str:
    """Return the identifier of something that hangs on a station."""
    return str(computed_id(f"hsds_{kind}", str(station.pk), *parts))


def _organization(union: Union) -> Item:
    item = {
        "id": str(union.pk),
        "name": union.name,
        "description": f"{union.get_kind_display()} · {union.division.name}",
        "legal_status": union.get_kind_display(),
    }
    if union.parent_id is not None:
        item["parent_organization_id"] = str(union.parent_id)
    return item


def _service(station: Station, now: dt.datetime, absolute: str) -> Item:
    closed = any(each.starts_at <= now < each.ends_at for each in station.closures.all())
    facilities = _names(row.facility for row in _working(station))
    item: Item = {
        "id": str(station.pk),
        "name": station.name,
        "alternate_name": station.brand.name_zh,
        "description": " · ".join(filter(None, [presentation.kind_words(station), facilities])),
        "url": absolute + reverse("stations:station_detail", args=[station.code]),
        "status": _STATES[closed],
        "application_process": presentation.access_words(station.access),
        "fees_description": _("free of charge"),
        "eligibility_description": _names(link.group for link in station.group_rows.all())
        or _("everybody who works outdoors"),
    }
    if station.union is not None:
        item["organization_id"] = str(station.union.pk)
        item["organization"] = _organization(station.union)
    return item


def _place(station: Station, now: dt.datetime, absolute: str) -> Item:
    return {
        "id": _own("service_at_location", station),
        "description": station.entrance,
        "location": _location(station),
        "service": _service(station, now, absolute),
    }


def _location(station: Station) -> Item:
    return {
        "id": _own("location", station),
        "location_type": "physical",
        "name": station.outlet.name if station.outlet else station.name,
        "description": " · ".join(filter(None, [station.entrance, station.floor])),
        "transportation": station.parking,
        "latitude": station.lat_wgs84,
        "longitude": station.lon_wgs84,
        "external_identifier": station.code,
        "external_identifier_type": _("station number"),
    }


def _full(
    station: Station, *, now: dt.datetime, today: dt.date, calendar: Calendar, absolute: str
) -> Item:
    service_id, location = str(station.pk), _location(station)
    times = schedules(station, service_id=service_id, today=today, calendar=calendar)
    at_location = {
        "id": _own("service_at_location", station),
        "service_id": service_id,
        "description": station.entrance,
        "location": location
        | {
            "addresses": [_address(station, location["id"])],
            "accessibility": [_accessibility(station, location["id"])],
            "languages": [_language(station, "location_id", location["id"])],
        },
    }
    return _service(station, now, absolute) | {
        "phones": _phones(station, service_id),
        "schedules": times,
        "languages": [_language(station, "service_id", service_id)],
        "cost_options": [_cost(station, service_id)],
        "service_at_locations": [at_location],
        "attributes": _attributes(station, service_id),
    }


def _address(station: Station, location_id: str) -> Item:
    names: dict[str, str] = {}
    step = station.division
    while step is not None:
        names[step.level] = step.name
        step = step.parent  # type: ignore[assignment]  # the last one has none
    return {
        "id": _own("address", station),
        "location_id": location_id,
        "address_1": "".join([names.get(Level.TOWN, ""), station.address]),
        "region": names.get(Level.COUNTY, ""),
        "city": names.get(Level.CITY, ""),
        "state_province": names.get(Level.PROVINCE, ""),
        "postal_code": "",  # nobody asks a station for it
        "country": "CN",
        "address_type": "physical",
    }


def _accessibility(station: Station, location_id: str) -> Item:
    access = presentation.access_words(station.access)
    return {
        "id": _own("accessibility", station),
        "location_id": location_id,
        "description": " · ".join(filter(None, [station.floor, station.entrance, access])),
        "details": station.parking,
    }


def _language(station: Station, owner: str, key: str) -> Item:
    return {"id": _own("language", station, owner), owner: key, "name": "中文", "code": _LANGUAGE}


def _cost(station: Station, service_id: str) -> Item:
    return {
        "id": _own("cost_option", station),
        "service_id": service_id,
        "option": _("free of charge"),
        "amount": 0,
        "currency": "CNY",
    }


def _phones(station: Station, service_id: str) -> list[Item]:
    hotline = (HOTLINE, _("Trade union hotline 12351"))
    posted = (station.manager_phone, _("telephone, as posted"))
    return [
        {
            "id": _own("phone", station, number),
            "service_id": service_id,
            "number": number,
            "type": "voice",
            "description": description,
        }
        for number, description in (posted, hotline)
        if number
    ]


def _attributes(station: Station, service_id: str) -> list[Item]:
    said: list[tuple[str, Named]] = [("facility", row.facility) for row in _working(station)]
    said += [("group", link.group) for link in station.group_rows.all()]
    return [
        {
            "id": _own("attribute", station, kind, word.pk),
            "link_id": service_id,
            "link_type": kind,
            "link_entity": "service",
            "taxonomy_term_id": str(computed_id(f"hsds_{kind}", word.pk)),
            "taxonomy_term": _term(kind, word),
        }
        for kind, word in said
    ]


def _term(kind: str, word: Named) -> Item:
    return {
        "id": str(computed_id(f"hsds_{kind}", word.pk)),
        "code": word.pk,
        "name": word.name_zh,
        "description": word.name_en,
        "language": _LANGUAGE,
        "taxonomy": f"nuanxin:{kind}",
    }


def _working(station: Station) -> list[Any]:
    rows = (row for row in station.facility_rows.all() if row.condition == Condition.WORKING)
    return sorted(rows, key=lambda row: (row.facility.rank, row.facility_id))


def _names(words: Iterable[Named]) -> str:
    return "、".join(word.name_zh for word in words)
