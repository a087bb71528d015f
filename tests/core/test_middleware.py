import pytest

from nuanxin.core.middleware import LANGUAGE_COOKIE

pytestmark = pytest.mark.django_db


def _directives(response):
    parts = response["Content-Security-Policy"].split(";")
    return {words[0]: words[1:] for part in parts if (words := part.split())}


@pytest.mark.parametrize("address", ["/", "/places/", "/nothing/", "/livez"])
def test_public_page_is_strict_and_tells_nobody_where_it_was(client, address):
    response = client.get(address)

    directives = _directives(response)
    assert directives["default-src"] == directives["script-src"] == ["'self'"]
    assert directives["frame-ancestors"] == directives["object-src"] == ["'none'"]
    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "no-referrer"
    assert response["X-Frame-Options"] == "DENY"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert "geolocation=(self)" in response["Permissions-Policy"]


def test_api_is_as_strict_as_the_pages(client):
    response = client.get("/api/v1/stations/nearby")

    assert "unsafe" not in response["Content-Security-Policy"]
    assert response["Referrer-Policy"] == "no-referrer"


def test_office_alone_allows_what_its_interface_needs(client):
    response = client.get("/office/sign-in/")

    directives = _directives(response)
    assert "'unsafe-eval'" in directives["script-src"]
    assert directives["frame-ancestors"] == ["'none'"]
    assert response["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("address", ["/officer", "/?next=/office/", "/OFFICE/"])
def test_only_the_office_itself_is_the_office(client, address):
    assert "unsafe" not in client.get(address)["Content-Security-Policy"]


def test_page_is_chinese_until_the_reader_asks_for_english(client):
    foreign = {"accept-language": "en"}

    assert client.get("/", headers=foreign)["Content-Language"] == "zh-hans"
    assert client.get("/?lang=en")["Content-Language"] == "en"
    assert client.get("/")["Content-Language"] == "en"
    assert client.get("/?lang=zh-hans")["Content-Language"] == "zh-hans"
    assert client.get("/")["Content-Language"] == "zh-hans"


def test_language_cookie_is_kept_from_scripts_and_foreign_sites(client):
    cookie = client.get("/?lang=en").cookies[LANGUAGE_COOKIE]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert cookie["max-age"] == 365 * 24 * 3600


@pytest.mark.parametrize("secure", [True, False])
def test_language_cookie_is_secure_under_tls(client, settings, secure):
    settings.USE_TLS = secure

    assert bool(client.get("/?lang=en").cookies[LANGUAGE_COOKIE]["secure"]) is secure


@pytest.mark.parametrize("language", ["fr", "", "../../etc", "EN"])
def test_unknown_language_is_neither_spoken_nor_remembered(client, language):
    response = client.get("/", {"lang": language})

    assert response["Content-Language"] == "zh-hans"
    assert LANGUAGE_COOKIE not in response.cookies


def test_forged_language_cookie_is_ignored(client):
    client.cookies[LANGUAGE_COOKIE] = "xx"

    assert client.get("/")["Content-Language"] == "zh-hans"


def test_livez_answers_without_the_database(client, django_assert_num_queries):
    with django_assert_num_queries(0):
        response = client.get("/livez")

    assert (response.status_code, response.content) == (200, b"ok\n")
    assert client.post("/livez").status_code == 405
