"""Sheets nobody has sent yet: traps of layout and of cells that the dev sheets do not hold."""

import datetime as dt
import io

import openpyxl
import pytest

from nuanxin.sheets.cell_dates import read_date
from nuanxin.sheets.cell_ids import RESIDENT, document_type, read_id
from nuanxin.sheets.cell_names import read_name
from nuanxin.sheets.cell_phones import read_phone
from nuanxin.sheets.cell_places import read_hours, read_point
from nuanxin.sheets.reading import read_sheet
from tests.sheets import books

IDS = books.IDS
MEMBER = ("序号", "姓名", "身份证号", "手机号")


def _members(*rows, **options):
    return read_sheet(books.xlsx(list(rows)), name="x", kind="member", **options)


def _stations(*rows, **options):
    merges = options.pop("merges", ())
    return read_sheet(books.xlsx(list(rows), merges=merges), name="x", kind="station", **options)


def test_grouped_contact_and_datum_are_read_from_the_group():
    reading = _stations(
        ["序号", "驿站名称", "站点位置", "负责人", "", "坐标（百度）", ""],
        ["", "", "", "姓名", "手机", "经度", "纬度"],
        [1, "甲驿站", "东路1号", "王强", "13800001111", 121.55, 29.87],
        merges=[(0, 3, 0, 4), (0, 5, 0, 6)],
    )

    fields = reading.accepted[0].fields
    assert (fields["name"], fields["contact"], fields["datum"]) == ("甲驿站", "王强", "bd09")


def test_columns_of_relatives_are_nobodys_fields():
    reading = _members(
        ["序号", "职工信息", "", "", "配偶信息", "", ""],
        ["", "姓名", "身份证号", "电话", "姓名", "身份证号", "电话"],
        [1, "甲一一", IDS[0], "13800001111", "乙二二", IDS[1], "13800001112"],
    )

    record = reading.accepted[0]
    assert (record.fields["name"], record.fields["phone"]) == ("甲一一", "13800001111")
    assert "乙二二" in record.extra.values()


def test_group_of_somebody_else_is_seen_above_headings_that_say_nothing_of_it():
    reading = _members(
        ["基本信息", "", "", "紧急联系人", "", "入会信息", ""],
        ["姓名", "身份证号", "本人电话", "姓名", "电话", "入会时间", "会员证号"],
        ["甲一一", IDS[0], "13800001111", "乙二二", "13800001112", "2024-05", "HY1"],
    )

    (record,) = reading.accepted
    assert (record.fields["name"], record.fields["phone"]) == ("甲一一", "13800001111")
    assert record.fields["member_no"] == "HY1"
    assert reading.rejected == []


def test_lines_above_a_table_are_no_groups():
    reading = _members(
        ["填报单位：某某工会", "", "紧急联系人：王五", ""],
        ["负责人", "王五", "联系人", "赵六"],
        MEMBER,
        [1, "甲一一", IDS[0], "13800001111"],
    )

    (record,) = reading.accepted
    assert (record.fields["name"], record.fields["phone"]) == ("甲一一", "13800001111")


@pytest.mark.parametrize("word", ["示例：张三", "例:李某某", "样例：王某"])
def test_name_that_calls_itself_an_example_is_one(word):
    reading = _members(
        MEMBER, [1, word, IDS[0], "13800001111"], [2, "乙二二", IDS[1], "13800001112"]
    )

    assert [record.fields["name"] for record in reading.accepted] == ["乙二二"]
    assert [row.kind for row in reading.skipped] == ["header", "example"]


@pytest.mark.parametrize(
    "hints",
    [
        ["", "（与身份证一致）", "（18位）", "（11位）"],
        ["必填", "必填", "必填，18位", "选填，11位手机号"],
        ["", "请填写真实姓名", "文本格式", "如有多个只填一个"],
    ],
)
def test_row_that_says_how_to_fill_the_columns_is_no_record(hints):
    reading = _members(
        MEMBER, hints, [1, "甲一一", IDS[0], "13800001111"], [2, "如意", IDS[1], "13800001112"]
    )

    assert [record.fields["name"] for record in reading.accepted] == ["甲一一", "如意"]
    assert reading.rejected == []


def test_signature_with_a_date_under_the_numbers_is_no_record():
    reading = _members(
        MEMBER, [1, "甲一一", IDS[0], "13800001111"], ["制表人：某某", "", "2026年11月", ""]
    )

    assert len(reading.accepted) == 1
    assert reading.rejected == []


