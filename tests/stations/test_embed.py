"""The list of a city in a frame of its own web site."""

import pytest

from tests.stations.page_world import make_street

pytestmark = pytest.mark.django_db
CITY = "https://www.city.example"


def test_embed_is_no_page_until_a_site_is_configured(client, settings):
    settings.EMBED_ORIGINS = []
    make_street()

    assert client.get("/embed/?division=3306").status_code == 404


def test_embed_lists_the_stations_of_a_division_with_posted_hours(client):
    station = make_street()[0]

    page = client.get(f"/embed/?division={station.division_id[:4]}")
    elsewhere = client.get("/embed/?division=1101")

    assert station.name in page.text
    assert f"/s/{station.code}/" in page.text
    assert station.name not in elsewhere.text


def test_embed_may_be_framed_by_the_site_alone_and_sets_no_cookie(client):
    make_street()

    page = client.get("/embed/?division=3306")
    other = client.get("/")

    assert f"frame-ancestors {CITY}" in page["Content-Security-Policy"]
    assert "X-Frame-Options" not in page
    assert not page.cookies
    assert "frame-ancestors 'none'" in other["Content-Security-Policy"]
    assert other["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("division", ["", "33", "abc", "33060x"])
def test_embed_of_no_division_says_so(client, division):
    assert client.get(f"/embed/?division={division}").status_code == 422
