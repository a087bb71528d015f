"""Who may change divisions and calendar, what is written, and what is written once."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import IntegrityError

from nuanxin.core.actors import Actor
from nuanxin.core.errors import Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.regions.enums import CalendarDayKind
from nuanxin.regions.models import CalendarDay, CalendarNotice, Division, DivisionSuccession
from nuanxin.regions.services import (
    DayOfNotice,
    StoredCounts,
    publish_calendar_notice,
    set_calendar_day,
    store_divisions,
)
from tests.regions.worlds import (
    COUNTY_ADMIN,
    DAY,
    OFFICER,
    STRANGER,
    SYSTEM,
    holiday,
    make_divisions,
    makeup,
    succession,
    unsaved_division,
)

pytestmark = pytest.mark.django_db

MAKEUP_DAY, FIRST_DAY = DAY(2026, 2, 14), DAY(2026, 2, 17)


def publish(*days: DayOfNotice, **changes: Any) -> CalendarNotice:
    values: dict[str, Any] = {
        "year": 2026,
        "document_number": "国办发明电〔2025〕7号",
        "published_on": DAY(2025, 11, 4),
        "title": "通知",
        "days": days or (makeup(MAKEUP_DAY), holiday(FIRST_DAY)),
        "by": SYSTEM,
    }
    return publish_calendar_notice(**values | changes)


def stored_days() -> dict[dt.date, str]:
    return dict(CalendarDay.objects.values_list("date", "kind"))


# --- a single day ---


def test_set_calendar_day_saves_the_day_and_who_set_it():
    day = set_calendar_day(
        date=FIRST_DAY,
        kind=CalendarDayKind.HOLIDAY,
        name_zh="春节",
        name_en="Spring Festival",
        by=SYSTEM,
    )

    assert CalendarDay.objects.get() == day
    event = AuditEvent.objects.get()
    assert (event.verb, event.actor_key, event.object_key) == (
        "calendar.day_set",
        "system:test",
        "2026-02-17",
    )
    assert event.data == {"kind": "holiday", "before": ""}


def test_set_calendar_day_again_writes_nothing():
    for _time in range(2):
        set_calendar_day(date=FIRST_DAY, kind=CalendarDayKind.WORKDAY, by=SYSTEM)

    assert AuditEvent.objects.count() == 1


def test_set_calendar_day_of_a_notice_frees_it_from_the_notice():
    publish()

    set_calendar_day(date=MAKEUP_DAY, kind=CalendarDayKind.REST, by=SYSTEM)

    day = CalendarDay.objects.get(pk=MAKEUP_DAY)
    assert (day.kind, day.notice, day.name_zh) == ("rest", None, "")
    assert AuditEvent.objects.get(verb="calendar.day_set").data == {
        "kind": "rest",
        "before": "makeup",
    }


@pytest.mark.parametrize(
    ("date", "kind"),
    [
        (FIRST_DAY, CalendarDayKind.MAKEUP),
        (FIRST_DAY, CalendarDayKind.REST),
        (MAKEUP_DAY, CalendarDayKind.WORKDAY),
    ],
)
def test_set_calendar_day_against_its_weekday_is_refused(date, kind):
    with pytest.raises(Invalid) as refusal:
        set_calendar_day(date=date, kind=kind, name_zh="名", name_en="name", by=SYSTEM)

    assert refusal.value.code == "kind_against_weekday"
    assert not CalendarDay.objects.exists()


def test_set_calendar_day_without_a_needed_name_is_refused():
    with pytest.raises(Invalid) as refusal:
        set_calendar_day(date=FIRST_DAY, kind=CalendarDayKind.HOLIDAY, name_zh="春节", by=SYSTEM)

    assert refusal.value.code == "day_unnamed"


# --- a notice ---


def test_publish_notice_saves_its_days_with_one_audit_row():
    notice = publish()

    assert CalendarNotice.objects.get() == notice
    assert stored_days() == {MAKEUP_DAY: "makeup", FIRST_DAY: "holiday"}
    assert set(CalendarDay.objects.values_list("notice_id", flat=True)) == {2026}
    event = AuditEvent.objects.get()
    assert (event.verb, event.object_key) == ("calendar.notice_published", "2026")
    assert event.data["days"] == 2


def test_publish_notice_again_writes_nothing(django_assert_num_queries):
    publish()

    with django_assert_num_queries(6):  # the savepoint and its release, three reads, one delete
        publish()

    assert AuditEvent.objects.count() == 1


def test_publish_corrected_notice_replaces_its_days():
    publish()

    publish(holiday(FIRST_DAY, "元宵节", "Lantern Festival"), holiday(DAY(2026, 2, 18)))

    assert stored_days() == {FIRST_DAY: "holiday", DAY(2026, 2, 18): "holiday"}
    assert CalendarDay.objects.get(pk=FIRST_DAY).name_zh == "元宵节"
    assert AuditEvent.objects.latest("at").data["withdrawn"] == 1


def test_publish_new_notice_overrules_a_day_set_before_it():
    set_calendar_day(date=MAKEUP_DAY, kind=CalendarDayKind.REST, by=SYSTEM)
    set_calendar_day(date=DAY(2026, 3, 7), kind=CalendarDayKind.REST, by=SYSTEM)

    publish()

    assert stored_days()[MAKEUP_DAY] == "makeup"
    assert stored_days()[DAY(2026, 3, 7)] == "rest"


def test_publish_same_notice_leaves_a_day_alone_that_was_set_since():
    publish()
    set_calendar_day(date=MAKEUP_DAY, kind=CalendarDayKind.REST, by=SYSTEM)

    publish()
    assert stored_days()[MAKEUP_DAY] == "rest"

    publish(published_on=DAY(2026, 1, 20))
    assert stored_days()[MAKEUP_DAY] == "makeup"


@pytest.mark.parametrize(
    ("days", "changes", "code"),
    [
        ([holiday(FIRST_DAY), holiday(FIRST_DAY)], {}, "date_twice"),
        ([holiday(DAY(2025, 11, 30))], {}, "date_of_other_year"),
        ([holiday(DAY(2027, 1, 1))], {}, "date_of_other_year"),
        ([makeup(FIRST_DAY)], {}, "kind_against_weekday"),
        ([holiday(FIRST_DAY, name_en="")], {}, "day_unnamed"),
        ([holiday(FIRST_DAY)], {"title": ""}, "notice_empty"),
        ([], {"days": []}, "notice_empty"),
        ([holiday(DAY(2007, 1, 1))], {"year": 2007}, "year_out_of_range"),
        ([holiday(DAY(2100, 1, 1))], {"year": 2100}, "year_out_of_range"),
    ],
)
def test_publish_notice_that_breaks_a_rule_writes_nothing(days, changes, code):
    with pytest.raises(Invalid) as refusal:
        publish(*days, **changes)

    assert refusal.value.code == code
    assert not CalendarNotice.objects.exists()
    assert not AuditEvent.objects.exists()


def test_publish_notice_may_reach_into_the_december_before():
    publish(makeup(DAY(2025, 12, 27)))

    assert stored_days() == {DAY(2025, 12, 27): "makeup"}


# --- divisions ---


def store(
    *divisions: Division, successions: Sequence[DivisionSuccession] = (), by: Actor = SYSTEM
) -> StoredCounts:
    return store_divisions(divisions=divisions, successions=successions, by=by)


def test_store_divisions_counts_new_changed_and_unchanged_rows():
    assert store(unsaved_division("3302"), unsaved_division("33")) == StoredCounts(2, 0, 0)

    counts = store(
        unsaved_division("33"), unsaved_division("3302", "宁波市"), unsaved_division("3303")
    )

    assert counts == StoredCounts(1, 1, 1)
    assert Division.objects.get(pk="3302").name == "宁波市"
    assert [event.data for event in AuditEvent.objects.order_by("at")] == [
        {"created": 2, "changed": 0},
        {"created": 1, "changed": 1},
    ]


def test_store_divisions_again_writes_nothing(django_assert_num_queries):
    rows = [
        unsaved_division("33"),
        unsaved_division("3302", seat_lat_wgs84=29.82, seat_lon_wgs84=1.0),
    ]
    passing = [succession("33", "3302", DAY(2021, 4, 9))]
    store(*rows, successions=passing)

    with django_assert_num_queries(4):  # the savepoint and its release, two reads
        counts = store(*rows, successions=passing)

    assert counts == StoredCounts(0, 0, 3)
    assert AuditEvent.objects.count() == 1


def test_store_divisions_never_removes_a_row():
    make_divisions("330103", "330105")
    succession("330103", "330105", DAY(2021, 4, 9)).save()

    store(unsaved_division("33"))

    assert Division.objects.count() == 4
    assert DivisionSuccession.objects.count() == 1


def test_store_divisions_with_one_wrong_row_writes_none():
    with pytest.raises(IntegrityError):
        store(unsaved_division("33"), unsaved_division("3302", name=""))

    assert not AuditEvent.objects.exists()


# --- rights ---


@pytest.mark.parametrize("actor", [STRANGER, OFFICER, COUNTY_ADMIN])
@pytest.mark.parametrize(
    "act",
    [
        lambda actor: set_calendar_day(date=FIRST_DAY, kind=CalendarDayKind.WORKDAY, by=actor),
        lambda actor: publish(by=actor),
        lambda actor: store(unsaved_division("33"), by=actor),
    ],
)
def test_only_administrators_of_the_whole_tree_may_write(act, actor):
    with pytest.raises(NotAllowed):
        act(actor)

    assert not Division.objects.exists()
    assert not CalendarDay.objects.exists()
