"""A union office keeps its members: a list of five thousand, a transfer, and a mistyped number."""

import io
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from nuanxin.core.models import AuditEvent
from nuanxin.sheets.models import ImportBatch
from nuanxin.workers.models import Membership, Worker
from tests.browser.test_import_story import fetch, go, press, review, sign_in
from tests.browser.test_office_pages import fits, picture_of
from tests.browser.test_office_story import DESK, PHONE
from tests.factories import GrantFactory
from tests.workers import people
from tests.workers.roster_world import HEADS, make_world, person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COLUMNS = ("name", "id", "phone", "group", "platform", "joined", "no")
ROWS = 5_000
SPOILT = 4.1018419900101e17


@pytest.fixture
def world(settings):
    settings.TEMPLATES = [
        {**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": ""}}
        for engine in settings.TEMPLATES
    ]
    return make_world()


def messy_roster() -> bytes:
    """Return a workbook with titles, a sum, spaced names, a spoilt number and one mistyped."""
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "constant_memory": True}) as book:
        sheet = book.add_worksheet("花名册")
        sheet.write(0, 0, "吴兴区外卖行业联合工会会员花名册")
        sheet.write_row(1, 0, ["序号", *(HEADS[key] for key in COLUMNS)])
        for n in range(1, ROWS + 1):
            row = person(n, group="外卖骑手", platform="甲平台", joined="2021.6", no=f"WX{n}")
            row["name"] = " ".join(row["name"]) if n % 3 == 0 else row["name"]
            row["id"] = {7: SPOILT, 9: row["id"][:-1] + "Y"}.get(n, row["id"])
            sheet.write_row(n + 1, 0, [n, *(row[key] for key in COLUMNS)])
        sheet.write_row(ROWS + 2, 0, ["合计", f"{ROWS}人"])
    return sink.getvalue()


def test_officer_brings_five_thousand_members_corrects_brings_again_and_undoes_one(
    world, watched_page, live_server, tmp_path
):
    page: Any = watched_page()
    page.set_viewport_size(DESK)
    sign_in(page, live_server.url, world.officer.username)
    file = tmp_path / "花名册.xlsx"
    file.write_bytes(messy_roster())
    people.member(11, world.couriers)

    page.goto(f"{live_server.url}/office/sheets/importbatch/bring/")
    page.get_by_label("名单内容").select_option(label="会员花名册")
    page.get_by_label("谁的名单").select_option(label=world.riders.name)
    page.locator("input[type=file]").set_input_files(file)
    press(page, "导入表格")
    seen = review(page)
    assert f"新增 {ROWS - 3}" in seen
    assert "不可用 2" in seen
    assert "已是其他工会会员" in seen
    assert people.number_of(9)[:14] not in page.content()
    picture_of(page, "members-preview-1280")
    page.set_viewport_size(PHONE)
    assert fits(page, PHONE["width"])
    picture_of(page, "members-preview-360")
    page.set_viewport_size(DESK)
    go(page, "写入")
    press(page, "写入")
    assert f"已写入 {ROWS - 2} 条" in review(page)

    with page.expect_download() as waiting:
        fetch(page, "待改正的行")
    corrected = tmp_path / "改正.xlsx"
    waiting.value.save_as(corrected)
    correct(corrected)
    bring_members(page, live_server.url, corrected, world)
    seen = review(page)
    assert "新增 2" in seen
    assert f"无变动 {ROWS - 2}" in seen
    go(page, "写入")
    press(page, "写入")
    assert "已写入 2 条" in review(page)
    assert Worker.objects.count() == ROWS

    go(page, "撤销单行")
    page.get_by_label("表中行号").fill("9")
    press(page, "撤销单行")
    assert "已撤销" in page.content()
    assert Worker.objects.count() == ROWS - 1
    assert not Worker.objects.filter(pk=people.document(7).worker_id).exists()
    assert ImportBatch.objects.count() == 2


