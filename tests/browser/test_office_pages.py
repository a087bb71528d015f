"""The forms of the office that are more than a few fields; and what axe finds, which may only fall."""

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nuanxin.regions.models import CalendarDay, CalendarNotice
from nuanxin.stations.models import Station
from tests.algorithms.test_calendars_notice import notice
from tests.browser.test_accessibility import findings
from tests.browser.test_office_story import DESK, PHONE, pages, sign_in
from tests.browser.test_office_story import office as office  # the fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CEILING = {"landmark-one-main", "landmark-unique", "region", "target-size"}
"""Rules of axe that the theme's frame breaks on pages of the office; one mended is struck out."""


def picture_of(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if folder := os.environ.get("NUANXIN_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def fits(page: Page, width: int) -> bool:
    """Return whether nothing reaches over the right edge, once the page is there to be measured."""
    page.wait_for_load_state()
    return bool(page.evaluate("document.documentElement.scrollWidth") <= width)


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_officer_fills_in_the_week(watched_page, live_server, office, size):
    page: Any = watched_page()
    page.set_viewport_size(size)
    sign_in(page, live_server.url, office, "officer")
    page.goto(f"{live_server.url}/office/stations/station/{office.station.pk}/set-hours/")
    page.get_by_role("button", name="去掉这项时间").first.click()
    page.get_by_role("button", name="填写周表").first.click()
    monday = page.get_by_role("group", name="周一").first
    monday.get_by_role("combobox").select_option("按时间")
    monday.get_by_label("周一 第 1 段开门").fill("08:30")
    monday.get_by_label("周一 第 1 段关门").fill("17:30")
    page.get_by_role("button", name="抄到周二至周五").first.click()
    picture_of(page, f"office-week-{size['width']}")
    assert fits(page, size["width"])
    page.get_by_role("button", name="保存开放时间").click()
    page.wait_for_url("**/change/")

    assert Station.objects.get(pk=office.station.pk).staffed_hours == "WD 08:30-17:30"


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_administrator_pastes_a_notice(watched_page, live_server, office, size):
    CalendarDay.objects.all().delete()
    CalendarNotice.objects.all().delete()
    page: Any = watched_page()
    page.set_viewport_size(size)
    sign_in(page, live_server.url, office, "admin")
    page.goto(f"{live_server.url}/office/regions/calendarnotice/paste/")
    page.locator("textarea").fill(notice(2026).replace("1月4日（周日）", "1月4日（周六）"))
    page.get_by_role("button", name="读入").click()
    expect(page.locator("#content-main")).to_contain_text("星期对不上")
    picture_of(page, f"office-notice-wrong-{size['width']}")
    page.locator("textarea").fill(notice(2026))
    page.get_by_role("button", name="读入").click()
    page.get_by_role("button", name="现在发布").wait_for()
    picture_of(page, f"office-notice-{size['width']}")
    assert fits(page, size["width"])
    page.get_by_role("button", name="现在发布").click()
    page.wait_for_url("**/calendarnotice/")

    assert CalendarDay.objects.filter(notice=2026).count() == 39


def test_axe_finds_no_more_in_the_office_than_it_did(open_page, live_server, office):
    page: Any = open_page(bypass_csp=True)
    page.set_viewport_size(DESK)
    sign_in(page, live_server.url, office, "admin")
    broken: set[str] = set()
    for path in pages():
        page.goto(live_server.url + path)
        broken |= {finding.split(": ")[1] for finding in findings(page)}

    assert broken == CEILING
