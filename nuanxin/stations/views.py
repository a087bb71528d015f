"""The public pages: the list, a station's door, typed places, the gallery."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from nuanxin.core import clock
from nuanxin.core.errors import Invalid, NotFound
from nuanxin.core.middleware import remember
from nuanxin.core.pages import FORM_REFERRER_POLICY, asks_copy, mark_copy, public_page, with_forms
from nuanxin.stations import (
    door_pages,
    map_page,
    page_parts,
    photos,
    presentation,
    printed_lists,
    report_words,
    selectors,
)
from nuanxin.stations.directions import ways_to
from nuanxin.stations.forms import Search, read_position, states_filters
from nuanxin.stations.map_source import map_source
from nuanxin.stations.offline_words import offline_words
from nuanxin.stations.samples import gallery_samples
from nuanxin.stations.week import week_rows

FILTERS_COOKIE = "nx_filters"
LISTED = 10
ROUND_THE_CLOCK = 6
PLACES = 12
PRINTED = 60
_YEAR_S = 31_536_000


@public_page
def station_list(request: HttpRequest) -> HttpResponse:
    """Show what is open on arrival, or, without a position, ask for one."""
    choices = selectors.filter_choices()
    search = _read_search(request, choices)
    moment = _moment(search.at)
    draw = _around if search.has_position else _cold
    context = _clock(request, moment) | {"search": search, "choices": choices}
    context |= {"suffix": _suffix(search)} | draw(search, choices, moment)
    context["map_href"] = page_parts.map_href(search) if map_source() else ""
    is_fragment = bool(getattr(request, "htmx", False)) and search.has_position
    template = "stations/station_list.html" + ("#results" if is_fragment else "")
    # a copy stays on the phone: nothing in it asks again, and no position stands in it
    context["is_copy"] = asks_copy(request)
    # what is said at a door is said of now
    context["can_answer"] = not search.at and not context["is_copy"]
    context["offline"] = offline_words() if search.has_position and not search.at else ""
    response = render(request, template, context)
    if search.has_position and not search.at and asks_copy(request):
        mark_copy(response)
    if search.has_position:
        response["Referrer-Policy"] = FORM_REFERRER_POLICY
    if states_filters(dict(request.GET.lists())):
        remember(response, FILTERS_COOKIE, search.kept_filters())
    return response


@public_page
@with_forms
def station_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show what stands on one station's door and whether to believe it."""
    search = _read_search(request, selectors.filter_choices())
    moment = _moment(search.at)
    page = selectors.station_page(code, now_s=int(moment.timestamp()))
    context = _clock(request, moment) | _door_context(page, search, moment)
    context |= _faults_context(page, request.GET.get("told", ""))
    is_fragment = bool(getattr(request, "htmx", False))
    context["offline"] = "" if search.at else offline_words()
    context["can_answer"] = not search.at and not asks_copy(request)
    template = "stations/station_detail.html" + ("#door" if is_fragment else "")
    response = render(request, template, context)
    if not search.at and "told" not in request.GET and asks_copy(request):
        mark_copy(response)
    return response


@login_not_required
@require_safe
@cache_control(private=True, no_cache=True)
def saved_list(request: HttpRequest) -> HttpResponse:
    """Show the stations this phone keeps; the server does not know them."""
    response = render(request, "stations/saved_list.html")
    patch_vary_headers(response, ["Cookie"])
    return mark_copy(response)


