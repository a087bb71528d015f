"""An officer loads a messy workbook, decides, applies, corrects what was not taken, loads again, undoes."""

import io
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter

from nuanxin.sheets import working
from nuanxin.sheets.models import ImportBatch
from nuanxin.stations.models import Station
from tests.browser.test_office_pages import fits, picture_of
from tests.browser.test_office_story import DESK, PHONE
from tests.factories import PASSWORD
from tests.stations.import_world import HEADS, doors, make_world

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
COLUMNS = ("code", "name", "county", "town", "address", "brand", "hours", "lifecycle", "accepted_on", "lng", "lat", "facilities")  # fmt: skip


def messy_workbook() -> bytes:
    """Return a workbook as offices keep it: titles, broken headings, merged districts, a sum, a note."""
    rows = doors(6, county="柯桥区", town="华舍街道", brand="工会驿站", lifecycle="已验收", accepted_on="2024-06-12",
                 lng="120.4905", hours="8：30—17：30", facilities="空调、热水")  # fmt: skip
    rows[2]["brand"] = "没有的品牌"
    rows[4]["hours"] = "平日8:00-17:00"
    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True}) as book:
        sheet = book.add_worksheet("台账")
        sheet.merge_range(0, 0, 0, len(COLUMNS), "柯桥区工会驿站统计表")
        sheet.merge_range(1, 0, 1, len(COLUMNS), "填报日期：2026年10月")
        sheet.write_row(2, 0, ["序号", *(HEADS[key].replace("站点", "站点\n") for key in COLUMNS)])
        for number, row in enumerate(rows, start=1):
            sheet.write_row(2 + number, 0, [number, *(row[key] for key in COLUMNS)])
        sheet.merge_range(3, 3, 8, 3, "柯桥区")
        sheet.write(9, 0, "合　计")
        sheet.write(10, 0, "注：本表为演示数据。")
    return sink.getvalue()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_officer_loads_corrects_loads_again_and_undoes(
    watched_page, live_server, settings, tmp_path, size
):
    settings.TEMPLATES = [
        {**engine, "OPTIONS": {**engine["OPTIONS"], "string_if_invalid": ""}}
        for engine in settings.TEMPLATES
    ]
    world = make_world()
    page: Any = watched_page()
    page.set_viewport_size(size)
    sign_in(page, live_server.url, world.officer.username)
    file = tmp_path / "台账.xlsx"
    file.write_bytes(messy_workbook())

    bring(page, live_server.url, file)
    page.get_by_text("读取中").first.wait_for()
    working.work_off()
    page.get_by_text("写入之前请先回答").wait_for()  # the page looked again by itself
    page.locator("#review").get_by_role("link", name="列与问题").click()
    page.get_by_label("坐标来自").select_option(label="GPS、天地图（WGS 84、CGCS2000）")
    picture_of(page, f"import-columns-{size['width']}")
    press(page, "列与问题")
    seen = review(page)
    assert "没有这个品牌：没有的品牌" in seen
    picture_of(page, f"import-preview-{size['width']}")
    assert fits(page, size["width"])

    go(page, "处理存疑的行")
    page.get_by_label("驿站5").check()
    page.get_by_label("开放时间").select_option(index=1)
    press(page, "处理存疑的行")
    go(page, "写入")
    press(page, "写入")
    assert "已写入 5 条" in review(page)
    picture_of(page, f"import-applied-{size['width']}")
    assert Station.objects.get(code="KQ5").staffed_hours

    with page.expect_download() as waiting:
        fetch(page, "待改正的行")
    corrected = tmp_path / "改正.xlsx"
    waiting.value.save_as(corrected)
    correct(corrected)
    bring(page, live_server.url, corrected)
    seen = review(page)
    assert "新增 1" in seen
    assert "无变动 5" in seen
    go(page, "写入")
    press(page, "写入")
    assert "已写入 1 条" in review(page)
    assert Station.objects.count() == 6

    go(page, "撤销")
    press(page, "撤销")
    assert "已还原 1 条" in review(page)
    assert sorted(Station.objects.values_list("code", flat=True)) == [
        "KQ1",
        "KQ2",
        "KQ4",
        "KQ5",
        "KQ6",
    ]
    assert ImportBatch.objects.count() == 2


def sign_in(page: Any, address: str, username: str) -> None:
    page.goto(f"{address}/office/sign-in/?next=/office/")
    page.locator("input[name=username]").fill(username)
    page.locator("input[name=password]").fill(PASSWORD)
    page.locator("button[type=submit]").click()
    page.wait_for_url(f"{address}/office/")


def bring(page: Any, address: str, file: Path) -> None:
    page.goto(f"{address}/office/sheets/importbatch/bring/")
    page.locator("input[type=file]").set_input_files(file)
    press(page, "导入表格")


def press(page: Any, name: str) -> None:
    """Press the button of an act."""
    page.locator("#act_form").get_by_role("button", name=name).click()
    page.wait_for_url("**/change/")


def go(page: Any, name: str) -> None:
    """Follow the link of an act, which stands above the row or in its menu."""
    link = page.locator(f"a:has-text('{name}')").first
    page.goto(page.url.split("/office/")[0] + link.get_attribute("href"))


def fetch(page: Any, name: str) -> None:
    """Follow the link of a file, which may stand in a menu."""
    page.locator(f"a:has-text('{name}')").first.dispatch_event("click")


def review(page: Any) -> str:
    """Let the worker do what waits, and return what the page says once it has looked again by itself."""
    working.work_off()
    # a reload from here would cross the page's own, and one of the two would be broken off
    done = page.locator("#review:not(:has(> [role=status]))")
    done.wait_for()
    text: str = " ".join(done.inner_text().split())
    return text


def correct(file: Path) -> None:
    book = openpyxl.load_workbook(file)
    for row in book.worksheets[0].iter_rows():
        for cell in row:
            if cell.value == "没有的品牌":
                cell.value = "工会驿站"
    book.save(file)
