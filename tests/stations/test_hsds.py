"""What is published after HSDS 3.0 keeps to the published schemas, and to the pages of the site."""

import datetime as dt
import gzip
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from nuanxin.core.actors import SystemActor
from nuanxin.regions.models import CalendarDay
from nuanxin.stations import hsds, services
from nuanxin.stations.enums import ClosureReason, Lifecycle
from nuanxin.stations.models import Station
from tests.factories import UnionFactory
from tests.stations.page_world import TUESDAY_10, make_street

pytestmark = pytest.mark.django_db
ROOT = "/api/v1/hsds"
SCHEMAS = Path(__file__).with_name("data") / "hsds-3.0"
BY = SystemActor("test")
LISTS = ["organizations", "services", "service_at_locations"]


def schema(name: str) -> dict[str, Any]:
    packed = SCHEMAS / f"{name}.json.gz"
    text = gzip.decompress(packed.read_bytes()) if packed.exists() else packed.with_suffix("").read_bytes()  # fmt: skip
    read: dict[str, Any] = json.loads(text)
    return read


def conform(name: str, items: list[dict[str, Any]]) -> None:
    checker = jsonschema.Draft202012Validator(
        schema(name), format_checker=jsonschema.FormatChecker()
    )
    faults = [fault.message for item in items for fault in checker.iter_errors(item)]
    assert faults == []


@pytest.fixture(autouse=True)
def street(clock) -> list[Station]:
    stations = make_street()
    above = UnionFactory.create(code="SX", root=True)
    union = UnionFactory.create(code="KQ", parent=above)
    UnionFactory.create(code="EMPTY", parent=above)
    for station in stations[:3]:
        station.union = union
        station.manager_phone = "0575-84120000"
        station.manager_name = "王站长"
        station.entrance = "南门进"
        station.save()
    return stations


def get(client: Any, address: str) -> dict[str, Any]:
    answer = client.get(f"{ROOT}{address}")
    assert answer.status_code == 200
    body: dict[str, Any] = answer.json()
    return body


def full(client: Any, station: Station) -> dict[str, Any]:
    return get(client, f"/services/{station.pk}")


# --- the published schemas ---


@pytest.mark.parametrize("name", LISTS)
def test_items_of_lists_conform(client, name):
    contents = get(client, f"/{name}")["contents"]

    assert contents
    conform(f"{name.removesuffix('s')}_list", contents)


def test_single_services_conform(client, street):
    services.file_closure(
        station=street[0], starts_at=TUESDAY_10, ends_at=TUESDAY_10 + dt.timedelta(days=1),
        reason=ClosureReason.REPAIR, by=BY,
    )  # fmt: skip

    conform("service", [full(client, station) for station in street])


@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("service_list", {"status": "open"}),
        ("service_list", {"id": "KQ001"}),
        ("service", {"phones": [{"id": "1", "number": 12351}]}),
        ("organization_list", {"name": None}),
        ("service_at_location_list", {"location": {"id": "x"}}),
    ],
)
def test_item_that_does_not_conform_is_found(client, street, name, damage):
    with pytest.raises(AssertionError):
        conform(name, [full(client, street[0]) | damage])


# --- pages ---


@pytest.mark.parametrize("name", ["services", "service_at_locations"])
def test_pages_hold_everything_once(client, street, name):
    first, second, third = (
        get(client, f"/{name}?per_page=3&page={number}") for number in (1, 2, 3)
    )

    told = [
        {key: page[key] for key in ("total_items", "total_pages", "page_number", "size")}
        for page in (first, second)
    ]
    assert told == [
        {"total_items": 4, "total_pages": 2, "page_number": 1, "size": 3},
        {"total_items": 4, "total_pages": 2, "page_number": 2, "size": 1},
    ]
    flags = [(page["first_page"], page["last_page"], page["empty"]) for page in (first, second, third)]  # fmt: skip
    assert flags == [(True, False, False), (False, True, False), (False, True, True)]
    keys = [item["id"] for page in (first, second) for item in page["contents"]]
    assert len(set(keys)) == 4


@pytest.mark.parametrize("query", ["page=0", "per_page=0", f"per_page={hsds.MOST + 1}", "page=x", "organization_id=KQ"])  # fmt: skip
def test_page_that_cannot_be_is_refused(client, query):
    assert client.get(f"{ROOT}/services?{query}").status_code == 422


def test_services_of_one_organization(client, street):
    organizations = {item["name"]: item["id"] for item in get(client, "/organizations")["contents"]}

    page = get(client, f"/services?organization_id={organizations['工会KQ']}")

    assert {item["id"] for item in page["contents"]} == {str(s.pk) for s in street[:3]}
    assert get(client, f"/services?organization_id={organizations['工会SX']}")["empty"]


def test_organizations_are_those_with_stations_and_above(client):
    contents = get(client, "/organizations")["contents"]

    assert [item["name"] for item in contents] == ["工会SX", "工会KQ"]
    assert contents[1]["parent_organization_id"] == contents[0]["id"]


