"""The finder in front of Django answers as Django does, byte for byte, or not at all."""

import gzip
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.urls import clear_script_prefix
from django.utils import text
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from config.front import PATH, Front
from nuanxin.core import clock as core_clock
from nuanxin.stations import snapshots
from tests.stations.page_world import LAT, LON, make_street

pytestmark = pytest.mark.django_db
QUERY = f"lat={LAT}&lon={LON}"
Said = tuple[str, list[tuple[str, str]], bytes]

_plain = st.fixed_dictionaries(
    {
        "lat": st.sampled_from([LAT, "30.07", "30", "-0.5", "31.123456789"]),
        "lon": st.sampled_from([LON, "120", "120.4880", "-179.99"]),
    },
    optional={
        "by": st.sampled_from(["walk", "ebike", "van"]),
        "at": st.sampled_from(["2026-03-11T03:30", "2026-05-01T12:00", "2026-02-29T08:00"]),
        "need": st.sampled_from(["water", "water,microwave", "nothing"]),
        "group": st.sampled_from(["riders", "nobody"]),
        "access": st.just("open"),
        "open24": st.sampled_from(["0", "1"]),
        "rest": st.sampled_from(["0", "30", "480", "481"]),
        "limit": st.sampled_from(["1", "3", "50", "0", "51"]),
    },
).map(lambda values: "&".join(f"{key}={value}" for key, value in values.items()))
_odd_query = st.one_of(
    st.sampled_from(
        [
            "",
            "lat=30",
            QUERY + "&lat=31",
            QUERY + "&need=",
            QUERY + "&lang=en",
            QUERY + "&text=large",
            QUERY + "&at=2026-03-11",
            QUERY + "&by=bus",
            QUERY + "&need=water%2Cac",
            QUERY + "&limit=+3",
            QUERY + "&limit=3.0",
            QUERY + "&rest=1e1",
            "lat=1e1&lon=120",
            "lat=nan&lon=120",
            "lat=91&lon=120",
            "lat=３０&lon=120",
            "&" + QUERY,
            QUERY + "&",
            QUERY + ";limit=3",
        ]
    ),
    st.dictionaries(st.text(max_size=4), st.text(max_size=4), max_size=3).map(urlencode),
)
_headers = st.fixed_dictionaries(
    {},
    optional={
        "HTTP_ACCEPT_ENCODING": st.sampled_from(["gzip", "br", "gzip, deflate, br", "x-gzip", ""]),
        "HTTP_ACCEPT_LANGUAGE": st.sampled_from(["en", "zh-CN"]),
        "HTTP_ACCEPT": st.just("application/json"),
        "HTTP_COOKIE": st.sampled_from(["nx_lang=en", "sessionid=x"]),
        "HTTP_AUTHORIZATION": st.just("Bearer x"),
        "HTTP_IF_NONE_MATCH": st.just('"x"'),
        "HTTP_RANGE": st.just("bytes=0-9"),
        "HTTP_ORIGIN": st.just("https://elsewhere.example"),
        "HTTP_HX_REQUEST": st.just("true"),
        "HTTP_X_FORWARDED_FOR": st.just("203.0.113.7"),
        "HTTP_X_FORWARDED_PROTO": st.sampled_from(["https", "http", "https, http"]),
        "HTTP_X_FORWARDED_HOST": st.just("elsewhere.example"),
        "CONTENT_LENGTH": st.sampled_from(["", "0", "3"]),
        "HTTP_HOST": st.sampled_from(
            ["localhost", "localhost:8000", "127.0.0.1", "LOCALHOST", "elsewhere.example", ""]
        ),
    },
)
_method = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "PUT"])


class Counted:
    """Django, and how often it was asked."""

    def __init__(self) -> None:
        self.app = get_wsgi_application()
        self.asked = 0

    def __call__(self, environ: Any, start_response: Any) -> Any:
        self.asked += 1
        return self.app(environ, start_response)


def environ_of(query: str = QUERY, method: str = "GET", **more: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": PATH,
        "QUERY_STRING": query.encode("utf-8").decode("latin-1"),
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "localhost",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(b"x=1"),
        "wsgi.errors": io.StringIO(),
        **more,
    }


def said(app: Any, environ: dict[str, Any]) -> Said:
    """Return status, headers and text, without what is drawn anew for each answer."""
    seen: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *more: Any) -> None:
        seen.append((status, headers))

    answer = app(environ, start_response)
    body = b"".join(answer)
    if hasattr(answer, "close"):
        answer.close()
    status, headers = seen[-1]
    told = dict(headers) | {"X-Request-ID": "drawn"}
    told.pop("Retry-After", None)
    return status, [(name, told.get(name, "")) for name, _value in headers], body


