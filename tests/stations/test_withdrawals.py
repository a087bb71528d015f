"""Taking back closures, other hours and door codes."""

import datetime as dt

import pytest

from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.core.errors import NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.stations import door_codes, services, withdrawals
from nuanxin.stations.enums import ClosureReason, Place
from nuanxin.stations.models import Closure, DatedException, Station, StationChange
from tests.factories import UnionFactory
from tests.stations.door_world import make_keeper, make_station

pytestmark = pytest.mark.django_db

OFFICER = SystemActor("officer", scopes=(Scope(Role.OFFICER, "NB/"),))
ELSEWHERE = SystemActor("elsewhere", scopes=(Scope(Role.OFFICER, "HZ/"),))
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def now(clock):
    return clock.stop_at("tuesday morning")


@pytest.fixture
def station(now):
    return make_station(union=UnionFactory.create(code="NB", root=True))


@pytest.fixture
def keeper(station):
    return make_keeper(station)


def file(station, starts_at):
    return services.file_closure(
        station=station,
        starts_at=starts_at,
        ends_at=starts_at + 4 * HOUR,
        reason=ClosureReason.REPAIR,
        by=OFFICER,
    )


def post(station, first_on, last_on):
    return services.set_exception(
        station=station, first_on=first_on, last_on=last_on, hours="off", by=OFFICER
    )


def told():
    """Return how much was told: changes and the verbs of audit rows."""
    verbs = AuditEvent.objects.values_list("verb", flat=True)
    return StationChange.objects.count(), sorted(verbs)


def test_closure_that_has_not_begun_is_taken_back(station, keeper, now):
    closure = file(station, now + HOUR)
    withdrawals.withdraw_closure(closure=closure, by=keeper)

    assert not Closure.objects.exists()
    assert told() == (2, ["station.closure_filed", "station.closure_withdrawn"])


def test_closure_that_runs_ends_now(station, keeper, now):
    closure = file(station, now - HOUR)
    withdrawals.withdraw_closure(closure=closure, by=keeper)

    assert Closure.objects.get().ends_at == now
    before = told()
    withdrawals.withdraw_closure(closure=closure, by=keeper)
    assert told() == before
    assert "station.closure_ended" in before[1]


def test_closure_that_begins_this_very_moment_is_taken_back(station, keeper, now):
    withdrawals.withdraw_closure(closure=file(station, now), by=keeper)

    assert not Closure.objects.exists()


def test_other_hours_are_taken_back_from_today_on(station, keeper, now):
    today, day = now.date(), dt.timedelta(days=1)
    ahead = post(station, today, today + day)
    running = post(station, today - day, today + 2 * day)
    over = post(station, today - 3 * day, today - 2 * day)
    for exception in (ahead, running, over):
        withdrawals.withdraw_exception(exception=exception, by=keeper)

    kept = DatedException.objects.values_list("first_on", "last_on")
    assert set(kept) == {(today - day, today - day), (today - 3 * day, today - 2 * day)}
    assert told()[1].count("station.exception_withdrawn") == 2


def test_voided_codes_open_nothing(station):
    old = door_codes.signature(station, Place.DOOR_CODE)
    withdrawals.void_door_codes(station=station, by=OFFICER)

    station = Station.objects.get()
    assert station.code_version == 2
    assert door_codes.place_shown(station, old) is None
    assert AuditEvent.objects.get(verb="station.door_codes_voided").data == {"version": 2}


@pytest.mark.parametrize("by", [ELSEWHERE, SystemActor("nobody", scopes=())])
def test_others_take_nothing_back(station, now, by):
    closure, exception = file(station, now), post(station, now.date(), now.date())

    for refused in (
        lambda: withdrawals.withdraw_closure(closure=closure, by=by),
        lambda: withdrawals.withdraw_exception(exception=exception, by=by),
        lambda: withdrawals.void_door_codes(station=station, by=by),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_keeper_of_another_station_takes_nothing_back(station, now):
    other = make_keeper(make_station(union=station.union))

    with pytest.raises(NotAllowed):
        withdrawals.withdraw_closure(closure=file(station, now), by=other)


def test_keeper_voids_no_codes(station, keeper):
    with pytest.raises(NotAllowed):
        withdrawals.void_door_codes(station=station, by=keeper)
