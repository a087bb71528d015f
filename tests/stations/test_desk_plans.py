"""What a keeper announces at the desk: closures, other hours, substitutes, a host's outlets."""

import datetime as dt

import pytest
from django.conf import settings as site

from nuanxin.accounts.enums import GrantedRole
from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.core.models import AuditEvent
from nuanxin.regions.imports import import_calendar
from nuanxin.stations import outlets, snapshots
from nuanxin.stations.enums import ClosureReason, Lifecycle
from nuanxin.stations.models import Closure, DatedException, Keeping, Station
from tests.factories import GrantFactory, HostFactory, OutletFactory, UnionFactory
from tests.stations.door_world import make_keeper, make_station, state_of
from tests.stations.test_desk_views import signed_in

pytestmark = pytest.mark.django_db

CLOSURE = {"starts_at": "2026-03-12T08:00", "ends_at": "2026-03-13T08:00", "reason": "repair"}
HOURS = {"first_on": "2026-03-12", "last_on": "2026-03-13"}


@pytest.fixture(autouse=True)
def world(clock):
    import_calendar(site.ROOT / "data", by=SystemActor("test"))
    snapshots.holder.forget()
    yield
    snapshots.holder.forget()


@pytest.fixture
def now(clock):
    return clock.stop_at("tuesday morning")


@pytest.fixture
def station(now):
    return make_station(union=UnionFactory.create(code="NB", root=True))


@pytest.fixture
def desk(station):
    return signed_in(make_keeper(station))


def verbs() -> list[str]:
    return sorted(AuditEvent.objects.values_list("verb", flat=True))


# --- closures ---


def test_closure_is_announced_twice_and_stands_once(desk, station, clock):
    address = f"/desk/{station.code}/closures/"
    for _ in range(2):
        assert desk.post(address, CLOSURE | {"note": "装空调"})["Location"] == address

    closure = Closure.objects.get()
    assert closure.starts_at == core_clock.read_civil("2026-03-12T08:00")
    assert verbs().count("station.closure_filed") == 1
    assert "装空调" in desk.get(address).text
    assert state_of(station, clock.stop_at("2026-03-12T10:00")) == "closed"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"ends_at": "2026-03-12T07:00"}, "要在开始之后"),
        ({"starts_at": "2026-03-10T09:40"}, "已经过了"),
        ({"starts_at": "next week"}, ""),
        ({"reason": "away"}, ""),
        ({"note": "长" * 121}, ""),
    ],
)
def test_closure_that_does_not_fit_is_shown_again(desk, station, change, sentence):
    answer = desk.post(f"/desk/{station.code}/closures/", CLOSURE | change)

    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert sentence in answer.text
    assert not Closure.objects.exists()


def test_closure_is_taken_back_or_ended_in_one_tap(desk, station, clock):
    address = f"/desk/{station.code}/closures/"
    for start in ("2026-03-10T10:00", "2026-03-12T08:00"):
        desk.post(address, CLOSURE | {"starts_at": start})
    running, coming = Closure.objects.order_by("starts_at")
    now = clock.stop_at("2026-03-10T11:00")

    for closure in (running, coming):
        for _ in range(2):
            answer = desk.post(f"{address}{closure.pk}/withdraw/")
            assert (answer.status_code, answer["Location"]) == (303, address)

    assert Closure.objects.get().ends_at == now
    assert verbs().count("station.closure_withdrawn") == 1
    assert verbs().count("station.closure_ended") == 1


def test_closure_of_another_station_stays(desk, station):
    other = make_station(union=station.union)
    signed_in(make_keeper(other)).post(f"/desk/{other.code}/closures/", CLOSURE)
    desk.post(f"/desk/{station.code}/closures/{Closure.objects.get().pk}/withdraw/")

    assert Closure.objects.count() == 1


# --- other hours ---


