"""Stations in the office: what an officer does to the doors of their own subtree."""

import datetime as dt
from typing import Any

import pytest

from nuanxin.core.models import AuditEvent
from nuanxin.stations.models import (
    Brand,
    Closure,
    DatedException,
    Facility,
    StandardItem,
    Station,
    StationChange,
    WelcomedGroup,
)
from tests.factories import StationFactory
from tests.office_world import KEQIAO, Office

pytestmark = pytest.mark.django_db

STATIONS = "/office/stations/station/"


def do(office: Office, act: str, data: dict[str, Any], role: str = "officer") -> Any:
    return office.client(role).post(f"{STATIONS}{office.station.pk}/{act}/", data)


def last_verb() -> str:
    return AuditEvent.objects.order_by("-at").values_list("verb", flat=True)[0]


def test_hours_are_set_and_announced(office):
    changes = StationChange.objects.count()
    data = {
        "do": "save",
        "staffed-state": "text",
        "staffed-text": "Mo-Fr 08:30-17:30",
        "self-state": "text",
        "self-text": "24/7",
    }
    answer = do(office, "set-hours", data)

    assert answer.status_code == 302
    assert Station.objects.get(pk=office.station.pk).staffed_hours == "Mo-Fr 08:30-17:30"
    assert last_verb() == "station.hours_changed"
    assert StationChange.objects.count() == changes + 1


def test_hours_that_are_wrong_are_shown_again(office):
    data = {"do": "save", "staffed-state": "grid", "self-state": "none"}
    data["staffed-mo-mode"] = "times"
    answer = do(office, "set-hours", data | {"staffed-mo-1-opens": "08:07"})

    assert answer.status_code == 422
    assert 'value="08:07"' in answer.text
    assert "两个时间都要填" in answer.text
    assert Station.objects.get(pk=office.station.pk).staffed_hours == ""


def test_closure_is_filed_in_civil_time(office):
    data = {"starts_at": "2026-05-01T08:00", "ends_at": "2026-05-02T08:00", "reason": "repair"}
    answer = do(office, "file-closure", data | {"note": "装空调"})

    assert answer.status_code == 302
    closure = Closure.objects.get(note="装空调")
    assert closure.starts_at == dt.datetime(2026, 5, 1, tzinfo=dt.UTC)
    assert closure.filed_by == office.people["officer"].actor_key


def test_closure_that_ends_before_it_starts_is_shown_again(office):
    data = {"starts_at": "2026-05-02T08:00", "ends_at": "2026-05-01T08:00", "reason": "repair"}
    answer = do(office, "file-closure", data)

    assert answer.status_code == 422
    assert 'value="2026-05-02T08:00"' in answer.text


def test_exception_is_set(office):
    data = {"first_on": "2026-10-01", "last_on": "2026-10-08", "hours": "10:00-16:00"}

    assert do(office, "set-exception", data).status_code == 302
    assert DatedException.objects.filter(first_on="2026-10-01", hours="10:00-16:00").exists()
    assert do(office, "set-exception", data | {"hours": "?"}).status_code == 422


def test_point_is_checked_and_kept_out_of_the_audit_trail(office):
    answer = do(office, "check-coordinates", {"lat_wgs84": "30.0800001", "lon_wgs84": "120.49"})

    assert answer.status_code == 302
    station = Station.objects.get(pk=office.station.pk)
    assert (station.lat_wgs84, station.lon_wgs84) == (30.08, 120.49)
    event = AuditEvent.objects.get(verb="station.coordinates_checked")
    assert event.data == {"has_moved": True}
    assert event.scope_path == office.here.path


@pytest.mark.parametrize("point", [("0", "0"), ("120.49", "30.08"), ("nan", "120"), ("", "")])
def test_point_elsewhere_is_shown_again(office, point):
    answer = do(office, "check-coordinates", {"lat_wgs84": point[0], "lon_wgs84": point[1]})

    assert answer.status_code == 422
    assert Station.objects.get(pk=office.station.pk).lat_wgs84 == office.station.lat_wgs84