@pytest.mark.parametrize(
    "headings",
    [
        ["姓名\nName", "身份证号码\nID Number", "手机号码\nMobile Phone"],
        ["1.您的姓名：", "2.请输入您的身份证号：", "3.您的手机号："],
        ["Name", "ID No.", "Mobile"],
    ],
)
def test_headings_of_questionnaires_and_in_two_languages_are_known(headings):
    reading = _members(headings, ["甲一一", IDS[0], "13800001111"])

    fields = reading.accepted[0].fields
    assert (fields["id_no"], fields["phone"]) == (IDS[0], "13800001111")


def test_group_that_is_called_information_makes_one_heading_with_its_parts():
    reading = _members(
        ["个人信息", "", "", "入会信息"],
        ["姓名", "证件信息", "", "入会时间"],
        ["", "类型", "号码", ""],
        ["甲一一", "身份证", IDS[0], "2024-05"],
    )

    fields = reading.accepted[0].fields
    assert (fields["id_no"], fields["id_type"]) == (IDS[0], "居民身份证")


def test_line_about_the_list_between_its_rows_is_nobody():
    reading = _members(
        ["姓名", "身份证号"],
        ["甲一一", IDS[0]],
        ["以上人员已核对", ""],
        ["乙二二", IDS[1]],
        ["丙三三", ""],
    )

    assert len(reading.accepted) == 2
    assert [(row.place.row, row.reason) for row in reading.rejected] == [(5, "id_missing")]


@pytest.mark.parametrize("heading", ["居民身份证", "身份证编号", "身份证NO", "证件编号"])
@pytest.mark.parametrize("phone", ["Tel", "联系电话1", "手机号（1）"])
def test_less_usual_headings_are_known(heading, phone):
    reading = _members(["成员姓名", heading, phone], ["甲一一", IDS[0], "13800001111"])

    assert reading.accepted[0].fields["id_no"] == IDS[0]
    assert reading.accepted[0].fields["phone"] == "13800001111"


def test_emergency_phone_alone_is_not_taken_for_the_members():
    reading = _members(["姓名", "身份证号", "紧急联系人电话"], ["甲一一", IDS[0], "13800001111"])

    assert reading.accepted[0].fields["phone"] is None


def test_second_header_with_other_columns_begins_anew():
    reading = _members(
        ["序号", "姓名", "性别", "身份证号", "手机号"],
        [1, "甲一一", "男", IDS[0], "13800001111"],
        ["第二批"],
        ["序号", "姓名", "手机号", "身份证号", "性别"],
        [1, "乙二二", "13800001112", IDS[1], "女"],
    )

    assert [r.fields["phone"] for r in reading.accepted] == ["13800001111", "13800001112"]


def test_two_records_in_a_row_are_told_by_their_blocks():
    reading = _members(
        [*MEMBER, "", *MEMBER],
        [1, "甲一一", IDS[0], "13800001111", "", 3, "丙三三", IDS[2], "13800001113"],
        [2, "乙二二", IDS[1], "13800001112", "", "", "", "", ""],
        [*MEMBER, "", *MEMBER],
        [4, "丁四四", IDS[3], "13800001114", "", 5, "戊五五", "", "13800001115"],
    )

    places = [(r.place.row, r.place.block) for r in reading.accepted]
    assert places == [(2, "L"), (2, "R"), (3, "L"), (5, "L")]
    assert [(r.place.block, r.reason, r.column) for r in reading.rejected] == [
        ("R", "id_missing", "H")
    ]


def test_numbers_of_columns_totals_and_prefilled_rows_are_no_records():
    reading = _members(
        MEMBER,
        ["甲", "乙", "1", "2"],
        [1, "甲一一", IDS[0], "13800001111"],
        [2, "", "", ""],
        ["合 计", "1人"],
        ["备注：如实填写"],
    )

    assert len(reading.accepted) == 1
    assert reading.rejected == []
    kinds = [row.kind for row in reading.skipped]
    assert kinds == ["header", "subheader", "blank", "total", "note"]


def test_total_written_into_one_cell_is_no_record():
    reading = _members(MEMBER[1:], ["甲一一", IDS[0], ""], ["总计：1人", "", ""])

    assert [row.kind for row in reading.skipped] == ["header", "total"]


def test_person_whose_name_is_a_total_is_kept():
    reading = _members(MEMBER, [1, "合计", IDS[0], "13800001111"])

    assert reading.accepted[0].fields["name"] == "合计"


def test_example_beside_a_record_takes_no_record_with_it():
    reading = _members(
        [*MEMBER, "", *MEMBER],
        [1, "张三", IDS[0], "13800138000", "", 2, "李某四", IDS[1], "13900000001"],
    )

    assert "李某四" in [record.fields["name"] for record in reading.accepted]


