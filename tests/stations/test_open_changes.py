"""Whoever follows the changes holds what the whole file holds, whatever happened in which order."""

import json
import threading
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from nuanxin.algorithms.openness import EvidenceKind
from nuanxin.core import clock as core_clock
from nuanxin.core.actors import SystemActor
from nuanxin.core.surfaces import PROBLEM_TYPE
from nuanxin.stations import changes, evidence, listing, open_data, services
from nuanxin.stations.enums import Lifecycle
from nuanxin.stations.models import Station, StationChange
from tests.conftest import content_of
from tests.stations.page_world import TUESDAY_10, make_street

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/stations/changes"
BY = SystemActor("test")


@pytest.fixture
def street(clock) -> list[Station]:
    stations = make_street()
    # a sequence of PostgreSQL goes on where other tests left it: here the feed begins at 1
    StationChange.objects.all().delete()
    for seq, station in enumerate(stations, start=1):
        StationChange.objects.create(seq=seq, station=station)
    return stations


def ask(client: Any, cursor: str = "0", **query: Any) -> dict[str, Any]:
    answer = client.get(ADDRESS, {"since": cursor, **query})
    assert answer.status_code == 200, answer.content
    page: dict[str, Any] = answer.json()
    return page


class Vendor:
    """A program elsewhere that keeps a copy of the list."""

    def __init__(self, *, limit: int = 3) -> None:
        self.limit = limit
        self.held: dict[str, Any] = {}
        self.cursor = "0"

    def turn(self) -> bool:
        """Ask once; return whether there is more."""
        try:
            page = open_data.changes_since(
                self.cursor, limit=self.limit, now=core_clock.now(), absolute=""
            )
        except open_data.Gone:
            self.held, self.cursor = {}, "0"
            return True
        assert len(page.changed) + len(page.removed) <= self.limit
        self.held |= {feature["id"]: feature for feature in page.changed}
        for key in page.removed:
            self.held.pop(key, None)
        self.cursor = page.cursor
        return page.has_more

    def catch_up(self) -> None:
        while self.turn():
            pass


def whole() -> dict[str, Any]:
    file = open_data.write_collection(division="", now=core_clock.now(), absolute="")
    return {feature["id"]: feature for feature in json.load(file)["features"]}


def suspend(station: Station) -> None:
    station.refresh_from_db()
    listing.set_lifecycle(station=station, lifecycle=Lifecycle.SUSPENDED, by=BY)


def see(station: Station) -> None:
    finding = evidence.Finding(EvidenceKind.INSIDE_SCAN, TUESDAY_10)
    evidence.record_evidence(station=station, finding=finding, by=BY)


# --- what a page tells ---


def test_beginner_reads_everything_in_pages_and_nothing_twice(client, street):
    first = ask(client, limit=3)
    second = ask(client, first["cursor"], limit=3)
    after = ask(client, second["cursor"], limit=3)

    keys = [feature["id"] for page in (first, second) for feature in page["changed"]]
    assert keys == sorted(str(station.pk) for station in street)
    assert (first["has_more"], second["has_more"]) == (True, True)
    assert after == {"changed": [], "removed": [], "cursor": after["cursor"], "has_more": False}
    assert ask(client, after["cursor"]) == after


def test_change_is_the_record_of_the_whole_file(client, street):
    body = json.loads(content_of(client.get("/api/v1/stations.geojson")))
    services.set_hours(station=street[1], staffed="24/7", self_service="", by=BY)

    page = ask(client, body["cursor"])

    again = json.loads(content_of(client.get("/api/v1/stations.geojson")))
    told = {feature["id"]: feature for feature in again["features"]}
    assert page["changed"] == [told[str(street[1].pk)]]
    assert page["changed"][0]["properties"]["is_24h"]


def test_station_that_leaves_the_list_is_told_by_its_key_alone(client, street):
    cursor = ask(client)["cursor"]
    suspend(street[2])

    page = ask(client, cursor)

    assert (page["changed"], page["removed"]) == ([], [str(street[2].pk)])