def test_proposed_station_comes_onto_the_map_in_two_acts(office):
    station = StationFactory.create(union=office.here, division_id=KEQIAO)
    client = office.client("officer")
    accept = {"lifecycle": "accepted", "accepted_on": ""}

    assert client.post(f"{STATIONS}{station.pk}/set-lifecycle/", accept).status_code == 422
    accept["accepted_on"] = "2026-03-01"
    assert client.post(f"{STATIONS}{station.pk}/set-lifecycle/", accept).status_code == 302
    assert not Station.objects.get(pk=station.pk).is_listed
    point = {"lat_wgs84": "30.08", "lon_wgs84": "120.49"}
    assert client.post(f"{STATIONS}{station.pk}/check-coordinates/", point).status_code == 302
    assert Station.objects.get(pk=station.pk).is_listed
    assert Station.objects.listed().filter(pk=station.pk).exists()


@pytest.mark.parametrize("role", ["auditor"])
@pytest.mark.parametrize(
    "act",
    [
        "set-hours",
        "file-closure",
        "set-exception",
        "check-coordinates",
        "set-lifecycle",
        "add-photo",
    ],
)
def test_auditor_changes_nothing(office, role, act):
    assert do(office, act, {}, role=role).status_code == 403


def test_buttons_are_for_those_who_may(office):
    address = f"{STATIONS}{office.station.pk}/change/"

    assert "/set-hours/" in office.client("officer").get(address).text
    assert "/set-hours/" not in office.client("auditor").get(address).text


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ({}, {"KQ001", "XS001", "NEW1"}),
        ({"q": "XS001"}, {"XS001"}),
        ({"q": "新街"}, {"NEW1"}),
        ({"county": "330603"}, {"KQ001"}),
        ({"county": "none"}, set()),
        ({"lifecycle__exact": "proposed"}, {"NEW1"}),
        ({"listed": "yes"}, {"KQ001", "XS001"}),
        ({"listed": "no"}, {"NEW1"}),
        ({"tier__exact": "smart"}, {"NEW1"}),
        ({"brand__code__exact": "huigong"}, {"KQ001", "XS001", "NEW1"}),
    ],
)
def test_list_is_searched_and_filtered(office, query, codes):
    StationFactory.create(
        code="NEW1", union=None, address="新街 5 号", tier="smart", division_id="330109001"
    )
    listed = office.client("admin").get(STATIONS, query)

    assert {station.code for station in listed.context["cl"].result_list} == codes


def test_county_filter_offers_the_counties_of_the_subtree(office):
    def offered(role: str) -> set[str]:
        spec = office.client(role).get(STATIONS).context["cl"].filter_specs[0]
        return {code for code, _ in spec.lookup_choices}

    assert offered("admin") == {"330603", "330109"}
    assert offered("officer") in (set(), {"330603"})


# --- catalogues ---


WORD = {"code": "rest", "name_zh": "休息室", "name_en": "Rest room", "rank": "5"}


@pytest.mark.parametrize(
    ("table", "model"), [("brand", Brand), ("facility", Facility), ("welcomedgroup", WelcomedGroup)]
)
def test_word_is_entered_and_reworded(office, table, model):
    client = office.client("admin")
    address = f"/office/stations/{table}/"
    if model is not Brand:
        model.objects.update(bit=0)  # the last bit of a mask would leave none for a new word

    assert client.post(f"{address}enter/", WORD).status_code == 302
    assert client.post(f"{address}rest/reword/", WORD | {"name_zh": "歇脚处"}).status_code == 302
    assert model.objects.get(pk="rest").name_zh == "歇脚处"
    assert last_verb() == "catalogue.word_changed"


def test_standard_of_another_province_takes_no_code(office):
    client = office.client("admin")
    standard = {"code": "six-js", "name_zh": "江苏六有", "name_en": "The six", "rank": "1"}
    item = {"code": "water", "name_zh": "有热水", "name_en": "hot water", "rank": "1"}

    address = "/office/stations/standard/"
    answer = client.post(f"{address}enter/", standard | {"division": "33"})
    assert answer.status_code == 302
    assert client.post(f"{address}six-js/keep-item/", item).status_code == 302
    assert (
        client.post(f"{address}six-js/keep-item/", item | {"name_zh": "有开水"}).status_code == 302
    )
    assert StandardItem.objects.get(standard="six-js").name_zh == "有开水"
    assert 'value="33"' in client.get(f"{address}six-js/reword/").text


def test_catalogues_are_kept_by_administrators(office):
    assert office.client("officer").post("/office/stations/brand/enter/", WORD).status_code == 403
    assert not Brand.objects.filter(pk="rest").exists()
