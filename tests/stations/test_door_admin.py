"""The office's hand in what is told at doors: keepers named, closures and codes taken back."""

from typing import Any

import pytest

from nuanxin.core import clock as core_clock
from nuanxin.core.models import AuditEvent
from nuanxin.stations import door_codes
from nuanxin.stations.models import Closure, Evidence, Fault, Host, Keeping, Station
from tests.factories import UserFactory
from tests.office_world import Office, make_office

pytestmark = pytest.mark.django_db

STATIONS = "/office/stations/station/"


@pytest.fixture(scope="module")
def built_office(shared_world) -> Any:
    return shared_world(make_office, at="tuesday morning")


@pytest.fixture
def office(office: Office, clock: Any) -> Office:
    # another moment than what made it; not later, or the closure of ten o'clock had begun
    clock.stop_at("2026-03-10T09:59:59")
    return office


def do(office: Office, act: str, data: dict[str, Any], role: str = "officer") -> Any:
    return office.client(role).post(f"{STATIONS}{office.station.pk}/{act}/", data)


def is_told(verb: str) -> bool:
    """Whether the trail tells of an act of this moment, in which nothing else was done."""
    return AuditEvent.objects.filter(verb=verb, at=core_clock.now()).exists()


def test_keeper_is_named_by_user_name_and_named_once(office):
    keeper = office.people["keeper"]
    for _ in range(2):
        answer = do(office, "name-keeper", {"username": keeper.username.upper()})
        assert answer.status_code == 302

    kept = Keeping.objects.get(user=keeper)
    assert (kept.station, kept.named_by) == (office.station, office.people["officer"].actor_key)
    assert AuditEvent.objects.filter(verb="keeping.named").count() == 1


@pytest.mark.parametrize("whom", ["nobody", "officer", "stranger"])
def test_whoever_has_no_keepers_role_here_is_not_named(office, whom):
    before = Keeping.objects.count()
    names = {"nobody": "nobody", "officer": office.people["officer"].username}
    name = names.get(whom) or UserFactory.create().username

    answer = do(office, "name-keeper", {"username": name})

    assert answer.status_code == 422
    assert Keeping.objects.count() == before


def test_keeper_of_all_outlets_is_named_by_the_whole_tree_alone(office):
    host, keeper = (
        Host.objects.filter(outlets__stations=office.station).get(),
        office.people["keeper"],
    )
    address = f"/office/stations/host/{host.pk}/name-keeper/"
    data = {"username": keeper.username}

    assert office.client("officer").post(address, data).status_code == 403
    assert office.client("admin").post(address, data).status_code == 302
    assert Keeping.objects.get(user=keeper).host == host


def test_keeping_ends_and_stays_as_history(office):
    kept = Keeping.objects.get(station=office.station)
    address = f"/office/stations/keeping/{kept.pk}/end-keeping/"

    assert office.client("auditor").post(address).status_code == 403
    assert office.client("officer").post(address).status_code == 302
    kept.refresh_from_db()
    assert kept.ended_by == office.people["officer"].actor_key
    assert is_told("keeping.ended")


def test_keepings_of_a_host_are_seen_where_it_has_an_outlet(office):
    hosts = {station.pk: station.outlet.host for station in Station.objects.all() if station.outlet}
    for station in (office.station, office.elsewhere):
        Keeping.objects.create(
            user=UserFactory.create(),
            host=hosts[station.pk],
            since=Keeping.objects.earliest("since").since,
            named_by="x",
        )

    seen = Keeping.objects.visible_to(office.people["officer"])

    assert {k.host for k in seen if k.host} == {hosts[office.station.pk]}
    assert seen.count() == 2
    assert Keeping.objects.visible_to(office.people["admin"]).count() == 4


def test_closure_is_withdrawn(office):
    closure = Closure.objects.get(station=office.station)
    page = office.client("officer").get(f"{STATIONS}{office.station.pk}/withdraw-closure/").text
    assert "2026-03-10 10:00 – 2026-03-10 12:00" in page

    assert do(office, "withdraw-closure", {"closure": closure.pk}).status_code == 302
    assert not Closure.objects.filter(pk=closure.pk).exists()
    assert is_told("station.closure_withdrawn")


def test_closure_of_another_station_is_not_withdrawn(office):
    closure = Closure.objects.get(station=office.elsewhere)

    assert do(office, "withdraw-closure", {"closure": closure.pk}).status_code == 422
    assert Closure.objects.filter(pk=closure.pk).exists()


def test_door_codes_are_voided(office):
    assert do(office, "void-door-codes", {}, role="auditor").status_code == 403
    assert do(office, "void-door-codes", {}).status_code == 302
    assert Station.objects.get(pk=office.station.pk).code_version == 2
    assert is_told("station.door_codes_voided")


@pytest.mark.parametrize(("mended", "state"), [("yes", "mended"), ("no", "refused")])
def test_fault_is_ended(office, mended, state):
    fault = Fault.objects.get(station=office.station)
    address = f"/office/stations/fault/{fault.pk}/end-fault/"

    assert office.client("auditor").post(address, {"mended": mended}).status_code == 403
    assert office.client("officer").post(address, {"mended": mended}).status_code == 302
    fault.refresh_from_db()
    assert fault.state == state
    assert is_told("station.fault_ended")


@pytest.mark.parametrize(("table", "model"), [("evidence", Evidence), ("fault", Fault)])
@pytest.mark.parametrize("role", ["admin", "officer", "auditor"])
def test_office_reads_what_was_told_and_never_which_device_told_it(office, table, model, role):
    row = model.objects.get(station=office.station)
    client = office.client(role)

    for path in ("", f"{row.pk}/change/"):
        page = client.get(f"/office/stations/{table}/{path}")
        assert page.status_code == 200
        assert not {key * 32 for key in "don"} & set(page.text.split('"'))
        assert row.device_key not in page.text


def test_shown_photo_stands_beside_its_word(office):
    word = Evidence.objects.get(station=office.station)
    page = office.client("officer").get(f"/office/stations/evidence/{word.pk}/change/").text

    assert f'src="/desk/proofs/{word.photo_digest}.webp"' in page


def test_officer_enters_a_new_keeper_and_sees_the_link_once(office):
    answer = do(office, "enter-keeper", {"display_name": "新师傅", "phone": ""})

    assert answer.status_code == 200
    assert "/k/" in answer.text
    assert Keeping.objects.get(user__display_name="新师傅").station == office.station
    assert do(office, "enter-keeper", {"display_name": " "}).status_code == 422
    assert do(office, "enter-keeper", {"display_name": "x"}, role="auditor").status_code == 403


def test_office_sees_the_two_codes_of_a_station_of_its_own(office):
    answer = do(office, "signs", {})

    assert answer.status_code == 200
    assert answer.text.count("<svg") >= 2
    for path in door_codes.sign_paths(office.station):
        assert f"http://testserver{path}" in answer.text
    assert do(office, "signs", {}, role="auditor").status_code == 403
    elsewhere = f"{STATIONS}{office.elsewhere.pk}/signs/"
    assert office.client("officer").post(elsewhere).status_code == 404