@pytest.fixture(autouse=True)
def connection_outlives_requests() -> Iterator[None]:
    """Let a request close no connection, as the test client does: the test's transaction is on it."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.fixture(autouse=True)
def prefix() -> Iterator[None]:
    """Forget where the last request said that the site is mounted: Django keeps it for the thread."""
    yield
    clear_script_prefix()


@pytest.fixture(autouse=True)
def blur(monkeypatch) -> None:
    """Draw always the same bytes to blur the length of a packed answer: it may tip short ones over."""
    monkeypatch.setattr(text, "_get_random_filename", lambda most: b"a" * (most // 2))


@pytest.fixture
def django(clock) -> Counted:
    clock.stop_at("2026-03-10T10:00")
    make_street()
    return Counted()


@pytest.fixture
def front(django) -> Front:
    held = snapshots.current(now_s=core_clock.now_s())
    front = Front(django, lambda: held)
    for encoding in ("", "gzip"):  # it learns what an answer looks like
        said(front, environ_of(HTTP_ACCEPT_ENCODING=encoding))
    return front


@settings(
    max_examples=300,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(query=st.one_of(_plain, _plain, _odd_query), method=_method, more=_headers)
def test_front_whatever_is_asked_answers_as_django(django, front, query, method, more):
    expected = said(django.app, environ_of(query, method, **more))

    assert said(front, environ_of(query, method, **more)) == expected


def test_front_that_differed_would_be_found(django):
    held = snapshots.current(now_s=core_clock.now_s())
    front = Front(django, lambda: held)
    said(front, environ_of())
    ((kind, headers),) = front._learned.items()
    front._learned[kind] = [(headers[0][0], headers[0][1] + " "), *headers[1:]]

    assert said(front, environ_of()) != said(django.app, environ_of())


@pytest.mark.parametrize(
    ("method", "more"),
    [("GET", {}), ("HEAD", {}), ("GET", {"HTTP_ACCEPT_ENCODING": "gzip, br"})],
)
def test_front_ordinary_question_never_reaches_django(django, front, method, more):
    before = django.asked

    for limit in ("1", "3", "50"):
        status, _, body = said(front, environ_of(f"{QUERY}&limit={limit}", method, **more))
        assert status == "200 OK"
        plain = gzip.decompress(body) if more else body
        assert json.loads(plain)["stations"]

    assert django.asked == before


@pytest.mark.parametrize(
    "more",
    [
        {"query": QUERY + "&lang=en"},
        {"query": QUERY + "&limit=51"},
        {"method": "POST"},
        {"HTTP_COOKIE": "nx_lang=en"},
        {"HTTP_HOST": "elsewhere.example"},
        {"CONTENT_LENGTH": "3"},
        {"PATH_INFO": PATH + "/"},
        {"PATH_INFO": "/"},
        {"SCRIPT_NAME": "/x"},
    ],
)
def test_front_odd_question_reaches_django(django, front, more):
    before = django.asked

    said(front, environ_of(**more))

    assert django.asked == before + 1


def test_front_without_a_fresh_snapshot_leaves_it_to_django(django):
    front = Front(django, lambda: None)
    said(front, environ_of())
    before = django.asked

    assert said(front, environ_of()) == said(django.app, environ_of())
    assert django.asked == before + 1


def test_front_that_fails_leaves_it_to_django_and_says_so(django, caplog):
    def broken() -> Any:
        msg = "broken"
        raise RuntimeError(msg)

    front = Front(django, lambda: snapshots.current(now_s=core_clock.now_s()))
    said(front, environ_of())
    front._followed = broken

    assert said(front, environ_of())[0] == "200 OK"
    assert "the finder in front of Django failed" in caplog.text


def test_front_behind_tls_sends_plain_requests_to_django(django, front, settings):
    settings.SECURE_SSL_REDIRECT = True
    before = django.asked

    said(front, environ_of())

    assert django.asked == before + 1


def test_front_writes_the_line_that_django_writes_and_no_position(django, front, caplog):
    lines: list[dict[str, Any]] = []
    for ask in (django.app, front):
        caplog.clear()
        with caplog.at_level(logging.INFO, logger="nuanxin.request"):
            said(ask, environ_of())
        (record,) = caplog.records
        assert isinstance(record.msg, dict)
        lines.append(record.msg)
        assert str(LAT) not in caplog.text

    by_django, by_front = ({k: type(v) for k, v in line.items()} for line in lines)
    same: Callable[[str], bool] = lambda key: lines[0][key] == lines[1][key]  # noqa: E731
    assert by_front == by_django
    assert all(same(key) for key in ("event", "method", "route", "status", "level"))


def test_followed_snapshot_is_given_only_while_a_thread_looks(django):
    holder = snapshots.SnapshotHolder()

    assert holder.followed() is None
    held = holder.current(now_s=core_clock.now_s())
    assert holder.followed() is None
    holder._is_watched = True
    assert holder.followed() is held
    holder._tried_at -= 2 * snapshots.POLL_S
    assert holder.followed() is None
