"""What strangers say at a door, what it is worth, and what it does to the door."""

import datetime as dt

import pytest
from django.conf import settings

from nuanxin.core.actors import SystemActor
from nuanxin.regions.imports import import_calendar
from nuanxin.stations import keeping, selectors
from nuanxin.stations.enums import Discount, Outcome, Place
from nuanxin.stations.models import DeskDevice, Evidence, EvidenceLine, OpeningRecord, StationChange
from tests.stations.door_world import make_keeper, make_station, marks, say, state_of

pytestmark = pytest.mark.django_db
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture(autouse=True)
def calendar():
    import_calendar(settings.ROOT / "data", by=SystemActor("test"))


@pytest.fixture
def now(clock):
    return clock.stop_at("tuesday morning")


@pytest.fixture
def station(now):
    return make_station()


def test_two_riders_close_a_door_and_a_third_frees_it(station, clock, now):
    keeper = make_keeper(station)

    first = say(station, "shut")
    assert state_of(station, now) == "doubtful"
    second = say(station, "shut", now=now)
    assert state_of(station, now) == "closed"

    keeping.open_door(station=station, by=keeper)
    assert state_of(station, now) == "doubtful"

    later = clock.stop_at("2026-03-10T10:20")
    say(station, "open")
    assert state_of(station, later) == "confirmed"
    for report in (first, second):
        report.refresh_from_db()
        assert report.outcome == Outcome.BORNE_OUT


def test_one_rider_closes_nothing(station, now):
    rider = marks()
    say(station, "shut", by=rider)
    say(station, "shut", by=rider)

    assert Evidence.objects.count() == 1
    assert state_of(station, now) == "doubtful"


@pytest.mark.parametrize(
    ("one", "other", "closes"),
    [
        ({}, {}, True),
        ({"age_s": 599}, {}, False),
        ({"origin": "x"}, {"origin": "x"}, False),
        ({"network": "x"}, {"network": "x"}, False),
        ({"device": "x"}, {"device": "x"}, False),
    ],
)
def test_reports_close_only_when_they_may_be_two_peoples(station, now, one, other, closes):
    say(station, "shut", by=marks(**one))
    say(station, "shut", by=marks(**other))

    assert (state_of(station, now) == "closed") is closes


def test_positions_that_nothing_anchors_lay_a_door_in_doubt_only(station, now):
    for _ in range(5):
        say(station, "shut", place=Place.NEAR)
    assert state_of(station, now) == "doubtful"
    assert not OpeningRecord.objects.filter(shut_until__isnull=False).exists()

    say(station, "shut", place=Place.DOOR_CODE)
    assert state_of(station, now) == "closed"


@pytest.mark.parametrize(
    ("place", "worth", "discount"),
    [
        (Place.DOOR_CODE, 1.0, ""),
        (Place.NEAR, 1.0, ""),
        (Place.UNKNOWN, 0.5, Discount.NO_PLACE),
        (Place.FAR, 0.0, Discount.FAR_AWAY),
    ],
)
def test_place_decides_the_worth(station, place, worth, discount):
    word = say(station, "shut", place=place)

    assert (word.worth, word.discount, word.place) == (worth, discount, place)


def test_word_worth_nothing_is_kept_and_changes_nothing(station):
    say(station, "shut", place=Place.FAR)

    assert Evidence.objects.count() == 1
    assert not EvidenceLine.objects.exists()
    assert not StationChange.objects.exists()


def test_keepers_own_devices_count_for_nothing(station, now):
    keeper = make_keeper(station)
    desk = marks(network="shop")
    keeping.remember_desk(user=keeper, marks=desk)
    assert DeskDevice.objects.count() == 1

    assert say(station, "open", by=desk).discount == Discount.KEEPERS_OWN
    private_window = marks(origin=desk.origin_key, network="shop")
    assert say(station, "open", by=private_window).discount == Discount.KEEPERS_OWN
    second_phone = say(station, "open", by=marks(network="shop"))
    assert (second_phone.worth, second_phone.discount) == (0.5, Discount.KEEPERS_NETWORK)


def test_another_stations_keeper_is_a_rider_here(station):
    desk = marks()
    keeping.remember_desk(user=make_keeper(make_station()), marks=desk)

    assert say(station, "open", by=desk).worth == 1.0


