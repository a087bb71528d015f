"""An officer at a desk and on the way: every page of the office, and the acts they need most."""

import re
from typing import Any

import pytest
from django.contrib import admin
from django.urls import reverse
from playwright.sync_api import expect

from nuanxin.stations import snapshots
from tests.factories import PASSWORD
from tests.office_world import Office, make_office, picture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

DESK, PHONE = {"width": 1280, "height": 900}, {"width": 360, "height": 740}


@pytest.fixture
def office(settings, tmp_path) -> Any:
    settings.MEDIA_ROOT = tmp_path
    # Unfold's templates put variables nobody set into scripts and addresses
    settings.TEMPLATES = [
        {**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": ""}}
        for engine in settings.TEMPLATES
    ]
    snapshots.holder.forget()
    yield make_office()
    snapshots.holder.forget()


def sign_in(page: Any, address: str, office: Office, role: str) -> None:
    page.goto(f"{address}/office/sign-in/?next=/office/")
    page.locator("input[name=username]").fill(office.people[role].username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{address}/office/")


def pages() -> list[str]:
    found = ["/office/"]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        row = model._default_manager.first()
        assert row is not None
        found += [reverse(f"{name}_changelist"), reverse(f"{name}_change", args=(row.pk,))]
    return found


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_every_page_fits_and_reports_no_error(watched_page, live_server, office, size):
    page = watched_page()
    page.set_viewport_size(size)
    sign_in(page, live_server.url, office, "admin")

    for path in pages():
        answer = page.goto(live_server.url + path)
        assert answer.status == 200, path
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"], path


def test_officer_files_a_closure_and_sees_it_at_the_door(watched_page, live_server, office):
    page = watched_page()
    page.set_viewport_size(DESK)
    sign_in(page, live_server.url, office, "officer")

    page.goto(f"{live_server.url}/office/stations/station/")
    page.get_by_role("link", name=office.station.code, exact=True).click()
    page.get_by_role("link", name="登记计划停用").click()
    page.locator("input[name=starts_at]").fill("2099-05-01T08:00")
    page.locator("input[name=ends_at]").fill("2099-05-02T08:00")
    page.get_by_role("button", name="登记计划停用").click()
    page.wait_for_url(re.compile("/change/"))

    page.goto(f"{live_server.url}/s/{office.station.code}/")
    assert "05-01 08:00" in page.locator("main").inner_text()


def test_officer_adds_a_photo_that_riders_see(watched_page, live_server, office, tmp_path):
    file = tmp_path / "door.jpg"
    file.write_bytes(picture("door", size=(900, 600)))
    office.station.photos.all().delete()
    page = watched_page()
    sign_in(page, live_server.url, office, "officer")

    page.goto(f"{live_server.url}/office/stations/station/{office.station.pk}/add-photo/")
    page.locator("input[type=file]").set_input_files(file)
    page.get_by_role("button", name="上传照片").click()
    page.wait_for_url(re.compile("/change/"))

    page.goto(f"{live_server.url}/s/{office.station.code}/")
    image = page.locator("figure img")
    image.scroll_into_view_if_needed()
    # the page's policy allows no text to be run as a script, which waiting for a function would do
    expect(image).to_have_js_property("naturalWidth", 900)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
