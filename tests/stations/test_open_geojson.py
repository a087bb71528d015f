"""The whole list as GeoJSON: what stands on public pages, and nothing else."""

import datetime as dt
import json
import tracemalloc
from time import perf_counter
from typing import IO, Any

import pytest

from nuanxin.core.actors import SystemActor
from nuanxin.stations import catalogues, open_data, open_records, services, snapshots
from nuanxin.stations.enums import ClosureReason, Condition, Lifecycle
from nuanxin.stations.models import Brand, Station, StationFacility
from tests.conftest import content_of
from tests.factories import StationFactory
from tests.regions.worlds import unsaved_division
from tests.stations.page_world import LAT, LON, TUESDAY_10, make_station, make_street

pytestmark = pytest.mark.django_db
ADDRESS = "/api/v1/stations.geojson"
BY = SystemActor("test")


@pytest.fixture(autouse=True)
def street(clock, monkeypatch) -> list[Station]:
    monkeypatch.setattr(snapshots, "POLL_S", 0.0)
    snapshots.holder.forget()
    return make_street()


def collection(client: Any, query: str = "") -> dict[str, Any]:
    body: dict[str, Any] = json.loads(content_of(client.get(f"{ADDRESS}{query}")))
    return body


def records(body: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["properties"]["code"]: each["properties"] for each in body["features"]}


def close(station: Station, *, in_hours: int = 0) -> None:
    starts_at = TUESDAY_10 + dt.timedelta(hours=in_hours)
    services.file_closure(
        station=station, starts_at=starts_at, ends_at=starts_at + dt.timedelta(hours=1),
        reason=ClosureReason.REPAIR, note="换锁", by=BY,
    )  # fmt: skip


def test_collection_has_points_with_longitude_first(client, street):
    response = client.get(ADDRESS)
    body = json.loads(content_of(response))

    assert response["Content-Type"] == "application/geo+json"
    assert body["type"] == "FeatureCollection"
    assert [each["id"] for each in body["features"]] == sorted(str(s.pk) for s in street)
    first = next(each for each in body["features"] if each["properties"]["code"] == "KQ001")
    assert first["geometry"] == {"type": "Point", "coordinates": [LON, LAT + 0.002]}
    # RFC 7946, section 4: no other reference system is named, for there is no other
    assert "crs" not in body


def test_station_off_the_map_is_absent(client, street):
    Station.objects.filter(pk=street[0].pk).update(lifecycle=Lifecycle.SUSPENDED)
    Station.objects.filter(pk=street[1].pk).update(coordinates_checked_at=None)

    assert set(records(collection(client))) == {"KQ003", "KQ004"}


def test_record_has_the_hours_that_apply(client, street):
    outlet = street[2].outlet
    services.set_hours(station=street[1], staffed="", self_service="", by=BY)
    type(outlet).objects.filter(pk=outlet.pk).update(staffed_hours="WD 09:00-17:00; PH off")

    told = records(collection(client))

    assert told["KQ001"]["staffed_hours"] == "Mo-Su 08:30-18:00"
    assert told["KQ003"]["staffed_hours"] == "WD 09:00-17:00; PH off"
    assert (told["KQ004"]["self_service_hours"], told["KQ004"]["is_24h"]) == ("24/7", True)
    assert (told["KQ002"]["staffed_hours"], told["KQ002"]["is_24h"]) == ("", False)


def test_record_tells_what_works_apart_from_what_does_not(client, street):
    StationFacility.objects.filter(station=street[1], facility="water").update(
        condition=Condition.BROKEN
    )

    told = records(collection(client))["KQ002"]

    assert told["facilities"] == ["microwave", "charging"]
    assert told["facilities_out_of_order"] == ["water"]
    assert told["groups"] == ["rider"]