def test_report_outside_posted_hours_says_nothing(station, clock):
    clock.stop_at("2026-03-10T07:30")

    assert say(station, "shut").discount == Discount.NOT_POSTED_OPEN
    assert say(station, "open").worth == 1.0


def test_device_cannot_be_at_two_far_doors_at_once(station, clock):
    far = make_station(lat_wgs84=station.lat_wgs84 + 0.2, lon_wgs84=station.lon_wgs84)
    rider = marks()
    say(station, "shut", by=rider)

    assert say(far, "shut", by=rider).discount == Discount.TOO_FAST
    clock.stop_at("2026-03-10T11:10")
    assert say(far, "shut", by=rider).worth == 1.0


def test_reports_contradicted_from_inside_lay_a_door_in_doubt_never_close_it(station, now):
    say(station, "open")
    for _ in range(6):
        say(station, "shut")

    assert state_of(station, now) == "doubtful"


def test_device_that_was_contradicted_counts_less_and_less(station, clock, now):
    liar = marks()
    for hour, (worth, discount) in enumerate(
        [(1.0, ""), (0.5, Discount.ONCE_WRONG), (0.0, Discount.OFTEN_WRONG)]
    ):
        clock.stop_at(f"2026-03-10T{11 + hour}:00")
        word = say(station, "shut", by=liar)
        assert (word.worth, word.discount) == (worth, discount)
        say(station, "open")


def test_closure_ends_at_the_next_posted_opening(now):
    station = make_station(staffed_hours="Mo-Su 08:00-12:00,13:00-20:00")
    say(station, "shut")
    say(station, "shut")

    record = OpeningRecord.objects.get(pk=station.pk)
    assert record.shut_until == now + dt.timedelta(hours=3)


def test_closure_lasts_four_hours_at_most(station, now):
    say(station, "shut", now=now - 30 * MINUTE)
    say(station, "shut")

    assert OpeningRecord.objects.get(pk=station.pk).shut_until == now + dt.timedelta(hours=4)


def test_word_of_half_worth_turns_closed_into_doubtful_only(station, now):
    say(station, "shut")
    say(station, "shut")

    say(station, "open", by=marks(age_s=10))
    assert state_of(station, now) == "doubtful"


def test_absence_a_keeper_announces_costs_no_record_and_ends_by_itself(station, clock, now):
    keeper = make_keeper(station)
    say(station, "open")
    record = bytes(OpeningRecord.objects.get(pk=station.pk).times)

    keeping.close_door(station=station, by=keeper, back_at=now + 30 * MINUTE)
    assert state_of(station, now + MINUTE) == "closed"
    clock.stop_at("2026-03-10T10:10")
    assert say(station, "shut").discount == Discount.NOT_POSTED_OPEN

    assert bytes(OpeningRecord.objects.get(pk=station.pk).times) == record
    assert state_of(station, clock.stop_at("2026-03-10T10:31")) == "confirmed"


def test_rider_inside_ends_an_absence_the_keeper_forgot(station, clock, now):
    keeping.close_door(station=station, by=make_keeper(station), back_at=now + 60 * MINUTE)

    later = clock.stop_at("2026-03-10T10:20")
    say(station, "open")

    assert state_of(station, later) == "confirmed"


def test_keepers_later_word_takes_the_place_of_the_earlier_one(station, clock, now):
    keeper = make_keeper(station)
    keeping.open_door(station=station, by=keeper)
    keeping.close_door(station=station, by=keeper, back_at=now + 60 * MINUTE)
    assert not EvidenceLine.objects.exists()

    later = clock.stop_at("2026-03-10T10:20")
    keeping.open_door(station=station, by=keeper)

    assert state_of(station, later) == "confirmed"


def test_confirmed_after_a_closure_by_the_arithmetic_of_the_decision_record(station, clock, now):
    say(station, "shut")
    say(station, "shut")
    later = clock.stop_at("2026-03-10T10:20")
    say(station, "open")

    page = selectors.station_page(station.code, now_s=int(later.timestamp()))
    assert page.row is not None
    assert (page.row["state"], page.row["p"]) == ("confirmed", pytest.approx(0.995, abs=0.003))
