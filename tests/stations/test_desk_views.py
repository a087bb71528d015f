"""The keeper's desk: whose doors it shows, and what one tap does."""

import datetime as dt
import re
from io import BytesIO

import pytest
from django.conf import settings as site
from django.test import Client

from nuanxin.accounts.enums import GrantedRole
from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.core.ids import computed_id
from nuanxin.core.models import AuditEvent
from nuanxin.regions.imports import import_calendar
from nuanxin.stations import day_word, snapshots
from nuanxin.stations.enums import ClosureReason, Condition, Outcome
from nuanxin.stations.models import (
    Closure,
    DatedException,
    DeskDevice,
    Evidence,
    Fault,
    Keeping,
    OpeningRecord,
    StationFacility,
)
from tests.conftest import StrictClient
from tests.factories import (
    FacilityFactory,
    GrantFactory,
    HostFactory,
    OutletFactory,
    UnionFactory,
    UserFactory,
)
from tests.office_world import picture
from tests.stations.door_world import make_keeper, make_station, say, state_of

pytestmark = pytest.mark.django_db

TODAY = dt.date(2026, 3, 10)
ACTS = ["open", "lock"]
PAGES = ["today", "photo", "record", "closures", "week", "hours", "substitute"]


@pytest.fixture(autouse=True)
def world(clock, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    import_calendar(site.ROOT / "data", by=SystemActor("test"))
    snapshots.holder.forget()
    yield
    snapshots.holder.forget()


@pytest.fixture
def now(clock):
    return clock.stop_at("tuesday morning")


@pytest.fixture
def station(now):
    made = make_station(union=UnionFactory.create(code="NB", root=True), name="金柯桥驿站")
    OpeningRecord.objects.create(station=made, hits=bytes([190] * 48), times=bytes([200] * 48))
    return made


@pytest.fixture
def keeper(station):
    return make_keeper(station)


@pytest.fixture
def desk(keeper):
    return signed_in(keeper)


def signed_in(user) -> StrictClient:
    client = StrictClient()
    client.force_login(user)
    return client


def tap(desk, station, act, **data):
    """Tap twice, as hasty thumbs do; return the page one is led to."""
    address = f"/desk/{station.code}/{act}/"
    for _ in range(2):
        answer = desk.post(address, data)
        assert answer.status_code == 303, answer.content.decode()
    return desk.get(answer["Location"])


def make_fault(station):
    facility = FacilityFactory.create(code="water")
    StationFacility.objects.create(
        id=computed_id("sf", station.code),
        station=station,
        facility=facility,
        condition=Condition.BROKEN,
    )
    return Fault.objects.create(
        id=computed_id("fault", station.code),
        station=station,
        facility=facility,
        kind="broken",
        at=core_clock.now(),
    )


# --- whose desk ---


def test_desk_shows_the_doors_one_keeps_and_no_others(desk, keeper, station, now):
    other = make_station(union=station.union, name="别家驿站")
    stood_in = make_station(union=station.union, name="代班驿站")
    Keeping.objects.create(
        user=keeper,
        station=stood_in,
        is_substitute=True,
        since=now,
        until=now + dt.timedelta(days=2),
        named_by="x",
    )
    host = HostFactory.create(name="某某银行")
    Keeping.objects.create(user=keeper, host=host, since=now, named_by="x")
    outlet = make_station(
        union=station.union, outlet=OutletFactory.create(host=host), name="银行驿站"
    )

    page = desk.get("/desk/").text

    for shown in (station, stood_in, outlet):
        assert shown.name in page
    assert other.name not in page
    assert "某某银行的网点" in page


def test_keeping_that_has_ended_leaves_the_desk(desk, keeper, station, now):
    Keeping.objects.filter(user=keeper).update(ended_at=now, ended_by="x")

    assert station.name not in desk.get("/desk/").text
    assert desk.post(f"/desk/{station.code}/open/").status_code == 404


def test_keeping_without_the_role_shows_nothing(desk, keeper, station):
    keeper.grants.update(ended_at=core_clock.now(), ended_by="x")

    assert desk.get("/desk/").status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_pages_of_another_keepers_station_are_not_there(station, keeper, page):
    other = signed_in(make_keeper(make_station(union=station.union)))

    assert signed_in(keeper).get(f"/desk/{station.code}/{page}/").status_code == 200
    assert other.get(f"/desk/{station.code}/{page}/").status_code == 404
    assert other.get(f"/desk/NOTHING/{page}/").status_code == 404


def test_acts_at_another_keepers_station_are_not_there(station, now):
    other = signed_in(make_keeper(make_station(union=station.union)))
    report, fault = say(station, "shut"), make_fault(station)
    host = HostFactory.create()

    for path in (
        f"{station.code}/open/",
        f"{station.code}/lock/",
        f"{station.code}/photo/",
        f"{station.code}/closures/",
        f"{station.code}/hours/",
        f"{station.code}/substitute/",
        f"{station.code}/reports/{report.pk}/contest/",
        f"{station.code}/faults/{fault.pk}/end/",
        f"{station.code}/closures/{report.pk}/withdraw/",
        f"{station.code}/hours/{report.pk}/withdraw/",
        f"{station.code}/substitute/{report.pk}/end/",
        f"hosts/{host.pk}/close/",
    ):
        assert other.post(f"/desk/{path}").status_code == 404, path
    assert Evidence.objects.get() == report


def test_row_of_another_station_is_not_reached_through_ones_own(desk, station):
    report = say(make_station(union=station.union), "shut")

    answer = desk.post(f"/desk/{station.code}/reports/{report.pk}/contest/")

    assert answer.status_code == 404


@pytest.mark.parametrize(
    ("role", "status"), [(GrantedRole.OFFICER, 200), (GrantedRole.AUDITOR, 404)]
)
def test_office_reaches_the_doors_of_its_subtree(station, role, status):
    office = signed_in(GrantFactory.create(role=role, union=station.union).user)
    elsewhere = make_station(union=UnionFactory.create(code="HZ", root=True))

    assert office.get("/desk/").status_code == status
    assert office.get(f"/desk/{station.code}/today/").status_code == status
    assert office.get(f"/desk/{elsewhere.code}/today/").status_code == 404


def test_somebody_without_a_role_has_no_desk(station):
    assert signed_in(UserFactory.create()).get("/desk/").status_code == 404


def test_stranger_is_sent_to_sign_in(client, station):
    assert client.get("/desk/").status_code == 302
    assert client.post(f"/desk/{station.code}/open/").status_code == 302
    assert not Evidence.objects.exists()


def test_tap_without_a_csrf_token_is_refused(keeper, station):
    careful = Client(enforce_csrf_checks=True)
    careful.force_login(keeper)

    assert careful.post(f"/desk/{station.code}/open/").status_code == 403
    page = careful.get("/desk/")
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page.text)
    assert token
    sent = careful.post(f"/desk/{station.code}/open/", {"csrfmiddlewaretoken": token[1]})
    assert sent.status_code == 303
    # with "no-referrer" browsers would send "Origin: null", which the check refuses
    assert page["Referrer-Policy"] == "same-origin"
    assert "private" in page["Cache-Control"]


