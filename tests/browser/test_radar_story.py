"""A rider looks where the stations lie, and goes from a dot to its station."""

import pytest

from tests.stations.page_world import NEAR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.mark.parametrize("is_scripted", [True, False])
def test_dot_leads_to_its_station(phone, address, is_scripted):
    page = phone(java_script_enabled=is_scripted)
    page.goto(f"{address}/?{NEAR}")
    page.get_by_text("雷达图").click()

    dot = page.get_by_role("link", name="4 湖东社区惠工小站")
    assert min(dot.locator("g").bounding_box()[side] for side in ("width", "height")) >= 20
    dot.click()

    page.wait_for_url("**#n4")
    box = page.locator("#n4").bounding_box()
    assert 0 <= box["y"] < page.viewport_size["height"]
    assert "湖东社区惠工小站" in page.locator("#n4").inner_text()
