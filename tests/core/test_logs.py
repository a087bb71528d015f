import io
import json
import logging
import logging.config
from typing import Any

import pytest
import structlog
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core import logs
from nuanxin.core.logs import scrub

LAT, LON = "30.0761", "120.4880"
PHONE, IDENTITY = "13800138000", "330602199001011234"
PLANTED = (LAT, LON, PHONE, IDENTITY)
NUMBERS = [
    PHONE,
    "+8613800138000",
    "8613800138000",
    "+86 138 0013 8000",
    "138-0013-8000",
    "１３８００１３８０００",
    IDENTITY,
    "33060219900101123X",
    "33060219900101123x",
    "330602 19900101 1234",
]


def handler_of(options: dict[str, Any], stream: io.StringIO) -> logging.Handler:
    """Return the console handler as the settings describe it, writing into a stream."""
    configurator = logging.config.DictConfigurator(options)
    handler = logging.StreamHandler(stream)
    handler.setFormatter(configurator.configure_formatter(dict(options["formatters"]["line"])))
    return handler


@pytest.fixture
def stream() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def written(stream):
    """Return what the configured console handler writes for one record."""

    def write(message, *arguments, exc_info=None):
        logger = logging.Logger("planted")
        logger.addHandler(handler_of(settings.LOGGING, stream))
        logger.error(message, *arguments, exc_info=exc_info)
        return stream.getvalue()

    return write


@pytest.fixture
def lines(stream):
    """Return everything the process logs during the test, as the settings write it."""
    handler = handler_of(settings.LOGGING, stream)
    watched = [logging.getLogger(name) for name in ("", "django")]
    levels = [logger.level for logger in watched]
    for logger in watched:
        logger.addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    for logger, level in zip(watched, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def _fail_at_a_position():
    address = f"/api/v1/stations/nearby?lat={LAT}&lon={LON}"
    msg = f"cannot answer {address} near {LAT}, {LON} for {PHONE}, {IDENTITY}"
    raise ValueError(msg)


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        (f"GET /?lat={LAT}&lon={LON} 200", ()),
        ("GET /?lat=%s&lon=%s 200", (LAT, LON)),
        ("%s", (f"/places/?q=x&lat={LAT}&lon={LON}",)),
        ("answer %r", ({"lat": float(LAT), "lon": float(LON)},)),
        ("near %s,%s", (float(LAT), LON)),
        ("near %(lat)s", ({"lat": LAT},)),
        ("told %s and %d", (PHONE, int(PHONE))),
        ("worker %s", (IDENTITY,)),
    ],
)
def test_person_in_words_or_arguments_is_not_written(written, message, arguments):
    line = json.loads(written(message, *arguments))

    assert (line["level"], line["logger"]) == ("error", "planted")
    assert not any(value in str(line) or value.rstrip("0") in str(line) for value in PLANTED)


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("Not Found: %s", ("/k/0a1b.1~planted/",)),
        ("GET /k/0a1b.1~planted/?lang=en 200", ()),
        ('Forbidden: "https://host/k/0a1b.1~planted"', ()),
    ],
)
def test_token_of_a_desk_link_is_not_written(written, message, arguments):
    line = json.loads(written(message, *arguments))

    assert "/k/…" in line["event"]
    assert "planted" not in line["event"]


def test_person_in_a_traceback_is_not_written(written):
    try:
        _fail_at_a_position()
    except ValueError as error:
        text = written("failed", exc_info=error)

    assert "ValueError" in text
    assert "_fail_at_a_position" in text
    assert not any(value in text for value in PLANTED)


def test_endless_traceback_keeps_head_and_tail(written):
    try:
        msg = "x" * 20_000 + " the end"
        raise ValueError(msg)
    except ValueError as error:
        text = json.loads(written("failed", exc_info=error))["exception"]

    assert text.startswith("Traceback")
    assert text.endswith("the end")
    assert len(text) < 11_000


def test_without_the_scrubber_the_person_would_be_written(written, monkeypatch):
    monkeypatch.setattr(logs, "scrub", lambda text: text)

    text = written("near %s, %s: %s %s", *PLANTED)

    assert all(value in text for value in PLANTED)


@given(st.floats(-180, 180).map(lambda value: f"{value:.4f}"), st.text("abc /:,", max_size=9))
def test_no_coordinate_of_four_decimals_survives(value, text):
    assert value not in scrub(f"{text}{value} {text}")


@given(st.sampled_from(NUMBERS), st.text("ab号 /:,", max_size=5), st.text("ab号 /:,", max_size=5))
def test_no_phone_or_identity_number_survives(number, before, after):
    assert number not in scrub(before + number + after)


@pytest.mark.parametrize(
    "text", ["330603100018", "1773108000", "12800138000", "2026-03-10 10:00", "took 12.3 ms"]
)
def test_other_numbers_stay(text):
    assert scrub(text) == text


def test_every_handler_of_the_settings_scrubs(settings):
    handlers = list(settings.LOGGING["handlers"].values())
    formatters = settings.LOGGING["formatters"]

    assert handlers
    assert all(
        formatters[handler["formatter"]]["()"] == "nuanxin.core.logs.formatter"
        for handler in handlers
    )


