import io
import logging
from typing import Any

import pytest
from django.conf import settings
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core.logs import PositionFilter, scrub

LAT, LON = "30.0761", "120.4880"
PLANTED = (LAT, LON)


def _console_format(options: Any = settings.LOGGING) -> str:
    return str(options["formatters"]["line"]["format"])


@pytest.fixture
def written():
    """Return what the configured console handler writes for one record."""
    formatter = logging.Formatter(_console_format(), style="{")

    def write(message, *arguments, exc_info=None):
        stream = io.StringIO()
        handler = logging.StreamHandler(stream)
        handler.setFormatter(formatter)
        handler.addFilter(PositionFilter())
        logger = logging.Logger("planted")
        logger.addHandler(handler)
        logger.error(message, *arguments, exc_info=exc_info)
        return stream.getvalue()

    return write


def _fail_at_a_position():
    address = f"/api/v1/stations/nearby?lat={LAT}&lon={LON}"
    msg = f"cannot answer {address} near {LAT}, {LON}"
    raise ValueError(msg)


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        (f"GET /?lat={LAT}&lon={LON} 200", ()),
        ("GET /?lat=%s&lon=%s 200", PLANTED),
        ("%s", (f"/places/?q=x&lat={LAT}&lon={LON}",)),
        ("answer %r", ({"lat": float(LAT), "lon": float(LON)},)),
        ("near %s,%s", (float(LAT), LON)),
        ("near %(lat)s", ({"lat": LAT},)),
    ],
)
def test_position_in_address_or_arguments_is_not_written(written, message, arguments):
    line = written(message, *arguments)

    assert "ERROR planted" in line
    assert not any(value in line or value.rstrip("0") in line for value in PLANTED)


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("Not Found: %s", ("/k/0a1b.1~planted/",)),
        ("GET /k/0a1b.1~planted/?lang=en 200", ()),
        ('Forbidden: "https://host/k/0a1b.1~planted"', ()),
    ],
)
def test_token_of_a_desk_link_is_not_written(written, message, arguments):
    line = written(message, *arguments)

    assert "/k/…" in line
    assert "planted" not in line.removeprefix("2026").replace("ERROR planted", "")


def test_position_in_a_traceback_is_not_written(written):
    try:
        _fail_at_a_position()
    except ValueError as error:
        text = written("failed", exc_info=error)

    assert "ValueError" in text
    assert "_fail_at_a_position" in text
    assert not any(value in text for value in PLANTED)


def test_without_the_filter_the_position_would_be_written():
    assert LAT in f"near {LAT}"
    assert scrub(f"near {LAT}") == "near …"


@given(st.floats(-180, 180).map(lambda value: f"{value:.4f}"), st.text("abc /:,", max_size=9))
def test_no_coordinate_of_four_decimals_survives(value, text):
    assert value not in scrub(f"{text}{value} {text}")


def test_every_handler_of_the_settings_filters_positions(settings):
    handlers = settings.LOGGING["handlers"].values()

    assert handlers
    assert all("positions" in handler["filters"] for handler in handlers)
    assert settings.LOGGING["filters"]["positions"]["()"].endswith("PositionFilter")


@pytest.mark.django_db
def test_server_error_of_a_page_writes_no_position(client, monkeypatch, written):
    records: list[logging.LogRecord] = []
    monkeypatch.setattr(logging.getLogger("django.request"), "handle", records.append)
    monkeypatch.setattr("nuanxin.stations.selectors.filter_choices", lambda: _fail_at_a_position())
    client.raise_request_exception = False

    response = client.get(f"/?lat={LAT}&lon={LON}")

    assert response.status_code == 500
    assert records
    for record in records:
        text = written(record.getMessage(), exc_info=record.exc_info)
        assert not any(value in text for value in PLANTED)
