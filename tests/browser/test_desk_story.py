"""A keeper's day on the phone: one tap in the morning, reports, a photo, half an hour away."""

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from playwright.sync_api import Page

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import User
from nuanxin.core import clock
from nuanxin.core.ids import computed_id
from nuanxin.stations import snapshots
from nuanxin.stations.models import Fault, Host, Keeping, Station
from tests.browser.test_accessibility import findings
from tests.browser.test_public_pages import WIDTH
from tests.conftest import StrictClient
from tests.factories import GrantFactory, UnionFactory
from tests.office_world import picture
from tests.stations.door_world import make_keeper, say
from tests.stations.page_world import NEAR, TUESDAY_10

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CODE = "KQ002"
LOUD = "KQ001"
CLOSURE = "starts_at=2026-03-20T08:00&ends_at=2026-03-21T08:00&reason=repair"


@dataclass
class Desk:
    """The keeper of the second door of the street."""

    station: Station
    keeper: User


@pytest.fixture
def desk(address: str, settings: Any, tmp_path: Any) -> Desk:
    settings.MEDIA_ROOT = tmp_path
    Station.objects.update(union=UnionFactory.create(code="KQ", root=True))
    station = Station.objects.select_related("union").get(code=CODE)
    return Desk(station, make_keeper(station))


def sign_in(page: Page, address: str, user: User) -> None:
    """Bring the session of somebody who signed in; the sign-in itself has its own story."""
    client = StrictClient()
    client.force_login(user)
    session = client.cookies["sessionid"].value
    page.context.add_cookies([{"name": "sessionid", "value": session, "url": address}])


def seen_by_riders(page: Page, address: str, name: str) -> str:
    """Return the state of a door in the riders' list."""
    snapshots.holder.forget()
    page.goto(f"{address}/?{NEAR}")
    cards = page.locator("article.card").filter(has_text=name)
    return cards.first.locator(".state b").inner_text().strip() if cards.count() else ""


def tap(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(f"^{name}")).first.click()
    page.locator(".said").wait_for()
    assert page.evaluate(WIDTH) <= 360


@pytest.mark.smoke
def test_keepers_day(phone, address, desk, tmp_path, monkeypatch):
    def it_is(time: str) -> None:
        monkeypatch.setattr(clock, "now", lambda: clock.read_civil(f"2026-03-10T{time}"))

    name = desk.station.name
    page, rider = phone(), phone()
    sign_in(page, address, desk.keeper)

    it_is("09:12")
    page.goto(f"{address}/desk/")
    assert "您开门了吗" in page.locator("main").inner_text()
    tap(page, "开门了")
    assert page.url.endswith(f"/desk/#s-{CODE}")
    assert seen_by_riders(rider, address, name) in ("开着", "应当开着")

    it_is("10:00")
    for _ in range(2):
        say(desk.station, "shut")
    assert seen_by_riders(rider, address, name) in ("", "关着")
    page.goto(f"{address}/desk/")
    assert page.get_by_text("有人说门没开", exact=False).count() >= 2
    tap(page, "不属实")
    assert seen_by_riders(rider, address, name) == "说不准"

    page.get_by_role("link", name="拍照证明").first.click()
    word = page.locator(".day-word").inner_text()
    file = tmp_path / "door.jpg"
    file.write_bytes(picture("door", size=(900, 600)))
    page.locator("input[type=file]").set_input_files(file)
    page.locator("input[name=word]").fill("猜的")
    page.get_by_role("button", name="发送照片").click()
    page.locator(".wrong").wait_for()
    page.locator("input[type=file]").set_input_files(file)
    page.locator("input[name=word]").fill(word)
    tap(page, "发送照片")
    assert seen_by_riders(rider, address, name) == "开着"

    it_is("11:00")
    page.goto(f"{address}/desk/")
    page.get_by_text("离开一会儿").click()
    tap(page, "30 分钟")
    assert seen_by_riders(rider, address, name) in ("", "关着")

    it_is("11:20")
    page.goto(f"{address}/desk/")
    tap(page, "开门了")
    assert seen_by_riders(rider, address, name) in ("开着", "应当开着")


