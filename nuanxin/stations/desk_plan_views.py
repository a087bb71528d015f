"""What a keeper announces at the desk: weekly hours, other hours, closures, substitutes."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from nuanxin.core import clock
from nuanxin.stations import desk_forms, desks, keepers, outlets, services, withdrawals
from nuanxin.stations.desk_page_views import (
    SeeOther,
    carry_out,
    desk_page,
    done,
    form_page,
    station_of,
    thank,
    user_of,
)
from nuanxin.stations.models import Closure, DatedException
from nuanxin.stations.week_editor import WeekEditor


@desk_page("GET", "POST")
def desk_week(request: HttpRequest, code: str) -> HttpResponse:
    """Show the weekly hours as a form, and post them; its other buttons show it again."""
    station, user = station_of(request, code), user_of(request)
    is_sent = request.method == "POST"
    own = (station.staffed_hours, station.self_service_hours)
    editor = WeekEditor(station.posted_hours, request.POST if is_sent else None, own=own)
    if editor.is_save and not editor.is_wrong:
        staffed, self_service = editor.to_save
        return done(
            request,
            station,
            lambda: services.set_hours(
                station=station, staffed=staffed, self_service=self_service, by=user
            ),
            _("%(station)s: the weekly hours are posted; riders see them now."),
            "week",
        )
    context = {"station": station, "editor": editor}
    status = 422 if is_sent and editor.is_wrong else 200
    return render(request, "stations/desk_week.html", context, status=status)


@desk_page("GET", "POST")
def desk_closures(request: HttpRequest, code: str) -> HttpResponse:
    """Show the closures that are announced, and announce one."""
    station, user = station_of(request, code), user_of(request)
    form = desk_forms.ClosureForm(request.POST or None)
    if request.method == "POST" and carry_out(
        form, lambda values: services.file_closure(station=station, **values, by=user)
    ):
        return thank(request, station, _("%(station)s: the closure is announced."), "closures")
    plans = desks.plans_of(station, now=clock.now())
    context = {"station": station, "form": form, "plans": plans, "now": clock.now()}
    return form_page(request, "stations/desk_closures.html", context)


@desk_page("POST")
def desk_closure_withdraw(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Take a closure back; one that is gone was taken back by the tap before."""
    station, user = station_of(request, code), user_of(request)
    closure = Closure.objects.select_related("station__union").filter(pk=key, station=station)

    def withdraw() -> None:
        if (found := closure.first()) is not None:
            withdrawals.withdraw_closure(closure=found, by=user)

    said = _("%(station)s: the closure is taken back.")
    return done(request, station, withdraw, said, "closures")


@desk_page("GET", "POST")
def desk_hours(request: HttpRequest, code: str) -> HttpResponse:
    """Show the other hours that are posted, and post some."""
    station, user = station_of(request, code), user_of(request)
    form = desk_forms.OtherHoursForm(request.POST or None)
    if request.method == "POST" and carry_out(
        form,
        lambda values: services.set_exception(
            station=station,
            first_on=values["first_on"],
            last_on=values["last_on"],
            hours=values["hours"],
            by=user,
        ),
    ):
        return thank(request, station, _("%(station)s: the other hours are posted."), "hours")
    plans = desks.plans_of(station, now=clock.now())
    context = {"station": station, "form": form, "plans": plans}
    return form_page(request, "stations/desk_hours.html", context)


@desk_page("POST")
def desk_hours_withdraw(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Take other hours back; those that are gone were taken back by the tap before."""
    station, user = station_of(request, code), user_of(request)
    rows = DatedException.objects.select_related("station__union").filter(pk=key, station=station)

    def withdraw() -> None:
        if (found := rows.first()) is not None:
            withdrawals.withdraw_exception(exception=found, by=user)

    said = _("%(station)s: its weekly hours apply again.")
    return done(request, station, withdraw, said, "hours")


@desk_page("GET", "POST")
def desk_substitute(request: HttpRequest, code: str) -> HttpResponse:
    """Show who keeps a station, and let somebody stand in."""
    station, user = station_of(request, code), user_of(request)
    substitution = desks.substitution_of(station, now=clock.now())
    form = desk_forms.SubstituteForm(request.POST or None, candidates=substitution.candidates)
    if request.method == "POST" and carry_out(
        form,
        lambda values: keepers.name_substitute(
            station=station, user=values["user"], until=form.until(), by=user
        ),
    ):
        return thank(request, station, _("%(station)s: the substitute is named."), "substitute")
    context = {"station": station, "form": form, "substitution": substitution}
    return form_page(request, "stations/desk_substitute.html", context)


@desk_page("POST")
def desk_substitute_end(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """End a substitution."""
    station, user = station_of(request, code), user_of(request)
    substitute = desks.keeping_at(station, key)
    return done(
        request,
        station,
        lambda: keepers.end_keeping(keeping=substitute, by=user),
        _("%(station)s: the substitution has ended."),
        "substitute",
    )


@desk_page("GET", "POST")
def desk_host(request: HttpRequest, key: UUID) -> HttpResponse:
    """Close all outlets of a host at once: the form, the stations it would close, the act."""
    user = user_of(request)
    host = desks.host_at(key, actor=user)
    form = desk_forms.ClosureForm(request.POST or request.GET or None)
    is_sent = request.method == "POST"
    if is_sent and carry_out(
        form, lambda values: outlets.close_outlets(host=host, **values, by=user)
    ):
        said = _("%(host)s: the closure of its outlets is announced.") % {"host": host.name}
        messages.success(request, said)
        return SeeOther(reverse("stations:desk_today"))
    is_preview = not is_sent and form.is_bound and form.is_valid()
    doors = outlets.outlets_of(host, user)
    context = {"host": host, "form": form, "outlets": doors, "is_preview": is_preview}
    return form_page(request, "stations/desk_host.html", context)
