"""A rider at a red light: the list, a door, the way there; with and without JavaScript and position."""

import re

import pytest

from nuanxin.core import clock
from nuanxin.stations import snapshots
from tests.stations.page_world import LAT, LON, TUESDAY_10, make_street

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HERE = {"latitude": LAT, "longitude": LON}


@pytest.fixture
def address(live_server, monkeypatch):
    # the story is told on a Tuesday morning, whenever it runs
    monkeypatch.setattr(clock, "now", lambda: TUESDAY_10)
    make_street()
    snapshots.holder.forget()
    yield live_server.url
    snapshots.holder.forget()


def walk_to_the_way(page):
    """Open the first result that is open on arrival, then its way there."""
    card = page.locator("article.card").first
    assert re.search("开着", card.inner_text())
    card.locator("h2 a").click()
    page.locator("summary").filter(has_text="带我去").first.click()
    links = [link.get_attribute("href") for link in page.locator("details a").all()]
    assert any("coordinate=gaode" in link for link in links)
    assert any(link.startswith("geo:") for link in links)


@pytest.mark.smoke
def test_rider_who_shares_the_position_is_led_to_an_open_door(phone, address):
    page = phone(geolocation=HERE, permissions=["geolocation"])
    page.goto(address)

    page.locator("[data-nx-locate]").click()
    page.wait_for_url(re.compile("lat="))

    walk_to_the_way(page)


def test_rider_without_javascript_types_the_place(phone, address):
    page = phone(java_script_enabled=False)
    page.goto(address)

    page.locator("input[name=q]").fill("keqiao")
    page.locator("form button[type=submit]").first.click()
    page.locator("main li a").first.click()

    walk_to_the_way(page)


def test_rider_who_denies_the_position_is_told_what_to_do(phone, address):
    page = phone(permissions=[])
    page.goto(address)

    page.locator("[data-nx-locate]").click()
    page.locator("[data-nx-locate-note]").filter(has_text=re.compile(r"\S")).wait_for()

    page.locator("input[name=q]").fill("柯桥")
    page.keyboard.press("Enter")
    page.locator("main li a").first.click()
    walk_to_the_way(page)