@pytest.mark.parametrize("act", ACTS)
def test_looking_at_an_act_does_nothing(desk, station, act):
    assert desk.get(f"/desk/{station.code}/{act}/").status_code == 405
    assert not Evidence.objects.exists()


# --- open and lock up ---


def test_one_tap_opens_and_the_next_locks_up(desk, station, clock, now):
    page = tap(desk, station, "open")
    assert state_of(station, now) in ("confirmed", "expected")
    assert "金柯桥驿站：已记下 10:00 开门。" in page.text
    assert "关门了" in page.text

    later = clock.stop_at("2026-03-10T10:05")
    page = tap(desk, station, "lock")
    assert state_of(station, later) == "closed"
    assert "开门了" in page.text


@pytest.mark.parametrize(
    ("data", "until"),
    [
        ({"minutes": "30"}, "10:30"),
        ({"minutes": "60"}, "11:00"),
        ({"until": "14:15"}, "14:15"),
        ({}, "20:00"),
    ],
)
def test_keeper_is_away_until_a_time_and_back_with_one_tap(desk, station, clock, data, until):
    tap(desk, station, "lock", **data)

    closure = Closure.objects.get(reason=ClosureReason.AWAY)
    assert f"{core_clock.from_epoch_s(int(closure.ends_at.timestamp())):%H:%M}" == until
    later = clock.stop_at("2026-03-10T10:10")
    tap(desk, station, "open")
    assert state_of(station, later) in ("confirmed", "expected")


@pytest.mark.parametrize("data", [{"minutes": "7"}, {"until": "soon"}, {"until": "09:00"}])
def test_time_that_does_not_fit_is_refused_in_words(desk, station, data):
    page = tap(desk, station, "lock", **data)

    assert not Closure.objects.exists()
    assert 'class="said error"' in page.text


