"""The days on which working calendars go wrong: make-up workdays, swapped rest days, no notice."""

import pytest
from django.conf import settings

from nuanxin.core.actors import SystemActor
from nuanxin.regions.imports import import_calendar
from nuanxin.stations import selectors, snapshots
from tests.conftest import StoppedClock
from tests.stations.page_world import NEAR, make_station, make_street

HOURS = {
    "weekdays as worked": "WD 08:30-17:30",
    "Monday to Friday": "Mo-Fr 09:00-17:00",
    "not on holidays": "Mo-Fr 09:00-17:00; PH off",
    "every day": "Mo-Su 08:00-18:00",
    "holidays too": "Sa-Su,PH 09:00-16:00",
}


@pytest.fixture
def doors(db, clock: StoppedClock):
    """Return the names of stations by code; each posts other hours, and the notices are published."""
    import_calendar(settings.ROOT / "data", by=SystemActor("test"))
    town = make_street()[0].division
    stations = {
        make_station(town, 10 + number, name, staffed_hours=hours).code: name
        for number, (name, hours) in enumerate(HOURS.items())
    }
    snapshots.holder.forget()
    yield stations
    snapshots.holder.forget()


def open_doors(doors, now_s, at):
    found = selectors.find_nearby(f"{NEAR}&at={at}&limit=50".encode(), now_s=now_s)
    states = {row["name"]: row["state"] for row in found["stations"]}
    return {name for name in doors.values() if states.get(name) == "expected"}, states


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        # Saturday, worked in exchange
        ("2026-02-14", {"weekdays as worked", "every day", "holidays too"}),
        # Spring Festival, a Tuesday
        ("2026-02-17", {"every day", "Monday to Friday", "holidays too"}),
        # Friday, a rest day that the notice swapped in
        ("2026-02-20", {"every day", "Monday to Friday", "holidays too"}),
        # Monday of the National Day week
        ("2026-10-05", {"every day", "Monday to Friday", "holidays too"}),
        # Saturday, worked in exchange
        ("2026-10-10", {"weekdays as worked", "every day", "holidays too"}),
        # an ordinary Tuesday, for comparison
        ("2026-03-10", {"weekdays as worked", "every day", "Monday to Friday", "not on holidays"}),
    ],
)
def test_states_follow_the_notice_of_the_year(doors, clock, day, expected):
    now = clock.stop_at(f"{day}T09:55")

    found, _states = open_doors(doors, int(now.timestamp()), f"{day}T10:00")

    assert found == expected


@pytest.mark.parametrize("day", ["2026-02-14", "2026-02-17", "2026-10-10"])
def test_states_are_the_same_seen_from_another_season(doors, clock, day):
    on_the_day = clock.stop_at(f"{day}T09:55")
    here, _states = open_doors(doors, int(on_the_day.timestamp()), f"{day}T10:00")
    from_afar = clock.stop_at("2026-06-10T10:00")

    there, _states = open_doors(doors, int(from_afar.timestamp()), f"{day}T10:00")

    assert there == here


@pytest.mark.parametrize("day", ["2029-02-13", "2029-02-12", "2029-10-01", "2029-09-29"])
def test_year_without_a_notice_is_unknown_around_its_holidays(doors, clock, day):
    now = clock.stop_at(f"{day}T09:55")

    found, states = open_doors(doors, int(now.timestamp()), f"{day}T10:00")

    assert found == set()
    assert set(states.values()) == {"unknown"}


def test_year_without_a_notice_knows_its_ordinary_days(doors, clock):
    now = clock.stop_at("2029-07-10T09:55")

    found, _states = open_doors(doors, int(now.timestamp()), "2029-07-10T10:00")

    assert "weekdays as worked" in found


@pytest.mark.parametrize("day", ["2026-02-14", "2026-10-05", "2029-10-01", "2026-03-10"])
def test_station_page_says_what_the_list_says(doors, clock, day):
    now_s = int(clock.stop_at(f"{day}T10:00").timestamp())
    found = selectors.find_nearby(f"{NEAR}&limit=50".encode(), now_s=now_s)["stations"]
    listed = {row["code"]: row["state"] for row in found}

    told = {code: selectors.station_page(code, now_s=now_s).row["state"] for code in doors}

    assert {code: state for code, state in told.items() if state != "closed"} == {
        code: state for code, state in listed.items() if code in doors
    }
