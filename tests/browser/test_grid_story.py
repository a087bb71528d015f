"""A keeper sets the weekly hours: row by row, with and without a script, and riders find them."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from nuanxin.stations import snapshots
from nuanxin.stations.models import Station
from tests.browser.test_accessibility import findings
from tests.browser.test_desk_story import CODE, Desk, sign_in
from tests.browser.test_desk_story import desk as desk  # the fixture
from tests.browser.test_public_pages import WIDTH
from tests.stations.page_world import NEAR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

WEEK = f"/desk/{CODE}/week/"


def picture_of(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if folder := os.environ.get("NUANXIN_PICTURES"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    page.wait_for_load_state()


def row(page: Page, day: str) -> Any:
    return page.get_by_role("group", name=day).first


@pytest.mark.smoke
@pytest.mark.parametrize("script", [True, False])
def test_keeper_changes_the_week_and_a_rider_who_looks_finds_it(phone, address, desk, script):
    page, rider = phone(java_script_enabled=script), phone()
    sign_in(page, address, desk.keeper)
    rider.goto(f"{address}/s/{CODE}/")
    assert rider.locator(".state b").first.inner_text().strip() != "关着"

    page.goto(f"{address}/desk/{CODE}/today/")
    page.get_by_role("link", name="每周开放时间").click()
    picture_of(page, "week-zh")
    row(page, "周二").get_by_role("combobox").select_option("不开")
    row(page, "周五").get_by_label("周五 第 1 段关门").fill("01:30")
    row(page, "法定节假日").get_by_role("combobox").select_option("不开")
    press(page, "先看看效果")
    assert "还没有保存" in page.locator("main").inner_text()
    assert "次日" in row(page, "周五").inner_text()
    picture_of(page, "week-looked-at")
    press(page, "保存开放时间")
    page.locator(".said").wait_for()

    stored = Station.objects.get(code=CODE).staffed_hours
    assert stored == "Mo,We-Th,Sa-Su 09:00-17:30; Fr 09:00-01:30; PH off"
    rider.reload()
    assert rider.locator(".state b").first.inner_text().strip() == "关着"


def test_list_asked_a_second_later_has_the_new_week(phone, address, desk):
    page = phone()
    sign_in(page, address, desk.keeper)
    assert listed(page, address, desk) == "应当开着"
    page.goto(f"{address}{WEEK}")
    row(page, "周二").get_by_role("combobox").select_option("不开")
    press(page, "保存开放时间")
    page.locator(".said").wait_for()

    time.sleep(snapshots.POLL_S)
    assert listed(page, address, desk) in ("", "关着")


def listed(page: Page, address: str, desk: Desk) -> str:
    page.goto(f"{address}/?{NEAR}")
    cards = page.locator("article.card").filter(has_text=desk.station.name)
    return cards.first.locator(".state b").inner_text().strip() if cards.count() else ""


def test_monday_is_copied_without_a_script_and_nothing_is_lost(phone, address, desk):
    page = phone(java_script_enabled=False)
    sign_in(page, address, desk.keeper)
    page.goto(f"{address}{WEEK}")
    row(page, "周一").get_by_label("周一 第 1 段开门").fill("06:45")
    row(page, "周日").get_by_label("周日 第 1 段开门").fill("10:00")
    press(page, "抄到周二至周五")

    assert row(page, "周四").get_by_label("周四 第 1 段开门").input_value() == "06:45"
    assert row(page, "周日").get_by_label("周日 第 1 段开门").input_value() == "10:00"
    press(page, "填写周表")
    expect(page.get_by_role("group", name="周一")).to_have_count(2)
    assert Station.objects.get(code=CODE).staffed_hours == "Mo-Su 09:00-17:30"


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("text", ["normal", "large"])
def test_axe_finds_nothing_on_a_week_that_is_wrong(
    open_page: Callable[..., Page], address, desk, language, text
):
    page = open_page(bypass_csp=True)
    sign_in(page, address, desk.keeper)
    cookies = {"nx_lang": language, "nx_text": text}
    page.context.add_cookies([{"name": n, "value": v, "url": address} for n, v in cookies.items()])
    page.goto(f"{address}{WEEK}")
    page.locator('[name="staffed-mo-1-closes"]').fill("")
    page.locator(".btn.go").click()
    page.locator(".wrong").first.wait_for()
    page.locator("summary").first.click()
    picture_of(page, f"week-wrong-{language}-{text}")

    assert page.evaluate(WIDTH) <= 360
    assert findings(page) == []


def test_wide_screen_shows_rows_side_by_side(open_page: Callable[..., Page], address, desk):
    page = open_page()
    page.set_viewport_size({"width": 1280, "height": 900})
    sign_in(page, address, desk.keeper)
    page.goto(f"{address}{WEEK}")
    picture_of(page, "week-wide")

    monday = row(page, "周一")
    day, mode = monday.locator(".grid-day").bounding_box(), monday.locator("select").bounding_box()
    assert mode["x"] > day["x"] + 80
