"""The keeper's desk: today in one screen, and what is done from there."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, cast
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from nuanxin.accounts.models import User
from nuanxin.core import clock, devices
from nuanxin.core.actors import Role
from nuanxin.core.context import TEXT_COOKIE
from nuanxin.core.errors import DomainError, NotFound
from nuanxin.core.middleware import remember
from nuanxin.stations import (
    day_word,
    desk_forms,
    desk_record,
    desk_words,
    desks,
    keepers,
    keeping,
    outlets,
    photos,
    services,
    withdrawals,
)
from nuanxin.stations.models import Closure, DatedException, Station

FULL_PANELS = 3
"""So many doors are shown with everything that was said at them; more are a list."""
DESK_ROLES = (Role.KEEPER, Role.OFFICER, Role.ADMIN)

View = Callable[..., HttpResponse]


class SeeOther(HttpResponseRedirect):
    """Lead on after an act: reloading what follows does not do it again."""

    status_code = 303


def desk_page(*methods: str, roles: Collection[Role] = DESK_ROLES) -> Callable[[View], View]:
    """Open a page to keepers and the office, and remember the device it is looked at on.

    A GET writes here, at most once an hour for each device and network: whoever answers at their own
    door from the phone on which they keep it must not count, and many a keeper looks, sees *open*
    and never taps. The row says what the request itself says, so a repeat or a forged link changes
    nothing else.
    """

    def opened(view: View) -> View:
        @require_http_methods([*methods, "HEAD"] if "GET" in methods else [*methods])
        @cache_control(private=True, no_cache=True)
        @wraps(view)
        def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            user = _user(request)
            if not user.has_role(*roles):
                raise NotFound
            response = view(request, *args, **kwargs)
            # its forms need an Origin that is not "null"; its addresses hold no position
            response["Referrer-Policy"] = "same-origin"
            if (size := request.GET.get("text")) in ("large", "normal"):
                remember(response, TEXT_COOKIE, size)
            if user.has_role(Role.KEEPER):
                _remember_device(request, response, user)
            return response

        return page

    return opened


@desk_page("GET")
def desk_today(request: HttpRequest) -> HttpResponse:
    """Show every door that the reader keeps."""
    now, user = clock.from_epoch_s(clock.now_s()), _user(request)
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
    door = desks.door_at(code, actor=_user(request), now=now)
    return render(request, "stations/desk_station.html", {"panel": desk_words.panel(door, now=now)})


@desk_page("POST")
def desk_open(request: HttpRequest, code: str) -> HttpResponse:
    """Say that a door is open."""
    station, user = _station(request, code), _user(request)
    return _done(
        request,
        station,
        lambda: keeping.open_door(station=station, by=user),
        _("%(station)s: noted at %(time)s that it is open."),
    )


@desk_page("POST")
def desk_lock(request: HttpRequest, code: str) -> HttpResponse:
    """Lock a door up, for good today or until the keeper is back."""
    station, user, form = _station(request, code), _user(request), desk_forms.AwayForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Give a time of day, for example 14:30."))
        return _back(request, station)
    back_at = form.back_at(now=clock.now())
    return _done(
        request,
        station,
        lambda: keeping.close_door(station=station, back_at=back_at, by=user),
        _("%(station)s: noted at %(time)s that it is locked up."),
    )


@desk_page("POST")
def desk_contest(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Say that a report is wrong."""
    station, user = _station(request, code), _user(request)
    report = desks.report_at(station, key)
    return _done(
        request,
        station,
        lambda: keeping.contest_report(report=report, by=user),
        _("%(station)s: the office sees that you contest it. A photo settles it at once."),
    )


