import datetime as dt
from typing import Any

import pytest
from icalendar import Calendar

from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.stations import services
from nuanxin.stations.enums import ClosureReason, Lifecycle
from nuanxin.stations.models import Closure, Station
from tests.stations.page_world import TUESDAY_10, make_street

pytestmark = pytest.mark.django_db
SYSTEM = SystemActor("test")
ADDRESS = "/s/KQ001/calendar.ics"


@pytest.fixture
def station(clock) -> Station:
    clock.stop_at("2026-03-10T10:00")
    return make_street()[0]


def closed(station: Station, *, in_days: int = 2, note: str = "") -> Closure:
    starts_at = TUESDAY_10 + dt.timedelta(days=in_days)
    return Closure.objects.create(
        id=computed_id("closure", station.code, str(in_days)),
        station=station,
        starts_at=starts_at,
        ends_at=starts_at + dt.timedelta(hours=3),
        reason=ClosureReason.REPAIR,
        note=note,
        filed_at=TUESDAY_10,
        filed_by="test",
    )


def events(response: Any) -> list[Any]:
    return Calendar.from_ical(response.content).walk("VEVENT")


def test_station_timetable_closure_stands_at_its_moments(client, station):
    closure = closed(station, note="换门锁；请去隔壁, 谢谢")

    response = client.get(ADDRESS)

    (event,) = events(response)
    assert response["Content-Type"] == "text/calendar; charset=utf-8"
    assert event.decoded("dtstart") == closure.starts_at
    assert event.decoded("dtend") == closure.ends_at
    assert str(event["uid"]) == f"closure-{closure.pk}@KQ001.nuanxin"
    assert "换门锁；请去隔壁, 谢谢" in str(event["description"])
    assert str(event["url"]).endswith("/s/KQ001/")


def test_station_timetable_other_hours_are_whole_days_with_the_last_one_in(client, station):
    services.set_exception(
        station=station,
        first_on=dt.date(2026, 3, 20),
        last_on=dt.date(2026, 3, 22),
        hours="09:00-12:00",
        by=SYSTEM,
    )

    (event,) = events(client.get(ADDRESS))

    assert event.decoded("dtstart") == dt.date(2026, 3, 20)
    assert event.decoded("dtend") == dt.date(2026, 3, 23)
    assert "09:00-12:00" in str(event["summary"])


def test_station_timetable_long_past_closures_are_gone(client, station):
    closed(station, in_days=-40)
    kept = closed(station, in_days=-20)

    found = [str(event["uid"]) for event in events(client.get(ADDRESS))]

    assert found == [f"closure-{kept.pk}@KQ001.nuanxin"]


def test_station_timetable_unchanged_is_304_and_changed_is_not(client, station):
    closed(station)
    tag = client.get(ADDRESS)["ETag"]

    again = client.get(ADDRESS, headers={"If-None-Match": tag})
    closed(station, in_days=3)
    changed = client.get(ADDRESS, headers={"If-None-Match": tag})

    assert again.status_code == 304
    assert changed.status_code == 200
    assert changed["ETag"] != tag


def test_station_timetable_of_a_station_off_the_map_is_404(client, station):
    Station.objects.filter(pk=station.pk).update(lifecycle=Lifecycle.SUSPENDED)

    assert client.get(ADDRESS).status_code == 404


def test_division_timetable_holds_what_is_planned_below_it(client, station):
    closed(station)
    other = Station.objects.exclude(pk=station.pk).order_by("code")[0]
    closed(other)
    hidden = Station.objects.exclude(pk__in=[station.pk, other.pk]).order_by("code")[0]
    closed(hidden)
    Station.objects.filter(pk=hidden.pk).update(lifecycle=Lifecycle.SUSPENDED)

    here = client.get("/closures/calendar.ics?division=330603")
    elsewhere = client.get("/closures/calendar.ics?division=3301")

    assert len(events(here)) == 2
    assert events(elsewhere) == []


@pytest.mark.parametrize("division", ["", "33", "330603x", "３３０６", "3306031"])
def test_division_timetable_of_no_division_is_refused(client, station, division):
    assert client.get("/closures/calendar.ics", {"division": division}).status_code == 422


def test_timetable_lines_are_folded_and_end_as_the_standard_says(client, station):
    closed(station, note="很长的说明" * 20)

    body = client.get(ADDRESS).content

    lines = body.split(b"\r\n")
    assert max(map(len, lines)) <= 75
    assert b"\n" not in body.replace(b"\r\n", b"")
    assert core_clock.now().isoformat()[:10].encode() not in body
