"""Pages of the office that count and lead on: figures of members, what is due."""

import datetime as dt
from typing import Any

import pytest
from django.urls import reverse

from nuanxin.accounts.models import Delegation
from nuanxin.core import clock
from nuanxin.unions.models import Union
from nuanxin.workers.models import Membership
from tests.browser.test_office_pages import fits, picture_of
from tests.browser.test_office_story import DESK, PHONE, sign_in
from tests.browser.test_office_story import office as office  # the fixture

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
SIZES = pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])


@SIZES
def test_officer_opens_a_figure_into_its_rows(watched_page, live_server, office, size):
    page: Any = watched_page()
    page.set_viewport_size(size)
    sign_in(page, live_server.url, office, "officer")
    page.goto(live_server.url + reverse("admin:workers_membership_statistics"))
    picture_of(page, f"office-figures-{size['width']}")
    assert fits(page, size["width"])

    page.get_by_role("link", name="外卖配送员").click()
    page.wait_for_url("**group=riders**")

    member = Membership.objects.held().get()
    assert page.get_by_role("link", name=str(member.worker)).count() == 1


@SIZES
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_officer_sees_what_waits_and_goes_there(watched_page, live_server, office, size, language):
    page: Any = watched_page()
    page.set_viewport_size(size)
    Union.objects.filter(pk=office.here.pk).update(
        term_ends_on=clock.civil_date() - dt.timedelta(9)
    )
    sign_in(page, live_server.url, office, "officer")
    page.goto(f"{live_server.url}/office/?lang={language}")
    picture_of(page, f"office-due-{language}-{size['width']}")
    assert fits(page, size["width"])

    page.locator("section a").first.click()
    page.wait_for_url("**due=**")


@SIZES
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_officer_takes_the_filtered_rows_along(watched_page, live_server, office, size, language):
    page: Any = watched_page()
    page.set_viewport_size(size)
    sign_in(page, live_server.url, office, "officer")
    rows = f"{live_server.url}{reverse('admin:workers_membership_changelist')}"
    page.goto(f"{rows}?state__exact=active&lang={language}")
    picture_of(page, f"office-members-{language}-{size['width']}")
    page.goto(f"{rows}export-members/?state__exact=active")
    picture_of(page, f"office-export-{language}-{size['width']}")
    assert fits(page, size["width"])

    with page.expect_download() as download:
        page.locator("#act_form button[type=submit]").click()

    assert download.value.suggested_filename.endswith(".xlsx")


@SIZES
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_officer_hands_a_role_over(watched_page, live_server, office, size, language):
    page: Any = watched_page()
    page.set_viewport_size(size)
    sign_in(page, live_server.url, office, "officer")
    colleague = Delegation.objects.get().to_user
    first, last = clock.civil_date(), clock.civil_date() + dt.timedelta(3)
    address = reverse("admin:accounts_delegation_hand_over")
    page.goto(f"{live_server.url}{address}?lang={language}")
    page.locator("input[name=to_user]").fill(colleague.username)
    page.locator("input[name=starts_on]").fill(first.isoformat())
    page.locator("input[name=ends_on]").fill(last.isoformat())
    picture_of(page, f"office-hand-over-{language}-{size['width']}")
    assert fits(page, size["width"])
    page.locator("#act_form button[type=submit]").click()
    page.wait_for_url("**/change/")
    picture_of(page, f"office-handed-over-{language}-{size['width']}")
    assert fits(page, size["width"])

    assert Delegation.objects.get(starts_on=first).is_in_force