@pytest.mark.parametrize(
    ("times", "hours"),
    [
        ({"is_closed": "on"}, "off"),
        ({"opens": "09:00", "closes": "17:30"}, "09:00-17:30"),
        (
            {"opens": "09:00", "closes": "12:00", "opens_again": "14:00", "closes_again": "20:00"},
            "09:00-12:00,14:00-20:00",
        ),
        ({"opens": "20:00", "closes": "06:00"}, "20:00-06:00"),
    ],
)
def test_other_hours_are_posted_and_taken_back(desk, station, times, hours):
    address = f"/desk/{station.code}/hours/"
    for _ in range(2):
        assert desk.post(address, HOURS | times)["Location"] == address
    exception = DatedException.objects.get()
    assert exception.hours == hours
    assert "03-12" in desk.get(address).text

    for _ in range(2):
        assert desk.post(f"{address}{exception.pk}/withdraw/")["Location"] == address
    assert not DatedException.objects.exists()
    assert verbs().count("station.exception_withdrawn") == 1


@pytest.mark.parametrize(
    "values",
    [
        HOURS,
        HOURS | {"is_closed": "on", "opens": "09:00", "closes": "10:00"},
        HOURS | {"opens": "09:00"},
        HOURS | {"opens": "09:00", "closes": "09:00"},
        HOURS | {"opens": "25:00", "closes": "09:00"},
        {"first_on": "2026-03-12", "last_on": "2026-03-11", "is_closed": "on"},
        {"first_on": "2026-03-09", "last_on": "2026-03-11", "is_closed": "on"},
        {"is_closed": "on"},
    ],
)
def test_other_hours_that_do_not_fit_are_shown_again(desk, station, values):
    answer = desk.post(f"/desk/{station.code}/hours/", values)

    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert not DatedException.objects.exists()


# --- a substitute ---


@pytest.fixture
def helper(station):
    return make_keeper(make_station(union=station.union, name="隔壁驿站"))


def test_substitute_is_named_and_works_until_the_end_of_the_last_day(desk, station, helper, clock):
    address = f"/desk/{station.code}/substitute/"
    assert f"{helper.display_name} · 隔壁驿站" in desk.get(address).text
    for _ in range(2):
        sent = desk.post(address, {"user": helper.pk, "last_on": "2026-03-11"})
        assert sent["Location"] == address
    assert Keeping.objects.filter(is_substitute=True).count() == 1
    assert verbs().count("keeping.named") == 1

    clock.stop_at("2026-03-11T23:59")
    other_desk = signed_in(helper)
    assert other_desk.post(f"/desk/{station.code}/open/").status_code == 303
    assert "代班" in other_desk.get("/desk/").text
    clock.stop_at("2026-03-12T00:00")
    assert other_desk.post(f"/desk/{station.code}/open/").status_code == 404


def test_what_another_keeps_off_the_map_is_not_told(desk, station, helper):
    Station.objects.filter(name="隔壁驿站").update(lifecycle=Lifecycle.SUSPENDED)

    page = desk.get(f"/desk/{station.code}/substitute/").text

    assert helper.display_name in page
    assert "隔壁驿站" not in page


def test_substitution_ends_in_one_tap(desk, station, helper):
    address = f"/desk/{station.code}/substitute/"
    desk.post(address, {"user": helper.pk, "last_on": "2026-03-11"})
    substitute = Keeping.objects.get(is_substitute=True)

    for _ in range(2):
        assert desk.post(f"{address}{substitute.pk}/end/").status_code == 303
    assert signed_in(helper).get(f"/desk/{station.code}/today/").status_code == 404
    assert verbs().count("keeping.ended") == 1


def test_keeping_of_ones_own_is_not_ended_at_the_desk(desk, station):
    own = Keeping.objects.get()

    assert desk.post(f"/desk/{station.code}/substitute/{own.pk}/end/").status_code == 404


@pytest.mark.parametrize("last_on", ["2026-03-09", "2026-06-01", "", "soon"])
def test_day_that_does_not_fit_is_shown_again(desk, station, helper, last_on):
    answer = desk.post(f"/desk/{station.code}/substitute/", {"user": helper.pk, "last_on": last_on})

    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text


def test_only_keepers_under_the_same_unions_may_stand_in(desk, station, helper):
    below = UnionFactory.create(parent=station.union)
    elsewhere = UnionFactory.create(code="HZ", root=True)
    strangers = [
        GrantFactory.create(role=GrantedRole.KEEPER, union=elsewhere).user,
        GrantFactory.create(role=GrantedRole.KEEPER, union=below).user,
        GrantFactory.create(role=GrantedRole.OFFICER, union=station.union).user,
        GrantFactory.create(role=GrantedRole.KEEPER, union=station.union, ended=True).user,
    ]
    address = f"/desk/{station.code}/substitute/"
    page = desk.get(address).text

    for stranger in strangers:
        assert str(stranger.pk) not in page
        answer = desk.post(address, {"user": stranger.pk, "last_on": "2026-03-11"})
        assert answer.status_code == 422
    assert str(helper.pk) in page


