"""What a phone needs to install the site, and what it may keep of it."""

import pytest
from django.conf import settings

from nuanxin.core.middleware import COPY_MARK


def test_service_worker_has_the_whole_site_as_scope_and_is_asked_after_each_time(client):
    response = client.get("/sw.js")

    assert response["Content-Type"].startswith("text/javascript")
    assert "no-cache" in response["Cache-Control"]
    text = response.content.decode()
    assert "skipWaiting" in text
    assert "import" not in text.split("(")[0]
    assert not response.cookies


@pytest.mark.parametrize(("language", "name"), [("zh-hans", "暖新"), ("en", "Nuanxin")])
def test_manifest_speaks_the_readers_language(client, language, name):
    client.cookies["nx_lang"] = language

    manifest = client.get("/manifest.webmanifest").json()

    assert manifest["short_name"] == name
    assert manifest["scope"] == manifest["start_url"] == "/"
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}


def test_page_of_saved_stations_may_be_kept_and_sets_no_cookie(client):
    response = client.get("/saved/")

    assert response[COPY_MARK] == "1"
    assert not response.cookies


@pytest.mark.parametrize("cookie", [settings.SESSION_COOKIE_NAME])
def test_page_of_somebody_signed_in_may_not_be_kept(client, cookie):
    client.cookies[cookie] = "x"

    assert COPY_MARK not in client.get("/saved/")


def test_page_that_sets_a_cookie_may_not_be_kept(client):
    assert COPY_MARK not in client.get("/saved/?lang=en")
