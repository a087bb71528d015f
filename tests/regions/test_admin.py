"""The calendar in the office: runs of days become a notice, a day is set by hand."""

import datetime as dt
from typing import Any

import pytest

from nuanxin.core.models import AuditEvent
from nuanxin.regions.models import CalendarDay, CalendarNotice
from nuanxin.regions.office_forms import spans_of
from nuanxin.regions.selectors import unconfirmed_years

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("office")]

NOTICES = "/office/regions/calendarnotice/"
DAYS = "/office/regions/calendarday/"
HEAD = {"year": "2027", "published_on": "2026-11-01", "heading": "关于2027年节假日安排的通知"}
SPRING = ("2027-02-05", "2027-02-11", "holiday", "春节", "Spring Festival")
MAKEUP = ("2027-02-13", "", "makeup", "春节调休上班", "Make-up workday")


def filled(*spans: tuple[str, ...], initial: int = 0) -> dict[str, Any]:
    data: dict[str, Any] = {
        **HEAD,
        "span-TOTAL_FORMS": str(len(spans)),
        "span-INITIAL_FORMS": str(initial),
    }
    names = ("first_on", "last_on", "kind", "name_zh", "name_en")
    for number, span in enumerate(spans):
        data |= {f"span-{number}-{name}": text for name, text in zip(names, span, strict=True)}
    return data


EMPTY = ("", "", "workday", "", "")


def test_notice_runs_of_days_are_published(office):
    answer = office.client("admin").post(f"{NOTICES}publish/", filled(SPRING, MAKEUP, EMPTY))

    assert answer.status_code == 302
    kinds = dict(CalendarDay.objects.filter(notice_id=2027).values_list("date", "kind"))
    assert len(kinds) == 8
    assert kinds[dt.date(2027, 2, 13)] == "makeup"
    assert AuditEvent.objects.filter(verb="calendar.notice_published", object_key="2027").exists()
    assert unconfirmed_years(on=dt.date(2026, 11, 2)) == []


@pytest.mark.parametrize(
    ("spans", "sentence"),
    [
        ([], "至少"),
        ([SPRING, SPRING], "两次"),
        ([("2027-02-08", "", "makeup", "补班", "Make-up")], "2027-02-08"),
        ([("2027-02-08", "2027-02-01", "holiday", "春节", "Spring")], "最后一天"),
        ([("2027-02-08", "2028-02-08", "holiday", "春节", "Spring")], "最后一天"),
        ([("2026-02-16", "", "holiday", "春节", "Spring")], "年"),
        ([("2027-02-08", "", "holiday", "", "")], "名"),
    ],
)
def test_notice_that_breaks_a_rule_is_shown_again_with_the_reason(office, spans, sentence):
    answer = office.client("admin").post(f"{NOTICES}publish/", filled(*spans))

    assert answer.status_code == 422
    assert sentence in answer.text
    assert not CalendarNotice.objects.filter(pk=2027).exists()


def test_notice_amended_shows_its_runs_and_replaces_them(office):
    client = office.client("admin")
    client.post(f"{NOTICES}publish/", filled(SPRING, MAKEUP))

    shown = client.get(f"{NOTICES}2027/amend/")
    assert 'value="2027-02-11"' in shown.text
    assert 'name="span-1-first_on" value="2027-02-13"' in shown.text
    half_empty = ("", "", "makeup", "春节调休上班", "Make-up workday")
    refused = client.post(f"{NOTICES}2027/amend/", filled(SPRING, half_empty, initial=2))
    assert refused.status_code == 422
    answer = client.post(f"{NOTICES}2027/amend/", filled(SPRING, EMPTY, initial=2))

    assert answer.status_code == 302
    assert CalendarDay.objects.filter(notice_id=2027).count() == 7


def test_spans_join_neighbours_of_one_name_only():
    def day(number: int, name: str = "春节") -> CalendarDay:
        return CalendarDay(date=dt.date(2027, 2, number), kind="holiday", name_zh=name, name_en="x")

    spans = spans_of([day(7), day(5), day(6), day(8, "元宵"), day(10, "元宵")])

    assert [(span["first_on"].day, span["last_on"].day) for span in spans] == [
        (5, 7),
        (8, 8),
        (10, 10),
    ]


def test_day_is_set_and_confirmed(office):
    data = {"date": "2027-05-04", "kind": "holiday", "name_zh": "劳动节", "name_en": "Labour Day"}
    answer = office.client("admin").post(f"{DAYS}set-day/", data)

    assert answer.status_code == 302
    day = CalendarDay.objects.get(pk="2027-05-04")
    assert (day.kind, day.notice) == ("holiday", None)


def test_day_against_its_weekday_is_refused_in_place(office):
    data = {"date": "2027-05-04", "kind": "makeup", "name_zh": "补班", "name_en": "Make-up"}
    answer = office.client("admin").post(f"{DAYS}set-day/", data)

    assert answer.status_code == 422
    assert "2027-05-04" in answer.text
    assert 'value="补班"' in answer.text
    assert not CalendarDay.objects.filter(pk="2027-05-04").exists()


def test_day_already_there_is_shown_in_its_form(office):
    answer = office.client("admin").get(f"{DAYS}2026-01-01/set-this-day/")

    assert 'value="2026-01-01"' in answer.text
    assert "元旦" in answer.text


@pytest.mark.parametrize("role", ["officer", "auditor"])
@pytest.mark.parametrize(
    "address", [f"{NOTICES}publish/", f"{NOTICES}2026/amend/", f"{DAYS}set-day/"]
)
def test_calendar_is_changed_by_administrators_only(office, role, address):
    assert office.client(role).get(address).status_code == 403
    assert office.client(role).post(address, filled(SPRING)).status_code == 403


@pytest.mark.parametrize("address", [NOTICES, DAYS])
def test_lists_name_the_year_without_a_notice(office, clock, address):
    clock.stop_at("2026-11-25T10:00")
    client = office.client("officer")
    assert "2027年尚无放假通知" in client.get(address).text

    CalendarNotice.objects.create(year=2027, published_on=dt.date(2026, 11, 1), title="通知")
    assert "尚无放假通知" not in client.get(address).text


def test_divisions_are_found_by_code_name_pinyin_and_initials(office):
    client = office.client("auditor")

    for text, count in (("330603", 2), ("地方3306", 3), ("difang", 7), ("df", 7), ("nowhere", 0)):
        listed = client.get("/office/regions/division/", {"q": text})
        assert listed.context["cl"].result_count == count, text
