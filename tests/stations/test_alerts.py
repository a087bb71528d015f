"""Keepers are told once what happened at their door, and reminded when nobody opened it."""

import datetime as dt

import pytest
from django.conf import settings

from nuanxin.accounts.services import set_contact
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import OutboxMessage
from nuanxin.core.outbox import _unseal
from nuanxin.regions.imports import import_calendar
from nuanxin.stations import answers, keeping, reminders, services
from nuanxin.stations.enums import ClosureReason, Condition, FaultKind, Place
from nuanxin.stations.forgetting import forget_marks
from nuanxin.stations.models import Evidence, Fault, Keeping, Reminder, StationFacility
from tests.factories import FacilityFactory, HostFactory, OutletFactory
from tests.stations.door_world import make_keeper, make_station, marks, say, spot

pytestmark = pytest.mark.django_db
PROGRAM = SystemActor("test")


@pytest.fixture(autouse=True)
def calendar():
    import_calendar(settings.ROOT / "data", by=PROGRAM)


@pytest.fixture
def now(clock):
    return clock.stop_at("tuesday morning")


@pytest.fixture
def station(now):
    return make_station(name="暖心驿站")


@pytest.fixture
def keeper(station):
    user = make_keeper(station)
    return set_contact(user=user, phone="13000000001", notice_url="", by=PROGRAM)


def texts():
    rows = OutboxMessage.objects.order_by("enqueued_at", "pk")
    return [_unseal(row, "text") for row in rows]


def test_keeper_is_told_of_the_first_report_and_of_the_closure(station, keeper):
    say(station, "shut")
    assert len(texts()) == 1
    say(station, "shut")

    first, second = sorted(texts(), key=len)
    assert "暖心驿站门没开" in first
    assert "不再引导" in second
    row = OutboxMessage.objects.first()
    assert "13000000001" not in str(vars(row))


def test_flood_of_reports_is_no_flood_of_messages(station, keeper):
    for _ in range(8):
        say(station, "shut")

    assert len(texts()) == 2


def test_words_that_change_nothing_tell_nobody(station, keeper):
    say(station, "open")
    say(station, "shut", by=marks(), place="far")

    assert texts() == []


def test_keeper_without_a_contact_and_one_of_another_door_are_left_alone(station, now):
    make_keeper(station)
    other = make_keeper(make_station())
    set_contact(user=other, phone="13000000002", notice_url="", by=PROGRAM)

    say(station, "shut")

    assert texts() == []


def find_broken(station, facility, *, place=Place.DOOR_CODE):
    return answers.report_fault(
        station=station,
        facility_code=facility.code,
        kind=FaultKind.BROKEN,
        spot=spot(station, place),
        marks=marks(),
    )


@pytest.fixture
def microwave(station):
    facility = FacilityFactory.create(name_zh="微波炉")
    key = "00000000-0000-4000-8000-000000000001"
    StationFacility.objects.create(id=key, station=station, facility=facility)
    return facility


def test_keeper_is_told_of_a_fault_once_however_many_say_so(station, keeper, microwave):
    for _ in range(5):
        find_broken(station, microwave)

    (text,) = texts()
    assert "微波炉" in text


def test_fault_told_from_far_away_is_kept_and_tells_nobody(station, keeper, microwave):
    for _ in range(3):
        assert find_broken(station, microwave, place=Place.FAR).worth == 0.0

    assert texts() == []
    assert Fault.objects.count() == 3
    assert StationFacility.objects.get().condition == Condition.WORKING


# --- reminders ---


def test_reminder_is_planned_once_and_sent_ten_minutes_after_opening(station, keeper, clock):
    before = clock.stop_at("2026-03-10T07:00")
    assert reminders.plan(before) == 1
    assert reminders.plan(before) == 0
    assert Reminder.objects.get().due_at == clock.stop_at("2026-03-10T08:10")

    assert reminders.send(clock.stop_at("2026-03-10T08:09")) == 0
    assert reminders.send(clock.stop_at("2026-03-10T08:10")) == 1
    assert reminders.send(clock.stop_at("2026-03-10T08:11")) == 0
    assert "按公示08:00应开门" in texts()[0]
    assert Reminder.objects.get().is_sent


def test_keeper_who_opened_is_not_reminded(station, keeper, clock):
    reminders.plan(clock.stop_at("2026-03-10T07:00"))
    clock.stop_at("2026-03-10T07:50")
    keeping.open_door(station=station, by=keeper)

    assert reminders.send(clock.stop_at("2026-03-10T08:10")) == 0
    assert not Reminder.objects.get().is_sent


def test_report_of_a_shut_door_is_no_reason_not_to_remind(station, keeper, clock):
    reminders.plan(clock.stop_at("2026-03-10T07:00"))
    clock.stop_at("2026-03-10T08:05")
    say(station, "shut")

    assert reminders.send(clock.stop_at("2026-03-10T08:10")) == 1


def test_nobody_is_reminded_of_a_day_that_is_announced_shut(station, keeper, clock):
    before = clock.stop_at("2026-03-10T07:00")
    reminders.plan(before)
    services.file_closure(
        station=station,
        starts_at=before,
        ends_at=before + dt.timedelta(days=1),
        reason=ClosureReason.REPAIR,
        by=keeper,
    )

    assert reminders.send(clock.stop_at("2026-03-10T08:10")) == 0


def test_after_a_long_halt_nobody_is_reminded_of_the_morning(station, keeper, clock):
    reminders.plan(clock.stop_at("2026-03-10T07:00"))

    assert reminders.send(clock.stop_at("2026-03-10T10:00")) == 0
    assert Reminder.objects.get().done_at is not None


def test_station_that_nobody_keeps_or_that_never_shuts_has_no_reminder(station, clock):
    make_keeper(make_station(staffed_hours="24/7"))

    assert reminders.plan(clock.stop_at("2026-03-10T07:00")) == 0


def test_keeper_of_a_host_is_reminded_of_each_outlet(clock):
    moment = clock.stop_at("2026-03-10T07:00")
    host = HostFactory.create()
    first, _second = (make_station(outlet=OutletFactory.create(host=host)) for _ in range(2))
    make_station()
    user = make_keeper(first)
    Keeping.objects.filter(user=user).update(station=None, host=host)

    assert reminders.plan(moment) == 2


def test_words_stay_and_marks_are_forgotten(station, now):
    say(station, "shut", now=now - dt.timedelta(days=31))
    say(station, "shut", now=now - dt.timedelta(days=3))
    say(station, "shut")

    assert forget_marks(now) == 3
    assert forget_marks(now) == 0
    old, recent, fresh = Evidence.objects.order_by("at")
    assert (old.device_key, old.origin_key, old.network_key) == ("", "", "")
    assert recent.device_key
    assert not recent.origin_key
    assert fresh.origin_key
