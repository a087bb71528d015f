"""A rider joins by a code on a phone, a hall joins together, and a worker takes their data and leaves."""

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from nuanxin.core import clock
from nuanxin.workers import ceremonies, memberships
from nuanxin.workers.enums import Channel
from nuanxin.workers.models import Membership, Worker
from tests.accounts.sms import NAME, Inbox
from tests.browser.test_import_story import go, press, sign_in
from tests.browser.test_office_pages import fits, picture_of
from tests.browser.test_office_story import DESK, PHONE
from tests.browser.test_offline_story import visit
from tests.workers import people
from tests.workers.joining_world import make_joinable

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
# what the chat's own browser says of itself: no place, nothing to install
CHAT = "Mozilla/5.0 (Linux; Android 11) AppleWebKit/537.36 Chrome/90.0 Mobile MicroMessenger/8.0.30"
RIDER = 5


@pytest.fixture
def world(settings):
    # Unfold's own pages count on silent variables
    settings.TEMPLATES = [
        {**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": ""}}
        for engine in settings.TEMPLATES
    ]
    settings.SMS_BACKEND = NAME
    Inbox.sent.clear()
    return make_joinable()


def show_phone(page: Any, phone: str) -> None:
    page.get_by_label("手机号码").fill(phone)
    page.get_by_role("button", name="获取验证码").click()
    page.get_by_label("六位数字验证码").wait_for()
    page.get_by_label("六位数字验证码").fill(Inbox.last_code())
    page.get_by_role("button", name="下一步").click()


def fill_in(page: Any, n: int) -> None:
    page.get_by_role("textbox", name="姓名").fill(people.name_of(n))
    page.get_by_label("证件号码").fill(people.number_of(n))
    page.get_by_label("您的职业").select_option(label="外卖配送员")
    page.get_by_label("平台或单位").fill("甲平台")
    page.get_by_role("checkbox").first.check()


def looked_at(page: Any, name: str) -> None:
    """Keep pictures at both widths; nothing runs out of the page."""
    for size in (DESK, PHONE):
        page.set_viewport_size(size)
        assert fits(page, size["width"]), name
        picture_of(page, f"{name}-{size['width']}")


def test_rider_joins_by_code_in_three_steps_inside_a_chat(world, watched_page, live_server):
    page: Any = watched_page(user_agent=CHAT, permissions=[])
    page.set_viewport_size(PHONE)
    page.goto(f"{live_server.url}/join/{world.riders.code}/")
    looked_at(page, "join-1")

    show_phone(page, people.phone_of(RIDER))
    page.get_by_role("button", name="加入", exact=True).wait_for()
    looked_at(page, "join-2")
    page.get_by_role("button", name="加入", exact=True).click()
    assert page.get_by_role("textbox", name="姓名").evaluate("e => !e.validity.valid")
    fill_in(page, RIDER)
    page.get_by_role("checkbox").first.uncheck()
    page.get_by_role("button", name="加入", exact=True).click()
    page.get_by_text("没有您的同意，不能为您登记。").wait_for()
    looked_at(page, "join-2-refused")
    page.get_by_role("checkbox").first.check()
    page.get_by_role("button", name="加入", exact=True).click()

    page.get_by_role("heading", name="完成：申请已提交").wait_for()
    looked_at(page, "join-3")
    membership = Membership.objects.get()
    assert (membership.worker_id, membership.channel) == (
        people.document(RIDER).worker_id,
        Channel.QR,
    )
    assert membership.worker.occupations.get().platform == "甲平台"
    assert membership.worker.consents.get().purpose == "membership"
    assert people.number_of(RIDER) not in page.content()


def test_rider_finds_their_union_below_that_of_a_station(world, watched_page, live_server):
    page: Any = watched_page()
    page.goto(f"{live_server.url}/join/{world.county.code}/")
    looked_at(page, "join-choose")
    page.get_by_label("名称、行业或地区").fill("kuaidi")
    page.get_by_role("button", name="查找").click()
    page.get_by_role("link", name=world.couriers.name).click()
    page.get_by_label("手机号码").wait_for()
    assert f"加入{world.couriers.name}" in page.get_by_role("heading", level=1).inner_text()


def test_hall_joins_together_and_the_screen_counts(world, watched_page, live_server):
    officer: Any = watched_page()
    officer.set_viewport_size(DESK)
    sign_in(officer, live_server.url, world.officer.username)
    officer.goto(f"{live_server.url}/office/workers/ceremony/open-ceremony/")
    officer.locator("#id_union").fill(world.riders.code)
    officer.get_by_label("标题").fill("外卖骑手集体入会仪式")
    now = clock.now().astimezone(dt.timezone(dt.timedelta(hours=8)))
    officer.get_by_label("开始时间").fill(f"{now - dt.timedelta(hours=1):%Y-%m-%dT%H:%M}")
    officer.get_by_label("结束时间").fill(f"{now + dt.timedelta(hours=2):%Y-%m-%dT%H:%M}")
    officer.get_by_label("预计人数").fill("3")
    press(officer, "发起集体入会")
    looked_at(officer, "ceremony-office")
    officer.set_viewport_size(DESK)

    hall: Any = watched_page()
    hall.set_viewport_size(DESK)
    hall.goto(live_server.url + officer.get_by_role("link", name="大屏幕").get_attribute("href"))
    assert hall.locator(".number").inner_text() == "0"
    link = hall.locator(".hall-code .quiet").inner_text()
    riders = [watched_page() for _n in range(2)]
    for n, rider in enumerate(riders):
        rider.goto(link)
        show_phone(rider, people.phone_of(n))
        fill_in(rider, n)
        rider.get_by_role("button", name="加入", exact=True).click()
        rider.get_by_role("heading", name="完成：申请已提交").wait_for()

    # nobody touches the screen
    expect(hall.locator(".number")).to_have_text("2")
    looked_at(hall, "ceremony-screen")
    enter_sheet(officer, 2)
    go(officer, "批准本次活动的全部申请")
    press(officer, "批准本次活动的全部申请")
    expect(hall.locator(".number")).to_have_text("3")
    assert {row.state for row in Membership.objects.all()} == {"active"}
    channels = sorted(row.channel for row in Membership.objects.all())
    assert channels == [Channel.CEREMONY, Channel.CEREMONY, Channel.PAPER]


def enter_sheet(officer: Any, n: int) -> None:
    """Enter the paper form of person ``n``."""
    go(officer, "录入纸质申请表")
    officer.get_by_role("textbox", name="姓名").fill(people.name_of(n))
    officer.get_by_label("证件号码").fill(people.number_of(n))
    officer.get_by_role("checkbox", name="会员实名登记").check()
    compared = officer.get_by_role("checkbox", name="已对照证件核对")
    expect(compared).not_to_be_checked()  # a declaration is made by hand
    compared.check()
    picture_of(officer, "ceremony-paper")
    press(officer, "录入纸质申请表")


def test_worker_shows_the_card_and_a_desk_checks_it_without_a_network(
    world, watched_page, open_page, live_server
):
    people.member(RIDER, world.riders)
    page: Any = watched_page()
    enter(page, live_server.url)
    page.get_by_role("link", name="出示会员卡").click()
    page.get_by_role("heading", name="会员卡").wait_for()
    looked_at(page, "card")
    card = page.locator("#card .key").text_content()

    desk: Any = open_page()
    visit(desk, live_server.url, "/card/check/", "/card/check/")
    desk.context.set_offline(True)
    desk.reload()
    for typed, said in (
        (card, "真实有效。"),
        (card[:-4] + "AAAA", "被改动过"),
        ("x", "不是本平台"),
    ):
        desk.get_by_label("二维码的内容").fill(typed)
        desk.get_by_role("button", name="核验").click()
        desk.locator("[data-nx-verdict]", has_text=said).wait_for()
        picture_of(desk, f"card-check-{said[:2]}")


def enter(page: Any, address: str, following: str = "") -> None:
    """Sign in as the rider."""
    page.goto(f"{address}/me/{following}")
    show_phone(page, people.phone_of(RIDER))
    page.get_by_label("身份证号码的后四位").fill(people.number_of(RIDER)[-4:])
    page.get_by_role("button", name="进入").click()


def test_worker_reads_takes_and_erases_their_entry(world, watched_page, live_server):
    membership = people.member(RIDER, world.riders)
    page: Any = watched_page()
    enter(page, live_server.url)
    looked_at(page, "own")
    page.get_by_role("link", name="保存了什么，谁看过").click()
    page.get_by_role("heading", name="保存了什么，谁看过").wait_for()
    looked_at(page, "own-kept")
    assert people.number_of(RIDER) not in page.content()

    page.goto(f"{live_server.url}/me/consents/")
    looked_at(page, "own-consents")
    page.goto(f"{live_server.url}/me/correct/")
    looked_at(page, "own-correct")
    page.goto(f"{live_server.url}/me/leave/")
    looked_at(page, "own-leave")
    page.goto(f"{live_server.url}/me/phone/")
    looked_at(page, "own-phone")
    page.goto(f"{live_server.url}/me/export/")
    looked_at(page, "own-export")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载文件（JSON）").click()
    taken = json.loads(Path(waiting.value.path()).read_text("utf-8"))
    assert people.number_of(RIDER) in json.dumps(taken)
    page.get_by_role("button", name="查看和打印").click()
    page.get_by_text(people.number_of(RIDER)).first.wait_for()
    looked_at(page, "own-exported")

    page.goto(f"{live_server.url}/me/erase/")
    looked_at(page, "own-erase")
    page.get_by_label("证件号码的后四位").fill("0000")
    page.get_by_role("button", name="永久删除").click()
    page.get_by_text("与您的证件后四位不符。").wait_for()
    page.get_by_label("证件号码的后四位").fill(people.number_of(RIDER)[-4:])
    page.get_by_role("button", name="永久删除").click()
    page.get_by_role("heading", name="您的信息已删除").wait_for()
    looked_at(page, "own-erased")
    worker = Worker.objects.get()
    assert (worker.name, worker.document_sealed, worker.phone_sealed) == ("", "", "")
    membership.refresh_from_db()
    assert membership.end_reason == "erased"


def test_officer_hands_out_poster_and_form(world, watched_page, live_server):
    now = clock.now()
    ceremony = ceremonies.open_ceremony(
        union=world.riders, title="集体入会", starts_at=now, ends_at=now + dt.timedelta(hours=2), by=world.officer,
    )  # fmt: skip
    page: Any = watched_page()
    sign_in(page, live_server.url, world.officer.username)
    path = f"/office/joining/{world.riders.code}/sheets.pdf?ceremony={ceremony.code}"
    answer = page.request.get(live_server.url + path)
    assert answer.status == 200
    assert answer.body().startswith(b"%PDF")
    assert memberships.approve_many(memberships=[], by=world.officer).done == []
