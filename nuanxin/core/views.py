"""Answers that belong to no room."""

from http import HTTPStatus

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from nuanxin.core import clock, health, install
from nuanxin.core.errors import NotFound
from nuanxin.core.scopes import can_read_office
from nuanxin.core.surfaces import answer_error


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Tell a supervisor that this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """Tell a balancer whether to send readers here, and everybody which part does not work."""
    report = health.report(clock.now())
    is_staff = report.parts["database"].is_ok and _reads_office(request)
    return JsonResponse(
        report.as_json(in_detail=is_staff),
        status=HTTPStatus.OK if report.is_serving else HTTPStatus.SERVICE_UNAVAILABLE,
        headers={"Cache-Control": "no-store"},
    )


def _reads_office(request: HttpRequest) -> bool:
    return request.user.is_authenticated and bool(can_read_office(request.user))


@login_not_required
@require_safe
@cache_control(no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """Serve the bundled service worker at the root, so that its scope is the whole site."""
    text = install.worker_script()
    return HttpResponse(text, content_type="text/javascript; charset=utf-8")


@login_not_required
@require_safe
@cache_control(private=True, max_age=3600)
@vary_on_cookie
def web_manifest(request: HttpRequest) -> JsonResponse:
    """Tell a phone how the site is installed, in the reader's language."""
    return JsonResponse(
        install.web_manifest(request.LANGUAGE_CODE), content_type="application/manifest+json"
    )


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address in the form its caller reads."""
    return answer_error(request, NotFound())
