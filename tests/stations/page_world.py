"""A street of Keqiao with a handful of doors, for the tests of the pages."""

import datetime as dt
import io
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from nuanxin.core import clock
from nuanxin.core.ids import computed_id
from nuanxin.regions.models import Division
from nuanxin.stations import door_codes, services
from nuanxin.stations.enums import (
    Datum,
    EvidenceKind,
    HostKind,
    Lifecycle,
    PhotoKind,
    Place,
    Source,
)
from nuanxin.stations.models import (
    Brand,
    Evidence,
    EvidenceLine,
    Facility,
    Host,
    OpeningRecord,
    Outlet,
    Station,
    StationFacility,
    StationGroup,
    StationPhoto,
    WelcomedGroup,
)
from tests.regions.worlds import unsaved_division

LAT, LON = 30.0760, 120.4880
NEAR = f"lat={LAT:.4f}&lon={LON:.4f}"
PHOTO = "a" * 64
WORD = computed_id("evidence", "a word of the street")
FACILITIES = [
    ("water", "热水", "Hot water"),
    ("microwave", "微波炉", "Microwave"),
    ("charging", "充电", "Charging"),
]
# a Tuesday without a holiday near it
TUESDAY_10 = dt.datetime(2026, 3, 10, 10, 0, tzinfo=clock.CIVIL_ZONE)


def make_street() -> list[Station]:
    """Save a town, the catalogue and four stations: seen open, by its hours, no hours, all day."""
    town = make_town()
    seen = make_station(
        town, 1, "金柯桥大道营业厅", staffed_hours="Mo-Su 08:30-18:00", street="金柯桥大道"
    )
    _evidence(seen, minutes_ago=12)
    OpeningRecord.objects.create(station=seen, hits=bytes([27] * 48), times=bytes([28] * 48))
    by_hours = make_station(town, 2, "轻纺城邮政支局", staffed_hours="Mo-Su 09:00-17:30")
    unknown = make_station(town, 3, "湖东社区惠工小站")
    all_day = make_station(town, 4, "笛扬路加油站", self_service_hours="24/7")
    return [seen, by_hours, unknown, all_day]


def make_town() -> Division:
    """Save the catalogue and a town without a station."""
    _catalogue()
    return _divisions()


def make_station(town: Division, number: int, name: str, **columns: Any) -> Station:
    """Save one listed station; each number stands some hundred metres further north."""
    host, _ = Host.objects.get_or_create(
        id=computed_id("host", "bank"), defaults={"name": "某银行", "kind": HostKind.BANK}
    )
    outlet = Outlet.objects.create(id=computed_id("outlet", name), host=host, name=name)
    values: dict[str, Any] = {
        "lifecycle": Lifecycle.ACCEPTED,
        "accepted_on": dt.date(2024, 5, 1),
        "coordinates_checked_at": TUESDAY_10,
        "address": f"金柯桥大道 {number} 号",
        "floor": "一楼",
        "source_datum": Datum.WGS84,
        "lat_wgs84": LAT + number * 0.002,
        "lon_wgs84": LON,
    }
    station = Station.objects.create(
        id=computed_id("station", f"KQ{number:03d}"),
        code=f"KQ{number:03d}",
        name=name,
        brand=Brand.objects.get(pk="huigong"),
        division=town,
        outlet=outlet,
        **values | columns,
    )
    for code, _, _ in FACILITIES[: number % 3 + 1]:
        StationFacility.objects.create(
            id=computed_id("sf", station.code, code),
            station=station,
            facility_id=code,
            expires_on=dt.date(2027, 3, 31) if code == "water" else None,
        )
    StationGroup.objects.create(
        id=computed_id("sg", station.code), station=station, group_id="rider"
    )
    services.announce(station)
    return station


def _catalogue() -> None:
    Brand.objects.create(code="huigong", name_zh="惠工小站", name_en="Huigong station")
    for bit, (code, name_zh, name_en) in enumerate(FACILITIES):
        Facility.objects.create(
            code=code, name_zh=name_zh, name_en=name_en, bit=bit, is_filter=True, rank=bit
        )
    WelcomedGroup.objects.create(code="rider", name_zh="外卖员", name_en="Riders", bit=0)


def _divisions() -> Division:
    names = {"33": "浙江省", "3306": "绍兴市", "330603": "柯桥区", "330603001": "柯桥街道"}
    for code, name in names.items():
        seat = {"seat_lat_wgs84": 30.08, "seat_lon_wgs84": 120.49} if len(code) == 6 else {}
        unsaved_division(code, name, **seat).save()
    return Division.objects.get(pk="330603001")


def _evidence(station: Station, *, minutes_ago: int) -> None:
    EvidenceLine.objects.create(
        id=computed_id("evidence", str(station.pk), "inside_scan"),
        station=station,
        kind="inside_scan",
        at=TUESDAY_10 - dt.timedelta(minutes=minutes_ago),
        weight=4.0,
    )


def make_photo(station: Station) -> StationPhoto:
    """Keep a small picture as the station's entrance, at the address that ``PHOTO`` names."""
    buffer = io.BytesIO()
    Image.new("RGB", (300, 200), "white").save(buffer, "WEBP")
    name = f"station_photos/{PHOTO[:2]}/{PHOTO}.webp"
    if not default_storage.exists(name):
        default_storage.save(name, ContentFile(buffer.getvalue()))
    return StationPhoto.objects.create(
        id=computed_id("station_photo", station.code),
        station=station,
        kind=PhotoKind.ENTRANCE,
        digest=PHOTO,
        width_px=300,
        height_px=200,
        added_at=TUESDAY_10,
        added_by="test",
    )


def sign_of(code: str, place: Place) -> str:
    """Return the signature on a sign of a station of the street, saved or not."""
    station = Station(id=computed_id("station", code), code=code)
    return door_codes.signature(station, place)


def make_word(station: Station) -> Evidence:
    """Keep a stranger's word of ten minutes ago, at the address that ``WORD`` names."""
    return Evidence.objects.create(
        id=WORD,
        station=station,
        kind=EvidenceKind.DOOR_REPORT,
        at=TUESDAY_10 - dt.timedelta(minutes=10),
        source=Source.RIDER,
        device_key="d1",
        origin_key="o1",
        network_key="n1",
        place=Place.DOOR_CODE,
    )
