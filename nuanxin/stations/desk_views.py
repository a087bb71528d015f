"""The keeper's desk: today in one screen, and what is done from there."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_cache_control
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from nuanxin.core import clock
from nuanxin.core.actors import Role
from nuanxin.stations import (
    day_word,
    desk_forms,
    desk_record,
    desk_words,
    desks,
    door_codes,
    keeping,
    photos,
    posters,
)
from nuanxin.stations.desk_page_views import (
    DESK_ROLES,
    back,
    carry_out,
    desk_page,
    done,
    form_page,
    station_of,
    thank,
    user_of,
)

FULL_PANELS = 3
"""So many doors are shown with everything that was said at them; more are a list."""


@desk_page("GET")
def desk_today(request: HttpRequest) -> HttpResponse:
    """Show every door that the reader keeps."""
    now, user = clock.from_epoch_s(clock.now_s()), user_of(request)
    keepings = desks.keepings_of(user, now=now)
    doors = desks.doors_of(user, keepings, now=now)
    panels = [desk_words.panel(door, now=now) for door in doors]
    hosts = [k.host for k in keepings if k.host]
    context = {"panels": panels, "hosts": hosts, "is_list": len(panels) > FULL_PANELS}
    return render(request, "stations/desk_today.html", context)


@desk_page("GET")
def desk_station(request: HttpRequest, code: str) -> HttpResponse:
    """Show one door with everything that was said at it today."""
    now = clock.from_epoch_s(clock.now_s())
    door = desks.door_at(code, actor=user_of(request), now=now)
    return render(request, "stations/desk_station.html", {"panel": desk_words.panel(door, now=now)})


@desk_page("POST")
def desk_open(request: HttpRequest, code: str) -> HttpResponse:
    """Say that a door is open."""
    station, user = station_of(request, code), user_of(request)
    return done(
        request,
        station,
        lambda: keeping.open_door(station=station, by=user),
        _("%(station)s: noted at %(time)s that it is open."),
    )


@desk_page("POST")
def desk_lock(request: HttpRequest, code: str) -> HttpResponse:
    """Lock a door up, for good today or until the keeper is back."""
    station, user, form = (
        station_of(request, code),
        user_of(request),
        desk_forms.AwayForm(request.POST),
    )
    if not form.is_valid():
        messages.error(request, _("Give a time of day, for example 14:30."))
        return back(request, station)
    back_at = form.back_at(now=clock.now())
    return done(
        request,
        station,
        lambda: keeping.close_door(station=station, back_at=back_at, by=user),
        _("%(station)s: noted at %(time)s that it is locked up."),
    )


@desk_page("POST")
def desk_contest(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Say that a report is wrong."""
    station, user = station_of(request, code), user_of(request)
    report = desks.report_at(station, key)
    return done(
        request,
        station,
        lambda: keeping.contest_report(report=report, by=user),
        _("%(station)s: the office sees that you contest it. A photo settles it at once."),
    )


@desk_page("POST")
def desk_fault(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Say that something works again, or that nothing was wrong."""
    station, user = station_of(request, code), user_of(request)
    fault = desks.fault_at(station, key)
    is_mended = request.POST.get("mended") == "yes"
    return done(
        request,
        station,
        lambda: keeping.end_fault(fault=fault, is_mended=is_mended, by=user),
        _("%(station)s: riders see it as working again."),
    )


@desk_page("GET", "POST")
def desk_photo(request: HttpRequest, code: str) -> HttpResponse:
    """Show the word of the day, and take the picture that holds it."""
    station, user = station_of(request, code), user_of(request)
    form = desk_forms.LivePhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and carry_out(
        form,
        lambda values: keeping.show_live(
            station=station, photo=values["picture"], word=values["word"], by=user
        ),
    ):
        return thank(request, station, _("%(station)s: thank you. Riders see that it is open."))
    context = {
        "station": station,
        "form": form,
        "word": day_word.word_of(station, on=clock.civil_date()),
    }
    return form_page(request, "stations/desk_photo.html", context)


@desk_page("GET")
def desk_record_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show how reliable a door was found."""
    now = clock.now()
    door = desks.door_at(code, actor=user_of(request), now=now)
    record = desk_record.record_page(door.station, now=now)
    context = {"station": door.station, "record": record}
    return render(request, "stations/desk_record.html", context)


@desk_page("GET")
def desk_signs(request: HttpRequest, code: str) -> HttpResponse:
    """Hand out the sheets for a door, outside and inside, to be printed."""
    station = station_of(request, code)
    outside, inside = map(request.build_absolute_uri, door_codes.sign_paths(station))
    poster = posters.poster_pdf(station.pk, outside=outside, inside=inside)
    response = HttpResponse(poster, content_type="application/pdf")
    name = content_disposition_header(as_attachment=True, filename=f"{station.code}.pdf")
    response["Content-Disposition"] = name or "attachment"
    response["X-Content-Type-Options"] = "nosniff"
    # whoever has the inside address counts as inside: no copy stays behind
    patch_cache_control(response, no_store=True)
    return response


@desk_page("GET", roles=(*DESK_ROLES, Role.AUDITOR))
def desk_proof(request: HttpRequest, digest: str) -> HttpResponse:
    """Serve a photo that was shown, to the station's keepers and the office above it."""
    desks.proof_station(digest, actor=user_of(request))
    response = HttpResponse(photos.proof_bytes(digest), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    return response
