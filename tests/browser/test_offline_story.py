"""A rider in a cellar: what the phone kept tells hours and age, and never that a door is open."""

import datetime as dt
import re

import pytest

from tests.stations.page_world import NEAR, TUESDAY_10

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NEVER = re.compile(r"开着|应当开着|open now|\bOpen\b")
READY = "() => navigator.serviceWorker.ready.then(() => true)"
HAS = """(key) => caches.keys().then(async (names) => {
  for (const name of names) if (await (await caches.open(name)).match(key)) return true;
  return false;
})"""


def visit(page, address, path, key):
    """Open a page and wait until the phone has it."""
    page.goto(address + path)
    page.evaluate(READY)
    for _ in range(50):
        if page.evaluate(HAS, key):
            return
        page.wait_for_timeout(100)
    pytest.fail(f"the phone never kept {key}")


def shown(page):
    return page.locator("main").inner_text()


@pytest.mark.parametrize(("path", "key"), [(f"/?{NEAR}", "/"), ("/s/KQ001/", "/s/KQ001/")])
def test_copy_tells_posted_hours_and_age_and_the_network_makes_it_live(
    address, open_page, path, key
):
    page = open_page()
    page.clock.set_system_time(TUESDAY_10 + dt.timedelta(hours=3))
    visit(page, address, path, key)
    assert "开着" in shown(page)

    page.context.set_offline(True)
    page.reload()

    page.locator("[data-nx-offline]", has_text="没有网络").wait_for()
    assert not NEVER.search(shown(page))
    assert "今天公示时间 08:30–18:00（按本机时钟） · 上次确认：3 小时前；现在没有网络" in shown(
        page
    )
    assert page.locator("[data-nx-code], main form[data-nx-place]").count() == 0

    page.context.set_offline(False)  # the page comes anew by itself
    page.locator(".state", has_text="开着").first.wait_for()
    assert page.locator("[data-nx-offline]").inner_text() == ""


def test_open_page_that_loses_the_network_says_no_state_any_more(address, open_page):
    page = open_page()
    visit(page, address, "/s/KQ001/", "/s/KQ001/")

    page.context.set_offline(True)

    page.locator("[data-nx-offline]", has_text="没有网络").wait_for()
    assert not NEVER.search(shown(page))


def test_kept_station_is_found_offline_on_the_page_of_this_phone(address, open_page):
    page = open_page()
    visit(page, address, "/s/KQ001/", "/s/KQ001/")
    name = page.locator("h1").inner_text()
    page.locator("[data-nx-keep]").click()
    assert page.locator("[data-nx-keep]").get_attribute("aria-pressed") == "true"

    page.context.set_offline(True)
    page.goto(f"{address}/saved/")
    page.locator("[data-nx-shelf=nx-saved] a", has_text=name).click()

    page.locator("[data-nx-offline]", has_text="没有网络").wait_for()
    assert page.locator("h1").inner_text() == name


def test_page_the_phone_never_saw_leads_to_what_it_has(address, open_page):
    page = open_page()
    visit(page, address, "/saved/", "/saved/")

    page.context.set_offline(True)
    page.goto(f"{address}/s/KQ003/")

    assert page.locator("h1").inner_text() == "手机里的站点"


def test_sign_in_is_never_kept(address, open_page):
    page = open_page()
    visit(page, address, "/saved/", "/saved/")
    page.goto(f"{address}/office/sign-in/")

    assert page.evaluate(HAS, "/office/sign-in/") is False
