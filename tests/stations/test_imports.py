"""The importer of stations: every fault named, all rows or none, twice the same is nothing."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nuanxin.core.actors import Role, Scope, SystemActor
from nuanxin.core.errors import NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.stations.import_rows import COLUMNS, REQUIRED, read_csv
from nuanxin.stations.imports import ImportRejected, Outcome, import_stations
from nuanxin.stations.models import Host, Outlet, Station, StationChange, StationFacility
from tests.factories import (
    BrandFactory,
    DivisionFactory,
    FacilityFactory,
    UnionFactory,
    WelcomedGroupFactory,
)

BY = SystemActor("import")
ROW = {
    "code": "KQ001",
    "name": "金柯桥大道驿站",
    "brand": "huigong",
    "division": "330603001",
    "address": "金柯桥大道 1 号",
}
FULL = ROW | {
    "host": "某银行",
    "host_kind": "bank",
    "outlet": "金柯桥营业厅",
    "outlet_staffed_hours": "Mo-Fr 09:00-17:00",
    "lifecycle": "accepted",
    "accepted_on": "2024-05-01",
    "lat": "30.0761",
    "lon": "120.4880",
    "area_m2": "12.34",
    "facilities": "water;charging",
    "groups": "rider",
}


def file_of(*rows: dict[str, str], encoding: str = "utf-8") -> bytes:
    columns = list(dict.fromkeys(column for row in rows for column in row))
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)


def faults_of(content: bytes) -> list[tuple[int, str]]:
    return [(fault.row, fault.column) for fault in read_csv(content).faults]


def import_rows(*rows: dict[str, str], by: Any = BY) -> Outcome:
    return import_stations(sheet=read_csv(file_of(*rows)), by=by)


@pytest.fixture
def catalogue(db):
    BrandFactory.create()
    DivisionFactory.create()
    WelcomedGroupFactory.create(code="rider")
    for code in ("water", "charging", "books"):
        FacilityFactory.create(code=code)


# --- reading ---


@pytest.mark.parametrize(
    ("column", "text"),
    [
        *((column, "") for column in REQUIRED),
        ("code", "KQ/1"),
        ("code", "K" * 21),
        ("name", "长" * 81),
        ("brand", ""),
        ("tier", "golden"),
        ("lifecycle", "open"),
        ("access", "free"),
        ("datum", "mars"),
        ("host_kind", "castle"),
        ("floors_count", "0"),
        ("floors_count", "１"),
        ("floors_count", "two"),
        ("area_m2", "big"),
        ("area_m2", "0.04"),
        ("area_m2", "-3"),
        ("area_m2", "NaN"),
        ("area_m2", "Infinity"),
        ("area_m2", "1e9"),
        ("lat", "north"),
        ("lat", ""),
        ("lat", "nan"),
        ("lat", "120.4880"),
        ("lat", "3" + "0" * 24),
        ("lon", "x"),
        ("accepted_on", ""),
        ("accepted_on", "2024-02-30"),
        ("staffed_hours", "always"),
        ("self_service_hours", "Mo-Fr 25:00-26:00"),
        ("outlet_staffed_hours", "Mo–"),
        ("host", ""),
        ("host", "行" * 81),
    ],
)
def test_fault_names_its_row_and_column(column, text):
    content = file_of(FULL, FULL | {"code": "KQ002", column: text})

    sheet = read_csv(content)

    expected = "lat" if (column, text) == ("lon", "") else column
    assert {(fault.row, fault.column) for fault in sheet.faults} == {(3, expected)}
    assert all(fault.reason and str(3) in str(fault) for fault in sheet.faults)
    assert [row.fields["code"] for row in sheet.rows] == ["KQ001"]


def test_latitude_without_longitude_is_a_fault():
    assert faults_of(file_of(ROW | {"lat": "30.0761"})) == [(2, "lat")]
    assert faults_of(file_of(ROW | {"lon": "120.4880"})) == [(2, "lat")]


def test_all_faults_of_a_row_are_named_at_once():
    row = ROW | {"name": "", "tier": "golden", "area_m2": "big"}

    assert faults_of(file_of(row)) == [(2, "name"), (2, "tier"), (2, "area_m2")]


@pytest.mark.parametrize("again", ["KQ001", "kq001", "ＫＱ００１"])
def test_same_number_twice_is_a_fault_of_the_second_row(again):
    found = read_csv(file_of(ROW, ROW | {"code": again})).faults

    assert [(fault.row, fault.column) for fault in found] == [(3, "code")]


def test_rows_are_counted_as_a_spreadsheet_counts_them():
    lines = file_of(ROW | {"name": "a\nb"}, ROW | {"code": "KQ002", "tier": "golden"})
    with_blank = lines.replace(b"KQ002", b",,,,,\r\n\r\nKQ002")

    assert faults_of(lines) == [(3, "tier")]
    assert faults_of(with_blank) == [(5, "tier")]


def test_header_is_checked_before_any_row():
    content = file_of({"code": "1", "nome": "x", "name": "x", "brand": "b"})

    assert faults_of(content) == [(1, "division"), (1, "address"), (1, "nome")]
    assert faults_of(b"") == [(1, column) for column in REQUIRED]
    assert faults_of(b"code,name,brand,division,address,name\n") == [(1, "name")]


def test_cell_beyond_the_header_is_a_fault_not_lost():
    content = file_of(ROW).rstrip() + ",北侧\r\n".encode()

    assert faults_of(content) == [(2, "")]


@pytest.mark.parametrize(
    "content", [b"\xff\xff\xff", b'code,"na', file_of(ROW)[:-8] + b"\x81", b"a" * 200_000]
)
def test_file_that_is_no_csv_is_refused_with_a_sentence(content):
    sheet = read_csv(content)

    assert sheet.rows == []
    assert {fault.row for fault in sheet.faults} == {1}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_encodings_of_offices_are_read(encoding):
    sheet = read_csv(file_of(ROW | {"name": "䶮𠮷㐀驿站"}, encoding=encoding))

    assert sheet.faults == []
    assert sheet.rows[0].fields["name"] == "䶮𠮷㐀驿站"


@given(st.binary(max_size=200))
def test_reader_never_breaks_on_bytes(content):
    sheet = read_csv(b"code,name,brand,division,address,area_m2,lat,lon\n" + content)

    assert all(fault.row >= 1 for fault in sheet.faults)


@given(st.fixed_dictionaries({column: st.text(max_size=12) for column in COLUMNS}))
def test_reader_never_breaks_on_cells(row):
    sheet = read_csv(file_of(ROW, row))

    assert len(sheet.rows) + len({fault.row for fault in sheet.faults}) >= 1


def test_point_in_gcj02_is_stored_as_wgs84_beside_what_was_given():
    # Tiananmen: the two datums lie some 550 m apart there
    row = ROW | {"lat": "39.908823", "lon": "116.397470", "datum": "gcj02"}

    fields = read_csv(file_of(row)).rows[0].fields

    assert fields["lat_wgs84"] == pytest.approx(39.907420, abs=2e-5)
    assert fields["lon_wgs84"] == pytest.approx(116.391228, abs=2e-5)
    assert (fields["source_datum"], fields["source_y"]) == ("gcj02", "39.908823")


def test_point_in_wgs84_is_kept_to_the_digit():
    fields = read_csv(file_of(FULL)).rows[0].fields

    assert (fields["lat_wgs84"], fields["lon_wgs84"]) == (30.0761, 120.4880)


# --- writing ---


def test_import_enters_a_station_with_all_that_hangs_on_it(catalogue, clock):
    outcome = import_rows(FULL)

    station = Station.objects.select_related("outlet__host").get()
    assert outcome == Outcome(new_count=1, changed_count=0, same_count=0)
    assert station.outlet is not None
    assert station.outlet.host.name == "某银行"
    assert station.posted_hours == ("Mo-Fr 09:00-17:00", "")
    assert set(station.facilities.values_list("pk", flat=True)) == {"water", "charging"}
    assert list(station.groups.values_list("pk", flat=True)) == ["rider"]
    assert list(Station.objects.listed()) == [station]
    assert station.coordinates_checked_at == clock.stop_at("tuesday morning")


def test_import_writes_one_audit_row_for_the_file(catalogue):
    import_rows(FULL, FULL | {"code": "KQ002"})

    event = AuditEvent.objects.get(verb="station.imported")
    assert event.actor_key == "system:import"
    assert event.data == {"new": 2, "changed": 0, "same": 0}


def test_same_file_twice_changes_nothing(catalogue, writes_of):
    rows = [FULL, FULL | {"code": "KQ002", "lat": "30.1", "datum": "bd09"}]
    import_rows(*rows)
    changes = StationChange.objects.count()

    written = writes_of(lambda: import_rows(*rows))

    assert ["core_auditevent" in sql for sql in written] == [True]
    assert import_rows(*rows) == Outcome(new_count=0, changed_count=0, same_count=2)
    assert StationChange.objects.count() == changes


def test_import_asks_no_more_queries_for_more_rows(catalogue, assert_same_queries):
    rows = [FULL | {"code": f"KQ{number}", "outlet": f"厅{number}"} for number in range(20)]
    import_rows(*rows)
    asked = iter([rows[:1], rows])

    assert assert_same_queries(lambda: import_rows(*next(asked)), lambda: None) <= 25


@pytest.mark.parametrize(
    "change",
    [
        {"name": "新名字"},
        {"outlet_staffed_hours": "Mo-Su 09:00-17:00"},
        {"host_kind": "post"},
        {"facilities": "water"},
        {"facilities": "water;charging;books"},
        {"groups": ""},
        {"lat": "30.0762"},
        {"lifecycle": "suspended"},
    ],
)
def test_changed_row_writes_one_change_row(catalogue, change):
    import_rows(FULL, FULL | {"code": "KQ002", "outlet": "另一厅", "host": "某邮局"})
    seq = StationChange.objects.count()

    outcome = import_rows(
        FULL | change, FULL | {"code": "KQ002", "outlet": "另一厅", "host": "某邮局"}
    )

    assert outcome == Outcome(new_count=0, changed_count=1, same_count=1)
    changed = StationChange.objects.order_by("seq")[seq:]
    assert [row.station_id for row in changed] == [Station.objects.get(code="KQ001").pk]


def test_changed_outlet_is_announced_for_stations_outside_the_file(catalogue):
    import_rows(FULL, FULL | {"code": "KQ002"})
    seq = StationChange.objects.count()

    import_rows(FULL | {"outlet_staffed_hours": "24/7"})

    assert StationChange.objects.count() - seq == 2


def test_hosts_that_differ_in_writing_alone_are_one(catalogue):
    import_rows(FULL | {"host": "ABC 银行"}, FULL | {"code": "KQ002", "host": "abc　银行"})

    assert Host.objects.count() == Outlet.objects.count() == 1


def test_number_written_otherwise_is_the_same_station(catalogue):
    import_rows(FULL)

    outcome = import_rows(FULL | {"code": "kq001"})

    assert outcome == Outcome(new_count=0, changed_count=1, same_count=0)
    assert Station.objects.get().code == "kq001"


@pytest.mark.parametrize(
    ("column", "key"),
    [
        ("brand", "unknown"),
        ("division", "999999999"),
        ("union", "U9"),
        ("facilities", "water;sauna"),
        ("groups", "kings"),
    ],
)
def test_unknown_reference_rejects_the_whole_file(catalogue, column, key):
    with pytest.raises(ImportRejected) as rejected:
        import_rows(FULL, FULL | {"code": "KQ002", column: key})

    assert [(fault.row, fault.column) for fault in rejected.value.faults] == [(3, column)]
    assert rejected.value.status == 422
    assert not Station.objects.exists()
    assert not Host.objects.exists()
    assert not AuditEvent.objects.exists()


def test_faults_of_reading_and_of_references_come_together_in_order(catalogue):
    with pytest.raises(ImportRejected) as rejected:
        import_rows(FULL | {"brand": "x"}, FULL | {"code": "KQ002", "tier": "golden"})

    assert [(fault.row, fault.column) for fault in rejected.value.faults] == [
        (2, "brand"),
        (3, "tier"),
    ]


def test_failure_halfway_leaves_nothing(catalogue, monkeypatch):
    def fail(*_args: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("nuanxin.stations.imports._replace_links", fail)

    with pytest.raises(ZeroDivisionError):
        import_rows(FULL)

    tables = (Host, Outlet, Station, StationFacility, StationChange, AuditEvent)
    assert [model._default_manager.count() for model in tables] == [0] * len(tables)


# --- the point on the map ---


def test_acceptance_of_a_known_point_puts_it_on_the_map(catalogue):
    import_rows(FULL | {"lifecycle": "proposed"})
    assert not Station.objects.listed().exists()

    import_rows(FULL)

    assert Station.objects.listed().exists()


def test_point_withdrawn_by_hand_stays_withdrawn(catalogue):
    import_rows(FULL)
    Station.objects.update(coordinates_checked_at=None)

    import_rows(FULL)

    assert not Station.objects.listed().exists()


def test_suspended_station_keeps_the_check_of_its_point(catalogue):
    suspended = FULL | {"lifecycle": "suspended"}
    import_rows(FULL)
    import_rows(suspended)

    assert import_rows(suspended).same_count == 1
    assert Station.objects.get().coordinates_checked_at is not None


# --- rights ---


@pytest.fixture
def unions(catalogue):
    root = UnionFactory.create(code="ZJ", root=True)
    return [root, *(UnionFactory.create(code=code, parent=root) for code in ("NB", "HZ"))]


def officer_of(path: str) -> SystemActor:
    return SystemActor("officer", scopes=(Scope(Role.OFFICER, path),))


def test_officer_enters_stations_of_the_own_subtree(unions):
    assert import_rows(FULL | {"union": "NB"}, by=officer_of("ZJ/NB/")).new_count == 1


@pytest.mark.parametrize("union", ["HZ", ""])
def test_officer_enters_nothing_elsewhere(unions, union):
    with pytest.raises(NotAllowed):
        import_rows(FULL | {"union": union}, by=officer_of("ZJ/NB/"))

    assert not Station.objects.exists()
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("union", ["HZ", ""])
def test_row_of_another_union_among_ones_own_is_named_and_nothing_is_written(unions, union):
    rows = [FULL | {"union": "NB"}, FULL | {"code": "KQ002", "union": union}]

    with pytest.raises(ImportRejected) as refused:
        import_rows(*rows, by=officer_of("ZJ/NB/"))

    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(3, "union")]
    assert not Station.objects.exists()


def test_officer_cannot_take_a_station_over_from_another_subtree(unions):
    import_rows(FULL | {"union": "HZ"})

    with pytest.raises(ImportRejected) as refused:
        import_rows(FULL | {"union": "NB"}, by=officer_of("ZJ/NB/"))

    assert [(fault.row, fault.column) for fault in refused.value.faults] == [(2, "code")]
    assert Station.objects.get().union == unions[2]


def test_keeper_imports_nothing(unions):
    keeper = SystemActor("keeper", scopes=(Scope(Role.KEEPER, "ZJ/"),))

    with pytest.raises(NotAllowed):
        import_rows(FULL | {"union": "NB"}, by=keeper)