def test_record_tells_what_is_planned_and_not_what_is_over(client, street, clock):
    close(street[0])
    close(street[0], in_hours=30)
    services.set_exception(
        station=street[0], first_on=dt.date(2026, 3, 10), last_on=dt.date(2026, 3, 11),
        hours="off", by=BY,
    )  # fmt: skip

    now = records(collection(client))["KQ001"]
    clock.stop_at("2026-03-12T00:00")
    later = records(collection(client))["KQ001"]

    assert [each["starts_at"] for each in now["closures"]] == [
        "2026-03-10T10:00:00+08:00",
        "2026-03-11T16:00:00+08:00",
    ]
    assert now["closures"][0]["note"] == "换锁"
    assert now["exceptions"] == [
        {"first_on": "2026-03-10", "last_on": "2026-03-11", "hours": "off"}
    ]
    assert (later["closures"], later["exceptions"]) == ([], [])


def test_telephone_is_the_one_posted_and_no_name_is_told(client, street):
    Station.objects.filter(pk=street[0].pk).update(
        manager_name="王站长", manager_phone="0575-84120000"
    )

    text = content_of(client.get(ADDRESS)).decode()

    assert "0575-84120000" in client.get("/s/KQ001/").content.decode()
    assert records(json.loads(text))["KQ001"]["phone"] == "0575-84120000"
    assert "王站长" not in text


def test_codes_are_called_in_both_languages(client, street):
    words = collection(client)["words"]

    assert words["brands"]["huigong"] == {"zh": "惠工小站", "en": "Huigong station"}
    assert words["facilities"]["water"]["en"] == "Hot water"
    assert set(words["divisions"]) == {"33", "3306", "330603", "330603001"}


@pytest.mark.parametrize(("division", "count"), [("3306", 4), ("330603001", 4), ("3301", 1)])
def test_division_has_its_stations_alone(client, division, count):
    for code in ("3301", "330102", "330102001"):
        unsaved_division(code).save()
    make_station(unsaved_division("330102001"), 9, "上城")

    assert len(collection(client, f"?division={division}")["features"]) == count


def test_what_is_no_division_is_refused(client):
    answer = client.get(ADDRESS, {"division": "33060"})

    assert (answer.status_code, answer.json()["code"]) == (422, "bad_request")


def test_unchanged_list_is_not_sent_again(client, street, clock):
    headers = {"If-None-Match": client.get(ADDRESS)["ETag"]}

    def status() -> int:
        return int(client.get(ADDRESS, headers=headers).status_code)

    assert status() == 304
    assert client.head(ADDRESS, headers=headers).status_code == 304
    assert client.get(f"{ADDRESS}?division=3306", headers=headers).status_code == 200
    close(street[0])
    assert status() == 200


def test_list_is_another_when_a_word_is_called_otherwise(client, street):
    headers = {"If-None-Match": client.get(ADDRESS)["ETag"]}

    catalogues.keep_word(model=Brand, code="huigong", values={"name_zh": "新名"}, by=BY)

    assert client.get(ADDRESS, headers=headers).status_code == 200


def test_long_list_is_read_in_chunks_and_whole(client, street, monkeypatch):
    whole = collection(client)["features"]
    monkeypatch.setattr(open_records, "CHUNK", 2)
    monkeypatch.setitem(open_records.features.__kwdefaults__, "limit", 2)
    monkeypatch.setattr(open_data, "IN_MEMORY", 64)

    assert collection(client)["features"] == whole
    assert len(whole) == 4


def test_empty_province_has_an_empty_collection(client):
    Station.objects.all().delete()
    snapshots.holder.forget()

    assert collection(client)["features"] == []


@pytest.mark.slow
def test_province_is_written_in_seconds_and_little_memory(street):
    columns = {"brand_id": "huigong", "division_id": "330603001", "outlet": street[0].outlet}
    Station.objects.bulk_create(
        (
            StationFactory.build(
                listed=True, code=f"P{number:05d}", brand=None, division=None, union=None, **columns
            )
            for number in range(12_000)
        ),
        batch_size=500,
    )  # fmt: skip

    def written() -> IO[bytes]:
        return open_data.write_collection(division="", now=TUESDAY_10, absolute="https://a.example")

    began = perf_counter()
    file = written()
    took_s = perf_counter() - began
    assert len(json.load(file)["features"]) == 12_004
    size_bytes = file.tell()
    file.close()
    tracemalloc.start()
    written().close()
    _now, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert took_s < 20
    assert peak_bytes < size_bytes