def test_desk_without_other_keepers_says_whom_to_ask(desk, station):
    assert "请先让工会登记一位" in desk.get(f"/desk/{station.code}/substitute/").text


# --- a host's outlets ---


@pytest.fixture
def host(station, now):
    host = HostFactory.create(name="某某银行")
    for number in range(3):
        make_station(
            union=station.union, outlet=OutletFactory.create(host=host), name=f"银行{number}"
        )
    far = UnionFactory.create(code="HZ", root=True)
    make_station(union=far, outlet=OutletFactory.create(host=host), name="外地银行")
    make_station(union=station.union, outlet=OutletFactory.create(), name="别家银行")
    return host


@pytest.fixture
def host_desk(host, station, now):
    user = GrantFactory.create(role=GrantedRole.KEEPER, union=station.union).user
    Keeping.objects.create(user=user, host=host, since=now, named_by="x")
    return signed_in(user)


def test_host_sees_what_it_closes_and_closes_it_in_one_form(host_desk, host, station):
    address = f"/desk/hosts/{host.pk}/close/"
    assert f"{address}" in host_desk.get("/desk/").text
    preview = host_desk.get(address, CLOSURE | {"note": "盘点"})

    assert preview.status_code == 200
    assert "将停用 3 个站点" in preview.text
    assert {f"银行{n}" for n in range(3)} == {s.name for s in preview.context["outlets"]}
    assert not Closure.objects.exists()

    for _ in range(2):
        assert host_desk.post(address, CLOSURE | {"note": "盘点"})["Location"] == "/desk/"
    closed = Closure.objects.filter(note="盘点", reason=ClosureReason.REPAIR)
    assert closed.count() == 3
    assert verbs().count("station.closure_filed") == 3


@pytest.mark.parametrize("method", ["get", "post"])
def test_form_of_a_host_that_does_not_fit_is_shown_again(host_desk, host, method):
    send = getattr(host_desk, method)
    answer = send(f"/desk/hosts/{host.pk}/close/", CLOSURE | {"ends_at": ""})

    assert answer.status_code == 422
    assert "将停用" not in answer.text


def test_keeper_of_one_outlet_closes_no_others(host, station):
    outlet = Station.objects.get(name="银行0")
    keeper = make_keeper(outlet)

    assert signed_in(keeper).get(f"/desk/hosts/{host.pk}/close/").status_code == 404


def test_officer_closes_the_outlets_of_the_own_subtree(host, station):
    officer = GrantFactory.create(union=station.union).user

    assert {s.name for s in outlets.outlets_of(host, officer)} == {f"银行{n}" for n in range(3)}
    answer = signed_in(officer).post(f"/desk/hosts/{host.pk}/close/", CLOSURE)
    assert answer.status_code == 303
    assert Closure.objects.count() == 3


def test_host_without_a_station_in_reach_closes_nothing(station, now):
    host = HostFactory.create()
    officer = GrantFactory.create(union=station.union).user

    answer = signed_in(officer).post(f"/desk/hosts/{host.pk}/close/", CLOSURE)

    assert answer.status_code == 404


def test_host_whose_stations_are_off_the_map_closes_nothing(host, station):
    Station.objects.filter(outlet__host=host).update(lifecycle=Lifecycle.SUSPENDED)
    officer = GrantFactory.create(union=station.union).user

    answer = signed_in(officer).post(f"/desk/hosts/{host.pk}/close/", CLOSURE)

    assert answer.status_code == 422
    assert "没有站点" in answer.text


def test_closure_that_is_over_is_not_listed(desk, station, clock):
    desk.post(f"/desk/{station.code}/closures/", CLOSURE)
    clock.stop_at("2026-03-14T08:00")

    assert "03-12" not in desk.get(f"/desk/{station.code}/closures/").text
    assert Closure.objects.get().ends_at < core_clock.now() + dt.timedelta(0)
