"""Notices as they were published, read day by day; and what is not understood is named."""

import csv
from datetime import date, timedelta
from pathlib import Path

import pytest

from nuanxin.algorithms.calendars import DayKind, notice_days
from nuanxin.algorithms.calendars_notice import NoticeFaultCode, read_notice

HEAD = """国务院办公厅关于{year}年
部分节假日安排的通知
国办发明电〔{before}〕{number}号

各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将{year}年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
"""
TAIL = """
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫、疫情防控等工作，遇有重大突发事件，要按规定及时报告并妥善处置，确保人民群众祥和平安度过节日假期。
国务院办公厅
{signed}
"""
NOTICES = {
    2024: (
        (2023, 7, "2023年10月25日"),
        """一、元旦：1月1日放假，与周末连休。
二、春节：2月10日至17日放假调休，共8天。2月4日（星期日）、2月18日（星期日）上班。鼓励各单位结合带薪年休假等制度落实，安排职工在除夕（2月9日）休息。
三、清明节：4月4日至6日放假调休，共3天。4月7日（星期日）上班。
四、劳动节：5月1日至5日放假调休，共5天。4月28日（星期日）、5月11日（星期六）上班。
五、端午节：6月10日放假，与周末连休。
六、中秋节：9月15日至17日放假调休，共3天。9月14日（星期六）上班。
七、国庆节：10月1日至7日放假调休，共7天。9月29日（星期日）、10月12日（星期六）上班。""",
    ),
    2025: (
        (2024, 12, "2024年11月12日"),
        """一、元旦：1月1日（周三）放假1天，不调休。
二、春节：1月28日（农历除夕、周二）至2月4日（农历正月初七、周二）放假调休，共8天。1月26日（周日）、2月8日（周六）上班。
三、清明节：4月4日（周五）至6日（周日）放假，共3天。
四、劳动节：5月1日（周四）至5日（周一）放假调休，共5天。4月27日（周日）上班。
五、端午节：5月31日（周六）至6月2日（周一）放假，共3天。
六、国庆节、中秋节：10月1日（周三）至8日（周三）放假调休，共8天。9月28日（周日）、10月11日（周六）上班。""",
    ),
    2026: (
        (2025, 7, "2025年11月4日"),
        """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。""",
    ),
}


def notice(year, *, items=None):
    (before, number, signed), own = NOTICES[year]
    head = HEAD.format(year=year, before=before, number=number)
    return head + (items or own) + TAIL.format(signed=signed)


def changed(old, new, year=2026):
    items = NOTICES[year][1]
    assert old in items
    return read_notice(notice(year, items=items.replace(old, new)))


def test_notices_that_were_published_agree_with_the_library_day_by_day():
    for year in NOTICES:
        reading = read_notice(notice(year))

        assert reading.faults == []
        read = {day.on: day.kind for day in reading.days}
        assert read == {row.on: row.kind for row in notice_days(year)}, year


def test_notices_that_were_published_agree_with_the_committed_days_to_the_letter():
    with Path("data/calendar_days.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))

    for year in NOTICES:
        said = [
            (str(day.on), day.kind.name.lower(), day.name_zh, day.name_en)
            for day in read_notice(notice(year)).days
        ]
        assert said == [
            (row["date"], row["kind"], row["name_zh"], row["name_en"])
            for row in rows
            if row["notice_year"] == str(year)
        ]


def test_head_and_signature_are_read():
    reading = read_notice(notice(2026))

    assert reading.year == 2026
    assert reading.title == "国务院办公厅关于2026年部分节假日安排的通知"
    assert reading.document_number == "国办发明电〔2025〕7号"
    assert reading.published_on == date(2025, 11, 4)


def test_advice_moves_no_day_and_is_shown_as_passed_over():
    passed_over = read_notice(notice(2024)).passed_over

    assert passed_over[0].startswith("鼓励各单位")
    assert len(passed_over) == 2


@pytest.mark.parametrize(
    "change",
    [str, lambda text: text.replace("\n", ""), lambda text: text.replace("\n", "\r\n \u3000")],
)
def test_line_breaks_and_spaces_do_not_matter(change):
    assert read_notice(change(notice(2025))).days == read_notice(notice(2025)).days


def test_dates_of_the_december_before_say_their_year():
    items = NOTICES[2026][1].replace(
        "1月1日（周四）至3日（周六）放假调休，共3天", "2025年12月31日至2026年1月2日放假调休，共3天"
    )
    days = [day.on for day in read_notice(notice(2026, items=items)).days]

    assert days[:3] == [date(2025, 12, 31) + timedelta(n) for n in range(3)]


@pytest.mark.parametrize(
    ("old", "new", "code", "found"),
    [
        ("4日（周六）至6日（周一）", "4日（周五）至6日（周一）", "wrong_weekday", "2026-04-04 周六"),
        ("1月4日（周日）上班", "1月4日（周六）上班", "wrong_weekday", "2026-01-04 周日"),
        ("共9天", "共8天", "wrong_count", "9"),
        ("1月4日（周日）上班", "1月5日上班", "not_a_weekend", "2026-01-05"),
        ("1月4日（周日）上班", "1月4日补班", "unread", ""),
        ("1月4日（周日）上班", "1月4日（周日）上班半天", "unread", ""),
        ("1月4日（周日）上班", "1月4日（周日）和11日上班", "unread", ""),
        ("1月4日（周日）上班", "上班", "unread", ""),
        ("至3日（周六）放假", "至32日放假", "no_such_date", "1-32"),
        ("2月28日（周六）上班", "2月29日上班", "no_such_date", "2-29"),
        ("1月4日（周日）上班", "1月3日上班", "twice", "2026-01-03"),
        ("1月4日（周日）上班", "2025年11月30日上班", "other_year", "2025-11-30"),
        ("5月1日（周五）至5日（周二）放假调休，共5天", "5月5日至1日放假", "no_such_date", "2026-05-05 – 2026-05-01"),
        ("三、清明节", "三、植树节", "unknown_holiday", "植树节"),
    ],
)  # fmt: skip
def test_sentence_that_does_not_fit_is_named(old, new, code, found):
    faults = [fault for fault in changed(old, new).faults if fault.code != "missing_holiday"]

    assert [(fault.code, fault.found) for fault in faults] == [(code, found)]
    assert faults[0].sentence.rstrip("。") in notice(2026).replace(old, new).translate(
        str.maketrans("（），：", "(),:")
    )


def test_holiday_that_is_missing_is_named():
    reading = changed("六、中秋节：9月25日（周五）至27日（周日）放假，共3天。\n", "")

    assert [(fault.code, fault.found) for fault in reading.faults] == [
        (NoticeFaultCode.MISSING_HOLIDAY, "中秋节")
    ]


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "no_year"),
        ("今年放假安排：1月1日放假。", "no_year"),
        (HEAD.format(year=2027, before=2026, number=1), "no_items"),
        ("一" * 7000, "too_long"),
    ],
)
def test_text_that_is_no_notice_is_refused(text, code):
    reading = read_notice(text)

    assert reading.days == []
    assert reading.faults[0].code == code


def test_every_kind_read_is_a_day_off_or_worked():
    kinds = {day.kind for year in NOTICES for day in read_notice(notice(year)).days}

    assert kinds == {DayKind.HOLIDAY, DayKind.MAKEUP}