def test_desk_works_without_javascript(phone, address, desk, monkeypatch):
    page = phone(java_script_enabled=False)
    sign_in(page, address, desk.keeper)
    page.goto(f"{address}/desk/")

    page.get_by_role("button", name=re.compile("^开门了")).click()
    page.locator(".said").wait_for()
    monkeypatch.setattr(clock, "now", lambda: TUESDAY_10 + dt.timedelta(minutes=5))
    page.get_by_role("button", name=re.compile("^关门了")).click()

    page.get_by_role("button", name=re.compile("^开门了")).wait_for()


def fill_desk(desk: Desk) -> dict[User, list[str]]:
    """Give the doors of the desk something of everything; return who looks at which pages."""
    loud = Station.objects.select_related("union").get(code=LOUD)
    loud.evidence_lines.all().delete()  # the street's own has not the key of a real one
    now = TUESDAY_10
    Keeping.objects.create(
        user=desk.keeper,
        station=loud,
        is_substitute=True,
        since=now,
        until=now + dt.timedelta(days=3),
        named_by="x",
    )
    for _ in range(2):
        say(loud, "shut")
    say(loud, "open")
    say(loud, "shut")
    held = loud.facility_rows.first()
    assert held is not None
    Fault.objects.create(
        id=computed_id("fault", LOUD), station=loud, facility=held.facility, kind="broken", at=now
    )
    make_keeper(Station.objects.get(code="KQ003"))
    client = StrictClient()
    client.force_login(desk.keeper)
    client.post(
        f"/desk/{CODE}/closures/",
        {"starts_at": "2026-03-20T08:00", "ends_at": "2026-03-21T08:00", "reason": "repair"},
    )
    client.post(
        f"/desk/{CODE}/hours/",
        {"first_on": "2026-04-01", "last_on": "2026-04-02", "is_closed": "on"},
    )
    host = Host.objects.get()
    owner = GrantFactory.create(role=GrantedRole.KEEPER, union=loud.union).user
    Keeping.objects.create(user=owner, host=host, since=now, named_by="x")
    pages = ["/desk/", f"/desk/{LOUD}/today/", f"/desk/{LOUD}/record/", f"/desk/{CODE}/record/"]
    pages += [
        f"/desk/{CODE}/{page}/" for page in ("photo", "closures", "week", "hours", "substitute")
    ]
    close = f"/desk/hosts/{host.pk}/close/"
    return {desk.keeper: pages, owner: ["/desk/", close, f"{close}?{CLOSURE}"]}


@pytest.mark.parametrize("text", ["normal", "large"])
def test_pages_of_the_desk_are_quiet_and_fit_the_phone(phone, address, desk, text):
    wrong = []
    for user, pages in fill_desk(desk).items():
        page = phone()
        sign_in(page, address, user)
        page.context.add_cookies([{"name": "nx_text", "value": text, "url": address}])
        for path in pages:
            answer = page.goto(f"{address}{path}")
            width = page.evaluate(WIDTH)
            if answer.status != 200 or width > 360:
                wrong.append(f"{path}: {answer.status}, {width} px wide")

    assert wrong == []


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("text", ["normal", "large"])
def test_axe_finds_nothing_on_the_desk(
    open_page: Callable[..., Page], address, desk, language, text
):
    found = []
    for user, pages in fill_desk(desk).items():
        # the policy is held by the walk; here it would keep axe itself out
        page = open_page(bypass_csp=True)
        sign_in(page, address, user)
        cookies = {"nx_lang": language, "nx_text": text}
        page.context.add_cookies(
            [{"name": name, "value": value, "url": address} for name, value in cookies.items()]
        )
        for path in pages:
            page.goto(f"{address}{path}")
            found += [f"{path}: {finding}" for finding in findings(page)]

    assert not found, "\n".join(found)


def test_axe_finds_nothing_on_refused_forms(open_page: Callable[..., Page], address, desk):
    page = open_page(bypass_csp=True)
    sign_in(page, address, desk.keeper)
    found = []
    for name in ("photo", "closures", "hours"):
        page.goto(f"{address}/desk/{CODE}/{name}/")
        page.evaluate("document.querySelector('form.card, .card form').noValidate = true")
        page.locator("form .btn.go").click()
        page.locator(".wrong").first.wait_for()
        found += [f"{name}: {finding}" for finding in findings(page)]

    assert not found, "\n".join(found)
