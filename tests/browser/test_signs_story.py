"""An officer prints the signs of a door; a rider scans what was printed."""

from pathlib import Path
from typing import Any

import pytest

from nuanxin.core import clock
from nuanxin.stations import snapshots
from tests.browser.test_office_story import DESK, sign_in
from tests.browser.test_office_story import office as office  # the fixture
from tests.printed import pages_of
from tests.stations.page_world import TUESDAY_10

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

ASKED = ["进来了", "门没开", "只是看看"]


def test_printed_signs_lead_riders_to_the_door(
    watched_page: Any, live_server: Any, office: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: TUESDAY_10)
    snapshots.holder.forget()
    page = watched_page(accept_downloads=True)
    page.set_viewport_size(DESK)
    sign_in(page, live_server.url, office, "officer")

    page.goto(f"{live_server.url}/office/stations/station/{office.station.pk}/signs/")
    page.locator("#content-main button[type=submit], main button[type=submit]").last.click()
    with page.expect_download() as arriving:
        page.get_by_role("link", name="两张都做成海报打印").click()
    outside, inside = pages_of(Path(arriving.value.path()).read_bytes())

    rider = watched_page()
    rider.goto(outside.codes[0])
    assert office.station.name in rider.locator("h1").inner_text()
    assert rider.locator("form.answer button").all_inner_texts()[:3] == ASKED
    rider.goto(inside.codes[0])
    rider.locator("p.s-confirmed", has_text="谢谢").wait_for()
