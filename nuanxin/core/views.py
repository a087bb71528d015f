"""Answers that belong to no room."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from nuanxin.core.errors import NotFound
from nuanxin.core.surfaces import answer_error


@login_not_required
@require_safe
def livez(request: HttpRequest) -> HttpResponse:
    """Tell a supervisor that this process answers."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer an unknown address in the form its caller reads."""
    return answer_error(request, NotFound())
