"""A rider at a red light: the list, a door, the way there; with and without JavaScript and position."""

import re

import pytest

from tests.stations.page_world import LAT, LON

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

HERE = {"latitude": LAT, "longitude": LON}
# how riders type one district: in characters, in pinyin, by its initials
SPELLINGS = ["柯桥", "keqiao", "kq"]


def choose_first_place(page, text):
    page.locator("input[name=q]").fill(text)
    page.locator("form button[type=submit]").first.click()
    assert "柯桥" in page.locator("main li a").first.inner_text()
    page.locator("main li a").first.click()


def walk_to_the_way(page):
    """Open the first result, which is open on arrival, then its way there."""
    card = page.locator("article.card").first
    assert re.search("开着", card.inner_text())
    name = card.locator("h2 a").inner_text()
    card.locator("h2 a").click()
    assert page.locator("h1").inner_text() == name

    page.locator("summary").filter(has_text="带我去").first.click()
    amap = page.locator('details a[href^="https://uri.amap.com/navigation?"]')
    assert amap.is_visible()
    assert "coordinate=gaode" in amap.get_attribute("href")
    assert page.locator('details a[href^="geo:30.078000,120.488000"]').is_visible()


@pytest.mark.smoke
def test_rider_who_shares_the_position_is_led_to_an_open_door(phone, address):
    page = phone(geolocation=HERE, permissions=["geolocation"])
    page.goto(address)

    page.locator("[data-nx-locate]").click()
    page.wait_for_url(re.compile("lat="))

    walk_to_the_way(page)


@pytest.mark.parametrize("text", SPELLINGS)
def test_rider_without_javascript_types_the_place(phone, address, text):
    page = phone(java_script_enabled=False)
    page.goto(address)
    assert page.locator("[data-nx-locate]").is_hidden()

    choose_first_place(page, text)

    walk_to_the_way(page)


@pytest.mark.parametrize("text", SPELLINGS)
def test_rider_who_denies_the_position_is_told_what_to_do(phone, address, text):
    page = phone(permissions=[])
    page.goto(address)

    page.locator("[data-nx-locate]").click()
    page.locator("[data-nx-locate-note]").filter(has_text=re.compile(r"\S")).wait_for()

    choose_first_place(page, text)
    walk_to_the_way(page)