def test_station_off_the_map_is_absent(client, street):
    Station.objects.filter(pk=street[0].pk).update(lifecycle=Lifecycle.SUSPENDED)

    assert get(client, "/services")["total_items"] == 3
    assert get(client, "/service_at_locations")["total_items"] == 3
    assert client.get(f"{ROOT}/services/{street[0].pk}").status_code == 404


# --- one service ---


def test_identifiers_are_the_same_in_list_and_detail(client, street):
    single = full(client, street[0])
    place = next(
        item
        for item in get(client, "/service_at_locations")["contents"]
        if item["service"]["id"] == single["id"]
    )

    assert single["id"] == str(street[0].pk)
    assert single["service_at_locations"][0]["id"] == place["id"]
    assert single["service_at_locations"][0]["location"]["id"] == place["location"]["id"]
    assert full(client, street[0]) == single


def test_service_tells_where_how_and_for_whom(client, street):
    single = full(client, street[0])
    location = single["service_at_locations"][0]["location"]

    assert (location["latitude"], location["longitude"]) == (street[0].lat_wgs84, street[0].lon_wgs84)  # fmt: skip
    assert location["addresses"][0]["country"] == "CN"
    assert location["addresses"][0]["address_1"].endswith("金柯桥大道 1 号")
    assert "南门进" in location["accessibility"][0]["description"]
    assert [phone["number"] for phone in single["phones"]] == ["0575-84120000", "12351"]
    assert single["languages"][0]["code"] == "zh"
    assert single["eligibility_description"] == "外卖员"
    assert [each["taxonomy_term"]["code"] for each in single["attributes"]] == ["water", "microwave", "rider"]  # fmt: skip
    assert "王站长" not in json.dumps(single, ensure_ascii=False)


def test_week_stands_in_schedules(client, street):
    services.set_hours(
        station=street[1], staffed="Mo-Fr 08:30-17:30", self_service="Sa 20:00-02:00", by=BY
    )

    told = [
        (each["byday"], each["opens_at"], each["closes_at"], each["freq"], each["timezone"])
        for each in full(client, street[1])["schedules"]
    ]

    assert told == [
        ("MO,TU,WE,TH,FR", "08:30+08:00", "17:30+08:00", "WEEKLY", 8),
        ("SA", "20:00+08:00", "02:00+08:00", "WEEKLY", 8),
    ]
    (all_day,) = full(client, street[3])["schedules"]
    assert (all_day["opens_at"], all_day["closes_at"]) == ("00:00+08:00", "00:00+08:00")
    assert full(client, street[2])["schedules"] == []


def test_holidays_and_other_hours_are_dated_schedules(client, street):
    CalendarDay.objects.create(
        date=dt.date(2026, 3, 16), kind="holiday", name_zh="节", name_en="Feast"
    )
    services.set_hours(station=street[1], staffed="Mo-Fr 08:30-17:30; PH off", self_service="", by=BY)  # fmt: skip
    services.set_exception(
        station=street[1], first_on=dt.date(2026, 3, 19), last_on=dt.date(2026, 3, 20),
        hours="09:00-12:00", by=BY,
    )  # fmt: skip

    _weekly, holiday, other = full(client, street[1])["schedules"]

    assert (holiday["valid_from"], holiday["valid_to"]) == ("2026-03-16", "2026-03-16")
    assert "opens_at" not in holiday
    assert (other["valid_from"], other["valid_to"]) == ("2026-03-19", "2026-03-20")
    assert (other["opens_at"], other["closes_at"]) == ("09:00+08:00", "12:00+08:00")


def test_hours_with_seasons_hold_no_longer_than_they_were_looked_at(client, street):
    services.set_hours(
        station=street[1], staffed="Apr-Sep 06:00-20:00; Oct-Mar 08:00-18:00", self_service="", by=BY
    )  # fmt: skip

    winter, summer = full(client, street[1])["schedules"]

    assert (winter["opens_at"], winter["valid_to"]) == ("08:00+08:00", "2026-05-09")
    assert (summer["opens_at"], summer["valid_from"]) == ("06:00+08:00", "2026-04-01")


def test_station_in_a_closure_is_temporarily_closed(client, street):
    services.file_closure(
        station=street[0], starts_at=TUESDAY_10, ends_at=TUESDAY_10 + dt.timedelta(hours=1),
        reason=ClosureReason.REPAIR, by=BY,
    )  # fmt: skip

    states = {item["id"]: item["status"] for item in get(client, "/services")["contents"]}

    assert states[str(street[0].pk)] == full(client, street[0])["status"] == "temporarily closed"
    assert states[str(street[1].pk)] == "active"


# --- for programs ---


@pytest.mark.parametrize("name", ["", *LISTS])
def test_unchanged_answer_is_not_sent_again(client, name):
    headers = {"If-None-Match": client.get(f"{ROOT}/{name}")["ETag"]}

    assert client.get(f"{ROOT}/{name}", headers=headers).status_code == 304


def test_answer_is_in_chinese_whatever_the_reader_speaks(client, street):
    english = client.get(f"{ROOT}/services/{street[0].pk}", headers={"Accept-Language": "en"})

    assert english.json() == full(client, street[0])


def test_specification_is_named(client):
    told = get(client, "/")

    assert told["version"] == "3.0"
    assert client.get(told["openapi_url"].removeprefix("http://testserver")).status_code == 200
