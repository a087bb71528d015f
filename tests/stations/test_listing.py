"""What brings a station onto the public map."""

import datetime as dt
from typing import Any

import pytest

from nuanxin.core.actors import AnonymousActor, Role, Scope, SystemActor
from nuanxin.core.errors import Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.stations.enums import Lifecycle
from nuanxin.stations.listing import check_coordinates, set_lifecycle
from nuanxin.stations.models import Station, StationChange
from tests.factories import StationFactory

pytestmark = pytest.mark.django_db

SYSTEM = SystemActor("test")
DAY = dt.date(2026, 3, 1)
OTHERS = [
    AnonymousActor(),
    SystemActor("keeper", scopes=(Scope(Role.KEEPER),)),
    SystemActor("auditor", scopes=(Scope(Role.AUDITOR),)),
    SystemActor("elsewhere", scopes=(Scope(Role.OFFICER, "XS/"),)),
]


@pytest.fixture
def station() -> Station:
    return StationFactory.create(union__root=True, union__code="KQ")


def stored(station: Station) -> Station:
    return Station.objects.get(pk=station.pk)


def test_check_moves_the_point_and_notes_the_moment(station, clock):
    moment = clock.stop_at("leap day")
    check_coordinates(station=station, lat_wgs84=30.12345678, lon_wgs84=120.5, by=SYSTEM)

    checked = stored(station)
    assert (checked.lat_wgs84, checked.lon_wgs84) == (30.123457, 120.5)
    assert checked.coordinates_checked_at == moment
    assert StationChange.objects.filter(station=station).count() == 1


def test_check_of_the_same_point_confirms_it(station):
    for has_moved in (True, False):
        check_coordinates(station=station, lat_wgs84=30.0, lon_wgs84=120.0, by=SYSTEM)
        event = AuditEvent.objects.order_by("-at")[0]
        assert event.data == {"has_moved": has_moved}
        assert "30.0" not in str(event.data)


@pytest.mark.parametrize(
    "point", [(2.9, 120), (54.1, 120), (30, 72.9), (30, 136.1), (float("nan"), 120)]
)
def test_check_refuses_a_point_abroad(station, point):
    with pytest.raises(Invalid) as refused:
        check_coordinates(station=station, lat_wgs84=point[0], lon_wgs84=point[1], by=SYSTEM)

    assert refused.value.code == "point_abroad"
    assert stored(station).coordinates_checked_at is None


def test_station_is_accepted_with_its_day(station):
    set_lifecycle(station=station, lifecycle=Lifecycle.ACCEPTED, accepted_on=DAY, by=SYSTEM)

    accepted = stored(station)
    assert (accepted.lifecycle, accepted.accepted_on) == (Lifecycle.ACCEPTED, DAY)
    event = AuditEvent.objects.get()
    assert (event.verb, event.scope_path) == ("station.lifecycle_set", "KQ/")
    assert event.data == {"before": "proposed", "after": "accepted"}


def test_station_comes_back_with_the_day_it_had(station):
    set_lifecycle(station=station, lifecycle=Lifecycle.ACCEPTED, accepted_on=DAY, by=SYSTEM)
    set_lifecycle(station=station, lifecycle=Lifecycle.SUSPENDED, by=SYSTEM)
    set_lifecycle(station=station, lifecycle=Lifecycle.ACCEPTED, by=SYSTEM)

    assert stored(station).accepted_on == DAY


def test_same_stage_again_writes_nothing(station, writes_of):
    set_lifecycle(station=station, lifecycle=Lifecycle.ACCEPTED, accepted_on=DAY, by=SYSTEM)

    assert (
        writes_of(lambda: set_lifecycle(station=station, lifecycle=Lifecycle.ACCEPTED, by=SYSTEM))
        == []
    )


@pytest.mark.parametrize(
    ("accepted_on", "code"),
    [(None, "acceptance_undated"), (dt.date(2026, 3, 11), "acceptance_ahead")],
)
def test_acceptance_needs_a_day_that_has_come(station, clock, accepted_on, code):
    with pytest.raises(Invalid) as refused:
        set_lifecycle(
            station=station, lifecycle=Lifecycle.ACCEPTED, accepted_on=accepted_on, by=SYSTEM
        )

    assert refused.value.code == code
    assert "accepted_on" in refused.value.fields


@pytest.mark.parametrize("by", OTHERS)
def test_listing_takes_an_officer_of_the_union(station, by, writes_of):
    def act() -> None:
        with pytest.raises(NotAllowed):
            check_coordinates(station=station, lat_wgs84=30.0, lon_wgs84=120.0, by=by)
        with pytest.raises(NotAllowed):
            set_lifecycle(station=station, lifecycle=Lifecycle.DELISTED, by=by)

    assert writes_of(act) == []


@pytest.mark.parametrize(
    "columns",
    [
        {"listed": True},
        {},
        {"listed": True, "coordinates_checked_at": None},
        {"listed": True, "lat_wgs84": None, "lon_wgs84": None},
        {"listed": True, "lifecycle": Lifecycle.SUSPENDED},
    ],
)
def test_is_listed_agrees_with_the_query(columns: dict[str, Any]):
    station = StationFactory.create(**columns)

    assert station.is_listed is Station.objects.listed().filter(pk=station.pk).exists()
