import logging

import pytest
from django.test import Client

from nuanxin.core.logs import PositionFilter

POSITION = "30.0761"


@pytest.mark.django_db
def test_public_page_is_strict_and_tells_nobody_where_it_was():
    response = Client().get("/")

    policy = response["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert response["Referrer-Policy"] == "no-referrer"


@pytest.mark.django_db
def test_office_alone_allows_what_its_interface_needs():
    response = Client().get("/office/sign-in/")

    assert "unsafe-eval" in response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.django_db
def test_page_is_chinese_until_the_reader_asks_for_english():
    client = Client(headers={"accept-language": "en"})

    assert client.get("/")["Content-Language"] == "zh-hans"
    assert client.get("/?lang=en")["Content-Language"] == "en"
    assert client.get("/")["Content-Language"] == "en"


@pytest.mark.parametrize(
    ("message", "arguments"),
    [
        ("GET /?lat=%s&lon=120.4880", (POSITION,)),
        ("at %s", (POSITION,)),
        (f"Not Found: /?lat={POSITION}", ()),
    ],
)
def test_position_never_reaches_a_log(message, arguments):
    record = logging.LogRecord("x", logging.INFO, "", 0, message, arguments, None)

    PositionFilter().filter(record)

    assert POSITION not in record.getMessage()
