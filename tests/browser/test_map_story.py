"""A rider looks at the map, goes into a cluster, and from a dot to its station."""

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import watch
from tests.stations.page_world import NEAR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SOURCE = re.compile(r"^https://t[01]\.tiles\.example/")
PICTURE = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="256" height="256">'
    '<path d="M0 0h256v256z" fill="#dde"/></svg>'
)


@pytest.fixture
def asked(address, open_page):
    """Return a page whose map pictures are answered here, what it asked them for, and its faults."""
    page, pictures = open_page(), []
    faults = watch(page, address)

    def answer(route):
        pictures.append(route.request)
        route.fulfill(body=PICTURE, content_type="image/svg+xml")

    page.route(SOURCE, answer)
    yield page, pictures
    assert [f for f in faults if not f.startswith("off-origin: https://t")] == []


def test_rider_goes_from_all_stations_to_one_door(asked, address):
    page, pictures = asked
    page.goto(f"{address}/")
    page.get_by_role("link", name="在地图上看全部站点").click()
    expect(page.locator(".leaflet-marker-icon").first).to_be_visible()
    for _step in range(4):  # the whole street is one cluster from afar
        page.get_by_role("button", name="缩小").click()
        page.wait_for_timeout(400)
    expect(page.locator(".cluster").first).to_be_visible()

    for _step in range(8):
        if page.locator(".dot:visible").count():
            break
        page.locator(".cluster").first.click()
        page.wait_for_timeout(600)
    page.locator(".dot").first.click()
    page.locator(".leaflet-popup a.link").click()

    page.wait_for_url("**/s/**")
    assert pictures
    assert all(request.headers.get("referer", "").count("/") <= 3 for request in pictures)


def test_map_near_a_place_fits_the_phone_and_names_its_review(asked, address):
    page, _pictures = asked
    page.goto(f"{address}/map/?{NEAR}")
    expect(page.locator(".dot").first).to_be_visible()

    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert "审图号" in page.locator(".leaflet-control-attribution").inner_text()


def test_map_without_scripts_leads_to_the_list(phone, address):
    page = phone(java_script_enabled=False)
    page.goto(f"{address}/map/?{NEAR}")

    expect(page.get_by_role("status")).to_contain_text("JavaScript")
    page.get_by_role("link", name="列表").click()

    page.wait_for_url("**/?lat=**")


def test_map_says_when_stations_cannot_be_loaded(address, open_page):
    page = open_page()
    page.route(SOURCE, lambda route: route.abort())
    page.route("**/api/v1/stations/map/**", lambda route: route.fulfill(status=503))

    page.goto(f"{address}/map/?{NEAR}")

    expect(page.get_by_role("status")).to_contain_text("列表")
