"""A city's workbook with titles, merged districts and every way to write a coordinate, to the database."""

import json
from pathlib import Path

import pytest
from django.core.management import call_command

from nuanxin.accounts.enums import GrantedRole
from nuanxin.accounts.models import User
from nuanxin.sheets import services, working
from nuanxin.stations.models import Station
from tests.factories import DivisionFactory, GrantFactory, UnionFactory
from tests.stations.import_world import WGS84, import_at_once

pytestmark = pytest.mark.django_db
BOOK = Path("tests/sheets/data/05_户外劳动者服务站点台账.xlsx")
EXPECTED = json.loads(Path(f"{BOOK}.expected.json").read_text(encoding="utf-8"))


@pytest.fixture
def brought(monkeypatch):
    """Return a function that brings the book for the city that its districts make up."""
    import_at_once(monkeypatch)
    DivisionFactory.create(code="33", name="浙江省")  # the catalogues speak of it
    call_command("seed_catalogues")
    districts = sorted({row["fields"]["district"] for row in EXPECTED["accepted"]})
    DivisionFactory.create(code="12", name="虚构直辖市")
    city = DivisionFactory.create(code="1201", name="虚构市")
    for number, name in enumerate(districts, start=1):
        DivisionFactory.create(code=f"1201{number:02d}", name=name)
    union = UnionFactory.create(code="XG", name="虚构市总工会", root=True, division=city)
    officer = GrantFactory.create(role=GrantedRole.OFFICER, union=union).user

    def bring():
        batch = services.bring_sheet(
            content=BOOK.read_bytes(),
            name=BOOK.name,
            kind="station",
            source=union.code,
            source_label=union.name,
            scope_path=union.path,
            by=officer,
            options=WGS84 | {"brand": "aixin"},
        )
        working.work_off()
        batch.refresh_from_db()
        return batch

    return bring


@pytest.fixture
def batch(brought):
    batch = brought()
    by = User.objects.get(grants__role=GrantedRole.OFFICER)
    services.take_doubtful(batch=batch, by=by)
    services.confirm(batch=batch, by=by)
    working.work_off()
    batch.refresh_from_db()
    return batch


@pytest.fixture
def stations(batch):
    found = Station.objects.select_related("division").prefetch_related("facilities")
    return {(station.name, station.address): station for station in found}


def test_rows_that_cannot_be_used_are_kept_with_their_reason(batch):
    told = {
        (row.row, note["code"]) for row in batch.rows.filter(fate="rejected") for note in row.notes
    }

    assert told == {(row["row"], row["reason"]) for row in EXPECTED["rejected"]}


def test_every_other_row_is_a_station_with_all_that_its_row_says(batch, stations):
    assert len(stations) == batch.applied_count == len(EXPECTED["accepted"])
    for row in EXPECTED["accepted"]:
        fields = row["fields"]
        station = stations[fields["name"], fields["address"]]
        assert station.division.name == fields["district"], row["row"]
        assert station.manager_name == (fields["contact"] or ""), row["row"]
        assert station.manager_phone == (fields["phone"] or ""), row["row"]
        assert station.area_m2 == fields["area_m2"], row["row"]
        point = (station.lat_wgs84, station.lon_wgs84)
        assert point == pytest.approx((fields["lat"], fields["lng"]), abs=1e-6), row["row"]
        assert station.facilities.count() == len(fields["facilities"]), row["row"]


def test_hours_are_read_or_asked_and_never_guessed(batch, stations):
    asked = {
        row.row
        for row in batch.rows.all()
        for note in row.notes
        if note["field"] == "staffed_hours"
    }

    for row in EXPECTED["accepted"]:
        station = stations[row["fields"]["name"], row["fields"]["address"]]
        is_read = bool(station.staffed_hours or station.self_service_hours)
        assert is_read != (row["row"] in asked or not row["fields"]["open_hours"]), row["row"]


def test_same_book_again_changes_nothing(batch, brought):
    again = brought()

    assert again.same_count == len(EXPECTED["accepted"])
    assert not again.rows.exclude(fate="rejected").exists()