def test_many_changes_of_one_station_are_told_once_in_the_order_of_the_last(client, street):
    cursor = ask(client)["cursor"]
    for station in (street[0], street[3], street[1], street[0], street[0]):
        services.announce(station)

    page = ask(client, cursor)

    keys = [feature["properties"]["code"] for feature in page["changed"]]
    assert keys == ["KQ004", "KQ002", "KQ001"]


def test_evidence_at_a_door_announces_it_too(client, street):
    cursor = ask(client)["cursor"]
    see(street[3])

    assert [f["properties"]["code"] for f in ask(client, cursor)["changed"]] == ["KQ004"]


def test_change_committed_after_a_later_one_is_told(client, street):
    cursor = ask(client)["cursor"]
    last = StationChange.objects.latest("seq").seq
    StationChange.objects.create(seq=last + 2, station=street[0])
    early = ask(client, cursor)
    StationChange.objects.create(seq=last + 1, station=street[1])

    late = ask(client, early["cursor"])

    assert [f["properties"]["code"] for f in early["changed"]] == ["KQ001"]
    assert [f["properties"]["code"] for f in late["changed"]] == ["KQ002"]
    assert late["cursor"] == f"c{last + 2}"


def test_number_that_never_comes_is_forgotten(client, street, clock):
    cursor = ask(client)["cursor"]
    last = StationChange.objects.latest("seq").seq
    StationChange.objects.create(seq=last + 2, station=street[0])
    waiting = ask(client, cursor)["cursor"]

    clock.stop_at("2026-03-10T10:09")
    assert ask(client, waiting)["cursor"] == waiting
    clock.stop_at("2026-03-10T10:11")
    assert ask(client, waiting)["cursor"] == f"c{last + 2}"


def test_place_of_a_reader_waits_when_too_many_numbers_are_missing(client, street):
    cursor = ask(client)["cursor"]
    last = StationChange.objects.latest("seq").seq
    for number in range(last + 2, last + 200, 2):
        StationChange.objects.create(seq=number, station=street[number % 4])

    page = ask(client, cursor)

    assert len(page["changed"]) == 2
    assert page["cursor"].startswith(f"c{last + 80}.")
    assert len(page["cursor"]) < 2_000
    assert not page["has_more"]


# --- refusals ---


def trim_to(keep: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "KEPT", keep)
    changes.trim_changes(keep=keep)


def refused(client: Any, cursor: str) -> tuple[int, str]:
    answer = client.get(ADDRESS, {"since": cursor})
    assert answer["Content-Type"] == PROBLEM_TYPE
    return answer.status_code, answer.json()["code"]


def test_cursor_whose_place_was_trimmed_is_gone(client, street, monkeypatch):
    cursor = ask(client)["cursor"]
    for station in street:
        services.announce(station)
    trim_to(2, monkeypatch)
    monkeypatch.setattr(open_data, "REACH", 1)

    assert refused(client, cursor) == (410, "cursor_gone")
    assert ask(client)["changed"]


def test_cursor_that_waits_for_a_trimmed_number_is_gone(client, street, monkeypatch):
    cursor = ask(client)["cursor"]
    last = StationChange.objects.latest("seq").seq
    StationChange.objects.create(seq=last + 2, station=street[0])
    waiting = ask(client, cursor)["cursor"]
    trim_to(1, monkeypatch)

    assert refused(client, waiting) == (410, "cursor_gone")


@pytest.mark.parametrize("mark", ["", "_" + "0" * 32])
def test_cursor_of_another_database_is_gone(client, street, mark):
    assert refused(client, f"c99999{mark}") == (410, "cursor_gone")


@pytest.mark.parametrize("cursor", ["1", "c", "c1_xyz", "c3.3-3-0", "2026-03-10T10:00", "c1\x00"])
def test_what_is_no_cursor_is_refused(client, street, cursor):
    assert refused(client, cursor) == (422, "bad_cursor")


@pytest.mark.parametrize("limit", ["0", "501", "x"])
def test_page_is_bounded(client, street, limit):
    assert client.get(ADDRESS, {"limit": limit}).status_code == 422


