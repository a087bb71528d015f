"""The published feeds: fast apart from slow, both true, both cheap to ask for again."""

import datetime as dt

import pytest

from nuanxin.core.actors import SystemActor
from nuanxin.stations import selectors, services, snapshots
from nuanxin.stations.enums import ClosureReason
from nuanxin.stations.models import Station
from tests.regions.worlds import unsaved_division
from tests.stations.page_world import TUESDAY_10, make_station, make_street

pytestmark = pytest.mark.django_db
INFORMATION = "/api/v1/feeds/station_information"
STATUS = "/api/v1/feeds/station_status"
PAGE = "/api/v1/stations/status"
FAST = {"id", "code", "state", "p", "reason", "closes_at", "opens_at"}


@pytest.fixture(autouse=True)
def street(clock, monkeypatch):
    monkeypatch.setattr(snapshots, "POLL_S", 0.0)
    snapshots.holder.forget()
    yield make_street()
    snapshots.holder.forget()


def close(station: Station) -> None:
    services.file_closure(
        station=station,
        starts_at=TUESDAY_10,
        ends_at=TUESDAY_10 + dt.timedelta(hours=1),
        reason=ClosureReason.REPAIR,
        by=SystemActor("test"),
    )


def test_feeds_are_found_from_one_address(client):
    answer = client.get("/api/v1/feeds").json()

    assert set(answer) == {"last_updated", "ttl", "version", "data"}
    for feed in answer["data"]["feeds"]:
        found = client.get(feed["url"].removeprefix("http://testserver")).json()
        assert set(found) == set(answer)
        assert len(found["data"]["stations"]) == 4


def test_fast_and_slow_tell_different_things_of_the_same_stations(client, street):
    slow = client.get(INFORMATION).json()["data"]["stations"]
    fast = client.get(STATUS).json()["data"]["stations"]

    assert [row["id"] for row in slow] == [row["id"] for row in fast]
    assert set(fast[0]) == FAST
    assert set(fast[0]) & set(slow[0]) == {"id", "code"}
    assert {row["code"] for row in slow} == {station.code for station in street}


@pytest.mark.parametrize("at", ["03:00", "09:59", "10:00", "17:45", "18:00", "22:30"])
def test_feed_says_what_the_door_page_says(client, clock, street, at):
    close(street[1])
    now_s = int(clock.stop_at(f"2026-03-10T{at}").timestamp())

    fast = {row["code"]: row for row in client.get(STATUS).json()["data"]["stations"]}

    for station in street:
        row = selectors.station_page(station.code, now_s=now_s).row
        assert {key: row[key] for key in FAST - {"id", "code"}} == {
            key: fast[station.code][key] for key in FAST - {"id", "code"}
        }


def test_unchanged_status_is_not_sent_again(client, clock, street):
    first = client.get(STATUS)
    headers = {"If-None-Match": first["ETag"]}

    assert client.get(STATUS, headers=headers).status_code == 304
    close(street[0])
    assert client.get(STATUS, headers=headers).status_code == 200
    assert client.get(f"{STATUS}?division=3306", headers=headers).status_code == 200


@pytest.mark.parametrize("address", [STATUS, INFORMATION])
def test_head_asks_whether_a_feed_changed(client, street, address):
    told = client.head(address)

    assert (told.status_code, told.content) == (200, b"")
    assert told["ETag"] == client.get(address)["ETag"]
    assert client.head(address, headers={"If-None-Match": told["ETag"]}).status_code == 304


def test_status_is_another_at_the_next_minute(client, clock, street):
    first = client.get(STATUS)
    clock.stop_at("2026-03-10T10:01")

    assert client.get(STATUS, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_information_stays_the_same_while_only_doors_open_and_close(client, clock, street):
    first = client.get(INFORMATION)
    headers = {"If-None-Match": first["ETag"]}

    close(street[0])
    clock.stop_at("2026-03-10T11:00")
    assert client.get(INFORMATION, headers=headers).status_code == 304
    Station.objects.filter(pk=street[0].pk).update(name="改名")
    services.announce(street[0])
    assert client.get(INFORMATION, headers=headers).status_code == 200


@pytest.mark.parametrize(
    ("division", "count"),
    [("", 5), ("3306", 4), ("330603", 4), ("330603001", 4), ("3301", 1), ("3302", 0)],
)
def test_feed_of_a_division_has_its_stations_alone(client, division, count):
    for code in ("3301", "330102", "330102001"):
        unsaved_division(code).save()
    make_station(unsaved_division("330102001"), 9, "上城")

    for address in (INFORMATION, STATUS):
        answer = client.get(address, {"division": division})
        assert len(answer.json()["data"]["stations"]) == count


@pytest.mark.parametrize("division", ["33", "33060", "330603x", "３３０６", "3306030011"])
def test_what_is_no_division_is_refused(client, division):
    answer = client.get(STATUS, {"division": division})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")


def test_open_page_sees_that_a_door_has_shut(client, street):
    def asked() -> list[tuple[str, str, str]]:
        answer = client.get(PAGE, {"codes": "KQ004,nobody,KQ001,KQ004,"})
        rows = answer.json()["data"]["stations"]
        return [(row["code"], row["state"], row["reason"]["kind"]) for row in rows]

    before = asked()
    close(street[0])

    assert before == [("KQ004", "expected", "record"), ("KQ001", "confirmed", "inside_scan")]
    assert asked() == [before[0], ("KQ001", "closed", "closure")]
    assert client.get(PAGE, {"codes": ""}).json()["data"]["stations"] == []


def test_page_asks_for_twenty_doors_at_most(client):
    codes = [f"KQ{number:03d}" for number in range(21)]

    assert client.get(PAGE, {"codes": ",".join(codes[:20])}).status_code == 200
    refused = client.get(PAGE, {"codes": ",".join(codes)})
    assert (refused.status_code, refused.json()["code"]) == (422, "too_many_codes")


def test_empty_province_has_empty_feeds(client):
    Station.objects.all().delete()
    snapshots.holder.forget()

    assert client.get(STATUS).json()["data"]["stations"] == []
    assert client.get(INFORMATION, {"division": "3306"}).json()["data"]["stations"] == []
