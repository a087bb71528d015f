"""Answers that belong to no room."""

from http import HTTPStatus

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_cookie

from nuanxin.core import clock, health, install
from nuanxin.core.actors import Role
from nuanxin.core.errors import NotFound
from nuanxin.core.office import actor_of
from nuanxin.core.operations import operations
from nuanxin.core.scopes import can_read_office, reaches_all
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


def reads_processes(request: HttpRequest) -> bool:
    """Return whether somebody may read what runs behind the pages."""
    return reaches_all(actor_of(request), roles={Role.ADMIN})


@require_safe
def processes(request: HttpRequest) -> HttpResponse:
    """Show administrators of the whole tree what runs behind the pages; it changes nothing."""
    if not reads_processes(request):
        raise NotFound
    context = {
        **admin.site.each_context(request),
        "title": _("Processes and messages"),
        "running": operations(),
        "now": clock.now(),
    }
    return TemplateResponse(request, "core/office/processes.html", context)


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
