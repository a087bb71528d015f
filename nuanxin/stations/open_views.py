"""What others take with them: calendars to subscribe to."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_cache_control
from django.views.decorators.http import require_safe

from nuanxin.core import clock
from nuanxin.stations import timetables


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
