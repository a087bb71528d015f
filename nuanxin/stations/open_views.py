"""What others take with them: calendars to subscribe to, and a list for a frame of their own site."""

from typing import Final

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from nuanxin.core import clock
from nuanxin.core.errors import NotFound
from nuanxin.stations import selectors, timetables
from nuanxin.stations.hours_words import posted_sentences

EMBEDDED: Final = 60


@login_not_required
@require_safe
@xframe_options_exempt  # older browsers: the policy below says who may
def embed_list(request: HttpRequest) -> HttpResponse:
    """Show the stations of a division in a frame of a city's web site, as far as one is configured."""
    if not settings.EMBED_ORIGINS:
        raise NotFound
    stations = selectors.stations_of(request.GET.get("division", ""), limit=EMBEDDED)
    rows = [(station, posted_sentences(station.posted_hours)) for station in stations]
    response = render(request, "stations/embed_list.html", {"rows": rows})
    # no cookie is set here: in a frame it would be a stranger's
    patch_cache_control(response, private=True, max_age=300)
    return framed(response)


def framed(response: HttpResponse) -> HttpResponse:
    """Let the configured sites, and nobody else, show an answer in a frame."""
    response._csp_replace = {"frame-ancestors": settings.EMBED_ORIGINS}  # type: ignore[attr-defined]
    return response


@login_not_required
@require_safe
def station_timetable(request: HttpRequest, code: str) -> HttpResponse:
    """Serve one station's closures and other hours as a calendar."""
    absolute = request.build_absolute_uri("/").rstrip("/")
    body = timetables.station_calendar(code, now=clock.now(), absolute=absolute)
    return _calendar(request, body, name=code)


@login_not_required
@require_safe
def division_timetable(request: HttpRequest) -> HttpResponse:
    """Serve the closures and other hours of a city, county or town as a calendar."""
    division = request.GET.get("division", "")
    absolute = request.build_absolute_uri("/").rstrip("/")
    body = timetables.division_calendar(division, now=clock.now(), absolute=absolute)
    return _calendar(request, body, name=division)


def _calendar(request: HttpRequest, body: bytes, *, name: str) -> HttpResponse:
    etag = timetables.etag_of(body)
    response = HttpResponse(body, content_type="text/calendar; charset=utf-8")
    response["ETag"] = etag
    response["Content-Disposition"] = f'inline; filename="nuanxin-{name}.ics"'
    # in the reader's language, so no shared cache's
    patch_cache_control(response, private=True, no_cache=True)
    answer = get_conditional_response(request, etag=etag, response=response)
    return answer or response