def test_district_written_once_for_its_rows_is_filled_with_a_warning():
    rows = [
        ["区县", "站点名称", "地址"],
        ["东区", "甲站", "1号"],
        ["", "乙站", "2号"],
        ["", "丙站", "3号"],
        ["西区", "丁站", "4号"],
        ["", "戊站", "5号"],
    ]

    reading = read_sheet(books.delimited(rows), name="x", kind="station")

    assert [r.fields["district"] for r in reading.accepted] == [
        "东区",
        "东区",
        "东区",
        "西区",
        "西区",
    ]
    assert "filled_down:district" in reading.accepted[1].warnings


def test_hidden_sheet_is_left_and_hidden_row_is_told():
    rows = [MEMBER, [1, "甲一一", IDS[0], ""]]
    content = books.xlsx(rows, rows, names=["在册", "旧"], hidden=["旧"], hidden_rows=[1])

    reading = read_sheet(content, name="x", kind="member")

    assert [(r.place.sheet, "row_hidden" in r.warnings) for r in reading.accepted] == [
        ("在册", True)
    ]


def test_facilities_in_columns_of_their_own_are_found_without_a_group():
    reading = _stations(
        ["站点名称", "地址", "饮水机", "微波炉", "备注"],
        ["甲站", "1号", "√", "×", ""],
        ["乙站", "2号", "有", "坏", ""],
    )

    assert [r.fields["facilities"] for r in reading.accepted] == [["饮水机"], ["饮水机"]]


def test_outlet_names_the_station_where_nothing_else_does():
    reading = _stations(
        ["序号", "网点名称", "地址", "负责人及电话"],
        [1, "甲银行驿站", "东路1号", "王强13800001111"],
    )

    fields = reading.accepted[0].fields
    assert (fields["name"], fields["contact"]) == ("甲银行驿站", "王强")


def test_member_with_landline_and_mobile_has_the_mobile():
    reading = _members(MEMBER, [1, "甲一一", IDS[0], "022-12345678、13800001111"])

    fields = reading.accepted[0].fields
    assert (fields["phone"], fields["phone_alt"]) == ("13800001111", "022-12345678")


def test_station_keeps_the_number_written_first():
    reading = _stations(books.STATION, ["东区", "甲站", "1号", "022-12345678 13800001111"])

    assert reading.accepted[0].fields["phone"] == "022-12345678"


def test_mapping_by_hand_comes_before_any_synonym():
    reading = _stations(
        ["点位", "地址", "联系电话"],
        ["甲站", "1号", "13800001111"],
        mapping={"点位": "name", "联系电话": ""},
    )

    assert reading.accepted[0].fields["name"] == "甲站"
    assert reading.accepted[0].fields["phone"] is None


def test_marked_headings_are_required_when_nobody_says_otherwise():
    reading = _members(["姓名*", "证件号码*", "手机号*"], ["甲一一", IDS[0], ""])

    assert reading.rejected[0].reason == "phone_missing"


def test_formula_is_never_kept_as_its_text():
    reading = _members(MEMBER, [1, "甲一一", IDS[0], '=VLOOKUP("x",A1:B2,2,0)'])

    assert "=" not in str(reading.accepted[0].fields)


def _unworked(*rows):
    """Return a workbook whose formulas nobody has worked out."""
    book = openpyxl.Workbook()
    sheet = book.create_sheet("台账", 0)
    for row in rows:
        sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def test_formula_without_a_value_is_summed_or_told():
    content = _unworked(
        ["站点名称", "地址", "面积", "联系电话"],
        ["甲站", "1号", "=SUM(E2:F2)", "", 10, 5],
        ["乙站", "2号", "=ROUND(E3,0)", "=A1&B1", 10, 5],
    )

    reading = read_sheet(content, name="x", kind="station")

    assert reading.accepted[0].fields["area_m2"] == 15
    assert reading.accepted[1].fields["area_m2"] is None
    assert "formula_no_cache:area_m2" in reading.accepted[1].warnings
    assert reading.accepted[1].fields["phone"] is None


def test_formula_that_is_only_a_text_is_that_text():
    content = _unworked(["姓名", "身份证号"], ["甲一一", f'="{IDS[0]}"'], ["乙二二", '=A1&"1"'])

    reading = read_sheet(content, name="x", kind="member")

    assert [record.fields["id_no"] for record in reading.accepted] == [IDS[0]]
    assert [record.reason for record in reading.rejected] == ["formula_no_cache"]


@pytest.mark.parametrize(
    ("cell", "name", "problem"),
    [
        ("*甲一一", "甲一一", ""),
        ("甲一一▲", "甲一一", ""),
        ("甲一一（组长）", "甲一一", ""),
        ("甲一*", None, "name_invalid"),
        ("甲**", None, "name_invalid"),
        ("甲一一/乙二二", None, "name_invalid"),
        ("甲一一、乙二二", None, "name_invalid"),
        ("甲一1", None, "name_invalid"),
        ("12、甲一一", "甲一一", ""),
        ("甲一一\n女", "甲一一", ""),
        ("甲一 男", "甲一", ""),
        ("甲 一 女", "甲一女", ""),
        ("阿依 · 古丽", "阿依·古丽", ""),
        ("O'Brien", "O'Brien", ""),
    ],
)
def test_name_spellings(cell, name, problem):
    assert read_name(cell)[:2] == (name, problem)


