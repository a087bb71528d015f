"""Two riders at a locked door, a keeper who says it is open, a rider who comes in; and everybody who watches."""

import datetime as dt
import itertools
import json
import re
import time
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from nuanxin.core import clock, devices
from nuanxin.stations import snapshots
from nuanxin.stations.enums import Outcome, Place
from nuanxin.stations.models import Evidence, Station
from tests.accounts.codes import PIN, keeper_link
from tests.factories import UnionFactory
from tests.stations.door_world import make_keeper, state_of
from tests.stations.page_world import LAT, LON, NEAR, TUESDAY_10, sign_of

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

_NUMBERS = itertools.count(1)
HERE = {"latitude": LAT + 0.0041, "longitude": LON}
AWAY = {"latitude": LAT + 0.1, "longitude": LON}
CODE, NAME = "KQ002", "轻纺城邮政支局"
OUTSIDE = f"/d/{CODE}/{sign_of(CODE, Place.DOOR_CODE)}/"
INSIDE = f"/i/{CODE}/{sign_of(CODE, Place.INSIDE_CODE)}/"

Rider = Callable[..., Page]


@pytest.fixture
def at(monkeypatch) -> Callable[[int], None]:
    """Return a function that puts the clock to some minutes after ten."""

    def put(minutes: int) -> None:
        moment = TUESDAY_10 + dt.timedelta(minutes=minutes)
        monkeypatch.setattr(clock, "now", lambda: moment)

    return put


@pytest.fixture
def rider(phone: Rider, address: str, monkeypatch) -> Rider:
    """Return a function that gives the phone of somebody who came here yesterday already."""
    monkeypatch.setattr(
        devices, "client_address", lambda request: request.headers["X-Forwarded-For"]
    )
    # a server has a thread that looks so often; here the requests look themselves
    monkeypatch.setattr(snapshots, "POLL_S", snapshots.LOOK_S)

    def known(**options: Any) -> Page:
        number = next(_NUMBERS)
        page = phone(
            user_agent=f"Phone {number}",
            extra_http_headers={"X-Forwarded-For": f"203.0.113.{number}"},
            **options,
        )
        token = devices.Token(f"rider{number}", clock.now_s() - 86_400)
        page.context.add_cookies(
            [{"name": devices.COOKIE, "value": token.signed(), "url": address}]
        )
        return page

    return known


def say(page: Page, words: str) -> str:
    """Tap an answer and return the address that shows what becomes of it."""
    page.get_by_role("button", name=words, exact=True).click()
    page.wait_for_url(re.compile(r"/r/[0-9a-f-]{36}/$"))
    return page.url


def state_in_list(page: Page, address: str, code: str) -> str:
    """Return the state of a door in the list around it; *gone* when the list leaves it out."""
    page.goto(f"{address}/?{NEAR}")
    door = page.locator(f'[data-nx-code="{code}"]')
    return str(door.get_attribute("data-nx-state")) if door.count() else "gone"


def tap_open_at_the_desk(desk: Page, address: str, station: Station) -> None:
    """Let a new keeper come in by link and PIN, and tap *open*."""
    station.union = UnionFactory.create(root=True)
    station.save()
    desk.goto(address + keeper_link(make_keeper(station)))
    for name in ("pin", "repeated"):
        desk.locator(f"input[name={name}]").fill(PIN)
    desk.locator("main form button[type=submit]").click()
    desk.wait_for_url(re.compile(r"/desk/$"))
    assert "门没开" in desk.locator("main").inner_text()
    desk.get_by_role("button", name="开门了").click()
    desk.wait_for_url(re.compile("/desk/#"))


@pytest.mark.smoke
@pytest.mark.parametrize(
    "options",
    [{}, {"java_script_enabled": False, "permissions": []}],
    ids=["script", "no script, no place"],
)
def test_door_is_closed_put_in_doubt_and_confirmed(rider, address, at, options):
    first, second, third, fourth = (rider(**options) for _ in range(4))
    assert state_in_list(third, address, CODE) == "expected"

    at(3)
    first.goto(address + OUTSIDE)
    told = [say(first, "门没开")]
    assert "记下了，等第二个人证实" in first.locator("h1").inner_text()
    at(10)
    second.goto(address + OUTSIDE)
    told.append(say(second, "门没开"))
    time.sleep(0.5)  # half of the second that is promised; how long it takes, says the benchmark
    assert state_in_list(third, address, CODE) == "gone"
    third.goto(f"{address}/s/{CODE}/")
    assert third.locator("[data-nx-state]").get_attribute("data-nx-state") == "closed"

    at(15)
    station = Station.objects.get(code=CODE)
    tap_open_at_the_desk(rider(**options), address, station)
    third.reload()
    assert third.locator("[data-nx-state]").get_attribute("data-nx-state") == "doubtful"

    at(20)
    fourth.goto(address + OUTSIDE)
    say(fourth, "进来了")
    third.reload()
    assert third.locator("[data-nx-state]").get_attribute("data-nx-state") == "confirmed"
    for page, link in zip((first, second), told, strict=True):
        page.goto(link)
        text = page.locator("main").inner_text()
        assert "你说得对" in text
        order = [text.index(words) for words in ("显示：关着", "显示：说不准", "显示：开着")]
        assert order == sorted(order)
    reports = Evidence.objects.filter(kind="door_report", station=station)
    assert set(reports.values_list("outcome", flat=True)) == {Outcome.BORNE_OUT}


