"""How an expected error looks on each surface: problem+json, page, or fragment in place."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django_htmx.middleware import HtmxDetails

from nuanxin.core.errors import DomainError

API_PREFIX = "/api/"
PROBLEM_TYPE = "application/problem+json"


def problem(error: DomainError) -> dict[str, Any]:
    """Return the RFC 9457 body of an error.

    Returns
    -------
    dict
        ``type``, ``title``, ``status``, ``code`` and, for forms, ``fields``.
    """
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": str(error.message),
        "status": error.status,
        "code": error.code,
    }
    if error.fields:
        body["fields"] = {name: str(sentence) for name, sentence in error.fields.items()}
    return body


def problem_response(error: DomainError) -> JsonResponse:
    """Return an error as ``application/problem+json``."""
    return JsonResponse(problem(error), status=error.status, content_type=PROBLEM_TYPE)


def answer_error(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Return an error in the form the caller reads.

    Notes
    -----
    A fragment is answered with the error's own status; the page's script swaps 4xx too.
    """
    if request.path.startswith(API_PREFIX):
        return problem_response(error)
    htmx = getattr(request, "htmx", None)
    is_fragment = isinstance(htmx, HtmxDetails) and bool(htmx)
    template = "core/error.html#sentence" if is_fragment else "core/error.html"
    return render(request, template, {"error": error}, status=error.status)
