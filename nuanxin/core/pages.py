"""What every public page does beside showing itself."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from nuanxin.core import devices
from nuanxin.core.context import TEXT_COOKIE
from nuanxin.core.middleware import COPY_MARK, remember

View = Callable[..., HttpResponse]

FORM_REFERRER_POLICY = "strict-origin"
"""For pages with a form: with ``no-referrer`` a browser posts ``Origin: null``, which is refused."""


def public_page(view: View) -> View:
    """Open a page to everybody, keep shared caches out, and remember the size of text.

    Notes
    -----
    A browser without a token gets one: it must be some minutes old before its word counts in full.
    """

    @login_not_required
    @require_safe
    @cache_control(private=True, no_cache=True)
    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        remember_size(request, response)
        if devices.token_of(request) is None:
            devices.keep_token(response, devices.new_token())
        patch_vary_headers(response, ["Cookie", "HX-Request"])
        return response

    return page


def remember_size(request: HttpRequest, response: HttpResponse) -> None:
    """Keep the size of text that a reader chose just now."""
    if (size := request.GET.get("text")) in ("large", "normal"):
        remember(response, TEXT_COOKIE, size)


def asks_copy(request: HttpRequest) -> bool:
    """Whether a phone asks for a page to keep: one without forms, hence without their cookie."""
    return request.headers.get(COPY_MARK) == "1"


def mark_copy(response: HttpResponse) -> HttpResponse:
    """Allow a phone to keep a page for when it has no network; see `core.middleware`."""
    response[COPY_MARK] = "1"
    return response


def with_forms(view: View) -> View:
    """Let a page's forms say where they come from: its origin, never its address."""

    @wraps(view)
    def page(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["Referrer-Policy"] = FORM_REFERRER_POLICY
        return response

    return page