@pytest.mark.parametrize(
    ("options", "place"),
    [
        ({"geolocation": HERE, "permissions": ["geolocation"]}, Place.NEAR),
        ({"geolocation": AWAY, "permissions": ["geolocation"]}, Place.FAR),
        ({"permissions": []}, Place.UNKNOWN),
        ({"java_script_enabled": False}, Place.UNKNOWN),
    ],
    ids=["here", "away", "denied", "no script"],
)
@pytest.mark.parametrize("start", [f"/?{NEAR}", f"/s/{CODE}/"], ids=["list", "station"])
def test_one_tap_from_list_or_station_counts_by_its_place(rider, address, start, options, place):
    page = rider(**options)
    page.goto(address + start)
    bodies: list[str] = []
    page.on("request", lambda request: bodies.append(f"{request.method} {request.url}"))
    name = f"门没开: {NAME}" if start.startswith("/?") else "门没开"

    say(page, name)

    assert Evidence.objects.get(device_key__gt="", station__code=CODE).place == place
    assert not [line for line in bodies if re.search(r"30\.\d{4}", line)]
    said = {Place.UNKNOWN: "只算半个人", Place.FAR: "离门口太远"}
    assert said.get(place, "记下了") in page.locator("main").inner_text()


def test_scan_inside_speaks_for_itself_once(rider, address):
    page = rider()

    page.goto(address + INSIDE)
    page.wait_for_url(re.compile(r"\?word="))

    assert Evidence.objects.filter(kind="inside_scan", place=Place.INSIDE_CODE).count() == 1
    assert "谢谢" in page.locator("#door").inner_text()
    page.reload()
    page.goto(f"{address}/places/")
    page.go_back()
    assert Evidence.objects.filter(kind="inside_scan", station__code=CODE).count() == 1


def test_scan_inside_without_a_script_is_one_tap(rider, address):
    page = rider(java_script_enabled=False)
    page.goto(address + INSIDE)
    assert not Evidence.objects.filter(station__code=CODE).exists()

    page.get_by_role("button", name="我在里面").click()

    assert Evidence.objects.filter(kind="inside_scan", station__code=CODE).count() == 1
    page.locator("summary", has_text="坏了").first.click()
    page.get_by_role("button", name="坏了，不能用").first.click()
    assert "1 人反映：坏了" in page.locator(".things").inner_text()


def test_every_answer_can_be_given_with_the_keyboard(rider, address):
    page = rider()
    page.goto(address + OUTSIDE)

    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.value") == "shut":
            break
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/r/"))

    assert Evidence.objects.filter(station__code=CODE, kind="door_report").exists()


@pytest.mark.parametrize("text", ["normal", "large"])
def test_answers_are_as_large_as_a_thumb(rider, address, text):
    page = rider()
    page.context.add_cookies([{"name": "nx_text", "value": text, "url": address}])

    for path in (OUTSIDE, f"/s/{CODE}/", f"/?{NEAR}"):
        page.goto(address + path)
        buttons = page.locator("main form button")
        assert buttons.count() >= 2
        for box in (button.bounding_box() for button in buttons.all() if button.is_visible()):
            assert box["height"] >= (60 if text == "large" else 48)


def watched(page: Page) -> None:
    """Let a page watch its doors; where the API has no route for it, the doors' own pages answer."""

    def answer(route: Route) -> None:
        codes = route.request.url.partition("codes=")[2].split(",")
        rows = [
            {"code": door.code, "state": state_of(door, clock.now())}
            for door in Station.objects.filter(code__in=codes)
        ]
        route.fulfill(
            content_type="application/json", body=json.dumps({"data": {"stations": rows}})
        )

    def wire(route: Route) -> None:
        if route.request.method != "GET":
            route.continue_()
            return
        response = route.fetch()
        html = response.text().replace('data-nx-live=""', 'data-nx-live="/watched"')
        route.fulfill(response=response, body=html)

    page.route("**/watched?*", answer)
    page.route(re.compile(r"/(\?|s/)"), wire)
    page.add_init_script("navigator.vibrate = (ms) => { window.buzzed = ms; return true; };")


@pytest.mark.parametrize("start", [f"/?{NEAR}", f"/s/{CODE}/"], ids=["list", "station"])
def test_open_page_changes_when_its_station_shuts(rider, address, at, start):
    watcher, others = rider(), [rider() for _ in range(2)]
    watched(watcher)
    watcher.goto(address + start)
    watcher.locator(f'summary[aria-label*="{NAME}"]' if "?" in start else "#door summary").focus()

    for page in others:
        page.goto(address + OUTSIDE)
        say(page, "门没开")

    said = watcher.locator("[data-nx-live]")
    expect(said).to_contain_text(f"{NAME}刚刚关了", timeout=8_000)
    assert watcher.evaluate("window.buzzed") == 200
    if "?" in start:
        assert watcher.locator(f'#results [data-nx-code="{CODE}"]').count() == 0
        assert watcher.evaluate("document.activeElement.id") == "results"
    else:
        assert watcher.locator("#door [data-nx-state]").get_attribute("data-nx-state") == "closed"
        assert watcher.evaluate("document.activeElement.tagName") == "SUMMARY"
        # forms of the fresh drawing still work
        say(watcher, "进来了")


def test_report_grows_while_it_is_looked_at(rider, address, at):
    first, second = rider(), rider()
    first.goto(address + OUTSIDE)
    say(first, "门没开")

    at(2)
    second.goto(address + OUTSIDE)
    say(second, "门没开")

    expect(first.locator("h1")).to_have_text("你说得对", timeout=15_000)
    expect(first.get_by_role("status")).to_have_text("你说得对")