def test_second_tap_within_two_minutes_is_no_second_finding(desk, station, clock):
    for second in (0, 5, 119):
        clock.stop_at(f"2026-03-10T10:{second // 60:02d}:{second % 60:02d}")
        desk.post(f"/desk/{station.code}/lock/", {"minutes": "30"})
    assert Evidence.objects.filter(kind="keeper_close").count() == 1
    assert Closure.objects.get(ends_at__gt=core_clock.now()).ends_at == core_clock.read_civil(
        "2026-03-10T10:31:59"
    )

    clock.stop_at("2026-03-10T10:02:10")
    desk.post(f"/desk/{station.code}/open/")
    clock.stop_at("2026-03-10T10:02:20")
    desk.post(f"/desk/{station.code}/lock/")
    assert Evidence.objects.filter(kind="keeper_close").count() == 2


def test_night_shift_comes_back_tomorrow(keeper, station, clock):
    clock.stop_at("2026-03-10T23:00")
    tap(signed_in(keeper), station, "lock", until="06:30")

    assert Closure.objects.get().ends_at == core_clock.read_civil("2026-03-11T06:30")


def test_tap_leads_back_to_the_page_it_was_made_on(desk, station):
    station_page = desk.post(f"/desk/{station.code}/open/", {"from": "station"})["Location"]

    assert station_page == f"/desk/{station.code}/today/"
    assert desk.post(f"/desk/{station.code}/open/")["Location"] == f"/desk/#s-{station.code}"


@pytest.mark.parametrize(
    ("time", "is_due"), [("08:09", False), ("08:10", True), ("19:00", True), ("20:05", False)]
)
def test_reminder_stands_from_ten_minutes_after_the_opening(desk, station, clock, time, is_due):
    clock.stop_at(f"2026-03-10T{time}")

    assert ("您开门了吗" in desk.get("/desk/").text) is is_due


def test_reminder_goes_with_the_first_tap(desk, station, clock):
    clock.stop_at("2026-03-10T07:40")
    tap(desk, station, "open")
    clock.stop_at("2026-03-10T09:00")

    assert "您开门了吗" not in desk.get("/desk/").text


def test_planned_closure_silences_the_reminder_and_is_shown(desk, station, now):
    desk.post(
        f"/desk/{station.code}/closures/",
        {"starts_at": "2026-03-10T10:00", "ends_at": "2026-03-10T18:00", "reason": "repair"},
    )
    page = desk.get("/desk/").text

    assert "您开门了吗" not in page
    assert "03-10 18:00" in page


# --- what was said ---


def test_report_is_shown_without_its_teller_and_contested_in_one_tap(desk, station, now):
    first, second = say(station, "shut"), say(station, "shut")
    page = desk.get("/desk/").text
    assert page.count("</b> 有人说门没开") == 2
    assert first.device_key not in page

    tap(desk, station, f"reports/{first.pk}/contest")
    assert state_of(station, now) == "doubtful"
    first.refresh_from_db()
    assert first.contested_at == now
    assert AuditEvent.objects.filter(verb="station.report_contested").count() == 1
    page = desk.get("/desk/").text
    assert "站长 10:00 说不属实" in page
    assert f"{second.pk}/contest/" in page
    assert f"{first.pk}/contest/" not in page


def test_report_contradicted_by_others_needs_no_contest(desk, station):
    report = say(station, "shut")
    Evidence.objects.filter(pk=report.pk).update(outcome=Outcome.CONTRADICTED)

    assert "/contest/" not in desk.get("/desk/").text
    page = tap(desk, station, f"reports/{report.pk}/contest")
    assert 'class="said error"' in page.text


def test_yesterdays_words_are_gone(desk, station, clock, now):
    say(station, "shut")
    clock.stop_at("2026-03-11T09:00")

    assert "有人说门没开" not in desk.get("/desk/").text


@pytest.mark.parametrize(("mended", "state"), [("yes", "mended"), ("no", "refused")])
def test_fault_ends_in_one_tap(desk, station, mended, state):
    fault = make_fault(station)
    assert "热水" in desk.get("/desk/").text

    tap(desk, station, f"faults/{fault.pk}/end", mended=mended)

    fault.refresh_from_db()
    assert fault.state == state
    assert StationFacility.objects.get().condition == Condition.WORKING
    assert AuditEvent.objects.filter(verb="station.fault_ended").count() == 1


