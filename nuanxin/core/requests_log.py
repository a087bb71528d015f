"""One line in the log for each request: what was asked for and how it went, never who or where."""

import logging
import secrets
import time
from http import HTTPStatus
from typing import Final

import structlog
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from nuanxin.core.logs import plain_line
from nuanxin.core.middleware import GetResponse

HEADER: Final = "X-Request-ID"
# letters alone: no run of them is ever taken for a number that finds a person
_LETTERS: Final = str.maketrans("0123456789abcdef", "ghjkmnpqrstvwxyz")

lines = logging.getLogger("nuanxin.request")
logger = structlog.get_logger("nuanxin.request")


def new_request_id() -> str:
    """Return a name for one request that nobody takes for a number."""
    return secrets.token_hex(10).translate(_LETTERS)


def write_line(*, method: str, route: str, status: int, began: float, request_id: str) -> None:
    """Write the line of one request.

    Parameters
    ----------
    method, route
        Of the standard, and from the table of addresses: never a text of the caller.
    status
        Of the answer; from 500 on the line is an error's.
    began
        When, on the clock ``time.perf_counter``.
    request_id
        Our own name of the request.
    """
    is_ours = status >= HTTPStatus.INTERNAL_SERVER_ERROR
    event: dict[str, str | int | float] = {
        "method": method,
        "route": route,
        "status": status,
        "duration_ms": round((time.perf_counter() - began) * 1000, 1),
        "request_id": request_id,
        "event": "request",
    }
    plain_line(lines, logging.ERROR if is_ours else logging.INFO, event)


class RequestLogMiddleware:
    """Name each request, put the name on every line it causes, and write one line at its end."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer; log method, route, status and duration."""
        # a name sent by the caller is not taken over: it could be anything
        request_id = new_request_id()
        began = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self._answer(request)
            response.headers[HEADER] = request_id
            write_line(
                method=_method(request),
                route=_route(request),
                status=response.status_code,
                began=began,
                request_id=request_id,
            )
        return response

    def _answer(self, request: HttpRequest) -> HttpResponseBase:
        try:
            return self.get_response(request)
        except Exception:
            # the page that tells of an error failed itself: the server would print it as it stands
            logger.exception("no page for an error")
            response = HttpResponse("500\n", status=500, content_type="text/plain")
            response._has_been_logged = True  # type: ignore[attr-defined]  # Django's own mark
            return response


def _route(request: HttpRequest) -> str:
    """Return the name of the route; an address that leads nowhere, or to a file, has none."""
    match = request.resolver_match
    return match.view_name if match is not None else ""


def _method(request: HttpRequest) -> str:
    """Return a method of the standard; any other word could say anything."""
    method = request.method or ""
    known = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE"}
    return method if method in known else "OTHER"