@login_not_required
@require_safe
def station_photo(request: HttpRequest, digest: str) -> HttpResponse:
    """Serve a photo; its address is its fingerprint, so it never changes.

    That of a station which the map does not list is the office's alone, and no shared cache's.
    """
    if not (is_public := photos.is_public(digest)) and not _sees_photo(request, digest):
        raise NotFound
    response = HttpResponse(photos.photo_bytes(digest), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    kept = {"public": True, "max_age": _YEAR_S, "immutable": True}
    patch_cache_control(response, **kept if is_public else {"private": True, "no_cache": True})
    return response


@public_page
def place_list(request: HttpRequest) -> HttpResponse:
    """Show the places a typed text may mean."""
    text = request.GET.get("q", "").strip()[:60]
    search = Search.read(dict(request.GET.lists()))
    hits = selectors.search_places(text, limit=PLACES) if text else []
    places = [
        {"name": h.name, "context": h.context, "href": page_parts.point_href(search, h.lat, h.lon)}
        for h in hits
    ]
    context = {"text": text, "search": search, "places": places}
    return render(request, "stations/place_list.html", context)


@public_page
def station_map(request: HttpRequest) -> HttpResponse:
    """Show the stations on a map, where a lawful source of one is configured."""
    if (source := map_source()) is None:
        raise NotFound
    position = read_position(request.GET.dict())
    lat, lon = position or (None, None)
    context = {
        "options": map_page.map_options(source, position=position, now_s=clock.now_s()),
        "states": presentation.STATE_WORDS.items(),
        "list_href": page_parts.point_href(Search(), lat, lon) if position else "/",
        "source": source.credit,
    }
    response = render(request, "stations/station_map.html", context)
    response._csp_update = {"img-src": source.origins}  # type: ignore[attr-defined]  # django-csp's own interface
    # keys of tile sources are bound to the origin of a site; its address, with the place, stays here
    response["Referrer-Policy"] = FORM_REFERRER_POLICY
    return response


@public_page
def print_list(request: HttpRequest) -> HttpResponse:
    """Show the stations around a place as a table for the wall, or ask for the place."""
    if not {"lat", "lon"} <= request.GET.keys():
        return render(request, "stations/print_list.html", {"is_placed": False})
    if (position := read_position(request.GET.dict())) is None:
        raise Invalid(_("That is not a place on the map."), code="bad_position")
    lat, lon = position
    now = clock.from_epoch_s(clock.now_s())
    stations = selectors.stations_near(lat, lon, limit=PRINTED)
    absolute = request.build_absolute_uri
    context = {
        "is_placed": True,
        "place": selectors.place_near(lat, lon),
        "rows": printed_lists.printed_rows(
            stations, lat_wgs84=lat, lon_wgs84=lon, now=now, absolute=absolute
        ),
        "now": now,
        "list_href": page_parts.point_href(Search(), lat, lon),
    }
    return render(request, "stations/print_list.html", context)


@public_page
def gallery(request: HttpRequest) -> HttpResponse:
    """Show every component in every state."""
    return render(
        request, "stations/gallery.html", {"samples": gallery_samples(), "can_answer": True}
    )


def _sees_photo(request: HttpRequest, digest: str) -> bool:
    user = request.user
    return user.is_authenticated and photos.is_visible(digest, actor=user)


def _read_search(request: HttpRequest, choices: selectors.FilterChoices) -> Search:
    kept = request.COOKIES.get(FILTERS_COOKIE, "")
    return Search.read(dict(request.GET.lists()), kept=kept).knowing(
        facilities={facility.code for facility in choices.facilities},
        groups={group.code for group in choices.groups},
    )


def _moment(at: str) -> dt.datetime:
    """Return the reader's civil moment: the one asked for, else the present."""
    if not at:
        return clock.from_epoch_s(clock.now_s())
    try:
        return clock.read_civil(at).astimezone(clock.CIVIL_ZONE)
    except (ValueError, OverflowError) as error:
        raise Invalid(_("That is not a date and time."), code="bad_at") from error


def _clock(request: HttpRequest, moment: dt.datetime) -> dict[str, Any]:
    real_now = clock.from_epoch_s(clock.now_s())
    return {"clock": page_parts.clock_control(request.GET.dict(), real_now=real_now, now=moment)}


def _suffix(search: Search) -> str:
    # never the position: an address of a station gets passed on in chats
    return f"?at={search.at}" if search.at else ""


def _around(
    search: Search, choices: selectors.FilterChoices, moment: dt.datetime
) -> dict[str, Any]:
    query = search.query() + b"&limit=%d" % LISTED
    body = selectors.find_nearby(query, now_s=clock.now_s())
    _post([*body["stations"], body["nearest_24h"], body["next_to_open"]])
    names = {facility.code: str(facility) for facility in choices.facilities}
    return {
        "answer": page_parts.answer_cards(body, now=moment, by=search.by, facility_names=names),
        "place": selectors.place_near(float(search.lat), float(search.lon)),
        "chips": page_parts.chips_of(search, list(names.items())),
        "correct_href": page_parts.correct_href(search),
        "print_href": page_parts.print_href(search),
    }


def _post(rows: Iterable[dict[str, Any] | None]) -> None:
    found = [row for row in rows if row]
    texts = selectors.posted_texts({row["code"] for row in found}, now_s=clock.now_s())
    for row in found:
        row["posted"] = texts.get(row["code"], "")


def _cold(search: Search, choices: selectors.FilterChoices, moment: dt.datetime) -> dict[str, Any]:
    rows = selectors.open_round_the_clock(ROUND_THE_CLOCK, now_s=int(moment.timestamp()))
    names = {facility.code: str(facility) for facility in choices.facilities}
    return {
        "round_the_clock": [
            presentation.card(
                row, now=moment, by=search.by, facility_names=names, has_journey=False
            )
            for row in rows
        ],
        "cities": page_parts.cities_of(selectors.county_index(), search),
    }


def _door_context(
    page: selectors.StationPage, search: Search, moment: dt.datetime
) -> dict[str, Any]:
    station, row = page.station, page.row
    lat, lon = station.lat_wgs84 or 0.0, station.lon_wgs84 or 0.0
    if row:
        texts = selectors.posted_texts([station.code], now_s=clock.now_s())
        row["posted"] = texts.get(station.code, "")
    return {
        "station": station,
        "door": presentation.door_words(row, now=moment) if row else None,
        "chance": presentation.chance_of(row) if row else "",
        "kind": presentation.kind_words(station),
        "where": " · ".join(filter(None, [station.division.name, station.address])),
        "week": week_rows(page.week, now=moment),
        "can_answer": not search.at,
        "groups": page.groups,
        "closures": page.closures,
        "photo": photos.entrance_photo(station),
        "access": presentation.access_words(station.access),
        "ways": ways_to(station.name, lat_wgs84=lat, lon_wgs84=lon, by=search.by),
        "nearby_href": page_parts.point_href(search, lat, lon),
    }


def _faults_context(page: selectors.StationPage, told: str) -> dict[str, Any]:
    notes = door_pages.fault_notes(page.station, now=clock.now())
    return {
        "things": page_parts.things_of(page.facilities, notes),
        "told": page_parts.told_of(page.facilities, notes, told),
        "fault_choices": report_words.fault_choices(),
        "sign": "",
    }
