"""The demo's landing page: be somebody with one click."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from nuanxin.accounts import services
from nuanxin.accounts.backends import KEEPER_DOOR, STAFF_DOOR
from nuanxin.accounts.views import enter, keeper_home
from nuanxin.core import clock
from nuanxin.core.errors import Invalid, NotFound
from nuanxin.demo import ceremony, lan, phones
from nuanxin.demo.caught import caught_lately
from nuanxin.demo.personas import PERSONAS, Persona, persona_named, user_of
from nuanxin.stations import door_codes
from nuanxin.stations.models import Station
from nuanxin.workers import selves
from nuanxin.workers.models import Ceremony, Membership

KEEPER: Final = "demo-keeper"
# the rider stands at Jinkeqiao Avenue, Keqiao
RIDER_AT: Final = "?lat=30.0761&lon=120.4880"


def demo_only(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """Open a page to everybody in the demo, and to nobody elsewhere, whatever the addresses say."""

    @login_not_required
    @never_cache
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        response = view(request, *args, **kwargs)
        # a form of a page that never names itself would come without an origin, and be refused
        response.headers["Referrer-Policy"] = "strict-origin"
        return response

    return page


@demo_only
@require_http_methods(["GET", "HEAD", "POST"])
def personas(request: HttpRequest) -> HttpResponse:
    """Show the demo's people, or become one of them."""
    if request.method != "POST":
        return _landing(request)
    try:
        return _become(request, persona_named(request.POST.get("persona", "")))
    except Invalid as error:
        return _landing(request, error)


@demo_only
@require_safe
def ca_certificate(request: HttpRequest) -> HttpResponse:
    """Hand out the certificate of the demo's own authority, for phones to install."""
    path = lan.ca_path(Path(settings.VAR))
    if not path.is_file():
        raise NotFound
    return HttpResponse(path.read_bytes(), content_type="application/x-x509-ca-cert")


def _landing(request: HttpRequest, error: Invalid | None = None) -> HttpResponse:
    now = clock.now()
    context = {
        "personas": PERSONAS,
        "error": error,
        "caught": caught_lately(now),
        "messages_on_phones": phones.lately(now),
        "ceremony": Ceremony.objects.open_at(now).filter(title=ceremony.TITLE).first(),
    }
    return render(request, "demo/personas.html", context, status=error.status if error else 200)


def _become(request: HttpRequest, persona: Persona) -> HttpResponse:
    logout(request)
    if persona.code == "door":
        return redirect(_sign())
    if persona.code == "member":
        return _member(request)
    if not persona.username:
        return redirect(reverse("stations:station_list") + RIDER_AT)
    user = user_of(persona)
    services.note_sign_in(user=user, door="demo")
    enter(request, user, KEEPER_DOOR if persona.is_keeper else STAFF_DOOR)
    return redirect(keeper_home() if persona.is_keeper else reverse("admin:index"))


def _member(request: HttpRequest) -> HttpResponse:
    """Let the visitor be a rider who came to the ceremony and was approved."""
    held = Membership.objects.held().filter(ceremony__title=ceremony.TITLE)
    membership = held.select_related("worker").order_by("pk").first()
    if membership is None:
        raise NotFound
    selves.begin(request.session, membership.worker, now=clock.now())
    return redirect("workers:own")


def _sign() -> str:
    """Return what the sign of a door leads to: of one that the demo's keeper keeps, so that they hear."""
    kept = Station.objects.listed().filter(keepings__user__username=KEEPER).order_by("code")
    station = kept.first()
    if station is None:
        raise NotFound
    return door_codes.sign_paths(station)[0]
