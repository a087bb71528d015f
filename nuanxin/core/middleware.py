"""Headers, language and errors that every surface shares."""

import logging
import secrets
from collections.abc import Callable
from typing import Final

from csp.middleware import CSPMiddleware
from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils import translation

from nuanxin.core.errors import DomainError, Unavailable
from nuanxin.core.surfaces import answer_error

GetResponse = Callable[[HttpRequest], HttpResponseBase]

OFFICE_PREFIX = "/office/"
LANGUAGE_COOKIE = "nx_lang"
COPY_MARK: Final = "X-Nuanxin-Copy"
_YEAR_S = 31_536_000
_RETRY_S: Final = 5

logger = logging.getLogger(__name__)


class PolicyHeadersMiddleware(CSPMiddleware):
    """Content security by surface: strict, but for the office; and the permissions policy."""

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        """Choose the policy by path and let django-csp write it."""
        is_office = request.path.startswith(OFFICE_PREFIX)
        if is_office:
            response._csp_replace = settings.OFFICE_CONTENT_SECURITY_POLICY["DIRECTIVES"]  # type: ignore[attr-defined]  # django-csp's own interface
            # forms of the office need an Origin that is not "null"; its addresses hold no position
            response.headers.setdefault("Referrer-Policy", "same-origin")
        if response.cookies or settings.SESSION_COOKIE_NAME in request.COOKIES:
            # a phone keeps nothing of somebody signed in, nor an answer that sets a cookie
            response.headers.pop(COPY_MARK, None)
        response.headers.setdefault(
            "Permissions-Policy", "geolocation=(self), camera=(self), microphone=(), payment=()"
        )
        written: HttpResponseBase = super().process_response(request, response)
        return written


class LanguageMiddleware:
    """Chinese unless the reader chose otherwise: by ``?lang=`` now, by a cookie from then on.

    The browser's own preference is not asked: phones of riders often carry a foreign system
    language nobody ever set.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer in the chosen language; remember a choice made just now."""
        chosen = _known_language(request.GET.get("lang"))
        language = chosen or _known_language(request.COOKIES.get(LANGUAGE_COOKIE))
        with translation.override(language or settings.LANGUAGE_CODE):
            request.LANGUAGE_CODE = translation.get_language() or settings.LANGUAGE_CODE
            response = self.get_response(request)
            response.headers.setdefault("Content-Language", request.LANGUAGE_CODE)
        if chosen:
            remember(response, LANGUAGE_COOKIE, chosen)
        return response


class DomainErrorMiddleware:
    """Turn an expected error of a page into its page or fragment."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Pass on; errors come through ``process_exception``."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """Answer a DomainError, and a database that is away; leave the rest to Django."""
        if isinstance(error, OperationalError | InterfaceError):
            logger.error("the database does not answer", exc_info=error)
            response = answer_error(request, Unavailable())
            # a crowd that was turned away at once does not come back at once
            response.headers["Retry-After"] = str(_RETRY_S + secrets.randbelow(_RETRY_S))
            return response
        return answer_error(request, error) if isinstance(error, DomainError) else None


def remember(response: HttpResponseBase, cookie: str, value: str) -> None:
    """Keep a choice of appearance for a year, out of reach of scripts of other sites."""
    response.set_cookie(
        cookie, value, max_age=_YEAR_S, samesite="Lax", secure=settings.USE_TLS, httponly=True
    )


def _known_language(code: str | None) -> str | None:
    return code if code in dict(settings.LANGUAGES) else None
