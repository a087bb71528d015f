"""Somebody at a dispatch station prints the stations around it; a rider scans one off the wall."""

import pytest

from tests.printed import pages_of
from tests.stations.page_world import NEAR

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

A4_ACROSS = (297, 210)


def test_list_is_printed_with_codes_that_lead_to_the_stations(phone, address):
    page = phone()
    page.goto(f"{address}/?{NEAR}")
    page.get_by_role("link", name="打印附近站点一览表").click()
    page.locator("table").wait_for()
    page.wait_for_load_state()  # the table stands before the style sheet that says how it is printed

    [sheet] = pages_of(page.pdf(prefer_css_page_size=True))

    assert sheet.size_mm == A4_ACROSS
    wanted = {f"{address}/s/KQ00{number}/" for number in (1, 2, 3, 4)}
    assert set(sheet.codes) == wanted
    assert "12351" not in sheet.text
    for code in wanted:
        assert page.goto(code).status == 200
