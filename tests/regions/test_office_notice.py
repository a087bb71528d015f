"""A holiday notice pasted in the office: read, shown, and written on the second click."""

import datetime as dt

import pytest

from nuanxin.core.models import AuditEvent
from nuanxin.regions.models import CalendarDay, CalendarNotice
from tests.algorithms.test_calendars_notice import notice
from tests.office_world import Office

pytestmark = pytest.mark.django_db

PASTE = "/office/regions/calendarnotice/paste/"


@pytest.fixture
def office(office: Office) -> Office:
    # its own notice was published by a program, which stays in the trail
    CalendarDay.objects.all().delete()
    CalendarNotice.objects.all().delete()
    return office


def test_notice_is_shown_first_and_published_on_the_second_click(office):
    client, text = office.client("admin"), notice(2026)
    shown = client.post(PASTE, {"text": text, "do": "look"})

    assert shown.status_code == 200
    assert not CalendarNotice.objects.filter(year=2026).exists()
    form = shown.context["form"]
    assert len(form.changes) == len(form.days) == 39
    assert "2026-02-14 周六" in shown.text
    assert [cell.mark for week in form.months[1].weeks for cell in week if cell and cell.mark] == [
        "班", *["休"] * 9, "班",
    ]  # fmt: skip

    assert client.post(PASTE, {"text": text, "do": "publish"}).status_code == 302
    stored = CalendarNotice.objects.get(year=2026)
    assert stored.published_on == dt.date(2025, 11, 4)
    assert stored.days.count() == 39
    assert AuditEvent.objects.filter(verb="calendar.notice_published").count() == 2
    assert "日历里已经是这样" in client.post(PASTE, {"text": text, "do": "look"}).text


def test_correction_shows_only_what_changes(office):
    client = office.client("admin")
    client.post(PASTE, {"text": notice(2026), "do": "publish"})
    text = notice(2026).replace("1月4日（周日）上班", "1月10日（周六）上班")

    changes = client.post(PASTE, {"text": text}).context["form"].changes

    assert [(str(change.on), change.before, change.after) for change in changes] == [
        ("2026-01-04", "调休上班日 (元旦调休上班)", "休息日"),
        ("2026-01-10", "休息日", "调休上班日 (元旦调休上班)"),
    ]


@pytest.mark.parametrize("do", ["look", "publish"])
def test_notice_with_a_wrong_sentence_names_it_and_writes_nothing(office, do):
    text = notice(2026).replace("1月4日（周日）", "1月4日（周六）").replace("共9天", "共8天")
    answer = office.client("admin").post(PASTE, {"text": text, "do": do})

    assert answer.status_code == 422
    errors = answer.context["form"].errors["text"]
    assert [error.partition("：")[0] for error in errors] == [
        "星期对不上，应为 2026-01-04 周日",
        "天数对不上，算出来是 9 天",
    ]
    assert not CalendarDay.objects.filter(notice=2026).exists()


def test_notice_without_its_date_asks_for_it(office):
    client = office.client("admin")
    text = notice(2025).replace("2024年11月12日", "")
    asked = client.post(PASTE, {"text": text, "do": "publish"})
    told = client.post(PASTE, {"text": text, "do": "publish", "published_on": "2024-11-12"})

    assert asked.status_code == 422
    assert "请填写" in asked.text
    assert told.status_code == 302


@pytest.mark.parametrize("role", ["officer", "auditor"])
def test_notice_is_published_by_administrators_only(office, role):
    assert office.client(role).post(PASTE, {"text": notice(2026)}).status_code == 403
