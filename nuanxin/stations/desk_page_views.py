"""What the views of the desk share: who may come in, and how an act is answered."""

from collections.abc import Callable, Collection
from functools import wraps
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_http_methods

from nuanxin.accounts.models import User
from nuanxin.core import clock, devices
from nuanxin.core.actors import Role
from nuanxin.core.context import TEXT_COOKIE
from nuanxin.core.errors import DomainError, NotFound
from nuanxin.core.middleware import remember
from nuanxin.stations import desk_forms, desks, keeping
from nuanxin.stations.models import Station

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
            user = user_of(request)
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


def user_of(request: HttpRequest) -> User:
    """Return who is signed in."""
    return cast("User", request.user)


def station_of(request: HttpRequest, code: str) -> Station:
    """Return a station that the reader keeps; whatever else is not there."""
    return desks.station_at(code, actor=user_of(request))


def done(
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
        return back(request, station, page)
    return thank(request, station, said, page)


def thank(request: HttpRequest, station: Station, said: str, page: str = "") -> HttpResponse:
    """Say what was done and lead back; ``said`` may name the station and the time."""
    time = f"{clock.from_epoch_s(clock.now_s()):%H:%M}"
    messages.success(request, said % {"station": station.name, "time": time})
    return back(request, station, page)


def back(request: HttpRequest, station: Station, page: str = "") -> HttpResponse:
    """Lead back to where the tap was: a page of the station, or the station in the list."""
    if page or request.POST.get("from") == "station":
        return SeeOther(reverse(f"stations:desk_{page or 'station'}", args=(station.code,)))
    return SeeOther(f"{reverse('stations:desk_today')}#s-{station.code}")


def carry_out(form: desk_forms.DeskForm, act: Callable[[dict[str, Any]], object]) -> bool:
    """Return whether the act was done; otherwise the form holds the reasons."""
    if not form.is_valid():
        return False
    try:
        act(form.cleaned_data)
    except DomainError as error:
        form.refuse(error)
        return False
    return True


def form_page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show a page with its form: 422 when the form has been found wrong."""
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