def test_fields_of_structured_lines_are_scrubbed_however_deep(lines):
    structlog.get_logger("nuanxin.planted").warning(
        "seen", lat=float(LAT), told={"to": [PHONE, int(PHONE)], IDENTITY: 1}, count=3, is_new=True
    )

    line = lines()[-1]
    assert (line["event"], line["count"], line["is_new"]) == ("seen", 3, True)
    assert not any(value.rstrip("0") in str(line) for value in PLANTED)


# --- requests ---


@pytest.mark.django_db
def test_request_writes_one_line_without_path_query_or_person(client, lines):
    response = client.get(
        f"/s/NOBODY{PHONE}/?lat={LAT}&lon={LON}&q=张三", REMOTE_ADDR="203.0.113.9"
    )

    (line,) = [line for line in lines() if line["logger"] == "nuanxin.request"]
    assert line.keys() == {
        *("event", "level", "logger", "timestamp"),
        *("method", "route", "status", "duration_ms", "request_id"),
    }
    assert (line["method"], line["route"], line["status"]) == (
        "GET",
        "stations:station_detail",
        404,
    )
    assert line["request_id"] == response["X-Request-ID"]
    everything = json.dumps(lines(), ensure_ascii=False)
    assert not any(
        value in everything for value in (*PLANTED, "NOBODY", "张三", "203.0.113.9", "/s/", "lat")
    )


@pytest.mark.django_db
def test_server_error_is_written_under_its_request_and_names_nobody(client, lines, monkeypatch):
    monkeypatch.setattr("nuanxin.stations.selectors.filter_choices", lambda: _fail_at_a_position())
    client.raise_request_exception = False

    response = client.get(f"/?lat={LAT}&lon={LON}&phone={PHONE}")

    assert response.status_code == 500
    error, request = lines()[-2:]
    assert "_fail_at_a_position" in error["exception"]
    assert error["event"] == "Internal Server Error"
    assert error["request_id"] == request["request_id"] == response["X-Request-ID"]
    assert (request["status"], request["level"]) == (500, "error")
    everything = json.dumps(lines(), ensure_ascii=False)
    assert not any(value in everything for value in (*PLANTED, "lat="))


@pytest.mark.django_db
def test_error_of_the_error_page_itself_names_nobody(client, lines, monkeypatch):
    monkeypatch.setattr("nuanxin.stations.selectors.filter_choices", lambda: _fail_at_a_position())
    monkeypatch.setattr(
        "django.core.handlers.exception.handle_uncaught_exception",
        lambda *arguments: _fail_at_a_position(),
    )
    client.raise_request_exception = False

    response = client.get(f"/?lat={LAT}&lon={LON}&phone={PHONE}")

    assert (response.status_code, response.content) == (500, b"500\n")
    assert lines()[-1]["status"] == 500
    everything = json.dumps(lines(), ensure_ascii=False)
    assert "_fail_at_a_position" in everything
    assert not any(value in everything for value in (*PLANTED, "lat="))


def test_servers_own_words_are_scrubbed(settings):
    assert settings.LOGGING["loggers"]["_granian"] == {
        "handlers": ["console"],
        "level": "WARNING",
        "propagate": False,
    }


@pytest.mark.parametrize("sent", ["", "mine", f"{PHONE}\n"])
def test_name_of_a_request_is_ours_and_its_own(client, lines, sent):
    headers = {"X-Request-ID": sent.strip()}
    first, second = (client.get("/livez", headers=headers)["X-Request-ID"] for _ in range(2))

    assert first != second
    assert first.isalpha()
    assert scrub(first) == first
    assert sent.strip() == "" or sent.strip() not in str(lines())


@pytest.mark.parametrize("as_json", [True, False])
@pytest.mark.parametrize("status", [200, 503])
def test_line_of_a_request_is_what_the_long_way_would_write(stream, clock, as_json, status):
    event = {"method": "GET", "route": "api:stations_nearby", "status": status, "duration_ms": 12.5}
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(as_json=as_json))
    logger = logging.Logger("nuanxin.request")
    logger.addHandler(handler)
    level = logging.INFO if status == 200 else logging.ERROR
    whole = {**event, "request_id": "ghjkmnpqrstvwxyzghjk", "event": "request"}

    logs.plain_line(logger, level, whole)
    long = structlog.wrap_logger(
        logger,
        processors=[*logs._shared(), structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.stdlib.BoundLogger,
    )
    long.log(level, **whole)

    short_way, long_way = stream.getvalue().splitlines()
    assert short_way == long_way


def test_unknown_method_is_not_quoted(client, lines):
    client.generic("ZHANGSAN", "/livez")

    (line,) = [line for line in lines() if line["logger"] == "nuanxin.request"]
    assert (line["method"], line["route"], line["status"]) == ("OTHER", "livez", 405)


def test_line_for_the_eye_is_scrubbed_too(stream):
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.formatter(as_json=False))
    logger = logging.Logger("planted")
    logger.addHandler(handler)

    logger.warning("told %s", PHONE)

    assert "told …" in stream.getvalue()
    assert "warning" in stream.getvalue()


def test_libraries_that_quote_addresses_are_silent(settings):
    for name in ("apprise", "urllib3", "urllib3.connectionpool"):
        assert not logging.getLogger(name).isEnabledFor(logging.ERROR)
