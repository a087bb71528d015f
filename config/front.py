"""The finder in front of Django: one address answered without it, byte for byte as it would.

A phone asks this address at every look, and what Django does around the answer (routing, sessions,
parsing by schema) takes several times as long as the answer. So an ordinary question is answered right here,
with the headers that Django itself put on an answer of the same kind: they are learned from its
first answer, never written down. Whatever is not quite ordinary goes to Django untouched.
"""

import re
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import structlog
from django.conf import settings
from django.http.request import split_domain_port, validate_host
from django.middleware.gzip import GZipMiddleware
from django.utils.text import compress_string

from nuanxin.algorithms import finder
from nuanxin.algorithms.finder import FinderSnapshot
from nuanxin.core import clock
from nuanxin.core.requests_log import HEADER as REQUEST_ID
from nuanxin.core.requests_log import new_request_id, write_line

if TYPE_CHECKING:
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

PATH: Final = "/api/v1/stations/nearby"
ROUTE: Final = "api:stations_nearby"
Headers = list[tuple[str, str]]

_VALUES: Final = {
    key: re.compile(pattern, re.ASCII)
    for key, pattern in {
        "lat": r"-?\d{1,2}(?:\.\d{1,9})?",
        "lon": r"-?\d{1,3}(?:\.\d{1,9})?",
        "by": "walk|ebike|van",
        "at": r"20\d\d-\d\d-\d\dT\d\d:\d\d",
        "need": "[a-z0-9_]+(?:,[a-z0-9_]+)*",
        "group": "[a-z0-9_]+",
        "access": "open",
        "open24": "[01]",
        "rest": r"\d{1,3}",
        "limit": r"\d{1,2}",
    }.items()
}
# what may change how Django answers; a request that has one of these is not ordinary
_ODD: Final = (
    "HTTP_COOKIE",
    "HTTP_AUTHORIZATION",
    "HTTP_TRANSFER_ENCODING",
    "HTTP_EXPECT",
    "HTTP_X_HTTP_METHOD_OVERRIDE",
    "HTTP_HX_REQUEST",
)
_GZIP: Final = re.compile(r"\bgzip\b")
_LEAST_TO_PACK: Final = 200
_KNOWN_HOSTS: Final = 64

logger = structlog.get_logger("nuanxin.request")


class Front:
    """A WSGI callable that answers ordinary questions to the finder, and hands on all others.

    Parameters
    ----------
    django
        The whole application.
    followed
        Gives the snapshot that a thread keeps fresh, or None: then Django answers.
    """

    def __init__(
        self, django: "WSGIApplication", followed: Callable[[], FinderSnapshot | None]
    ) -> None:
        self._django, self._followed = django, followed
        self._learned: dict[tuple[bool, bool], Headers] = {}
        self._hosts: set[str] = set()

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        """Answer, or let Django answer."""
        if environ["PATH_INFO"] != PATH or not self._is_ordinary(environ):
            return self._django(environ, start_response)
        kind = (_is_secure(environ), bool(_GZIP.search(environ.get("HTTP_ACCEPT_ENCODING", ""))))
        headers = self._learned.get(kind)
        if headers is None:
            return self._learn(environ, start_response, kind)
        began = time.perf_counter()
        try:
            body = self._body(environ["QUERY_STRING"], is_packed=kind[1])
        except Exception:
            # Django answers, and tells of the error if it is more than ours
            logger.exception("the finder in front of Django failed")
            body = None
        if body is None:
            return self._django(environ, start_response)
        request_id = new_request_id()
        start_response("200 OK", _filled(headers, body, request_id))
        write_line(
            method=environ["REQUEST_METHOD"],
            route=ROUTE,
            status=HTTPStatus.OK.value,
            began=began,
            request_id=request_id,
        )
        return [body]

    def _is_ordinary(self, environ: "WSGIEnvironment") -> bool:
        """Return whether nothing in a request could make Django answer in another way."""
        return (
            environ["REQUEST_METHOD"] in ("GET", "HEAD")
            and not environ.get("SCRIPT_NAME")
            and environ.get("CONTENT_LENGTH", "") in ("", "0")
            and not any(key in environ for key in _ODD)
            and _is_plain(environ.get("QUERY_STRING", ""))
            and self._is_known_host(environ.get("HTTP_HOST", ""))
            and not (settings.SECURE_SSL_REDIRECT and not _is_secure(environ))
            and not settings.USE_X_FORWARDED_HOST
        )

    def _is_known_host(self, host: str) -> bool:
        if host in self._hosts:
            return True
        domain, _port = split_domain_port(host)
        is_known = bool(domain) and validate_host(domain, settings.ALLOWED_HOSTS)
        if is_known and len(self._hosts) < _KNOWN_HOSTS:
            self._hosts.add(host)
        return is_known

    def _learn(
        self, environ: "WSGIEnvironment", start_response: "StartResponse", kind: tuple[bool, bool]
    ) -> Iterable[bytes]:
        """Let Django answer, and keep the headers of an answer that went well."""

        def listen(
            status: str, headers: Headers, exc_info: object = None
        ) -> Callable[[bytes], object]:
            names = {name.lower() for name, _value in headers}
            is_packed = ("Content-Encoding", "gzip") in headers
            if status == "200 OK" and "set-cookie" not in names and is_packed == kind[1]:
                self._learned[kind] = headers
            return start_response(status, headers)

        return self._django(environ, listen)

    def _body(self, query: str, *, is_packed: bool) -> bytes | None:
        """Return the answer; None when it is not a plain one, or nobody keeps the snapshot fresh."""
        snapshot = self._followed()
        if snapshot is None:
            return None
        answer = finder.answer(snapshot, query.encode("ascii"), now_s=clock.now_s())
        # Django's middleware leaves short answers alone, and says less in their headers
        if answer.status != HTTPStatus.OK or len(answer.body) < _LEAST_TO_PACK:
            return None
        if not is_packed:
            return answer.body
        # the length of a packed answer is blurred, as Django's middleware does it
        packed = compress_string(answer.body, max_random_bytes=GZipMiddleware.max_random_bytes)
        return packed if len(packed) < len(answer.body) else None


def _is_plain(query: str) -> bool:
    """Return whether a query has known keys with plain values, each once; as the schema reads it."""
    seen = set()
    for pair in query.split("&"):
        key, _equals, value = pair.partition("=")
        pattern = _VALUES.get(key)
        if pattern is None or key in seen or not pattern.fullmatch(value):
            return False
        seen.add(key)
    return "lat" in seen and "lon" in seen


def _is_secure(environ: "WSGIEnvironment") -> bool:
    """Return whether a request came by TLS, as Django decides it."""
    if settings.SECURE_PROXY_SSL_HEADER:
        name, value = settings.SECURE_PROXY_SSL_HEADER
        if (said := environ.get(name)) is not None:
            return bool(said.split(",", 1)[0].strip() == value)
    return bool(environ.get("wsgi.url_scheme") == "https")


def _filled(headers: Headers, body: bytes, request_id: str) -> Headers:
    own = {"Content-Length": str(len(body)), REQUEST_ID: request_id}
    return [(name, own.get(name, value)) for name, value in headers]