# --- whatever the interleaving ---


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
def test_transaction_that_ends_late_is_waited_for(street):
    vendor, begun, may_end = Vendor(), threading.Event(), threading.Event()
    vendor.catch_up()

    def slowly() -> None:
        with transaction.atomic():
            services.set_hours(station=street[0], staffed="24/7", self_service="", by=BY)
            begun.set()
            assert may_end.wait(30)
        connection.close()

    slow = threading.Thread(target=slowly)
    slow.start()
    assert begun.wait(30)
    services.set_hours(station=street[1], staffed="24/7", self_service="", by=BY)
    vendor.catch_up()
    early = vendor.held[str(street[0].pk)]["properties"]["staffed_hours"]
    assert vendor.held == whole()
    may_end.set()
    slow.join()
    vendor.catch_up()

    assert early != "24/7"
    assert vendor.held == whole()


class Office:
    """Writers whose numbers are handed out before they end, as a sequence does."""

    def __init__(self, stations: list[Station]) -> None:
        self.stations = stations
        self.next_seq = (StationChange.objects.latest("seq").seq if stations else 0) + 1
        self.open: list[tuple[int, Station, str]] = []

    def may_begin(self) -> bool:
        """Return whether nobody is at work so long that beginners would not wait for them."""
        return not self.open or self.next_seq - min(seq for seq, *_ in self.open) < REACH - 1

    def begin(self, station: int, act: str) -> None:
        self.open.append((self.next_seq, self.stations[station % len(self.stations)], act))
        self.next_seq += 1

    def commit(self, which: int) -> None:
        if self.open:
            seq, station, act = self.open.pop(which % len(self.open))
            rows = Station.objects.filter(pk=station.pk)
            if act == "rename":
                rows.update(name=f"改名{seq}")
            elif act != "see":
                rows.update(lifecycle=Lifecycle.ACCEPTED if act == "list" else Lifecycle.SUSPENDED)
            StationChange.objects.create(seq=seq, station=station)

    def undo(self, which: int) -> None:
        if self.open:
            self.open.pop(which % len(self.open))


NUMBERS = st.integers(0, 9)
STEPS = st.one_of(
    st.tuples(st.just("begin"), NUMBERS, st.sampled_from(["rename", "list", "suspend", "see"])),
    st.tuples(st.sampled_from(["commit", "commit", "undo"]), NUMBERS),
    st.tuples(st.sampled_from(["turn", "catch_up", "trim"])),
)
KEPT, REACH = 12, 8


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEPS, max_size=70), limit=st.integers(1, 5))
def test_whoever_follows_from_the_beginning_holds_the_whole_list(street, steps, limit):
    with transaction.atomic(), pytest.MonkeyPatch.context() as patch:
        patch.setattr(changes, "KEPT", KEPT)
        patch.setattr(open_data, "REACH", REACH)
        office, vendor = Office(street), Vendor(limit=limit)
        for name, *given_values in steps:
            if name == "trim":
                changes.trim_changes(keep=KEPT)
            elif name in ("turn", "catch_up"):
                getattr(vendor, name)()
            elif name != "begin" or office.may_begin():
                getattr(office, name)(*given_values)
        while office.open:
            office.commit(0)
        vendor.catch_up()

        assert vendor.held == whole()
        before = dict(vendor.held)
        vendor.catch_up()
        assert vendor.held == before
        transaction.set_rollback(True)


def test_follower_who_remembers_the_last_number_alone_loses_changes(street, monkeypatch):
    monkeypatch.setattr(open_data, "write_cursor", lambda cursor: f"c{cursor.last}")
    office, vendor = Office(street), Vendor()
    vendor.catch_up()
    office.begin(0, "rename")
    office.begin(1, "rename")
    office.commit(1)
    vendor.catch_up()
    office.commit(0)
    vendor.catch_up()

    assert vendor.held != whole()


def test_first_reading_is_completed_by_what_happened_during_it(street):
    vendor = Vendor(limit=2)
    vendor.turn()
    first, last = sorted(street, key=lambda station: station.pk)[::3]
    suspend(first)
    services.set_hours(station=last, staffed="24/7", self_service="", by=BY)
    vendor.catch_up()

    assert vendor.held == whole()
    assert str(first.pk) not in vendor.held
