"""An officer sets up the second step, a keeper opens a link, a visitor becomes somebody else."""

from typing import Any

import pytest
from playwright.sync_api import Page

from nuanxin.accounts import keepers
from nuanxin.accounts.models import User
from nuanxin.core import clock
from nuanxin.core.models import AuditEvent
from nuanxin.demo import people
from tests.accounts.codes import PIN, SYSTEM, Authenticator, make_keeper
from tests.factories import PASSWORD, GrantFactory, UnionFactory

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def quiet_templates(settings: Any) -> None:
    # Unfold's templates put variables nobody set into scripts and addresses
    settings.TEMPLATES = [
        {**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": ""}}
        for engine in settings.TEMPLATES
    ]


def fill(page: Page, **fields: str) -> None:
    for name, value in fields.items():
        page.locator(f"input[name={name}]").fill(value)


def send(page: Page) -> None:
    page.locator("main button[type=submit]").click()


@pytest.mark.parametrize("is_scripted", [True, False])
def test_officer_enrols_and_signs_in(phone, address, settings, is_scripted):
    settings.SECOND_FACTOR = True
    officer = GrantFactory.create().user
    page = phone(java_script_enabled=is_scripted)
    page.goto(f"{address}/office/sign-in/")
    fill(page, username=officer.username, password=PASSWORD)
    send(page)

    width = page.locator(".qr svg").bounding_box()
    assert width is not None
    assert 200 <= width["width"] <= 328
    held = Authenticator(page.locator(".key").inner_text().replace(" ", ""))
    fill(page, code=held.code(now=clock.now()))
    send(page)
    assert page.locator(".codes .key").count() == 10
    recovery = page.locator(".codes .key").first.inner_text()

    other = phone(java_script_enabled=is_scripted)
    other.goto(f"{address}/office/sign-in/")
    fill(other, username=officer.username, password=PASSWORD)
    send(other)
    other.locator("summary").click()
    fill(other, recovery=recovery)
    send(other)
    other.wait_for_url(f"{address}/office/")


@pytest.mark.parametrize("is_scripted", [True, False])
def test_keeper_opens_the_link_and_comes_back(phone, address, is_scripted):
    link = address + keepers.issue_keeper_link(user=make_keeper(), by=SYSTEM)
    page = phone(java_script_enabled=is_scripted)
    page.goto(link)
    fill(page, pin=PIN, repeated=PIN)
    send(page)
    page.wait_for_url(f"{address}/desk/")

    page.goto(link)
    assert page.url == f"{address}/desk/", "in already"

    other = phone(java_script_enabled=is_scripted)
    other.goto(link)
    fill(other, pin=PIN)
    send(other)
    other.wait_for_url(f"{address}/desk/")


def test_visitor_of_the_demo_becomes_an_officer(phone, address, tmp_path):
    root = UnionFactory.create(code="u33", root=True)
    UnionFactory.create(code="u330603", parent=root)
    UnionFactory.create(code="u330502", parent=root)
    people.enter_people(by=SYSTEM, password_path=tmp_path / "password")
    page = phone()
    page.goto(f"{address}/")
    page.locator("footer a[href='/demo/']").click()
    page.locator("button[value=county]").click()

    page.wait_for_url(f"{address}/office/")
    event = AuditEvent.objects.get(verb="user.signed_in")
    assert event.actor_key == User.objects.get(username="demo-county").actor_key