# --- the live photo ---


def show(desk, station, content, word=None):
    file = BytesIO(content)
    file.name = "door.jpg"
    word = day_word.word_of(station, on=core_clock.civil_date()) if word is None else word
    return desk.post(f"/desk/{station.code}/photo/", {"picture": file, "word": word})


def test_photo_with_the_days_word_confirms_the_door(desk, station, now):
    say(station, "shut")
    say(station, "shut")
    assert day_word.word_of(station, on=TODAY) in desk.get(f"/desk/{station.code}/photo/").text

    for _ in range(2):
        assert show(desk, station, picture("door")).status_code == 303
    assert state_of(station, now) == "confirmed"
    assert AuditEvent.objects.filter(verb="station.shown_live").count() == 1


@pytest.mark.parametrize(
    ("content", "word", "sentence"),
    [
        (picture("a"), "昨天的", "不是今天的口令"),
        (picture("a"), "", ""),
        (b"%PDF-1.7", None, "JPEG"),
        (picture("a", size=(50, 50)), None, "200"),
        (b"", None, ""),
    ],
)
def test_photo_that_shows_nothing_is_refused_kindly(desk, station, content, word, sentence):
    answer = show(desk, station, content, word)

    assert answer.status_code == 422
    assert 'class="wrong"' in answer.text
    assert sentence in answer.text
    assert not Evidence.objects.exists()


def test_yesterdays_word_and_yesterdays_picture_are_refused(keeper, station, clock):
    old_word = day_word.word_of(station, on=TODAY)
    show(signed_in(keeper), station, picture("door"))
    clock.stop_at("2026-03-11T09:00")
    desk = signed_in(keeper)

    assert show(desk, station, picture("new"), old_word).status_code == 422
    again = show(desk, station, picture("door"))
    assert again.status_code == 422
    assert "用过了" in again.text


def test_proof_is_seen_by_keepers_and_the_office_alone(desk, station, settings):
    show(desk, station, picture("door"))
    address = f"/desk/proofs/{Evidence.objects.get().photo_digest}.webp"
    auditor = GrantFactory.create(role=GrantedRole.AUDITOR, union=station.union).user
    far = GrantFactory.create(union=UnionFactory.create(code="HZ", root=True)).user

    seen = desk.get(address)
    assert (seen.status_code, seen["Content-Type"]) == (200, "image/webp")
    assert "private" in seen["Cache-Control"]
    assert address in desk.get("/desk/").text
    assert signed_in(auditor).get(address).status_code == 200
    assert signed_in(far).get(address).status_code == 404
    other = make_keeper(make_station(union=station.union))
    assert signed_in(other).get(address).status_code == 404
    assert desk.get("/desk/proofs/nothing.webp").status_code == 404
    assert StrictClient().get(address).status_code == 302


# --- the device ---


def test_device_of_the_desk_is_remembered_once_an_hour(desk, station, keeper, clock, writes_of):
    def looks() -> list[str]:
        return [sql for sql in writes_of(lambda: desk.get("/desk/")) if "deskdevice" in sql]

    assert desk.get("/desk/").cookies["nx_device"]["httponly"]
    assert DeskDevice.objects.get().user == keeper
    assert looks() == []
    clock.stop_at("2026-03-10T11:01")
    assert len(looks()) == 1
    assert "nx_device" not in desk.get("/desk/").cookies
    assert DeskDevice.objects.count() == 1


def test_device_on_another_network_is_remembered_anew(desk, station):
    desk.get("/desk/")
    before = DeskDevice.objects.get().network_key
    desk.get("/desk/", REMOTE_ADDR="10.1.2.3")

    assert DeskDevice.objects.get().network_key != before


def test_devices_of_the_office_are_nobodys_desk(station):
    signed_in(GrantFactory.create(union=station.union).user).get("/desk/")

    assert not DeskDevice.objects.exists()


def test_hours_posted_by_nobody_are_asked_for(keeper, station):
    type(station).objects.update(staffed_hours="")

    assert "公布每周开放时间" in signed_in(keeper).get("/desk/").text
    assert not DatedException.objects.exists()


def test_word_worth_nothing_is_shown_and_waits_for_nobody(desk, station):
    say(station, "shut", place="far")
    page = desk.get("/desk/").text
    assert "离门口太远" in page
    assert "尚待印证" not in page

    say(station, "shut")
    assert "尚待印证" in desk.get("/desk/").text
