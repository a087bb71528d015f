"""The twelve messy workbooks of the demo, through the child, the engine and into the tables."""

import datetime as dt
from typing import Any

import pytest
from django.core.management import call_command
from django.db import transaction

from nuanxin.core import crypto
from nuanxin.core.actors import SystemActor
from nuanxin.demo import people, province, sending
from nuanxin.sheets import pacing, services, working
from nuanxin.sheets.models import ImportBatch, JournalEntry
from nuanxin.stations.exports import export_stations
from nuanxin.stations.import_values import canonical_hours
from nuanxin.stations.models import Station
from nuanxin.unions.models import Union

pytestmark = pytest.mark.django_db
COUNT = 300
ACTOR = SystemActor("demo")
SAME = (
    "name", "address", "street", "floor", "entrance", "parking", "access", "tier", "lifecycle",
    "manager_name", "manager_phone",
)  # fmt: skip


@pytest.fixture(scope="module")
def sent(django_db_setup: Any, django_db_blocker: Any) -> Any:
    """Send all files once, and leave the database as it was."""
    with django_db_blocker.unblock(), transaction.atomic():
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(pacing, "PAUSE_S", 0.0)
            call_command("import_divisions", under=people.PROVINCE, verbosity=0)
            call_command("seed_catalogues")
            people.enter_unions(by=ACTOR)
            count = sending.send_in(by=ACTOR, count=COUNT)
        yield count
        transaction.set_rollback(True)


@pytest.fixture
def rows(sent: Any) -> list[dict[str, str]]:
    return province.generate(sending._towns(), count=COUNT)


def test_every_station_of_every_trap_is_as_it_was_generated(sent, rows):
    stations = Station.objects.select_related("outlet__host", "union").prefetch_related(
        "facility_rows", "group_rows"
    )
    stored = {station.code: told(station) for station in stations}

    assert sent == len(stored) == COUNT
    assert {row["code"]: meant(row) for row in rows} == stored


def test_every_point_of_every_datum_is_where_it_was_generated(rows):
    points = {
        code: (lat, lon)
        for code, lat, lon in Station.objects.values_list("code", "lat_wgs84", "lon_wgs84")
    }

    for row in rows:
        assert points[row["code"]] == pytest.approx(
            (float(row["lat"]), float(row["lon"])), abs=2e-5
        )


def test_twelve_files_are_applied_with_every_row_accounted_for(sent):
    batches = ImportBatch.objects.filter(kind="station")

    assert len(batches) == 12
    assert {batch.state for batch in batches} == {"applied"}
    assert sum(batch.rejected_count for batch in batches) == 0
    assert sum(batch.new_count + batch.suspect_count for batch in batches) == COUNT


def test_same_files_again_change_nothing(sent):
    journal = JournalEntry.objects.count()
    for batch in list(ImportBatch.objects.filter(kind="station").order_by("uploaded_at")[:12]):
        content = crypto.provider().unseal_bytes(
            bytes(batch.file.content_sealed), services.file_place(batch)
        )
        again = services.bring_sheet(
            content=content, name=batch.file_name, kind="station", source=batch.source,
            source_label=batch.source_label, scope_path=batch.scope_path, by=ACTOR,
        )  # fmt: skip
        working.work_off()
        again.refresh_from_db()
        assert (again.same_count, again.new_count + again.changed_count) == (batch.applied_count, 0)
    assert JournalEntry.objects.count() == journal


def test_export_of_all_stations_brought_again_changes_nothing(sent):
    union = Union.objects.get(code="u33")
    batch = services.bring_sheet(
        content=export_stations(by=ACTOR).content.read(), name="x.xlsx", kind="station", source="u33",
        source_label=union.name, scope_path=union.path, by=ACTOR,
    )  # fmt: skip
    working.work_off()
    batch.refresh_from_db()

    assert (batch.same_count, batch.skipped_count > 0) == (COUNT, True)
    assert not batch.rows.exclude(fate="same").exists()


def told(station: Station) -> dict[str, Any]:
    outlet = station.outlet
    return {
        **{name: getattr(station, name) for name in SAME},
        "brand": station.brand_id,
        "division": station.division_id,
        "union": station.union.code if station.union else "",
        "host": (outlet.host.name, outlet.host.kind, outlet.name) if outlet else ("", "", ""),
        "hours": canonical_hours(station.staffed_hours),
        "self": canonical_hours(station.self_service_hours),
        "outlet_hours": canonical_hours(outlet.staffed_hours) if outlet else "",
        "accepted_on": station.accepted_on,
        "area_m2": float(station.area_m2 or 0),
        "facilities": {link.facility_id for link in station.facility_rows.all()},
        "groups": {link.group_id for link in station.group_rows.all()},
        "floors_count": station.floors_count,
    }


def meant(row: dict[str, str]) -> dict[str, Any]:
    return {
        **{name: row.get(name, "") for name in SAME},
        "brand": row["brand"],
        "division": row["division"],
        "union": row["union"],
        "host": (row.get("host", ""), row.get("host_kind", ""), row.get("outlet", "")),
        "hours": canonical_hours(row.get("staffed_hours", "")),
        "self": canonical_hours(row.get("self_service_hours", "")),
        "outlet_hours": canonical_hours(row.get("outlet_staffed_hours", "")),
        "accepted_on": dt.date.fromisoformat(row["accepted_on"]),
        "area_m2": float(row.get("area_m2") or 0),
        "facilities": set(row["facilities"].split(";")) - {""},
        "groups": set(row["groups"].split(";")) - {""},
        "floors_count": int(row.get("floors_count") or 1),
    }