@desk_page("POST")
def desk_fault(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Say that something works again, or that nothing was wrong."""
    station, user = _station(request, code), _user(request)
    fault = desks.fault_at(station, key)
    is_mended = request.POST.get("mended") == "yes"
    return _done(
        request,
        station,
        lambda: keeping.end_fault(fault=fault, is_mended=is_mended, by=user),
        _("%(station)s: riders see it as working again."),
    )


@desk_page("GET", "POST")
def desk_photo(request: HttpRequest, code: str) -> HttpResponse:
    """Show the word of the day, and take the picture that holds it."""
    station, user = _station(request, code), _user(request)
    form = desk_forms.LivePhotoForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and _carry_out(
        form,
        lambda values: keeping.show_live(
            station=station, photo=values["picture"], word=values["word"], by=user
        ),
    ):
        return _thank(request, station, _("%(station)s: thank you. Riders see that it is open."))
    context = {
        "station": station,
        "form": form,
        "word": day_word.word_of(station, on=clock.civil_date()),
    }
    return _form_page(request, "stations/desk_photo.html", context)


@desk_page("GET")
def desk_record_page(request: HttpRequest, code: str) -> HttpResponse:
    """Show how reliable a door was found."""
    now = clock.now()
    door = desks.door_at(code, actor=_user(request), now=now)
    record = desk_record.record_page(door.station, now=now)
    context = {"station": door.station, "record": record}
    return render(request, "stations/desk_record.html", context)


@desk_page("GET", "POST")
def desk_closures(request: HttpRequest, code: str) -> HttpResponse:
    """Show the closures that are announced, and announce one."""
    station, user = _station(request, code), _user(request)
    form = desk_forms.ClosureForm(request.POST or None)
    if request.method == "POST" and _carry_out(
        form, lambda values: services.file_closure(station=station, **values, by=user)
    ):
        return _thank(request, station, _("%(station)s: the closure is announced."), "closures")
    plans = desks.plans_of(station, now=clock.now())
    context = {"station": station, "form": form, "plans": plans, "now": clock.now()}
    return _form_page(request, "stations/desk_closures.html", context)


@desk_page("POST")
def desk_closure_withdraw(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Take a closure back; one that is gone was taken back by the tap before."""
    station, user = _station(request, code), _user(request)
    closure = Closure.objects.select_related("station__union").filter(pk=key, station=station)

    def withdraw() -> None:
        if (found := closure.first()) is not None:
            withdrawals.withdraw_closure(closure=found, by=user)

    said = _("%(station)s: the closure is taken back.")
    return _done(request, station, withdraw, said, "closures")


@desk_page("GET", "POST")
def desk_hours(request: HttpRequest, code: str) -> HttpResponse:
    """Show the other hours that are posted, and post some."""
    station, user = _station(request, code), _user(request)
    form = desk_forms.OtherHoursForm(request.POST or None)
    if request.method == "POST" and _carry_out(
        form,
        lambda values: services.set_exception(
            station=station,
            first_on=values["first_on"],
            last_on=values["last_on"],
            hours=values["hours"],
            by=user,
        ),
    ):
        return _thank(request, station, _("%(station)s: the other hours are posted."), "hours")
    plans = desks.plans_of(station, now=clock.now())
    context = {"station": station, "form": form, "plans": plans}
    return _form_page(request, "stations/desk_hours.html", context)


@desk_page("POST")
def desk_hours_withdraw(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """Take other hours back; those that are gone were taken back by the tap before."""
    station, user = _station(request, code), _user(request)
    rows = DatedException.objects.select_related("station__union").filter(pk=key, station=station)

    def withdraw() -> None:
        if (found := rows.first()) is not None:
            withdrawals.withdraw_exception(exception=found, by=user)

    said = _("%(station)s: its weekly hours apply again.")
    return _done(request, station, withdraw, said, "hours")


@desk_page("GET", "POST")
def desk_substitute(request: HttpRequest, code: str) -> HttpResponse:
    """Show who keeps a station, and let somebody stand in."""
    station, user = _station(request, code), _user(request)
    substitution = desks.substitution_of(station, now=clock.now())
    form = desk_forms.SubstituteForm(request.POST or None, candidates=substitution.candidates)
    if request.method == "POST" and _carry_out(
        form,
        lambda values: keepers.name_substitute(
            station=station, user=values["user"], until=form.until(), by=user
        ),
    ):
        return _thank(request, station, _("%(station)s: the substitute is named."), "substitute")
    context = {"station": station, "form": form, "substitution": substitution}
    return _form_page(request, "stations/desk_substitute.html", context)


@desk_page("POST")
def desk_substitute_end(request: HttpRequest, code: str, key: UUID) -> HttpResponse:
    """End a substitution."""
    station, user = _station(request, code), _user(request)
    substitute = desks.keeping_at(station, key)
    return _done(
        request,
        station,
        lambda: keepers.end_keeping(keeping=substitute, by=user),
        _("%(station)s: the substitution has ended."),
        "substitute",
    )


@desk_page("GET", "POST")
def desk_host(request: HttpRequest, key: UUID) -> HttpResponse:
    """Close all outlets of a host at once: the form, the stations it would close, the act."""
    user = _user(request)
    host = desks.host_at(key, actor=user)
    form = desk_forms.ClosureForm(request.POST or request.GET or None)
    is_sent = request.method == "POST"
    if is_sent and _carry_out(
        form, lambda values: outlets.close_outlets(host=host, **values, by=user)
    ):
        said = _("%(host)s: the closure of its outlets is announced.") % {"host": host.name}
        messages.success(request, said)
        return SeeOther(reverse("stations:desk_today"))
    is_preview = not is_sent and form.is_bound and form.is_valid()
    doors = outlets.outlets_of(host, user)
    context = {"host": host, "form": form, "outlets": doors, "is_preview": is_preview}
    return _form_page(request, "stations/desk_host.html", context)


@desk_page("GET", roles=(*DESK_ROLES, Role.AUDITOR))
def desk_proof(request: HttpRequest, digest: str) -> HttpResponse:
    """Serve a photo that was shown, to the station's keepers and the office above it."""
    desks.proof_station(digest, actor=_user(request))
    response = HttpResponse(photos.proof_bytes(digest), content_type="image/webp")
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _user(request: HttpRequest) -> User:
    return cast("User", request.user)


def _station(request: HttpRequest, code: str) -> Station:
    return desks.station_at(code, actor=_user(request))


def _done(
    request: HttpRequest,
    station: Station,
    act: Callable[[], object],
    said: str,
    page: str = "",
) -> HttpResponse:
    """Carry out an act of one tap and say so; a refusal is said in the same place."""
    try:
        act()
    except DomainError as error:
        messages.error(request, str(error.message))
        return _back(request, station, page)
    return _thank(request, station, said, page)


def _thank(request: HttpRequest, station: Station, said: str, page: str = "") -> HttpResponse:
    time = f"{clock.from_epoch_s(clock.now_s()):%H:%M}"
    messages.success(request, said % {"station": station.name, "time": time})
    return _back(request, station, page)


def _back(request: HttpRequest, station: Station, page: str = "") -> HttpResponse:
    """Lead back to where the tap was: a page of the station, or the station in the list."""
    if page or request.POST.get("from") == "station":
        return SeeOther(reverse(f"stations:desk_{page or 'station'}", args=(station.code,)))
    return SeeOther(f"{reverse('stations:desk_today')}#s-{station.code}")


def _carry_out(form: desk_forms.DeskForm, act: Callable[[dict[str, Any]], object]) -> bool:
    """Return whether the act was done; otherwise the form holds the reasons."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def _form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    status = 422 if context["form"].is_bound and context["form"].errors else 200
    return render(request, template, context, status=status)


def _remember_device(request: HttpRequest, response: HttpResponse, user: User) -> None:
    now, token = clock.now(), devices.token_of(request)
    if token is None:
        token = devices.new_token()
        devices.keep_token(response, token)
    marks = devices.marks_of(request, token, now=now)
    if not desks.is_device_known(user, marks, now=now):
        keeping.remember_desk(user=user, marks=marks)
