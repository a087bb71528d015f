"""What a station says of itself: acts of the office, each by one service."""

import datetime as dt
from decimal import Decimal

import pytest

from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.core.errors import Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.stations import describing
from nuanxin.stations.enums import Condition
from nuanxin.stations.models import (
    Closure,
    DatedException,
    Station,
    StationChange,
    StationFacility,
)
from tests.factories import FacilityFactory, UnionFactory, WelcomedGroupFactory
from tests.office_world import Office, make_office
from tests.stations.door_world import make_station

pytestmark = pytest.mark.django_db

STATIONS = "/office/stations/station/"


def officer(path: str) -> SystemActor:
    return SystemActor("officer", scopes=(Scope(Role.OFFICER, path),))


@pytest.fixture
def station():
    return make_station(union=UnionFactory.create(code="NB", root=True))


@pytest.fixture
def office(settings, tmp_path) -> Office:
    settings.MEDIA_ROOT = tmp_path
    return make_office()


ACTS = {
    "describe": lambda station, by: describing.describe_station(
        station=station, values={"floor": "二楼", "area_m2": Decimal("40.5")}, by=by
    ),
    "facility": lambda station, by: describing.set_facility(
        station=station,
        facility=FacilityFactory.create(code="water"),
        condition=Condition.BROKEN,
        expires_on=dt.date(2026, 12, 1),
        by=by,
    ),
    "groups": lambda station, by: describing.set_groups(
        station=station, groups=[WelcomedGroupFactory.create(code="rider")], by=by
    ),
}


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
def test_act_is_announced_once_and_written_once(station, act, writes_of):
    act(station, officer("NB/"))

    assert StationChange.objects.filter(station=station).count() == 1
    assert AuditEvent.objects.filter(object_key=str(station.pk), scope_path="NB/").count() == 1
    fresh = Station.objects.select_related("union").get(pk=station.pk)
    act(fresh, officer("NB/"))
    assert StationChange.objects.filter(station=station).count() == 1


@pytest.mark.parametrize("act", ACTS.values(), ids=ACTS)
@pytest.mark.parametrize(
    "by",
    [officer("HZ/"), SystemActor("keeper", scopes=(Scope(Role.KEEPER, "NB/"),))],
    ids=["elsewhere", "keeper"],
)
def test_act_is_not_for_others(station, act, by):
    with pytest.raises(NotAllowed):
        act(station, by)

    assert not StationChange.objects.exists()


def test_description_names_its_columns_in_the_trail_and_no_telephone(station):
    values = {"name": "新名驿站", "manager_phone": "13900000000", "floor": station.floor}
    describing.describe_station(station=station, values=values, by=officer("NB/"))

    event = AuditEvent.objects.get(verb="station.described")
    assert event.data == {"columns": ["name", "manager_phone"]}
    assert Station.objects.filter(search_text__contains="xinmingyizhan").count() == 1


@pytest.mark.parametrize("column", ["name", "address"])
def test_station_without_name_or_address_is_refused(station, column):
    with pytest.raises(Invalid) as refused:
        describing.describe_station(station=station, values={column: ""}, by=officer("NB/"))

    assert refused.value.code == "not_described"


def test_facility_is_taken_out_and_put_back(station):
    facility = FacilityFactory.create(code="water")
    for condition in (Condition.WORKING, None, None):
        describing.set_facility(
            station=station, facility=facility, condition=condition, by=officer("NB/")
        )
    assert not StationFacility.objects.filter(station=station).exists()
    assert AuditEvent.objects.filter(verb="station.facility_set").count() == 2


def test_groups_left_out_are_welcomed_no_longer(station):
    groups = [WelcomedGroupFactory.create(code=code) for code in ("rider", "driver", "cleaner")]
    describing.set_groups(station=station, groups=groups[:2], by=officer("NB/"))
    describing.set_groups(station=station, groups=groups[1:], by=officer("NB/"))

    assert set(station.group_rows.values_list("group_id", flat=True)) == {"driver", "cleaner"}
    event = AuditEvent.objects.filter(verb="station.groups_set").latest("at")
    assert event.data == {"before": ["driver", "rider"], "after": ["cleaner", "driver"]}


# --- in the office ---


def test_officer_describes_a_station(office):
    client, address = office.client("officer"), f"{STATIONS}{office.station.pk}/describe/"
    shown = client.get(address).context["form"]
    values = {name: field.value() or "" for name, field in ((f.name, f) for f in shown)}

    answer = client.post(address, values | {"entrance": "从北门进", "floors_count": "2"})

    assert answer.status_code == 302
    stored = Station.objects.get(pk=office.station.pk)
    assert (stored.entrance, stored.floors_count) == ("从北门进", 2)
    assert stored.name == office.station.name


def test_officer_sets_a_facility_and_the_groups(office):
    client, row = office.client("officer"), f"{STATIONS}{office.station.pk}/"
    data = {"facility": "water", "condition": "expired", "expires_on": "2026-01-01"}
    assert client.post(f"{row}set-facility/", data).status_code == 302
    assert office.station.facility_rows.get().condition == Condition.EXPIRED
    assert client.post(f"{row}set-facility/", data | {"condition": "absent"}).status_code == 302
    assert not office.station.facility_rows.exists()

    assert "checked" in client.get(f"{row}set-groups/").text
    assert client.post(f"{row}set-groups/", {"groups": []}).status_code == 302
    assert not office.station.group_rows.exists()


def test_plans_are_listed_and_withdrawn_by_the_own_office(office, clock):
    clock.stop_at("2026-03-01T08:00")
    client = office.client("officer")
    for name, model in (("closure", Closure), ("datedexception", DatedException)):
        own = model.objects.get(station=office.station)
        far = model.objects.get(station=office.elsewhere)
        listed = client.get(f"/office/stations/{name}/", {"when": "coming"}).context["cl"]
        assert [row.pk for row in listed.result_list] == [own.pk]
        for when in ("now", "over"):
            page = client.get(f"/office/stations/{name}/", {"when": when})
            assert page.context["cl"].result_count == 0
        assert client.post(f"/office/stations/{name}/{far.pk}/withdraw/").status_code == 404
        assert client.post(f"/office/stations/{name}/{own.pk}/withdraw/").status_code == 302
        assert not model.objects.filter(pk=own.pk).exists()
        assert model.objects.filter(pk=far.pk).exists()


def test_officer_closes_the_outlets_of_a_host_in_the_own_subtree(office):
    host = office.station.outlet.host
    data = {"starts_at": "2026-05-01T08:00", "ends_at": "2026-05-02T08:00", "reason": "repair"}
    answer = office.client("officer").post(f"/office/stations/host/{host.pk}/close-outlets/", data)

    assert answer.status_code == 302
    filed = Closure.objects.filter(starts_at=dt.datetime(2026, 5, 1, tzinfo=dt.UTC))
    assert {closure.station_id for closure in filed} == {office.station.pk}