def test_duplicates_run_across_sheets():
    one = [MEMBER, [1, "甲一一", IDS[0], "13800001111"]]
    other = [MEMBER, [1, "甲一一", IDS[0], "13800001112"], [2, "乙二二", IDS[1], ""]]

    reading = read_sheet(books.xlsx(one, other), name="x", kind="member")

    assert [(r.reason, r.twin_row) for r in reading.rejected] == [("duplicate_conflict_phone", 2)]
    assert "conflict_phone_elsewhere" in reading.accepted[0].warnings


def test_number_shared_by_two_names_rejects_both():
    reading = _members(MEMBER, [1, "甲一一", IDS[0], ""], [2, "乙二二", IDS[0], ""])

    assert [r.reason for r in reading.rejected] == ["id_shared_by_names"] * 2


@pytest.mark.parametrize(
    ("cell", "value", "problem"),
    [
        ("二〇一九年十二月三十一日", "2019-12-31", ""),
        ("2019年12月 31日", "2019-12-31", ""),
        ("2019-13", None, "date_unparsed"),
        ("98.7", None, "date_unparsed"),
        (2012.1, None, "date_ambiguous"),
        (2012.11, "2012-11", ""),
        ("2012.1", "2012-01", ""),
        (45360.0, "2024-03-09", ""),
        (True, None, "date_unparsed"),
    ],
)
def test_date_spellings(cell, value, problem):
    assert read_date(cell)[:2] == (value, problem)


@pytest.mark.parametrize(
    ("cell", "number", "problem"),
    [
        ("138 0000 1111", "13800001111", ""),
        ("手机：13800001111", "13800001111", ""),
        ("\u202d13800001111\u202c", "13800001111", ""),
        ("02200002960", "022-00002960", ""),
        ("(022)00002960", "022-00002960", ""),
        ("12351", "12351", ""),
        ("138****1111", None, "phone_masked"),
        (1.38e9, None, "phone_invalid"),
        ("无", None, "phone_missing"),
    ],
)
def test_phone_spellings(cell, number, problem):
    phone = read_phone(cell, takes_landline=True)

    assert (phone.number, phone.problem) == (number, problem)


@pytest.mark.parametrize(
    ("cell", "value", "problem"),
    [
        (" 6201 0220 0001 0300 0x ", "62010220000103000X", ""),
        ("\u206862010220000103000X\u2069", "62010220000103000X", ""),
        (float(IDS[0]), None, "id_precision_lost"),
        ("31011319820917000O", None, "id_bad_char"),
        ("310113********0008", None, "id_masked"),
        ("待补", None, ""),
    ],
)
def test_identity_numbers(cell, value, problem):
    assert read_id(cell, document=RESIDENT, today=dt.date(2026, 11, 26))[:2] == (value, problem)


@pytest.mark.parametrize(
    ("kind", "cell", "value"),
    [
        ("居民身份证（二代）", IDS[0], IDS[0]),
        ("户口簿", IDS[0], IDS[0]),
        ("外国人永久居留证", "911156199001010002", "911156199001010002"),
        ("外国人永久居留身份证", "911156199001010003", None),
        ("外国人永久居留身份证", "USA330074010106", "USA330074010106"),
        ("普通护照（因私）", "EJ1234567", "EJ1234567"),
    ],
)
def test_numbers_of_other_documents(kind, cell, value):
    outcome = read_id(cell, document=document_type(kind), today=dt.date(2026, 11, 26))

    assert outcome[0] == value


@pytest.mark.parametrize(
    ("lng", "lat", "both", "point"),
    [
        (None, None, "(121.5，29.8)", (121.5, 29.8)),
        (None, None, "29.8,121.5", (121.5, 29.8)),
        ("东经121°30′", "北纬29°48′", None, (121.5, 29.8)),
        ("E121.5", "N29.8", None, (121.5, 29.8)),
        (0.0, 29.8, None, (None, None)),
        (121.5, None, None, (None, None)),
    ],
)
def test_positions(lng, lat, both, point):
    assert list(read_point(lng, lat, both)[:2]) == [pytest.approx(part) for part in point]


def test_hours_exported_as_a_share_of_the_day_are_a_time():
    assert read_hours("0.354166667") == ("08:30", "", ("time_from_serial",))


def test_hours_keep_brackets_and_join_lines():
    assert read_hours("周一（节假日除外）\n8：30～17：30")[0] == "周一（节假日除外）; 8:30-17:30"
