"""What the office takes along is what our own reader reads again, and only what it may see."""

import datetime as dt
import io
import zipfile
from time import perf_counter
from typing import Any

import pytest

from nuanxin.algorithms.hours import canonical, parse_hours
from nuanxin.algorithms.hours_text import read_hours_text
from nuanxin.core.actors import AnonymousActor, SystemActor
from nuanxin.core.errors import Invalid, NotAllowed
from nuanxin.core.models import AuditEvent
from nuanxin.demo import office_words
from nuanxin.sheets.reading import read_sheet
from nuanxin.sheets.readings import Reading
from nuanxin.stations import sheet_words
from nuanxin.stations.enums import Access, HostKind, Lifecycle, Tier
from nuanxin.stations.exports import export_stations
from nuanxin.stations.models import Host, Outlet, Station
from tests.conftest import content_of
from tests.factories import BrandFactory, DivisionFactory, StationFactory, UnionFactory
from tests.office_world import Office, make_office

pytestmark = pytest.mark.django_db
BY = SystemActor("test")
EXPORT = "/office/stations/station/export-stations/"
HOURS = "Mo-Fr 08:30-12:00,13:30-17:30; Sa 09:00-12:00; PH off; WD 08:30-17:30"


@pytest.fixture
def office(settings, tmp_path) -> Office:
    settings.MEDIA_ROOT = tmp_path
    return make_office()


def read(content: bytes) -> Reading:
    return read_sheet(content, name="stations.xlsx", kind="station")


def exported(by: Any = BY) -> bytes:
    return export_stations(by=by).content.read()


def fields_of(content: bytes) -> dict[str, dict[str, Any]]:
    reading = read(content)
    assert (reading.rejected, [row.kind for row in reading.skipped]) == ([], ["header"])
    return {row.fields["code"]: row.fields for row in reading.accepted}


def make_full() -> Station:
    station: Station = StationFactory.create(
        listed=True, co_built=True, code="00123", name="金柯桥大道驿站", street="金柯桥大道", floor="一楼", floors_count=2,
        area_m2="203.5", entrance="南门进", parking="门口可停", access=Access.SCAN, tier=Tier.SMART,
        manager_name="王站长", manager_phone="13812345678", staffed_hours=HOURS,
        self_service_hours="24/7", division=DivisionFactory.create(code="330603002"),
    )  # fmt: skip
    assert station.outlet is not None
    Outlet.objects.filter(pk=station.outlet.pk).update(
        staffed_hours="WD 09:00-17:00", self_service_hours="06:00-22:00"
    )
    return station


def test_what_is_exported_is_read_again_field_by_field(office):
    station = make_full()

    fields = fields_of(exported())["00123"]

    assert station.outlet is not None
    assert station.union is not None
    expected = {
        "code": "00123",
        "name": "金柯桥大道驿站",
        "district": "地方330603",
        "town": "地方330603002",
        "address": "金柯桥大道1号",
        "street": "金柯桥大道",
        "brand": "惠工小站",
        "union": station.union.name,
        "host": station.outlet.host.name,
        "host_kind": "银行网点",
        "outlet": station.outlet.name,
        "outlet_hours": "WD 09:00-17:00",
        "outlet_self_service_hours": "06:00-22:00",
        "open_hours": HOURS,
        "self_service_hours": "24/7",
        "tier": "24小时智能化",
        "lifecycle": "已验收",
        "accepted_on": "2024-05-01",
        "floor": "一楼",
        "floors_count": 2,
        "area_m2": 203.5,
        "entrance": "南门进",
        "parking": "门口可停",
        "access": "扫码进入",
        "contact": "王站长",
        "phone": "13812345678",
        "lng": 120.4880,
        "lat": 30.0761,
        "datum": "wgs84",
        "facilities": None,
        "groups": None,
    }
    told = {name: value for name, value in fields.items() if name in expected}
    assert told == expected
    assert {name for name, value in fields.items() if value} - set(expected) == set()


def test_what_a_station_does_not_have_is_not_taken_from_the_row_above(office):
    StationFactory.create(code="A1", address="甲街 1 号", manager_name="王站长")
    StationFactory.create(
        code="A2", address="乙街 2 号", division=DivisionFactory.create(code="330109"), union=None
    )

    fields = fields_of(exported())["A2"]

    assert (fields["district"], fields["town"]) == ("地方330109", None)
    absent = (
        "union",
        "host",
        "host_kind",
        "outlet",
        "open_hours",
        "contact",
        "phone",
        "lng",
        "datum",
        "facilities",
    )
    assert [fields[name] for name in absent] == [None] * len(absent)


def test_facilities_and_groups_stand_by_their_names(office):
    fields = fields_of(exported())["KQ001"]

    assert (fields["facilities"], fields["groups"]) == (["热水"], ["外卖员"])