def bring_members(page: Any, address: str, file: Any, world: Any) -> None:
    page.goto(f"{address}/office/sheets/importbatch/bring/")
    page.get_by_label("名单内容").select_option(label="会员花名册")
    page.get_by_label("谁的名单").select_option(label=world.riders.name)
    page.locator("input[type=file]").set_input_files(file)
    press(page, "导入表格")


def correct(file: Any) -> None:
    book = openpyxl.load_workbook(file)
    sheet = book.worksheets[0]
    for n in (7, 9):
        assert sheet.cell(n + 2, len(COLUMNS) + 2).value
        sheet.cell(n + 2, 3).value = people.number_of(n)
        sheet.cell(n + 2, 3).number_format = "@"
    book.save(file)


def test_member_moves_from_union_to_union_and_both_answer(world, watched_page, live_server):
    people.member(1, world.couriers)
    here, there = (GrantFactory.create(union=u).user for u in (world.riders, world.couriers))
    page: Any = watched_page()
    page.set_viewport_size(DESK)
    sign_in(page, live_server.url, here.username)

    page.goto(f"{live_server.url}/office/workers/worker/enter-worker/")
    page.get_by_label("证件号码").fill(people.number_of(1))
    page.get_by_label("姓名").fill(people.name_of(1))
    page.locator("#id_union").fill(world.riders.code)
    page.get_by_role("checkbox", name="已对照证件核对").check()
    picture_of(page, "members-enter-1280")
    press(page, "登记劳动者")
    assert world.riders.name in page.content()
    picture_of(page, "members-worker-1280")

    other: Any = watched_page()
    sign_in(other, live_server.url, there.username)
    other.goto(f"{live_server.url}/office/workers/transfer/")
    other.locator("#result_list tbody a").first.click()
    picture_of(other, "members-transfer-360")
    assert fits(other, PHONE["width"])
    go(other, "同意转出")
    press(other, "同意转出")

    held = Membership.objects.held().get()
    assert held.union == world.riders
    assert AuditEvent.objects.filter(verb="transfer.done").exists()


def test_mistyped_number_is_corrected_by_two_people(world, watched_page, live_server):
    who = people.member(1, world.riders).worker
    two = [GrantFactory.create(union=world.county).user for _ in range(2)]
    page: Any = watched_page()
    page.set_viewport_size(DESK)
    sign_in(page, live_server.url, two[0].username)

    page.goto(f"{live_server.url}/office/workers/worker/?q={people.number_of(1)[-4:]}")
    page.locator("#result_list tbody a", has_text=who.name).first.click()
    assert people.number_of(1) not in page.content()
    go(page, "查看号码")
    page.locator("#act_form").get_by_role("button", name="查看号码").click()
    page.locator("[data-nx-document]").wait_for()
    assert page.locator("[data-nx-document]").inner_text() == people.number_of(1)
    picture_of(page, "members-numbers-1280")
    page.goto(f"{live_server.url}/office/workers/worker/{who.pk}/propose-merge/")
    page.get_by_label("证件号码").fill(people.number_of(2))
    press(page, "更正证件")
    page.goto(f"{live_server.url}/office/workers/workermerge/")
    page.locator("#result_list tbody a").first.click()
    page.wait_for_url("**/change/")
    assert page.locator("a", has_text="是同一人").count() == 0  # not by who proposed it

    second: Any = watched_page()
    second.set_viewport_size(DESK)
    sign_in(second, live_server.url, two[1].username)
    second.goto(f"{live_server.url}/office/workers/workermerge/")
    second.locator("#result_list tbody a").first.click()
    picture_of(second, "members-merge-1280")
    go(second, "是同一人")
    press(second, "是同一人：合并")

    assert Membership.objects.held().get().worker_id == people.document(2).worker_id
    revealed = AuditEvent.objects.get(verb="worker.revealed")
    assert revealed.actor_key == two[0].actor_key
