"""Pages and forms at a door: the sign outside, the sign inside, an answer, a fault, what became of it."""

import datetime as dt
from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from nuanxin.core import clock, devices
from nuanxin.core.errors import Invalid
from nuanxin.core.pages import public_page, with_forms
from nuanxin.stations import (
    answers,
    door_codes,
    door_pages,
    pace,
    page_parts,
    presentation,
    report_words,
    reports,
    selectors,
)
from nuanxin.stations.enums import FaultKind, Place
from nuanxin.stations.forms import DEFAULT_MODE, Search, read_position
from nuanxin.stations.models import Station

CAME_IN, FOUND_SHUT, LOOKING = "in", "shut", "look"

Act = Callable[[HttpRequest, str, devices.Marks, dt.datetime], str]
View = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """The way to the page that shows what a form did."""

    status_code = 303


def strangers_act(act: Act) -> View:
    """Take a form from anybody: mark the device, keep the pace, and lead on.

    Parameters
    ----------
    act
        Does it, and returns the address that shows what became of it; it never holds a position.
    """

    @login_not_required
    @require_POST
    @never_cache
    @with_forms
    @wraps(act)
    def view(request: HttpRequest, code: str) -> HttpResponse:
        now = clock.now()
        known = devices.token_of(request)
        token = known or devices.new_token()
        marks = devices.marks_of(request, token, now=now)
        response = SeeOther(act(request, code, marks, now))
        if known is None:
            devices.keep_token(response, token)
        return response

    return view


@public_page
@with_forms
def door_outside(request: HttpRequest, code: str, door_sign: str) -> HttpResponse:
    """Ask whoever scanned the sign at the door what they found there."""
    station = door_pages.station_of_sign(code, door_sign, place=Place.DOOR_CODE)
    context = _door(request, station, sign=door_sign)
    return render(request, _part(request, "stations/door_outside.html", "door"), context)


@public_page
@with_forms
def door_inside(request: HttpRequest, code: str, inside_sign: str) -> HttpResponse:
    """Greet whoever scanned the sign inside; the scan itself is said by a form."""
    station = door_pages.station_of_sign(code, inside_sign, place=Place.INSIDE_CODE)
    context = _door(request, station, sign=inside_sign)
    said = _known_uuid(request.GET.get("word", ""))
    context |= {"is_said": bool(said or context["told"]), "report_pk": said}
    return render(request, _part(request, "stations/door_inside.html", "door"), context)


@strangers_act
def door_answer(request: HttpRequest, code: str, marks: devices.Marks, now: dt.datetime) -> str:
    """Take what somebody says of a door."""
    station = door_pages.listed_station(code)
    answer = request.POST.get("answer", "")
    if answer == LOOKING:
        return reverse("stations:station_detail", args=[station.code])
    if answer not in (CAME_IN, FOUND_SHUT):
        raise Invalid(gettext_lazy("Say whether you came in or found it shut."), code="no_answer")
    pace.check(marks, now=now)
    word = answers.answer_door(
        station=station, is_open=answer == CAME_IN, spot=_spot(request), marks=marks, now=now
    )
    sign = request.POST.get("sign", "")
    if answer == CAME_IN and door_codes.place_shown(station, sign) is Place.INSIDE_CODE:
        return reverse("stations:door_inside", args=[station.code, sign]) + f"?word={word.pk}"
    return reverse("stations:door_report", args=[word.pk])


@strangers_act
def door_fault(request: HttpRequest, code: str, marks: devices.Marks, now: dt.datetime) -> str:
    """Take that something inside does not work."""
    station = door_pages.listed_station(code)
    kind = request.POST.get("kind", "")
    if kind not in FaultKind.values:
        raise Invalid(gettext_lazy("Say what is wrong with it."), code="no_fault")
    pace.check(marks, now=now)
    fault = answers.report_fault(
        station=station,
        facility_code=request.POST.get("facility", "").replace("\x00", " "),
        kind=FaultKind(kind),
        spot=_spot(request),
        marks=marks,
        now=now,
    )
    page = _page_of(station, request.POST.get("sign", ""))
    return f"{page}?told={fault.facility_id}#told"


@public_page
def door_report(request: HttpRequest, word: UUID) -> HttpResponse:
    """Show somebody what became of what they said."""
    report = reports.report_page(word)
    now = clock.from_epoch_s(clock.now_s())
    page = selectors.station_page(report.station.code, now_s=int(now.timestamp()))
    context = {
        "station": page.station,
        "report": report_words.report_words(report, now=now),
        "door": presentation.door_words(page.row, now=now),
        "nearby_href": page_parts.point_href(
            Search(), page.station.lat_wgs84, page.station.lon_wgs84
        ),
    }
    response = render(request, _part(request, "stations/door_report.html", "report"), context)
    response["X-Robots-Tag"] = "noindex"
    return response


def _door(request: HttpRequest, station: Station, *, sign: str) -> dict[str, Any]:
    """Return what both signs open: the state, what is inside, and what is open instead."""
    now_s = clock.now_s()
    now = clock.from_epoch_s(now_s)
    page = selectors.station_page(station.code, now_s=now_s)
    door = presentation.door_words(page.row, now=now)
    notes = door_pages.fault_notes(station, now=now)
    others = (
        door_pages.open_near(station, now_s=now_s, by=DEFAULT_MODE)
        if door.state not in presentation.LIKELY_OPEN
        else []
    )
    return {
        "station": page.station,
        "door": door,
        "where": " · ".join(filter(None, [page.station.address, page.station.floor])),
        "access": presentation.access_words(page.station.access),
        "sign": sign,
        "things": page_parts.things_of(page.facilities, notes),
        "told": page_parts.told_of(page.facilities, notes, request.GET.get("told", "")),
        "fault_choices": report_words.fault_choices(),
        "nearby": [
            presentation.card(row, now=now, by=DEFAULT_MODE, facility_names={}) for row in others
        ],
        "title": _("At the door: %(name)s") % {"name": page.station.name},
    }


def _part(request: HttpRequest, template: str, part: str) -> str:
    return f"{template}#{part}" if getattr(request, "htmx", False) else template


def _page_of(station: Station, sign: str) -> str:
    """Return the page to which a form belongs, by the sign it carries."""
    place = door_codes.place_shown(station, sign) if sign else None
    if place is Place.DOOR_CODE:
        return reverse("stations:door_outside", args=[station.code, sign])
    if place is Place.INSIDE_CODE:
        return reverse("stations:door_inside", args=[station.code, sign])
    return reverse("stations:station_detail", args=[station.code])


def _spot(request: HttpRequest) -> answers.Spot:
    lat, lon = read_position(request.POST.dict()) or (None, None)
    return answers.Spot(code=request.POST.get("sign", ""), lat_wgs84=lat, lon_wgs84=lon)


def _known_uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