def test_every_choice_has_its_word_and_the_offices_words_are_ours():
    kinds = {HostKind: sheet_words.HOST_KINDS, Tier: sheet_words.TIERS, Lifecycle: sheet_words.LIFECYCLES, Access: sheet_words.ACCESSES}  # fmt: skip
    for choices, said in kinds.items():
        assert set(said) == set(choices.values)
        assert len(set(said.values())) == len(said)
    for own, theirs in (
        (sheet_words.HOST_KINDS, office_words.HOST_KINDS),
        (sheet_words.TIERS, office_words._TIERS),
        (sheet_words.LIFECYCLES, office_words._LIFECYCLE),
        (sheet_words.ACCESSES, office_words._ACCESS),
    ):
        assert {code: own[code] for code in theirs} == theirs


@pytest.mark.parametrize(
    "text",
    [
        HOURS,
        "24/7",
        "off",
        "08:00-18:00",
        "08:00-12:00,13:00-17:00",
        "22:00-02:00",
        "Apr-Sep 08:00-18:00; Oct-Mar 09:00-17:00",
        "Apr 15-Oct 07 06:00-20:00",
        "week 01-26 08:00-18:00",
        "2026 Oct 01-2026 Oct 07 off; Mo-Su 08:00-18:00",
        "WD Sa-Su 08:00-18:00; PH 10:00-12:00",
        'Mo-Fr 08:00-18:00 "按铃"',
        "Sa[1] 09:00-12:00",
    ],
)
def test_hours_mean_the_same_once_read_again(office, text):
    Station.objects.filter(pk=office.station.pk).update(staffed_hours=text)

    told = fields_of(exported())["KQ001"]["open_hours"]
    again = read_hours_text(told).osm

    assert again is not None
    every_day = again.replace("Mo-Su ", "")
    assert {again, every_day} & {canonical(parse_hours(text))}


@pytest.mark.parametrize("text", ["=1+1", "+86", "-2", "@SUM(A1)", '=HYPERLINK("http://x","y")'])
def test_text_that_looks_like_a_formula_is_none(office, text):
    Station.objects.filter(pk=office.station.pk).update(name=f"{text}驿站", entrance=text)

    content = exported()

    with zipfile.ZipFile(io.BytesIO(content)) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "<f>" not in sheet
    assert "<hyperlink" not in sheet
    assert fields_of(content)["KQ001"]["entrance"] == text


# --- who gets what ---


def test_office_gets_its_own_stations_drafts_too(office):
    StationFactory.create(code="KQ900", union=office.here, address="草稿街 9 号")

    answer = office.client("officer").post(EXPORT)

    assert answer["Content-Type"].endswith("spreadsheetml.sheet")
    assert 'attachment; filename="stations-' in answer["Content-Disposition"]
    assert set(fields_of(content_of(answer))) == {"KQ001", "KQ900"}


def test_button_and_page_are_the_offices(office):
    client = office.client("officer")

    assert EXPORT in client.get("/office/stations/station/").text
    assert "导出站点" in client.get(EXPORT).text
    assert not AuditEvent.objects.filter(verb="station.exported").exists()
    assert office.client("auditor").post(EXPORT).status_code == 403
    assert office.client("keeper").post(EXPORT).status_code in (302, 403, 404)


def test_export_is_written_down_without_the_stations(office):
    content_of(office.client("officer").post(EXPORT))
    content_of(office.client("admin").post(EXPORT))

    own, whole = AuditEvent.objects.filter(verb="station.exported").order_by("at")
    assert own.actor_key == office.people["officer"].actor_key
    assert (own.scope_path, own.data) == (office.here.path, {"stations": 1})
    assert (whole.scope_path, whole.data) == ("", {"stations": 2})


def test_stranger_exports_nothing(office):
    with pytest.raises(NotAllowed):
        export_stations(by=AnonymousActor())


def test_office_without_a_station_is_told_so(office):
    Station.objects.update(union=office.there)

    answer = office.client("officer").post(EXPORT)

    assert answer.status_code == 422
    assert "没有可导出的站点" in answer.text


def test_workbook_without_a_row_is_none():
    with pytest.raises(Invalid):
        export_stations(by=BY)


@pytest.mark.slow
def test_province_is_exported_in_seconds(office):
    brand, union = BrandFactory.create(), UnionFactory.create(root=True)
    division = DivisionFactory.create()
    host = Host.objects.all()[0]
    outlet = Outlet.objects.filter(host=host)[0]
    Station.objects.bulk_create(
        (
            StationFactory.build(
                code=f"P{number:05d}", brand=brand, union=union, division=division, outlet=outlet,
                address=f"大道 {number} 号", staffed_hours=f"Mo-Fr {number % 9:02d}:30-17:30",
                accepted_on=dt.date(2024, 5, 1),
            )
            for number in range(12_000)
        ),
        batch_size=500,
    )  # fmt: skip
    began = perf_counter()

    content = exported()

    took_s = perf_counter() - began
    assert took_s < 20
    assert len(read(content).accepted) == 12_002
